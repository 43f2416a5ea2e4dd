//! Says what becomes of each child of a list, by the register as it stands. Nothing is written.

use std::collections::{HashMap, HashSet};

use super::account::{Became, Fate, Whom};
use super::changing::{self, Change};
use super::keeping::digest;
use super::listed::{Listed, Number};
use super::matching::{self, Found};
use super::note::{Kind, RowNote};
use super::store;
use super::store::unplaced::Earlier;
use super::unplaced::Question;
use super::{PART, entry};
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::policy::rulebook::Rulebook;
use crate::register::ChildKey;
use crate::register::resemblance::{self, KnownChild, Resemblances};
use crate::rules::same_child::Verdict;
use crate::rules::spell::Spell;

/// What is to become of the children of a part.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) fates: Vec<Fate>,
    pub(super) entries: entry::Entries,
    pub(super) changes: Vec<Change>,
}

/// How much was prepared before a child.
#[derive(Clone, Copy)]
struct Before {
    fates: usize,
    entries: usize,
    changes: usize,
}

impl Before {
    fn of(prepared: &Prepared) -> Self {
        Self {
            fates: prepared.fates.len(),
            entries: prepared.entries.len(),
            changes: prepared.changes.len(),
        }
    }

    fn cut(self, prepared: &mut Prepared) {
        prepared.fates.truncate(self.fates);
        prepared.entries.truncate(self.entries);
        prepared.changes.truncate(self.changes);
    }
}

impl Prepared {
    /// What was prepared for a child by themselves.
    fn add(&mut self, one: Self) {
        let places = self.entries.len();
        self.fates.extend(one.fates.into_iter().map(|mut fate| {
            if let Whom::New(place) = &mut fate.whom {
                *place += places;
            }
            fate
        }));
        self.entries.extend(one.entries);
        self.changes.extend(one.changes);
    }

    /// What there is to say, each a sentence.
    pub(super) fn notes(&self) -> Vec<String> {
        let notes = self.fates.iter().flat_map(|fate| &fate.notes);
        notes.map(|note| note.reason.clone()).collect()
    }
}

/// What the children of a list are placed by, beside the register.
pub(super) struct Placing<'a> {
    pub(super) headings: &'a str,
    pub(super) rulebook: &'a Rulebook,
    /// The child of each line that was taken before.
    pub(super) placed: &'a HashMap<usize, ChildKey>,
}

/// The children of an authority, and what was asked about rows before.
pub(super) struct Register {
    known: Resemblances<KnownChild>,
    /// The place of each among the known.
    places: HashMap<ChildKey, usize>,
    /// The children whom the sender may not see.
    hidden: HashSet<ChildKey>,
    /// Those of them about whom the sender had a row in an earlier list.
    told_of: HashSet<ChildKey>,
    /// The digests of rows that the sender had in an earlier list and that were asked about; known only if somebody is hidden from
    /// them.
    sent_before: HashSet<String>,
    /// The digests of rows that are answered as far as the sender can know, and of which somebody else is asked.
    asked_elsewhere: HashSet<String>,
    earlier: HashMap<String, Earlier>,
    /// The register as the sender sees it, where somebody is hidden from them: what they are told is worked out by it.
    seen: Option<Box<Register>>,
}

impl Register {
    /// With the program's own eyes: a restricted child who is not seen would be taken twice.
    pub(super) fn read(conn: &mut Conn, sender: &Viewer) -> Result<Self> {
        let everything = Viewer::program(sender.authority(), PART);
        let known = resemblance::known(conn, &everything)?;
        let mut register = Self {
            places: known.iter().map(|child| child.key).zip(0..).collect(),
            known,
            hidden: HashSet::new(),
            told_of: HashSet::new(),
            sent_before: HashSet::new(),
            asked_elsewhere: HashSet::new(),
            earlier: HashMap::new(),
            seen: None,
        };
        register.read_what_is_hidden(conn, sender)?;
        Ok(register)
    }

    fn read_what_is_hidden(&mut self, conn: &mut Conn, sender: &Viewer) -> Result<()> {
        self.hidden = resemblance::hidden_from(conn, sender)?;
        (self.told_of, self.sent_before) = match (self.hidden.is_empty(), sender.account()) {
            (false, Some(account)) => (
                store::rows::told_of(conn, account, &self.hidden)?,
                store::rows::asked_about(conn, account)?,
            ),
            _ => (HashSet::new(), HashSet::new()),
        };
        self.asked_elsewhere = match self.hidden.is_empty() {
            true => HashSet::new(),
            false => store::rows::asked_elsewhere(conn, sender.authority())?,
        };
        self.earlier = store::unplaced::earlier(conn, sender.authority())?;
        self.seen = match self.hidden.is_empty() {
            true => None,
            false => Some(Box::new(self.as_seen(conn, sender)?)),
        };
        Ok(())
    }

