//! The two forms about a child's address.

use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::register::address::Place;
use crate::register::settlement::Settlement;
use crate::rules::codes::Source;
use crate::rules::identifiers::Reference;
use crate::web::form::{DateInput, Form, FormErrors, one_line};

/// A new address, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct NewAddressForm {
    #[validate(length(
        max = 400,
        message = "House and street must be 400 characters or fewer"
    ))]
    pub(super) lines: String,
    #[validate(length(max = 100, message = "Town must be 100 characters or fewer"))]
    pub(super) town: String,
    pub(super) postcode: String,
    pub(super) lived_from: DateInput,
    pub(super) source: String,
}

/// Where a child lives, since when, and who says so.
#[derive(Clone, Debug)]
pub struct NewAddress {
    pub place: Place,
    pub from: NaiveDate,
    pub source: Source,
}

impl From<NewAddress> for NewAddressForm {
    fn from(told: NewAddress) -> Self {
        let postcode = told.place.postcode.as_ref();
        Self {
            postcode: postcode.map(ToString::to_string).unwrap_or_default(),
            lines: told.place.lines,
            town: told.place.town,
            lived_from: told.from.into(),
            source: told.source.as_str().to_owned(),
        }
    }
}

impl Form for NewAddressForm {
    type Parsed = NewAddress;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<NewAddress> {
        let lines = errors.keep_line("lines", &self.lines, "Enter the house and the street");
        let postcode = errors.keep_if_typed("postcode", &self.postcode);
        let from = self
            .lived_from
            .required("lived_from", "the day since when", errors);
        if from.is_some_and(|from| from > today) {
            errors.add("lived_from", "The day must be today or in the past");
        }
        let source = errors.keep(
            "source",
            self.source
                .parse()
                .map_err(|_| "Choose who told the authority"),
        );
        Some(NewAddress {
            place: Place {
                lines: lines.map(|_| kept_lines(&self.lines))?,
                town: one_line(&self.town),
                postcode: postcode?,
                uprn: None,
            },
            from: from?,
            source: source?,
        })
    }
}

/// The lines that say something, each tidied.
fn kept_lines(typed: &str) -> String {
    typed
        .lines()
        .map(one_line)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// That somebody made sure of the address on record, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct VerificationForm {
    /// The reference of the address that the page showed: only of that one somebody made sure.
    pub(super) address: String,
    #[validate(length(max = 200, message = "How must be 200 characters or fewer"))]
    pub(super) how: String,
    pub(super) verified_on: DateInput,
}

/// How and when somebody made sure.
#[derive(Clone, Debug)]
pub struct MadeSure {
    /// The address that the page showed.
    pub address: Option<Reference>,
    pub how: String,
    pub on: NaiveDate,
}

impl VerificationForm {
    /// The empty form with the day filled in.
    pub fn on(day: NaiveDate) -> Self {
        Self {
            verified_on: day.into(),
            ..Self::default()
        }
    }
}

impl From<MadeSure> for VerificationForm {
    fn from(typed: MadeSure) -> Self {
        Self {
            address: typed.address.map(|it| it.to_string()).unwrap_or_default(),
            how: typed.how,
            verified_on: typed.on.into(),
        }
    }
}

impl Form for VerificationForm {
    type Parsed = MadeSure;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<MadeSure> {
        let how = errors.keep_line("how", &self.how, "Say how you made sure of the address");
        let on = self
            .verified_on
            .required("verified_on", "the day you made sure", errors);
        if on.is_some_and(|on| on > today) {
            errors.add("verified_on", "The day must be today or in the past");
        }
        Some(MadeSure {
            address: Reference::parse(&self.address).ok(),
            how: how?,
            on: on?,
        })
    }
}

/// Which of two addresses is right, as pressed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SettlementForm {
    address: String,
    claimed: String,
    right: String,
}

/// Which of the two addresses that the page showed is right.
#[derive(Debug)]
pub struct Settled {
    /// The address that was held.
    pub address: Option<Reference>,
    /// Which claim was shown.
    pub claimed: String,
    pub which: Settlement,
}

impl Form for SettlementForm {
    type Parsed = Settled;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Settled> {
        let which = match self.right.as_str() {
            "held" => Ok(Settlement::Held),
            "claimed" => Ok(Settlement::Claimed),
            _ => Err("Choose which address is right"),
        };
        Some(Settled {
            address: Reference::parse(&self.address).ok(),
            claimed: self.claimed.clone(),
            which: errors.keep("", which)?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::web::form::Submitted;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn lines_stay_lines() {
        let told = Submitted::<NewAddressForm>::from_body(
            "lines=+Flat+2%0D%0A%0D%0A1++High+Street+&town=Ashdale&postcode=aa31ab&lived_from-day=1&lived_from-month=11\
             &lived_from-year=2026&source=parent",
        )
        .unwrap()
        .check(today())
        .unwrap();
        assert_eq!(told.place.lines, "Flat 2\n1 High Street");
        assert_eq!(
            told.place.on_one_line(),
            "Flat 2, 1 High Street, Ashdale, AA3 1AB"
        );
        assert_eq!(told.source, Source::Parent);
    }

    #[test]
    fn an_address_of_spaces_or_of_tomorrow_is_none() {
        let refused = Submitted::<NewAddressForm>::from_body(
            "lines=+%0D%0A&postcode=nowhere&lived_from-day=24&lived_from-month=11&lived_from-year=2026&source=",
        )
        .unwrap()
        .check(today())
        .unwrap_err();
        for field in ["lines", "postcode", "lived_from", "source"] {
            assert!(refused.errors.get(field).is_some(), "{field}");
        }
    }

    #[test]
    fn nobody_made_sure_without_saying_how() {
        let refused = Submitted::<VerificationForm>::from_body("how=&verified_on-day=1")
            .unwrap()
            .check(today())
            .unwrap_err();
        assert!(refused.errors.get("how").is_some());
        assert!(refused.errors.get("verified_on").is_some());
    }
}
