//! The one list of the mails that there are, and what depends on which of them a mail is.
//!
//! What a kind says stands in [`super::messages`]: its three templates, bound to the kind by `three_texts!`, and the sample
//! that an administrator reads. A kind that is missing in either does not compile.

use crate::rules::codes::code_list;

code_list! {
    /// Which message a mail is. First what staff get, then what parents get; administrators read the samples in this order.
    /// Both databases allow just these words.
    pub enum MailKind {
        LapseDigest = "lapse_digest", "Lapse digest";
        DueSoon = "due_soon", "Due soon";
        WeeklyDigest = "weekly_digest", "Weekly digest";
        FailedVisit = "failed_visit", "Failed visit";
        RecordClosed = "record_closed", "Record closed";
        Postponed = "postponed", "Postponed";
        BookedElsewhere = "booked_elsewhere", "Booked elsewhere";
        RestDecided = "rest_decided", "Rest decided";
        /// Tells of another mail, that it did not arrive.
        DeliveryFailed = "delivery_failed", "Delivery failed";
        /// To administrators: mail does not arrive by our own fault.
        MailFault = "mail_fault", "Mail fault";
        Invitation = "invitation", "Invitation";
        SignInLink = "sign_in_link", "Sign in link";
        Receipt = "receipt", "Receipt";
        Acknowledged = "acknowledged", "Acknowledged";
        /// One of the others with invented contents, sent to whoever wants to see it; it has no words of its own.
        Sample = "sample", "Sample";
    }
}

/// What is done about a mail besides sending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// Somebody had to get it: when it dies, the next post up is told.
    MustArrive,
    /// It carries a link that opens an account, of which only a hash is kept: its words are forgotten once it is sent or
    /// given up.
    CarriesSecret,
    /// Nothing.
    Ordinary,
}

impl MailKind {
    const fn care(self) -> Care {
        match self {
            Self::LapseDigest
            | Self::DueSoon
            | Self::WeeklyDigest
            | Self::FailedVisit
            | Self::RecordClosed
            | Self::Postponed
            | Self::BookedElsewhere
            | Self::RestDecided
            | Self::DeliveryFailed => Care::MustArrive,
            Self::Invitation | Self::SignInLink => Care::CarriesSecret,
            Self::MailFault | Self::Receipt | Self::Acknowledged | Self::Sample => Care::Ordinary,
        }
    }

    /// Whether somebody had to get it, so that a dead one is an incident of its own.
    #[must_use]
    pub fn must_arrive(self) -> bool {
        self.care() == Care::MustArrive
    }

    /// Whether its words open an account and are forgotten once nobody will send them any more.
    #[must_use]
    pub fn carries_secret(self) -> bool {
        self.care() == Care::CarriesSecret
    }

    /// Whether a template is the one of this kind with that name, so `email/failed_visit/body.txt` of
    /// [`MailKind::FailedVisit`]: askama takes paths only as literals, so they are compared when the program is compiled.
    pub(super) const fn has_template(self, path: &str, name: &str) -> bool {
        match after(path.as_bytes(), b"email/") {
            Some(rest) => match after(rest, self.as_str().as_bytes()) {
                Some(rest) => match after(rest, b"/") {
                    Some(rest) => matches!(after(rest, name.as_bytes()), Some([])),
                    None => false,
                },
                None => false,
            },
            None => false,
        }
    }
}

/// The rest of a text that begins so.
const fn after<'a>(mut text: &'a [u8], mut beginning: &[u8]) -> Option<&'a [u8]> {
    while let [wanted, more @ ..] = beginning {
        match text {
            [first, rest @ ..] if *first == *wanted => text = rest,
            _ => return None,
        }
        beginning = more;
    }
    Some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_of_one_kind() {
        let of = |path| MailKind::FailedVisit.has_template(path, "body.txt");
        assert!(of("email/failed_visit/body.txt"));
        for other in [
            "email/failed_visit/body.html",
            "email/failed_visit/body.txt.old",
            "email/failed_visits/body.txt",
            "email/postponed/body.txt",
            "email/failed",
            "",
        ] {
            assert!(!of(other), "{other}");
        }
    }

    #[test]
    fn what_is_forgotten_need_not_arrive() {
        for kind in MailKind::ALL {
            assert!(!(kind.must_arrive() && kind.carries_secret()), "{kind:?}");
        }
        assert!(MailKind::DeliveryFailed.must_arrive(), "the news climbs on");
    }
}
