//! Writes down what became of the rows of a list: new children with what is owed to them, the account of each row, and what is asked
//! about those that have no place.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::account::{Fate, Whom};
use super::entry;
use super::store::unplaced::{Earlier, NewUnplaced};
use super::store::{self, ImportKey, UnplacedKey};
use super::unplaced::Asked;
use crate::access::audit::Event;
use crate::access::{Act, Action};
use crate::db::{Conn, Result};
use crate::duty::owed;
use crate::policy::reassessment;
use crate::register::{ChildKey, bulk, registration};
use crate::rules::identifiers::Reference;

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

pub(super) fn digest(headings: &str, cells: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(headings.as_bytes());
    hash.update([0]);
    hash.update(cells.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
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

/// What was written of a list before.
pub(super) struct Before<'a> {
    /// The child of each line that was taken in a part before.
    pub(super) placed: &'a HashMap<usize, ChildKey>,
    /// The children whom the sender may not see: what the sender is asked names none of them.
    pub(super) hidden: &'a HashSet<ChildKey>,
}

/// Writes down what became of each row, and what is asked about those that have no place. What was asked already about the very
/// same row is not asked again. `new` are the children who were put on the register with these rows.
pub(super) fn keep(
    act: &mut Act<'_>,
    list: &KeptList,
    fates: &[Fate],
    new: &[ChildKey],
    before: &Before<'_>,
) -> Result<()> {
    let child_of = |whom: &Whom| match whom {
        Whom::New(place) => new.get(*place).copied(),
        Whom::Held(child) => Some(*child),
        Whom::Asked(_) => None,
    };
    // A row may be like the child of another line, who came onto the register a moment ago.
    let asks = fates.iter().any(Fate::asks);
    let of_line: HashMap<usize, ChildKey> = match asks {
        true => fates
            .iter()
            .filter_map(|fate| Some((fate.line, child_of(&fate.whom)?)))
            .collect(),
        false => HashMap::new(),
    };
    let mut rows = Vec::with_capacity(fates.len());
    for fate in fates {
        let line = i64::try_from(fate.line).unwrap_or(i64::MAX);
        let unplaced = match &fate.whom {
            Whom::New(_) | Whom::Held(_) => None,
            Whom::Asked(asked) => {
                let is_for_the_sender = fate.instead.is_none();
                let like = asked.like.iter().filter_map(|(line, why)| {
                    let other = of_line.get(line).or_else(|| before.placed.get(line))?;
                    let is_told = !is_for_the_sender || !before.hidden.contains(other);
                    is_told.then(|| (*other, why.clone()))
                });
                let candidates = asked.candidates.iter().cloned().chain(like).collect();
                Some(ask(act, (list, line), asked, candidates)?)
            }
        };
        rows.push(store::rows::NewRow {
            import_id: list.key.number(),
            line,
            became: fate.became.as_str(),
            told_as: fate.told_as().as_str(),
            child_id: child_of(&fate.whom).map(ChildKey::number),
            unplaced_id: unplaced.map(UnplacedKey::number),
            why: &fate.why,
        });
    }
    store::rows::insert(act.tx, &rows)
}

/// Asks about a row that has no place, unless that was asked already; looked up in the transaction that asks, because another list may
/// be read beside this one.
fn ask(
    act: &mut Act<'_>,
    (list, line): (&KeptList, i64),
    asked: &Asked,
    candidates: Vec<(ChildKey, String)>,
) -> Result<UnplacedKey> {
    let authority = act.viewer.authority();
    let digest = list.digest(&asked.cells);
    if let Some(earlier) = store::unplaced::earlier_of(act.tx, authority, &digest)?
        && is_still_so(act.tx, &earlier, asked)?
    {
        return Ok(earlier.key);
    }
    store::unplaced::insert(
        act.tx,
        &NewUnplaced {
            authority,
            import: list.key,
            line,
            question: asked.question,
            words: &asked.words,
            candidates: &candidates,
            headings: &list.headings,
            cells: &asked.cells,
            mapping: &list.mapping,
            digest: &digest,
        },
    )
}

/// Writes new children, what is owed to them, and an event each.
pub(super) fn write(act: &mut Act<'_>, new: &entry::Entries) -> Result<Vec<ChildKey>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let added = bulk::add_all(act, &new.entries)?;
    let both = || added.iter().zip(&new.following);
    let owed: Vec<_> = both()
        .map(|((key, _), following)| (*key, following.owed.as_slice()))
        .collect();
    owed::owe_first(act, &owed)?;
    let again: Vec<_> = both()
        .filter_map(|((key, _), following)| Some((*key, following.assess_again_on?)))
        .collect();
    reassessment::note_again(act.tx, act.viewer.authority(), &again)?;
    let events: Vec<Event<'_>> = both()
        .map(|((key, reference), following)| Event {
            action: Action::ChildImported,
            child: Some(key.number()),
            subject: reference.as_str(),
            detail: &following.words,
        })
        .collect();
    act.note_all(&events)?;
    Ok(added.into_iter().map(|(key, _)| key).collect())
}
