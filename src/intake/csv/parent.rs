//! The parents and carers that a line of the list names.

use super::column::Column;
use super::names;
use super::problem::Doubt;
use super::reading::Reading;
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

impl ParentColumns {
    /// Those of a parent by their number, from 1.
    fn of(number: usize) -> Self {
        Self {
            name: Column::Parent1Name.of_parent(number),
            given: Column::Parent1Given.of_parent(number),
            family: Column::Parent1Family.of_parent(number),
            relationship: Column::Parent1Relationship.of_parent(number),
            phone: Column::Parent1Phone.of_parent(number),
            email: Column::Parent1Email.of_parent(number),
            address: Column::Parent1Address.of_parent(number),
        }
    }
}

/// How many parents a line may name, each in columns of their own.
const MOST_PARENTS: usize = 4;

pub(super) fn read_all(reading: &mut Reading<'_>) -> Vec<ImportedParent> {
    (1..=MOST_PARENTS)
        .filter_map(|number| read(reading, &ParentColumns::of(number)))
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

/// The number with what stands beside it: "07700 900123 (mum)", "07700 900123 / 01632 960001 (work)".
fn read_phone(reading: &mut Reading<'_>, column: Column) -> Option<PhoneNumber> {
    let cell = reading.text(column);
    if cell.is_empty() || names::says_nothing(cell) {
        return None;
    }
    // A spreadsheet that took the number for a quantity dropped the zero in front: 7700900123.
    let with_zero = || {
        PhoneNumber::parse(&format!("0{cell}"))
            .ok()
            .filter(|_| cell.starts_with(|letter: char| ('1'..='9').contains(&letter)))
    };
    let found = PhoneNumber::parse(cell).ok().or_else(with_zero);
    match &found {
        None if names::lost_digits(cell) => reading.doubt(column, Doubt::DigitsLost),
        None => reading.doubt(column, Doubt::Phone),
        Some(phone) if phone.names_another() => reading.doubt(column, Doubt::SeveralPhones),
        Some(_) => {}
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
