//! The way out: a child leaves the register through one door, with its evidence, and nothing that was owed stays behind
//! without a reason.

use chrono::NaiveDate;

use super::merging;
use crate::access::{Act, Action, Viewer, authority};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::duty::{lapse, rest};
use crate::policy::reassessment;
use crate::register::child::{self, ChildRecord};
use crate::register::registration::{self, Ending};
use crate::rules::closure::{self, Leaving, RecordStanding, Shut};
use crate::rules::codes::{ChildStatus, ClosureReason};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::tier::decision;
use crate::visit::ending;

/// A closure to be made.
#[derive(Clone, Debug)]
pub struct Closure {
    pub reason: ClosureReason,
    pub on: NaiveDate,
    /// What the door asks to be named.
    pub named: String,
    /// Which authority has acknowledged the child, at the door that asks for one.
    pub moved_to: Option<MovedTo>,
    /// What the door asks as evidence.
    pub evidence: String,
}

/// The authority that looks after a child who moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MovedTo {
    /// One of the list, by its code.
    Listed(String),
    /// One of Wales, Scotland, Northern Ireland or elsewhere, which the closure names.
    OutsideEngland,
}

/// Why a child stays on the register.
#[derive(Debug, thiserror::Error)]
pub enum ClosureError {
    /// Not somebody who works with children.
    #[error("Only an officer or a manager closes a record")]
    NotAllowed,
    /// A door that only a manager opens, or a record that only a manager closes; the sentence says why.
    #[error("{0}")]
    NeedsManager(String),
    /// No authority of the list, or the child's own.
    #[error("Choose the other authority that has acknowledged the child, or one outside England")]
    NoAuthority,
    /// The record is closed.
    #[error("This record is closed already")]
    Closed,
    /// The door needs something else.
    #[error(transparent)]
    Shut(#[from] Shut),
    /// The record that stays is not there.
    #[error(
        "There is no other open record with that reference. A reference looks like C-7K4M-2QXD"
    )]
    NoOther,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(ClosureError);

/// Lets a child leave: the time on the register ends with its evidence, what is owed is cancelled with the reason, open
/// lapses close with it. Writes the audit events.
///
/// # Errors
/// [`ClosureError`] says why the record stays open.
pub fn close(
    act: &mut Act<'_>,
    child: &ChildRecord,
    closure: &Closure,
) -> Result<(), ClosureError> {
    let by = act
        .viewer
        .account()
        .filter(|_| act.viewer.works_with_children())
        .ok_or(ClosureError::NotAllowed)?;
    if !child.status.is_open() {
        return Err(ClosureError::Closed);
    }
    let standing = standing(act.tx, child)?;
    if let Some(why) = closure::why_manager(closure.reason, &standing)
        && !act.viewer.manages()
    {
        return Err(ClosureError::NeedsManager(why));
    }
    let named = named(act.tx, act.viewer, closure)?;
    let leaving = Leaving {
        reason: closure.reason,
        on: closure.on,
        named: &named,
        evidence: &closure.evidence,
    };
    let born = child.particulars.date_of_birth;
    closure::check(&leaving, born, child.registered_on, act.at.today())?;
    if closure.reason == ClosureReason::Duplicate {
        let stays = other_record(act.tx, act.viewer, child, &named)?;
        merging::carry_over(act, child, &stays)?;
    }
    let evidence = format!("{named}. {}", closure.evidence.trim());
    let ending = Ending {
        reason: closure.reason,
        on: closure.on,
        evidence: &evidence,
        by,
        tell_manager: !act.viewer.manages(),
    };
    registration::end(act.tx, child.key, &ending, act.at.now())?;
    child::set_status(act.tx, child.key, ChildStatus::Closed, act.at.now())?;
    let because = format!("{} on {}", closure.reason.label(), spoken(closure.on));
    ending::cancel_all_of(act, child.key, &because)?;
    decision::end_with_record(act.tx, child.key, &because, act.at.now())?;
    rest::end_with_record(act.tx, child.key, act.at.today())?;
    reassessment::leave(act.tx, act.viewer.authority(), child.key)?;
    let detail = format!("Left the register: {because}. {evidence}");
    Ok(act.note(Action::RecordClosed, child, &detail)?)
}

/// The record that stays has to be there, open, and another one: else the child would be on no register.
fn other_record(
    conn: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    named: &str,
) -> Result<ChildRecord, ClosureError> {
    let reference = Reference::parse(named).map_err(|_| ClosureError::NoOther)?;
    let other = child::find(conn, viewer, &reference)?;
    other
        .filter(|other| other.key != child.key && other.status.is_open())
        .ok_or(ClosureError::NoOther)
}

/// How the record stands, for the question who may close it.
///
/// # Errors
/// When the database does not answer.
pub fn standing(conn: &mut Conn, child: &ChildRecord) -> Result<RecordStanding, DbError> {
    let lapses = lapse::of_child(conn, child.key)?;
    Ok(RecordStanding {
        has_lapsed: lapses.iter().any(|lapse| lapse.closed.is_none()),
        was_seen: child.last_seen_on.is_some(),
        tier: child.tier,
    })
}

/// The authorities that a child can move to: all of the list but the viewer's own, by name.
///
/// # Errors
/// When the database does not answer.
pub fn other_authorities(
    conn: &mut Conn,
    viewer: &Viewer,
) -> Result<Vec<(String, String)>, DbError> {
    let own = authority::by_key(conn, viewer.authority())?.code;
    let mut others = authority::names(conn)?;
    others.retain(|(code, _)| *code != own);
    others.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(others)
}

/// What is named at the door, the other authority by its own name and code.
fn named(conn: &mut Conn, viewer: &Viewer, closure: &Closure) -> Result<String, ClosureError> {
    let words = closure.named.trim();
    if closure.reason != ClosureReason::Moved {
        return Ok(words.to_owned());
    }
    match &closure.moved_to {
        None => Err(ClosureError::NoAuthority),
        Some(MovedTo::OutsideEngland) => Ok(words.to_owned()),
        Some(MovedTo::Listed(chosen)) => {
            let mut others = other_authorities(conn, viewer)?.into_iter();
            let (code, name) = others
                .find(|(code, _)| code == chosen)
                .ok_or(ClosureError::NoAuthority)?;
            Ok(match words {
                "" => format!("{name} ({code})"),
                words => format!("{name} ({code}), {words}"),
            })
        }
    }
}
