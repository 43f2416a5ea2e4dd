//! The lines that could not be read, as a list of their own: to mend in a spreadsheet program and to import again.

use std::borrow::Cow;
use std::io;

use csv::{Writer, WriterBuilder};

use super::column::Column;
use super::heading::Use;
use super::rows::{FORMULA_STARTS, Row};
use super::sheet::Sheet;

/// Without it Excel reads UTF-8 as Windows-1252 and every accent is lost on the way back.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Writes refused lines under the file's own headings, in the file's own order, with two columns more: the line in
/// the file and what to mend. Both are passed over when the list comes back.
pub struct RefusedRows {
    writer: Writer<Vec<u8>>,
    /// Columns of the file that are kept: all but those that Hearth wrote into it last time.
    kept: Vec<bool>,
}

impl RefusedRows {
    /// Begins with the headings of the sheet.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn new(sheet: &Sheet<'_>) -> io::Result<Self> {
        let kept = sheet.headings.iter().map(|heading| !matches!(heading.used, Use::Read(column) | Use::Repeats(column) if column.is_ours()));
        let kept: Vec<bool> = kept.collect();
        let mut writer = WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.to_vec());
        for (heading, _) in sheet.headings.iter().zip(&kept).filter(|(_, kept)| **kept) {
            writer.write_field(safe(&heading.text).as_ref())?;
        }
        writer.write_record([
            heading_of(Column::LineInTheFile),
            heading_of(Column::WhatToMend),
        ])?;
        Ok(Self { writer, kept })
    }

    /// Adds one line with all its problems.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn add<Why: ToString>(&mut self, row: &Row, problems: &[Why]) -> io::Result<()> {
        let mut cells = row.raw_cells();
        for kept in &self.kept {
            let cell = cells.next().unwrap_or_default();
            if *kept {
                self.writer.write_field(safe(cell).as_ref())?;
            }
        }
        let what: Vec<String> = problems.iter().map(Why::to_string).collect();
        self.writer.write_field(row.line.to_string())?;
        self.writer.write_field(safe(&what.join("; ")).as_ref())?;
        // Cells beyond the headings come last, so that nothing the person wrote is lost.
        for cell in cells.filter(|cell| !cell.trim().is_empty()) {
            self.writer.write_field(safe(cell).as_ref())?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(|problem| problem.into_error())
    }
}

/// The headings of the two columns that Hearth adds.
const fn heading_of(column: Column) -> &'static str {
    match column {
        Column::LineInTheFile => "Line in the file",
        _ => "What to mend",
    }
}

/// A cell that no spreadsheet program takes for a formula: an apostrophe goes before the characters that begin one, and
/// tabs and line ends before them, which mean nothing, go. Reading the list again takes the apostrophe off.
pub fn safe(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim_start_matches(['\t', '\r', '\n']);
    if cell.trim_start().starts_with(FORMULA_STARTS) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}
