//! A child whose whereabouts nobody knows: a state with a clock of its own, never a closure. It ends when somebody finds
//! out where the child is, and says how.

use crate::access::{Act, Action, Viewer};
use crate::conflict;
use crate::db::{DbError, Result};
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
    act: &mut Act<'_>,
    child: &ChildRecord,
    what_happened: &str,
) -> Result<(), WhereaboutsError> {
    let words = said(act.viewer, child, what_happened)?;
    if child.status == ChildStatus::WhereaboutsUnknown {
        return Err(WhereaboutsError::Already);
    }
    registration::keep_status(act.tx, child.key, child.status)?;
    child::set_status(
        act.tx,
        child.key,
        ChildStatus::WhereaboutsUnknown,
        act.at.now(),
    )?;
    let rulebook = rulebook::of(act)?;
    let owed = owed_being_found(ChildStatus::WhereaboutsUnknown, child.tier, &rulebook);
    owed::owe(act, child.key, owed.as_slice(), None)?;
    let detail = format!("Nobody knows where the child is. {words}");
    Ok(act.note(Action::WhereaboutsUnknown, child, &detail)?)
}

/// What a child of this status is owed because nobody knows where the child is: being found, counted from the rulebook's
/// day. Nothing of any other status.
#[must_use]
pub fn owed_being_found(status: ChildStatus, tier: Tier, rulebook: &Rulebook) -> Option<DutyOwed> {
    (status == ChildStatus::WhereaboutsUnknown)
        .then(|| find_child(rulebook.today, tier, &rulebook.policy, &rulebook.calendar))
}

/// Notes how it is known again where the child is; the check that asks for it is done. Writes the audit event.
pub fn find(act: &mut Act<'_>, child: &ChildRecord, how: &str) -> Result<(), WhereaboutsError> {
    let words = said(act.viewer, child, how)?;
    if child.status != ChildStatus::WhereaboutsUnknown {
        return Err(WhereaboutsError::Already);
    }
    found::known_again(act, child, words)?;
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
