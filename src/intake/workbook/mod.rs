//! Reads the sheets of a workbook: Excel's .xlsx and LibreOffice's .ods, so that nobody has to save a list as CSV.
//!
//! `archive` unpacks the files of which a workbook is made, `xml` reads one piece by piece, `xlsx` and `ods` know what the
//! pieces mean, `value` makes words of numbers and dates, and [`grid`] is what comes out: rows of words. A workbook is never in memory
//! whole, and each part has its bound ([`crate::intake::limits`]), so that no file can stop the service.

mod archive;
pub mod grid;
mod ods;
pub mod value;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

use thiserror::Error;

use self::archive::Archive;
use self::grid::Grid;
use self::value::DateSystem;
use super::limits::{LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS};

/// Asked again and again while a workbook is read: whether it is still wanted.
pub type KeepOn<'a> = &'a dyn Fn() -> bool;

/// Why a workbook cannot be read, with what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WorkbookProblem {
    /// Excel's format until 2003. A workbook with a password lies in the same wrapping.
    #[error(
        "This is a workbook of an old kind (.xls), or one with a password. Open it, take any password off, and save it as ‘Excel Workbook (.xlsx)’"
    )]
    Old,
    /// Excel's binary format.
    #[error("This is a binary workbook (.xlsb). Open it and save it as ‘Excel Workbook (.xlsx)’")]
    Binary,
    /// An archive of something else.
    #[error(
        "This is an archive and no workbook. Send the list itself, as a workbook (.xlsx or .ods) or as CSV"
    )]
    NoWorkbook,
    #[error("The workbook has a password. Open it, take the password off, and save it again")]
    Locked,
    /// Not what the format says.
    #[error(
        "The workbook is damaged. Open it in your spreadsheet program, save it as ‘Excel Workbook (.xlsx)’, and send that"
    )]
    Damaged,
    /// More than the bounds.
    #[error(
        "There is more in this workbook than in any list. Copy the sheet with the list into a new workbook and send that"
    )]
    TooMuch,
    #[error(
        "The sheet has more than {MOST_ROWS} rows with words in them. Divide the list and send the parts one after the other"
    )]
    TooManyRows,
    /// A cell far to the right.
    #[error(
        "The sheet has words beyond its {MOST_COLUMNS}th column. Delete what does not belong to the list and send it again"
    )]
    TooManyColumns,
    /// A cell longer than any program of today writes.
    #[error("A cell of row {row} has more than {LONGEST_CELL} characters. Shorten it")]
    LongCell {
        /// The row, as the spreadsheet program numbers it.
        row: usize,
    },
    #[error(
        "The workbook has more than {MOST_SHEETS} sheets. Copy the sheet with the list into a new workbook and send that"
    )]
    TooManySheets,
    /// Whoever asked does not want it any more.
    #[error("The list was not read to its end, because that was stopped")]
    Stopped,
}

/// Which kind of workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Office Open XML (ECMA-376).
    Excel,
    /// OpenDocument (ISO/IEC 26300).
    OpenDocument,
}

impl Kind {
    /// The words for a report.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Excel => "Excel workbook",
            Self::OpenDocument => "OpenDocument workbook",
        }
    }
}

/// A sheet, as its tab says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    pub name: String,
    /// The program does not show it.
    pub is_hidden: bool,
}

/// A workbook whose sheets can be read.
pub struct Workbook<'a> {
    sheets: Sheets<'a>,
    /// Its sheets, in their order.
    pub tabs: Vec<Tab>,
}

enum Sheets<'a> {
    Excel(xlsx::Xlsx<'a>),
    OpenDocument(ods::Ods<'a>),
}

/// Whether a file is packed as workbooks are, or is a workbook of a kind that is not read.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLD_EXCEL: &[u8] = b"\xD0\xCF\x11\xE0";
    bytes.starts_with(ZIP) || bytes.starts_with(OLD_EXCEL)
}

impl<'a> Workbook<'a> {
    /// Opens a workbook and finds its sheets.
    ///
    /// # Errors
    /// [`WorkbookProblem`], when it is none that is read, or is damaged.
    pub fn open(bytes: &'a [u8], keep_on: KeepOn<'a>) -> Result<Self, WorkbookProblem> {
        if !bytes.starts_with(b"PK") {
            return Err(WorkbookProblem::Old);
        }
        let archive = Archive::open(bytes)?;
        let sheets = if archive.has("content.xml") {
            Sheets::OpenDocument(ods::Ods::open(archive, keep_on)?)
        } else if archive.has("xl/workbook.bin") {
            return Err(WorkbookProblem::Binary);
        } else if archive.has("_rels/.rels") {
            Sheets::Excel(xlsx::Xlsx::open(archive, keep_on)?)
        } else {
            return Err(WorkbookProblem::NoWorkbook);
        };
        let tabs = match &sheets {
            Sheets::Excel(workbook) => workbook.tabs(),
            Sheets::OpenDocument(workbook) => workbook.tabs(),
        };
        match tabs.len() {
            0 => Err(WorkbookProblem::NoWorkbook),
            1..=MOST_SHEETS => Ok(Self { sheets, tabs }),
            _ => Err(WorkbookProblem::TooManySheets),
        }
    }

    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.sheets {
            Sheets::Excel(_) => Kind::Excel,
            Sheets::OpenDocument(_) => Kind::OpenDocument,
        }
    }

    /// From which day the workbook counts days.
    #[must_use]
    pub const fn dates(&self) -> DateSystem {
        match &self.sheets {
            Sheets::Excel(workbook) => workbook.dates(),
            Sheets::OpenDocument(_) => DateSystem::From1900,
        }
    }

    /// The sheet with this place among the tabs: all of it, or its first rows with words in them.
    ///
    /// # Errors
    /// [`WorkbookProblem`], when it is damaged or holds more than any list.
    pub fn read(&self, place: usize, most_rows: Option<usize>) -> Result<Grid, WorkbookProblem> {
        match &self.sheets {
            Sheets::Excel(workbook) => workbook.read(place, most_rows),
            Sheets::OpenDocument(workbook) => workbook.read(place, most_rows),
        }
    }
}
