//! Where children and adults live: kept with from and to, source, and the day somebody made sure of it. In 2023 a visit
//! went to an address the record should no longer have held; so an address is verified or it is not.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::child::{AmendError, ChildRecord};
pub use super::place::Place;
pub use super::store::address::AddressRecord;
use super::store::address::Whose;
use super::{ChildKey, PersonKey, claimed_address, fresh_reference, store};
use crate::access::audit::{self, Entry};
use crate::access::{Act, Action, Subject};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::rules::codes::Source;
use crate::rules::dates;
use crate::rules::history::{self as days, Untimely};
use crate::rules::identifiers::{Postcode, Reference, ReferenceKind};

/// Why something about an address was not written down.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Another address is held by now than the one that was meant.
    #[error("Another address was saved for this child while you were working on it")]
    Another,
    /// A day that cannot be true.
    #[error(transparent)]
    Untimely(#[from] Untimely),
    /// Not there, or not for this viewer, or changed meanwhile.
    #[error(transparent)]
    Child(#[from] AmendError),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(AddressError, Child);

/// Where a child lives now.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Option<AddressRecord>> {
    store::address::current(conn, Whose::Childs(child))
}

/// Since when the current addresses of these children are verified; a child without an address is not there.
pub fn verified_days(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<HashMap<ChildKey, Option<NaiveDate>>> {
    store::address::verified_days(conn, children)
}

/// Where an adult lives now, as far as it is held.
pub fn of_person(conn: &mut Conn, person: PersonKey) -> Result<Option<AddressRecord>> {
    store::address::current(conn, Whose::Persons(person))
}

/// Everywhere a child has lived, the current one first.
pub fn history(conn: &mut Conn, child: ChildKey) -> Result<Vec<AddressRecord>> {
    store::address::history(conn, child)
}

/// The days on which a child came to live somewhere else, by the addresses on record. An address that was corrected on its
/// first day is no move, and one that came back after the correction is none either.
pub fn moves(history: &[AddressRecord]) -> Vec<NaiveDate> {
    let mut lived_in: Vec<&AddressRecord> = history.iter().collect();
    // Of several that begin on one day the last one that was written down is where the child lived.
    lived_in.sort_by_key(|home| (home.lived_from, home.lived_to.is_none(), home.key));
    let mut homes: Vec<&AddressRecord> = Vec::new();
    for home in lived_in {
        if homes
            .last()
            .is_some_and(|last| last.lived_from == home.lived_from)
        {
            homes.pop();
        }
        homes.push(home);
    }
    let pairs = homes.windows(2);
    let moved = pairs.filter_map(|pair| match pair {
        [before, after] if before.place != after.place => Some(after.lived_from),
        _ => None,
    });
    moved.collect()
}

/// Writes where a child lives or lived. A new home ends the old one the day before, and the postcode in lists follows; an
/// address from before the current one goes into the history. Whoever calls this writes the audit event
/// and assesses the tier anew. A place equal to the current one, or a blank one, changes nothing and gives None.
pub fn move_child(
    tx: &mut Conn,
    child: ChildKey,
    place: &Place,
    source: Source,
    from: NaiveDate,
    now: NaiveDateTime,
) -> Result<Option<Written>> {
    let written = move_to(tx, Whose::Childs(child), place, source, from, now)?;
    if written.as_ref().is_some_and(|it| it.lived_to.is_none()) {
        store::child::set_postcode(
            tx,
            child,
            place.postcode.as_ref().map(Postcode::as_str),
            now,
        )?;
    }
    Ok(written)
}

/// Writes an adult's own address; the old one ends, and the audit event says that it did.
pub fn move_person(
    act: &mut Act<'_>,
    person: PersonKey,
    place: &Place,
    source: Source,
    from: NaiveDate,
) -> Result<()> {
    let Some(before) = of_person(act.tx, person)? else {
        move_to(
            act.tx,
            Whose::Persons(person),
            place,
            source,
            from,
            act.at.now(),
        )?;
        return Ok(());
    };
    if move_to(
        act.tx,
        Whose::Persons(person),
        place,
        source,
        from,
        act.at.now(),
    )?
    .is_none()
    {
        return Ok(());
    }
    act.note(
        Action::PersonMoved,
        Subject::thing(before.reference.as_str()),
        "A parent or carer has another address from now on",
    )
}

/// An address that was written down.
#[derive(Clone, Debug)]
pub struct Written {
    /// What the world calls this record.
    pub reference: Reference,
    /// The last day, when a later address is known already; none for the current one.
    pub lived_to: Option<NaiveDate>,
}

/// Puts an address into its place in time: what was lived in on its first day ends the day before, and it ends itself
/// the day before the next one that is known begins. So an older address does not become the current one.
fn move_to(
    tx: &mut Conn,
    whose: Whose,
    place: &Place,
    source: Source,
    from: NaiveDate,
    now: NaiveDateTime,
) -> Result<Option<Written>> {
    if place.is_blank() {
        return Ok(None);
    }
    let known = store::address::all(tx, whose)?;
    let next = known.iter().filter(|it| it.lived_from > from);
    let next = next.min_by_key(|it| it.lived_from);
    let until_then: Vec<&AddressRecord> = known
        .iter()
        .filter(|it| it.lived_from <= from && it.lived_to.is_none_or(|to| from <= to))
        .collect();
    let is_the_same = |it: &AddressRecord| it.place == *place;
    // Of several that were corrected on one day the last one counts: a family may turn out to live at the first after all.
    let until_then_last = until_then
        .iter()
        .max_by_key(|it| (it.lived_to.is_none(), it.lived_from, it.key));
    if until_then_last.is_some_and(|it| is_the_same(it)) || next.is_some_and(is_the_same) {
        return Ok(None);
    }
    for old in until_then {
        store::address::end(tx, old.key, last_day(old, from))?;
    }
    let lived_to = next.and_then(|next| next.lived_from.pred_opt());
    let reference = fresh_reference(ReferenceKind::Address, |taken| {
        store::address::has_reference(tx, taken)
    })?;
    let new = store::address::NewAddress {
        place,
        source,
        from,
        to: lived_to,
    };
    store::address::insert(tx, whose, &reference, &new, now)?;
    Ok(Some(Written {
        reference,
        lived_to,
    }))
}

/// The day before the move; but an address that is corrected at once was held for its one day.
fn last_day(old: &AddressRecord, moved_on: NaiveDate) -> NaiveDate {
    let day_before = moved_on.pred_opt().unwrap_or(moved_on);
    day_before.max(old.lived_from)
}

/// Notes that somebody made sure of the address that their form showed; writes the audit event.
///
/// # Errors
/// [`AddressError::Another`] when the child's home is another by now: nobody made sure of that one;
/// [`AddressError::Untimely`] for a day before the address's first or before it was last verified.
pub fn verify_shown(
    act: &mut Act<'_>,
    child: ChildKey,
    shown: Option<&Reference>,
    on: NaiveDate,
    how: &str,
) -> Result<(), AddressError> {
    let home = of_child(act.tx, child)?.filter(|home| Some(&home.reference) == shown);
    let home = home.ok_or(AddressError::Another)?;
    days::verified_on(home.lived_from, home.verified_on, on)?;
    verify(act, child, on, how)?;
    Ok(())
}

/// Who wrote a child's address down and when, where the record says so: an officer on the child's page.
pub fn written_down(
    conn: &mut Conn,
    child: ChildKey,
    address: &AddressRecord,
) -> Result<Option<Entry>> {
    audit::latest(
        conn,
        child.number(),
        Action::AddressAdded,
        address.reference.as_str(),
    )
}

/// Writes down where an officer says that a child lives or lived; writes the audit event. Gives nothing when the address
/// is on record already.
///
/// # Errors
/// [`AddressError::Untimely`] for a day before the child's birth.
pub fn write_down(
    act: &mut Act<'_>,
    child: &ChildRecord,
    place: &Place,
    source: Source,
    from: NaiveDate,
) -> Result<Option<Written>, AddressError> {
    days::lived_from(child.particulars.date_of_birth, from)?;
    let Some(written) = move_child(act.tx, child.key, place, source, from, act.at.now())? else {
        return Ok(None);
    };
    let where_to = place.on_one_line();
    let detail = match written.lived_to {
        None => format!("New address: {where_to}"),
        Some(to) => {
            let (from, to) = (dates::spoken(from), dates::spoken(to));
            format!("Earlier address, from {from} to {to}: {where_to}")
        }
    };
    if written.lived_to.is_none() {
        let because = format!("The child lives at {where_to}");
        claimed_address::note_settled(act, child.key, &because)?;
    }
    act.note(
        Action::AddressAdded,
        Subject::of_child(child.key, written.reference.as_str()),
        &detail,
    )?;
    Ok(Some(written))
}

/// Notes that somebody made sure of the child's current address; writes the audit event. Gives false when there is no
/// current address.
pub fn verify(act: &mut Act<'_>, child: ChildKey, on: NaiveDate, how: &str) -> Result<bool> {
    let Some(current) = of_child(act.tx, child)? else {
        return Ok(false);
    };
    store::address::set_verified(act.tx, current.key, Some((on, act.viewer.name())))?;
    let day = dates::spoken(on);
    let detail = match how.trim() {
        "" => format!("Address verified on {day}"),
        how => format!("Address verified on {day}: {how}"),
    };
    act.note(
        Action::AddressVerified,
        Subject::of_child(child, current.reference.as_str()),
        &detail,
    )?;
    Ok(true)
}

/// Notes that a visit found the child's current address wrong: it is no longer verified; writes the audit event.
pub fn doubt(act: &mut Act<'_>, child: ChildKey) -> Result<()> {
    let Some(current) = of_child(act.tx, child)? else {
        return Ok(());
    };
    store::address::set_verified(act.tx, current.key, None)?;
    let detail = "A visit found the address wrong: it is no longer verified";
    act.note(
        Action::AddressDoubted,
        Subject::of_child(child, current.reference.as_str()),
        detail,
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
