//! A booking: when and where a check is to be done. It never moves the day the check is due.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::check::{self, Check};
use super::store::booking::Circumstances;
use super::{BookingKey, store};
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::duty::DutyKey;
use crate::duty::owed::DutyState;
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::told_address::{self, ToldAddress};
use crate::register::{AddressKey, ChildKey, random_reference};
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::outcome::Mode;
use crate::rules::postponement::{Weighed, latest, weigh};
use crate::rules::tier::Tier;
use crate::rules::verification::{Standing, standing};

/// A booking to be made.
#[derive(Clone, Debug)]
pub struct NewBooking {
    pub mode: Mode,
    pub booked_for: NaiveDate,
    /// The time, where one is agreed.
    pub at_time: Option<NaiveTime>,
    /// Where, in words; empty for the child's current address.
    pub place: String,
    /// Why it is moved, or later than the due day.
    pub reason: String,
    /// Why somebody goes to an address that nobody has made sure of.
    pub unverified: String,
    /// That somebody knows the day is a holiday and means it.
    pub holiday_meant: bool,
}

/// A booking as held.
#[derive(Clone, Debug)]
pub struct BookingRecord {
    /// The key inside the program.
    pub key: BookingKey,
    /// What the world calls it.
    pub reference: Reference,
    pub mode: Mode,
    pub booked_for: NaiveDate,
    /// The time as HH:MM, or nothing.
    pub at_time: String,
    pub place: String,
    /// Why it was moved or is late.
    pub reason: String,
    /// "booked", "moved", "kept", "failed" or "cancelled".
    pub state: String,
    pub booked_by: String,
    pub booked_at: NaiveDateTime,
    /// Which time the check is put off by it; 0 when it is not.
    pub postponement: u32,
    /// Whether it is later than an officer can book.
    pub past_ceiling: bool,
    /// Whether a school holiday is jumped.
    pub past_holiday: bool,
    /// The child's home when it was booked, where somebody goes there.
    pub address: Option<AddressKey>,
    /// Whether a manager hears of it.
    pub tell_manager: bool,
}

impl BookingRecord {
    /// Whether it is for the day and the hour that a form says.
    fn is_when(&self, new: &NewBooking) -> bool {
        let at_time = new.at_time.map(|time| time.format("%H:%M").to_string());
        self.booked_for == new.booked_for && self.at_time == at_time.unwrap_or_default()
    }

