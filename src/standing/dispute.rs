//! An officer settles which of two addresses is right, and with it what was owed because nobody knew.

use chrono::NaiveDate;

use crate::access::{Act, Viewer};
use crate::db::{Conn, Result};
use crate::duty::lapse;
use crate::register::address::{AddressError, Place};
use crate::register::child::ChildRecord;
use crate::register::claimed_address::{self, ClaimedAddress};
use crate::register::settlement::{self, Settlement};
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
    act: &mut Act<'_>,
    child: &ChildRecord,
    shown: (Option<&Reference>, &str),
    settlement: Settlement,
) -> Result<(), AddressError> {
    let claimed = claimed_address::waiting(act.tx, child.key)?;
    settlement::end_claim(act, child, shown, settlement)?;
    if let (Settlement::Held, Some(claimed)) = (settlement, claimed) {
        no_longer_owed(act, child, &claimed)?;
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
    act: &mut Act<'_>,
    child: ChildKey,
    (place, source): (&Place, Source),
    since: NaiveDate,
) -> Result<()> {
    let claimed = claimed_address::waiting(act.tx, child)?;
    settlement::hold_claim(act, child, place, source, since)?;
    let Some(claimed) = claimed.filter(|_| !place.is_blank()) else {
        return Ok(());
    };
    if claimed_address::waiting(act.tx, child)?.is_some() {
        return Ok(());
    }
    let everything = Viewer::program(act.viewer.authority(), "addresses");
    match register::child::by_key(act.tx, &everything, child)? {
        Some(record)
            if is_of_the_authority(act.viewer) || !has_lapsed(act.tx, &record, &claimed)? =>
        {
            no_longer_owed(act, &record, &claimed)
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

fn no_longer_owed(act: &mut Act<'_>, child: &ChildRecord, claimed: &ClaimedAddress) -> Result<()> {
    let owed = owed_since(act.tx, child, claimed.claimed_on())?;
    match owed.is_empty() {
        true => Ok(()),
        false => ending::cancel(act, child.key, &owed, HELD_IS_RIGHT),
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
