//! Something to say about a row of a list, for the person who sent it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::intake::csv::problem::Remark;

/// What kind of thing there is to say about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    Refused,
    /// Somebody has to say what it is.
    LookAt,
    /// In imports before 0.3: the same child again.
    Repeat,
    /// It is another authority's.
    Elsewhere,
    /// It was taken, and something in it is doubtful.
    Doubt,
}

impl Kind {
    /// The word for a tag.
    pub fn label(self) -> &'static str {
        match self {
            Self::Refused => "Refused",
            Self::LookAt => "To look at",
            Self::Repeat => "Repeat",
            Self::Elsewhere => "Not taken",
            Self::Doubt => "Check",
        }
    }
}

/// Something to say about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowNote {
    /// What kind of thing.
    pub kind: Kind,
    /// The line of the file.
    pub line: usize,
    /// The heading of the cell; empty when it is about the whole row.
    pub column: String,
    /// What the cell says.
    pub value: String,
    /// Why it matters, with what to do.
    pub reason: String,
}

impl RowNote {
    /// About a whole row.
    pub(super) fn of_row(kind: Kind, line: usize, reason: impl Into<String>) -> Self {
        Self {
            kind,
            line,
            column: String::new(),
            value: String::new(),
            reason: reason.into(),
        }
    }

    /// About a cell.
    pub(super) fn of_cell<Why: fmt::Display>(kind: Kind, remark: &Remark<Why>) -> Self {
        Self {
            kind,
            line: remark.line,
            column: remark.column.clone(),
            value: remark.value.clone(),
            reason: remark.reason.to_string(),
        }
    }
}

/// As it stands beside the row in the file of refused rows.
impl fmt::Display for RowNote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.column.as_str(), self.value.as_str()) {
            ("", _) => write!(out, "{}", self.reason),
            (column, "") => write!(out, "{column}: {}", self.reason),
            (column, value) => write!(out, "{column} ‘{value}’: {}", self.reason),
        }
    }
}
