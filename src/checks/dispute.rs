//! An officer settles which of two addresses is right, and with it what was owed because nobody knew.

use chrono::{NaiveDate, NaiveDateTime};

use super::check::{self, CheckRecord};
use super::{store, tiering};
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::register::address::AddressError;
use crate::register::child::ChildRecord;
use crate::register::told_address::{self, Settlement};
use crate::rules::identifiers::Reference;
use crate::rules::schedule::CheckKind;

/// Why a check is cancelled that was owed only because another address was told.
const HELD_IS_RIGHT: &str =
    "Which address is right is settled: the child lives at the one that was held";

/// Settles which address is right, from a form that showed both. A visit that was owed because of the one that was told
/// is no longer owed when the child lives at the one that was held; otherwise it stays as the visit after the move.
///
/// # Errors
/// [`AddressError::Another`] when one of the two is another by now.
pub fn settle(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    shown: (Option<&Reference>, &str),
    settlement: Settlement,
    (today, now): (NaiveDate, NaiveDateTime),
) -> std::result::Result<(), AddressError> {
    let told = told_address::waiting(tx, child.key)?;
    told_address::settle(tx, viewer, child, shown, settlement, now)?;
    if let (Settlement::Held, Some(told)) = (settlement, told) {
        let owed = owed_since(tx, child, told.told_on())?;
        if !owed.is_empty() {
            check::cancel(tx, viewer, child.key, &owed, HELD_IS_RIGHT, today, now)?;
        }
    }
    Ok(())
}

/// The visit that is owed because of an address that was told on this day, and the new attempt at it. None when a move
/// asks for it as well, and none that an earlier fact had raised already.
fn owed_since(
    conn: &mut Conn,
    child: &ChildRecord,
    told_on: NaiveDate,
) -> Result<Vec<CheckRecord>> {
    if tiering::is_unseen_since_move(conn, child)? {
        return Ok(Vec::new());
    }
    let mut open = store::check::open_of_child(conn, child.key)?;
    let visit = open
        .iter()
        .find(|check| check.kind == CheckKind::AfterMove && check.counted_from >= told_on);
    let Some(visit) = visit.map(|check| check.key) else {
        return Ok(Vec::new());
    };
    open.retain(|check| check.key == visit || check.follows == Some(visit));
    Ok(open)
}
