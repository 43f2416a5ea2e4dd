//! The SQL of bookings.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::access::{AccountKey, AuthorityKey};
use crate::clock::london_day;
use crate::db::schema::{account, address, booking, child, claimed_address, duty};
use crate::db::{Condition, Conn, Result};
use crate::duty::DutyKey;
use crate::on_each;
use crate::register::{AddressKey, ChildKey};
use crate::rules::codes::code_list;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::Mode;
use crate::rules::postponement::{Chain, Earlier, Weighed};
use crate::visit::BookingKey;
use crate::visit::check::Check;

use diesel::prelude::*;

code_list! {
    /// What became of a booking. One that stands is booked; a check has at most one.
    pub enum BookingState {
        Booked = "booked", "Booked";
        /// Another was made instead.
        Moved = "moved", "Moved";
        Kept = "kept", "Kept";
        /// The attempt failed.
        Failed = "failed", "Not kept";
        /// The check is no longer owed, or done otherwise.
        Cancelled = "cancelled", "Cancelled";
    }
}

/// A day after every booking.
const FAR: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A moment after everything that was written.
pub(super) const FAR_MOMENT: NaiveDateTime = FAR.and_time(NaiveTime::MIN);

/// What is agreed of a visit or a call: when, how and where, and why so.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = booking, treat_none_as_default_value = false)]
pub struct Appointment {
    pub mode: Mode,
    pub booked_for: NaiveDate,
    /// Where one is agreed.
    pub at_time: Option<NaiveTime>,
    /// In words; empty for the child's current address.
    pub place: String,
    /// Why it is moved, or later than the due day.
    pub reason: String,
    /// Why somebody goes to an address that nobody has made sure of.
    pub address_reason: String,
}

/// A booking, as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = booking)]
pub struct BookingRecord {
    pub reference: Reference,
    #[diesel(embed)]
    pub what: Appointment,
    pub state: BookingState,
    #[diesel(select_expression = account::name)]
    pub booked_by: String,
    pub booked_at: NaiveDateTime,
    /// Which time the check is put off by it; 0 when it is not.
    pub postponement: i32,
    /// The child's home when it was booked, where somebody goes there.
    #[diesel(column_name = address_id)]
    pub address: Option<AddressKey>,
    /// The other address that was claimed by then and that nobody had settled.
    #[diesel(column_name = known_claim_id)]
    pub known_claim: Option<i64>,
    /// Whether a manager hears of it.
    pub tell_manager: bool,
}

/// A check's bookings, the newest first.
pub fn of_check(conn: &mut Conn, check: DutyKey) -> Result<Vec<BookingRecord>> {
    Ok(on_each!(conn, |conn| booking::table
        .inner_join(account::table)
        .filter(booking::check_id.eq(check))
        .order(booking::id.desc())
        .select(BookingRecord::as_select())
        .load(conn))?)
}

/// The standing bookings of a child's checks, each with its check.
pub fn standing_of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Vec<(DutyKey, BookingRecord)>> {
    Ok(on_each!(conn, |conn| booking::table
        .inner_join(account::table)
        .inner_join(duty::table)
        .filter(duty::child_id.eq(child))
        .filter(booking::state.eq(BookingState::Booked))
        .select((booking::check_id, BookingRecord::as_select()))
        .load(conn))?)
}

/// The booking of a check that stands.
pub fn standing(conn: &mut Conn, check: DutyKey) -> Result<Option<(BookingKey, NaiveDate)>> {
    Ok(on_each!(conn, |conn| booking::table
        .filter(booking::check_id.eq(check))
        .filter(booking::state.eq(BookingState::Booked))
        .select((booking::id, booking::booked_for))
        .first(conn))
    .optional()?)
}

/// What the program adds to what the form says.
pub struct BookingStamp<'a> {
    pub reference: &'a Reference,
    pub check: DutyKey,
    /// The child's home today, where somebody is to go there.
    pub address: Option<AddressKey>,
    /// The other address that was claimed and that nobody has settled.
    pub known_claim: Option<i64>,
    pub weighed: &'a Weighed,
    pub tell_manager: bool,
    pub by: AccountKey,
    pub now: NaiveDateTime,
}

