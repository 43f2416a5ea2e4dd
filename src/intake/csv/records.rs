//! Cuts the text of a file into records of cells and knows on which line of the file each begins.
//!
//! A line is what a text editor numbers: a quoted line break inside a cell counts, so a spreadsheet's own row numbers
//! run behind once a cell holds one. A sheet of a workbook is text too, of rows that bring their own numbers.
//!
//! Each byte is looked at a bounded number of times, whatever the file holds: a quotation mark that nobody closed is
//! looked for within [`MOST_LINES`] lines and [`LONGEST_CELL`] characters, never to the end of the file.

use std::borrow::Cow;

use csv::StringRecord;
use memchr::{memchr, memchr_iter, memchr3};

use crate::intake::limits::{LONGEST_CELL, MOST_COLUMNS, MOST_LINES};
use crate::intake::workbook::grid;
use crate::rules::text;

/// The character between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, as spreadsheet programs set to a continental language write.
    Semicolon,
    Tab,
    /// `|`
    Bar,
}

impl Delimiter {
    /// Every delimiter, the commonest first.
    pub const ALL: &'static [Self] = &[Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    /// The character itself.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }

    /// The word for a report.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Bar => "vertical bar",
        }
    }
}

/// How the cells of a text are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As CSV.
    Text(Delimiter),
    /// As `workbook::grid` writes the rows of a workbook's sheet.
    Grid,
}

/// Why a record cannot be cut into cells that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Torn {
    /// A quotation mark opens a cell and none closes it: the first line was read as if it meant nothing.
    OpenQuote,
    /// A cell is longer than [`LONGEST_CELL`]; it was cut off there.
    LongCell,
    /// There are this many cells, of which the first [`MOST_COLUMNS`] are kept.
    ManyCells(usize),
}

/// One record: the cells of a line, or of several lines when a quoted cell holds line breaks.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line of the file where it begins, the first line being 1; in a workbook the number of the row.
    pub line: usize,
    /// Where the record after it begins, in bytes from the start of the text.
    pub end: usize,
    /// Its cells as they stand in the file, without the quotes around them and without what cannot be seen.
    pub cells: StringRecord,
    pub torn: Option<Torn>,
}

/// The records of a text, one after the other.
pub struct Records<'t> {
    text: &'t str,
    layout: Layout,
    end: usize,
    line: usize,
    blank: usize,
}

impl<'t> Records<'t> {
    /// Starts at byte `start` of the text, which is on line `line`.
    pub fn new(text: &'t str, layout: Layout, start: usize, line: usize) -> Self {
        Self {
            text,
            layout,
            end: start,
            line,
            blank: 0,
        }
    }

    /// How many empty lines were passed over.
    pub fn blank_lines(&self) -> usize {
        self.blank
    }

    /// How many bytes of the text have been read.
    pub fn bytes_read(&self) -> usize {
        self.end
    }

    /// The line on which the next record begins.
    pub fn line(&self) -> usize {
        self.line
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.end..).unwrap_or_default()
    }

    fn next_of_text(&mut self, delimiter: Delimiter) -> Option<Record> {
        self.pass_blank_lines();
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let mut cut = Cut::new(rest, delimiter);
        let open = cut.quoted().err();
        if let Some(torn) = open {
            cut = Cut::new(rest, delimiter);
            cut.first_line(torn);
        }
        let line = self.line;
        self.end += cut.at;
        self.line += line_feeds(rest.as_bytes().get(..cut.at).unwrap_or_default());
        Some(Record {
            line,
            end: self.end,
            cells: cleaned(cut.cells),
            torn: cut.torn,
        })
    }

    fn pass_blank_lines(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte @ (b'\n' | b'\r')) = bytes.get(self.end) {
            let ends_line = usize::from(*byte == b'\n');
            self.blank += ends_line;
            self.line += ends_line;
            self.end += 1;
        }
    }

    fn next_of_grid(&mut self) -> Option<Record> {
        let row = grid::next_row(self.rest())?;
        self.end += row.length;
        self.line = row.number + 1;
        Some(Record {
            line: row.number,
            end: self.end,
            cells: row.cells().collect(),
            torn: None,
        })
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        match self.layout {
            Layout::Text(delimiter) => self.next_of_text(delimiter),
            Layout::Grid => self.next_of_grid(),
        }
    }
}

