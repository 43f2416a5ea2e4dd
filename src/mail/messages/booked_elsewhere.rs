//! To whoever booked a visit, the same day: the child is known to live at another address than the visit is booked for, or
//! another one was told. In 2023 a visit went to an address that the family had left.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedElsewhere {
    /// The reference of the check.
    pub check: String,
    /// Which check, such as "First meeting".
    pub kind: String,
    /// The day of the visit.
    pub booked_for: NaiveDate,
    /// The post that should have been told and that nobody holds.
    pub vacant_post: Option<Post>,
    /// The page of the check, after signing in.
    pub link: String,
}

impl BookedElsewhere {
    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

impl BookedElsewhere {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            check: Invented::CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            booked_for: of.after(3),
            vacant_post: None,
            link: of.link(&format!("/checks/{}", Invented::CHECK)),
        }
    }
}

super::three_texts!(
    BookedElsewhere,
    "email/booked_elsewhere/subject.txt",
    "email/booked_elsewhere/body.txt",
    "email/booked_elsewhere/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn a_visit_to_another_address() {
        let message = BookedElsewhere {
            check: "W-7K4M-2QXD".to_owned(),
            kind: "First meeting".to_owned(),
            booked_for: NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(),
            vacant_post: None,
            link: "https://hearth.wessex.example/checks/W-7K4M-2QXD".to_owned(),
        }
        .render(&wessex())
        .unwrap();
        insta::assert_snapshot!(read(&message));
    }
}
