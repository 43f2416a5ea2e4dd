//! Accepting a notification: an officer has read it, answers for the children from now on, and the parent is told who.

use std::rc::Rc;

use super::promise::Promise;
use super::{AcceptError, letters};
use crate::access::accounts::{self, AccountRow};
use crate::access::{Act, Action, Subject, Viewer, authority};
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
    act: &mut Act<'_>,
    reference: &Reference,
    officer: &Reference,
    base_url: &str,
) -> Result<(), AcceptError> {
    let record = super::find(act.tx, act.viewer, reference)?.ok_or(AcceptError::NotFound)?;
    if let Some((_, by)) = record.accepted {
        return Err(AcceptError::Already { by });
    }
    let row = store::notification::by_reference(act.tx, act.viewer.authority(), reference)?
        .ok_or(AcceptError::NotFound)?;
    let children = store::notification::children(act.tx, act.viewer, &[row.key])?;
    let acceptance = Acceptance {
        notification: reference,
        officer: officer_named(act.tx, act.viewer, officer)?,
        rulebook: rulebook::of(act)?,
    };
    store::notification::set_accepted(act.tx, row.key, act.viewer.account(), act.at.now())?;
    let told = acceptance.tell_parent(act, &row, &children, base_url)?;
    for child in &children {
        acceptance.take_on(act, child)?;
        if told {
            let because = format!("Acknowledged by email, notification {reference}");
            ending::complete(
                act,
                child.child,
                DutyKind::Acknowledgement,
                act.at.today(),
                &because,
            )?;
        }
    }
    Ok(())
}

/// What every part of accepting needs to know.
struct Acceptance<'a> {
    notification: &'a Reference,
    officer: AccountRow,
    rulebook: Rc<Rulebook>,
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
        act: &mut Act<'_>,
        row: &Row,
        children: &[SeenChild],
        base_url: &str,
    ) -> Result<bool, AcceptError> {
        let Some(email) = row.email() else {
            return Ok(false);
        };
        let keys: Vec<ChildKey> = children.iter().map(|seen| seen.child).collect();
        let authority = authority::by_key(act.tx, act.viewer.authority())?;
        let today = self.rulebook.today;
        let words = letters::Accepted {
            notification: self.notification,
            children: children.len(),
            officer: &self.officer.name,
            contact_by: Promise::Contact.kept_by(act.tx, &keys, today, &self.rulebook)?,
            meet_by: Promise::Meeting.kept_by(act.tx, &keys, today, &self.rulebook)?,
        };
        letters::send_acknowledgement(act.tx, &authority, &email, &words, base_url, act.at.now())?;
        Ok(true)
    }

    fn take_on(&self, act: &mut Act<'_>, seen: &SeenChild) -> Result<(), AcceptError> {
        match seen.line.status {
            ChildStatus::Notified => {
                child::set_status(act.tx, seen.child, ChildStatus::Active, act.at.now())?;
            }
            ChildStatus::WhereaboutsUnknown => {
                registration::keep_status(act.tx, seen.child, ChildStatus::Active)?;
            }
            ChildStatus::Active | ChildStatus::Closed => {}
        }
        let detail = format!("Notification {} accepted", self.notification);
        act.note(
            Action::NotificationAccepted,
            Subject::of_child(seen.child, self.notification.as_str()),
            &detail,
        )?;
        let child = stored(&seen.line.reference)?;
        let officer = stored(&self.officer.reference)?;
        allocation::allocate(act, &child, &officer).map_err(|error| match error {
            AmendError::Db(error) => AcceptError::Db(error),
            AmendError::NotAnOfficer => AcceptError::NoOfficer,
            _ => AcceptError::NotFound,
        })
    }
}

fn stored(reference: &str) -> Result<Reference, DbError> {
    Reference::parse(reference).map_err(|problem| DbError::Corrupt(problem.to_string()))
}
