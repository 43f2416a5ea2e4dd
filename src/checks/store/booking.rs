//! The SQL of bookings.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, max, not};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::access::{AccountKey, AuthorityKey};
use crate::checks::booking::{BookingRecord, NewBooking};
use crate::checks::{BookingKey, CheckKey};
use crate::db::schema::{account, booking, outgoing_mail, welfare_check};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::Mode;
use crate::rules::postponement::Weighed;
use crate::rules::schedule::CheckKind;

/// A day after every booking.
const FAR: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = booking)]
struct Row {
    #[diesel(column_name = id)]
    key: BookingKey,
    reference: Reference,
    mode: Mode,
    booked_for: NaiveDate,
    at_time: String,
    place: String,
    reason: String,
    state: String,
    #[diesel(select_expression = account::name)]
    booked_by: String,
    booked_at: NaiveDateTime,
    postponement: i32,
    past_ceiling: bool,
    past_holiday: bool,
}

impl From<Row> for BookingRecord {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            reference: row.reference,
            mode: row.mode,
            booked_for: row.booked_for,
            at_time: row.at_time,
            place: row.place,
            reason: row.reason,
            state: row.state,
            booked_by: row.booked_by,
            booked_at: row.booked_at,
            postponement: row.postponement.unsigned_abs(),
            past_ceiling: row.past_ceiling,
            past_holiday: row.past_holiday,
        }
    }
}

/// A check's bookings, the newest first.
pub(in crate::checks) fn of_check(conn: &mut Conn, check: CheckKey) -> Result<Vec<BookingRecord>> {
    let rows: Vec<Row> = booking::table
        .inner_join(account::table)
        .filter(booking::check_id.eq(check))
        .order(booking::id.desc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(BookingRecord::from).collect())
}

/// The standing bookings of a child's checks, each with its check.
pub(in crate::checks) fn standing_of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Vec<(CheckKey, BookingRecord)>> {
    let rows: Vec<(CheckKey, Row)> = on_each!(conn, |conn| booking::table
        .inner_join(account::table)
        .inner_join(welfare_check::table)
        .filter(welfare_check::child_id.eq(child))
        .filter(booking::state.eq("booked"))
        .select((booking::check_id, Row::as_select()))
        .load(conn))?;
    let with_check = rows.into_iter().map(|(check, row)| (check, row.into()));
    Ok(with_check.collect())
}

/// The booking of a check that stands.
pub(in crate::checks) fn standing(
    conn: &mut Conn,
    check: CheckKey,
) -> Result<Option<(BookingKey, NaiveDate)>> {
    Ok(booking::table
        .filter(booking::check_id.eq(check))
        .filter(booking::state.eq("booked"))
        .select((booking::id, booking::booked_for))
        .first(conn)
        .optional()?)
}

pub(in crate::checks) fn insert(
    tx: &mut Conn,
    reference: &Reference,
    check: CheckKey,
    new: &NewBooking,
    weighed: &Weighed,
    by: AccountKey,
    now: NaiveDateTime,
) -> Result<()> {
    let at_time = new.at_time.map(|time| time.format("%H:%M").to_string());
    diesel::insert_into(booking::table)
        .values((
            booking::reference.eq(reference),
            booking::check_id.eq(check),
            booking::mode.eq(new.mode),
            booking::booked_for.eq(new.booked_for),
            booking::at_time.eq(at_time.unwrap_or_default()),
            booking::place.eq(new.place.trim()),
            booking::reason.eq(new.reason.trim()),
            booking::state.eq("booked"),
            booking::booked_by.eq(by),
            booking::booked_at.eq(now),
            booking::postponement.eq(i32::try_from(weighed.postponement).unwrap_or(i32::MAX)),
            booking::past_ceiling.eq(weighed.needs_manager(new.booked_for)),
            booking::past_holiday.eq(weighed.jumps.is_some()),
        ))
        .execute(tx)?;
    Ok(())
}

/// How often a check was put off.
pub(in crate::checks) fn postponements(conn: &mut Conn, check: CheckKey) -> Result<u32> {
    let most: Option<i32> = booking::table
        .filter(booking::check_id.eq(check))
        .select(max(booking::postponement))
        .first(conn)?;
    Ok(most.unwrap_or_default().unsigned_abs())
}

/// A booking of which a manager hears and was not told.
#[derive(Queryable)]
pub(in crate::checks) struct PutOff {
    pub(in crate::checks) booking: Reference,
    pub(in crate::checks) check: Reference,
    pub(in crate::checks) kind: CheckKind,
    pub(in crate::checks) original_due_on: NaiveDate,
    pub(in crate::checks) booked_for: NaiveDate,
    pub(in crate::checks) times: i32,
    pub(in crate::checks) past_holiday: bool,
    pub(in crate::checks) booked_at: NaiveDateTime,
}

/// The bookings of an authority, made since a moment, that put a check off for at least the so-manieth time or jump a
/// school holiday, and of which no letter tells yet.
pub(in crate::checks) fn put_off(
    conn: &mut Conn,
    authority: AuthorityKey,
    times: u32,
    since: NaiveDateTime,
) -> Result<Vec<PutOff>> {
    let told = exists(
        outgoing_mail::table
            .filter(outgoing_mail::key.eq(TOLD_KEY.into_sql::<Text>().concat(booking::reference))),
    );
    let times = i32::try_from(times).unwrap_or(i32::MAX);
    Ok(booking::table
        .inner_join(welfare_check::table)
        .filter(welfare_check::authority_id.eq(authority))
        .filter(booking::booked_at.ge(since))
        .filter(booking::postponement.ge(times).or(booking::past_holiday))
        .filter(not(told))
        .order(booking::id)
        .select((
            booking::reference,
            welfare_check::reference,
            welfare_check::kind,
            welfare_check::original_due_on,
            booking::booked_for,
            booking::postponement,
            booking::past_holiday,
            booking::booked_at,
        ))
        .load(conn)?)
}

const TOLD_KEY: &str = "postponed:";

/// The key of the letter that tells of a booking, to the first and to further holders of the post.
pub(in crate::checks) fn told_key(booking: &Reference, place: usize) -> String {
    match place {
        0 => format!("{TOLD_KEY}{booking}"),
        place => format!("{TOLD_KEY}{booking}:{place}"),
    }
}

/// Ends the standing bookings of checks, all or those for a day up to `until`, as "moved", "kept", "failed" or
/// "cancelled".
pub(in crate::checks) fn end(
    tx: &mut Conn,
    checks: &[CheckKey],
    state: &str,
    until: Option<NaiveDate>,
) -> Result<()> {
    diesel::update(
        booking::table
            .filter(booking::check_id.eq_any(checks.iter().map(|key| key.number())))
            .filter(booking::state.eq("booked"))
            .filter(booking::booked_for.le(until.unwrap_or(FAR))),
    )
    .set(booking::state.eq(state))
    .execute(tx)?;
    Ok(())
}

/// Lets the standing booking of one check stand for another.
pub(in crate::checks) fn carry_over(tx: &mut Conn, from: CheckKey, to: CheckKey) -> Result<()> {
    diesel::update(
        booking::table
            .filter(booking::check_id.eq(from))
            .filter(booking::state.eq("booked")),
    )
    .set(booking::check_id.eq(to))
    .execute(tx)?;
    Ok(())
}
