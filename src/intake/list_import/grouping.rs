//! Rows of one list that are about one child, whatever their order: a row a spell, a row a visit, a row a contact.

use std::collections::hash_map::Entry as HashEntry;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::account::{Became, Fate, Whom};
use super::listed::{Listed, Number, ReadRow, Told, spell};
use super::note::{Kind, RowNote};
use super::together::together;
use super::unplaced::{Asked, Question};
use crate::intake::limits::MOST_OF_ONE_BIRTHDAY;
use crate::register::resemblance::{Identified, Resemblances, Resembling};
use crate::rules::codes::Sex;
use crate::rules::same_child::{Identity, Verdict};

/// Rows that say the very same of a child: at least one.
struct Sayings(Vec<Told>);

impl Sayings {
    fn line(&self) -> usize {
        self.0.first().map_or(0, |told| told.row.child.line)
    }

    /// Whether one of them has the child on the register now.
    fn lasts(&self) -> bool {
        self.0.iter().any(|told| told.spell.ended.is_none())
    }
}

impl Identified for Sayings {
    fn identity(&self) -> Identity<'_> {
        self.0.first().map_or(NOBODY, Told::identity)
    }
}

/// Of whom nothing is said.
const NOBODY: Identity<'static> = Identity {
    given_names: "",
    family_name: "",
    known_as: None,
    date_of_birth: NaiveDate::MIN,
    sex: Sex::Unknown,
    upn: None,
    nhs_number: None,
    other_reference: None,
    postcode: None,
};

