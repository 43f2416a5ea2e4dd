//! To the manager, the same day: a check was put off once more, or over a school holiday. In 2023 a visit was put off from
//! August to September, and the child was killed the next day.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postponed {
    /// The reference of the check.
    pub check: String,
    /// Which check, such as "First meeting".
    pub kind: String,
    /// The day it was first due.
    pub original_due_on: NaiveDate,
    /// The day for which it is booked now.
    pub booked_for: NaiveDate,
    /// How often it was put off.
    pub times: u32,
    /// Whether a school holiday lies between.
    pub past_holiday: bool,
    /// Whether one may lie between, because nobody entered the terms.
    pub terms_unknown: bool,
    /// The post that should have been told and that nobody holds.
    pub vacant_post: Option<Post>,
    /// The page of the check, after signing in.
    pub link: String,
}

impl Postponed {
    fn because(&self) -> String {
        let times = match self.times {
            0 | 1 => "It was put off".to_owned(),
            times => format!("It was put off for the {} time", ordinal(times)),
        };
        if self.past_holiday {
            return format!("{times}, and a school holiday lies between.");
        }
        if self.terms_unknown {
            return format!(
                "{times}. A school holiday may lie between: nobody has entered the terms for these days."
            );
        }
        format!("{times}.")
    }

    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

impl Postponed {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            check: Invented::CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            original_due_on: of.before(7),
            booked_for: of.after(30),
            times: 3,
            past_holiday: false,
            terms_unknown: false,
            vacant_post: None,
            link: of.link(&format!("/checks/{}", Invented::CHECK)),
        }
    }
}

super::three_texts!(
    Postponed,
    "email/postponed/subject.txt",
    "email/postponed/body.txt",
    "email/postponed/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    fn postponed() -> Postponed {
        Postponed {
            check: "W-7K4M-2QXD".to_owned(),
            kind: "First meeting".to_owned(),
            original_due_on: NaiveDate::from_ymd_opt(2027, 7, 20).unwrap(),
            booked_for: NaiveDate::from_ymd_opt(2027, 9, 7).unwrap(),
            times: 1,
            past_holiday: true,
            terms_unknown: false,
            vacant_post: None,
            link: "https://hearth.wessex.example/checks/W-7K4M-2QXD".to_owned(),
        }
    }

    #[test]
    fn over_a_holiday() {
        insta::assert_snapshot!(read(&postponed().render(&wessex()).unwrap()));
    }

    #[test]
    fn how_often() {
        let because = |times, past_holiday| {
            Postponed {
                times,
                past_holiday,
                ..postponed()
            }
            .because()
        };
        let unknown = Postponed {
            past_holiday: false,
            terms_unknown: true,
            ..postponed()
        };
        assert_eq!(
            unknown.because(),
            "It was put off. A school holiday may lie between: nobody has entered the terms for these days."
        );
        assert_eq!(because(3, false), "It was put off for the 3rd time.");
        assert_eq!(because(11, false), "It was put off for the 11th time.");
        assert_eq!(
            because(22, true),
            "It was put off for the 22nd time, and a school holiday lies between."
        );
    }
}
