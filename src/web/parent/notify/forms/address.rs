//! An address as typed: of the parent, or of a child who lives somewhere else.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::register::address::Place;
use crate::register::place::says_no_fixed_address;
use crate::rules::identifiers::Postcode;
use crate::web::form::{Form, FormErrors};

/// An address as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct AddressForm {
    #[validate(length(
        min = 1,
        max = 200,
        message = "Enter the first line of the address, in 200 characters or fewer"
    ))]
    pub line_1: String,
    /// The second line, or nothing.
    #[validate(length(max = 200, message = "The second line must be 200 characters or fewer"))]
    pub line_2: String,
    /// Town or city.
    #[validate(length(
        max = 100,
        message = "The town or city must be 100 characters or fewer"
    ))]
    pub town: String,
    /// As typed, or nothing.
    pub postcode: String,
}

impl Form for AddressForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        let typed = Self {
            line_1: self.line_1.trim().to_owned(),
            line_2: self.line_2.trim().to_owned(),
            town: self.town.trim().to_owned(),
            postcode: self.postcode.trim().to_owned(),
        };
        if typed.line_1.is_empty() {
            errors.add("line_1", "Enter the first line of the address");
        }
        if typed.town.is_empty() && !says_no_fixed_address(&typed.line_1) {
            errors.add("town", "Enter the town or city");
        }
        if !typed.postcode.is_empty() {
            errors.keep("postcode", Postcode::parse(&typed.postcode));
        }
        Some(typed)
    }
}

impl AddressForm {
    /// The place, if what was typed makes sense.
    pub fn place(&self) -> Option<Place> {
        let postcode = match self.postcode.as_str() {
            "" => None,
            typed => Some(Postcode::parse(typed).ok()?),
        };
        let lines = [self.line_1.as_str(), self.line_2.as_str()];
        let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        Some(Place {
            lines: lines.join("\n"),
            town: self.town.clone(),
            postcode,
            uprn: None,
        })
    }

    /// The address in lines, for the check of all answers.
    pub fn in_lines(&self) -> String {
        let postcode =
            Postcode::parse(&self.postcode).map_or_else(|_| String::new(), |p| p.to_string());
        let lines = [&self.line_1, &self.line_2, &self.town, &postcode];
        let lines: Vec<&str> = lines
            .into_iter()
            .map(String::as_str)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join("\n")
    }
}

impl From<&Place> for AddressForm {
    fn from(place: &Place) -> Self {
        let (line_1, line_2) = place.lines.split_once('\n').unwrap_or((&place.lines, ""));
        Self {
            line_1: line_1.to_owned(),
            line_2: line_2.replace('\n', ", "),
            town: place.town.clone(),
            postcode: place
                .postcode
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }
}
