//! The SQL of bookings.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::AccountKey;
use crate::checks::booking::{BookingRecord, NewBooking};
use crate::checks::{BookingKey, CheckKey};
use crate::db::schema::{account, booking, welfare_check};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::Mode;

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
        ))
        .execute(tx)?;
    Ok(())
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
