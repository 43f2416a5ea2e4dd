//! What a child of a list changes of a record that is held: times on the register that were not known, a child who came back, an
//! address beside the one that is held. Nothing that is held is written over.

use chrono::NaiveDate;

use super::account::{Became, Fate, Whom};
use super::entry;
use super::listed::{Listed, ListedRow};
use super::not_added;
use super::note::{Kind, RowNote};
use super::unplaced::{Asked, Question};
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, Result};
use crate::duty::owed;
use crate::policy::rulebook;
use crate::register::address::Place;
use crate::register::registration::{self, Registration};
use crate::register::resemblance::KnownChild;
use crate::register::{ChildKey, child, settlement};
use crate::rules::codes::ChildStatus;
use crate::rules::dates::spoken;
use crate::rules::identifiers::Postcode;
use crate::rules::schedule::{Entry, first_checks};
use crate::rules::spell::{Beside, Past, Spell, beside};
use crate::standing::whereabouts;
use crate::tier::tiering;

/// A change of a record.
pub(super) enum Change {
    /// An earlier time on the register.
    Adds(ChildKey, Registration),
    /// The child is on the register again.
    Back(ChildKey, Registration, ChildStatus),
    /// The list says that the child lives somewhere else.
    OtherHome(ChildKey, Place),
}

impl Change {
    /// Whose record it is.
    pub(super) fn child(&self) -> ChildKey {
        match self {
            Self::Adds(child, _) | Self::Back(child, _, _) | Self::OtherHome(child, _) => *child,
        }
    }
}

/// What becomes of the rows about a child who is held, and what they change.
pub(super) struct Changes {
    pub(super) fates: Vec<Fate>,
    pub(super) changes: Vec<Change>,
}

/// Compares what a list says of a child with the record that is held. `why` says by what it was found; another address of a child
/// whom the sender may not see (`is_hidden`) is a question to a manager.
pub(super) fn compare(
    conn: &mut Conn,
    held: &KnownChild,
    listed: &Listed,
    why: &str,
    is_hidden: bool,
) -> Result<Changes> {
    let mut comparing = Comparing {
        held,
        listed,
        why,
        is_open: held.is_open,
        spells: Vec::new(),
        changes: Vec::new(),
    };
    let tells_of_more = listed.rows.iter().any(|row| row.spell.ended.is_some());
    if tells_of_more || !held.is_open {
        comparing.spells = spells(conn, held.key)?;
    }
    let mut rows: Vec<&ListedRow> = listed.rows.iter().collect();
    // What is over comes before what lasts, so that the order of rows does not matter.
    rows.sort_by_key(|row| (row.spell.ended.is_none(), row.spell.ended.map(|(on, _)| on)));
    let mut fates: Vec<Fate> = rows.iter().map(|row| comparing.row(row)).collect();
    comparing.home(conn, &mut fates, is_hidden)?;
    if let (Some(fate), Some(note)) = (fates.first_mut(), not_added::numbers(held, listed)) {
        fate.notes.push(note);
    }
    Ok(Changes {
        fates,
        changes: comparing.changes,
    })
}

fn spells(conn: &mut Conn, child: ChildKey) -> Result<Vec<Spell>> {
    let held = registration::of_child(conn, child)?.into_iter();
    Ok(held
        .map(|registration| Spell {
            from: Some(registration.started_on),
            ended: registration.ended,
        })
        .collect())
}

struct Comparing<'a> {
    held: &'a KnownChild,
    listed: &'a Listed,
    why: &'a str,
    is_open: bool,
    spells: Vec<Spell>,
    changes: Vec<Change>,
}

