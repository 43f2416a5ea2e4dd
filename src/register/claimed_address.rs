//! Another address than the one that is held, claimed with a notification or by an authority's list. A parent may notify from
//! an old draft and a list may be of last year, so their word does not take the place of an address that somebody made sure
//! of or that came later from somebody else: both words stand side by side until an officer settles which is right.

use chrono::NaiveDate;

use super::place::Place;
pub use super::store::claimed_address::ClaimedAddress;
use super::{ChildKey, store};
use crate::access::{Act, Action, Subject};
use crate::clock::london_day;
use crate::db::{Conn, Result};
use crate::rules::codes::Source;
use crate::rules::dates::spoken;

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

/// The row of the other address that waits to be settled, for whoever has to know later whether it is still the same.
pub fn waiting_row(conn: &mut Conn, child: ChildKey) -> Result<Option<i64>> {
    store::claimed_address::waiting_row(conn, child)
}

/// The address that waits to be settled.
pub fn waiting(conn: &mut Conn, child: ChildKey) -> Result<Option<ClaimedAddress>> {
    store::claimed_address::waiting(conn, child)
}

/// Whether this very place was claimed since a day, settled or not.
pub(super) fn was_claimed_since(
    conn: &mut Conn,
    child: ChildKey,
    place: &Place,
    since: NaiveDate,
) -> Result<bool> {
    store::claimed_address::was_claimed_since(conn, child, place, since)
}

/// Writes down the word that is to be settled from now on, in place of an earlier one.
pub(super) fn replace(
    act: &mut Act<'_>,
    child: ChildKey,
    place: &Place,
    source: Source,
) -> Result<()> {
    store::claimed_address::settle(act.tx, child, act.at.now())?;
    store::claimed_address::insert(act.tx, child, place, source, act.at.now())
}

/// Ends the notice, if there is one, with the reason.
pub(super) fn note_settled(act: &mut Act<'_>, child: ChildKey, because: &str) -> Result<()> {
    if store::claimed_address::settle(act.tx, child, act.at.now())? == 0 {
        return Ok(());
    }
    let detail = format!("Which address is right is settled. {because}");
    act.note(Action::AddressSettled, Subject::child(child), &detail)
}
