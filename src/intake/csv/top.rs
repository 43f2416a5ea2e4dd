//! Finds the line of headings near the top of a list, whatever stands above it, and what each heading means.

use super::column::Column;
use super::group::{Groups, meaning_below};
use super::heading::{Heading, Use};
use super::headings::meaning;
use super::mapping::{Mapping, Meaning};
use super::records::{Layout, Record, Records};
use super::rows::tidy;
use crate::rules::text::folded;

/// Headings stand within this many records from the top.
pub(super) const SEARCHED: usize = 30;

/// The line of headings, and the line of groups above it ("Child,,,,Parent,,") where there is one.
pub(super) struct Top {
    pub(super) layout: Layout,
    pub(super) record: Record,
    pub(super) headings: Vec<Heading>,
    /// The line on which the first record below begins.
    pub(super) body_line: usize,
    score: usize,
}

impl Top {
    /// The record among the first ones in which most cells are headings that Hearth knows, or a person mapped. `begin` is
    /// the byte of the text and the line to begin at.
    pub(super) fn find(
        text: &str,
        layout: Layout,
        begin: (usize, usize),
        by_hand: &Mapping,
    ) -> Option<Self> {
        let mut records = Records::new(text, layout, begin.0, begin.1);
        let mut above: Option<Record> = None;
        let mut best: Option<Self> = None;
        for _ in 0..SEARCHED {
            let Some(record) = records.next() else { break };
            let groups = above
                .as_ref()
                .and_then(|above| Groups::read(above, &record));
            let filled = record.cells.iter().filter(|cell| !tidy(cell).is_empty());
            let filled = filled.count();
            let score = record
                .cells
                .iter()
                .filter(|cell| means_something(cell, by_hand));
            let score = score.count();
            if score >= 2 && (score * 2 >= filled || score >= 4) {
                let headings = name_headings(&record, groups.as_ref(), by_hand);
                let next = Self {
                    layout,
                    headings,
                    body_line: records.line(),
                    score,
                    record: record.clone(),
                };
                if best.as_ref().is_none_or(|best| next.is_better_than(best)) {
                    best = Some(next);
                }
            }
            above = Some(record);
        }
        best
    }

    /// Whether these are more likely the headings than those.
    pub(super) fn is_better_than(&self, other: &Self) -> bool {
        (self.tells_of_children(), self.score) > (other.tells_of_children(), other.score)
    }

    /// Whether there is all that a child is registered by.
    pub(super) fn tells_of_children(&self) -> bool {
        missing(&self.headings).is_empty()
    }
}

/// What is needed and no heading names.
pub(super) fn missing(headings: &[Heading]) -> Vec<&'static str> {
    let has = |column| {
        headings
            .iter()
            .any(|heading| heading.used == Use::Read(column))
    };
    let has_full_name = has(Column::FullName) || has(Column::FullNameFamilyFirst);
    let mut missing = Vec::new();
    if !has_full_name && !has(Column::GivenNames) {
        missing.push("given names (Forename, First name)");
    }
    if !has_full_name && !has(Column::FamilyName) {
        missing.push("family name (Surname)");
    }
    if !has(Column::DateOfBirth) {
        missing.push("date of birth");
    }
    missing
}

fn means_something(cell: &str, by_hand: &Mapping) -> bool {
    let cell = tidy(cell);
    by_hand.find(cell).is_some() || meaning(cell).is_some()
}

/// "Column E": what a column without a heading is called, and mapped by.
pub(super) fn name_of_column(place: usize) -> String {
    let (mut letters, mut rest) = (String::new(), place + 1);
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).map_or('?', |letter| char::from(b'A' + letter));
        letters.insert(0, letter);
        rest /= 26;
    }
    format!("Column {letters}")
}

fn name_headings(record: &Record, groups: Option<&Groups>, by_hand: &Mapping) -> Vec<Heading> {
    let texts: Vec<(String, Option<Column>)> = record
        .cells
        .iter()
        .enumerate()
        .map(|(place, cell)| {
            let text = folded(tidy(cell));
            if text.is_empty() {
                return (name_of_column(place), None);
            }
            meaning_below(groups.and_then(|groups| groups.above(place)), text)
        })
        .collect();
    let mut taken: Vec<Column> = Vec::new();
    // What a person mapped comes first: a heading that Hearth would read by itself then repeats it.
    let mapped = texts
        .iter()
        .filter_map(|(text, _)| match by_hand.find(text) {
            Some(Meaning::Column(column)) => Some(column),
            _ => None,
        });
    let mapped: Vec<Column> = mapped.collect();
    let mut headings = Vec::with_capacity(texts.len());
    for (text, meant) in texts {
        let said = by_hand.find(&text);
        let column = match said {
            Some(Meaning::Ignored) => {
                headings.push(Heading {
                    text,
                    used: Use::Ignored,
                    said,
                });
                continue;
            }
            Some(Meaning::Column(column)) => Some(column),
            None => meant,
        };
        let used = match column {
            None => Use::Unknown,
            Some(column) if column.may_repeat() => Use::Read(column),
            Some(column) if taken.contains(&column) => Use::Repeats(column),
            Some(column) if said.is_none() && mapped.contains(&column) => Use::Repeats(column),
            Some(column) => {
                taken.push(column);
                Use::Read(column)
            }
        };
        headings.push(Heading { text, used, said });
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_columns_as_a_spreadsheet_does() {
        let names = [0, 4, 25, 26, 51, 701, 702].map(name_of_column);
        assert_eq!(
            names.map(|name| name.replace("Column ", "")),
            ["A", "E", "Z", "AA", "AZ", "ZZ", "AAA"]
        );
    }
}
