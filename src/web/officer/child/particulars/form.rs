//! The form of a child's particulars, and how two versions of them differ.

use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::register::child::Particulars;
use crate::rules::codes::{Ethnicity, SenProvision, SenType};
use crate::rules::dates::spoken;
use crate::rules::identifiers::NhsNumber;
use crate::web::form::{DateInput, Form, FormErrors, line_if_typed};
use crate::web::identity::{TypedNames, born, sex};

/// What the form holds, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ParticularsForm {
    pub(super) given_names: String,
    pub(super) family_name: String,
    pub(super) known_as: String,
    pub(super) date_of_birth: DateInput,
    pub(super) sex: String,
    pub(super) upn: String,
    pub(super) nhs_number: String,
    pub(super) ethnicity: String,
    #[validate(length(max = 100, message = "First language must be 100 characters or fewer"))]
    pub(super) language: String,
    pub(super) sen_provision: String,
    pub(super) sen_type: String,
    pub(super) second_sen_type: String,
    pub(super) another_child: Vec<String>,
    pub(super) version: String,
}

/// What the form means.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The version that was looked at while typing.
    pub version: i32,
    pub particulars: Particulars,
    /// Whether somebody has looked at the children who may be the same.
    pub is_another_child: bool,
}

impl Form for ParticularsForm {
    type Parsed = Amendment;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Amendment> {
        let names = TypedNames {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: &self.known_as,
        };
        let names = names.parse(errors);
        let date_of_birth = born("date_of_birth", &self.date_of_birth, today, errors);
        let sex = sex(&self.sex, errors);
        let upn = errors.keep_if_typed("upn", &self.upn);
        let nhs_number = errors.keep_if_typed("nhs_number", &self.nhs_number);
        let ethnicity = errors.keep_if_typed("ethnicity", &self.ethnicity);
        let sen_provision = errors.keep_if_typed("sen_provision", &self.sen_provision);
        let sen_type = errors.keep_if_typed("sen_type", &self.sen_type);
        let second_sen_type = errors.keep_if_typed("second_sen_type", &self.second_sen_type);
        if let Some(Some(second)) = second_sen_type
            && sen_type == Some(Some(second))
        {
            errors.add(
                "second_sen_type",
                "Choose another second type of need, or none",
            );
        }
        let version = errors.keep(
            "version",
            self.version
                .parse()
                .map_err(|_| "Reload this page and make your changes again"),
        );
        let names = names?;
        Some(Amendment {
            version: version?,
            particulars: Particulars {
                given_names: names.given_names,
                family_name: names.family_name,
                known_as: names.known_as,
                date_of_birth: date_of_birth?,
                sex: sex?,
                upn: upn?,
                nhs_number: nhs_number?,
                ethnicity: ethnicity?,
                language: line_if_typed(&self.language),
                sen_provision: sen_provision?,
                sen_type: sen_type?,
                second_sen_type: second_sen_type?,
            },
            is_another_child: !self.another_child.is_empty(),
        })
    }
}

impl ParticularsForm {
    /// The form filled in.
    pub fn of(particulars: &Particulars, version: i32) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let need = |need: Option<SenType>| need.map_or("", SenType::as_str).to_owned();
        Self {
            given_names: particulars.given_names.clone(),
            family_name: particulars.family_name.clone(),
            known_as: text(&particulars.known_as),
            date_of_birth: particulars.date_of_birth.into(),
            sex: particulars.sex.as_str().to_owned(),
            upn: particulars
                .upn
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            nhs_number: particulars
                .nhs_number
                .as_ref()
                .map(NhsNumber::spaced)
                .unwrap_or_default(),
            ethnicity: particulars
                .ethnicity
                .map_or("", Ethnicity::as_str)
                .to_owned(),
            language: text(&particulars.language),
            sen_provision: particulars
                .sen_provision
                .map_or("", SenProvision::as_str)
                .to_owned(),
            sen_type: need(particulars.sen_type),
            second_sen_type: need(particulars.second_sen_type),
            another_child: Vec::new(),
            version: version.to_string(),
        }
    }
}

/// A particular in which two versions differ.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub what: &'static str,
    /// As somebody else saved it.
    pub saved: String,
    /// As it was typed here.
    pub typed: String,
}

