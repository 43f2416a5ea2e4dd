//! All that is held about one child, read from the rooms as one consistent picture. The one place that knows which
//! rooms a child's page is made of.

use chrono::NaiveDate;

use crate::access::audit::{self, Entry};
use crate::access::{Role, Viewer, accounts};
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::lapse::{self, LapseRecord};
use crate::duty::owed::{self, Duty, DutyState};
use crate::duty::rest::{self, Rest};
use crate::intake::notification;
use crate::policy::rulebook;
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::claimed_address::{self, ClaimedAddress};
use crate::register::episode::{self, EpisodeRecord};
use crate::register::person::{self, ParentOf, Sibling};
use crate::register::registration::{self, Registration};
use crate::register::tier;
use crate::rules::duty::ClosedBy;
use crate::rules::identifiers::Reference;
use crate::visit::booking::{self, BookingRecord};
use crate::visit::outcome::{self, OutcomeRecord};
use crate::web::officer::check::words;
use crate::web::officer::days;

/// As many events as the page shows before it leads to all of them.
pub const EVENTS_SHOWN: i64 = 30;

/// A child's file.
#[derive(Debug)]
pub struct ChildFile {
    pub child: ChildRecord,
    pub officer: Option<String>,
    /// Where they live now.
    pub home: Option<AddressRecord>,
    /// Another address that was claimed and that waits to be settled.
    pub claimed_address: Option<ClaimedAddress>,
    /// Where they lived before, the latest first.
    pub earlier_homes: Vec<AddressRecord>,
    pub parents: Vec<ParentOf>,
    /// Brothers and sisters on the register.
    pub siblings: Vec<Sibling>,
    /// Why the checks follow their schedule.
    pub tier_reasons: Vec<String>,
    /// What is owed, the soonest first.
    pub owed: Vec<OwedDuty>,
    /// What was owed and is closed, the latest first.
    pub closed: Vec<Duty>,
    /// What came of each attempt, the latest first.
    pub outcomes: Vec<OutcomeRecord>,
    /// Lapses that are over, the latest first.
    pub past_lapses: Vec<LapseRecord>,
    /// The rest of the checks that holds today.
    pub resting: Option<Rest>,
    /// What other services did.
    pub episodes: Vec<EpisodeRecord>,
    /// Times on the register, the present one first.
    pub registrations: Vec<Registration>,
    /// The latest events; one more than [`EVENTS_SHOWN`] when there are more.
    pub events: Vec<Entry>,
    /// Whether this viewer restricts records and shows them again.
    pub viewer_restricts: bool,
}

/// A duty that is open, with what is arranged for it.
#[derive(Debug)]
pub struct OwedDuty {
    pub duty: Duty,
    /// The booking that stands.
    pub booking: Option<BookingRecord>,
    /// Whether the booking is for another address than the child's home, or another one was claimed since.
    pub is_booked_elsewhere: bool,
    pub lapse: Option<LapseRecord>,
    /// "3 working days over", "due today", "in 2 working days".
    pub days: String,
    /// Whether its day has passed.
    pub is_late: bool,
    /// The notification to be accepted, when that is what satisfies it.
    pub notification: Option<Reference>,
}

