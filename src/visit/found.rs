//! What being found ends: the search for a child of whom nobody knew where they are.

use super::ending;
use crate::access::{Act, Action};
use crate::db::Result;
use crate::register::child::{self, ChildRecord};
use crate::register::registration;
use crate::rules::codes::ChildStatus;
use crate::rules::duty::DutyKind;

/// For a child who was looked for and has been seen: nobody asks how it is known. The record stands where it stood before.
pub fn known_again(act: &mut Act<'_>, child: &ChildRecord, how: &str) -> Result<()> {
    let kept = registration::kept_status(act.tx, child.key)?;
    child::set_status(
        act.tx,
        child.key,
        kept.unwrap_or(ChildStatus::Active),
        act.at.now(),
    )?;
    let because = format!("It is known where the child is. {how}");
    ending::complete(
        act,
        child.key,
        DutyKind::FindChild,
        act.at.today(),
        &because,
    )?;
    act.note(Action::WhereaboutsKnown, child, &because)
}