    fn as_seen(&self, conn: &mut Conn, sender: &Viewer) -> Result<Self> {
        let seen = self.known.iter().filter(|child| !self.hides(child.key));
        let known = Resemblances::of(seen.cloned());
        let mut earlier = store::unplaced::earlier(conn, sender.authority())?;
        earlier.retain(|_, row| !row.child.is_some_and(|child| self.hides(child)));
        Ok(Self {
            places: known.iter().map(|child| child.key).zip(0..).collect(),
            known,
            hidden: HashSet::new(),
            told_of: HashSet::new(),
            sent_before: HashSet::new(),
            asked_elsewhere: HashSet::new(),
            earlier,
            seen: None,
        })
    }

    /// The children whom the sender may not see.
    pub(super) fn hidden(&self) -> &HashSet<ChildKey> {
        &self.hidden
    }

    /// Takes in how these children stand since it was read.
    pub(super) fn read_again(&mut self, conn: &mut Conn, children: &[ChildKey]) -> Result<()> {
        for child in resemblance::these(conn, children)? {
            if let Some(seen) = self
                .seen
                .as_mut()
                .filter(|_| !self.hidden.contains(&child.key))
            {
                seen.take_in(child.clone());
            }
            self.take_in(child);
        }
        Ok(())
    }

    /// As [`Self::read_again`], and what else may have changed by what others did.
    pub(super) fn renew(
        &mut self,
        conn: &mut Conn,
        sender: &Viewer,
        children: &[ChildKey],
    ) -> Result<()> {
        self.seen = None;
        self.read_again(conn, children)?;
        self.read_what_is_hidden(conn, sender)
    }

    fn take_in(&mut self, child: KnownChild) {
        let key = child.key;
        match self.places.get(&key) {
            Some(place) => self.known.replace(*place, child),
            None => {
                self.places.insert(key, self.known.add(child));
            }
        }
    }

    /// Whether a child is one whom the sender may not see.
    pub(super) fn hides(&self, child: ChildKey) -> bool {
        self.hidden.contains(&child)
    }

    /// The child with this key.
    pub(super) fn held(&self, child: ChildKey) -> Option<&KnownChild> {
        self.known.get(*self.places.get(&child)?)
    }

    /// Whom a child of a list is or may be.
    pub(super) fn like(&self, listed: &Listed) -> Vec<(ChildKey, String)> {
        let like = self.known.of_whom(listed).into_iter();
        like.filter(|it| it.verdict() != Verdict::Another)
            .map(|it| (it.child.key, it.compared.in_words()))
            .collect()
    }

    /// The numbers of a child of a list that others have.
    pub(super) fn numbers_taken(&self, listed: &Listed) -> Vec<(Number, &KnownChild)> {
        matching::taken(&self.known.of_whom(listed))
    }

    /// As [`Self::numbers_taken`], by children whom the sender may see.
    pub(super) fn numbers_seen_to_be_taken(&self, listed: &Listed) -> Vec<(Number, &KnownChild)> {
        let mut taken = self.numbers_taken(listed);
        taken.retain(|(_, holder)| !self.hides(holder.key));
        taken
    }

    /// Says what becomes of a child of a list.
    pub(super) fn place(
        &self,
        conn: &mut Conn,
        list: &Placing<'_>,
        listed: &Listed,
        prepared: &mut Prepared,
    ) -> Result<()> {
        let rulebook = list.rulebook;
        let digests: Vec<String> = match self.earlier.is_empty() {
            true => Vec::new(),
            false => listed
                .rows
                .iter()
                .map(|row| digest(list.headings, &row.cells))
                .collect(),
        };
        let earlier = matching::earlier_of(&self.earlier, &digests);
        let before = Before::of(prepared);
        let is_hidden = match matching::find(&self.known, listed, &earlier) {
            Found::Held(held, why) => {
                let is_hidden = self.hides(held.key);
                let changes = changing::compare(conn, held, listed, &why, is_hidden)?;
                prepared.fates.extend(changes.fates);
                prepared.changes.extend(changes.changes);
                is_hidden
            }
            Found::Perhaps(mut candidates) => {
                // The question names the line of the list already.
                let other = listed.like.as_ref();
                let other = other.and_then(|(line, _)| list.placed.get(line));
                candidates.retain(|(child, _)| Some(&child.key) != other);
                self.ask(listed, &candidates, prepared)
            }
            Found::New { taken } => {
                let holders: Vec<(&KnownChild, String)> = taken
                    .iter()
                    .filter(|(_, holder)| self.hides(holder.key))
                    .map(|(number, holder)| (*holder, format!("the same {}", number.label())))
                    .collect();
                match (&listed.like, holders.is_empty()) {
                    (None, true) => {
                        self.put(listed, &taken, rulebook, prepared);
                        false
                    }
                    _ => self.ask(listed, &holders, prepared),
                }
            }
        };
        let fates = prepared.fates.get_mut(before.fates..).unwrap_or_default();
        if let Some(fate) = fates.last_mut() {
            fate.notes.extend(listed.notes.iter().cloned());
        }
        // Somebody else is asked who it is: to the sender it is answered.
        let is_answered = fates.iter().any(Fate::asks)
            && digests
                .iter()
                .any(|digest| self.asked_elsewhere.contains(digest));
        if is_hidden || is_answered {
            self.tell_instead(conn, list, (listed, &digests), (before, prepared))?;
        }
        Ok(())
    }

