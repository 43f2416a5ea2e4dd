//! A list is taken over in parts, each in a transaction of its own: whoever is new is put on the register, and it is written down
//! what became of each row.

use std::ops::Range;

use super::account::Fate;
use super::changing;
use super::keeping::{KeptList, keep, write};
use super::placing::{Prepared, Register};
use super::routing::List;
use crate::access::{Act, authority};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::policy::rulebook;
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
    /// The lists as they are written down; none in a trial.
    pub(super) kept: &'a [KeptList],
    pub(super) at: At,
}

impl Part<'_> {
    /// Says what would become of each row.
    pub(super) fn compare(
        &self,
        conn: &mut Conn,
        headings: &str,
    ) -> Result<Vec<(usize, Vec<Fate>)>> {
        self.each(conn, headings, |_, _, prepared| Ok(prepared.fates))
    }

    /// Puts on the register whoever is new, changes what is to be changed, and writes down what became of each row.
    pub(super) fn take(&self, tx: &mut Conn, headings: &str) -> Result<Vec<(usize, Vec<Fate>)>> {
        self.each(tx, headings, |tx, index, prepared| {
            let (Some(list), Some(kept)) = (self.lists.get(index), self.kept.get(index)) else {
                return Ok(prepared.fates);
            };
            let act = &mut Act::new(tx, &list.viewer, self.at);
            for change in &prepared.changes {
                changing::make(act, change)?;
            }
            if !prepared.entries.is_empty() && !list.authority.in_service {
                authority::take_into_service(act, list.authority.mailbox.as_deref())?;
            }
            let takes = !prepared.entries.is_empty();
            let new = write(act, prepared.entries)?;
            if takes {
                capacity::spread_taken_over(act)?;
            }
            keep(act, kept, &prepared.fates, &new)?;
            Ok(prepared.fates)
        })
    }

    fn each(
        &self,
        conn: &mut Conn,
        headings: &str,
        then: impl Fn(&mut Conn, usize, Prepared) -> Result<Vec<Fate>>,
    ) -> Result<Vec<(usize, Vec<Fate>)>> {
        let mut all = Vec::with_capacity(self.pieces.len());
        for (index, range) in self.pieces {
            let Some(list) = self.lists.get(*index) else {
                continue;
            };
            let rulebook = rulebook::load(conn, list.authority.key, self.at.today())?;
            let register = Register::read(conn, &list.viewer)?;
            let mut prepared = Prepared {
                fates: Vec::with_capacity(range.len()),
                entries: Vec::with_capacity(range.len()),
                changes: Vec::new(),
            };
            for listed in list.children.get(range.clone()).unwrap_or_default() {
                register.place(conn, listed, headings, &rulebook, &mut prepared)?;
            }
            all.push((*index, then(conn, *index, prepared)?));
        }
        Ok(all)
    }
}
