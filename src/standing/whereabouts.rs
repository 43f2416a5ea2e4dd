//! A child whose whereabouts nobody knows: a state with a clock of its own, never a closure. It ends when somebody finds
//! out where the child is, and says how.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::duty::owed;
use crate::policy::rulebook::{self, Rulebook};
use crate::register::child::{self, ChildRecord};
use crate::register::registration;
use crate::rules::codes::ChildStatus;
use crate::rules::schedule::{DutyOwed, find_child};
use crate::rules::tier::Tier;
use crate::visit::found;

/// Why nothing was noted about where a child is.
#[derive(Debug, thiserror::Error)]
pub enum WhereaboutsError {
    /// Not somebody who works with children.
    #[error("Only an officer or a manager notes where a child is")]
    NotAllowed,
    #[error("Say what happened and who told you")]
    NothingSaid,
    /// The record is closed.
    #[error("This record is closed")]
    Closed,
    /// It says so already.
    #[error("The record says so already")]
    Already,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(WhereaboutsError);

/// Notes that nobody knows where the child is, and owes finding out. Everything else that is owed stays owed. Writes the
/// audit event.
pub fn lose(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    what_happened: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), WhereaboutsError> {
    let words = said(viewer, child, what_happened)?;
    if child.status == ChildStatus::WhereaboutsUnknown {
        return Err(WhereaboutsError::Already);
    }
    registration::keep_status(tx, child.key, child.status)?;
    child::set_status(tx, child.key, ChildStatus::WhereaboutsUnknown, now)?;
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    let owed = owed_being_found(ChildStatus::WhereaboutsUnknown, child.tier, &rulebook);
    owed::owe(tx, viewer, child.key, owed.as_slice(), None, now)?;
    let detail = format!("Nobody knows where the child is. {words}");
    Ok(note(
        tx,
        viewer,
        child,
        "whereabouts_unknown",
        &detail,
        now,
    )?)
}

/// What a child of this status is owed because nobody knows where the child is: being found, counted from the rulebook's
/// day. Nothing of any other status.
#[must_use]
pub fn owed_being_found(status: ChildStatus, tier: Tier, rulebook: &Rulebook) -> Option<DutyOwed> {
    (status == ChildStatus::WhereaboutsUnknown)
        .then(|| find_child(rulebook.today, tier, &rulebook.policy, &rulebook.calendar))
}

/// Notes how it is known again where the child is; the check that asks for it is done. Writes the audit event.
pub fn find(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    how: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), WhereaboutsError> {
    let words = said(viewer, child, how)?;
    if child.status != ChildStatus::WhereaboutsUnknown {
        return Err(WhereaboutsError::Already);
    }
    found::known_again(tx, viewer, child, words, today, now)?;
    Ok(())
}

fn said<'a>(
    viewer: &Viewer,
    child: &ChildRecord,
    words: &'a str,
) -> Result<&'a str, WhereaboutsError> {
    if !viewer.works_with_children() {
        return Err(WhereaboutsError::NotAllowed);
    }
    if !child.status.is_open() {
        return Err(WhereaboutsError::Closed);
    }
    match words.trim() {
        "" => Err(WhereaboutsError::NothingSaid),
        words => Ok(words),
    }
}

fn note(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    action: &'static str,
    detail: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let event = Event {
        action,
        child: Some(child.key.number()),
        subject: child.reference.as_str(),
        detail,
    };
    audit::record(tx, viewer, &event, now)
}