/// The children of a list, and what became of the rows that say nothing with which anybody could begin.
///
/// # Errors
/// The day on which more of them were born than any list has: no real one, and every child of it would be compared with every other.
pub(super) fn group(
    rows: Vec<ReadRow>,
    today: NaiveDate,
) -> Result<(Vec<Listed>, Vec<Fate>), (NaiveDate, usize)> {
    let mut fates = Vec::new();
    let mut said: Vec<Vec<Told>> = Vec::with_capacity(rows.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    for row in rows {
        let spell = match spell(&row.child, today) {
            Ok(spell) => spell,
            Err(note) => {
                fates.push(refused(row, note));
                continue;
            }
        };
        let told = Told { row, spell };
        // Rows that say the very same of a child need no comparing: a list of one row a contact has many of them.
        match places.entry(key_of(&told.identity())) {
            HashEntry::Occupied(place) => {
                if let Some(rows) = said.get_mut(*place.get()) {
                    rows.push(told);
                }
            }
            HashEntry::Vacant(new) => {
                new.insert(said.len());
                said.push(vec![told]);
            }
        }
    }
    let all = Resemblances::of(said.into_iter().map(Sayings));
    if let Some((day, born)) = all.most_of_one_birthday()
        && born > MOST_OF_ONE_BIRTHDAY
    {
        return Err((day, born));
    }
    let found: Vec<Vec<Seen>> = all
        .iter()
        .map(|said| seen(said, &all.of_whom(said)))
        .collect();
    let groups = Groups::of(&found);
    let numbers = groups.shared_numbers(&all, &found);
    let likes = groups.likes(&all, &found);
    let mut of_child: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    for (place, said) in all.into_all().into_iter().enumerate() {
        of_child
            .entry(groups.first(place))
            .or_default()
            .extend(said.0);
    }
    let mut children = Vec::with_capacity(of_child.len());
    for (place, mut rows) in of_child {
        rows.sort_by_key(|told| told.row.child.line);
        let mut rows = rows.into_iter();
        let Some(first) = rows.next() else { continue };
        let (mut child, contradicting) = together(first, rows.collect());
        fates.extend(contradicting);
        child.like = likes.get(&place).cloned();
        for (number, lines) in numbers.get(&place).into_iter().flatten() {
            child.forget_number(*number);
            let reason = format!(
                "Line {lines} has the same {} for another child. It was kept for neither: check which of them has it",
                number.label()
            );
            let note = RowNote::of_row(Kind::Doubt, child.line(), reason);
            child.notes.push(note);
        }
        children.push(child);
    }
    children.sort_by_key(Listed::line);
    Ok((children, fates))
}

/// All that tells a child from others, in one word.
fn key_of(identity: &Identity<'_>) -> String {
    let Identity {
        given_names,
        family_name,
        known_as,
        date_of_birth,
        sex,
        upn,
        nhs_number,
        other_reference,
        postcode,
    } = identity;
    let numbers = [*known_as, *upn, *nhs_number, *other_reference, *postcode];
    let numbers: Vec<&str> = numbers.map(Option::unwrap_or_default).to_vec();
    format!(
        "{given_names}\u{1f}{family_name}\u{1f}{date_of_birth}\u{1f}{}\u{1f}{}",
        sex.as_str(),
        numbers.join("\u{1f}")
    )
}

fn refused(row: ReadRow, note: RowNote) -> Fate {
    let asked = Asked {
        like: None,
        question: Question::Refused,
        words: note.reason.clone(),
        candidates: Vec::new(),
        cells: row.cells,
    };
    let mut fate = Fate::new(row.child.line, Became::Refused, Whom::Asked(asked), "");
    fate.notes.push(note);
    fate
}

/// What some rows are to others of the same list.
#[derive(Clone)]
struct Seen {
    place: usize,
    verdict: Verdict,
    /// Whether they have one number.
    shares: Vec<Number>,
    /// Whether their given names are two children's: a list that has both means both.
    is_meant: bool,
    words: String,
}

fn seen(of: &Sayings, found: &[Resembling<'_, Sayings>]) -> Vec<Seen> {
    let seen = found.iter().map(|it| {
        // Two cases of the same system that both go on are two children, or a mistake that somebody has to see.
        let are_two_cases = it.compared.has_other_reference() && of.lasts() && it.child.lasts();
        let verdict = match it.verdict() {
            Verdict::Same if are_two_cases => Verdict::Perhaps,
            verdict => verdict,
        };
        Seen {
            place: it.place,
            verdict,
            shares: Number::BOTH
                .into_iter()
                .filter(|number| match number {
                    Number::Upn => it.compared.shares_upn(),
                    Number::Nhs => it.compared.shares_nhs_number(),
                })
                .collect(),
            is_meant: it.compared.has_other_given_name(),
            words: match verdict {
                Verdict::Perhaps => it.compared.in_words(),
                Verdict::Same | Verdict::Another => String::new(),
            },
        }
    });
    seen.collect()
}

/// Which rows are about one child, each child by the place of its first row.
struct Groups(Vec<usize>);

impl Groups {
    /// A row joins the first child whose rows it says the same as, if it contradicts none of them: one that is the same as two that
    /// are not the same as each other proves nothing.
    fn of(found: &[Vec<Seen>]) -> Self {
        let mut groups = Self((0..found.len()).collect());
        let mut rows: Vec<Vec<usize>> = (0..found.len()).map(|place| vec![place]).collect();
        for (place, seen) in found.iter().enumerate() {
            let verdict_of = |other: usize| {
                seen.iter()
                    .find(|it| it.place == other)
                    .map_or(Verdict::Another, |it| it.verdict)
            };
            let same = seen
                .iter()
                .filter(|it| it.verdict == Verdict::Same && it.place < place)
                .map(|it| groups.first(it.place));
            let mut same: Vec<usize> = same.collect();
            same.sort_unstable();
            let joins = same.into_iter().find(|first| {
                let of_child = rows.get(*first).map(Vec::as_slice).unwrap_or_default();
                of_child.iter().all(|row| verdict_of(*row) == Verdict::Same)
            });
            let Some(first) = joins else { continue };
            if let Some(group) = groups.0.get_mut(place) {
                *group = first;
            }
            if let Some(of_child) = rows.get_mut(first) {
                of_child.push(place);
            }
        }
        groups
    }

    fn first(&self, place: usize) -> usize {
        self.0.get(place).copied().unwrap_or(place)
    }

    /// For each child that has a number with another of the list: which, and the lines of the others.
    fn shared_numbers(
        &self,
        rows: &Resemblances<Sayings>,
        found: &[Vec<Seen>],
    ) -> BTreeMap<usize, Vec<(Number, String)>> {
        let mut shared: BTreeMap<(usize, Number), Vec<usize>> = BTreeMap::new();
        for (place, seen) in found.iter().enumerate() {
            let others = seen.iter().filter(|other| {
                self.first(other.place) != self.first(place)
                    && (other.verdict == Verdict::Another || other.is_meant)
            });
            for other in others {
                let Some(line) = rows.get(other.place).map(Sayings::line) else {
                    continue;
                };
                for number in &other.shares {
                    let lines = shared.entry((self.first(place), *number)).or_default();
                    if !lines.contains(&line) {
                        lines.push(line);
                    }
                }
            }
        }
        let mut of_child: BTreeMap<usize, Vec<(Number, String)>> = BTreeMap::new();
        for ((child, number), lines) in shared {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            of_child
                .entry(child)
                .or_default()
                .push((number, lines.join(", ")));
        }
        of_child
    }

    /// For each child that may be an earlier one of the list: that one's line, and why.
    fn likes(
        &self,
        rows: &Resemblances<Sayings>,
        found: &[Vec<Seen>],
    ) -> BTreeMap<usize, (usize, String)> {
        let mut likes = BTreeMap::new();
        for (place, seen) in found.iter().enumerate() {
            let child = self.first(place);
            let earlier = seen.iter().find(|other| {
                other.verdict != Verdict::Another
                    && !other.is_meant
                    && self.first(other.place) < child
            });
            if let Some(earlier) = earlier
                && let Some(said) = rows.get(earlier.place)
            {
                let words = match earlier.words.as_str() {
                    "" => "the same, but for another row about the same child".to_owned(),
                    words => words.to_owned(),
                };
                likes.entry(child).or_insert((said.line(), words));
            }
        }
        likes
    }
}
