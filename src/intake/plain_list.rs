//! Small lists with headings that Hearth gives: terms, episodes. Every refusal names its line and its column.

use std::fmt;

use chrono::NaiveDate;

use crate::intake::csv::records::{Delimiter, swallows_lines};
use crate::intake::csv::text::{self, NotText};
use crate::rules::dates::parse_uk;

/// Why a line is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line of the file, as a text editor numbers it.
    pub line: u64,
    /// The heading of the column to mend; empty for the whole line.
    pub column: &'static str,
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            "" => write!(out, "line {}: {}", self.line, self.reason),
            column => write!(out, "line {}, {column}: {}", self.line, self.reason),
        }
    }
}

/// Why a file is no such list.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// Not plain text.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// The headings are others.
    #[error("line 1: the headings must be {expected}; “{found}” is not one of them")]
    UnknownHeading {
        /// What they should be.
        expected: String,
        found: String,
    },
    #[error("line 1: the heading {0} is missing")]
    MissingHeading(&'static str),
    /// One stands there twice.
    #[error("line 1: the heading {0} stands there twice")]
    DoubleHeading(&'static str),
    /// The lines cannot be told apart.
    #[error("the file cannot be read as CSV: {0}")]
    Csv(#[from] csv::Error),
}

/// A line of the list.
pub struct Line {
    pub number: u64,
    cells: Vec<(&'static str, String)>,
}

impl Line {
    /// What a column says, without blanks around it; empty where the list has no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> &str {
        let cell = self.cells.iter().find(|(name, _)| *name == column);
        cell.map_or("", |(_, text)| text)
    }

    /// A refusal of this line.
    pub fn refuse(&self, column: &'static str, reason: impl fmt::Display) -> Refused {
        Refused {
            line: self.number,
            column,
            reason: reason.to_string(),
        }
    }

    /// The date in a column.
    ///
    /// # Errors
    /// When there is none.
    pub fn date(&self, column: &'static str) -> Result<NaiveDate, Refused> {
        parse_uk(self.get(column)).map_err(|problem| self.refuse(column, problem))
    }

    /// The date in a column that may be empty.
    ///
    /// # Errors
    /// When what stands there is no date.
    pub fn date_if_any(&self, column: &'static str) -> Result<Option<NaiveDate>, Refused> {
        match self.get(column) {
            "" => Ok(None),
            _ => self.date(column).map(Some),
        }
    }
}

/// The columns that a list may have, those that it needs first.
pub struct Columns {
    /// Without one of these it is no such list.
    pub needed: &'static [&'static str],
    /// These may be left out.
    pub other: &'static [&'static str],
}

impl Columns {
    fn named(&self, heading: &str) -> Option<&'static str> {
        let plain = heading.trim().to_lowercase().replace([' ', '-'], "_");
        let all = self.needed.iter().chain(self.other).copied();
        all.into_iter().find(|column| *column == plain)
    }
}

/// The lines of a list; those with nothing in them are passed over, and a line with too many or too few cells is refused.
///
/// # Errors
/// When it is no text or has other headings.
pub fn read(bytes: &[u8], columns: &Columns) -> Result<(Vec<Line>, Vec<Refused>), FileProblem> {
    let (text, _) = text::read(bytes)?;
    let text = text.replace("\r\n", "\n");
    let mut counted = LineCount::of(&text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = headings(reader.headers()?, columns)?;
    let (mut lines, mut refused) = (Vec::new(), Vec::new());
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let began = record.position().map_or(0, csv::Position::byte);
        let number = counted.line_at(began);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if is_open_ended(&text, began, reader.position().byte()) {
            refused.push(Refused {
                line: number,
                column: "",
                reason: "A quotation mark opens a cell of this line and none closes it, so that lines after it were not read. Close it, and read the list again".to_owned(),
            });
            continue;
        }
        if record.len() != headings.len() {
            refused.push(Refused {
                line: number,
                column: "",
                reason: format!(
                    "This line has {} cells and the headings are {}. A comma within a cell needs quotation marks around the cell",
                    record.len(),
                    headings.len()
                ),
            });
            continue;
        }
        let cells = headings
            .iter()
            .copied()
            .zip(record.iter().map(str::to_owned));
        lines.push(Line {
            number,
            cells: cells.collect(),
        });
    }
    Ok((lines, refused))
}

