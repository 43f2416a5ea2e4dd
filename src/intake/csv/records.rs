//! Cuts the text of a file into records of cells and knows on which line of the file each begins.
//!
//! A line is what a text editor numbers: a quoted line break inside a cell counts, so a spreadsheet's own row numbers
//! run behind once a cell holds one.

use csv::{Reader, ReaderBuilder, StringRecord};

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

/// One record: the cells of a line, or of several lines when a quoted cell holds line breaks.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line of the file where it begins, the first line being 1.
    pub line: usize,
    /// Where the record after it begins, in bytes from the start of the text.
    pub end: usize,
    /// Its cells, as they stand in the file without the quotes around them.
    pub cells: StringRecord,
    /// A quotation mark opens a cell and none closes it: the first line was read as if it meant nothing.
    pub has_open_quote: bool,
}

/// The records of a text, one after the other.
pub struct Records<'t> {
    text: &'t str,
    delimiter: Delimiter,
    reader: Reader<&'t [u8]>,
    reader_began: usize,
    end: usize,
    counted: usize,
    line: usize,
    blank: usize,
}

impl<'t> Records<'t> {
    /// Starts at byte `start` of the text, which is on line `line`.
    pub fn new(text: &'t str, delimiter: Delimiter, start: usize, line: usize) -> Self {
        let reader = reader(text.get(start..).unwrap_or_default(), delimiter, true);
        Self {
            text,
            delimiter,
            reader,
            reader_began: start,
            end: start,
            counted: start,
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

    fn restart(&mut self, at: usize) {
        self.reader = reader(
            self.text.get(at..).unwrap_or_default(),
            self.delimiter,
            true,
        );
        self.reader_began = at;
        self.end = at;
    }

    /// Moves past the line ends before a record and counts lines up to it; the byte where the record begins.
    fn move_to_record(&mut self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut start = from;
        if start > 0 && bytes.get(start - 1) == Some(&b'\r') && bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        while let Some(b'\n' | b'\r') = bytes.get(start) {
            self.blank += usize::from(bytes.get(start) == Some(&b'\n'));
            start += 1;
        }
        self.line += line_feeds(bytes.get(self.counted..start).unwrap_or_default());
        self.counted = start;
        start
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut cells = StringRecord::new();
        let is_read = self.reader.read_record(&mut cells).unwrap_or(false);
        let start = self.move_to_record(self.end);
        if !is_read {
            self.end = self.text.len();
            return None;
        }
        self.end = self.reader_began
            + usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let raw = self.text.get(start..self.end).unwrap_or_default();
        if !swallows_lines(raw, self.delimiter) {
            return Some(Record {
                line: self.line,
                end: self.end,
                cells,
                has_open_quote: false,
            });
        }
        let first_line = raw.split_inclusive('\n').next().unwrap_or_default();
        let mut unquoted = StringRecord::new();
        // What cannot be read here stays as the swallowing record, which the open quote already refuses.
        if reader(first_line, self.delimiter, false)
            .read_record(&mut unquoted)
            .unwrap_or(false)
        {
            cells = unquoted;
        }
        self.restart(start + first_line.len());
        Some(Record {
            line: self.line,
            end: self.end,
            cells,
            has_open_quote: true,
        })
    }
}

fn reader(text: &str, delimiter: Delimiter, quoting: bool) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .quoting(quoting)
        .buffer_capacity(1 << 16)
        .from_reader(text.as_bytes())
}

fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// More lines than any address or note in a cell has.
const MOST_LINES: usize = 60;

/// Whether a record of several lines is no cell with line breaks but a quotation mark that nobody closed, which would
/// take whole rows, children and all, into one cell: the mark that seems to close it then opens another cell further
/// down, and words follow where a delimiter ought to.
pub(in crate::intake) fn swallows_lines(raw: &str, delimiter: Delimiter) -> bool {
    let raw = raw.trim_end_matches(['\r', '\n']).as_bytes();
    let breaks = line_feeds(raw);
    if breaks == 0 {
        return false;
    }
    let (mut is_quoted, mut at_cell_start) = (false, true);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if is_quoted && byte == b'"' {
            match bytes.peek() {
                Some(b'"') => _ = bytes.next(),
                Some(b' ' | b'\r' | b'\n') | None => is_quoted = false,
                Some(after) if *after == delimiter.byte() => is_quoted = false,
                Some(_) => return true,
            }
        } else if !is_quoted {
            is_quoted = at_cell_start && byte == b'"';
            at_cell_start = byte == delimiter.byte();
        }
    }
    is_quoted || breaks > MOST_LINES
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = Records::new(text, Delimiter::Comma, 0, 1);
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
        let to_the_end = Records::new("1,\"Old Mill\n2,b\n", Delimiter::Comma, 0, 1);
        let flags: Vec<bool> = to_the_end.map(|record| record.has_open_quote).collect();
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
        let mut records = Records::new("\n\na,b\r\n\r\nc,d\n\n", Delimiter::Comma, 0, 1);
        assert_eq!(records.by_ref().count(), 2);
        assert_eq!(records.blank_lines(), 4);
        assert_eq!(records.bytes_read(), 14);
    }
}
