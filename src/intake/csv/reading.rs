//! One line being read: its cells by meaning, and the problems and doubts collected on the way.

use chrono::NaiveDate;

use super::broken;
use super::column::Column;
use super::heading::{Heading, Use};
use super::names;
use super::problem::{Doubt, Problem, Reason, Warning};
use super::rows::Row;
use super::sheet::Sheet;
use crate::intake::workbook::value::DateSystem;
use crate::rules::dates::{DateProblem, month_first, parse_uk, spreadsheet_number};
use crate::rules::text::folded;

/// Where each meaning stands in the file.
pub(super) struct Columns<'s> {
    headings: &'s [Heading],
    places: Vec<Option<usize>>,
    month_first: &'s [Column],
    /// From which day the workbook counts days, if it is one.
    dates: Option<DateSystem>,
}

impl<'s> Columns<'s> {
    pub(super) fn new(sheet: &'s Sheet<'_>) -> Self {
        let headings = &sheet.headings;
        let place = |column: &Column| {
            headings
                .iter()
                .position(|heading| heading.used == Use::Read(*column))
        };
        Self {
            headings,
            places: Column::ALL.iter().map(place).collect(),
            month_first: sheet.month_first(),
            dates: sheet.dates(),
        }
    }

    fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    fn heading(&self, column: Column) -> &'s str {
        let heading = self
            .place(column)
            .and_then(|place| self.headings.get(place));
        heading.map_or(column.label(), |heading| heading.text.as_str())
    }
}

/// A line and what has been found in it so far.
pub(super) struct Reading<'r> {
    columns: &'r Columns<'r>,
    row: &'r Row,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Warning>,
}

impl<'r> Reading<'r> {
    pub(super) fn new(columns: &'r Columns<'r>, row: &'r Row) -> Self {
        let mut reading = Self {
            columns,
            row,
            problems: Vec::new(),
            warnings: Vec::new(),
        };
        reading.look_at_letters();
        reading
    }

    /// Whether letters were lost or broken on the way here, in any cell that is read. In most lines there is nothing that
    /// could be.
    fn look_at_letters(&mut self) {
        if !self.row.may_be_broken() {
            return;
        }
        for (place, heading) in self.columns.headings.iter().enumerate() {
            let Use::Read(column) = heading.used else {
                continue;
            };
            let cell = self.row.cell(place);
            let doubt = if names::was_not_worked_out(cell) && !column.must_be_right() {
                Doubt::NotWorkedOut
            } else if let Some(meant) = broken::meant(cell) {
                Doubt::BrokenLetters { meant }
            } else if broken::has_lost_letter(cell, column.is_name() || column.is_address()) {
                Doubt::LostLetter
            } else {
                continue;
            };
            let told = Warning::new(self.row.line, &heading.text, cell, doubt);
            self.warnings.push(told);
        }
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.place(column).is_some()
    }

