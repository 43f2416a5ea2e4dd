//! A list is taken over in parts, each in a transaction of its own: whoever is new is put on the register, and it is written down
//! what became of each row.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::account::{Became, Fate, Whom};
use super::changing::{self, Change};
use super::grouping::{Listed, Number};
use super::matching::{self, Found};
use super::note::{Kind, RowNote};
use super::routing::List;
use super::store::unplaced::{Earlier, NewUnplaced};
use super::store::{self, ImportKey, UnplacedKey};
use super::unplaced::{Asked, Question};
use super::{PART, entry};
use crate::access::audit::Event;
use crate::access::{Act, Action, Viewer, authority};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::owed;
use crate::policy::reassessment;
use crate::policy::rulebook::{self, Rulebook};
use crate::register::resemblance::{self, KnownChild, Resemblances};
use crate::register::{ChildKey, bulk, registration};
use crate::rules::identifiers::Reference;
use crate::rules::same_child::Verdict;
use crate::rules::spell::Spell;
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

/// A list that is written down as an import of its authority.
pub(super) struct KeptList {
    pub(super) key: ImportKey,
    pub(super) reference: Reference,
    /// Its headings, and what somebody said of them, so that each row can be read again by itself.
    pub(super) headings: String,
    pub(super) mapping: String,
}

impl KeptList {
    /// What tells a row from every other: the same row in a later list is not asked about again.
    fn digest(&self, cells: &str) -> String {
        digest(&self.headings, cells)
    }
}

