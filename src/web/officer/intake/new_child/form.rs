//! A notification as an officer writes it down: the same facts that a parent's own form asks for, and where they came
//! from.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use validator::Validate;

use crate::intake::notification::{Notification, NotifiedChild, NotifyingParent};
use crate::register::address::Place;
use crate::register::person::{NewPerson, PersonParticulars};
use crate::rules::codes::{Confidentiality, PreviousSetting, PrimaryReason, Sex};
use crate::web::form::{DateInput, Form, FormErrors, line_if_typed, one_line};
use crate::web::identity::{TypedNames, born, sex};

/// An older letter is a slip of the finger: a record that old comes with a list.
const OLDEST: TimeDelta = TimeDelta::days(366);

/// What the form holds, as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct NewChildForm {
    pub(super) source: String,
    pub(super) received_on: DateInput,
    pub(super) given_names: String,
    pub(super) family_name: String,
    pub(super) known_as: String,
    pub(super) date_of_birth: DateInput,
    pub(super) sex: String,
    pub(super) educated_at_home_since: DateInput,
    pub(super) previous_setting: String,
    #[validate(length(
        max = 200,
        message = "The school’s name must be 200 characters or fewer"
    ))]
    pub(super) previous_school: String,
    pub(super) reason: String,
    #[validate(length(max = 200, message = "Name must be 200 characters or fewer"))]
    pub(super) parent_name: String,
    pub(super) relationship: String,
    pub(super) telephone: String,
    pub(super) email: String,
    #[validate(length(
        max = 400,
        message = "House and street must be 400 characters or fewer"
    ))]
    pub(super) lines: String,
    #[validate(length(max = 100, message = "Town must be 100 characters or fewer"))]
    pub(super) town: String,
    pub(super) postcode: String,
    #[validate(length(
        max = 4000,
        message = "What else there is must be 4,000 characters or fewer"
    ))]
    pub(super) message: String,
    pub(super) another_child: Vec<String>,
    pub(super) form_key: String,
}

/// What the form means.
#[derive(Debug)]
pub struct WrittenDown {
    pub notification: Notification,
    /// The day the letter or the call came: the clocks start on it, not on the day somebody finds time to type.
    pub received_on: NaiveDate,
    /// Whether somebody has looked at the children who may be the same.
    pub is_another_child: bool,
    /// As typed, for the same page again.
    pub form: NewChildForm,
}

impl NewChildForm {
    /// An empty form, with what is usual chosen.
    pub fn with_key(form_key: String, today: NaiveDate) -> Self {
        Self {
            received_on: today.into(),
            sex: Sex::Unknown.as_str().to_owned(),
            previous_setting: PreviousSetting::OtherOrUnknown.as_str().to_owned(),
            reason: PrimaryReason::Unknown.as_str().to_owned(),
            form_key,
            ..Self::default()
        }
    }

