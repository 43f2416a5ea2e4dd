//! A booking: when and where a check is to be done. It never moves the day the check is due.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::check::{CheckRecord, CheckState};
use super::rulebook::{self, Rulebook};
use super::{BookingKey, CheckKey, fresh, store};
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::register::ChildKey;
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::told_address::{self, ToldAddress};
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::outcome::Mode;
use crate::rules::postponement::{Proposed, Weighed, weigh};
use crate::rules::verification::{Standing, standing};

/// A booking to be made.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// How.
    pub mode: Mode,
    /// The day.
    pub booked_for: NaiveDate,
    /// The time, where one is agreed.
    pub at_time: Option<NaiveTime>,
    /// Where, in words; empty for the child's current address.
    pub place: String,
    /// Why it is moved, or later than the due day.
    pub reason: String,
    /// Why somebody goes to an address that nobody has made sure of.
    pub unverified: String,
}

/// A booking as held.
#[derive(Clone, Debug)]
pub struct BookingRecord {
    /// The key inside the program.
    pub key: BookingKey,
    /// What the world calls it.
    pub reference: Reference,
    /// How.
    pub mode: Mode,
    /// The day.
    pub booked_for: NaiveDate,
    /// The time as HH:MM, or nothing.
    pub at_time: String,
    /// Where.
    pub place: String,
    /// Why it was moved or is late.
    pub reason: String,
    /// "booked", "moved", "kept", "failed" or "cancelled".
    pub state: String,
    /// Who booked it.
    pub booked_by: String,
    /// When.
    pub booked_at: NaiveDateTime,
    /// Which time the check is put off by it; 0 when it is not.
    pub postponement: u32,
    /// Whether it is later than an officer can book.
    pub past_ceiling: bool,
    /// Whether a school holiday is jumped.
    pub past_holiday: bool,
}

impl BookingRecord {
    /// Whether it says what a form says; the reason for a visit to an address not verified stands after the reason.
    fn says(&self, new: &NewBooking) -> bool {
        let at_time = new.at_time.map(|time| time.format("%H:%M").to_string());
        self.mode == new.mode
            && self.booked_for == new.booked_for
            && self.at_time == at_time.unwrap_or_default()
            && self.reason.starts_with(new.reason.trim())
            && self.reason.ends_with(new.unverified.trim())
            && self.place == new.place.trim()
    }
}

