//! LibreOffice's workbooks (OpenDocument, ISO/IEC 26300): all sheets lie in one file, `content.xml`.

use std::collections::HashSet;

use super::archive::Archive;
use super::grid::{Grid, GridWriter};
use super::value::yes_or_no;
use super::xml::{Piece, Tag, Xml};
use super::{KeepOn, Tab, WorkbookProblem};
use crate::intake::limits::{LONGEST_CELL, MOST_COLUMNS, MOST_SHEETS};

/// A workbook of LibreOffice.
pub(super) struct Ods<'a> {
    archive: Archive<'a>,
    keep_on: KeepOn<'a>,
    tabs: Vec<Tab>,
}

impl<'a> Ods<'a> {
    /// Finds the sheets.
    pub(super) fn open(archive: Archive<'a>, keep_on: KeepOn<'a>) -> Result<Self, WorkbookProblem> {
        if is_locked(&archive, keep_on)? {
            return Err(WorkbookProblem::Locked);
        }
        let mut workbook = Self {
            archive,
            keep_on,
            tabs: Vec::new(),
        };
        workbook.tabs = workbook.find_tabs()?;
        Ok(workbook)
    }

    pub(super) fn tabs(&self) -> Vec<Tab> {
        self.tabs.clone()
    }

    pub(super) fn read(
        &self,
        place: usize,
        most_rows: Option<usize>,
    ) -> Result<Grid, WorkbookProblem> {
        let mut xml = self.content()?;
        let mut sheets = 0;
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name() == "table" => {
                    if sheets == place {
                        return TableReader::new(most_rows).read(&mut xml);
                    }
                    sheets += 1;
                }
                Piece::End => return Err(WorkbookProblem::Damaged),
                _ => {}
            }
        }
    }

    fn content(&self) -> Result<Xml<'_>, WorkbookProblem> {
        let file = self.archive.read("content.xml")?;
        Ok(Xml::new(
            file.ok_or(WorkbookProblem::NoWorkbook)?,
            self.keep_on,
        ))
    }

    fn find_tabs(&self) -> Result<Vec<Tab>, WorkbookProblem> {
        let mut xml = self.content()?;
        let (mut tabs, mut hidden, mut style) = (Vec::new(), HashSet::new(), String::new());
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name() {
                    "style" => style = tag.get("name").unwrap_or_default(),
                    "table-properties" if tag.get("display").as_deref() == Some("false") => {
                        hidden.insert(std::mem::take(&mut style));
                    }
                    "table" if tabs.len() <= MOST_SHEETS => tabs.push(Tab {
                        name: tag.get("name").unwrap_or_default(),
                        is_hidden: tag
                            .get("style-name")
                            .is_some_and(|name| hidden.contains(&name)),
                    }),
                    _ => {}
                },
                Piece::End => return Ok(tabs),
                _ => {}
            }
        }
    }
}

/// Whether the list of files says that they are encrypted.
fn is_locked(archive: &Archive<'_>, keep_on: KeepOn<'_>) -> Result<bool, WorkbookProblem> {
    let Some(file) = archive.read("META-INF/manifest.xml")? else {
        return Ok(false);
    };
    let mut xml = Xml::new(file, keep_on);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "encryption-data" => return Ok(true),
            Piece::End => return Ok(false),
            _ => {}
        }
    }
}

/// Reads one sheet, from behind its opening tag to its closing one.
struct TableReader {
    writer: GridWriter,
    /// Columns that were declared so far, and columns of the row that were read.
    declared: usize,
    column: usize,
    /// The number of the row, and how many rows are as it is.
    row: usize,
    repeated: usize,
    is_row_hidden: bool,
    /// The cells of the row: where from, how many times, what.
    cells: Vec<(usize, usize, String)>,
    cell: Cell,
    /// Within so many tags of a comment or a drawing, whose words are not those of the cell.
    aside: usize,
    is_in_paragraph: bool,
}

#[derive(Default)]
struct Cell {
    repeated: usize,
    /// What the cell is worth, where that says more than what it shows.
    worth: Option<String>,
    is_number: bool,
    words: String,
    paragraphs: usize,
}

impl TableReader {
    fn new(most_rows: Option<usize>) -> Self {
        Self {
            writer: GridWriter::new(most_rows),
            declared: 0,
            column: 0,
            row: 0,
            repeated: 0,
            is_row_hidden: false,
            cells: Vec::new(),
            cell: Cell::default(),
            aside: 0,
            is_in_paragraph: false,
        }
    }

