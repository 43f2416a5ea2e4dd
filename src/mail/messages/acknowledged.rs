//! To a parent: an officer has read your notification, and this is who.

use chrono::NaiveDate;

use super::invented::Invented;
use crate::rules::dates::spoken;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The reference of the notification.
    pub notification: String,
    /// How many children it is about.
    pub children: usize,
    /// The name of the officer to talk to: a member of staff, in their work.
    pub officer: String,
    /// The day by which the officer gets in touch.
    pub contact_by: NaiveDate,
    /// The day by which the team would like to have met the family.
    pub meet_by: NaiveDate,
    /// The page that shows what is held.
    pub held_link: String,
    /// The page that says what the authority does with it: the privacy notice.
    pub privacy_link: String,
    /// Whom to turn to who is not the officer.
    pub complaints_to: Option<String>,
}

impl Acknowledged {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            notification: Invented::NOTIFICATION.to_owned(),
            children: 2,
            officer: "Sam Sample".to_owned(),
            contact_by: of.after(14),
            meet_by: of.after(28),
            held_link: of.link("/family"),
            privacy_link: of.link("/privacy"),
            complaints_to: None,
        }
    }
}

super::three_texts!(
    Acknowledged,
    "email/acknowledged/subject.txt",
    "email/acknowledged/body.txt",
    "email/acknowledged/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn the_officer_has_a_name() {
        let message = Acknowledged {
            notification: "N-7K4M-2QXD".to_owned(),
            children: 2,
            officer: "Morwenna Tregear".to_owned(),
            contact_by: NaiveDate::from_ymd_opt(2026, 12, 7).unwrap(),
            meet_by: NaiveDate::from_ymd_opt(2026, 12, 21).unwrap(),
            held_link: "https://hearth.wessex.example/family".to_owned(),
            privacy_link: "https://hearth.wessex.example/privacy".to_owned(),
            complaints_to: None,
        }
        .render(&wessex())
        .unwrap();
        insta::assert_snapshot!(read(&message));
    }
}
