//! The account of an import: what became of each row, with whom it is about and why. Every row is in it once.

use serde::{Deserialize, Serialize};

use super::note::RowNote;
use super::unplaced::Asked;
use crate::register::ChildKey;
use crate::rules::codes::code_list;

code_list! {
    /// What became of a row.
    pub enum Became {
        New = "new", "New on the register";
        Changed = "changed", "Changed what is held";
        Known = "known", "Known, and unchanged";
        Closed = "closed", "Closed case put on record";
        LookAt = "look_at", "To look at";
        Refused = "refused", "Refused";
    }
}

crate::text_column!(Became);

/// Whom a row is about.
pub(super) enum Whom {
    /// The child who is put on the register by it: its place among those of one part.
    New(usize),
    Held(ChildKey),
    /// Somebody has to say.
    Asked(Asked),
}

/// What became of a row.
pub(super) struct Fate {
    pub(super) line: usize,
    pub(super) became: Became,
    pub(super) whom: Whom,
    /// By what the child was found, or what was changed.
    pub(super) why: String,
    /// What there is to say about it.
    pub(super) notes: Vec<RowNote>,
    /// What its sender reads instead, if it is about a child whom they may not see: what they would read if nobody like that child
    /// were held.
    pub(super) instead: Option<(Became, Vec<RowNote>)>,
}

impl Fate {
    pub(super) fn new(line: usize, became: Became, whom: Whom, why: impl Into<String>) -> Self {
        Self {
            line,
            became,
            whom,
            why: why.into(),
            notes: Vec::new(),
            instead: None,
        }
    }

    /// Whether somebody has to say what it is.
    pub(super) fn asks(&self) -> bool {
        matches!(self.whom, Whom::Asked(_))
    }

    /// What became of it, as whoever sent the list reads it.
    pub(super) fn told_as(&self) -> Became {
        self.instead
            .as_ref()
            .map_or(self.became, |(became, _)| *became)
    }

    /// What there is to say about it, as whoever sent the list reads it.
    pub(super) fn told(&self) -> &[RowNote] {
        self.instead
            .as_ref()
            .map_or(&self.notes, |(_, notes)| notes)
    }
}

/// How many rows of each kind. Every row is of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Rows that hold a child, or ought to.
    pub rows: usize,
    /// Put on the register, closed cases among them.
    pub taken: usize,
    /// Of these, closed cases.
    pub taken_closed: usize,
    /// About a child on the register, of whom something is held now that was not.
    pub changed: usize,
    /// On the register already, and nothing is changed.
    pub unchanged: usize,
    /// Somebody has to say what they are.
    pub look_at: usize,
    /// Not taken, to be mended.
    pub refused: usize,
    /// In imports before 0.3: the same child again, in the file or with another postcode on the register.
    pub repeats: usize,
    /// In imports before 0.3: another authority's.
    pub elsewhere: usize,
}

impl Counts {
    pub(super) fn count(&mut self, became: Became) {
        self.rows += 1;
        match became {
            Became::New => self.taken += 1,
            Became::Closed => {
                self.taken += 1;
                self.taken_closed += 1;
            }
            Became::Changed => self.changed += 1,
            Became::Known => self.unchanged += 1,
            Became::LookAt => self.look_at += 1,
            Became::Refused => self.refused += 1,
        }
    }

    /// New on the register, without closed cases.
    #[must_use]
    pub fn new_open(&self) -> usize {
        self.taken - self.taken_closed
    }

    /// Whether every row is of one kind.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let kinds = [
            self.taken,
            self.changed,
            self.unchanged,
            self.look_at,
            self.refused,
            self.repeats,
            self.elsewhere,
        ];
        kinds.iter().sum::<usize>() == self.rows
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.taken += other.taken;
        self.taken_closed += other.taken_closed;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.look_at += other.look_at;
        self.refused += other.refused;
    }
}
