//! One sheet of an Excel workbook [18.3]: its cells, what of them is hidden, which are merged.

use super::{Words, Xlsx};
use crate::intake::limits::{LONGEST_CELL, MOST_COLUMNS};
use crate::intake::workbook::WorkbookProblem;
use crate::intake::workbook::grid::{Grid, GridWriter};
use crate::intake::workbook::value::{Shown, in_words, yes_or_no};
use crate::intake::workbook::xml::{Piece, Tag, Xml};

/// Reads one sheet.
pub(super) struct SheetReader<'w, 'a> {
    workbook: &'w Xlsx<'a>,
    writer: GridWriter,
    row: usize,
    cell: Cell,
    words: Words,
    is_in_value: bool,
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    /// From 0.
    column: usize,
    /// What its value is [18.18.11]: `s` a place among the shared words, `n` a number …
    kind: String,
    format: usize,
    value: String,
}

impl<'w, 'a> SheetReader<'w, 'a> {
    pub(super) fn new(workbook: &'w Xlsx<'a>, most_rows: Option<usize>) -> Self {
        Self {
            workbook,
            writer: GridWriter::new(most_rows),
            row: 0,
            cell: Cell::default(),
            words: Words::default(),
            is_in_value: false,
        }
    }

    pub(super) fn read(mut self, mut xml: Xml<'_>) -> Result<Grid, WorkbookProblem> {
        let mut columns = 0;
        while !self.writer.is_full() {
            match xml.next()? {
                Piece::Open(tag) => match tag.name() {
                    "col" => self.note_columns(&tag),
                    "row" => {
                        self.begin_row(&tag)?;
                        columns = 0;
                    }
                    "c" => {
                        self.begin_cell(&tag, columns);
                        columns = self.cell.column + 1;
                    }
                    "v" => self.is_in_value = true,
                    "mergeCell" => self.note_merged(&tag),
                    name => self.words.open(name),
                },
                Piece::Text(text) => {
                    let kept = if self.is_in_value {
                        &text
                    } else {
                        self.words.kept(&text)
                    };
                    if self.cell.value.len() <= LONGEST_CELL * 4 {
                        self.cell.value.push_str(kept);
                    }
                }
                Piece::Close(name) => match name.as_str() {
                    "v" => self.is_in_value = false,
                    "c" => self.end_cell()?,
                    name => self.words.close(name),
                },
                Piece::End => break,
            }
        }
        Ok(self.writer.finish())
    }

    fn note_columns(&mut self, tag: &Tag<'_>) {
        if !tag.is_set("hidden") {
            return;
        }
        let (first, last) = (
            tag.number("min").unwrap_or(1),
            tag.number("max").unwrap_or(0),
        );
        for column in first.max(1)..=last.min(MOST_COLUMNS) {
            self.writer.hide_column(column - 1);
        }
    }

    fn begin_row(&mut self, tag: &Tag<'_>) -> Result<(), WorkbookProblem> {
        self.row = tag.number("r").unwrap_or(self.row + 1);
        self.writer.begin_row(self.row, tag.is_set("hidden"))
    }

    fn begin_cell(&mut self, tag: &Tag<'_>, next_column: usize) {
        let named = tag.get("r").and_then(|name| column_of(&name));
        self.cell = Cell {
            column: named.unwrap_or(next_column),
            kind: tag.get("t").unwrap_or_default(),
            format: tag.number("s").unwrap_or_default(),
            value: String::new(),
        };
    }

    fn end_cell(&mut self) -> Result<(), WorkbookProblem> {
        let cell = std::mem::take(&mut self.cell);
        let value = cell.value.as_str();
        if value.is_empty() {
            return Ok(());
        }
        let words = match cell.kind.as_str() {
            "s" => {
                let place = value.trim().parse().ok();
                let words = place.and_then(|place| self.workbook.strings.get(place));
                return self
                    .writer
                    .cell(cell.column, words.ok_or(WorkbookProblem::Damaged)?);
            }
            "b" => yes_or_no(value.trim() == "1").to_owned(),
            "str" | "inlineStr" | "e" => return self.writer.cell(cell.column, value),
            "d" => value.trim_end_matches("T00:00:00").to_owned(),
            _ => self.number(value, cell.format),
        };
        self.writer.cell(cell.column, &words)
    }

    fn number(&self, value: &str, format: usize) -> String {
        let shown = self.workbook.formats.get(format).copied();
        match value.trim().parse::<f64>() {
            Ok(number) => in_words(
                number,
                shown.unwrap_or(Shown::AsNumber),
                self.workbook.dates,
            ),
            Err(_) => value.to_owned(),
        }
    }

    fn note_merged(&mut self, tag: &Tag<'_>) {
        let place = tag.get("ref").unwrap_or_default();
        let rows: Vec<usize> = place.split(':').filter_map(row_of).collect();
        if let [first, last] = rows.as_slice() {
            self.writer.merged(*first, *last);
        }
    }
}

/// "AB12" is in column 27, from 0.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.take(6).fold(0, |column, letter| {
        column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    column.checked_sub(1)
}

fn row_of(name: &str) -> Option<usize> {
    name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '$')
        .parse()
        .ok()
}
