//! The lines that could not be read, as a list of their own: to mend in a spreadsheet program and to import again.

use std::borrow::Cow;
use std::io;

use csv::{StringRecord, Writer, WriterBuilder};

use super::column::Column;
use super::heading::Use;
use super::rows::{FORMULA_STARTS, Row};
use super::sheet::Sheet;

/// Without it Excel reads UTF-8 as Windows-1252 and every accent is lost on the way back.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Writes lines as they stand in a list, each a line of CSV by itself, in the file's own order and without the columns that Hearth
/// wrote into it last time: to be kept, and to be read again one by one.
pub struct LineWriter {
    /// Columns of the file that are kept.
    kept: Vec<bool>,
    headings: String,
}

impl LineWriter {
    /// For the lines of this sheet.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn new(sheet: &Sheet<'_>) -> io::Result<Self> {
        let kept: Vec<bool> = sheet.headings.iter().map(|heading| !matches!(heading.used, Use::Read(column) | Use::Repeats(column) if column.is_ours())).collect();
        let headings = sheet.headings.iter().zip(&kept);
        let headings = headings.filter(|(_, kept)| **kept);
        let headings = line(headings.map(|(heading, _)| safe(&heading.text)))?;
        Ok(Self { kept, headings })
    }

    /// The headings.
    pub fn headings(&self) -> &str {
        &self.headings
    }

    /// A line; cells beyond the headings come last, so that nothing the person wrote is lost.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn cells(&self, row: &Row) -> io::Result<String> {
        let cells: Vec<&str> = row.raw_cells().collect();
        let kept = self.kept.iter().enumerate().filter(|(_, kept)| **kept);
        let kept = kept.map(|(place, _)| cells.get(place).copied().unwrap_or_default());
        let beyond = cells.iter().skip(self.kept.len()).copied();
        let beyond = beyond.filter(|cell| !cell.trim().is_empty());
        line(kept.chain(beyond).map(safe))
    }
}

fn line<'c>(cells: impl Iterator<Item = Cow<'c, str>>) -> io::Result<String> {
    let mut writer = writer(Vec::new());
    for cell in cells {
        writer.write_field(cell.as_ref())?;
    }
    writer.write_record(None::<&[u8]>)?;
    let written = finish(writer)?;
    Ok(written.trim_end().to_owned())
}

fn writer(into: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(into)
}

fn finish(writer: Writer<Vec<u8>>) -> io::Result<String> {
    let written = writer
        .into_inner()
        .map_err(|problem| problem.into_error())?;
    String::from_utf8(written).map_err(io::Error::other)
}

/// A line that has to be mended or said something about.
pub struct LineToMend<'l> {
    /// As [`LineWriter`] wrote it.
    pub cells: &'l str,
    pub line: i64,
    /// What Hearth calls it.
    pub reference: &'l str,
    pub what: &'l str,
}

/// Lines as a list of their own: under the file's own headings, with three columns more, which are passed over as cells when the
/// list comes back: the line in the file, what Hearth calls it, and what to mend.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn list_to_mend(headings: &str, lines: &[LineToMend<'_>]) -> io::Result<String> {
    let headings = cells_of(headings)?;
    let mut writer = writer(BYTE_ORDER_MARK.to_vec());
    for heading in &headings {
        writer.write_field(heading)?;
    }
    writer.write_record(OURS.map(|(_, heading)| heading))?;
    for line in lines {
        let cells = cells_of(line.cells)?;
        for place in 0..headings.len() {
            writer.write_field(cells.get(place).unwrap_or_default())?;
        }
        writer.write_field(line.line.to_string())?;
        writer.write_field(line.reference)?;
        writer.write_field(safe(line.what).as_ref())?;
        for beyond in cells.iter().skip(headings.len()) {
            writer.write_field(beyond)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    finish(writer)
}

/// A table of our own, which no spreadsheet program takes for formulas.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn table<const N: usize>(
    headings: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> io::Result<String> {
    let mut writer = writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| safe(cell).into_owned()))?;
    }
    finish(writer)
}

/// The cells of one line, as [`LineWriter`] wrote it.
///
/// # Errors
/// When it is no line of CSV.
pub fn cells_of(line: &str) -> io::Result<StringRecord> {
    let mut cells = StringRecord::new();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(line.as_bytes())
        .read_record(&mut cells)
        .map_err(io::Error::other)?;
    Ok(cells)
}

/// The columns that Hearth adds, and their headings.
const OURS: [(Column, &str); 3] = [
    (Column::LineInTheFile, "Line in the file"),
    (Column::RowInHearth, "Row in Hearth"),
    (Column::WhatToMend, "What to mend"),
];

/// A cell that no spreadsheet program takes for a formula: an apostrophe goes before the characters that begin one, and
/// tabs and line ends before them, which mean nothing, go. Reading the list again takes the apostrophe off.
pub fn safe(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim_start_matches(['\t', '\r', '\n']);
    if cell.trim_start().starts_with(FORMULA_STARTS) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}
