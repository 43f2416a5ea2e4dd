//! To the manager, the same day: an attempt at a check did not do what it was for, and the child's schedule is red. In
//! 2023 such a visit was put off to another month, and nobody above the visitor knew.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedVisit {
    /// The reference of the check.
    pub check: String,
    /// Which check, such as "First meeting".
    pub kind: String,
    /// The day of the attempt.
    pub happened_on: NaiveDate,
    /// The day by which the new attempt is owed, if one is open.
    pub new_attempt_by: Option<NaiveDate>,
    /// The post that should have been told and that nobody holds.
    pub vacant_post: Option<Post>,
    /// The page of the check, after signing in.
    pub link: String,
}

impl FailedVisit {
    fn new_attempt(&self) -> Option<String> {
        self.new_attempt_by.map(spoken)
    }

    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

impl FailedVisit {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            check: Invented::CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            happened_on: of.today,
            new_attempt_by: Some(of.after(2)),
            vacant_post: None,
            link: of.link(&format!("/checks/{}", Invented::CHECK)),
        }
    }
}

super::three_texts!(
    FailedVisit,
    "email/failed_visit/subject.txt",
    "email/failed_visit/body.txt",
    "email/failed_visit/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn a_new_attempt_is_owed() {
        let message = FailedVisit {
            check: "W-7K4M-2QXD".to_owned(),
            kind: "First meeting".to_owned(),
            happened_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            new_attempt_by: NaiveDate::from_ymd_opt(2026, 11, 25),
            vacant_post: None,
            link: "https://hearth.wessex.example/checks/W-7K4M-2QXD".to_owned(),
        }
        .render(&wessex())
        .unwrap();
        insta::assert_snapshot!(read(&message));
    }
}
