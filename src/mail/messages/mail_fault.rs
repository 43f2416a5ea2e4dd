//! To the administrators, at once: mail does not arrive by our own fault, and somebody has to mend it.

use super::invented::Invented;

/// What the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFault {
    /// How many addresses do not get their mail.
    pub addresses: usize,
    /// What the mail servers said, without addresses.
    pub words: Vec<String>,
    /// The page on which it is tried again, after signing in.
    pub link: String,
}

impl MailFault {
    fn addresses(&self) -> String {
        match self.addresses {
            1 => "one address".to_owned(),
            many => format!("{many} addresses"),
        }
    }

    /// With invented contents.
    pub(super) fn sample(of: &Invented<'_>) -> Self {
        Self {
            addresses: 12,
            words: vec!["550 5.7.26 sender domain fails DMARC".to_owned()],
            link: of.link("/admin/mail"),
        }
    }
}

super::three_texts!(
    MailFault,
    "email/mail_fault/subject.txt",
    "email/mail_fault/body.txt",
    "email/mail_fault/body.html"
);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{read, wessex};

    #[test]
    fn what_administrators_read() {
        let fault = MailFault {
            addresses: 2,
            words: vec![
                "550 5.7.26 sender domain fails DMARC".to_owned(),
                "554 5.7.1 Relay access denied".to_owned(),
            ],
            link: "https://hearth.wessex.example/admin/mail".to_owned(),
        };
        insta::assert_snapshot!(read(&fault.render(&wessex()).unwrap()));
    }
}
