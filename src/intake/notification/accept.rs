//! Accepting a notification: an officer has read it, answers for the children from now on, and the parent is told who.

use chrono::{NaiveDate, NaiveDateTime};

use super::promise::Promise;
use super::{AcceptError, letters};
use crate::access::accounts::{self, AccountRow};
use crate::access::audit::{self, Event};
use crate::access::{Viewer, authority};
use crate::db::{Conn, DbError};
use crate::intake::store;
use crate::intake::store::notification::{Row, SeenChild};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::child::{self, AmendError};
use crate::register::{ChildKey, allocation, registration};
use crate::rules::codes::ChildStatus;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::visit::ending;

/// An officer has read it: the children become active, get an officer, the acknowledgement checks are done, and the parent
/// is written to (message `acknowledged`). Writes the audit events.
///
/// A parent without an email address cannot be written to from here: then the acknowledgement stays owed until
/// somebody records the letter that went by post.
pub fn accept(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    officer: &Reference,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), AcceptError> {
    let record = super::find(tx, viewer, reference)?.ok_or(AcceptError::NotFound)?;
    if let Some((_, by)) = record.accepted {
        return Err(AcceptError::Already { by });
    }
    let row = store::notification::by_reference(tx, viewer.authority(), reference)?
        .ok_or(AcceptError::NotFound)?;
    let children = store::notification::children(tx, viewer, &[row.key])?;
    let acceptance = Acceptance {
        viewer,
        notification: reference,
        officer: officer_named(tx, viewer, officer)?,
        rulebook: rulebook::load(tx, viewer.authority(), today)?,
        now,
    };
    store::notification::set_accepted(tx, row.key, viewer.account(), now)?;
    let told = acceptance.tell_parent(tx, &row, &children, base_url)?;
    for child in &children {
        acceptance.take_on(tx, child)?;
        if told {
            let because = format!("Acknowledged by email, notification {reference}");
            ending::complete(
                tx,
                child.child,
                DutyKind::Acknowledgement,
                &because,
                today,
                now,
            )?;
        }
    }
    Ok(())
}

/// What every part of accepting needs to know.
struct Acceptance<'a> {
    viewer: &'a Viewer,
    notification: &'a Reference,
    officer: AccountRow,
    rulebook: Rulebook,
    now: NaiveDateTime,
}

fn officer_named(
    tx: &mut Conn,
    viewer: &Viewer,
    officer: &Reference,
) -> Result<AccountRow, AcceptError> {
    let officers = accounts::officers(tx, viewer.authority())?;
    let named = officers
        .into_iter()
        .find(|account| account.reference == officer.as_str());
    named.ok_or(AcceptError::NoOfficer)
}

impl Acceptance<'_> {
    /// Writes to the parent, where there is an address; gives whether there was.
    fn tell_parent(
        &self,
        tx: &mut Conn,
        row: &Row,
        children: &[SeenChild],
        base_url: &str,
    ) -> Result<bool, AcceptError> {
        let Some(email) = row.email() else {
            return Ok(false);
        };
        let keys: Vec<ChildKey> = children.iter().map(|seen| seen.child).collect();
        let authority = authority::by_key(tx, self.viewer.authority())?;
        let today = self.rulebook.today;
        let words = letters::Accepted {
            notification: self.notification,
            children: children.len(),
            officer: &self.officer.name,
            contact_by: Promise::Contact.kept_by(tx, &keys, today, &self.rulebook)?,
            meet_by: Promise::Meeting.kept_by(tx, &keys, today, &self.rulebook)?,
        };
        letters::send_acknowledgement(tx, &authority, &email, &words, base_url, self.now)?;
        Ok(true)
    }

    fn take_on(&self, tx: &mut Conn, seen: &SeenChild) -> Result<(), AcceptError> {
        match seen.line.status {
            ChildStatus::Notified => {
                child::set_status(tx, seen.child, ChildStatus::Active, self.now)?;
            }
            ChildStatus::WhereaboutsUnknown => {
                registration::keep_status(tx, seen.child, ChildStatus::Active)?;
            }
            ChildStatus::Active | ChildStatus::Closed => {}
        }
        let detail = format!("Notification {} accepted", self.notification);
        let event = Event {
            action: "notification_accepted",
            child: Some(seen.child.number()),
            subject: self.notification.as_str(),
            detail: &detail,
        };
        audit::record(tx, self.viewer, &event, self.now)?;
        let child = stored(&seen.line.reference)?;
        let officer = stored(&self.officer.reference)?;
        allocation::allocate(tx, self.viewer, &child, &officer, self.now).map_err(|error| {
            match error {
                AmendError::Db(error) => AcceptError::Db(error),
                AmendError::NotAnOfficer => AcceptError::NoOfficer,
                _ => AcceptError::NotFound,
            }
        })
    }
}

fn stored(reference: &str) -> Result<Reference, DbError> {
    Reference::parse(reference).map_err(|problem| DbError::Corrupt(problem.to_string()))
}
