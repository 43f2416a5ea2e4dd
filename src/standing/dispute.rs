//! An officer settles which of two addresses is right, and with it what was owed because nobody knew.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::duty::lapse;
use crate::register::address::{AddressError, Place};
use crate::register::child::ChildRecord;
use crate::register::claimed_address::{self, ClaimedAddress, Settlement};
use crate::register::{self, ChildKey};
use crate::rules::codes::Source;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::tier::facts;
use crate::visit::check::{self, Check};
use crate::visit::ending;

/// Why a check is cancelled that was owed only because another address was claimed.
const HELD_IS_RIGHT: &str =
    "Which address is right is settled: the child lives at the one that was held";

/// Settles which address is right, from a form that showed both. A visit that was owed because of the one that was claimed
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
) -> Result<(), AddressError> {
    let claimed = claimed_address::waiting(tx, child.key)?;
    claimed_address::end_claim(tx, viewer, child, shown, settlement, now)?;
    if let (Settlement::Held, Some(claimed)) = (settlement, claimed) {
        no_longer_owed(tx, viewer, child, &claimed, (today, now))?;
    }
    Ok(())
}

/// Takes in where a notification says that a child lives. When it names the address that is held after all, it settles what
/// another word had put in doubt, and with it the visit that was owed because of that; but once that visit has lapsed,
/// somebody of the authority has to answer for it, and a word of the family alone ends nothing.
///
/// # Errors
/// When the database does not answer.
pub fn take(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    (place, source): (&Place, Source),
    (today, now): (NaiveDate, NaiveDateTime),
) -> Result<()> {
    let claimed = claimed_address::waiting(tx, child)?;
    claimed_address::hold_claim(tx, viewer, child, place, source, today, now)?;
    let Some(claimed) = claimed.filter(|_| !place.is_blank()) else {
        return Ok(());
    };
    if claimed_address::waiting(tx, child)?.is_some() {
        return Ok(());
    }
    let everything = Viewer::program(viewer.authority(), "addresses");
    match register::child::by_key(tx, &everything, child)? {
        Some(record) if is_of_the_authority(viewer) || !has_lapsed(tx, &record, &claimed)? => {
            no_longer_owed(tx, viewer, &record, &claimed, (today, now))
        }
        _ => Ok(()),
    }
}

/// A form that nobody signed in for is the family's word as well.
fn is_of_the_authority(viewer: &Viewer) -> bool {
    viewer.account().is_some() && viewer.works_with_children()
}

fn has_lapsed(conn: &mut Conn, child: &ChildRecord, claimed: &ClaimedAddress) -> Result<bool> {
    for check in owed_since(conn, child, claimed.claimed_on())? {
        if lapse::of_duty(conn, check.key)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_longer_owed(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    claimed: &ClaimedAddress,
    (today, now): (NaiveDate, NaiveDateTime),
) -> Result<()> {
    let owed = owed_since(tx, child, claimed.claimed_on())?;
    match owed.is_empty() {
        true => Ok(()),
        false => ending::cancel(tx, viewer, child.key, &owed, HELD_IS_RIGHT, today, now),
    }
}

/// The visit that is owed because of an address that was claimed on this day, and the new attempt at it. None when a move
/// asks for it as well, and none that an earlier fact had raised already.
fn owed_since(conn: &mut Conn, child: &ChildRecord, claimed_on: NaiveDate) -> Result<Vec<Check>> {
    if facts::is_unseen_since_move(conn, child)? {
        return Ok(Vec::new());
    }
    let mut open = check::open_of_child(conn, child.key)?;
    let visit = open
        .iter()
        .find(|check| check.kind == DutyKind::AfterMove && check.counted_from >= claimed_on);
    let Some(visit) = visit.map(|check| check.key) else {
        return Ok(Vec::new());
    };
    open.retain(|check| check.key == visit || check.follows == Some(visit));
    Ok(open)
}
