//! Whether a child of a list is one whom the register holds. The rule is [`crate::rules::same_child`]; no two records are
//! ever joined, and what is doubtful is asked.

use std::collections::HashMap;

use super::listed::{Listed, Number};
use super::store::unplaced::Earlier;
use super::unplaced::Answer;
use crate::register::resemblance::{KnownChild, Resemblances, Resembling};
use crate::rules::same_child::Verdict;

/// What a child of a list is to the register.
pub(super) enum Found<'a> {
    New {
        /// Numbers of the list that other children have.
        taken: Vec<(Number, &'a KnownChild)>,
    },
    /// A child it holds, and by what they were found.
    Held(&'a KnownChild, String),
    /// Whom it may be, each with what speaks for it and against it.
    Perhaps(Vec<(&'a KnownChild, String)>),
}

/// Looks for a child of a list among those an authority has. What somebody answered of the same row in an earlier list holds.
pub(super) fn find<'a>(
    known: &'a Resemblances<KnownChild>,
    listed: &Listed,
    earlier: &[&Earlier],
) -> Found<'a> {
    let found = known.of_whom(listed);
    let by_answer = earlier.iter().find(|earlier| {
        matches!(
            earlier.answer,
            Some(Answer::SameChild | Answer::AnotherChild | Answer::Back)
        )
    });
    if let Some(child) = by_answer.and_then(|earlier| earlier.child)
        && let Some(held) = known.iter().find(|held| held.key == child)
    {
        return Found::Held(held, "as somebody answered for this row".to_owned());
    }
    let of = |verdict| found.iter().filter(move |it| it.verdict() == verdict);
    match (of(Verdict::Same).count(), of(Verdict::Perhaps).count()) {
        (1, _) => {
            if let Some(same) = of(Verdict::Same).next() {
                return Found::Held(same.child, same.compared.in_words());
            }
        }
        (0, 0) => {}
        _ => {
            let asked = found.iter().filter(|it| it.verdict() != Verdict::Another);
            return Found::Perhaps(asked.map(|it| (it.child, it.compared.in_words())).collect());
        }
    }
    Found::New {
        taken: taken(&found),
    }
}

/// The numbers that others have.
pub(super) fn taken<'a>(found: &[Resembling<'a, KnownChild>]) -> Vec<(Number, &'a KnownChild)> {
    let mut taken = Vec::new();
    for it in found {
        if it.compared.shares_upn() {
            taken.push((Number::Upn, it.child));
        }
        if it.compared.shares_nhs_number() {
            taken.push((Number::Nhs, it.child));
        }
    }
    taken
}

/// What is known of the rows of a child from earlier lists.
pub(super) fn earlier_of<'e>(
    earlier: &'e HashMap<String, Earlier>,
    digests: &[String],
) -> Vec<&'e Earlier> {
    digests
        .iter()
        .filter_map(|digest| earlier.get(digest))
        .collect()
}
