//! A list is taken over in parts, each in a transaction of its own: what is on the register already is left as it is,
//! whoever is new is put on it.

use std::ops::Range;

use super::matching::{self, Match};
use super::report::{Kind, Report, RowNote};
use super::routing::List;
use super::{PART, entry};
use crate::access::audit::Event;
use crate::access::{Act, Action, Viewer, authority};
use crate::clock::At;
use crate::db::{Conn, DbError, Result};
use crate::duty::owed;
use crate::intake::csv::child::ImportedChild;
use crate::policy::reassessment;
use crate::policy::rulebook::{self, Rulebook};
use crate::register::address::Place;
use crate::register::bulk::{self, KnownChild};
use crate::register::{ChildKey, settlement};
use crate::rules::identifiers::Postcode;
use crate::tier::tiering;
use crate::visit::capacity;

/// Rows in one transaction: each part is whole, and no other writer waits long.
const PART_ROWS: usize = 5_000;

/// Rows of one list, as an index of the list and the range of its rows.
pub(super) type Piece = (usize, Range<usize>);

/// The lists cut into parts of up to [`PART_ROWS`] rows; a part may hold several short lists.
pub(super) fn parts(lists: &[List]) -> Vec<Vec<Piece>> {
    let mut parts: Vec<Vec<Piece>> = Vec::new();
    let mut room = 0;
    for (index, list) in lists.iter().enumerate() {
        let mut from = 0;
        while from < list.children.len() {
            if room == 0 {
                parts.push(Vec::new());
                room = PART_ROWS;
            }
            let to = list.children.len().min(from + room);
            room -= to - from;
            if let Some(part) = parts.last_mut() {
                part.push((index, from..to));
            }
            from = to;
        }
    }
    parts
}

/// What is compared and taken in one transaction.
pub(super) struct Part<'a> {
    pub(super) lists: &'a [List],
    pub(super) pieces: &'a [Piece],
    pub(super) at: At,
}

/// What became of a piece.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) compared: usize,
    pub(super) open: usize,
    pub(super) closed: usize,
    pub(super) unchanged: usize,
    pub(super) told: Vec<RowNote>,
}

impl Taken {
    pub(super) fn add_to(self, report: &mut Report) {
        report.counts.taken += self.open + self.closed;
        report.counts.taken_closed += self.closed;
        report.counts.unchanged += self.unchanged;
        report.tell_all(self.told);
    }
}

impl Part<'_> {
    /// Says what would become of each row.
    pub(super) fn compare(&self, conn: &mut Conn) -> Result<Vec<(usize, Taken)>, DbError> {
        self.each(conn, |_, _, _, _| Ok(()))
    }

    /// Puts on the register whoever is new.
    pub(super) fn take(&self, tx: &mut Conn) -> Result<Vec<(usize, Taken)>, DbError> {
        self.each(tx, |tx, list, entries, elsewhere| {
            let act = &mut Act::new(tx, &list.viewer, self.at);
            dispute(act, &elsewhere)?;
            if entries.is_empty() {
                return Ok(());
            }
            if !list.authority.in_service {
                authority::take_into_service(act, list.authority.mailbox.as_deref())?;
            }
            write(act, entries)?;
            capacity::spread_taken_over(act)?;
            Ok(())
        })
    }

    fn each(
        &self,
        conn: &mut Conn,
        then: impl Fn(&mut Conn, &List, Vec<entry::Prepared>, Vec<Elsewhere>) -> Result<()>,
    ) -> Result<Vec<(usize, Taken)>> {
        let mut all = Vec::with_capacity(self.pieces.len());
        for (index, range) in self.pieces {
            let Some(list) = self.lists.get(*index) else {
                continue;
            };
            let rulebook = rulebook::load(conn, list.authority.key, self.at.today())?;
            let (taken, entries, elsewhere) = self.piece(conn, list, range.clone(), &rulebook)?;
            then(conn, list, entries, elsewhere)?;
            all.push((*index, taken));
        }
        Ok(all)
    }

    fn piece(
        &self,
        conn: &mut Conn,
        list: &List,
        range: Range<usize>,
        rulebook: &Rulebook,
    ) -> Result<(Taken, Vec<entry::Prepared>, Vec<Elsewhere>)> {
        // With the program's own eyes: a restricted child who is not seen would be taken twice.
        let known = bulk::known(conn, &Viewer::program(list.authority.key, PART))?;
        let mut taken = Taken::default();
        let mut entries = Vec::with_capacity(range.len());
        let mut elsewhere = Vec::new();
        for row in list.children.get(range).unwrap_or_default() {
            taken.compared += 1;
            match matching::find(&known, row) {
                Match::Same(held) => {
                    taken.unchanged += 1;
                    if let Some(place) = disputed(conn, held, &row.child)? {
                        taken
                            .told
                            .push(two_addresses(Kind::Doubt, held, row.child.line));
                        elsewhere.push((held.key, place));
                    }
                }
                Match::Moved(held, told) => match disputed(conn, held, &row.child)? {
                    Some(place) => {
                        taken
                            .told
                            .push(two_addresses(Kind::Repeat, held, row.child.line));
                        elsewhere.push((held.key, place));
                    }
                    None => taken.told.push(told),
                },
                Match::Conflict(told) => taken.told.push(told),
                Match::New => match entry::prepare(&row.child, rulebook) {
                    Ok(prepared) => {
                        let count = if prepared.is_open() {
                            &mut taken.open
                        } else {
                            &mut taken.closed
                        };
                        *count += 1;
                        entries.push(prepared);
                    }
                    Err(told) => taken.told.push(told),
                },
            }
        }
        Ok((taken, entries, elsewhere))
    }
}

