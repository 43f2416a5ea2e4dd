//! To the child's officer, or whoever hears in their place: these checks are due soon. One message a person a day.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::duty::{Called, DutyKind};
use crate::rules::escalation::Post;

/// As many checks as a mail lists; the page behind the link has all of them.
const LISTED: usize = 50;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueSoon {
    /// The checks, the soonest due first; never none.
    pub lines: Vec<DueSoonLine>,
    /// The names of those who are away and in whose place the person is told.
    pub in_place_of: BTreeSet<String>,
    /// The page that lists what is due soon, after signing in.
    pub link: String,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueSoonLine {
    /// The reference that the page behind the link leads to.
    pub reference: String,
    /// What is owed.
    pub kind: DutyKind,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// Working days until then; 0 is today.
    pub working_days_left: i64,
    /// Whether this is the last notice.
    pub is_last: bool,
    /// The post whose it is, where nobody holds it who is at work.
    pub vacant_post: Option<Post>,
}

impl DueSoon {
    /// How many there are, and of what.
    fn counted(&self) -> String {
        self.called().counted(self.lines.len())
    }

    /// What they are called together.
    fn called(&self) -> Called {
        Called::together(self.lines.iter().map(|line| line.kind))
    }

    /// Whether one of them is called so.
    fn has(&self, called: Called) -> bool {
        called.is_among(self.lines.iter().map(|line| line.kind))
    }

    fn listed(&self) -> &[DueSoonLine] {
        self.lines.get(..LISTED).unwrap_or(&self.lines)
    }

    fn not_listed(&self) -> usize {
        self.lines.len() - self.listed().len()
    }

    fn in_place_of(&self) -> Option<String> {
        super::away(&self.in_place_of)
    }

    fn some_without_officer(&self) -> bool {
        let mut posts = self.lines.iter().filter_map(|line| line.vacant_post);
        posts.any(|post| post == Post::Officer)
    }

    /// Other posts for which nobody is there, each once.
    fn vacant_posts(&self) -> BTreeSet<String> {
        let posts = self.lines.iter().filter_map(|line| line.vacant_post);
        posts
            .filter(|post| *post != Post::Officer)
            .map(|post| post.label().to_lowercase())
            .collect()
    }
}

impl DueSoonLine {
    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }

    fn left(&self) -> String {
        match self.working_days_left {
            ..=0 => "no working day left".to_owned(),
            1 => "1 working day left".to_owned(),
            days => format!("{days} working days left"),
        }
    }
}

impl DueSoon {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            lines: vec![DueSoonLine {
                reference: Invented::CHECK.to_owned(),
                kind: DutyKind::FirstMeeting,
                due_on: of.after(14),
                working_days_left: 10,
                is_last: false,
                vacant_post: None,
            }],
            in_place_of: BTreeSet::new(),
            link: of.link("/work"),
        }
    }
}

super::three_texts!(
    DueSoon,
    "email/due_soon/subject.txt",
    "email/due_soon/body.txt",
    "email/due_soon/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};
    use crate::shared::reading::page_mentions;

    fn line(reference: &str, due: (i32, u32, u32), left: i64) -> DueSoonLine {
        DueSoonLine {
            reference: reference.to_owned(),
            kind: DutyKind::RecurringCheck,
            due_on: NaiveDate::from_ymd_opt(due.0, due.1, due.2).unwrap(),
            working_days_left: left,
            is_last: left <= 5,
            vacant_post: None,
        }
    }

    fn digest(lines: Vec<DueSoonLine>) -> DueSoon {
        DueSoon {
            lines,
            in_place_of: BTreeSet::new(),
            link: "https://hearth.wessex.example/work".to_owned(),
        }
    }

    #[test]
    fn one_check() {
        let digest = digest(vec![line("W-7K4M-2QXD", (2026, 12, 29), 10)]);
        insta::assert_snapshot!(read(&digest.render(&wessex()).unwrap()));
    }

    #[test]
    fn several_in_the_place_of_somebody_and_one_without_an_officer() {
        let mut lines = vec![
            line("W-7K4M-2QXD", (2026, 12, 18), 0),
            line("W-9FQ2-0ZXB", (2026, 12, 29), 5),
        ];
        lines[1].vacant_post = Some(Post::Officer);
        let digest = DueSoon {
            in_place_of: BTreeSet::from(["Sam Reed".to_owned()]),
            ..digest(lines)
        };
        let message = digest.render(&wessex()).unwrap();
        insta::assert_snapshot!(read(&message));
        insta::assert_snapshot!("html", message.html);
    }

    #[test]
    fn a_return_for_which_nobody_is_in_the_data_team_names_that_post_and_no_officer() {
        let mut lines = vec![line("W-7K4M-2QXD", (2026, 12, 29), 10)];
        lines[0].kind = DutyKind::CensusReturn;
        lines[0].vacant_post = Some(Post::DataTeam);
        let message = digest(lines).render(&wessex()).unwrap();
        assert!(message.subject.starts_with("1 return is due soon"));
        let words: Vec<&str> = message.text.split_whitespace().collect();
        let text = words.join(" ");
        assert!(text.contains("(no data team)"), "{text}");
        assert!(text.contains("nobody holds that post"), "{text}");
        for word in ["officer", "welfare check"] {
            assert!(!text.contains(word), "{word}: {text}");
            assert!(!page_mentions(&message.html, word), "{word}");
        }
    }
}