pub fn insert(tx: &mut Conn, what: &Appointment, of: &BookingStamp<'_>) -> Result<()> {
    let weighed = of.weighed;
    diesel::insert_into(booking::table)
        .values((
            what,
            booking::reference.eq(of.reference),
            booking::check_id.eq(of.check),
            booking::state.eq(BookingState::Booked),
            booking::booked_by.eq(of.by),
            booking::booked_at.eq(of.now),
            booking::postponement.eq(i32::try_from(weighed.postponement).unwrap_or(i32::MAX)),
            booking::past_ceiling.eq(weighed.needs_manager(what.booked_for)),
            booking::past_holiday.eq(weighed.jumps.is_some()),
            booking::terms_unknown.eq(weighed.terms_unknown),
            booking::tell_manager.eq(of.tell_manager),
            booking::address_id.eq(of.address.map(AddressKey::number)),
            booking::known_claim_id.eq(of.known_claim),
        ))
        .execute(tx)?;
    Ok(())
}

/// A check with the attempts at it, as far as putting it off depends on them. What is booked for the check that attempts
/// follow has its own first due day; an attempt has that of the first of its row.
pub fn chain(conn: &mut Conn, check: &Check) -> Result<Chain> {
    let original = check.follows.unwrap_or(check.key);
    let is_of_row = || {
        duty::child_id.eq(check.child.number()).and(
            duty::id
                .eq(original)
                .or(duty::follows_id.eq(original.number())),
        )
    };
    let first_due: Option<NaiveDate> = duty::table
        .filter(is_of_row())
        .select(diesel::dsl::min(duty::original_due_on))
        .first(conn)?;
    let rows: Vec<(NaiveDateTime, NaiveDate, i32)> = booking::table
        .inner_join(duty::table)
        .filter(is_of_row())
        .select((
            booking::booked_at,
            booking::booked_for,
            booking::postponement,
        ))
        .load(conn)?;
    let earlier = rows
        .into_iter()
        .map(|(booked_at, booked_for, times)| Earlier {
            booked_on: london_day(booked_at),
            booked_for,
            postponement: times.unsigned_abs(),
        });
    let first_due = first_due.filter(|_| check.follows.is_some());
    Ok(Chain {
        first_due_on: first_due.unwrap_or(check.original_due_on),
        due_on: check.due_on,
        instead_of: standing(conn, check.key)?.map(|(_, day)| day),
        earlier: earlier.collect(),
    })
}

/// A check with bookings of which a manager hears and was not told.
#[derive(Queryable)]
pub struct PutOff {
    pub check_key: DutyKey,
    pub child: ChildKey,
    pub check: Reference,
    pub kind: DutyKind,
    pub times: i32,
    pub past_holiday: bool,
    pub terms_unknown: bool,
    /// Whether the record is restricted.
    pub restricted: bool,
    /// The address of whoever booked it.
    pub by: String,
}