    /// To whoever may not see the child whom a row is about, it reads as it would if that child were not held; sent again, as it would
    /// then. What the sender would be asked then they are asked first: who it is besides is asked when they have answered.
    fn tell_instead(
        &self,
        conn: &mut Conn,
        list: &Placing<'_>,
        (listed, digests): (&Listed, &[String]),
        (before, prepared): (Before, &mut Prepared),
    ) -> Result<()> {
        let Some(seen) = &self.seen else {
            return Ok(());
        };
        let mut told = Prepared::default();
        seen.place(conn, list, listed, &mut told)?;
        let asks = told.fates.iter().any(Fate::asks);
        let is_answered = digests
            .iter()
            .any(|digest| self.asked_elsewhere.contains(digest));
        if asks && !is_answered {
            before.cut(prepared);
            prepared.add(told);
            return Ok(());
        }
        let is_sent_again = digests
            .iter()
            .any(|digest| self.sent_before.contains(digest));
        for fate in prepared.fates.get_mut(before.fates..).unwrap_or_default() {
            let as_seen = told.fates.iter_mut().find(|it| it.line == fate.line);
            let said = as_seen.map(|it| (it.became, std::mem::take(&mut it.notes)));
            let (became, notes) = match said {
                Some(said) if !asks => said,
                _ => (Became::New, Vec::new()),
            };
            let became = match is_sent_again || is_answered || self.was_told_of(fate) {
                true => Became::Known,
                false => became,
            };
            fate.instead = Some((became, notes));
        }
        Ok(())
    }

    /// Whether the sender had a row about this child in an earlier list.
    fn was_told_of(&self, fate: &Fate) -> bool {
        match fate.whom {
            Whom::Held(child) => self.told_of.contains(&child),
            Whom::New(_) | Whom::Asked(_) => false,
        }
    }

    /// Asks whether it is one of these, or the child of the list whom it is like; says whether the sender may not see one of them.
    fn ask(
        &self,
        listed: &Listed,
        candidates: &[(&KnownChild, String)],
        prepared: &mut Prepared,
    ) -> bool {
        let named: Vec<String> = candidates
            .iter()
            .map(|(child, why)| format!("{} ({why})", child.reference))
            .collect();
        let on_the_register = (!named.is_empty())
            .then(|| format!("This may be a child on the register: {}", named.join("; ")));
        let in_the_list = listed
            .like
            .as_ref()
            .map(|(line, words)| format!("This may be the same child as on line {line}: {words}"));
        let words: Vec<String> = on_the_register.into_iter().chain(in_the_list).collect();
        let words = words.join(". ");
        let keys: Vec<(ChildKey, String)> = candidates
            .iter()
            .map(|(child, why)| (child.key, why.clone()))
            .collect();
        for row in &listed.rows {
            let mut fate = changing::asked(row, Question::SameChild, words.clone(), keys.clone());
            if let Whom::Asked(asked) = &mut fate.whom {
                asked.like.clone_from(&listed.like);
            }
            prepared.fates.push(fate);
        }
        candidates.iter().any(|(child, _)| self.hides(child.key))
    }

    /// A child who is new; without a number that another child has.
    pub(super) fn put(
        &self,
        listed: &Listed,
        taken: &[(Number, &KnownChild)],
        rulebook: &Rulebook,
        prepared: &mut Prepared,
    ) {
        let (mut entry, following) = entry::prepare(listed, rulebook);
        let mut notes = Vec::new();
        for (number, holder) in taken {
            match number {
                Number::Upn => entry.child.particulars.upn = None,
                Number::Nhs => entry.child.particulars.nhs_number = None,
            }
            let reason = format!(
                "The {} is that of {} on the register, who is another child. It was not kept: check whose it is",
                number.label(),
                holder.reference
            );
            notes.push(RowNote::of_row(Kind::Doubt, listed.line(), reason));
        }
        let became = match entry.child.status.is_open() {
            true => Became::New,
            false => Became::Closed,
        };
        let place = prepared.entries.add((entry, following));
        let line = listed.line();
        let mut told: Vec<Spell> = Vec::with_capacity(listed.rows.len());
        for row in &listed.rows {
            let (became, why) = match told.as_slice() {
                [] => (became, "nobody like them is held".to_owned()),
                earlier if earlier.contains(&row.spell) => {
                    (Became::Known, format!("one child with line {line}"))
                }
                _ => (
                    Became::Changed,
                    format!("one child with line {line}, another time on the register"),
                ),
            };
            told.push(row.spell);
            let mut fate = Fate::new(row.line, became, Whom::New(place), why);
            fate.notes = std::mem::take(&mut notes);
            prepared.fates.push(fate);
        }
    }
}