    fn read(mut self, xml: &mut Xml<'_>) -> Result<Grid, WorkbookProblem> {
        while !self.writer.is_full() {
            match xml.next()? {
                Piece::Open(_) if self.aside > 0 => self.aside += 1,
                Piece::Close(_) if self.aside > 0 => self.aside -= 1,
                Piece::Text(_) if self.aside > 0 => {}
                Piece::Open(tag) => self.open(&tag),
                Piece::Text(text) if self.is_in_paragraph => self.say(&text),
                Piece::Text(_) => {}
                Piece::Close(name) => match name.as_str() {
                    "p" => self.is_in_paragraph = false,
                    "table-cell" | "covered-table-cell" => self.end_cell()?,
                    "table-row" => self.end_row()?,
                    "table" => break,
                    _ => {}
                },
                Piece::End => return Err(WorkbookProblem::Damaged),
            }
        }
        Ok(self.writer.finish())
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let times = |name: &str| tag.number(name).unwrap_or(1).max(1);
        let is_hidden = || {
            tag.get("visibility")
                .is_some_and(|shown| shown != "visible")
        };
        match tag.name() {
            "table-column" => {
                let to = self
                    .declared
                    .saturating_add(times("number-columns-repeated"));
                if is_hidden() {
                    for column in self.declared..to.min(MOST_COLUMNS) {
                        self.writer.hide_column(column);
                    }
                }
                self.declared = to;
            }
            "table-row" => {
                self.repeated = times("number-rows-repeated");
                self.is_row_hidden = is_hidden();
                self.column = 0;
                self.cells.clear();
            }
            "table-cell" | "covered-table-cell" => {
                self.cell = Cell {
                    repeated: times("number-columns-repeated"),
                    worth: worth(tag),
                    is_number: tag.get("value-type").as_deref() == Some("float"),
                    ..Cell::default()
                };
                let rows = times("number-rows-spanned");
                if rows > 1 || times("number-columns-spanned") > 1 {
                    let first = self.row + 1;
                    self.writer.merged(first, first.saturating_add(rows - 1));
                }
            }
            "p" => {
                self.is_in_paragraph = true;
                if self.cell.paragraphs > 0 {
                    self.say("\n");
                }
                self.cell.paragraphs += 1;
            }
            "s" => self.say(&" ".repeat(times("c").min(100))),
            "tab" => self.say(" "),
            "line-break" => self.say("\n"),
            "annotation" | "shapes" | "frame" | "ruby-text" => self.aside = 1,
            _ => {}
        }
    }

    fn say(&mut self, words: &str) {
        if self.cell.words.len() <= LONGEST_CELL * 4 {
            self.cell.words.push_str(words);
        }
    }

    fn end_cell(&mut self) -> Result<(), WorkbookProblem> {
        let cell = std::mem::take(&mut self.cell);
        // A number that is shown with zeros in front, or as a word, is meant so; "9E+09" and "1,234" only look so.
        let is_word = |letter: char| letter.is_alphabetic() && !matches!(letter, 'e' | 'E');
        let shows_more = cell.words.starts_with('0') || cell.words.contains(is_word);
        let shows_more = cell.is_number && shows_more;
        let words = cell.worth.filter(|_| !shows_more).unwrap_or(cell.words);
        if !words.trim().is_empty() {
            if self.cells.len() >= MOST_COLUMNS {
                return Err(WorkbookProblem::TooManyColumns);
            }
            self.cells.push((self.column, cell.repeated.max(1), words));
        }
        self.column = self.column.saturating_add(cell.repeated.max(1));
        Ok(())
    }

    /// Writes the row as often as it is repeated: each time is a child, or was one.
    fn end_row(&mut self) -> Result<(), WorkbookProblem> {
        let last = self.row.saturating_add(self.repeated.max(1));
        if self.cells.is_empty() {
            self.row = last;
            return Ok(());
        }
        let cells = std::mem::take(&mut self.cells);
        while self.row < last && !self.writer.is_full() {
            self.row += 1;
            self.writer.begin_row(self.row, self.is_row_hidden)?;
            for (column, repeated, words) in &cells {
                for place in 0..(*repeated).min(MOST_COLUMNS + 1) {
                    self.writer.cell(column.saturating_add(place), words)?;
                }
            }
        }
        Ok(())
    }
}

/// The value of a cell where its words may show less: a date shown as "Apr 15", a number shown as "9E+09".
fn worth(tag: &Tag<'_>) -> Option<String> {
    match tag.get("value-type")?.as_str() {
        "date" => Some(
            tag.get("date-value")?
                .trim_end_matches("T00:00:00")
                .to_owned(),
        ),
        "float" => tag.get("value"),
        "boolean" => Some(yes_or_no(tag.get("boolean-value")? == "true").to_owned()),
        _ => None,
    }
}