/// Whether somebody forgot a quotation mark, so that a cell ends with the file or took the lines after it.
fn is_open_ended(text: &str, began: u64, ended: u64) -> bool {
    let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let raw = text.get(place(began)..place(ended)).unwrap_or_default();
    raw.matches('"').count() % 2 == 1 || swallows_lines(raw, Delimiter::Comma)
}

/// Counts lines as a text editor does: the reader's own count stands before blank lines that it passes over.
struct LineCount<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCount<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line of a record that the reader found from this byte on; asked in the order of the file.
    fn line_at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(here) = self.text.get(self.at) {
            if self.at >= byte && *here != b'\n' {
                break;
            }
            self.line += u64::from(*here == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn headings(
    record: &csv::StringRecord,
    columns: &Columns,
) -> Result<Vec<&'static str>, FileProblem> {
    let mut found: Vec<&'static str> = Vec::new();
    for heading in record {
        let Some(column) = columns.named(heading) else {
            let all: Vec<&str> = columns
                .needed
                .iter()
                .chain(columns.other)
                .copied()
                .collect();
            return Err(FileProblem::UnknownHeading {
                expected: all.join(","),
                found: heading.chars().take(60).collect(),
            });
        };
        if found.contains(&column) {
            return Err(FileProblem::DoubleHeading(column));
        }
        found.push(column);
    }
    match columns.needed.iter().find(|needed| !found.contains(needed)) {
        Some(missing) => Err(FileProblem::MissingHeading(missing)),
        None => Ok(found),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns {
        needed: &["name", "first_day"],
        other: &["source"],
    };

    fn refused(text: &str) -> String {
        read(text.as_bytes(), &COLUMNS).err().unwrap().to_string()
    }

    #[test]
    fn cells_are_found_by_their_heading_in_any_order() {
        let (lines, refused) = read(
            b"First day,Name\r\n 2/9/2026 ,\"Autumn,\n half\"\r\n\r\n,\r\n5/9/2026,Two\r\n",
            &COLUMNS,
        )
        .unwrap();
        assert!(refused.is_empty());
        let [one, two] = lines.as_slice() else {
            panic!("two lines")
        };
        assert_eq!(
            (one.number, one.get("name"), one.get("source")),
            (2, "Autumn,\n half", "")
        );
        assert_eq!(one.date("first_day").unwrap().to_string(), "2026-09-02");
        assert_eq!(two.number, 6);
    }

    #[test]
    fn other_headings_and_torn_lines_are_named() {
        assert!(refused("name,start\n").contains("“start” is not one of them"));
        assert_eq!(
            refused("name,source\n"),
            "line 1: the heading first_day is missing"
        );
        assert_eq!(
            refused("name,first_day,name\n"),
            "line 1: the heading name stands there twice"
        );
        let (_, torn) = read(b"name,first_day\nOne,2/9/2026,x\n", &COLUMNS).unwrap();
        assert!(
            torn[0]
                .to_string()
                .starts_with("line 2: This line has 3 cells")
        );
        let (lines, _) = read(b"name,first_day\nOne,32/9/2026\n", &COLUMNS).unwrap();
        let wrong = lines[0].date("first_day").unwrap_err();
        assert!(
            wrong.to_string().starts_with("line 2, first_day: "),
            "{wrong}"
        );
    }

    #[test]
    fn a_quotation_mark_that_nobody_closed_loses_no_line_in_silence() {
        let columns = Columns {
            needed: &["name", "day"],
            other: &[],
        };
        let list = "name,day\nAda,\"1 May\nBen,2 May\nCy,3 May\n";
        let (lines, refused) = read(list.as_bytes(), &columns).unwrap();
        assert!(lines.is_empty());
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].line, 2);
        assert!(refused[0].reason.contains("quotation mark"));
        let (lines, refused) = read(b"name,day\nAda,1 May\nBen,\"2 May", &columns).unwrap();
        assert_eq!((lines.len(), refused.len()), (1, 1));
        let (lines, refused) = read(b"name,day\n\"Ada, B.\",1 May\n", &columns).unwrap();
        assert_eq!((lines.len(), refused.len()), (1, 0));
    }
}
