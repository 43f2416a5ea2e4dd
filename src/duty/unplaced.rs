//! A message that came in and that nobody could place is owed to the administrators: one duty an authority at a time, for all
//! of them together, so that whoever is sent much of it is told once.

use super::ending;
use super::owed::{self, Closing, DutyState};
use crate::access::{Act, Action, AuthorityKey, Subject, Viewer};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::mail::unplaced::{self, Finding};
use crate::policy::rulebook;
use crate::rules::bounce::placing_owed;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;

/// Owes it, if there is such a message and it is not owed yet.
pub fn owe(tx: &mut Conn, authority: AuthorityKey, at: At) -> Result<()> {
    let open = unplaced::open(tx, authority)?;
    let Some(first) = open.first() else {
        return Ok(());
    };
    if !owed::open_of_kind(tx, authority, DutyKind::ReturnedMail)?.is_empty() {
        return Ok(());
    }
    let rules = rulebook::load(tx, authority, at.today())?;
    let new = placing_owed(at.today(), &rules.policy, &rules.calendar);
    let program = Viewer::program(authority, "bounces");
    let act = &mut Act::new(tx, &program, at);
    owed::owe_for(act, &first.reference, &new)?;
    act.note(
        Action::MessageUnplaced,
        Subject::thing(&first.reference),
        &new.why,
    )
}

/// Notes what a message was; with the last of them the duty is done, and its lapse closed. False as [`unplaced::deal_with`] says
/// it. Writes the audit event.
pub fn place(act: &mut Act<'_>, message: &Reference, finding: &Finding) -> Result<bool> {
    let (authority, by, now) = (act.viewer.authority(), act.viewer.account(), act.at.now());
    if !unplaced::deal_with(act.tx, authority, message, finding, by, now)? {
        return Ok(false);
    }
    act.note(
        Action::MessagePlaced,
        Subject::thing(message.as_str()),
        finding.label(),
    )?;
    if !unplaced::open(act.tx, authority)?.is_empty() {
        return Ok(true);
    }
    let duties = owed::open_of_kind(act.tx, authority, DutyKind::ReturnedMail)?;
    let duties: Vec<_> = duties.iter().map(|duty| duty.key).collect();
    let because = format!(
        "Every message was dealt with, the last by {}",
        act.viewer.name()
    );
    let closing = Closing {
        state: DutyState::Done,
        on: act.at.today(),
        because: &because,
    };
    ending::end(act.tx, &duties, &closing, now)?;
    Ok(true)
}
