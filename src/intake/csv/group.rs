//! Two lines of headings: groups above ("Child", "Parent 1", "Address"), and below them what the columns hold.
//!
//! A "Name" below "Parent" is the parent's. Read as the child's it would be a wrong name, and passed over it would be lost:
//! so it is read by both lines together, or named as not read.

use super::column::Column;
use super::headings::{belongs_to_a_child, belongs_to_a_parent, meaning};
use super::records::Record;
use super::rows::tidy;
use crate::rules::text::folded;

/// The groups above a line of headings.
pub(super) struct Groups {
    /// From which column on, and what it says.
    labels: Vec<(usize, String)>,
}

impl Groups {
    /// The groups of a line, if it is one: fewer cells than below, at least one of which says whose the columns are.
    pub(super) fn read(above: &Record, headings: &Record) -> Option<Self> {
        let filled = |record: &Record| -> Vec<(usize, String)> {
            let cells = record.cells.iter().map(tidy).enumerate();
            let cells = cells.filter(|(_, cell)| !cell.is_empty());
            cells.map(|(place, cell)| (place, folded(cell))).collect()
        };
        let labels = filled(above);
        let says_whose =
            |(_, label): &(usize, String)| belongs_to_a_child(label) || belongs_to_a_parent(label);
        let is_group = labels.len() < filled(headings).len() && labels.iter().any(says_whose);
        is_group.then_some(Self { labels })
    }

    /// The group above a column.
    pub(super) fn above(&self, place: usize) -> Option<&str> {
        let before = self.labels.iter().rev().find(|(from, _)| *from <= place);
        before.map(|(_, label)| label.as_str())
    }
}

/// The whole heading of a column below a group, and what it means.
pub(super) fn meaning_below(group: Option<&str>, heading: String) -> (String, Option<Column>) {
    let Some(group) = group.filter(|group| !belongs_to_a_child(group)) else {
        let means = meaning(&heading);
        return (heading, means);
    };
    let alone = meaning(&heading);
    if alone.is_some_and(Column::is_of_a_parent) && belongs_to_a_parent(&heading) {
        return (heading, alone);
    }
    let both = format!("{group} {heading}");
    let shorter = format!("{} {heading}", without_small_words(group));
    if let Some(means) = meaning(&both).or_else(|| meaning(&shorter)) {
        return (both, Some(means));
    }
    // "Name" below "Doctor" is nobody's whom the register holds, and a "Start date" below "School" is another one. "Status"
    // and "UPN" are the child's wherever they stand: the last group often reaches further than it was meant to.
    let is_of_the_child = |column: &Column| {
        !column.says_who_or_where() && (belongs_to_a_parent(group) || !column.is_date())
    };
    match alone.filter(is_of_the_child) {
        Some(column) => (heading, Some(column)),
        None => (both, None),
    }
}

/// "Parent 1 contact details" as "Parent 1".
fn without_small_words(group: &str) -> String {
    let words = group.split_whitespace().filter(|word| {
        let word = word.to_lowercase();
        !matches!(
            word.as_str(),
            "contact" | "details" | "detail" | "information" | "info" | "data" | "and"
        )
    });
    words.collect::<Vec<_>>().join(" ")
}
