//! To a parent: the link that proves the email address and signs in.

use super::invented::Invented;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInLink {
    /// The link, which works once.
    pub link: String,
    /// How long it works, such as "1 hour".
    pub valid_for: String,
}

impl SignInLink {
    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            link: of.link("/notify/link/not-a-link"),
            valid_for: "60 minutes".to_owned(),
        }
    }
}

super::three_texts!(
    SignInLink,
    "email/sign_in_link/subject.txt",
    "email/sign_in_link/body.txt",
    "email/sign_in_link/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn a_link_that_works_once() {
        let message = SignInLink {
            link: "https://hearth.wessex.example/sign-in/7Yk2mBq0bC1nRr5tVw8xZaDf".to_owned(),
            valid_for: "1 hour".to_owned(),
        }
        .render(&wessex())
        .unwrap();
        insta::assert_snapshot!(read(&message));
    }
}