    /// The heading of a column as it stands in the file.
    pub(super) fn heading(&self, column: Column) -> &'r str {
        self.columns.heading(column)
    }

    /// The words of a cell; empty when the file has no such column.
    pub(super) fn text(&self, column: Column) -> &'r str {
        let cell = self
            .columns
            .place(column)
            .map_or("", |place| self.row.cell(place));
        let is_lost =
            self.row.may_be_broken() && names::was_not_worked_out(cell) && !column.must_be_right();
        if is_lost { "" } else { cell }
    }

    pub(super) fn problem(&mut self, column: Column, reason: Reason) {
        self.problems.push(Problem::new(
            self.row.line,
            self.heading(column),
            self.text(column),
            reason,
        ));
    }

    pub(super) fn doubt(&mut self, column: Column, doubt: Doubt) {
        self.warnings.push(Warning::new(
            self.row.line,
            self.heading(column),
            self.text(column),
            doubt,
        ));
    }

    /// The words of a cell with spaces folded; none when it is empty or says that there is nothing.
    pub(super) fn own_words(&self, column: Column) -> Option<String> {
        let text = self.text(column);
        if text.is_empty() || names::says_nothing(text) {
            None
        } else {
            Some(folded(text))
        }
    }

    /// A name that may be missing, tidied; none when it is empty or says that nobody knows it.
    pub(super) fn own_name(&self, column: Column) -> Option<String> {
        let text = self.text(column);
        if names::says_no_name(text) {
            None
        } else {
            Some(names::tidy(text))
        }
    }

    /// The words of every column with this meaning, each after its heading when there are several.
    pub(super) fn several(&self, column: Column) -> Option<String> {
        self.columns.place(column)?;
        let headings = || {
            self.columns
                .headings
                .iter()
                .enumerate()
                .filter(|(_, heading)| heading.used == Use::Read(column))
        };
        let is_alone = headings().count() == 1 && column == Column::Notes;
        let cells = headings()
            .map(|(place, heading)| (heading, self.row.cell(place)))
            .filter(|(_, cell)| !cell.is_empty());
        let lines: Vec<String> = cells
            .map(|(heading, cell)| {
                if is_alone {
                    cell.to_owned()
                } else {
                    format!("{}: {cell}", heading.text)
                }
            })
            .collect();
        if lines.is_empty() {
            None
        } else {
            Some(lines.join("\n"))
        }
    }

    /// An identifier that must be right when it is there; "n/a" and the like say that the child has none.
    pub(super) fn identifier<Id>(
        &mut self,
        column: Column,
        parse: fn(&str) -> Result<Id, Reason>,
    ) -> Option<Id> {
        let text = self.text(column);
        if text.is_empty() || names::says_nothing(text) {
            return None;
        }
        let id = if names::lost_digits(text) {
            Err(Reason::DigitsLost)
        } else if names::was_not_worked_out(text) {
            Err(Reason::NotWorkedOut)
        } else {
            parse(text)
        };
        id.map_err(|reason| self.problem(column, reason)).ok()
    }

    /// A date that must be there.
    pub(super) fn date(&mut self, column: Column) -> Option<NaiveDate> {
        let text = self.text(column);
        if text.is_empty() {
            self.problem(column, Reason::Missing);
            return None;
        }
        let date = self
            .day(text)
            .map_err(|problem| self.problem(column, Reason::Date(problem)))
            .ok()?;
        if self.columns.month_first.contains(&column)
            && let Some(or) = month_first(text).filter(|or| *or != date)
        {
            self.doubt(column, Doubt::DayOrMonthFirst { read: date, or });
        }
        Some(date)
    }

    /// A workbook says from which day it counts, so that a number in it is a day; in plain text it may be either of two.
    fn day(&self, text: &str) -> Result<NaiveDate, DateProblem> {
        let counted = self.columns.dates.zip(spreadsheet_number(text));
        match counted.and_then(|(dates, number)| dates.day(number)) {
            Some(day) => Ok(day),
            None => parse_uk(text),
        }
    }

    /// A date that may be missing and must not be after today.
    pub(super) fn past_date(&mut self, column: Column, today: NaiveDate) -> Option<NaiveDate> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        if names::says_nothing(text) {
            self.doubt(column, Doubt::NoDate);
            return None;
        }
        let date = self.date(column)?;
        if date > today {
            self.problem(column, Reason::InTheFuture);
            return None;
        }
        Some(date)
    }

    /// A code of a list; a word that the list does not hold leaves it unknown, with a warning.
    pub(super) fn code<Code>(
        &mut self,
        column: Column,
        field: &'static str,
        find: impl Fn(&str) -> Option<Code>,
    ) -> Option<Code> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let found = find(text);
        if found.is_none() && !names::says_nothing(text) {
            self.doubt(column, Doubt::UnknownWord { field });
        }
        found
    }

    /// Whether a cell holds a name; says so when it does not.
    pub(super) fn check_name(&mut self, column: Column) -> bool {
        let text = self.text(column);
        if text.is_empty() {
            self.problem(column, Reason::Missing);
            return false;
        }
        if !names::is_name(text) {
            self.problem(column, Reason::NotAName);
            return false;
        }
        true
    }
}
