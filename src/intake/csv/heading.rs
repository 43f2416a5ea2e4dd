//! A heading of a file, and what becomes of the column below it.

use super::column::Column;
use super::mapping::Meaning;

/// What becomes of a column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is read as this.
    Read(Column),
    /// An earlier column is read as this already; this one is not read.
    Repeats(Column),
    /// A person said not to read it.
    Ignored,
    /// Hearth does not know the heading; the column is not read.
    Unknown,
}

/// A heading of the file and what becomes of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// As it stands in the file, on one line.
    pub text: String,
    /// What becomes of the column.
    pub used: Use,
    /// What a person said it means.
    pub said: Option<Meaning>,
}
