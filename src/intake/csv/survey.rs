//! Looks through all rows once before any is read: some things about a column only its other cells tell.

use chrono::Datelike;

use super::column::Column;
use super::heading::{Heading, Use};
use super::no_list::SheetProblem;
use super::rows::{Row, unguarded};
use crate::intake::limits::{MOST_ROWS, ROWS_AT_A_TIME};
use crate::intake::workbook::{KeepOn, WorkbookProblem};
use crate::rules::dates::month_first;

/// What the cells of a list tell about its columns.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Columns of dates in which some can only be read with the month first: that makes the others doubtful.
    pub(super) month_first: Vec<Column>,
    /// Whether the cells of each column begin with an apostrophe that guards them.
    pub(super) guarded: Vec<bool>,
    filled: Vec<usize>,
}

impl Survey {
    /// Looks through the rows below these headings.
    pub(super) fn of(
        headings: &[Heading],
        rows: impl Iterator<Item = Row>,
        keep_on: KeepOn<'_>,
    ) -> Result<Self, SheetProblem> {
        let mut survey = Self {
            filled: vec![0; headings.len()],
            ..Self::default()
        };
        let mut apostrophes = vec![0; headings.len()];
        let dates = headings.iter().enumerate();
        let dates = dates.filter_map(|(place, heading)| match heading.used {
            Use::Read(column) if column.is_date() => Some((place, column)),
            _ => None,
        });
        let mut undecided: Vec<(usize, Column)> = dates.collect();
        for (count, row) in rows.enumerate() {
            if count >= MOST_ROWS {
                return Err(SheetProblem::TooManyRows);
            }
            if count % ROWS_AT_A_TIME == 0 && !keep_on() {
                return Err(WorkbookProblem::Stopped.into());
            }
            if row.fault.is_some() {
                continue;
            }
            survey.count(&row, &mut apostrophes);
            undecided.retain(|(place, column)| {
                let is_month_first = can_only_be_month_first(row.cell(*place));
                if is_month_first {
                    survey.month_first.push(*column);
                }
                !is_month_first
            });
        }
        // One apostrophe may belong to a name ("'t Hooft"); a column of them was written by a program.
        const COLUMN: usize = 5;
        let both = survey.filled.iter().zip(apostrophes);
        survey.guarded = both
            .map(|(filled, guarded)| guarded >= COLUMN && guarded * 2 > *filled)
            .collect();
        Ok(survey)
    }

    fn count(&mut self, row: &Row, apostrophes: &mut [usize]) {
        for (place, cell) in row.raw_cells().take(self.filled.len()).enumerate() {
            let cell = cell.trim();
            if let Some(filled) = self.filled.get_mut(place).filter(|_| !cell.is_empty()) {
                *filled += 1;
            }
            if let Some(guarded) = apostrophes
                .get_mut(place)
                .filter(|_| unguarded(cell).is_some())
            {
                *guarded += 1;
            }
        }
    }

    /// Whether any cell of a column holds words.
    pub(super) fn has_words(&self, place: usize) -> bool {
        self.filled.get(place).is_some_and(|filled| *filled > 0)
    }
}

fn can_only_be_month_first(cell: &str) -> bool {
    month_first(cell).is_some_and(|date| date.day() > 12)
}