/// Why a booking was not made.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// The check is done or cancelled.
    #[error("This check is closed, so nothing can be booked for it")]
    Closed,
    /// The day has passed.
    #[error("Choose today or a later day")]
    InThePast,
    /// Later than the check is due, or moved, without a reason.
    #[error("Say why: the day is after the check is due, or an earlier booking is being moved")]
    NeedsReason,
    /// A visit to an address that nobody has made sure of, without a word on why.
    #[error("Verify the address first, or say why you book without")]
    AddressNotVerified,
    /// A visit to an address while another one is told, without a word on why.
    #[error("Settle first which address is right, or say why you book without")]
    AddressDisputed,
    /// Later than an officer can book.
    #[error("An officer can book this check up to {0}. For a later day ask a manager to book it")]
    PastCeiling(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(BookingError);

/// Books a check. An earlier booking of the same check is kept as moved, with the reason. Writes the audit event.
/// The same booking sent twice, as a double click does, is one.
pub fn book(
    tx: &mut Conn,
    viewer: &Viewer,
    check: &CheckRecord,
    new: &NewBooking,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Reference, BookingError> {
    let check = store::check::by_key(tx, check.key)?;
    if check.state != CheckState::Open {
        return Err(BookingError::Closed);
    }
    if new.booked_for < today {
        return Err(BookingError::InThePast);
    }
    let earlier = store::booking::of_check(tx, check.key)?;
    let standing = earlier.iter().find(|it| it.state == "booked");
    if let Some(standing) = standing.filter(|it| it.says(new)) {
        return Ok(standing.reference.clone());
    }
    let instead_of = standing.map(|it| it.booked_for);
    if new.reason.trim().is_empty() && (instead_of.is_some() || new.booked_for > check.due_on) {
        return Err(BookingError::NeedsReason);
    }
    let child = child::by_key(tx, viewer, check.child)?.ok_or(BookingError::Closed)?;
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    let proposed = Proposed {
        booked_for: new.booked_for,
        instead_of,
        original_due_on: check.original_due_on,
        due_on: check.due_on,
        put_off_before: put_off(tx, &check)?,
    };
    let weighed = weigh(
        &proposed,
        child.tier,
        &rulebook.policy,
        &rulebook.calendar,
        &rulebook::terms(tx, viewer.authority())?,
        today,
    );
    if weighed.needs_manager(new.booked_for) && !viewer.manages() {
        return Err(BookingError::PastCeiling(spoken(weighed.latest)));
    }
    let new = &NewBooking {
        reason: reasons(tx, &child, &rulebook, new)?,
        ..new.clone()
    };
    let by = viewer.account().ok_or_else(nobody)?;
    store::booking::end(tx, &[check.key], "moved", None)?;
    let reference = fresh(ReferenceKind::Booking);
    store::booking::insert(tx, &reference, check.key, new, &weighed, by, now)?;
    audit::record(
        tx,
        viewer,
        &Event {
            action: match (instead_of, weighed.postponement) {
                (_, 1..) => "check_postponed",
                (Some(_), 0) => "booking_moved",
                (None, 0) => "check_booked",
            },
            child: Some(check.child.number()),
            subject: check.reference.as_str(),
            detail: &in_words(&check, new, instead_of, &weighed),
        },
        now,
    )?;
    Ok(reference)
}

/// How often a check was put off, the one that it follows included: a new attempt is the same visit put off.
fn put_off(conn: &mut Conn, check: &CheckRecord) -> Result<u32, DbError> {
    let of_check = store::booking::postponements(conn, check.key)?;
    let before = match check.follows {
        Some(followed) => store::booking::postponements(conn, followed)?,
        None => 0,
    };
    Ok(of_check + before)
}

/// Every reason for a booking as it is, in the one place where it is kept.
fn reasons(
    conn: &mut Conn,
    child: &ChildRecord,
    rulebook: &Rulebook,
    new: &NewBooking,
) -> Result<String, BookingError> {
    let reason = new.reason.trim().to_owned();
    if !new.mode.goes_to_the_address() {
        return Ok(reason);
    }
    let (_, standing) = address_of(conn, child, rulebook)?;
    let unverified = new.unverified.trim();
    if standing.is_good() {
        return Ok(reason);
    }
    let is_disputed = matches!(standing, Standing::Disputed(_));
    let unverified = match (is_disputed, unverified) {
        (true, "") => return Err(BookingError::AddressDisputed),
        (false, "") => return Err(BookingError::AddressNotVerified),
        (true, why) => format!("Another address was told and not settled: {why}"),
        (false, why) => format!("Address not verified: {why}"),
    };
    Ok(match reason.as_str() {
        "" => unverified,
        reason => format!("{reason}\n{unverified}"),
    })
}

/// Where a child lives, and whether somebody can be sent there today.
///
/// # Errors
/// When the database does not answer.
pub fn address_of(
    conn: &mut Conn,
    child: &ChildRecord,
    rulebook: &Rulebook,
) -> crate::db::Result<(Option<AddressRecord>, Standing)> {
    let address = address::of_child(conn, child.key)?;
    let told = told_address::waiting(conn, child.key)?;
    let standing = standing(
        address.as_ref().map(|address| address.verified_on),
        told.as_ref().map(ToldAddress::told_on),
        rulebook.today,
        child.tier,
        &rulebook.policy,
        &rulebook.calendar,
    );
    Ok((address, standing))
}

/// A booking is a person's promise, so there has to be a person.
fn nobody() -> DbError {
    DbError::Corrupt("a booking without an account".to_owned())
}

fn in_words(
    check: &CheckRecord,
    new: &NewBooking,
    earlier: Option<NaiveDate>,
    weighed: &Weighed,
) -> String {
    let moved = earlier.map_or(String::new(), |day| format!(", moved from {}", spoken(day)));
    let late = if new.booked_for > check.due_on {
        format!(", after the day it is due ({})", spoken(check.due_on))
    } else {
        String::new()
    };
    let times = match weighed.postponement {
        0 => String::new(),
        1 => ". Put off for the first time".to_owned(),
        times => format!(". Put off {times} times"),
    };
    let jumps = weighed.jumps.map_or(String::new(), |holiday| {
        let (from, to) = (spoken(holiday.first_day), spoken(holiday.last_day));
        format!(". A school holiday lies between, {from} to {to}")
    });
    let reason = match new.reason.trim() {
        "" => String::new(),
        reason => format!(". Reason: {reason}"),
    };
    format!(
        "{} booked for {}, {}{moved}{late}{times}{jumps}{reason}",
        check.kind.label(),
        spoken(new.booked_for),
        new.mode.label().to_lowercase(),
    )
}

/// The bookings that stand for a child's checks, each with its check.
pub fn standing_of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> crate::db::Result<Vec<(CheckKey, BookingRecord)>> {
    store::booking::standing_of_child(conn, child)
}

/// A check's bookings, the newest first.
pub fn of_check(conn: &mut Conn, check: CheckKey) -> crate::db::Result<Vec<BookingRecord>> {
    store::booking::of_check(conn, check)
}
