//! What Hearth writes to people. One file a message, each a pure function from plain values to [`Rendered`]; the
//! words are in `templates/email/KIND/{subject.txt,body.txt,body.html}`. [`MailKind`] lists them all.
//!
//! No message carries the name of a child or a parent, an address or an allegation: a reference, a count, a date,
//! and a link that needs signing in.

mod acknowledged;
mod booked_elsewhere;
mod delivery_failed;
mod due_soon;
mod failed_visit;
mod invented;
mod invitation;
mod lapse_digest;
mod mail_fault;
mod plain_text;
mod postponed;
mod receipt;
mod record_closed;
mod rest_decided;
mod sign_in_link;
mod weekly_digest;

pub use acknowledged::Acknowledged;
pub use booked_elsewhere::BookedElsewhere;
pub use delivery_failed::{DeliveryFailed, Unheard};
pub use due_soon::{DueSoon, DueSoonLine};
pub use failed_visit::FailedVisit;
pub use invitation::Invitation;
pub use lapse_digest::{LapseDigest, LapseLine};
pub use mail_fault::MailFault;
pub use postponed::Postponed;
pub use receipt::Receipt;
pub use record_closed::RecordClosed;
pub use rest_decided::RestDecided;
pub use sign_in_link::SignInLink;
pub use weekly_digest::{Figure, WeeklyDigest, WeeklyLapse};

use invented::Invented;

use std::collections::BTreeSet;

use askama::Template;
use chrono::NaiveDate;

use super::MailKind;
use crate::db::{DbError, Result};
use crate::rules::identifiers::EmailAddress;

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
    pub kind: MailKind,
    pub subject: String,
    /// Plain text in lines of at most 76 characters.
    pub text: String,
    /// What the plain text says, in HTML.
    pub html: String,
}

impl Rendered {
    /// A mail that cannot be written takes the whole transaction back: what would have been told is told by the next one,
    /// and nobody gets an empty mail.
    fn from_templates(
        kind: MailKind,
        subject: &impl Template,
        text: &impl Template,
        html: &impl Template,
    ) -> Result<Self> {
        Ok(Self {
            kind,
            subject: plain_text::one_line(&written(kind, subject)?),
            text: plain_text::wrapped(&written(kind, text)?),
            html: written(kind, html)?,
        })
    }
}

fn written(kind: MailKind, template: &impl Template) -> Result<String> {
    template.render().map_err(|cause| {
        let kind = kind.as_str();
        DbError::Unwritten(format!(
            "a mail of the kind {kind} cannot be written: {cause}"
        ))
    })
}

/// One invented message of each kind, as they are on a day, on an authority's letterhead, so that an administrator can read what
/// people will get before they get it.
///
/// # Errors
/// If one cannot be written.
pub fn samples(head: &Letterhead, today: NaiveDate) -> Result<Vec<Rendered>> {
    let of = Invented { head, today };
    let samples = MailKind::ALL.iter().map(|kind| sample(*kind, &of));
    samples.filter_map(Result::transpose).collect()
}

fn sample(kind: MailKind, of: &Invented<'_>) -> Result<Option<Rendered>> {
    let sample = match kind {
        MailKind::LapseDigest => LapseDigest::sample(of).render(of.head),
        MailKind::DueSoon => DueSoon::sample(of).render(of.head),
        MailKind::WeeklyDigest => WeeklyDigest::sample(of).render(of.head),
        MailKind::FailedVisit => FailedVisit::sample(of).render(of.head),
        MailKind::RecordClosed => RecordClosed::sample(of).render(of.head),
        MailKind::Postponed => Postponed::sample(of).render(of.head),
        MailKind::BookedElsewhere => BookedElsewhere::sample(of).render(of.head),
        MailKind::RestDecided => RestDecided::sample(of).render(of.head),
        MailKind::DeliveryFailed => DeliveryFailed::sample(of).render(of.head),
        MailKind::MailFault => MailFault::sample(of).render(of.head),
        MailKind::Invitation => Invitation::sample(of).render(of.head),
        MailKind::SignInLink => SignInLink::sample(of).render(of.head),
        MailKind::Receipt => Receipt::sample(of).render(of.head),
        MailKind::Acknowledged => Acknowledged::sample(of).render(of.head),
        MailKind::Sample => return Ok(None),
    };
    sample.map(Some)
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

/// Binds a message's values to the three templates of the kind of the same name, in which they are `mail` and the letterhead is
/// `head`.
macro_rules! three_texts {
    ($values:ident, $subject:literal, $text:literal, $html:literal) => {
        const _: () = assert!(
            crate::mail::MailKind::$values.has_template($subject, "subject.txt")
                && crate::mail::MailKind::$values.has_template($text, "body.txt")
                && crate::mail::MailKind::$values.has_template($html, "body.html"),
            "a mail of this kind has email/KIND/subject.txt, body.txt and body.html"
        );

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
            ///
            /// # Errors
            /// If a value refuses to be shown.
            pub fn render(&self, head: &super::Letterhead) -> crate::db::Result<super::Rendered> {
                super::Rendered::from_templates(
                    crate::mail::MailKind::$values,
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_words_and_a_sample() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let of = Invented {
            head: &wessex(),
            today,
        };
        for kind in MailKind::ALL {
            let Some(sample) = sample(*kind, &of).unwrap() else {
                assert_eq!(*kind, MailKind::Sample, "only a sample is made of others");
                continue;
            };
            assert_eq!(sample.kind, *kind, "a sample of another kind");
            assert!(!sample.subject.is_empty(), "{kind:?}");
            read(&sample);
        }
        let subjects: BTreeSet<String> = (samples(&wessex(), today).unwrap().into_iter())
            .map(|sample| sample.subject)
            .collect();
        assert_eq!(subjects.len(), MailKind::ALL.len() - 1);
    }

    /// What a value does that refuses to be shown.
    struct Unshowable;

    impl std::fmt::Display for Unshowable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }

    #[derive(Template)]
    #[template(source = "Dear {{ whom }}", ext = "txt")]
    struct To<T: std::fmt::Display> {
        whom: T,
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_empty_mail() {
        let whole = To { whom: "all" };
        let broken = To { whom: Unshowable };
        let kind = MailKind::FailedVisit;
        assert!(Rendered::from_templates(kind, &whole, &whole, &whole).is_ok());
        for mail in [
            Rendered::from_templates(kind, &broken, &whole, &whole),
            Rendered::from_templates(kind, &whole, &broken, &whole),
            Rendered::from_templates(kind, &whole, &whole, &broken),
        ] {
            let error = mail.unwrap_err().to_string();
            assert!(error.contains("failed_visit cannot be written"), "{error}");
        }
    }
}
