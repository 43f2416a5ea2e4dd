//! Where a child of the list lives: one cell or many, with or without a postcode column.

use super::column::Column;
use super::names;
use super::problem::{Doubt, Reason};
use super::reading::Reading;
use crate::rules::identifiers::{Postcode, Uprn};

/// An address as a list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedAddress {
    /// House, street and whatever stands before the town, with commas between.
    pub lines: String,
    pub town: Option<String>,
    pub county: Option<String>,
    pub postcode: Option<Postcode>,
    /// The unique property reference number.
    pub uprn: Option<Uprn>,
}

impl ImportedAddress {
    /// Whether the list does not say where the child lives: a town or a county alone is no address.
    pub fn is_missing(&self) -> bool {
        self.lines.is_empty() && self.postcode.is_none() && self.uprn.is_none()
    }
}

const LINES: [Column; 6] = [
    Column::Address,
    Column::House,
    Column::AddressLine1,
    Column::AddressLine2,
    Column::AddressLine3,
    Column::AddressLine4,
];

pub(super) fn read(reading: &mut Reading<'_>) -> ImportedAddress {
    let lines = read_lines(reading);
    let (lines, postcode) = read_postcode(reading, lines);
    ImportedAddress {
        lines,
        town: reading.own_words(Column::Town),
        county: reading.own_words(Column::County),
        postcode,
        uprn: read_uprn(reading),
    }
}

/// The lines joined. A first line that says "not known" is refused: kept, it would pass for an address.
fn read_lines(reading: &mut Reading<'_>) -> String {
    let mut lines = String::new();
    for column in LINES {
        let cell = reading.text(column);
        if cell.is_empty() {
            continue;
        }
        if names::says_nothing(cell) {
            if lines.is_empty() && column != Column::House && cell.contains(char::is_alphanumeric) {
                reading.problem(column, Reason::AddressNotKnown);
            }
            continue;
        }
        push_line(&mut lines, cell);
    }
    lines
}

/// Adds a cell, a comma for each line break in it; between a house number and its street only a space.
fn push_line(lines: &mut String, cell: &str) {
    for part in cell
        .split(['\n', '\r', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if !lines.is_empty() {
            let is_house_number =
                lines.len() <= 5 && lines.starts_with(|letter: char| letter.is_ascii_digit());
            lines.push_str(if is_house_number { " " } else { ", " });
        }
        for (index, word) in part.split_whitespace().enumerate() {
            if index > 0 {
                lines.push(' ');
            }
            lines.push_str(word);
        }
    }
}

/// The postcode from its own column, or from the end of the address.
fn read_postcode(reading: &mut Reading<'_>, mut lines: String) -> (String, Option<Postcode>) {
    let cell = reading.text(Column::Postcode);
    let at_the_end = postcode_at_the_end(&lines);
    if cell.is_empty() {
        if let Some((start, _)) = at_the_end {
            lines.truncate(start);
        }
        return (lines, at_the_end.map(|(_, postcode)| postcode));
    }
    match Postcode::parse(cell) {
        Ok(postcode) => {
            if at_the_end.is_some_and(|(_, other)| other != postcode) {
                reading.doubt(Column::Postcode, Doubt::TwoPostcodes);
            }
            (lines, Some(postcode))
        }
        Err(problem) => {
            let reason = if names::says_nothing(cell) {
                Reason::AddressNotKnown
            } else {
                problem.into()
            };
            reading.problem(Column::Postcode, reason);
            (lines, None)
        }
    }
}

/// A postcode that ends the address and where the address ends before it.
fn postcode_at_the_end(lines: &str) -> Option<(usize, Postcode)> {
    let looks_like_inward = |word: &str| {
        let inward: Vec<u8> = word.bytes().rev().take(3).collect();
        matches!(inward.as_slice(), [last, middle, digit]
            if last.is_ascii_alphabetic() && middle.is_ascii_alphabetic() && digit.is_ascii_digit())
    };
    let last = lines
        .rsplit([' ', ','])
        .next()
        .filter(|word| looks_like_inward(word))?;
    let before_last = lines.get(..lines.len() - last.len())?;
    let start = if last.len() > 3 {
        before_last.len()
    } else {
        before_last
            .trim_end()
            .rfind([' ', ','])
            .map_or(0, |at| at + 1)
    };
    let postcode = Postcode::parse(lines.get(start..)?).ok()?;
    let end = lines.get(..start)?.trim_end_matches([' ', ',']).len();
    Some((end, postcode))
}

fn read_uprn(reading: &mut Reading<'_>) -> Option<Uprn> {
    let cell = reading.text(Column::Uprn);
    if cell.is_empty() || names::says_nothing(cell) {
        return None;
    }
    let uprn = Uprn::parse(cell.strip_suffix(".0").unwrap_or(cell)).ok();
    if uprn.is_none() {
        let lost_digits = names::lost_digits(cell);
        reading.doubt(
            Column::Uprn,
            if lost_digits {
                Doubt::DigitsLost
            } else {
                Doubt::Uprn
            },
        );
    }
    uprn
}
