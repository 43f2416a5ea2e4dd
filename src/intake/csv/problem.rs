//! What is wrong with a line of a list, and what is doubtful, in words for the person who mends it.

use std::fmt;

use chrono::NaiveDate;
use thiserror::Error;

use super::rows::RowFault;
use super::text::SAVE_AGAIN;
use crate::rules::dates::{DateProblem, spoken};
use crate::rules::identifiers::{NhsNumberProblem, PostcodeProblem, UpnProblem};

/// Something about a cell: where it is, what it says, and why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark<Why> {
    /// The line of the file, as a text editor numbers it.
    pub line: usize,
    /// The heading as it stands in the file; empty when the remark is about the whole line.
    pub column: String,
    /// What the cell says, cut at 60 characters.
    pub value: String,
    /// Why it matters, with what to do.
    pub reason: Why,
}

/// Why a line is refused.
pub type Problem = Remark<Reason>;

/// What is doubtful in a line that is taken.
pub type Warning = Remark<Doubt>;

impl<Why> Remark<Why> {
    pub(super) fn new(line: usize, column: &str, value: &str, reason: Why) -> Self {
        Self {
            line,
            column: column.to_owned(),
            value: value.chars().take(60).collect(),
            reason,
        }
    }
}

impl<Why: fmt::Display> fmt::Display for Remark<Why> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.column.as_str(), self.value.as_str()) {
            ("", _) => write!(out, "{}", self.reason),
            (column, "") => write!(out, "{column}: {}", self.reason),
            (column, value) => write!(out, "{column} ‘{value}’: {}", self.reason),
        }
    }
}

/// What becomes of a long number in a cell that is not text.
const DIGITS_LOST: &str = "The spreadsheet program shortened this number, and its last digits are lost. Format the column as text there, enter the number again and save the list";

/// Why a line cannot be taken onto the register.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Reason {
    /// The line cannot be cut into cells.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// A name or a date of birth is needed and is not there.
    #[error("This is empty. Enter it, so that the child can be told from others")]
    Missing,
    /// Digits, an at sign or a word such as "unknown" where a name belongs.
    #[error("This is not a name. Check that the words stand in the right column")]
    NotAName,
    /// Two children in one cell.
    #[error("There are two children in this cell. Write a line for each of them")]
    TwoChildren,
    /// A number as a power of ten.
    #[error("{DIGITS_LOST}")]
    DigitsLost,
    /// What stands in the cell says that a formula failed.
    #[error("The spreadsheet program could not work this cell out. Enter what it should say")]
    NotWorkedOut,
    /// No date, or no real one.
    #[error(transparent)]
    Date(#[from] DateProblem),
    #[error("This date is in the future. Check the day, the month and the year")]
    InTheFuture,
    /// A date of birth 25 years ago or more.
    #[error("This date of birth is more than 25 years ago. Check the year")]
    TooLongAgo,
    /// An event before the child was born.
    #[error("This date is before the child was born. Check both dates")]
    BeforeBirth,
    /// Closed before it began.
    #[error("The case cannot have closed before the date it was registered. Check both dates")]
    ClosedBeforeRegistered,
    #[error(transparent)]
    Upn(#[from] UpnProblem),
    /// Not an NHS number.
    #[error(transparent)]
    NhsNumber(#[from] NhsNumberProblem),
    #[error(transparent)]
    Postcode(#[from] PostcodeProblem),
    /// "NOT KNOWN" and the like: an address that is missing must be seen to be missing.
    #[error(
        "If the address is not known, leave this empty: Hearth then shows that the child’s address is missing"
    )]
    AddressNotKnown,
    /// A status Hearth does not know; guessing could close a case or open one.
    #[error("This status is not known. Use one of: {understood}")]
    Status {
        /// The words that are understood.
        understood: String,
    },
    #[error("A local authority code has 3 digits, like 878")]
    LaCode,
}

/// What is doubtful in a line that is taken all the same.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Doubt {
    /// A code list does not hold the word; the field is left unknown.
    #[error("Hearth does not know this word for {field}. It was left as not known")]
    UnknownWord {
        /// The field, in words.
        field: &'static str,
    },
    /// Younger or older than compulsory school age today (s.8 EA 1996).
    #[error("The child is not of compulsory school age today")]
    NotOfSchoolAge,
    /// A letter was lost before the file came here.
    #[error("A letter was lost when the list was saved. {SAVE_AGAIN}")]
    LostLetter,
    /// Letters were read by the wrong table before the file came here: "SiÃ¢n".
    #[error(
        "Letters were made into others before the list came here: this was ‘{meant}’ once. {SAVE_AGAIN}"
    )]
    BrokenLetters {
        /// What it was, as far as can be told.
        meant: String,
    },
    /// What stands in the cell says that a formula failed.
    #[error("The spreadsheet program could not work this cell out. It was read as empty")]
    NotWorkedOut,
    /// A number as a power of ten, of what is no identifier.
    #[error("{DIGITS_LOST}. It was not kept")]
    DigitsLost,
    /// One cell with three words or more and no comma.
    #[error("The last word was read as the family name. Check it")]
    NameDivided,
    /// One of the two columns for names is empty.
    #[error(
        "The child is held with one name. If the other was left out, add it on the child’s page"
    )]
    OneName,
    /// A date that says that there is none.
    #[error("There is no date here. It was left as not known")]
    NoDate,
    /// Day first or month first, in a column where some dates have the month first.
    #[error(
        "Other dates of this column have the month first. This one was read as {}; with the month first it is {}. Check which is right",
        spoken(*.read),
        spoken(*.or)
    )]
    DayOrMonthFirst {
        /// As it was read, day first.
        read: NaiveDate,
        /// As it would be with the month first.
        or: NaiveDate,
    },
    /// A date of closing on an open case.
    #[error("The status says that the case is open. The date of closing was not kept")]
    OpenWithClosingDate,
    /// The address ends with another postcode than the postcode's own column.
    #[error(
        "The address ends with another postcode than the postcode column. Check where the child lives"
    )]
    TwoPostcodes,
    #[error("This is not a UPRN (a number of up to 12 digits). It was not kept")]
    Uprn,
    /// Not a telephone number.
    #[error("This is not a telephone number. It was not kept")]
    Phone,
    /// Several telephone numbers in one cell.
    #[error(
        "There are several telephone numbers here. They were kept as one: divide them on the child’s page"
    )]
    SeveralPhones,
    /// Not an email address.
    #[error("This is not an email address. It was not kept")]
    Email,
    /// Two people in one cell.
    #[error(
        "There are two people in this cell. They were kept as one: divide them on the child’s page"
    )]
    TwoPeople,
}
