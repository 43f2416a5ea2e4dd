//! The lines below the headings: passes over what is no child (blank lines, totals, headings repeated on every page).

use csv::StringRecord;
use thiserror::Error;

use super::column::Column;
use super::heading::{Heading, Use};
use super::headings::meaning;
use super::records::{Record, Records, Torn};
use crate::intake::limits::LONGEST_CELL;

/// Why a line cannot be cut into the columns that the headings promise.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RowFault {
    /// A quotation mark opens a cell and none closes it.
    #[error("A cell begins with a quotation mark and has none at its end. Add or remove one")]
    OpenQuote,
    /// A cell is longer than any that a spreadsheet program keeps.
    #[error(
        "A cell of this line has more than {LONGEST_CELL} characters. Shorten it, or check that every quotation mark is closed"
    )]
    LongCell,
    /// More filled cells than headings, so that words may stand in the wrong column.
    #[error(
        "The line has {cells} cells and the headings are {headings}. A cell that holds a comma needs quotation marks around it"
    )]
    TooManyCells {
        /// Cells in the line, up to the last with words in it.
        cells: usize,
        /// Cells in the line of headings.
        headings: usize,
    },
    /// Other headings stand above this line than at the top of the file.
    #[error(
        "The headings change on line {line}. Save the lines from there on as a file of their own"
    )]
    HeadingsChanged {
        /// The line of the other headings.
        line: usize,
    },
}

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line of the file where it begins, as a text editor numbers it; in a workbook the number of the row.
    pub line: usize,
    /// Why its cells cannot be trusted to stand under the right headings.
    pub fault: Option<RowFault>,
    cells: StringRecord,
    may_be_broken: bool,
}

impl Row {
    /// The words of a cell, without spaces around them and without what spreadsheet programs wrap around text; empty
    /// for a cell that is not there.
    pub fn cell(&self, index: usize) -> &str {
        tidy(self.cells.get(index).unwrap_or_default())
    }

    /// Whether any character of it may stand for a letter that was lost, or for a formula that failed.
    pub(super) const fn may_be_broken(&self) -> bool {
        self.may_be_broken
    }

    /// The cells as they stand in the file, without what cannot be seen.
    pub fn raw_cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }
}

/// What was passed over, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Lines with nothing in them.
    pub blank: usize,
    /// Lines that repeat the headings.
    pub repeated_headings: usize,
    /// Totals and other lines that are about the list and not about a child: their line and first words.
    pub about_the_list: Vec<(usize, String)>,
}

/// The lines of a sheet that hold a child, or ought to.
pub struct Rows<'s> {
    records: Records<'s>,
    headings: &'s [Heading],
    /// Columns of which each cell has an apostrophe in front.
    guarded: &'s [bool],
    date_of_birth: usize,
    headings_changed_on: Option<usize>,
    skipped: Skipped,
}

impl<'s> Rows<'s> {
    pub(super) fn new(records: Records<'s>, headings: &'s [Heading], guarded: &'s [bool]) -> Self {
        let is_birth = |heading: &Heading| heading.used == Use::Read(Column::DateOfBirth);
        let date_of_birth = headings.iter().position(is_birth).unwrap_or_default();
        Self {
            records,
            headings,
            guarded,
            date_of_birth,
            headings_changed_on: None,
            skipped: Skipped::default(),
        }
    }

    /// What has been passed over so far.
    pub fn skipped(&self) -> Skipped {
        Skipped {
            blank: self.skipped.blank + self.records.blank_lines(),
            ..self.skipped.clone()
        }
    }

    /// How far the text has been read, in bytes.
    pub fn bytes_read(&self) -> usize {
        self.records.bytes_read()
    }

    fn holds_no_child(&mut self, record: &Record) -> bool {
        let mut filled = record
            .cells
            .iter()
            .map(tidy)
            .filter(|cell| !cell.is_empty());
        let Some(first) = filled.next() else {
            self.skipped.blank += 1;
            return true;
        };
        // A line with a date of birth is about a child, whatever else it says.
        let birth = record.cells.get(self.date_of_birth).unwrap_or_default();
        if birth.bytes().any(|byte| byte.is_ascii_digit()) && filled.clone().count() >= 2 {
            return false;
        }
        if self.repeats_headings(record) {
            self.skipped.repeated_headings += 1;
            return true;
        }
        if filled.count() < 3 && is_about_the_list(first) {
            let words = first.chars().take(80).collect();
            self.skipped.about_the_list.push((record.line, words));
            return true;
        }
        false
    }

    /// Whether the line is headings again; headings in another order are remembered, for they spoil what follows.
    fn repeats_headings(&mut self, record: &Record) -> bool {
        let cells = || {
            record
                .cells
                .iter()
                .map(tidy)
                .filter(|cell| !cell.is_empty())
        };
        let known = cells().filter(|cell| meaning(cell).is_some()).count();
        let same = record
            .cells
            .iter()
            .zip(self.headings)
            .filter(|(cell, heading)| {
                let words = || cell.split_whitespace();
                !heading.text.is_empty()
                    && words()
                        .map(str::to_lowercase)
                        .eq(heading.text.split(' ').map(str::to_lowercase))
            });
        let same = same.count();
        let all = cells().count();
        if same >= 2 && same * 4 >= all * 3 {
            self.headings_changed_on = None;
            return true;
        }
        if known >= 3 && known * 4 >= all * 3 {
            self.headings_changed_on = Some(record.line);
        }
        false
    }

