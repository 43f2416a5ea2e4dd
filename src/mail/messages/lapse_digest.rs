//! To whoever holds a post on the ladder: these checks have lapsed, and each needs a plan or an outcome.
//!
//! One message a person a day, not one a lapse: mail that comes in heaps is not read.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::duty::{Called, DutyKind};
use crate::rules::escalation::{Post, Step};

/// As many lapses as a mail lists; the page behind the link has all of them.
const LISTED: usize = 50;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LapseDigest {
    /// The posts for which the person is told, their own.
    pub told_as: Vec<Post>,
    /// The names of those who are away and in whose place the person is told.
    pub in_place_of: BTreeSet<String>,
    /// The lapses, the most urgent first; never none.
    pub lines: Vec<LapseLine>,
    /// The page that lists the same lapses, after signing in.
    pub link: String,
}

/// One lapse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LapseLine {
    /// The reference that the page behind the link shows.
    pub reference: String,
    /// What is owed.
    pub kind: DutyKind,
    /// The day it was due.
    pub due_on: NaiveDate,
    /// Working days since then.
    pub working_days_over: i64,
    /// The step of the ladder that is owed.
    pub step: Step,
    /// The day the step was owed.
    pub since: NaiveDate,
    /// The day of the last plan, which was not kept.
    pub broken_plan: Option<NaiveDate>,
    /// The plan that is told, with its number for this lapse and its day, when it is that somebody answered once more.
    pub plan: Option<(u32, NaiveDate)>,
    /// The post that should have been told and for which nobody is there.
    pub vacant_post: Option<Post>,
}

impl LapseDigest {
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

    fn listed(&self) -> &[LapseLine] {
        self.lines.get(..LISTED).unwrap_or(&self.lines)
    }

    fn not_listed(&self) -> usize {
        self.lines.len() - self.listed().len()
    }

    /// Whether every lapse here has a plan, and what is told is that it had so many.
    fn is_of_plans(&self) -> bool {
        self.lines.iter().all(|line| line.plan.is_some())
    }

    /// Such as "the team leader and the manager".
    fn told_as(&self) -> String {
        let posts: Vec<String> = self
            .told_as
            .iter()
            .map(|post| with_article(*post))
            .collect();
        posts.join(" and ")
    }

    fn in_place_of(&self) -> Option<String> {
        super::away(&self.in_place_of)
    }

    /// The posts for which nobody is there, each once.
    fn vacant_posts(&self) -> Vec<String> {
        let mut posts: Vec<String> = self.lines.iter().filter_map(LapseLine::vacant).collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    }
}

impl LapseLine {
    fn over(&self) -> String {
        match self.working_days_over {
            ..=0 => "no working day over yet".to_owned(),
            1 => "1 working day over".to_owned(),
            days => format!("{days} working days over"),
        }
    }

    fn step(&self) -> String {
        let label = self.step.label_on(self.kind.nature().ladder);
        label.to_lowercase()
    }

    fn vacant(&self) -> Option<String> {
        self.vacant_post.map(|post| post.label().to_lowercase())
    }
}

fn with_article(post: Post) -> String {
    match post {
        Post::Officer => "an officer".to_owned(),
        post => format!("the {}", post.label().to_lowercase()),
    }
}

impl LapseDigest {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            told_as: vec![Post::TeamLeader],
            in_place_of: BTreeSet::new(),
            lines: vec![LapseLine {
                reference: Invented::LAPSE.to_owned(),
                kind: DutyKind::SecondCheck,
                due_on: of.before(7),
                working_days_over: 5,
                step: Step::Manager,
                since: of.today,
                broken_plan: None,
                plan: None,
                vacant_post: Some(Post::Manager),
            }],
            link: of.link("/lapses"),
        }
    }
}

super::three_texts!(
    LapseDigest,
    "email/lapse_digest/subject.txt",
    "email/lapse_digest/body.txt",
    "email/lapse_digest/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    fn line(reference: &str, due: (i32, u32, u32), over: i64) -> LapseLine {
        LapseLine {
            reference: reference.to_owned(),
            kind: DutyKind::SecondCheck,
            due_on: NaiveDate::from_ymd_opt(due.0, due.1, due.2).unwrap(),
            working_days_over: over,
            step: Step::Lapsed,
            since: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            broken_plan: None,
            plan: None,
            vacant_post: None,
        }
    }

    fn digest(lines: Vec<LapseLine>) -> LapseDigest {
        LapseDigest {
            told_as: vec![Post::TeamLeader],
            in_place_of: BTreeSet::new(),
            lines,
            link: "https://hearth.wessex.example/lapses".to_owned(),
        }
    }

    #[test]
    fn one_lapse() {
        let digest = digest(vec![line("L-7K4M-2QXD", (2026, 11, 20), 1)]);
        insta::assert_snapshot!(read(&digest.render(&wessex()).unwrap()));
    }

    #[test]
    fn several_and_some_for_a_post_that_nobody_holds() {
        let mut lines = vec![
            line("L-7K4M-2QXD", (2026, 10, 30), 16),
            line("L-9FQ2-0ZXB", (2026, 11, 13), 6),
            line("L-1D3T-88VC", (2026, 11, 21), 0),
        ];
        lines[0].step = Step::DutyMailbox;
        lines[1].step = Step::Manager;
        lines[2].broken_plan = NaiveDate::from_ymd_opt(2026, 11, 25);
        lines[1].vacant_post = Some(Post::Manager);
        let digest = LapseDigest {
            told_as: vec![Post::HeadOfService, Post::SafeguardingLead],
            in_place_of: BTreeSet::from(["Jo Dale".to_owned(), "Kim Ford".to_owned()]),
            ..digest(lines)
        };
        let message = digest.render(&wessex()).unwrap();
        insta::assert_snapshot!(read(&message));
        insta::assert_snapshot!("html", message.html);
    }

    #[test]
    fn one_plan_more_is_told_with_its_number_and_asks_for_no_other() {
        let mut renewed = line("L-7K4M-2QXD", (2026, 10, 30), 16);
        renewed.step = Step::RenewedToHeadOfService;
        renewed.plan = Some((3, NaiveDate::from_ymd_opt(2026, 12, 18).unwrap()));
        let digest = LapseDigest {
            told_as: vec![Post::HeadOfService],
            ..digest(vec![renewed])
        };
        insta::assert_snapshot!(read(&digest.render(&wessex()).unwrap()));
    }

    #[test]
    fn a_long_list_is_on_the_page_and_not_in_the_mail() {
        let lines = vec![line("L-7K4M-2QXD", (2026, 11, 20), 1); 60];
        let message = digest(lines).render(&wessex()).unwrap();
        assert_eq!(message.subject, "60 welfare checks have lapsed");
        assert_eq!(message.text.matches("L-7K4M-2QXD").count(), LISTED);
        assert!(message.text.contains("- and 10 more"), "{}", message.text);
    }
}
