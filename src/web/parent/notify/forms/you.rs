//! What is typed about the parent who writes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::register::person::PersonRecord;
use crate::rules::identifiers::PhoneNumber;
use crate::web::form::{Form, FormErrors, one_line};

/// A parent's name and telephone number.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct YouForm {
    #[validate(length(max = 200, message = "Your name must be 200 characters or fewer"))]
    pub name: String,
    /// As typed, or nothing.
    pub telephone: String,
}

impl YouForm {
    /// Filled in with what is held about a parent who has notified before.
    pub fn from_what_is_held(held: &PersonRecord) -> Self {
        Self {
            name: held.particulars.name.clone(),
            telephone: held
                .particulars
                .telephone
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }

    /// The number, where one was given.
    pub fn telephone(&self) -> Option<PhoneNumber> {
        PhoneNumber::parse(&self.telephone).ok()
    }
}

impl Form for YouForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        let typed = Self {
            name: one_line(&self.name),
            telephone: one_line(&self.telephone),
        };
        if typed.name.is_empty() {
            errors.add("name", "Enter your full name");
        }
        if !typed.telephone.is_empty() {
            errors.keep("telephone", PhoneNumber::parse(&typed.telephone));
        }
        Some(typed)
    }
}

/// How the parent would like to be in touch, and what else they want to say.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct ContactForm {
    /// How they would like to be in touch, or nothing.
    #[validate(length(
        max = 500,
        message = "How to be in touch must be 500 characters or fewer"
    ))]
    pub preference: String,
    /// What else they want to say, or nothing.
    #[validate(length(
        max = 5000,
        message = "What you want to tell us must be 5,000 characters or fewer"
    ))]
    pub message: String,
}

impl Form for ContactForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<Self> {
        Some(Self {
            preference: self.preference.trim().to_owned(),
            message: self.message.trim().to_owned(),
        })
    }
}
