//! A list as a spreadsheet saved it: finds the line with the headings, whatever stands above it.

use std::borrow::Cow;

use thiserror::Error;

use super::column::Column;
use super::heading::{Heading, Use};
use super::headings::meaning;
use super::mapping::{Mapping, MappingProblem, Meaning};
use super::records::{Delimiter, Record, Records};
use super::rows::{Rows, tidy};
use super::text::{self, Encoding, NotText};

/// Why a file cannot be read as a list of children at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SheetProblem {
    /// It is not a text file.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// None of the first lines looks like headings.
    #[error(
        "No line of headings was found. The file begins: {found}. It needs a line with headings such as \
         Forename, Surname (or Name) and Date of birth"
    )]
    NoHeadings {
        /// The first cells of the file.
        found: String,
    },
    /// A line of headings lacks something without which a child cannot be registered.
    #[error(
        "Line {line} has these headings: {}. There is none for: {missing}. Add one, or say which it is (for example \"Pupil=full_name\")",
        found.join(", ")
    )]
    HeadingsMissing {
        /// The line of the headings.
        line: usize,
        /// The headings as they stand in the file; any of them may hold a comma.
        found: Vec<String>,
        /// What is needed and not there.
        missing: String,
    },
    /// The mapping by hand does not fit the file.
    #[error(transparent)]
    Mapping(#[from] MappingProblem),
}

/// A file whose headings have been found.
#[derive(Debug)]
pub struct Sheet<'a> {
    text: Cow<'a, str>,
    body: usize,
    body_line: usize,
    /// The headings, in the order of the file.
    pub headings: Vec<Heading>,
    /// The line of the headings, the first line of the file being 1.
    pub heading_line: usize,
    /// The character between cells.
    pub delimiter: Delimiter,
    /// How the characters were written.
    pub encoding: Encoding,
}

/// Headings stand within this many records from the top.
const SEARCHED: usize = 30;

impl<'a> Sheet<'a> {
    /// Reads the top of a file: its encoding, its delimiter, its headings.
    ///
    /// # Errors
    /// [`SheetProblem`], in words that say what to do, when the file is no text, has no headings that Hearth knows, has
    /// none for a name or a date of birth, or lacks a heading that `by_hand` names.
    pub fn open(bytes: &'a [u8], by_hand: &Mapping) -> Result<Self, SheetProblem> {
        let (text, encoding) = text::read(bytes)?;
        let (told, top, top_line) = told_delimiter(&text);
        let delimiters = told.as_ref().map_or(Delimiter::ALL, std::slice::from_ref);
        let found = delimiters
            .iter()
            .filter_map(|delimiter| find_headings(&text, *delimiter, top, top_line, by_hand));
        // The first of equals wins: `max_by_key` would take the last.
        let best = found.reduce(|best, next| if next.score > best.score { next } else { best });
        let Some(best) = best else {
            return Err(SheetProblem::NoHeadings {
                found: first_cells(&text, top),
            });
        };
        let headings = name_headings(&best.record, by_hand);
        by_hand.check_against(headings.iter().map(|heading| heading.text.as_str()))?;
        refuse_missing(&headings, best.record.line)?;
        let body = best.record.end;
        let heading_text = text.get(top..body).unwrap_or_default();
        let body_line = top_line + heading_text.matches('\n').count();
        let heading_line = best.record.line;
        Ok(Self {
            text,
            body,
            body_line,
            headings,
            heading_line,
            delimiter: best.delimiter,
            encoding,
        })
    }

    /// The lines below the headings that hold a child, or ought to.
    pub fn rows(&self) -> Rows<'_> {
        let records = Records::new(&self.text, self.delimiter, self.body, self.body_line);
        Rows::new(records, &self.headings)
    }

    /// The length of the whole text in bytes, against which [`Rows::bytes_read`] shows progress.
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// The headings that are not read and why, but for those that Hearth wrote itself and those without words.
    pub fn headings_not_read(&self) -> impl Iterator<Item = &Heading> {
        self.headings
            .iter()
            .filter(|heading| !matches!(heading.used, Use::Read(_)) && !heading.text.is_empty())
    }
}

/// Excel's `sep=;` on the first line: the delimiter, and where the text goes on.
fn told_delimiter(text: &str) -> (Option<Delimiter>, usize, usize) {
    let first = text.split('\n').next().unwrap_or_default();
    let line = first.trim_end_matches('\r').trim_matches('"');
    let told = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and_then(|_| line.get(4..));
    let delimiter = told.and_then(|told| {
        Delimiter::ALL
            .iter()
            .find(|delimiter| told.as_bytes() == [delimiter.byte()])
    });
    match delimiter {
        Some(delimiter) => (Some(*delimiter), (first.len() + 1).min(text.len()), 2),
        None => (None, 0, 1),
    }
}

struct Candidate {
    delimiter: Delimiter,
    record: Record,
    score: usize,
}

/// The record among the first ones in which most cells are headings that Hearth knows, or a person mapped.
fn find_headings(
    text: &str,
    delimiter: Delimiter,
    top: usize,
    top_line: usize,
    by_hand: &Mapping,
) -> Option<Candidate> {
    let candidates = Records::new(text, delimiter, top, top_line)
        .take(SEARCHED)
        .filter_map(|record| {
            let filled = record
                .cells
                .iter()
                .filter(|cell| !tidy(cell).is_empty())
                .count();
            let score = record
                .cells
                .iter()
                .filter(|cell| means_something(cell, by_hand))
                .count();
            let is_heading = score >= 2 && (score * 2 >= filled || score >= 4);
            is_heading.then_some(Candidate {
                delimiter,
                record,
                score,
            })
        });
    candidates.reduce(|best, next| if next.score > best.score { next } else { best })
}

fn means_something(cell: &str, by_hand: &Mapping) -> bool {
    let cell = tidy(cell);
    by_hand.find(cell).is_some() || meaning(cell).is_some()
}

fn name_headings(record: &Record, by_hand: &Mapping) -> Vec<Heading> {
    let mut taken: Vec<Column> = Vec::new();
    let mut headings = Vec::with_capacity(record.cells.len());
    // What a person mapped comes first: a heading that Hearth would read by itself then repeats it.
    let mapped = record
        .cells
        .iter()
        .filter_map(|cell| match by_hand.find(tidy(cell)) {
            Some(Meaning::Column(column)) => Some(column),
            _ => None,
        });
    let mapped: Vec<Column> = mapped.collect();
    for cell in &record.cells {
        let text = tidy(cell).split_whitespace().collect::<Vec<_>>().join(" ");
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
            None => meaning(&text),
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

fn refuse_missing(headings: &[Heading], line: usize) -> Result<(), SheetProblem> {
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
    if missing.is_empty() {
        return Ok(());
    }
    let found = headings
        .iter()
        .map(|heading| heading.text.clone())
        .filter(|text| !text.is_empty())
        .collect();
    Err(SheetProblem::HeadingsMissing {
        line,
        found,
        missing: missing.join(", "),
    })
}

fn first_cells(text: &str, top: usize) -> String {
    let line = text
        .get(top..)
        .unwrap_or_default()
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let short: String = line.trim().chars().take(120).collect();
    if short.len() < line.trim().len() {
        format!("‘{short}…’")
    } else {
        format!("‘{short}’")
    }
}