    fn child(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<NotifiedChild> {
        let names = TypedNames {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: &self.known_as,
        };
        let names = names.parse(errors);
        let date_of_birth = born("date_of_birth", &self.date_of_birth, today, errors);
        let sex = sex(&self.sex, errors);
        let since = self.educated_at_home_since.optional(
            "educated_at_home_since",
            "the day since when the child is educated at home",
            errors,
        );
        let previous_setting = errors.keep(
            "previous_setting",
            self.previous_setting
                .parse()
                .map_err(|_| "Choose where the child was before"),
        );
        let reason = errors.keep(
            "reason",
            self.reason
                .parse()
                .map_err(|_| "Choose a reason, or unknown"),
        );
        let relationship = errors.keep(
            "relationship",
            self.relationship
                .parse()
                .map_err(|_| "Choose what the parent or carer is to the child"),
        );
        let names = names?;
        Some(NotifiedChild {
            given_names: names.given_names,
            family_name: names.family_name,
            known_as: names.known_as,
            date_of_birth: date_of_birth?,
            sex: sex?,
            relationship: relationship?,
            other_home: None,
            educated_at_home_since: since?,
            previous_setting: previous_setting?,
            previous_school: line_if_typed(&self.previous_school),
            reason: reason?,
        })
    }

    fn parent(&self, errors: &mut FormErrors) -> Option<NotifyingParent> {
        let name = errors.keep_line(
            "parent_name",
            &self.parent_name,
            "Enter the parent’s or carer’s name",
        );
        let telephone = errors.keep_if_typed("telephone", &self.telephone);
        let email = errors.keep_if_typed("email", &self.email);
        let postcode = errors.keep_if_typed("postcode", &self.postcode);
        Some(NotifyingParent {
            person: NewPerson {
                account: None,
                particulars: PersonParticulars {
                    name: name?,
                    email: email?,
                    telephone: telephone?,
                    contact_preference: String::new(),
                    confidentiality: Confidentiality::Normal,
                },
            },
            home: Place {
                lines: self.lines.trim().to_owned(),
                town: one_line(&self.town),
                postcode: postcode?,
                uprn: None,
            },
        })
    }
}

impl Form for NewChildForm {
    type Parsed = WrittenDown;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<WrittenDown> {
        let source = errors.keep(
            "source",
            self.source
                .parse()
                .map_err(|_| "Choose who told the authority"),
        );
        let received_on =
            self.received_on
                .required("received_on", "the day it was received", errors);
        if received_on.is_some_and(|day| day > today) {
            errors.add(
                "received_on",
                "The day it was received must be today or in the past",
            );
        }
        if received_on.is_some_and(|day| day < today - OLDEST) {
            errors.add(
                "received_on",
                "The day it was received must be in the last year",
            );
        }
        let child = self.child(today, errors);
        let parent = self.parent(errors);
        if self.form_key.len() < 16 {
            errors.add("form_key", "Reload this page and type it again");
        }
        Some(WrittenDown {
            notification: Notification {
                form_key: self.form_key.clone(),
                source: source?,
                parent: parent?,
                children: vec![child?],
                message: self.message.trim().to_owned(),
            },
            received_on: received_on?,
            is_another_child: !self.another_child.is_empty(),
            form: self.clone(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::codes::Source;
    use crate::web::form::Submitted;

    const GOOD: &str = "source=school_return&received_on-day=20&received_on-month=11&received_on-year=2026&given_names=Ada&family_name=Field&date_of_birth-day=3&date_of_birth-month=4\
        &date_of_birth-year=2015&sex=F&previous_setting=acad&reason=not_given&parent_name=Jo+Field&relationship=mother\
        &lines=1+High+Street&postcode=aa3+1ab&form_key=0123456789abcdef";

    fn check(body: &str) -> Result<WrittenDown, FormErrors> {
        Submitted::<NewChildForm>::from_body(body)
            .unwrap()
            .check(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap())
            .map_err(|refused| refused.errors)
    }

    #[test]
    fn a_letter_becomes_a_notification() {
        let written = check(GOOD).unwrap();
        let told = &written.notification;
        assert_eq!(told.source, Source::SchoolReturn);
        assert_eq!(
            written.received_on,
            NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
        );
        assert_eq!(told.children.len(), 1);
        assert_eq!(told.children[0].reason, PrimaryReason::NotGiven);
        assert_eq!(told.parent.home.on_one_line(), "1 High Street, AA3 1AB");
        assert!(told.parent.person.account.is_none());
        assert!(!written.is_another_child);
    }

    #[test]
    fn where_a_family_lives_may_be_unknown() {
        let body = GOOD.replace("&lines=1+High+Street&postcode=aa3+1ab", "");
        let home = check(&body).unwrap().notification.parent.home;
        assert_eq!(home.on_one_line(), "");
    }

    #[test]
    fn a_letter_comes_neither_tomorrow_nor_years_ago() {
        for day in ["day=24", "day=20&received_on-year=2024"] {
            let body = GOOD.replace("received_on-day=20", &format!("received_on-{day}"));
            let body = match day.contains("year") {
                true => body.replace("&received_on-year=2026", ""),
                false => body,
            };
            let errors = check(&body).unwrap_err();
            assert!(errors.get("received_on").is_some(), "{body}");
        }
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        let errors = check("source=&postcode=x&email=x&telephone=x&form_key=").unwrap_err();
        for field in [
            "source",
            "received_on",
            "given_names",
            "family_name",
            "date_of_birth",
            "sex",
            "previous_setting",
            "reason",
            "parent_name",
            "relationship",
            "telephone",
            "email",
            "postcode",
            "form_key",
        ] {
            assert!(errors.get(field).is_some(), "{field}");
        }
    }
}
