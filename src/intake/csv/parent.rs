//! The parents and carers that a line of the list names.

use super::column::Column;
use super::names;
use super::problem::Doubt;
use super::reading::{Reading, folded};
use super::words;
use crate::rules::codes::Relationship;
use crate::rules::identifiers::{EmailAddress, PhoneNumber};

/// A parent or carer as a list has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedParent {
    /// Given names; empty when the list has only a family name, or only a telephone number.
    pub given_names: String,
    /// The family name; empty when the list has none.
    pub family_name: String,
    /// Who they are to the child, from a column of its own or from the heading ("Mother's name").
    pub relationship: Option<Relationship>,
    pub phone: Option<PhoneNumber>,
    pub email: Option<EmailAddress>,
    /// Their address, when the list has a column for it.
    pub address: Option<String>,
}

struct ParentColumns {
    name: Column,
    given: Column,
    family: Column,
    relationship: Column,
    phone: Column,
    email: Column,
    address: Column,
}

const FIRST: ParentColumns = ParentColumns {
    name: Column::Parent1Name,
    given: Column::Parent1Given,
    family: Column::Parent1Family,
    relationship: Column::Parent1Relationship,
    phone: Column::Parent1Phone,
    email: Column::Parent1Email,
    address: Column::Parent1Address,
};

const SECOND: ParentColumns = ParentColumns {
    name: Column::Parent2Name,
    given: Column::Parent2Given,
    family: Column::Parent2Family,
    relationship: Column::Parent2Relationship,
    phone: Column::Parent2Phone,
    email: Column::Parent2Email,
    address: Column::Parent2Address,
};

pub(super) fn read_all(reading: &mut Reading<'_>) -> Vec<ImportedParent> {
    [FIRST, SECOND]
        .iter()
        .filter_map(|columns| read(reading, columns))
        .collect()
}

fn read(reading: &mut Reading<'_>, columns: &ParentColumns) -> Option<ImportedParent> {
    let (given_names, family_name) = read_name(reading, columns);
    let phone = read_phone(reading, columns.phone);
    let email = read_email(reading, columns.email);
    if given_names.is_empty() && family_name.is_empty() && phone.is_none() && email.is_none() {
        return None;
    }
    let relationship = reading.code(
        columns.relationship,
        "the relationship",
        words::relationship,
    );
    Some(ImportedParent {
        given_names,
        family_name,
        relationship: relationship.or_else(|| relationship_in_heading(reading, columns)),
        phone,
        email,
        address: reading.own_words(columns.address),
    })
}

fn read_name(reading: &mut Reading<'_>, columns: &ParentColumns) -> (String, String) {
    let given = reading.own_name(columns.given).unwrap_or_default();
    let family = reading.own_name(columns.family).unwrap_or_default();
    if !given.is_empty() || !family.is_empty() {
        return (given, family);
    }
    let name = reading.text(columns.name);
    if names::says_no_name(name) {
        return (String::new(), String::new());
    }
    let is_two = name.contains(['&', '/', '+']) || name.to_lowercase().contains(" and ");
    if is_two {
        reading.doubt(columns.name, Doubt::TwoPeople);
        return (String::new(), names::tidy(name));
    }
    let divided = names::divide(without_title(name), false);
    (names::tidy(divided.given), names::tidy(divided.family))
}

fn without_title(name: &str) -> &str {
    const TITLES: &[&str] = &[
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "rev",
        "prof",
        "professor",
        "sir",
        "lady",
    ];
    match name.split_once(' ') {
        Some((title, rest))
            if TITLES.contains(&title.trim_end_matches('.').to_lowercase().as_str()) =>
        {
            rest
        }
        _ => name,
    }
}

/// The first number of the cell that is one; lists write "07700 900123 / 01632 960001 (work)".
fn read_phone(reading: &mut Reading<'_>, column: Column) -> Option<PhoneNumber> {
    let cell = reading.text(column);
    if cell.is_empty() || names::says_nothing(cell) {
        return None;
    }
    if let Ok(phone) = PhoneNumber::parse(cell) {
        return Some(phone);
    }
    let numbers = cell
        .split(['/', ',', ';', '\n'])
        .flat_map(|part| part.split(" or "));
    let numbers: Vec<&str> = numbers
        .filter(|part| part.contains(|letter: char| letter.is_ascii_digit()))
        .collect();
    let as_dialled = |part: &&str| {
        let wanted = |letter: &char| {
            letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '(' | ')' | '-')
        };
        PhoneNumber::parse(part.chars().filter(wanted).collect::<String>().trim()).ok()
    };
    // A spreadsheet that took the number for a quantity dropped the zero in front: 7700900123.
    let with_zero = || {
        PhoneNumber::parse(&format!("0{}", folded(cell)))
            .ok()
            .filter(|_| !cell.starts_with('0'))
    };
    let found = numbers.iter().find_map(as_dialled).or_else(with_zero);
    match (&found, numbers.len()) {
        (None, _) => reading.doubt(column, Doubt::Phone),
        (Some(_), 2..) => reading.doubt(column, Doubt::SeveralPhones),
        _ => {}
    }
    found
}

fn read_email(reading: &mut Reading<'_>, column: Column) -> Option<EmailAddress> {
    let cell = reading.text(column);
    if cell.is_empty() || names::says_nothing(cell) {
        return None;
    }
    let email = EmailAddress::parse(cell).ok();
    if email.is_none() {
        reading.doubt(column, Doubt::Email);
    }
    email
}

/// "Mother's name", "Dad mobile": the heading says who it is.
fn relationship_in_heading(reading: &Reading<'_>, columns: &ParentColumns) -> Option<Relationship> {
    let named = [
        columns.name,
        columns.family,
        columns.given,
        columns.phone,
        columns.email,
    ];
    let heading = named
        .into_iter()
        .find(|column| reading.has(*column))
        .map(|column| reading.heading(column))?;
    let heading = heading.to_lowercase();
    if heading.contains("mother") || heading.contains("mum") {
        return Some(Relationship::Mother);
    }
    (heading.contains("father") || heading.contains("dad")).then_some(Relationship::Father)
}
