//! To a member of staff: set a password for your account, the first or a new one.

use super::invented::Invented;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// What the account is for, with its article, such as "an officer".
    pub role: String,
    /// The link to set a password, which works once.
    pub link: String,
    /// How long it works, such as "7 days".
    pub valid_for: String,
}

impl Invitation {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            role: "an officer".to_owned(),
            link: of.link("/password/not-a-link"),
            valid_for: "7 days".to_owned(),
        }
    }
}

super::three_texts!(
    Invitation,
    "email/invitation/subject.txt",
    "email/invitation/body.txt",
    "email/invitation/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn a_new_officer() {
        let message = Invitation {
            role: "an officer".to_owned(),
            link: "https://hearth.wessex.example/set-password/7Yk2mBq0bC1nRr5tVw8xZaDf".to_owned(),
            valid_for: "7 days".to_owned(),
        }
        .render(&wessex())
        .unwrap();
        insta::assert_snapshot!(read(&message));
    }
}
