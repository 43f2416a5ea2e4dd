//! To the manager, the same day: an officer closed a record.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordClosed {
    /// The reference of the record.
    pub record: String,
    /// Through which door, such as "Attends a school".
    pub because: String,
    pub on: NaiveDate,
    /// The post that should have been told and that nobody holds.
    pub vacant_post: Option<Post>,
    /// The page of the record, after signing in.
    pub link: String,
}

impl RecordClosed {
    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

impl RecordClosed {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            record: Invented::CHILD.to_owned(),
            because: "Attends a school".to_owned(),
            on: of.today,
            vacant_post: None,
            link: of.link("/children"),
        }
    }
}

super::three_texts!(
    RecordClosed,
    "email/record_closed/subject.txt",
    "email/record_closed/body.txt",
    "email/record_closed/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn what_the_manager_reads() {
        let closed = RecordClosed {
            record: "C-7K4M-2QXD".to_owned(),
            because: "Attends a school".to_owned(),
            on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            vacant_post: Some(Post::Manager),
            link: "https://hearth.wessex.example/children/C-7K4M-2QXD".to_owned(),
        };
        insta::assert_snapshot!(read(&closed.render(&wessex()).unwrap()));
    }
}