/// A record being cut off the start of a text.
struct Cut<'t> {
    text: &'t str,
    delimiter: u8,
    cells: StringRecord,
    /// The byte that is looked at next.
    at: usize,
    found: usize,
    torn: Option<Torn>,
}

impl<'t> Cut<'t> {
    fn new(text: &'t str, delimiter: Delimiter) -> Self {
        Self {
            text,
            delimiter: delimiter.byte(),
            cells: StringRecord::new(),
            at: 0,
            found: 0,
            torn: None,
        }
    }

    /// Cuts the record as RFC 4180 has it, kindly: a quotation mark within a cell that does not begin with one is a
    /// character like any other.
    fn quoted(&mut self) -> Result<(), Torn> {
        loop {
            let cell = if self.byte() == Some(b'"') {
                self.quoted_cell()?
            } else {
                Cow::Borrowed(self.plain_cell())
            };
            self.keep(&cell);
            if self.ends() {
                return Ok(());
            }
        }
    }

    /// Cuts the first line alone, as if quotation marks meant nothing.
    fn first_line(&mut self, torn: Torn) {
        loop {
            let cell = self.plain_cell();
            self.keep(cell);
            if self.ends() {
                break;
            }
        }
        self.torn = Some(torn);
    }

    /// A cell that begins with a quotation mark, without those around it.
    ///
    /// Whole rows, children and all, would be taken into one cell if a mark that nobody closed were read to the next
    /// one: that one opens another cell further down, and words follow it where a delimiter ought to.
    fn quoted_cell(&mut self) -> Result<Cow<'t, str>, Torn> {
        let began = self.at + 1;
        let bytes = self.text.as_bytes();
        let to = bytes.len().min(began + LONGEST_CELL * 4);
        let mut cell = String::new();
        let mut breaks = 0;
        self.at = began;
        loop {
            let ahead = bytes.get(self.at..to).unwrap_or_default();
            let mark = memchr(b'"', ahead);
            breaks += line_feeds(ahead.get(..mark.unwrap_or(ahead.len())).unwrap_or_default());
            let Some(mark) = mark.filter(|_| breaks <= MOST_LINES) else {
                let is_long = breaks == 0 && to < bytes.len();
                return Err(if is_long {
                    Torn::LongCell
                } else {
                    Torn::OpenQuote
                });
            };
            let mark = self.at + mark;
            let is_doubled = bytes.get(mark + 1) == Some(&b'"');
            cell.push_str(self.between(self.at, mark + usize::from(is_doubled)));
            self.at = mark + 1 + usize::from(is_doubled);
            if !is_doubled {
                break;
            }
        }
        let after = self.plain_cell();
        if breaks > 0 && !after.trim().is_empty() {
            return Err(Torn::OpenQuote);
        }
        cell.push_str(after);
        Ok(Cow::Owned(cell))
    }

    /// All up to the next delimiter or the end of the line.
    fn plain_cell(&mut self) -> &'t str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        let cell = self.between(self.at, self.at + length);
        self.at += length;
        cell
    }

    fn keep(&mut self, cell: &str) {
        self.found += 1;
        if self.found > MOST_COLUMNS {
            self.torn = Some(Torn::ManyCells(self.found));
            return;
        }
        let cut_off = |cell: &str| cell.char_indices().nth(LONGEST_CELL).map(|(at, _)| at);
        match Some(cell)
            .filter(|cell| cell.len() > LONGEST_CELL)
            .and_then(cut_off)
        {
            Some(at) => {
                self.cells.push_field(cell.get(..at).unwrap_or_default());
                self.torn = Some(Torn::LongCell);
            }
            None => self.cells.push_field(cell),
        }
    }

    /// Steps over what ends a cell; whether the record ends with it.
    fn ends(&mut self) -> bool {
        let byte = self.byte();
        self.at += usize::from(byte.is_some());
        if byte == Some(b'\r') && self.byte() == Some(b'\n') {
            self.at += 1;
        }
        byte != Some(self.delimiter)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn between(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// The cells without what cannot be seen. Most records are plain English and stay as they are.
fn cleaned(cells: StringRecord) -> StringRecord {
    match text::clean_lines(cells.as_slice()) {
        Cow::Borrowed(_) => cells,
        Cow::Owned(_) => cells.iter().map(text::clean_lines).collect(),
    }
}

fn line_feeds(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const COMMA: Layout = Layout::Text(Delimiter::Comma);

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = Records::new(text, COMMA, 0, 1);
        records
            .map(|record| {
                (
                    record.line,
                    record.cells.iter().map(str::to_owned).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn numbers_lines_as_a_text_editor_does() {
        for text in [
            "a,b\n\n\n\"1\n2\",x\nc,d\n",
            "a,b\r\n\r\n\r\n\"1\r\n2\",x\r\nc,d\r\n",
            "a,b\n\n\n\"1\n2\",x\nc,d",
        ] {
            let found: Vec<usize> = lines(text).into_iter().map(|(line, _)| line).collect();
            assert_eq!(found, [1, 4, 6], "{text:?}");
        }
    }

    #[test]
    fn keeps_an_open_quote_from_swallowing_rows() {
        let found = lines("1,\"Old Mill,x,y\n2,b,c,d\n3,\"b\",c,d\n");
        let firsts: Vec<&str> = found.iter().map(|(_, cells)| cells[0].as_str()).collect();
        assert_eq!(firsts, ["1", "2", "3"]);
        assert_eq!(found[0].1, ["1", "\"Old Mill", "x", "y"]);
        let to_the_end = Records::new("1,\"Old Mill\n2,b\n", COMMA, 0, 1);
        let flags: Vec<bool> = to_the_end.map(|record| record.torn.is_some()).collect();
        assert_eq!(flags, [true, false]);
    }

    #[test]
    fn keeps_cells_of_many_lines_and_commas() {
        let found = lines("1,\"English, maths, art\n3, 4, 5, \"\"six\"\"\n\",x\n2,b\n");
        assert_eq!(
            found[0].1,
            ["1", "English, maths, art\n3, 4, 5, \"six\"\n", "x"]
        );
        assert_eq!(found[1].0, 4);
    }

    #[test]
    fn counts_empty_lines() {
        let mut records = Records::new("\n\na,b\r\n\r\nc,d\n\n", COMMA, 0, 1);
        assert_eq!(records.by_ref().count(), 2);
        assert_eq!(records.blank_lines(), 4);
        assert_eq!(records.bytes_read(), 14);
    }

    #[test]
    fn takes_a_mark_that_closes_nothing_for_what_it_is() {
        let found = lines("1,\"Old Mill,x\n2,b,\" c\n3,d,e\n");
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(lines("1,\"5\" pipe,x\n")[0].1, ["1", "5 pipe", "x"]);
        assert_eq!(lines("1,\"a\" ,x\n")[0].1, ["1", "a ", "x"]);
    }

    #[test]
    fn leaves_out_what_cannot_be_seen() {
        let found = lines("Ada,Mo\u{7}ss,\u{200b},Zoe\u{308}\n");
        assert_eq!(found[0].1, ["Ada", "Moss", "", "Zoë"]);
    }

    #[test]
    fn keeps_what_is_too_long_or_too_wide_within_bounds() {
        let torn = |text: &str| {
            let record = Records::new(text, COMMA, 0, 1).next().unwrap();
            (
                record.torn,
                record.cells.len(),
                record.cells.as_slice().len(),
            )
        };
        let long = "é".repeat(LONGEST_CELL + 1);
        let kept = 2 * LONGEST_CELL;
        assert_eq!(torn(&long), (Some(Torn::LongCell), 1, kept));
        assert_eq!(
            torn(&format!("\"{long}\"")),
            (Some(Torn::LongCell), 1, kept)
        );
        let wide = ",".repeat(MOST_COLUMNS);
        assert_eq!(
            torn(&wide),
            (Some(Torn::ManyCells(MOST_COLUMNS + 1)), MOST_COLUMNS, 0)
        );
        let quoted = format!("\"{}\n", "x".repeat(5 * LONGEST_CELL));
        assert_eq!(torn(&quoted).0, Some(Torn::LongCell));
        let many_lines = format!("\"{}\"", "x\n".repeat(MOST_LINES + 1));
        assert_eq!(torn(&many_lines).0, Some(Torn::OpenQuote));
    }

    #[test]
    fn looks_for_the_end_of_an_open_quote_near_by_only() {
        let list = "a,\"b\n".repeat(200_000) + &"c,d\n".repeat(500_000);
        let began = std::time::Instant::now();
        let records = Records::new(&list, COMMA, 0, 1);
        let torn = records.filter(|record| record.torn.is_some()).count();
        assert_eq!(torn, 200_000);
        // Each mark was looked for to the end of the file before: hours.
        assert!(began.elapsed().as_secs() < 60);
    }
}
