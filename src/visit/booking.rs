//! A booking: when and where a check is to be done. It never moves the day the check is due.

use chrono::NaiveDate;

use super::check::{self, Check};
use super::store;
use super::store::booking::BookingStamp;
use crate::access::{Act, Action, Subject, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::duty::DutyKey;
use crate::duty::owed::DutyState;
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::claimed_address::{self, ClaimedAddress};
use crate::register::{ChildKey, random_reference};
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::postponement::{Weighed, latest, weigh};
use crate::rules::tier::Tier;
use crate::rules::verification::{AddressStanding, standing};

pub use super::store::booking::{Appointment, BookingRecord, BookingState};

/// A booking to be made.
#[derive(Clone, Debug)]
pub struct NewBooking {
    pub what: Appointment,
    /// That somebody knows the day is a holiday and means it.
    pub holiday_meant: bool,
}

impl Appointment {
    /// Whether it is for the day and the hour of another, and of its kind.
    fn is_like(&self, other: &Self) -> bool {
        self.mode == other.mode
            && self.booked_for == other.booked_for
            && self.at_time == other.at_time
    }

    /// The agreed time as "10:30".
    #[must_use]
    pub fn time(&self) -> Option<String> {
        self.at_time.map(|time| time.format("%H:%M").to_string())
    }

    /// Every reason there is, one a line.
    fn reasons(&self, is_disputed: bool) -> String {
        let address = match (self.address_reason.as_str(), is_disputed) {
            ("", _) => String::new(),
            (why, true) => format!("Another address was told and not settled: {why}"),
            (why, false) => format!("Address not verified: {why}"),
        };
        let reasons = [self.reason.clone(), address];
        reasons
            .into_iter()
            .filter(|why| !why.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl BookingRecord {
    /// Why it is as it is, one reason a line; empty where none was needed.
    #[must_use]
    pub fn reasons(&self) -> String {
        let is_disputed = self.address.is_some() && self.known_claim.is_some();
        self.what.reasons(is_disputed)
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
    /// A visit to an address while another one is claimed, without a word on why.
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
pub fn book(act: &mut Act<'_>, check: &Check, new: &NewBooking) -> Result<Booked, BookingError> {
    let check = check::by_key(act.tx, check.key)?;
    if check.state != DutyState::Open {
        return Err(BookingError::Closed);
    }
    let what = &new.what;
    if what.booked_for < act.at.today() {
        return Err(BookingError::InThePast);
    }
    let child = child::by_key(act.tx, act.viewer, check.child)?.ok_or(BookingError::Closed)?;
    let rulebook = rulebook::of(act)?;
    let (home, known) = address_of(act.tx, &child, &rulebook)?;
    let goes_to = home.filter(|_| what.mode.goes_to_the_address());
    let is_elsewhere = is_for_elsewhere(act.tx, check.key, act.at.today())?;
    let earlier = store::booking::of_check(act.tx, check.key)?;
    let standing = earlier.iter().find(|it| it.state == BookingState::Booked);
    let same = standing.filter(|it| it.what == *what);
    if let Some(same) = same.filter(|_| !is_elsewhere) {
        return Ok(Booked::of(same));
    }
    // The same day and hour again is a visit confirmed for the address as it is now, and that is reason enough.
    let confirms = is_elsewhere && standing.is_some_and(|it| it.what.is_like(what));
    let instead_of = standing.map(|it| it.what.booked_for);
    let is_moved = instead_of.is_some() && !confirms;
    if what.reason.trim().is_empty() && (is_moved || (!confirms && what.booked_for > check.due_on))
    {
        return Err(BookingError::NeedsReason);
    }
    if rulebook.calendar.is_holiday(what.booked_for) && !new.holiday_meant {
        return Err(BookingError::Holiday(spoken(what.booked_for)));
    }
    let chain = store::booking::chain(act.tx, &check)?;
    let weighed = weigh(
        what.booked_for,
        &chain,
        child.tier,
        (&rulebook.policy, &rulebook.calendar),
        &rulebook::terms(act.tx, act.viewer.authority())?,
        act.at.today(),
    );
    if weighed.needs_manager(what.booked_for) && !act.viewer.manages() {
        return Err(BookingError::PastCeiling(spoken(weighed.latest)));
    }
    let what = &Appointment {
        address_reason: address_reason(what, known)?,
        ..what.clone()
    };
    store::booking::end(act.tx, &[check.key], BookingState::Moved, None)?;
    let reference = random_reference(ReferenceKind::Booking);
    // A manager who books it knows.
    let tell_manager = weighed.tell_manager && !act.viewer.manages();
    let stamp = BookingStamp {
        reference: &reference,
        check: check.key,
        address: goes_to.map(|home| home.key),
        known_claim: claimed_address::waiting_row(act.tx, child.key)?,
        weighed: &weighed,
        tell_manager,
        by: act.viewer.person()?,
        now: act.at.now(),
    };
    store::booking::insert(act.tx, what, &stamp)?;
    act.note(
        match (instead_of, weighed.postponement) {
            (_, 1..) => Action::CheckPostponed,
            (Some(_), 0) if confirms => Action::BookingConfirmed,
            (Some(_), 0) => Action::BookingMoved,
            (None, 0) => Action::CheckBooked,
        },
        Subject::of_child(check.child, check.reference.as_str()),
        &in_words(
            &check,
            what,
            &what.reasons(matches!(known, AddressStanding::Disputed(_))),
            instead_of.filter(|_| !confirms),
            &weighed,
        ),
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
/// was claimed since.
fn is_for_elsewhere(conn: &mut Conn, check: DutyKey, today: NaiveDate) -> crate::db::Result<bool> {
    Ok(!elsewhere(conn, &[check], today)?.is_empty())
}

/// Which of these checks have a coming visit booked for another address than the child's home, or booked before another
/// address was claimed that nobody has settled.
pub fn elsewhere(
    conn: &mut Conn,
    checks: &[DutyKey],
    today: NaiveDate,
) -> crate::db::Result<Vec<DutyKey>> {
    store::booking::elsewhere(conn, checks, today)
}

/// The last day for which this viewer can book a check, and why; none for a manager.
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

/// Why somebody goes to an address that is not known well enough; empty where it is, or nobody goes.
fn address_reason(what: &Appointment, known: AddressStanding) -> Result<String, BookingError> {
    if !what.mode.goes_to_the_address() || known.is_good() {
        return Ok(String::new());
    }
    match (what.address_reason.trim(), known) {
        ("", AddressStanding::Disputed(_)) => Err(BookingError::AddressDisputed),
        ("", _) => Err(BookingError::AddressNotVerified),
        (why, _) => Ok(why.to_owned()),
    }
}

/// Where a child lives, and whether somebody can be sent there today.
///
/// # Errors
/// When the database does not answer.
pub fn address_of(
    conn: &mut Conn,
    child: &ChildRecord,
    rulebook: &Rulebook,
) -> crate::db::Result<(Option<AddressRecord>, AddressStanding)> {
    let address = address::of_child(conn, child.key)?;
    let claimed = claimed_address::waiting(conn, child.key)?;
    let standing = standing(
        address.as_ref().map(|address| address.verified_on),
        claimed.as_ref().map(ClaimedAddress::claimed_on),
        rulebook.today,
        child.tier,
        &rulebook.policy,
        &rulebook.calendar,
    );
    Ok((address, standing))
}

fn in_words(
    check: &Check,
    what: &Appointment,
    reasons: &str,
    earlier: Option<NaiveDate>,
    weighed: &Weighed,
) -> String {
    let moved = earlier.map_or(String::new(), |day| format!(", moved from {}", spoken(day)));
    let late = if what.booked_for > check.due_on {
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
    let reason = match reasons {
        "" => String::new(),
        reason => format!(". Reason: {reason}"),
    };
    format!(
        "{} booked for {}, {}{moved}{late}{times}{jumps}{unknown}{reason}",
        check.kind.label(),
        spoken(what.booked_for),
        what.mode.label().to_lowercase(),
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
