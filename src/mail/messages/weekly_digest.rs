//! To the team leader, once a week: how the register stands, and every lapse that nobody has answered for.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklyDigest {
    /// The first day of the week.
    pub monday: NaiveDate,
    /// The post the person is told as: another than the team leader's when nobody is there for that.
    pub told_as: Post,
    /// The names of those who are away and in whose place the person is told.
    pub in_place_of: BTreeSet<String>,
    /// The numbers, each with its page.
    pub figures: Vec<Figure>,
    /// Lapses that nobody has answered for, the longest over first, at most [`WeeklyDigest::LISTED`].
    pub lapses: Vec<WeeklyLapse>,
    /// How many of these there are.
    pub unanswered: usize,
    /// The page that lists lapses, after signing in.
    pub link: String,
}

/// A number, and the page that lists as many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub label: String,
    pub number: i64,
    /// Where they are, after signing in.
    pub link: String,
}

/// A lapse that nobody has answered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklyLapse {
    pub reference: String,
    pub check: String,
    /// The day it was due.
    pub due_on: NaiveDate,
    /// Working days since then.
    pub working_days_over: i64,
}

impl WeeklyDigest {
    /// As many lapses as a mail lists; the page behind the link has all of them.
    pub const LISTED: usize = 50;

    fn not_listed(&self) -> usize {
        self.unanswered.saturating_sub(self.lapses.len())
    }

    fn in_place_of(&self) -> Option<String> {
        super::away(&self.in_place_of)
    }

    fn is_in_another_post(&self) -> bool {
        self.told_as != Post::TeamLeader
    }

    /// What the subject adds to the week.
    fn pressing(&self) -> String {
        match self.unanswered {
            0 => "every lapse has an answer".to_owned(),
            1 => "1 lapse without an answer".to_owned(),
            count => format!("{count} lapses without an answer"),
        }
    }
}

impl WeeklyLapse {
    fn over(&self) -> String {
        match self.working_days_over {
            ..=0 => "no working day over yet".to_owned(),
            1 => "1 working day over".to_owned(),
            days => format!("{days} working days over"),
        }
    }
}

impl WeeklyDigest {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            monday: of.today,
            told_as: Post::TeamLeader,
            in_place_of: BTreeSet::new(),
            figures: vec![Figure {
                label: "Open lapses".to_owned(),
                number: 1,
                link: of.link("/lapses"),
            }],
            lapses: vec![WeeklyLapse {
                reference: Invented::LAPSE.to_owned(),
                check: "Second check".to_owned(),
                due_on: of.before(7),
                working_days_over: 5,
            }],
            unanswered: 1,
            link: of.link("/lapses"),
        }
    }
}

super::three_texts!(
    WeeklyDigest,
    "email/weekly_digest/subject.txt",
    "email/weekly_digest/body.txt",
    "email/weekly_digest/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    fn digest() -> WeeklyDigest {
        WeeklyDigest {
            monday: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            told_as: Post::TeamLeader,
            in_place_of: BTreeSet::new(),
            figures: vec![
                Figure {
                    label: "Open lapses".to_owned(),
                    number: 3,
                    link: "https://hearth.wessex.example/lapses".to_owned(),
                },
                Figure {
                    label: "Children never seen in person".to_owned(),
                    number: 0,
                    link: "https://hearth.wessex.example/children/unseen?which=never".to_owned(),
                },
            ],
            lapses: vec![WeeklyLapse {
                reference: "L-7K4M-2QXD".to_owned(),
                check: "Second check".to_owned(),
                due_on: NaiveDate::from_ymd_opt(2026, 10, 30).unwrap(),
                working_days_over: 16,
            }],
            unanswered: 1,
            link: "https://hearth.wessex.example/lapses".to_owned(),
        }
    }

    #[test]
    fn a_week_with_a_lapse_that_nobody_answered_for() {
        let message = digest().render(&wessex()).unwrap();
        insta::assert_snapshot!(read(&message));
        insta::assert_snapshot!("html", message.html);
    }

    #[test]
    fn a_week_in_which_every_lapse_has_an_answer_told_to_the_manager() {
        let digest = WeeklyDigest {
            told_as: Post::Manager,
            lapses: Vec::new(),
            unanswered: 0,
            ..digest()
        };
        insta::assert_snapshot!(read(&digest.render(&wessex()).unwrap()));
    }
}
