//! What the rows about one child say together.

use std::cmp::Reverse;

use super::account::{Became, Fate, Whom};
use super::listed::{Listed, ListedRow, Told, given_names};
use super::note::{Kind, RowNote};
use super::unplaced::{Asked, Question};
use crate::intake::csv::child::{ImportedChild, LastSeen};
use crate::rules::codes::{PrimaryReason, Sex};
use crate::rules::spell::{Spell, history};

/// What the rows about one child say together, and what became of those that contradict the others.
pub(super) fn together(first: Told, others: Vec<Told>) -> (Listed, Vec<Fate>) {
    let line = first.row.child.line;
    let spells: Vec<Spell> = std::iter::once(&first)
        .chain(&others)
        .map(|told| told.spell)
        .collect();
    let history = history(&spells);
    let latest = latest(&spells, &history.contradicting);
    let mut said = first.row.child;
    let mut fates = Vec::new();
    let mut notes = Vec::new();
    let mut rows = Vec::with_capacity(spells.len());
    match history.contradicting.contains(&0) {
        true => fates.push(contradicts(line, line, first.row.cells)),
        false => rows.push(ListedRow {
            line,
            cells: first.row.cells,
            spell: first.spell,
        }),
    }
    for (place, told) in (1..).zip(others) {
        let mut other = told.row.child;
        if history.contradicting.contains(&place) {
            fates.push(contradicts(other.line, line, told.row.cells));
            continue;
        }
        rows.push(ListedRow {
            line: other.line,
            cells: told.row.cells,
            spell: told.spell,
        });
        if place == latest {
            std::mem::swap(&mut said, &mut other);
        }
        notes.extend(add(&mut said, other));
    }
    said.line = line;
    let listed = Listed {
        given_names: given_names(&said),
        said,
        rows,
        history,
        like: None,
        notes,
    };
    (listed, fates)
}

/// The place of the spell that lasts, or ended last.
fn latest(spells: &[Spell], contradicting: &[usize]) -> usize {
    let places = spells.iter().enumerate();
    let latest = places
        .filter(|(place, _)| !contradicting.contains(place))
        .max_by_key(|(place, spell)| {
            let ended = spell.ended.map(|(on, _)| on);
            (ended.is_none(), ended.or(spell.from), Reverse(*place))
        });
    latest.map_or(0, |(place, _)| place)
}

fn contradicts(line: usize, first: usize, cells: String) -> Fate {
    let reason = format!(
        "It says other days on the register than the other rows about the same child (the first is line {first}). Say which are right"
    );
    let asked = Asked {
        like: None,
        question: Question::Ended,
        words: reason.clone(),
        candidates: Vec::new(),
        cells,
    };
    let mut fate = Fate::new(line, Became::LookAt, Whom::Asked(asked), "");
    fate.notes.push(RowNote::of_row(Kind::LookAt, line, reason));
    fate
}

/// Adds what another row says of the child: what was not said before, more parents, later days. What cannot both be said is
/// named.
fn add(said: &mut ImportedChild, other: ImportedChild) -> Vec<RowNote> {
    let mut notes = Vec::new();
    let (here, there) = (&said.address.postcode, &other.address.postcode);
    if let (Some(here), Some(there)) = (here, there)
        && here != there
    {
        let reason = format!(
            "The same child as on line {}, with another postcode ({there}, there {here}). Check where the child lives",
            said.line
        );
        notes.push(RowNote::of_row(Kind::Doubt, other.line, reason));
    }
    if said.address.is_missing() {
        said.address = other.address;
    }
    fill(&mut said.reference, other.reference);
    fill(&mut said.upn, other.upn);
    fill(&mut said.nhs_number, other.nhs_number);
    fill(&mut said.middle_names, other.middle_names);
    fill(&mut said.known_as, other.known_as);
    fill(&mut said.ethnicity, other.ethnicity);
    fill(&mut said.sen, other.sen);
    fill(&mut said.sen_type, other.sen_type);
    fill(&mut said.previous_school, other.previous_school);
    fill(&mut said.previous_setting, other.previous_setting);
    fill(&mut said.year_group, other.year_group);
    if said.sex == Sex::Unknown {
        said.sex = other.sex;
    }
    if said.reason == PrimaryReason::Unknown {
        said.reason = other.reason;
    }
    said.last_seen = later(said.last_seen, other.last_seen);
    said.last_visit_on = said.last_visit_on.max(other.last_visit_on);
    for parent in other.parents {
        if !said.parents.contains(&parent) {
            said.parents.push(parent);
        }
    }
    join(&mut said.officer, other.officer);
    join(&mut said.social_care, other.social_care);
    join(&mut said.notes, other.notes);
    notes
}

fn fill<T>(said: &mut Option<T>, other: Option<T>) {
    if said.is_none() {
        *said = other;
    }
}

fn join(said: &mut Option<String>, other: Option<String>) {
    match (said.as_mut(), other) {
        (Some(said), Some(other)) if *said != other => {
            said.push_str("; ");
            said.push_str(&other);
        }
        (None, other) => *said = other,
        _ => {}
    }
}

fn later(one: LastSeen, other: LastSeen) -> LastSeen {
    match (one, other) {
        (LastSeen::On(one), LastSeen::On(other)) => LastSeen::On(one.max(other)),
        (LastSeen::On(_), _) => one,
        (_, LastSeen::On(_)) => other,
        (LastSeen::Never, _) | (_, LastSeen::Never) => LastSeen::Never,
        _ => LastSeen::NotRecorded,
    }
}
