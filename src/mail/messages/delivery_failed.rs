//! To the next post up: a mail that told somebody of lapses could not be delivered, so they have not been told.

use crate::rules::escalation::Post;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFailed {
    /// The reference of the mail that failed.
    pub mail: String,
    /// The post that it was for.
    pub post: Post,
    /// How many lapses it told of.
    pub lapses: usize,
    /// What the mail server said, without addresses.
    pub answer: String,
    /// The page that lists the lapses, after signing in.
    pub lapses_link: String,
    /// The page that lists mail which did not arrive, for administrators.
    pub outbox_link: String,
}

impl DeliveryFailed {
    fn post(&self) -> String {
        self.post.label().to_lowercase()
    }
}

super::three_texts!(
    DeliveryFailed,
    "delivery_failed",
    "email/delivery_failed/subject.txt",
    "email/delivery_failed/body.txt",
    "email/delivery_failed/body.html"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn the_team_leader_was_not_told() {
        let message = DeliveryFailed {
            mail: "M-0YKZ-54HT".to_owned(),
            post: Post::TeamLeader,
            lapses: 3,
            answer: "550 5.1.1 (address) Recipient address rejected: User unknown".to_owned(),
            lapses_link: "https://hearth.wessex.example/lapses".to_owned(),
            outbox_link: "https://hearth.wessex.example/admin/mail".to_owned(),
        }
        .render(&wessex());
        insta::assert_snapshot!(read(&message));
    }
}
