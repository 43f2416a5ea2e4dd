//! What becomes of an address that a notification or a list claims: the home, or another word beside it, until an officer
//! settles which is right.

use chrono::NaiveDate;

use super::address::{self, AddressError, AddressRecord};
use super::child::ChildRecord;
use super::place::Place;
use super::{ChildKey, claimed_address};
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, Result};
use crate::rules::codes::Source;
use crate::rules::identifiers::{Postcode, Reference, Uprn};
use crate::rules::verification::gives_way;

/// How an officer settles which address is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The child lives at the address that is held.
    Held,
    /// The child lives at the address that was claimed.
    Claimed,
}

/// Takes in where a notification says that a child lives. It becomes the home, unless the one that is held is better
/// known: then that one stays, and the audit trail keeps both words.
pub(crate) fn hold_claim(
    act: &mut Act<'_>,
    child: ChildKey,
    place: &Place,
    source: Source,
    since: NaiveDate,
) -> Result<()> {
    let held = address::of_child(act.tx, child)?.filter(|held| held.place != *place);
    let stays = held.filter(|held| !gives_way(held.source, held.verified_on, source));
    let Some(held) = stays.filter(|_| !place.is_blank()) else {
        address::move_child(act.tx, child, place, source, since, act.at.now())?;
        let because = "The address that was told is the one that is held";
        return match place.is_blank() {
            true => Ok(()),
            false => claimed_address::note_settled(act, child, because),
        };
    };
    dispute(act, child, &held, place, source)
}

/// Whether a list's address is one for an officer to settle: the child lives somewhere else by what is held, and nobody has
/// settled this very word since then. An address is another one when its property reference or its postcode is: how a list
/// writes a street says nothing.
pub fn is_disputed_by_list(conn: &mut Conn, child: ChildKey, place: &Place) -> Result<bool> {
    let Some(held) = address::of_child(conn, child)? else {
        return Ok(false);
    };
    let known = claimed_address::was_claimed_since(conn, child, place, held.lived_from)?;
    Ok(is_elsewhere(&held.place, place) && !known)
}

fn is_elsewhere(held: &Place, claimed: &Place) -> bool {
    let differ = |held: Option<&str>, claimed: Option<&str>| Some(held? != claimed?);
    let by_reference = differ(
        held.uprn.as_ref().map(Uprn::as_str),
        claimed.uprn.as_ref().map(Uprn::as_str),
    );
    let by_postcode = differ(
        held.postcode.as_ref().map(Postcode::as_str),
        claimed.postcode.as_ref().map(Postcode::as_str),
    );
    by_reference.or(by_postcode).unwrap_or(false)
}

/// Takes in where a list says that a child lives who is on the register already. It never becomes the home by itself:
/// nobody knows how old the list is.
pub fn hold_claim_of_list(act: &mut Act<'_>, child: ChildKey, place: &Place) -> Result<()> {
    match address::of_child(act.tx, child)? {
        Some(held) if is_disputed_by_list(act.tx, child, place)? => {
            dispute(act, child, &held, place, Source::Import)
        }
        _ => Ok(()),
    }
}

/// Keeps both words until an officer has settled which is right; the same word again changes nothing.
fn dispute(
    act: &mut Act<'_>,
    child: ChildKey,
    held: &AddressRecord,
    place: &Place,
    source: Source,
) -> Result<()> {
    if claimed_address::waiting(act.tx, child)?.is_some_and(|claimed| claimed.place == *place) {
        return Ok(());
    }
    claimed_address::replace(act, child, place, source)?;
    let detail = format!(
        "Another address was told by: {}. It is {}. The register holds {}, told by: {}, and keeps it until an officer has settled which is right",
        source.label(),
        place.on_one_line(),
        held.place.on_one_line(),
        held.source.label(),
    );
    act.note(Action::AddressConflict, Subject::child(child), &detail)
}

/// An officer settles which address is right, from a form that showed both.
///
/// # Errors
/// [`AddressError::Another`] when one of the two is another by now.
pub(crate) fn end_claim(
    act: &mut Act<'_>,
    child: &ChildRecord,
    shown: (Option<&Reference>, &str),
    settlement: Settlement,
) -> Result<(), AddressError> {
    let held = address::of_child(act.tx, child.key)?;
    let claimed =
        claimed_address::waiting(act.tx, child.key)?.filter(|claimed| claimed.version() == shown.1);
    let held = held.filter(|held| Some(&held.reference) == shown.0);
    let (Some(held), Some(claimed)) = (held, claimed) else {
        return Err(AddressError::Another);
    };
    if settlement == Settlement::Claimed {
        let since = claimed.claimed_on().max(held.lived_from);
        address::write_down(act, child, &claimed.place, claimed.source, since)?;
        return Ok(());
    }
    let detail = format!("The child lives at {}", held.place.on_one_line());
    Ok(claimed_address::note_settled(act, child.key, &detail)?)
}