    /// Whether it says what a form says; the reason for a visit to an address not verified stands after the reason.
    fn says(&self, new: &NewBooking) -> bool {
        self.mode == new.mode
            && self.is_when(new)
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
    /// A bank holiday, and nobody said that it is meant.
    #[error("{0} is a bank holiday. Choose another day, or tick that you mean it")]
    Holiday(String),
    /// Later than an officer can book.
    #[error("An officer can book this check up to {0}. For a later day ask a manager to book it")]
    PastCeiling(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(BookingError);

/// Books a check. An earlier booking of the same check is kept as moved, with the reason. Writes the audit event.
/// The same booking sent twice, as a double click does, is one.
pub fn book(
    tx: &mut Conn,
    viewer: &Viewer,
    check: &Check,
    new: &NewBooking,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Booked, BookingError> {
    let check = check::by_key(tx, check.key)?;
    if check.state != DutyState::Open {
        return Err(BookingError::Closed);
    }
    if new.booked_for < today {
        return Err(BookingError::InThePast);
    }
    let child = child::by_key(tx, viewer, check.child)?.ok_or(BookingError::Closed)?;
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    let home = address::of_child(tx, child.key)?.map(|home| home.key);
    let goes_to = home.filter(|_| new.mode.goes_to_the_address());
    let is_elsewhere = is_for_elsewhere(tx, check.key, today)?;
    let earlier = store::booking::of_check(tx, check.key)?;
    let standing = earlier.iter().find(|it| it.state == "booked");
    let same = standing.filter(|it| it.says(new));
    if let Some(same) = same.filter(|_| !is_elsewhere) {
        return Ok(Booked::of(same));
    }
    // The same day and hour again is a visit confirmed for the address as it is now, and that is reason enough.
    let confirms =
        is_elsewhere && standing.is_some_and(|it| it.mode == new.mode && it.is_when(new));
    let instead_of = standing.map(|it| it.booked_for);
    let is_moved = instead_of.is_some() && !confirms;
    if new.reason.trim().is_empty() && (is_moved || (!confirms && new.booked_for > check.due_on)) {
        return Err(BookingError::NeedsReason);
    }
    if rulebook.calendar.is_holiday(new.booked_for) && !new.holiday_meant {
        return Err(BookingError::Holiday(spoken(new.booked_for)));
    }
    let chain = store::booking::chain(tx, &check)?;
    let weighed = weigh(
        new.booked_for,
        &chain,
        child.tier,
        (&rulebook.policy, &rulebook.calendar),
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
    store::booking::end(tx, &[check.key], "moved", None)?;
    let reference = random_reference(ReferenceKind::Booking);
    // A manager who books it knows.
    let tell_manager = weighed.tell_manager && !viewer.manages();
    let circumstances = Circumstances {
        reference: &reference,
        check: check.key,
        address: goes_to,
        known_told: told_address::waiting_row(tx, child.key)?,
        weighed: &weighed,
        tell_manager,
        by: viewer.account().ok_or_else(nobody)?,
        now,
    };
    store::booking::insert(tx, new, &circumstances)?;
    audit::record(
        tx,
        viewer,
        &Event {
            action: match (instead_of, weighed.postponement) {
                (_, 1..) => "check_postponed",
                (Some(_), 0) if confirms => "booking_confirmed",
                (Some(_), 0) => "booking_moved",
                (None, 0) => "check_booked",
            },
            child: Some(check.child.number()),
            subject: check.reference.as_str(),
            detail: &in_words(&check, new, instead_of.filter(|_| !confirms), &weighed),
        },
        now,
    )?;
    Ok(Booked {
        reference,
        tells_manager: tell_manager,
    })
}

/// A booking that was made.
#[derive(Clone, Debug)]
pub struct Booked {
    /// What the world calls it.
    pub reference: Reference,
    /// Whether a manager hears of it.
    pub tells_manager: bool,
}

impl Booked {
    fn of(held: &BookingRecord) -> Self {
        Self {
            reference: held.reference.clone(),
            tells_manager: held.tell_manager,
        }
    }
}

/// Whether the coming visit that is booked for a check is for another address than the child's home, or another address
/// was told since.
fn is_for_elsewhere(conn: &mut Conn, check: DutyKey, today: NaiveDate) -> crate::db::Result<bool> {
    Ok(!elsewhere(conn, &[check], today)?.is_empty())
}

/// Which of these checks have a coming visit booked for another address than the child's home, or booked before another
/// address was told that nobody has settled.
pub fn elsewhere(
    conn: &mut Conn,
    checks: &[DutyKey],
    today: NaiveDate,
) -> crate::db::Result<Vec<DutyKey>> {
    store::booking::elsewhere(conn, checks, today)
}

/// The last day for which this viewer can book a check, and why; nothing for a manager.
pub fn latest_for(
    conn: &mut Conn,
    viewer: &Viewer,
    check: &Check,
    tier: Tier,
    rulebook: &Rulebook,
) -> crate::db::Result<Option<LastDay>> {
    if viewer.manages() {
        return Ok(None);
    }
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let chain = store::booking::chain(conn, check)?;
    let (day, why) = latest(&chain, tier, policy, calendar, *today);
    Ok(Some(LastDay { day, why }))
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
    check: &Check,
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
    let unknown = match weighed.terms_unknown {
        true => ". A school holiday may lie between: nobody has entered the terms for these days",
        false => "",
    };
    let reason = match new.reason.trim() {
        "" => String::new(),
        reason => format!(". Reason: {reason}"),
    };
    format!(
        "{} booked for {}, {}{moved}{late}{times}{jumps}{unknown}{reason}",
        check.kind.label(),
        spoken(new.booked_for),
        new.mode.label().to_lowercase(),
    )
}

/// The bookings that stand for a child's checks, each with its check.
pub fn standing_of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> crate::db::Result<Vec<(DutyKey, BookingRecord)>> {
    store::booking::standing_of_child(conn, child)
}

/// A check's bookings, the newest first.
pub fn of_check(conn: &mut Conn, check: DutyKey) -> crate::db::Result<Vec<BookingRecord>> {
    store::booking::of_check(conn, check)
}