/// Where what is saved differs from what was typed.
pub fn differences(saved: &Particulars, typed: &Particulars) -> Vec<Difference> {
    in_words(saved)
        .into_iter()
        .zip(in_words(typed))
        .filter(|((_, saved), (_, typed))| saved != typed)
        .map(|((what, saved), (_, typed))| Difference { what, saved, typed })
        .collect()
}

fn in_words(particulars: &Particulars) -> [(&'static str, String); 12] {
    let or_none = |text: Option<&str>| text.unwrap_or("Not recorded").to_owned();
    let number = particulars.nhs_number.as_ref().map(NhsNumber::spaced);
    [
        ("First names", particulars.given_names.clone()),
        ("Family name", particulars.family_name.clone()),
        ("Known as", or_none(particulars.known_as.as_deref())),
        ("Date of birth", spoken(particulars.date_of_birth)),
        ("Sex", particulars.sex.label().to_owned()),
        (
            "UPN",
            or_none(particulars.upn.as_ref().map(|upn| upn.as_str())),
        ),
        ("NHS number", or_none(number.as_deref())),
        (
            "Ethnicity",
            or_none(particulars.ethnicity.map(Ethnicity::label)),
        ),
        ("First language", or_none(particulars.language.as_deref())),
        (
            "Special educational needs",
            or_none(particulars.sen_provision.map(SenProvision::label)),
        ),
        (
            "Type of need",
            or_none(particulars.sen_type.map(SenType::label)),
        ),
        (
            "Second type of need",
            or_none(particulars.second_sen_type.map(SenType::label)),
        ),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::codes::Sex;
    use crate::web::form::Submitted;

    const GOOD: &str = "given_names=+Ada++Mary+&family_name=Field&known_as=&date_of_birth-day=3&date_of_birth-month=4\
        &date_of_birth-year=2015&sex=F&upn=&nhs_number=&ethnicity=WBRI&language=&sen_provision=E&sen_type=ASD&version=4";

    fn check(body: &str) -> Result<Amendment, FormErrors> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::<ParticularsForm>::from_body(body)
            .unwrap()
            .check(today)
            .map_err(|refused| refused.errors)
    }

    #[test]
    fn what_was_typed_is_tidied() {
        let amendment = check(GOOD).unwrap();
        assert_eq!(amendment.version, 4);
        assert_eq!(amendment.particulars.given_names, "Ada Mary");
        assert_eq!(amendment.particulars.known_as, None);
        assert_eq!(
            amendment.particulars.sen_provision,
            Some(SenProvision::Ehcp)
        );
        assert!(!amendment.is_another_child);
    }

    #[test]
    fn the_form_says_again_what_it_was_told() {
        let amendment = check(GOOD).unwrap();
        let form = ParticularsForm::of(&amendment.particulars, amendment.version);
        let again = form
            .parse(
                NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
                &mut FormErrors::default(),
            )
            .unwrap();
        assert_eq!(again.particulars, amendment.particulars);
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        let errors = check(
            "given_names=+&date_of_birth-day=31&date_of_birth-month=2&date_of_birth-year=2015&sex=x&upn=A1&nhs_number=1\
             &ethnicity=none&sen_type=ASD&second_sen_type=ASD&version=",
        )
        .unwrap_err();
        for field in [
            "given_names",
            "family_name",
            "date_of_birth",
            "sex",
            "upn",
            "nhs_number",
            "ethnicity",
            "second_sen_type",
            "version",
        ] {
            assert!(errors.get(field).is_some(), "{field}: {errors:?}");
        }
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let tomorrow = GOOD
            .replace("day=3", "day=24")
            .replace("month=4", "month=11")
            .replace("year=2015", "year=2026");
        assert!(check(&tomorrow).unwrap_err().get("date_of_birth").is_some());
    }

    #[test]
    fn only_what_differs_is_laid_side_by_side() {
        let saved = check(GOOD).unwrap().particulars;
        let typed = Particulars {
            sex: Sex::Unknown,
            known_as: Some("Addie".into()),
            ..saved.clone()
        };
        let found = differences(&saved, &typed);
        assert_eq!(
            found.iter().map(|d| d.what).collect::<Vec<_>>(),
            ["Known as", "Sex"]
        );
        assert_eq!(
            (found[0].saved.as_str(), found[0].typed.as_str()),
            ("Not recorded", "Addie")
        );
    }
}
