//! What a list tells of a child who is held and what is not added to the record by itself: it is said, so that somebody can add it.

use std::collections::{HashMap, HashSet};

use super::account::{Fate, Whom};
use super::listed::Listed;
use super::note::{Kind, RowNote};
use crate::db::{Conn, Result};
use crate::intake::csv::parent::ImportedParent;
use crate::register::resemblance::KnownChild;
use crate::register::{ChildKey, person};
use crate::rules::names;

/// Numbers of the list that the record has not got.
pub(super) fn numbers(held: &KnownChild, listed: &Listed) -> Option<RowNote> {
    let upn = listed.said.upn.as_ref().filter(|_| held.upn.is_none());
    let nhs = listed.said.nhs_number.as_ref();
    let nhs = nhs.filter(|_| held.nhs_number.is_none());
    let found = [
        upn.map(|upn| format!("the UPN {upn}")),
        nhs.map(|number| format!("the NHS number {number}")),
    ];
    let found: Vec<String> = found.into_iter().flatten().collect();
    (!found.is_empty()).then(|| {
        let reason = format!(
            "The list has {}, and the record of {} has none. Nothing was added: add it on the child’s page if it is right",
            found.join(" and "),
            held.reference
        );
        RowNote::of_row(Kind::Doubt, listed.line(), reason)
    })
}

/// Adds to what is told of rows about children who are held which parents the list has and their records have not.
pub(super) fn parents(conn: &mut Conn, children: &[Listed], fates: &mut [Fate]) -> Result<()> {
    let by_line: HashMap<usize, &Listed> = children
        .iter()
        .filter(|listed| !listed.said.parents.is_empty())
        .map(|listed| (listed.line(), listed))
        .collect();
    if by_line.is_empty() {
        return Ok(());
    }
    let is_of = |fate: &&Fate| by_line.contains_key(&fate.line);
    let held: Vec<ChildKey> = fates.iter().filter(is_of).filter_map(child_of).collect();
    let known = person::names_of_parents(conn, &held)?;
    for fate in fates {
        let (Some(child), Some(listed)) = (child_of(fate), by_line.get(&fate.line)) else {
            continue;
        };
        let missing = missing(&listed.said.parents, known.get(&child));
        if !missing.is_empty() {
            let (names, are) = match missing.as_slice() {
                [one] => (one.clone(), "is"),
                several => (several.join(" and "), "are"),
            };
            let reason = format!(
                "The list names {names}, who {are} not on the child’s record. Nobody was added: add them on the child’s page if it is right"
            );
            let note = RowNote::of_row(Kind::Doubt, fate.line, reason);
            fate.notes.push(note);
        }
    }
    Ok(())
}

fn child_of(fate: &Fate) -> Option<ChildKey> {
    match fate.whom {
        Whom::Held(child) => Some(child),
        Whom::New(_) | Whom::Asked(_) => None,
    }
}

/// The names of parents who are not among those that are held, by the folded name.
fn missing(said: &[ImportedParent], held: Option<&HashSet<String>>) -> Vec<String> {
    let names = said
        .iter()
        .map(|parent| names::full(&parent.given_names, &parent.family_name));
    names
        .filter(|name| !name.trim().is_empty())
        .filter(|name| !held.is_some_and(|held| held.contains(&names::fold(name))))
        .collect()
}