/// The bookings of an authority of which a manager is to hear and was not told, by check and in order.
pub fn to_tell(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<PutOff>> {
    Ok(booking::table
        .inner_join(duty::table.inner_join(child::table))
        .inner_join(account::table)
        .filter(duty::authority_id.eq(authority))
        .filter(UNTOLD)
        .order((booking::check_id, booking::id))
        .select((
            booking::check_id,
            duty::child_id.assume_not_null(),
            duty::reference,
            duty::kind,
            booking::postponement,
            booking::past_holiday,
            booking::terms_unknown,
            child::restricted,
            account::email,
        ))
        .load(conn)?)
}

/// As the index says it.
const UNTOLD: Condition = Condition("booking.tell_manager AND booking.told_at IS NULL");

/// The booking of a check that stands, or else the last one: what it is called, and for which day it is.
pub fn last(conn: &mut Conn, check: DutyKey) -> Result<(Reference, NaiveDate)> {
    Ok(booking::table
        .filter(booking::check_id.eq(check))
        .order((
            booking::state.eq(BookingState::Booked).desc(),
            booking::id.desc(),
        ))
        .select((booking::reference, booking::booked_for))
        .first(conn)?)
}

/// Notes that the manager was told of a check's bookings.
pub fn note_told(tx: &mut Conn, check: DutyKey, now: NaiveDateTime) -> Result<()> {
    diesel::update(
        booking::table
            .filter(booking::check_id.eq(check))
            .filter(UNTOLD),
    )
    .set(booking::told_at.eq(now))
    .execute(tx)?;
    Ok(())
}

/// That there is a home of the child, or another address that was claimed and that nobody has settled, known since before a
/// moment, of which the conditions hold.
macro_rules! lives_elsewhere {
    ($known:expr, $home:literal, $claimed:literal) => {{
        let moved = address::table
            .filter(address::child_id.eq(duty::child_id.nullable()))
            .filter(address::lived_to.is_null())
            .filter(address::recorded_at.lt($known))
            .filter(Condition($home));
        let disputed = claimed_address::table
            .filter(claimed_address::child_id.nullable().eq(duty::child_id))
            .filter(claimed_address::settled_at.is_null())
            .filter(claimed_address::claimed_at.lt($known))
            .filter(Condition($claimed));
        diesel::dsl::exists(moved).or(diesel::dsl::exists(disputed))
    }};
}

pub(crate) use lives_elsewhere;

/// That a booking is not for the child's home as it is known since before a moment: the child has moved, or another address
/// was claimed after the booking and nobody has settled which is right.
macro_rules! is_for_elsewhere {
    ($known:expr) => {
        crate::visit::store::booking::lives_elsewhere!(
            $known,
            "address.id IS DISTINCT FROM booking.address_id",
            "claimed_address.id IS DISTINCT FROM booking.known_claim_id"
        )
    };
}

/// That a booking is for elsewhere, as long as whoever booked it was not told of just that home and that address.
macro_rules! is_unheard {
    ($known:expr) => {
        crate::visit::store::booking::lives_elsewhere!(
            $known,
            "address.id IS DISTINCT FROM booking.address_id
             AND address.id IS DISTINCT FROM booking.heard_address_id",
            "claimed_address.id IS DISTINCT FROM booking.known_claim_id
             AND claimed_address.id IS DISTINCT FROM booking.heard_claim_id"
        )
    };
}

pub(crate) use is_unheard;

/// That a booking stands, as the index says it.
pub(crate) const STANDS: Condition = Condition("booking.state = 'booked'");

/// The visits to a child's home that are still to come.
macro_rules! coming_visits {
    ($today:expr) => {
        booking::table
            .inner_join(duty::table)
            .filter(crate::visit::store::booking::STANDS)
            .filter(booking::booked_for.ge($today))
            .filter(booking::mode.eq_any(crate::visit::store::booking::modes_at_home()))
            .filter(crate::duty::store::IS_OPEN)
    };
}

pub(crate) use coming_visits;

/// The kinds of visit for which somebody goes to the child's home.
pub(crate) fn modes_at_home() -> Vec<&'static str> {
    let at_home = Mode::ALL.iter().filter(|mode| mode.goes_to_the_address());
    at_home.map(|mode| mode.as_str()).collect()
}

/// Which of these checks have a coming visit that is not for the child's home as it is known now.
pub fn elsewhere(conn: &mut Conn, checks: &[DutyKey], today: NaiveDate) -> Result<Vec<DutyKey>> {
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<i64> = checks.iter().map(|key| key.number()).collect();
    Ok(coming_visits!(today)
        .filter(booking::check_id.eq_any(keys))
        .filter(is_for_elsewhere!(FAR_MOMENT))
        .select(booking::check_id)
        .load(conn)?)
}

