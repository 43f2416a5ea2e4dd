//! To the next post up: a mail that told somebody of lapses could not be delivered, so they have not been told.

use super::invented::Invented;
use crate::rules::duty::Called;
use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFailed {
    /// The reference of the mail that failed.
    pub mail: String,
    /// The post that it was for.
    pub post: Post,
    /// What it told of.
    pub about: Unheard,
    /// What the mail server said, without addresses.
    pub answer: String,
    /// The page that lists what it told of, after signing in.
    pub list_link: String,
    /// The page that lists mail which did not arrive, for administrators.
    pub outbox_link: String,
}

/// What somebody has not heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// So many lapses, of what is called so.
    Lapses(usize, Called),
    /// So many duties that are due soon.
    DueSoon(usize, Called),
    /// Something else about checks.
    Checks,
}

impl Unheard {
    fn words(self) -> String {
        match self {
            Self::Lapses(1, called) => format!("a lapsed {}", called.in_full(1)),
            Self::Lapses(count, called) => format!("{count} lapsed {}", called.in_full(count)),
            Self::DueSoon(1, called) => format!("a {} that is due soon", called.in_full(1)),
            Self::DueSoon(count, called) => {
                format!("{} that are due soon", called.counted(count))
            }
            Self::Checks => "welfare checks".to_owned(),
        }
    }

    /// As "these lapses".
    fn them(self) -> String {
        match self {
            Self::Lapses(1, _) => "the lapse".to_owned(),
            Self::Lapses(..) => "these lapses".to_owned(),
            Self::DueSoon(1, called) => format!("the {}", called.in_short(1)),
            Self::DueSoon(count, called) => format!("these {}", called.in_short(count)),
            Self::Checks => "what has lapsed".to_owned(),
        }
    }
}

impl DeliveryFailed {
    fn post(&self) -> String {
        self.post.label().to_lowercase()
    }
}

impl DeliveryFailed {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            mail: "M-0000-0000".to_owned(),
            post: Post::TeamLeader,
            about: Unheard::Lapses(1, Called::Check),
            answer: "550 5.1.1 (address) User unknown".to_owned(),
            list_link: of.link("/lapses"),
            outbox_link: of.link("/admin/mail"),
        }
    }
}

super::three_texts!(
    DeliveryFailed,
    "email/delivery_failed/subject.txt",
    "email/delivery_failed/body.txt",
    "email/delivery_failed/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn the_team_leader_was_not_told() {
        insta::assert_snapshot!(read(&failed(Unheard::Lapses(3, Called::Check))));
    }

    #[test]
    fn what_told_of_no_lapse_says_so() {
        let message = failed(Unheard::Checks);
        assert_eq!(
            message.subject,
            "An email about welfare checks could not be delivered"
        );
        let words = read(&message);
        assert!(words.contains("told of welfare checks, so"), "{words}");
    }

    fn failed(about: Unheard) -> crate::mail::Rendered {
        DeliveryFailed {
            mail: "M-0YKZ-54HT".to_owned(),
            post: Post::TeamLeader,
            about,
            answer: "550 5.1.1 (address) Recipient address rejected: User unknown".to_owned(),
            list_link: "https://hearth.wessex.example/lapses".to_owned(),
            outbox_link: "https://hearth.wessex.example/admin/mail".to_owned(),
        }
        .render(&wessex())
        .unwrap()
    }

    #[test]
    fn what_was_not_heard_of_is_counted() {
        for (about, words) in [
            (
                Unheard::Lapses(1, Called::Check),
                "a lapsed welfare check / the lapse",
            ),
            (
                Unheard::DueSoon(1, Called::Check),
                "a welfare check that is due soon / the check",
            ),
            (
                Unheard::DueSoon(2, Called::Check),
                "2 welfare checks that are due soon / these checks",
            ),
        ] {
            assert_eq!(format!("{} / {}", about.words(), about.them()), words);
        }
    }
}
