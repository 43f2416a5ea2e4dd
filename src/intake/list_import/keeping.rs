//! Writes down what became of the rows of a list: new children with what is owed to them, the account of each row, and what is asked
//! about those that have no place.

use std::collections::HashMap;

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