impl Comparing<'_> {
    fn row(&mut self, row: &ListedRow) -> Fate {
        let is_current = row.spell.ended.is_none();
        if is_current && self.is_open {
            let mut fate = self.known(row);
            fate.notes.extend(self.another_first_day(row));
            return fate;
        }
        match beside(&self.spells, &row.spell) {
            Beside::Held => self.known(row),
            Beside::Adds(past) => self.adds(row, past),
            Beside::Back(from) => self.back(row, from),
            Beside::AskWhetherBack => self.asks(
                row,
                Question::CameBack,
                "has a closed record, and the list has the child as current. If the child is educated at home again, say so: the record opens again",
            ),
            Beside::AskWhetherEnded => self.asks(
                row,
                Question::Ended,
                "is on the register, and the list has the case as closed. If the child has left, close the record with its evidence",
            ),
            Beside::Contradicts => {
                let mut fate = self.known(row);
                let reason = format!(
                    "{} is held with other days for this time on the register. What is held was kept",
                    self.held.reference
                );
                fate.notes
                    .push(RowNote::of_row(Kind::Doubt, row.line, reason));
                fate
            }
        }
    }

    /// Of the time on the register that lasts, the list may have another beginning than the record.
    fn another_first_day(&self, row: &ListedRow) -> Option<RowNote> {
        let said = row.spell.from?;
        let held = self.held.registered_on;
        (self.held.is_open && said != held).then(|| {
            let reason = format!(
                "The list has {} on the register since {}, and the record since {}. What is held was kept",
                self.held.reference,
                spoken(said),
                spoken(held)
            );
            RowNote::of_row(Kind::Doubt, row.line, reason)
        })
    }

    fn known(&self, row: &ListedRow) -> Fate {
        Fate::new(row.line, Became::Known, Whom::Held(self.held.key), self.why)
    }

    fn adds(&mut self, row: &ListedRow, past: Past) -> Fate {
        self.spells.push(Spell {
            from: Some(past.from),
            ended: Some((past.to, past.reason)),
        });
        let registration =
            entry::registration(&self.listed.said, past.from, Some((past.to, past.reason)));
        self.changes.push(Change::Adds(self.held.key, registration));
        let why = format!(
            "{}; an earlier time on the register, until {}, was added",
            self.why,
            spoken(past.to)
        );
        Fate::new(row.line, Became::Changed, Whom::Held(self.held.key), why)
    }

    fn back(&mut self, row: &ListedRow, from: NaiveDate) -> Fate {
        self.is_open = true;
        self.spells.push(Spell {
            from: Some(from),
            ended: None,
        });
        self.changes.push(Change::Back(
            self.held.key,
            entry::registration(&self.listed.said, from, None),
            entry::status(self.listed.said.status),
        ));
        let why = format!("{}; on the register again since {}", self.why, spoken(from));
        Fate::new(row.line, Became::Changed, Whom::Held(self.held.key), why)
    }

    fn asks(&self, row: &ListedRow, question: Question, words: &str) -> Fate {
        let words = format!("{} {words}", self.held.reference);
        asked(
            row,
            question,
            words,
            vec![(self.held.key, self.why.to_owned())],
        )
    }

    /// Where the list says that the child lives, if an officer has to settle whether that is right. With the same postcode it
    /// is the same place, and nothing is asked of the database.
    fn home(&mut self, conn: &mut Conn, fates: &mut [Fate], is_hidden: bool) -> Result<()> {
        let postcode = self.listed.said.address.postcode.as_ref();
        let postcode = postcode.map(Postcode::as_str);
        let is_known = postcode.is_none() || self.held.postcode.as_deref() == postcode;
        let is_told = fates
            .iter()
            .any(|fate| matches!(fate.became, Became::Known | Became::Changed));
        if is_known || !self.is_open || !is_told {
            return Ok(());
        }
        let Some(place) = entry::home(&self.listed.said) else {
            return Ok(());
        };
        if !settlement::is_disputed_by_list(conn, self.held.key, &place)? {
            return Ok(());
        }
        let told = fates
            .iter_mut()
            .find(|fate| matches!(fate.became, Became::Known | Became::Changed));
        let (Some(fate), Some(row)) = (told, self.listed.rows.first()) else {
            return Ok(());
        };
        if is_hidden {
            let words = format!(
                "The list has another address for {}, whose record not everybody may see. Settle on the child’s page which is right",
                self.held.reference
            );
            *fate = asked(
                row,
                Question::OtherHome,
                words,
                vec![(self.held.key, self.why.to_owned())],
            );
            return Ok(());
        }
        let reason = format!(
            "{} is on the register with another address. Both are kept, and an officer settles on the child’s page which is right",
            self.held.reference
        );
        fate.notes
            .push(RowNote::of_row(Kind::Doubt, fate.line, reason));
        fate.became = Became::Changed;
        fate.why
            .push_str("; another address is held beside the one on record");
        self.changes.push(Change::OtherHome(self.held.key, place));
        Ok(())
    }
}

/// A row that somebody has to look at.
pub(super) fn asked(
    row: &ListedRow,
    question: Question,
    words: String,
    candidates: Vec<(ChildKey, String)>,
) -> Fate {
    let note = RowNote::of_row(Kind::LookAt, row.line, words.clone());
    let asked = Asked {
        like: None,
        question,
        words,
        candidates,
        cells: row.cells.clone(),
    };
    let mut fate = Fate::new(row.line, Became::LookAt, Whom::Asked(asked), "");
    fate.notes.push(note);
    fate
}

/// Makes a change. Writes the audit event.
pub(super) fn make(act: &mut Act<'_>, change: &Change) -> Result<()> {
    match change {
        Change::Adds(child, registration) => {
            registration::begin(act.tx, *child, registration)?;
            let until = registration.ended.map(|(on, _)| spoken(on));
            let detail = format!(
                "A list has an earlier time on the register: from {} to {}",
                spoken(registration.started_on),
                until.unwrap_or_default()
            );
            act.note(Action::RegistrationAdded, Subject::child(*child), &detail)
        }
        Change::Back(child, registration, status) => back(act, *child, registration, *status),
        Change::OtherHome(child, place) => {
            settlement::hold_claim_of_list(act, *child, place)?;
            tiering::reassess(act, *child)?;
            Ok(())
        }
    }
}

/// Puts a child whose record is closed on the register again; all first checks are owed.
pub(super) fn back(
    act: &mut Act<'_>,
    child: ChildKey,
    registration: &Registration,
    status: ChildStatus,
) -> Result<()> {
    let since = registration.started_on;
    child::register_again(act.tx, child, since, act.at.now())?;
    child::set_status(act.tx, child, status, act.at.now())?;
    registration::begin(act.tx, child, registration)?;
    let detail = format!(
        "A list has the child on the register again since {}",
        spoken(since)
    );
    act.note(Action::ChildRegisteredAgain, Subject::child(child), &detail)?;
    let tier = tiering::reassess(act, child)?;
    let rulebook = rulebook::of(act)?;
    let entry = Entry::AlreadyKnown {
        taken_on: rulebook.today,
        registered_on: since,
        last_seen_on: None,
    };
    let mut owed = first_checks(&entry, tier, &rulebook.policy, &rulebook.calendar);
    owed.extend(whereabouts::owed_being_found(status, tier, &rulebook));
    owed::owe(act, child, &owed, None)
}
