//! Small lists with headings that Hearth gives: terms, episodes; as CSV or as a sheet of a workbook. Every refusal names its line and
//! its column.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;

use crate::intake::csv::records::{Delimiter, Layout, Record, Records, Torn};
use crate::intake::csv::text::{self, NotText};
use crate::intake::limits::{LARGEST_FILE, LONGEST_CELL, MOST_ROWS};
use crate::intake::workbook::{Workbook, WorkbookProblem, is_workbook};
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
    /// Packed as a workbook is, and none that can be read.
    #[error(transparent)]
    Workbook(#[from] WorkbookProblem),
    #[error(
        "the file is larger than {} MB. Divide the list and send the parts one after the other",
        LARGEST_FILE / 1024 / 1024
    )]
    TooLarge,
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
    /// More than any such list has.
    #[error(
        "the list has more than {MOST_ROWS} lines. Divide it and send the parts one after the other"
    )]
    TooManyRows,
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
/// When it is neither text nor a workbook, or has other headings.
pub fn read(bytes: &[u8], columns: &Columns) -> Result<(Vec<Line>, Vec<Refused>), FileProblem> {
    let (text, layout) = text_of(bytes, columns)?;
    let mut records = Records::new(&text, layout, 0, 1);
    let headings = headings(&records.next().unwrap_or_default().cells, columns)?;
    let (mut lines, mut refused) = (Vec::new(), Vec::new());
    for record in records {
        let number = record.line as u64;
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if let Some(reason) = why_torn(&record, layout, headings.len()) {
            refused.push(Refused {
                line: number,
                column: "",
                reason,
            });
            continue;
        }
        let cells = record.cells.iter().map(|cell| cell.trim().to_owned());
        lines.push(Line {
            number,
            cells: headings.iter().copied().zip(cells).collect(),
        });
        if lines.len() + refused.len() > MOST_ROWS {
            return Err(FileProblem::TooManyRows);
        }
    }
    Ok((lines, refused))
}

/// The list as text; of a workbook the first sheet that is shown and has such headings, or else the first that is shown.
fn text_of<'a>(bytes: &'a [u8], columns: &Columns) -> Result<(Cow<'a, str>, Layout), FileProblem> {
    if bytes.len() > LARGEST_FILE {
        return Err(FileProblem::TooLarge);
    }
    if !is_workbook(bytes) {
        return Ok((text::read(bytes)?.0, Layout::Text(Delimiter::Comma)));
    }
    let workbook = Workbook::open(bytes, &|| true)?;
    let shown = workbook.tabs.iter().enumerate();
    let shown = shown.filter(|(_, tab)| !tab.is_hidden);
    let mut chosen = None;
    for (place, _) in shown {
        let top = workbook.read(place, Some(1))?;
        let first = Records::new(&top.text, Layout::Grid, 0, 1).next();
        if headings(&first.unwrap_or_default().cells, columns).is_ok() {
            chosen = Some(place);
            break;
        }
        chosen = chosen.or(Some(place));
    }
    let grid = workbook.read(chosen.unwrap_or_default(), None)?;
    Ok((Cow::Owned(grid.text), Layout::Grid))
}

/// Why the cells of a line cannot be trusted to stand under their headings.
fn why_torn(record: &Record, layout: Layout, headings: usize) -> Option<String> {
    let cells = match record.torn {
        Some(Torn::OpenQuote) => {
            return Some("A quotation mark opens a cell of this line and none closes it. Close it, and read the list again".to_owned());
        }
        Some(Torn::LongCell) => {
            return Some(format!(
                "A cell of this line has more than {LONGEST_CELL} characters. Shorten it"
            ));
        }
        Some(Torn::ManyCells(cells)) => cells,
        None => record.cells.len(),
    };
    if layout == Layout::Grid {
        return (cells > headings).then(|| {
            "This row has words in a column that has no heading. Delete them, or give the column its heading".to_owned()
        });
    }
    (cells != headings).then(|| {
        format!(
            "This line has {cells} cells and the headings are {headings}. A comma within a cell needs quotation marks around the cell"
        )
    })
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
    use crate::shared::archives;

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
    fn a_sheet_of_a_workbook_is_read_as_a_file_of_text_is() {
        let row = |cells: &[&str]| {
            let cells = cells.iter().map(|cell| {
                format!("<table:table-cell><text:p>{cell}</text:p></table:table-cell>")
            });
            format!(
                "<table:table-row>{}</table:table-row>",
                cells.collect::<String>()
            )
        };
        let table = |name: &str, rows: &[String]| {
            format!(
                "<table:table table:name=\"{name}\">{}</table:table>",
                rows.concat()
            )
        };
        let tables = [
            table("About", &[row(&["Terms of 2026/27"])]),
            table(
                "Terms",
                &[
                    row(&["Name", "First day", "Source"]),
                    row(&["Autumn", "2026-09-02"]),
                    row(&["", "", ""]),
                    row(&["Spring", "2027-01-04", "letter", "and more"]),
                ],
            ),
        ];
        let bytes = archives::open_document(&tables.concat());
        let (lines, refused) = read(&bytes, &COLUMNS).unwrap();
        let [autumn] = lines.as_slice() else {
            panic!("one line, not {}", lines.len())
        };
        assert_eq!((autumn.number, autumn.get("source")), (2, ""));
        assert_eq!(autumn.date("first_day").unwrap().to_string(), "2026-09-02");
        assert_eq!((refused.len(), refused[0].line), (1, 4));
        assert!(matches!(
            read(b"PK\x03\x04 and nothing more", &COLUMNS),
            Err(FileProblem::Workbook(_))
        ));
    }

    #[test]
    fn a_quotation_mark_that_nobody_closed_loses_no_line_in_silence() {
        let columns = Columns {
            needed: &["name", "day"],
            other: &[],
        };
        let list = "name,day\nAda,\"1 May\nBen,2 May\nCy,3 May\n";
        let (lines, refused) = read(list.as_bytes(), &columns).unwrap();
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [3, 4]);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].line, 2);
        assert!(refused[0].reason.contains("quotation mark"));
        let (lines, refused) = read(b"name,day\nAda,1 May\nBen,\"2 May", &columns).unwrap();
        assert_eq!((lines.len(), refused.len()), (1, 1));
        let (lines, refused) = read(b"name,day\n\"Ada, B.\",1 May\n", &columns).unwrap();
        assert_eq!((lines.len(), refused.len()), (1, 0));
    }
}
