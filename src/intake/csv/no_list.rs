//! Why a file is no list of children that can be read, in words that say what to do.

use thiserror::Error;

use super::mapping::MappingProblem;
use super::text::NotText;
use crate::intake::limits::{LARGEST_MEGABYTES, MOST_COLUMNS, MOST_ROWS};
use crate::intake::workbook::WorkbookProblem;

/// Why a file cannot be read as a list of children at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SheetProblem {
    /// It is larger than any list.
    #[error(
        "The file is larger than {LARGEST_MEGABYTES} MB. Divide the list and send the parts one after the other"
    )]
    TooLarge,
    /// It is neither text nor a workbook.
    #[error(transparent)]
    NotText(#[from] NotText),
    #[error(transparent)]
    Workbook(#[from] WorkbookProblem),
    /// Several sheets of a workbook are lists of children.
    #[error("Several sheets of this workbook are lists of children: {}. Say which one to read (on the command line with --sheet)", names.join(", "))]
    WhichSheet {
        /// What the sheets are called.
        names: Vec<String>,
    },
    /// A person named a sheet that is not there.
    #[error("{}", no_such_sheet(asked, names))]
    NoSuchSheet {
        /// As they wrote it.
        asked: String,
        /// Those that are there; none in a file of plain text.
        names: Vec<String>,
    },
    #[error(
        "The list has more than {MOST_ROWS} rows. Divide it and send the parts one after the other"
    )]
    TooManyRows,
    /// More headings than any list has.
    #[error(
        "The list has more than {MOST_COLUMNS} columns. Leave out those that say nothing about a child"
    )]
    TooManyColumns,
    /// None of the first lines looks like headings.
    #[error(
        "No line of headings was found. The file begins: {found}. It needs a line with headings such as \
         Forename, Surname (or Name) and Date of birth"
    )]
    NoHeadings {
        /// The first cells of the file.
        found: String,
    },
    /// A line of headings lacks something without which a child cannot be registered.
    #[error(
        "Line {line} has these headings: {}. There is none for: {missing}. Add one, or say which it is (for example \"Pupil=full_name\")",
        found.join(", ")
    )]
    HeadingsMissing {
        /// The line of the headings.
        line: usize,
        /// The headings as they stand in the file; any of them may hold a comma.
        found: Vec<String>,
        /// What is needed and not there.
        missing: String,
    },
    /// The mapping by hand does not fit the file.
    #[error(transparent)]
    Mapping(#[from] MappingProblem),
}

fn no_such_sheet(asked: &str, names: &[String]) -> String {
    if names.is_empty() {
        return format!(
            "The file is no workbook, so it has no sheet ‘{asked}’. Leave the sheet out"
        );
    }
    format!(
        "The workbook has no sheet ‘{asked}’. It has: {}",
        names.join(", ")
    )
}
