//! To the post above the managers: a manager let the checks of a child rest although one is overdue, or for longer and
//! longer. Nobody decides alone that a child is out of sight.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestDecided {
    /// The reference of the child's record.
    pub child: String,
    /// The first day of the rest.
    pub starts_on: NaiveDate,
    /// The last day of the rest.
    pub ends_on: NaiveDate,
    /// Which renewal of a rest it is, counted from 1; 0 for the first rest.
    pub renewal: u32,
    /// The post that should have been told and for which nobody is there.
    pub vacant_post: Option<Post>,
    /// The page of the child, after signing in.
    pub link: String,
}

impl RestDecided {
    fn because(&self) -> String {
        match self.renewal {
            0 => "A check is overdue, and nobody is told of it while it rests.".to_owned(),
            1 => "A rest before was renewed: the checks rest for a second time.".to_owned(),
            times => format!("The rest was renewed before: these are {times} renewals now."),
        }
    }

    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

impl RestDecided {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            child: Invented::CHILD.to_owned(),
            starts_on: of.today,
            ends_on: of.after(30),
            renewal: 1,
            vacant_post: None,
            link: of.link(&format!("/children/{}", Invented::CHILD)),
        }
    }
}

super::three_texts!(
    RestDecided,
    "email/rest_decided/subject.txt",
    "email/rest_decided/body.txt",
    "email/rest_decided/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn a_rest_over_an_overdue_check() {
        let rest = RestDecided {
            child: "C-7K4M-2QXD".to_owned(),
            starts_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            ends_on: NaiveDate::from_ymd_opt(2027, 2, 1).unwrap(),
            renewal: 0,
            vacant_post: Some(Post::HeadOfService),
            link: "https://hearth.wessex.example/children/C-7K4M-2QXD".to_owned(),
        };
        insta::assert_snapshot!(read(&rest.render(&wessex()).unwrap()));
        let renewed = RestDecided {
            renewal: 1,
            vacant_post: None,
            ..rest
        };
        insta::assert_snapshot!("renewed", read(&renewed.render(&wessex()).unwrap()));
    }
}
