//! What is typed about a child.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::rules::codes::{PreviousSetting, PrimaryReason, Relationship, Sex};
use crate::rules::dates::from_parts;
use crate::web::form::{Choice, DateInput, Form, FormErrors, choices, choices_with_blank};
use crate::web::identity::{self, TypedNames};

/// Nobody is of school age longer than this.
const OLDEST: i32 = 19;

/// A child's names.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct NameForm {
    pub given_names: String,
    pub family_name: String,
    /// If the child goes by another name; empty if not.
    pub known_as: String,
}

impl NameForm {
    /// What to call the child.
    pub fn called(&self) -> String {
        match self.known_as.as_str() {
            "" => self.given_names.clone(),
            known_as => known_as.to_owned(),
        }
    }

    /// The name the child is known by, where given.
    pub fn known_as(&self) -> Option<String> {
        Some(self.known_as.clone()).filter(|known_as| !known_as.is_empty())
    }
}

impl Form for NameForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        let typed = TypedNames {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: &self.known_as,
        };
        let names = typed.parse(errors)?;
        Some(Self {
            given_names: names.given_names,
            family_name: names.family_name,
            known_as: names.known_as.unwrap_or_default(),
        })
    }
}

/// A child's date of birth.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct BornForm {
    pub born: DateInput,
}

impl BornForm {
    /// The day, if it is one on which a child of this age was born.
    pub fn day(&self, today: NaiveDate) -> Option<NaiveDate> {
        let born = from_parts(&self.born.day, &self.born.month, &self.born.year).ok()?;
        (born <= today && !is_grown_up(born, today)).then_some(born)
    }
}

fn is_grown_up(born: NaiveDate, today: NaiveDate) -> bool {
    today.year() - born.year() > OLDEST
}

impl Form for BornForm {
    type Parsed = Self;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        let born = identity::born("born", &self.born, today, errors)?;
        if is_grown_up(born, today) {
            errors.add_part(
                "born",
                "year",
                "Check the year: at that age nobody is a child any more",
            );
        }
        Some(self.clone())
    }
}

/// A child's sex, where given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct SexForm {
    /// The stored word, or nothing.
    pub sex: String,
}

impl SexForm {
    /// The options.
    pub fn choices(&self) -> Vec<Choice> {
        let mut all = choices(&[Sex::Female, Sex::Male], Sex::as_str, Sex::label);
        all.push(Choice::new(Sex::Unknown.as_str(), "I would rather not say"));
        all
    }

    /// What was said; nothing said is unknown.
    pub fn meaning(&self) -> Sex {
        self.sex.parse().unwrap_or(Sex::Unknown)
    }
}

impl Form for SexForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        if !self.sex.is_empty() {
            identity::sex(&self.sex, errors);
        }
        Some(self.clone())
    }
}

/// What the parent is to the child.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct TieForm {
    /// The stored word, or nothing.
    pub relationship: String,
}

impl TieForm {
    /// The options.
    pub fn choices(&self) -> Vec<Choice> {
        choices(Relationship::ALL, Relationship::as_str, Relationship::label)
    }

    /// What was said.
    pub fn meaning(&self) -> Option<Relationship> {
        self.relationship.parse().ok()
    }
}

impl Form for TieForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        let said = self.relationship.parse::<Relationship>();
        errors.keep(
            "relationship",
            said.map_err(|_| "Choose what you are to the child"),
        )?;
        Some(self.clone())
    }
}

/// Where the child lives.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct HomeForm {
    /// `with_me` or `elsewhere`.
    pub home: String,
}

const WITH_ME: &str = "with_me";
const ELSEWHERE: &str = "elsewhere";

impl HomeForm {
    /// The options.
    pub fn choices(&self) -> Vec<Choice> {
        vec![
            Choice::new(WITH_ME, "With me").hint("All the time or part of it"),
            Choice::new(ELSEWHERE, "Somewhere else"),
        ]
    }

    /// Whether the child lives somewhere else than with the parent.
    pub fn is_elsewhere(&self) -> bool {
        self.home == ELSEWHERE
    }
}

impl Form for HomeForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        if ![WITH_ME, ELSEWHERE].contains(&self.home.as_str()) {
            errors.add("home", "Choose where the child lives");
        }
        Some(self.clone())
    }
}

/// The last school, where given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct SchoolForm {
    /// Its name, or nothing.
    #[validate(length(
        max = 200,
        message = "The school’s name must be 200 characters or fewer"
    ))]
    pub school: String,
    /// The stored word of its kind, or nothing.
    pub setting: String,
}

impl SchoolForm {
    /// The options.
    pub fn choices(&self) -> Vec<Choice> {
        let known: Vec<_> = PreviousSetting::ALL
            .iter()
            .copied()
            .filter(|setting| *setting != PreviousSetting::OtherOrUnknown)
            .collect();
        choices_with_blank(
            "Not said, or another kind",
            &known,
            PreviousSetting::as_str,
            PreviousSetting::label,
        )
    }

    /// The kind of school; nothing said is unknown.
    pub fn setting(&self) -> PreviousSetting {
        self.setting
            .parse()
            .unwrap_or(PreviousSetting::OtherOrUnknown)
    }

    /// Its name, where given.
    pub fn name(&self) -> Option<String> {
        Some(self.school.clone()).filter(|name| !name.is_empty())
    }

    /// What was said, in lines, for the check of all answers.
    pub fn in_lines(&self) -> String {
        match (
            self.school.as_str(),
            self.setting.parse::<PreviousSetting>(),
        ) {
            ("", Err(_)) => "Not given".to_owned(),
            ("", Ok(setting)) => setting.label().to_owned(),
            (name, Err(_)) => name.to_owned(),
            (name, Ok(setting)) => format!("{name}\n{}", setting.label()),
        }
    }
}

impl Form for SchoolForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        if !self.setting.is_empty() {
            let said = self.setting.parse::<PreviousSetting>();
            errors.keep(
                "setting",
                said.map_err(|_| "Choose one of the kinds of school"),
            );
        }
        Some(Self {
            school: self.school.trim().to_owned(),
            setting: self.setting.clone(),
        })
    }
}

/// The reason, where given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct ReasonForm {
    /// The stored word, or nothing.
    pub reason: String,
}

impl ReasonForm {
    /// The options: not saying comes first.
    pub fn choices(&self) -> Vec<Choice> {
        let not_said = [PrimaryReason::NotGiven, PrimaryReason::Unknown];
        let reasons: Vec<_> = PrimaryReason::ALL
            .iter()
            .copied()
            .filter(|reason| !not_said.contains(reason))
            .collect();
        let first = Choice::new(PrimaryReason::NotGiven.as_str(), "I would rather not say");
        let rest = choices(&reasons, PrimaryReason::as_str, PrimaryReason::label);
        std::iter::once(first).chain(rest).collect()
    }

    /// What was said; whoever said nothing was asked.
    pub fn meaning(&self) -> PrimaryReason {
        self.reason.parse().unwrap_or(PrimaryReason::NotGiven)
    }

    /// What was said, for the check of all answers.
    pub fn in_words(&self) -> &'static str {
        match self.meaning() {
            PrimaryReason::NotGiven => "Not given",
            reason => reason.label(),
        }
    }
}

impl Form for ReasonForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        if !self.reason.is_empty() {
            let said = self.reason.parse::<PrimaryReason>();
            errors.keep("reason", said.map_err(|_| "Choose one of the answers"));
        }
        Some(self.clone())
    }
}