/// Keeps both words of children who live somewhere else by the list, and owes the visit that they ask for.
fn dispute(act: &mut Act<'_>, elsewhere: &[Elsewhere]) -> Result<()> {
    for (child, place) in elsewhere {
        settlement::hold_claim_of_list(act, *child, place)?;
        tiering::reassess(act, *child)?;
    }
    Ok(())
}

/// A child of the register of whom the list says that they live somewhere else.
type Elsewhere = (ChildKey, Place);

/// Where the list says that a child lives, if an officer has to settle whether that is right. With the same postcode it is
/// the same place, and nothing is asked of the database.
fn disputed(conn: &mut Conn, held: &KnownChild, listed: &ImportedChild) -> Result<Option<Place>> {
    let postcode = listed.address.postcode.as_ref().map(Postcode::as_str);
    if !held.is_open || postcode.is_none() || held.postcode.as_deref() == postcode {
        return Ok(None);
    }
    let Some(place) = entry::home(listed) else {
        return Ok(None);
    };
    let is_disputed = settlement::is_disputed_by_list(conn, held.key, &place)?;
    Ok(is_disputed.then_some(place))
}

fn two_addresses(kind: Kind, held: &KnownChild, line: usize) -> RowNote {
    let reason = format!(
        "{} is on the register with another address. Both are kept, and an officer settles on the child’s page which is right",
        held.reference
    );
    RowNote::of_row(kind, line, reason)
}

/// Writes new children, what is owed to them, and an event each.
fn write(act: &mut Act<'_>, prepared: Vec<entry::Prepared>) -> Result<()> {
    let mut entries = Vec::with_capacity(prepared.len());
    let mut owed = Vec::with_capacity(prepared.len());
    let mut again = Vec::with_capacity(prepared.len());
    let mut words = Vec::with_capacity(prepared.len());
    for child in prepared {
        entries.push(child.entry);
        owed.push(child.owed);
        again.push(child.assess_again_on);
        words.push(child.words);
    }
    let added = bulk::add_all(act, &entries)?;
    let owed: Vec<_> = added
        .iter()
        .zip(owed)
        .map(|((key, _), owed)| (*key, owed))
        .collect();
    owed::owe_first(act, &owed)?;
    let again: Vec<_> = added
        .iter()
        .zip(again)
        .filter_map(|((key, _), on)| Some((*key, on?)))
        .collect();
    reassessment::note_again(act.tx, act.viewer.authority(), &again)?;
    let events: Vec<Event<'_>> = added
        .iter()
        .zip(&words)
        .map(|((key, reference), words)| Event {
            action: Action::ChildImported,
            child: Some(key.number()),
            subject: reference.as_str(),
            detail: words,
        })
        .collect();
    act.note_all(&events)
}