fn digest(headings: &str, cells: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(headings.as_bytes());
    hash.update([0]);
    hash.update(cells.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// What is to become of a piece.
#[derive(Default)]
pub(super) struct Prepared {
    fates: Vec<Fate>,
    pub(super) entries: Vec<entry::Prepared>,
    changes: Vec<Change>,
}

impl Prepared {
    /// What there is to say, each a sentence.
    pub(super) fn notes(&self) -> Vec<String> {
        let notes = self.fates.iter().flat_map(|fate| &fate.notes);
        notes.map(|note| note.reason.clone()).collect()
    }
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

/// The children of an authority, and what was asked about rows before.
pub(super) struct Register {
    known: Resemblances<KnownChild>,
    /// The children whom the sender may not see.
    hidden: HashSet<ChildKey>,
    /// Those of them about whom the sender had a row in an earlier list.
    told_of: HashSet<ChildKey>,
    /// The digests of rows that the sender had in an earlier list and that were asked about; known only if somebody is hidden from
    /// them.
    sent_before: HashSet<String>,
    earlier: HashMap<String, Earlier>,
}

impl Register {
    /// With the program's own eyes: a restricted child who is not seen would be taken twice.
    pub(super) fn read(conn: &mut Conn, sender: &Viewer) -> Result<Self> {
        let everything = Viewer::program(sender.authority(), PART);
        let hidden = resemblance::hidden_from(conn, sender)?;
        let (told_of, sent_before) = match (hidden.is_empty(), sender.account()) {
            (false, Some(account)) => (
                store::rows::told_of(conn, account, &hidden)?,
                store::rows::asked_about(conn, account)?,
            ),
            _ => (HashSet::new(), HashSet::new()),
        };
        Ok(Self {
            known: resemblance::known(conn, &everything)?,
            hidden,
            told_of,
            sent_before,
            earlier: store::unplaced::earlier(conn, sender.authority())?,
        })
    }

    /// Whether a child is one whom the sender may not see.
    pub(super) fn hides(&self, child: ChildKey) -> bool {
        self.hidden.contains(&child)
    }

    /// The child with this key.
    pub(super) fn held(&self, child: ChildKey) -> Option<&KnownChild> {
        self.known.iter().find(|held| held.key == child)
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
    fn place(
        &self,
        conn: &mut Conn,
        listed: &Listed,
        headings: &str,
        rulebook: &Rulebook,
        prepared: &mut Prepared,
    ) -> Result<()> {
        let digests: Vec<String> = match self.earlier.is_empty() {
            true => Vec::new(),
            false => listed
                .rows
                .iter()
                .map(|row| digest(headings, &row.cells))
                .collect(),
        };
        let earlier = matching::earlier_of(&self.earlier, &digests);
        let before = prepared.fates.len();
        let is_hidden = match matching::find(&self.known, listed, &earlier) {
            Found::Held(held, why) => {
                let is_hidden = self.hides(held.key);
                let changes = changing::compare(conn, held, listed, &why, is_hidden)?;
                prepared.fates.extend(changes.fates);
                prepared.changes.extend(changes.changes);
                is_hidden
            }
            Found::Perhaps(candidates) => self.ask(listed, &candidates, prepared),
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
        let fates = prepared.fates.get_mut(before..).unwrap_or_default();
        if let Some(fate) = fates.last_mut() {
            fate.notes.extend(listed.notes.iter().cloned());
        }
        if is_hidden {
            self.tell_instead(listed, rulebook, fates, &digests);
        }
        Ok(())
    }

    /// To whoever may not see the child whom a row is about, it reads as it would if nobody like that child were held; sent again, as
    /// it would then.
    fn tell_instead(
        &self,
        listed: &Listed,
        rulebook: &Rulebook,
        fates: &mut [Fate],
        digests: &[String],
    ) {
        let mut stranger = Prepared::default();
        let seen = self.numbers_seen_to_be_taken(listed);
        self.put(listed, &seen, rulebook, &mut stranger);
        if let Some(fate) = stranger.fates.last_mut() {
            fate.notes.extend(listed.notes.iter().cloned());
        }
        let is_sent_again = digests
            .iter()
            .any(|digest| self.sent_before.contains(digest));
        for fate in fates {
            let as_new = stranger.fates.iter_mut().find(|it| it.line == fate.line);
            let told = as_new.map(|it| (it.became, std::mem::take(&mut it.notes)));
            let (became, notes) = told.unwrap_or((Became::New, Vec::new()));
            let became = match is_sent_again || self.was_told_of(fate) {
                true => Became::Known,
                false => became,
            };
            fate.instead = Some((became, notes));
        }
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
        let mut entry = entry::prepare(listed, rulebook);
        let mut notes = Vec::new();
        for (number, holder) in taken {
            match number {
                Number::Upn => entry.entry.child.particulars.upn = None,
                Number::Nhs => entry.entry.child.particulars.nhs_number = None,
            }
            let reason = format!(
                "The {} is that of {} on the register, who is another child. It was not kept: check whose it is",
                number.label(),
                holder.reference
            );
            notes.push(RowNote::of_row(Kind::Doubt, listed.line(), reason));
        }
        let place = prepared.entries.len();
        let became = match entry.is_open() {
            true => Became::New,
            false => Became::Closed,
        };
        prepared.entries.push(entry);
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

/// Whether what was asked about the very same row in an earlier list need not be asked again: nobody has answered yet, or the
/// answer was to this question, and the records that it was about stand as they stood then.
fn is_still_so(conn: &mut Conn, earlier: &Earlier, asked: &Asked) -> Result<bool> {
    if earlier.question != asked.question {
        return Ok(false);
    }
    let Some(answered_at) = earlier.answered_at else {
        return Ok(true);
    };
    for (child, _) in &asked.candidates {
        let moved = registration::of_child(conn, *child)?.iter().any(|it| {
            let last = it
                .ended
                .map_or(it.started_on, |(on, _)| on.max(it.started_on));
            last >= answered_at.date()
        });
        if moved {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes down what became of each row, and what is asked about those that have no place. What was asked already about the very
/// same row is not asked again.
pub(super) fn keep(
    act: &mut Act<'_>,
    kept: &KeptList,
    fates: &[Fate],
    new: &[ChildKey],
) -> Result<()> {
    let asks = fates.iter().any(|fate| matches!(fate.whom, Whom::Asked(_)));
    let mut earlier = match asks {
        true => store::unplaced::earlier(act.tx, act.viewer.authority())?,
        false => HashMap::new(),
    };
    let child_of = |whom: &Whom| match whom {
        Whom::New(place) => new.get(*place).copied(),
        Whom::Held(child) => Some(*child),
        Whom::Asked(_) => None,
    };
    let of_line: HashMap<usize, &Whom> = match asks {
        true => fates.iter().map(|fate| (fate.line, &fate.whom)).collect(),
        false => HashMap::new(),
    };
    let mut rows = Vec::with_capacity(fates.len());
    for fate in fates {
        let line = i64::try_from(fate.line).unwrap_or(i64::MAX);
        let (child, unplaced) = match &fate.whom {
            whom @ (Whom::New(_) | Whom::Held(_)) => (child_of(whom), None),
            Whom::Asked(asked) => {
                let digest = kept.digest(&asked.cells);
                // The child of the other line came onto the register a moment ago.
                let mut candidates = asked.candidates.clone();
                candidates.extend(asked.like.iter().filter_map(|(line, why)| {
                    let other = of_line.get(line)?;
                    Some((child_of(other)?, why.clone()))
                }));
                let key = match earlier.get(&digest) {
                    Some(earlier) if is_still_so(act.tx, earlier, asked)? => earlier.key,
                    _ => {
                        let key = store::unplaced::insert(
                            act.tx,
                            &NewUnplaced {
                                authority: act.viewer.authority(),
                                import: kept.key,
                                line,
                                question: asked.question,
                                words: &asked.words,
                                candidates: &candidates,
                                headings: &kept.headings,
                                cells: &asked.cells,
                                mapping: &kept.mapping,
                                digest: &digest,
                            },
                        )?;
                        let now = Earlier {
                            key,
                            question: asked.question,
                            answer: None,
                            answered_at: None,
                            child: None,
                        };
                        earlier.insert(digest, now);
                        key
                    }
                };
                (None, Some(key))
            }
        };
        rows.push(store::rows::NewRow {
            import_id: kept.key.number(),
            line,
            became: fate.became.as_str(),
            told_as: fate.told_as().as_str(),
            child_id: child.map(ChildKey::number),
            unplaced_id: unplaced.map(UnplacedKey::number),
            why: &fate.why,
        });
    }
    store::rows::insert(act.tx, &rows)
}

/// Writes new children, what is owed to them, and an event each.
pub(super) fn write(act: &mut Act<'_>, prepared: Vec<entry::Prepared>) -> Result<Vec<ChildKey>> {
    if prepared.is_empty() {
        return Ok(Vec::new());
    }
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
    act.note_all(&events)?;
    Ok(added.into_iter().map(|(key, _)| key).collect())
}
