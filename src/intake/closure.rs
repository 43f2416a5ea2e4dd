//! The way out: a child leaves the register through one door, with its evidence, and nothing that was owed stays behind
//! without a reason.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::checks::{check, overriding, suspension, tiering};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::register::child::{self, ChildRecord};
use crate::register::registration;
use crate::rules::closure::{self, Leaving, Shut};
use crate::rules::codes::{ChildStatus, ClosureReason};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;

/// A closure to be made.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Through which door.
    pub reason: ClosureReason,
    /// On which day.
    pub on: NaiveDate,
    /// What the door asks to be named.
    pub named: String,
    /// What the door asks as evidence.
    pub evidence: String,
}

/// Why a child stays on the register.
#[derive(Debug, thiserror::Error)]
pub enum ClosureError {
    /// Not somebody who works with children, or a door that only a manager opens.
    #[error("Only a manager closes a record for this reason")]
    NotAllowed,
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
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(ClosureError);

/// Lets a child leave: the time on the register ends with its evidence, what is owed is cancelled with the reason, open
/// lapses close with it. Writes the audit events.
///
/// # Errors
/// Why the child stays.
pub fn close(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    closure: &Closure,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), ClosureError> {
    let may = viewer.works_with_children() && (viewer.manages() || !closure.reason.needs().manager);
    let by = viewer
        .account()
        .filter(|_| may)
        .ok_or(ClosureError::NotAllowed)?;
    if !child.status.is_open() {
        return Err(ClosureError::Closed);
    }
    let leaving = Leaving {
        reason: closure.reason,
        on: closure.on,
        named: &closure.named,
        evidence: &closure.evidence,
    };
    let born = child.particulars.date_of_birth;
    closure::check(&leaving, born, child.registered_on, today)?;
    if closure.reason == ClosureReason::Duplicate {
        other_record(tx, viewer, child, &closure.named)?;
    }
    let evidence = format!("{}. {}", closure.named.trim(), closure.evidence.trim());
    registration::end(tx, child.key, closure.on, closure.reason, &evidence, by)?;
    child::set_status(tx, child.key, ChildStatus::Closed, now)?;
    let because = format!("{} on {}", closure.reason.label(), spoken(closure.on));
    check::cancel_all_of(tx, viewer, child.key, &because, today, now)?;
    overriding::end_with_record(tx, child.key, &because, now)?;
    suspension::end_with_record(tx, child.key, today)?;
    tiering::leave(tx, viewer.authority(), child.key)?;
    let detail = format!("Left the register: {because}. {evidence}");
    let event = Event {
        action: "record_closed",
        child: Some(child.key.number()),
        subject: child.reference.as_str(),
        detail: &detail,
    };
    Ok(audit::record(tx, viewer, &event, now)?)
}

/// The record that stays has to be there, open, and another one: else the child would be on no register.
fn other_record(
    conn: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    named: &str,
) -> Result<(), ClosureError> {
    let reference = Reference::parse(named).map_err(|_| ClosureError::NoOther)?;
    let other = child::find(conn, viewer, &reference)?;
    match other.filter(|other| other.key != child.key && other.status.is_open()) {
        Some(_) => Ok(()),
        None => Err(ClosureError::NoOther),
    }
}
