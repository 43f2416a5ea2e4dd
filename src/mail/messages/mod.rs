//! What Hearth writes to people. One file a message, each a pure function from plain values to [`Rendered`]; the
//! words are in `templates/email/NAME/{subject.txt,body.txt,body.html}`.
//!
//! No message carries the name of a child or a parent, an address or an allegation: a reference, a count, a date,
//! and a link that needs signing in.

pub mod acknowledged;
pub mod booked_elsewhere;
pub mod delivery_failed;
pub mod due_soon;
pub mod failed_visit;
pub mod invitation;
pub mod lapse_digest;
mod plain_text;
pub mod postponed;
pub mod receipt;
pub mod record_closed;
pub mod rest_decided;
pub mod samples;
pub mod sign_in_link;
pub mod weekly_digest;

pub use acknowledged::Acknowledged;
pub use booked_elsewhere::BookedElsewhere;
pub use delivery_failed::{DeliveryFailed, Unheard};
pub use due_soon::{DueSoon, DueSoonLine};
pub use failed_visit::FailedVisit;
pub use invitation::Invitation;
pub use lapse_digest::{LapseDigest, LapseLine};
pub use postponed::Postponed;
pub use receipt::Receipt;
pub use record_closed::RecordClosed;
pub use rest_decided::RestDecided;
pub use sign_in_link::SignInLink;
pub use weekly_digest::{Figure, WeeklyDigest, WeeklyLapse};

use std::collections::BTreeSet;

use askama::Template;

use crate::rules::identifiers::EmailAddress;

/// The kind of a mail which tells that a lapse digest could not be delivered.
pub(super) const DELIVERY_FAILED: &str = "delivery_failed";

/// Kinds that somebody had to get: when one of them dies, the next post up is told. Whoever adds a message to staff
/// that nobody may miss writes its kind here; nothing else is needed.
pub(super) const MUST_ARRIVE: [&str; 9] = [
    "lapse_digest",
    "failed_visit",
    "booked_elsewhere",
    "due_soon",
    "weekly_digest",
    "postponed",
    "rest_decided",
    "record_closed",
    DELIVERY_FAILED,
];

/// Kinds with a link that opens an account; their words are forgotten once they are sent or given up.
pub(super) const CARRY_A_SECRET: [&str; 2] = ["sign_in_link", "invitation"];

/// What stands around every message of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// The authority's name, which is the sender's name too.
    pub authority: String,
    /// Where answers go; none: nobody reads them, and the message says so.
    pub reply_to: Option<EmailAddress>,
    /// The team's telephone number.
    pub telephone: Option<String>,
    /// Where the service is (HEARTH_BASE_URL).
    pub base_url: String,
}

impl Letterhead {
    /// The host of the service's URL, without port: the right side of every Message-ID.
    pub(super) fn host(&self) -> String {
        url::Url::parse(&self.base_url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "localhost".to_owned())
    }

    /// How to ask somebody, as the end of a sentence.
    pub(super) fn how_to_ask(&self) -> String {
        match (&self.reply_to, &self.telephone) {
            (Some(_), Some(number)) => format!("reply to this email or ring {number}"),
            (Some(_), None) => "reply to this email".to_owned(),
            (None, Some(number)) => format!("ring {number}"),
            (None, None) => format!("get in touch with {}", self.authority),
        }
    }
}

/// A message ready for the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Which message it is.
    pub kind: &'static str,
    pub subject: String,
    /// Plain text in lines of at most 76 characters.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

impl Rendered {
    fn from_templates(
        kind: &'static str,
        subject: &impl Template,
        text: &impl Template,
        html: &impl Template,
    ) -> Self {
        Self {
            kind,
            subject: plain_text::one_line(&written(subject)),
            text: plain_text::wrapped(&written(text)),
            html: written(html),
        }
    }
}

/// Writing into a `String` fails only if a value refuses to be shown, and ours are texts, numbers and dates.
fn written(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

fn number(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// In whose place somebody is told, as a sentence; none when in nobody's. Members of staff may be named in mail.
fn away(names: &BTreeSet<String>) -> Option<String> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() {
        format!("{last} is away: what is for them comes to you.")
    } else {
        let others = others.join(", ");
        format!("{others} and {last} are away: what is for them comes to you.")
    })
}

/// Binds a message's values to its three templates, in which they are `mail` and the letterhead is `head`.
macro_rules! three_texts {
    ($values:ident, $kind:literal, $subject:literal, $text:literal, $html:literal) => {
        #[derive(askama::Template)]
        #[template(path = $subject, whitespace = "preserve")]
        struct Subject<'a> {
            mail: &'a $values,
        }

        #[derive(askama::Template)]
        #[template(path = $text, whitespace = "preserve")]
        struct Text<'a> {
            head: &'a super::Letterhead,
            mail: &'a $values,
        }

        #[derive(askama::Template)]
        #[template(path = $html, whitespace = "preserve")]
        struct Html<'a> {
            head: &'a super::Letterhead,
            mail: &'a $values,
        }

        impl $values {
            /// The message in words.
            pub fn render(&self, head: &super::Letterhead) -> super::Rendered {
                super::Rendered::from_templates(
                    $kind,
                    &Subject { mail: self },
                    &Text { head, mail: self },
                    &Html { head, mail: self },
                )
            }
        }
    };
}
use three_texts;

#[cfg(test)]
fn wessex() -> Letterhead {
    Letterhead {
        authority: "Wessex County Council".to_owned(),
        reply_to: EmailAddress::parse("home.education@wessex.example").ok(),
        telephone: Some("01632 960 001".to_owned()),
        base_url: "https://hearth.wessex.example".to_owned(),
    }
}

/// How the tests look at a message: everything a person reads, and that no line is too long.
#[cfg(test)]
fn read(message: &Rendered) -> String {
    let too_long = message
        .text
        .lines()
        .find(|line| line.chars().count() > 76 && line.contains(' '));
    assert_eq!(too_long, None, "a line is longer than 76 characters");
    assert!(message.html.contains("<h1"), "the HTML has a heading");
    assert!(!message.html.contains("{{"), "the HTML is filled in");
    format!("Subject: {}\n\n{}", message.subject, message.text)
}