impl ChildFile {
    /// The file of the child with this reference, if this viewer may see it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(
        conn: &mut Conn,
        viewer: &Viewer,
        reference: &Reference,
        today: NaiveDate,
    ) -> Result<Option<Self>> {
        let Some(child) = child::find(conn, viewer, reference)? else {
            return Ok(None);
        };
        let key = child.key;
        let officer = match child.officer {
            Some(officer) => Some(accounts::by_key(conn, officer)?.name),
            None => None,
        };
        let homes = address::history(conn, key)?;
        let (home, earlier_homes) = homes.into_iter().fold((None, Vec::new()), sort_home);
        let duties = owed::of_child(conn, key)?;
        let (open, closed): (Vec<_>, Vec<_>) = duties
            .into_iter()
            .partition(|duty| duty.state == DutyState::Open);
        let (mut lapsed, past_lapses): (Vec<_>, Vec<_>) = lapse::of_child(conn, key)?
            .into_iter()
            .partition(|lapse| lapse.closed.is_none());
        let owed = OwedDuty::all(conn, viewer, &child, open, &mut lapsed, today)?;
        Ok(Some(Self {
            officer,
            home,
            claimed_address: claimed_address::waiting(conn, key)?,
            earlier_homes,
            parents: person::parents_of(conn, viewer, key)?,
            siblings: person::siblings_of(conn, viewer, key)?,
            tier_reasons: tier::reasons(conn, key)?,
            owed,
            closed,
            outcomes: outcome::of_child(conn, key)?,
            past_lapses,
            resting: rest::on(conn, key, today)?,
            episodes: episode::of_child(conn, viewer, key)?,
            registrations: registration::of_child(conn, key)?,
            events: audit::timeline(conn, key.number(), EVENTS_SHOWN + 1)?,
            viewer_restricts: viewer.role() == Some(Role::Manager),
            child,
        }))
    }

    /// Whether there are more events than the page shows.
    pub fn has_more_events(&self) -> bool {
        i64::try_from(self.events.len()).is_ok_and(|count| count > EVENTS_SHOWN)
    }

    /// The events that the page shows.
    pub fn latest_events(&self) -> impl Iterator<Item = &Entry> {
        self.events
            .iter()
            .take(usize::try_from(EVENTS_SHOWN).unwrap_or_default())
    }
}

fn sort_home(
    (home, mut earlier): (Option<AddressRecord>, Vec<AddressRecord>),
    next: AddressRecord,
) -> (Option<AddressRecord>, Vec<AddressRecord>) {
    if home.is_none() && next.lived_to.is_none() {
        return (Some(next), earlier);
    }
    earlier.push(next);
    (home, earlier)
}

impl OwedDuty {
    /// What is owed to a child; takes their lapses out of `lapsed`.
    fn all(
        conn: &mut Conn,
        viewer: &Viewer,
        child: &ChildRecord,
        open: Vec<Duty>,
        lapsed: &mut Vec<LapseRecord>,
        today: NaiveDate,
    ) -> Result<Vec<Self>> {
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let calendar = rulebook::calendar(conn, child.authority)?;
        let mut booked = booking::standing_of_child(conn, child.key)?;
        let booked_for: Vec<DutyKey> = booked.iter().map(|(check, _)| *check).collect();
        let elsewhere = booking::elsewhere(conn, &booked_for, today)?;
        let mut owed = Vec::with_capacity(open.len());
        for duty in open {
            let notification = match duty.kind.nature().closed_by {
                ClosedBy::Acceptance => notification::waiting_for(conn, viewer, child.key)?,
                ClosedBy::Outcome | ClosedBy::Sending | ClosedBy::Answers | ClosedBy::Finding => {
                    None
                }
            };
            owed.push(Self {
                is_booked_elsewhere: elsewhere.contains(&duty.key),
                booking: take_first(&mut booked, |(key, _)| *key == duty.key).map(|it| it.1),
                lapse: take_first(lapsed, |lapse| lapse.duty == duty.key),
                days: days::against(duty.due_on, today, &calendar),
                is_late: duty.due_on < today,
                notification,
                duty,
            });
        }
        Ok(owed)
    }

    /// Whether it is booked and an outcome is recorded for it.
    pub fn is_visited(&self) -> bool {
        self.duty.kind.nature().closed_by == ClosedBy::Outcome
    }

    /// Its own page.
    pub fn path(&self) -> String {
        words::path(self.duty.kind, self.duty.reference.as_str())
    }

    /// Whether it was brought forward: its first due day is kept beside.
    pub fn was_moved(&self) -> bool {
        self.duty.original_due_on != self.duty.due_on
    }
}

fn take_first<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    all.iter().position(is_it).map(|at| all.swap_remove(at))
}
