//! How checks end with all that hangs on them: their lapses, and the bookings that still stand.

use chrono::{NaiveDate, NaiveDateTime};

use super::booking::BookingState;
use super::check::{self, Check};
use super::{OutcomeKey, store};
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, Result};
use crate::duty::owed::{self, Closing, DutyState};
use crate::duty::{DutyKey, ending};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;

/// Ends one open check that was done on a day by an act which is not an attempt, such as sending the acknowledgement, and
/// the new attempt at it. Whoever calls this writes the audit event.
pub fn complete(
    act: &mut Act<'_>,
    child: ChildKey,
    kind: DutyKind,
    done_on: NaiveDate,
    because: &str,
) -> Result<()> {
    let open = check::open_of_child(act.tx, child)?;
    let done = open.iter().find(|check| check.kind == kind);
    let done = done.map(|check| check.key);
    let of_it = |check: &&Check| Some(check.key) == done || check.follows == done;
    let keys: Vec<DutyKey> = match done {
        Some(_) => open.iter().filter(of_it).map(|check| check.key).collect(),
        None => Vec::new(),
    };
    let closing = Closing {
        state: DutyState::Done,
        on: done_on,
        because,
    };
    end(act.tx, &keys, &closing, None, act.at.now())?;
    owed::copy_next(act.tx, child)
}

/// Ends every open check of a child that is no longer owed any, such as one who leaves the register: bookings are
/// cancelled and lapses closed with the reason. Writes the audit event.
pub fn cancel_all_of(act: &mut Act<'_>, child: ChildKey, because: &str) -> Result<()> {
    let open = check::open_of_child(act.tx, child)?;
    cancel(act, child, &open, because)
}

/// Ends these open checks of a child in the same way.
pub fn cancel(act: &mut Act<'_>, child: ChildKey, checks: &[Check], because: &str) -> Result<()> {
    let keys: Vec<DutyKey> = checks.iter().map(|check| check.key).collect();
    let closing = Closing {
        state: DutyState::Cancelled,
        on: act.at.today(),
        because,
    };
    end(act.tx, &keys, &closing, None, act.at.now())?;
    owed::copy_next(act.tx, child)?;
    for check in checks {
        let detail = format!(
            "{} due on {} cancelled: {because}",
            check.kind.label(),
            spoken(check.due_on)
        );
        act.note(
            Action::CheckCancelled,
            Subject::of_child(child, check.reference.as_str()),
            &detail,
        )?;
    }
    Ok(())
}

/// Ends checks with all that hangs on them: bookings that still stand are cancelled and open lapses closed. With the outcome
/// that closes them, if one does.
pub(super) fn end(
    tx: &mut Conn,
    checks: &[DutyKey],
    closing: &Closing<'_>,
    outcome: Option<OutcomeKey>,
    now: NaiveDateTime,
) -> Result<()> {
    if checks.is_empty() {
        return Ok(());
    }
    store::booking::end(tx, checks, BookingState::Cancelled, None)?;
    if let Some(outcome) = outcome {
        store::ending::note_closed(tx, checks, outcome)?;
    }
    ending::end(tx, checks, closing, now)
}
