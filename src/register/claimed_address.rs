//! Another address than the one that is held, claimed with a notification or by an authority's list. A parent may notify from
//! an old draft and a list may be of last year, so their word does not take the place of an address that somebody made sure
//! of or that came later from somebody else: both words stand side by side until an officer settles which is right.

use chrono::{NaiveDate, NaiveDateTime};

use super::address::{self, AddressError, AddressRecord, Place};
use super::child::ChildRecord;
pub use super::store::claimed_address::ClaimedAddress;
use super::{ChildKey, store};
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::clock::london_day;
use crate::db::{Conn, Result};
use crate::rules::codes::Source;
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Postcode, Reference, Uprn};
use crate::rules::verification::gives_way;

impl ClaimedAddress {
    /// The day on which it was claimed.
    pub fn claimed_on(&self) -> NaiveDate {
        london_day(self.claimed_at)
    }

    /// Who claimed it, when and where it is, for whoever has to settle which address is right.
    pub fn notice(&self) -> String {
        let who = match self.source {
            Source::Parent => "A parent has".to_owned(),
            source => format!("Somebody else ({}) has", source.label().to_lowercase()),
        };
        let (place, day) = (self.place.on_one_line(), spoken(self.claimed_on()));
        format!("{who} given another address on {day}: {place}. Settle which is right.")
    }

    /// Which word this is, for a form to carry.
    pub fn version(&self) -> String {
        self.claimed_at.and_utc().timestamp_micros().to_string()
    }
}

/// How an officer settles which address is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The child lives at the address that is held.
    Held,
    /// The child lives at the address that was claimed.
    Claimed,
}

/// The row of the other address that waits to be settled, for whoever has to know later whether it is still the same.
pub fn waiting_row(conn: &mut Conn, child: ChildKey) -> Result<Option<i64>> {
    store::claimed_address::waiting_row(conn, child)
}

/// The address that waits to be settled.
pub fn waiting(conn: &mut Conn, child: ChildKey) -> Result<Option<ClaimedAddress>> {
    store::claimed_address::waiting(conn, child)
}

/// Takes in where a notification says that a child lives. It becomes the home, unless the one that is held is better
/// known: then that one stays, and the audit trail keeps both words.
pub(crate) fn hold_claim(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    place: &Place,
    source: Source,
    since: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let held = address::of_child(tx, child)?.filter(|held| held.place != *place);
    let stays = held.filter(|held| !gives_way(held.source, held.verified_on, source));
    let Some(held) = stays.filter(|_| !place.is_blank()) else {
        address::move_child(tx, child, place, source, since, now)?;
        let because = "The address that was told is the one that is held";
        return match place.is_blank() {
            true => Ok(()),
            false => note_settled(tx, viewer, child, because, now),
        };
    };
    dispute(tx, viewer, child, &held, place, source, now)
}

/// Whether a list's address is one for an officer to settle: the child lives somewhere else by what is held, and nobody has
/// settled this very word since then. An address is another one when its property reference or its postcode is: how a list
/// writes a street says nothing.
pub fn is_disputed_by_list(conn: &mut Conn, child: ChildKey, place: &Place) -> Result<bool> {
    let Some(held) = address::of_child(conn, child)? else {
        return Ok(false);
    };
    let known = store::claimed_address::was_claimed_since(conn, child, place, held.lived_from)?;
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
pub fn hold_claim_of_list(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    place: &Place,
    now: NaiveDateTime,
) -> Result<()> {
    match address::of_child(tx, child)? {
        Some(held) if is_disputed_by_list(tx, child, place)? => {
            dispute(tx, viewer, child, &held, place, Source::Import, now)
        }
        _ => Ok(()),
    }
}

/// Keeps both words until an officer has settled which is right; the same word again changes nothing.
fn dispute(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    held: &AddressRecord,
    place: &Place,
    source: Source,
    now: NaiveDateTime,
) -> Result<()> {
    if waiting(tx, child)?.is_some_and(|claimed| claimed.place == *place) {
        return Ok(());
    }
    store::claimed_address::settle(tx, child, now)?;
    store::claimed_address::insert(tx, child, place, source, now)?;
    let detail = format!(
        "Another address was told by: {}. It is {}. The register holds {}, told by: {}, and keeps it until an officer has settled which is right",
        source.label(),
        place.on_one_line(),
        held.place.on_one_line(),
        held.source.label(),
    );
    note(tx, viewer, child, "address_conflict", &detail, now)
}

/// An officer settles which address is right, from a form that showed both.
///
/// # Errors
/// [`AddressError::Another`] when one of the two is another by now.
pub(crate) fn end_claim(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    shown: (Option<&Reference>, &str),
    settlement: Settlement,
    now: NaiveDateTime,
) -> Result<(), AddressError> {
    let held = address::of_child(tx, child.key)?;
    let claimed = waiting(tx, child.key)?.filter(|claimed| claimed.version() == shown.1);
    let held = held.filter(|held| Some(&held.reference) == shown.0);
    let (Some(held), Some(claimed)) = (held, claimed) else {
        return Err(AddressError::Another);
    };
    if settlement == Settlement::Claimed {
        let since = claimed.claimed_on().max(held.lived_from);
        address::write_down(
            tx,
            viewer,
            child,
            &claimed.place,
            claimed.source,
            since,
            now,
        )?;
        return Ok(());
    }
    let detail = format!("The child lives at {}", held.place.on_one_line());
    Ok(note_settled(tx, viewer, child.key, &detail, now)?)
}

/// Ends the notice, if there is one, with the reason.
pub(super) fn note_settled(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    because: &str,
    now: NaiveDateTime,
) -> Result<()> {
    if store::claimed_address::settle(tx, child, now)? == 0 {
        return Ok(());
    }
    let detail = format!("Which address is right is settled. {because}");
    note(tx, viewer, child, "address_settled", &detail, now)
}

fn note(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    action: &'static str,
    detail: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let event = Event {
        action,
        child: Some(child.number()),
        subject: "",
        detail,
    };
    audit::record(tx, viewer, &event, now)
}
