//! The rows of a sheet as one text, so that a list from a workbook takes no more memory than a list in plain text.
//!
//! A row is its number and its cells, each after a separator that no cell can hold: control characters are taken out of
//! what is typed ([`crate::rules::text`]). Rows without words are left out; the numbers tell which ones are there.

use std::fmt::Write;

use super::WorkbookProblem;
use crate::intake::limits::{LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_TEXT};
use crate::rules::text;

const BEFORE_CELL: char = '\u{1f}';
const AFTER_ROW: char = '\u{1e}';

/// What was read of a sheet.
#[derive(Debug, Default)]
pub struct Grid {
    /// The rows, as [`next_row`] reads them.
    pub text: String,
    /// Numbers of rows with words in them that the sheet does not show.
    pub hidden_rows: Vec<usize>,
    /// How many columns with words in them the sheet does not show.
    pub hidden_columns: usize,
    /// The first and the last row of places where cells were made one.
    pub merged: Vec<(usize, usize)>,
}

/// A row of a grid, at the start of its text.
pub struct GridRow<'g> {
    /// The number that the spreadsheet program shows, from 1.
    pub number: usize,
    /// Its bytes, with what stands between it and the next.
    pub length: usize,
    cells: &'g str,
}

impl<'g> GridRow<'g> {
    /// Its cells, up to the last one with words in it.
    pub fn cells(&self) -> impl Iterator<Item = &'g str> {
        self.cells.split(BEFORE_CELL).skip(1)
    }
}

/// The first row of the text of a [`Grid`].
pub fn next_row(text: &str) -> Option<GridRow<'_>> {
    let end = text.find(AFTER_ROW)?;
    let row = text.get(..end)?;
    let number = row.split(BEFORE_CELL).next()?.parse().ok()?;
    Some(GridRow {
        number,
        length: end + AFTER_ROW.len_utf8(),
        cells: row,
    })
}

/// Writes the cells of a sheet down, in the order of its rows and columns.
pub(super) struct GridWriter {
    grid: Grid,
    rows: usize,
    most_rows: usize,
    /// The row that is being written, and how many of its cells are.
    row: usize,
    columns: usize,
    is_row_hidden: bool,
    hides: Vec<bool>,
    filled: Vec<bool>,
}

impl GridWriter {
    /// For a sheet of which this many rows with words in them are wanted.
    pub(super) fn new(most_rows: Option<usize>) -> Self {
        Self {
            grid: Grid::default(),
            rows: 0,
            most_rows: most_rows.unwrap_or(usize::MAX),
            row: 0,
            columns: 0,
            is_row_hidden: false,
            hides: vec![false; MOST_COLUMNS],
            filled: vec![false; MOST_COLUMNS],
        }
    }

    /// Whether as many rows are written as are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.rows >= self.most_rows
    }

    /// Notes that a column, from 0, is not shown.
    pub(super) fn hide_column(&mut self, column: usize) {
        if let Some(hides) = self.hides.get_mut(column) {
            *hides = true;
        }
    }

    /// Begins the row with this number, which must be higher than the one before.
    pub(super) fn begin_row(
        &mut self,
        number: usize,
        is_hidden: bool,
    ) -> Result<(), WorkbookProblem> {
        self.end_row();
        if number <= self.row {
            return Err(WorkbookProblem::Damaged);
        }
        self.row = number;
        self.columns = 0;
        self.is_row_hidden = is_hidden;
        Ok(())
    }

    /// Writes a cell of the row, `column` from 0; one without words is passed over.
    pub(super) fn cell(&mut self, column: usize, words: &str) -> Result<(), WorkbookProblem> {
        let words = text::clean_lines(words);
        if words.trim().is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(WorkbookProblem::TooManyColumns);
        }
        if words.len() > LONGEST_CELL && words.chars().count() > LONGEST_CELL {
            return Err(WorkbookProblem::LongCell { row: self.row });
        }
        if self.columns == 0 {
            self.open_row()?;
        }
        if column < self.columns {
            return Err(WorkbookProblem::Damaged);
        }
        for _ in self.columns..=column {
            self.grid.text.push(BEFORE_CELL);
        }
        self.grid.text.push_str(&words);
        self.columns = column + 1;
        if let Some(filled) = self.filled.get_mut(column) {
            *filled = true;
        }
        if self.grid.text.len() > MOST_TEXT {
            return Err(WorkbookProblem::TooMuch);
        }
        Ok(())
    }

    fn open_row(&mut self) -> Result<(), WorkbookProblem> {
        // Above the headings there may be other lines.
        const ABOVE: usize = 100;
        self.rows += 1;
        if self.rows > MOST_ROWS + ABOVE {
            return Err(WorkbookProblem::TooManyRows);
        }
        if self.is_row_hidden {
            self.grid.hidden_rows.push(self.row);
        }
        // Writing to a text cannot fail.
        let _ = write!(self.grid.text, "{}", self.row);
        Ok(())
    }

    fn end_row(&mut self) {
        if self.columns > 0 {
            self.grid.text.push(AFTER_ROW);
            self.columns = 0;
        }
    }

    /// Notes a place where cells of these rows were made one.
    pub(super) fn merged(&mut self, first: usize, last: usize) {
        const MOST_NOTED: usize = 10_000;
        if self.grid.merged.len() < MOST_NOTED {
            self.grid.merged.push((first, last));
        }
    }

    /// What was written.
    pub(super) fn finish(mut self) -> Grid {
        self.end_row();
        let both = self.hides.iter().zip(&self.filled);
        self.grid.hidden_columns = both.filter(|(hides, filled)| **hides && **filled).count();
        self.grid
    }
}