    /// The cells without the apostrophes that a program put in front: of a column in which most have one, and of a line in
    /// which numbers have one ("'Ada,'Moss,'03/04/2015").
    fn unguarded(&self, cells: StringRecord) -> StringRecord {
        let is_line_guarded = cells.as_slice().contains('\'')
            && cells.iter().filter_map(unguarded).any(|rest| {
                rest.starts_with(|letter: char| letter.is_ascii_digit()) && !rest.contains('\'')
            });
        if !is_line_guarded && !self.guarded.contains(&true) {
            return cells;
        }
        let unguarded = cells.iter().enumerate().map(|(place, cell)| {
            let is_guarded = self.guarded.get(place).is_some_and(|guarded| *guarded);
            unguarded(cell)
                .filter(|_| is_guarded || is_line_guarded)
                .unwrap_or(cell)
        });
        unguarded.collect()
    }

    fn fault(&self, record: &Record) -> Option<RowFault> {
        let headings = self.headings.len();
        match record.torn {
            Some(Torn::OpenQuote) => return Some(RowFault::OpenQuote),
            Some(Torn::LongCell) => return Some(RowFault::LongCell),
            Some(Torn::ManyCells(cells)) => {
                return Some(RowFault::TooManyCells { cells, headings });
            }
            None => {}
        }
        if let Some(line) = self.headings_changed_on {
            return Some(RowFault::HeadingsChanged { line });
        }
        if record.cells.len() <= headings {
            return None;
        }
        let cells = cells_up_to_the_last_filled(&record.cells);
        (cells > headings).then_some(RowFault::TooManyCells { cells, headings })
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            let record = self.records.next()?;
            if !self.holds_no_child(&record) {
                let words = record.cells.as_slice();
                return Some(Row {
                    may_be_broken: !words.is_ascii()
                        || words.contains(['?', '#'])
                        || words.contains("Err:"),
                    line: record.line,
                    fault: self.fault(&record),
                    cells: self.unguarded(record.cells),
                });
            }
        }
    }
}

fn cells_up_to_the_last_filled(cells: &StringRecord) -> usize {
    let filled = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !tidy(cell).is_empty());
    filled.last().map_or(0, |(index, _)| index + 1)
}

/// "Total: 42", "Page 3 of 9", "End of report", "(42 rows affected)", "-----".
fn is_about_the_list(first: &str) -> bool {
    let lower = first.to_lowercase();
    if !lower.chars().any(char::is_alphanumeric) {
        return true;
    }
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let counts_rows = |word: &str| {
        matches!(
            word,
            "row" | "rows" | "record" | "records" | "children" | "pupils" | "entries"
        )
    };
    match words.as_slice() {
        ["total" | "totals" | "subtotal" | "count"] => true,
        ["total" | "totals" | "subtotal" | "count", second, ..] => {
            is_number(second)
                || counts_rows(second)
                || matches!(*second, "number" | "of" | "ehe" | "count")
        }
        ["grand" | "sub" | "overall", "total", ..] => true,
        ["end", "of", ..]
        | ["report", ..]
        | ["printed", ..]
        | ["generated", ..]
        | ["exported", ..] => true,
        ["produced", "by" | "on", ..]
        | ["created", "by" | "on", ..]
        | ["run", "on" | "date" | "by", ..] => true,
        ["date", "printed" | "generated" | "of" | "run", ..] => true,
        ["page", second, ..] => is_number(second),
        ["number", "of", ..]
        | ["rows", ..]
        | ["records", ..]
        | ["official", ..]
        | ["confidential", ..] => true,
        [number, second, ..] => is_number(number) && counts_rows(second),
        _ => false,
    }
}

/// What makes a spreadsheet program take a cell for a formula when it stands first.
pub(super) const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

/// A cell without the spaces around it, without Excel's `="0123"`, and without the apostrophe that keeps a spreadsheet
/// program from reading a cell as a number, a date or a formula: `'0123`, `'03/04/2015`, `'M1 1AA` and what `refused`
/// writes.
pub(super) fn tidy(cell: &str) -> &str {
    let cell = cell.trim();
    let unguarded = cell.strip_prefix('\'').map(str::trim_start);
    let cell = unguarded.filter(|rest| is_guarded(rest)).unwrap_or(cell);
    let number_as_text = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    number_as_text.map_or(cell, str::trim)
}

/// What stands behind an apostrophe in front of a letter or a digit.
pub(super) fn unguarded(cell: &str) -> Option<&str> {
    let rest = cell.trim_start().strip_prefix('\'')?;
    Some(rest).filter(|rest| rest.starts_with(char::is_alphanumeric))
}

/// Whether an apostrophe in front of this guards it. In front of letters alone it may belong to a name ("'t Hooft",
/// "'Abd al-Rahman"), and where another one follows it is a mark of quotation.
fn is_guarded(rest: &str) -> bool {
    rest.starts_with(FORMULA_STARTS)
        || (rest.contains(|letter: char| letter.is_ascii_digit()) && !rest.contains('\''))
}
