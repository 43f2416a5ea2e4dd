//! To a parent: we have what you sent us. A receipt, not a permission.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The reference of the notification.
    pub notification: String,
    /// The day it came in.
    pub received_on: NaiveDate,
    /// How many children it is about.
    pub children: usize,
    /// The day by which an officer has read it and written back.
    pub answer_by: NaiveDate,
    /// The day by which the team gets in touch.
    pub contact_by: NaiveDate,
    /// Whether parents tell the authority because they choose to: for as long as the 2026 Act is not in force there.
    pub is_by_choice: bool,
    /// The page that shows what was sent and what is held.
    pub held_link: String,
    /// Whom to turn to who is not the officer.
    pub complaints_to: Option<String>,
}

impl Receipt {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            notification: Invented::NOTIFICATION.to_owned(),
            received_on: of.today,
            children: 2,
            answer_by: of.after(14),
            contact_by: of.after(14),
            is_by_choice: true,
            held_link: of.link("/family"),
            complaints_to: None,
        }
    }
}

super::three_texts!(
    Receipt,
    "email/receipt/subject.txt",
    "email/receipt/body.txt",
    "email/receipt/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};
    use crate::shared::reading::page_mentions;

    fn receipt() -> Receipt {
        Receipt {
            notification: "N-7K4M-2QXD".to_owned(),
            received_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            children: 2,
            answer_by: NaiveDate::from_ymd_opt(2026, 12, 7).unwrap(),
            contact_by: NaiveDate::from_ymd_opt(2026, 12, 7).unwrap(),
            is_by_choice: true,
            held_link: "https://hearth.wessex.example/family".to_owned(),
            complaints_to: Some("the Customer Relations team, 01632 960 009".to_owned()),
        }
    }

    #[test]
    fn for_two_children() {
        insta::assert_snapshot!(read(&receipt().render(&wessex()).unwrap()));
    }

    #[test]
    fn for_one_child_of_an_authority_that_told_us_little() {
        let receipt = Receipt {
            children: 1,
            complaints_to: None,
            ..receipt()
        };
        let letterhead = crate::mail::Letterhead {
            reply_to: None,
            telephone: None,
            ..wessex()
        };
        insta::assert_snapshot!(read(&receipt.render(&letterhead).unwrap()));
    }

    #[test]
    fn once_the_act_is_in_force_it_does_not_say_that_there_is_no_duty() {
        let receipt = Receipt {
            is_by_choice: false,
            ..receipt()
        };
        let message = receipt.render(&wessex()).unwrap();
        assert!(
            message
                .text
                .contains("This is a receipt, not a permission.")
        );
        assert!(page_mentions(
            &message.html,
            "This is a receipt, not a permission."
        ));
        for word in ["duty", "choosing"] {
            assert!(!message.text.contains(word), "{word}");
            assert!(!page_mentions(&message.html, word), "{word}");
        }
    }

    #[test]
    fn it_never_asks_anybody_to_apply() {
        let message = receipt().render(&wessex()).unwrap();
        for word in ["apply", "application", "approv", "permit", "must", "risk"] {
            assert!(!message.text.to_lowercase().contains(word), "{word}");
            assert!(!page_mentions(&message.html.to_lowercase(), word), "{word}");
        }
    }
}
