//! A duty: something owed by a day, whatever it is about. Its original due day is written once and never again.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::store::owed::NewDuty;
use super::{DutyKey, store};
use crate::access::{Act, AuthorityKey, Viewer};
use crate::db::{Conn, Result};
use crate::register::{self, ChildKey, PersonKey};
use crate::rules::codes::code_list;
use crate::rules::duty::{DutyKind, Purpose};
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;
use crate::rules::names::full;
use crate::rules::schedule::{DutyOwed, OpenDuty};

pub use super::store::owed::{
    Closing, about_no_child, by_key, close, last_occasion, move_to, open_about_no_child,
    open_of_child, open_of_kind,
};

code_list! {
    /// Where a duty stands. A lapsed duty is open: lapsing does not end what is owed.
    pub enum DutyState {
        Open = "open", "Open";
        /// Satisfied by an outcome, or by the act it asks for.
        Done = "done", "Done";
        /// No longer owed, with the reason kept.
        Cancelled = "cancelled", "No longer owed";
    }
}

/// A child in a list of duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChild {
    pub reference: String,
    pub name: String,
}

impl NamedChild {
    /// Of what a list reads of a child; none if the duty is about none.
    pub fn of(
        reference: Option<Reference>,
        given: Option<String>,
        family: Option<String>,
    ) -> Option<Self> {
        Some(Self {
            reference: reference?.to_string(),
            name: full(&given?, &family?),
        })
    }
}

/// What a duty is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    Child(ChildKey),
    Person(PersonKey),
    /// Another authority.
    Authority(AuthorityKey),
    /// Nothing but the authority that owes it.
    Nobody,
}

impl About {
    /// The child, if it is about one.
    #[must_use]
    pub fn child(self) -> Option<ChildKey> {
        match self {
            Self::Child(child) => Some(child),
            Self::Person(_) | Self::Authority(_) | Self::Nobody => None,
        }
    }
}

/// A duty as held.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The key inside the program.
    pub key: DutyKey,
    /// What the world calls it.
    pub reference: Reference,
    pub authority: AuthorityKey,
    pub about: About,
    pub kind: DutyKind,
    pub purpose: Purpose,
    /// What tells it from another of its kind, such as the day of a census.
    pub occasion: String,
    /// Whose it is.
    pub post: Post,
    /// The check whose failed attempt this one makes good.
    pub follows: Option<DutyKey>,
    /// The day the period was counted from.
    pub counted_from: NaiveDate,
    /// The day it was first due; nothing overwrites it.
    pub original_due_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The sentence that answers "why this day?".
    pub why: String,
    pub state: DutyState,
    /// When it was done or cancelled.
    pub closed_on: Option<NaiveDate>,
    /// Why it was closed, in words.
    pub closed_because: Option<String>,
}

impl Duty {
    /// What the rules need to know of a duty that is open.
    pub fn as_open(&self) -> OpenDuty {
        OpenDuty {
            kind: self.kind,
            purpose: self.purpose,
            counted_from: self.counted_from,
            due_on: self.due_on,
        }
    }
}

/// The duty with this reference, if this viewer may see what it is about.
pub fn find(conn: &mut Conn, viewer: &Viewer, reference: &Reference) -> Result<Option<Duty>> {
    store::owed::find(conn, viewer, reference)
}

/// A child's checks: the open ones by due day, then the closed ones, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Duty>> {
    let all = store::owed::of_child(conn, child)?;
    let (mut open, mut closed): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|duty| duty.state == DutyState::Open);
    open.sort_by_key(|duty| (duty.due_on, duty.key));
    closed.sort_by_key(|duty| Reverse((duty.closed_on, duty.key)));
    open.append(&mut closed);
    Ok(open)
}

/// The day on which something is due, and why then.
#[derive(Clone, Debug)]
pub struct DueDay {
    pub on: NaiveDate,
    /// Why on that day.
    pub why: String,
}

/// The days on which the open duties of one kind are due, for those of the children who have one.
pub fn due_days(
    conn: &mut Conn,
    kind: DutyKind,
    children: &[ChildKey],
) -> Result<Vec<(ChildKey, DueDay)>> {
    store::owed::due_days(conn, kind, children)
}

/// Writes a duty that is about no child, for an occasion on which it was not owed before.
pub fn owe_for(act: &mut Act<'_>, occasion: &str, owed: &DutyOwed) -> Result<()> {
    store::owed::insert_for(act.tx, act.viewer.authority(), occasion, owed, act.at.now())
}

/// Writes what is owed to a child. A kind that is open already stays as it is: a child is not owed the same thing twice.
pub fn owe(
    act: &mut Act<'_>,
    child: ChildKey,
    owed: &[DutyOwed],
    follows: Option<DutyKey>,
) -> Result<()> {
    let new: Vec<NewDuty<'_>> = owed
        .iter()
        .map(|owed| NewDuty {
            child,
            owed,
            follows,
        })
        .collect();
    if !new.is_empty() {
        let authority = act.viewer.authority();
        store::owed::insert_missing(act.tx, authority, child, &new, act.at.now())?;
    }
    copy_next(act.tx, child)
}

/// Writes the first duties of children who were put on the register a moment ago, each with the earliest due day
/// beside it already ([`register::bulk::add_all`]). They are owed nothing else yet, so nothing is looked up.
pub fn owe_first(act: &mut Act<'_>, owed: &[(ChildKey, &[DutyOwed])]) -> Result<()> {
    let new: Vec<NewDuty<'_>> = owed
        .iter()
        .flat_map(|(child, duties)| {
            duties.iter().map(|owed| NewDuty {
                child: *child,
                owed,
                follows: None,
            })
        })
        .collect();
    store::owed::insert(act.tx, act.viewer.authority(), &new, act.at.now())
}

/// Lists show the earliest due day of a child's open checks; it is copied after every change of them.
pub fn copy_next(tx: &mut Conn, child: ChildKey) -> Result<()> {
    let earliest = store::owed::earliest_due(tx, child)?;
    register::child::set_next_check(tx, child, earliest)
}