/// The coming visits of an authority that are not for the child's home as it is known now.
pub(crate) fn all_elsewhere(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<i64>> {
    Ok(coming_visits!(today)
        .filter(is_of(authority))
        .filter(is_for_elsewhere!(FAR_MOMENT))
        .select(booking::id)
        .load(conn)?)
}

/// That a check is of an authority, in words by which the database does not look for all checks of the authority: there are
/// fewer visits to come.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_of(authority: AuthorityKey) -> _ {
    let number: i64 = authority.number();
    (duty::authority_id + 0_i64).eq(number)
}

/// A coming visit that is not for the child's home, of which whoever booked it was not told.
#[derive(Queryable)]
pub struct Elsewhere {
    pub key: BookingKey,
    pub reference: Reference,
    pub child: ChildKey,
    pub check: Reference,
    pub kind: DutyKind,
    pub booked_for: NaiveDate,
    /// Whether the record is restricted.
    pub restricted: bool,
    /// The address of whoever booked it, unless they have left.
    pub by: Option<String>,
    /// That of the child's officer, unless there is none or they have left.
    pub officer: Option<String>,
    /// The child's home now.
    pub home: Option<i64>,
    /// The other address that was claimed and that nobody has settled.
    pub claimed: Option<i64>,
}

pub fn elsewhere_untold(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<Elsewhere>> {
    let officer = diesel::alias!(account as officer);
    let home = address::table
        .filter(address::child_id.eq(child::id.nullable()))
        .filter(address::lived_to.is_null())
        .select(address::id)
        .single_value();
    let claimed = claimed_address::table
        .filter(claimed_address::child_id.eq(child::id))
        .filter(claimed_address::settled_at.is_null())
        .select(claimed_address::id)
        .single_value();
    Ok(coming_visits!(today)
        .inner_join(child::table.on(child::id.nullable().eq(duty::child_id)))
        .left_join(
            officer.on(child::officer_id
                .eq(officer.field(account::id).nullable())
                .and(officer.field(account::left_on).is_null())),
        )
        .left_join(
            account::table.on(account::id
                .eq(booking::booked_by)
                .and(account::left_on.is_null())),
        )
        .filter(is_of(authority))
        .filter(is_unheard!(FAR_MOMENT))
        .order((booking::booked_for, booking::check_id))
        .select((
            booking::id,
            booking::reference,
            duty::child_id.assume_not_null(),
            duty::reference,
            duty::kind,
            booking::booked_for,
            child::restricted,
            account::email.nullable(),
            officer.field(account::email).nullable(),
            home,
            claimed,
        ))
        .load(conn)?)
}

/// Notes of which home and of which other address whoever made a booking was told.
pub fn note_heard(tx: &mut Conn, visit: &Elsewhere) -> Result<()> {
    diesel::update(booking::table.filter(booking::id.eq(visit.key)))
        .set((
            booking::heard_address_id.eq(visit.home),
            booking::heard_claim_id.eq(visit.claimed),
        ))
        .execute(tx)?;
    Ok(())
}

/// Ends the standing bookings of checks, all or those for a day up to `until`.
pub fn end(
    tx: &mut Conn,
    checks: &[DutyKey],
    state: BookingState,
    until: Option<NaiveDate>,
) -> Result<()> {
    for check in checks {
        let of_it = booking::table
            .filter(booking::check_id.eq(check))
            .filter(booking::booked_for.le(until.unwrap_or(FAR)));
        on_each!(tx, |tx| diesel::update(
            of_it.filter(booking::state.eq(BookingState::Booked))
        )
        .set(booking::state.eq(state))
        .execute(tx))?;
    }
    Ok(())
}

/// Lets the standing booking of one check stand for another.
pub fn carry_over(tx: &mut Conn, from: DutyKey, to: DutyKey) -> Result<()> {
    diesel::update(
        booking::table
            .filter(booking::check_id.eq(from))
            .filter(booking::state.eq(BookingState::Booked)),
    )
    .set(booking::check_id.eq(to))
    .execute(tx)?;
    Ok(())
}
