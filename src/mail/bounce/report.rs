//! A delivery status (RFC 3464): groups of fields, the first about the message, each other about a recipient.

use mail_parser::{Message, MessagePart, MimeHeaders};

use crate::mail::server_words::without_addresses;
use crate::rules::bounce::{Became, Cause, EnhancedStatus, Said, became, cause};

/// What became of a mail for one recipient.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// The address that the mail was sent to, in small letters, if the report says.
    pub original: Option<String>,
    /// The one to which it went in the end, if the report says.
    pub last: Option<String>,
    pub became: Became,
    pub cause: Cause,
    /// Why, in the server's words, without addresses.
    pub words: String,
}

impl Report {
    /// Of what a report says in codes and words.
    pub(super) fn of(became: Became, status: &str, words: &str) -> Self {
        let bare = without_addresses(words);
        Self {
            original: None,
            last: None,
            became,
            cause: cause(&Said::in_a_report(status, &bare)),
            words: without_addresses(&format!("came back: {status} {bare}")),
        }
    }
}

/// The reports of every delivery status in the message.
pub(super) fn all(message: &Message<'_>) -> Vec<Report> {
    let kinds = ["delivery-status", "global-delivery-status"];
    let parts = message.parts.iter();
    let statuses = parts.filter(|part| is_kind(part, "message", &kinds));
    statuses
        .flat_map(|part| in_status(&String::from_utf8_lossy(part.contents())))
        .collect()
}

pub(super) fn is_kind(part: &MessagePart<'_>, kind: &str, subkinds: &[&str]) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content
                .subtype()
                .is_some_and(|sub| subkinds.iter().any(|one| one.eq_ignore_ascii_case(sub)))
    })
}

fn in_status(status: &str) -> Vec<Report> {
    let unfolded = status
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    unfolded.split("\n\n").filter_map(in_group).collect()
}

fn in_group(group: &str) -> Option<Report> {
    let field = |name: &str| {
        group.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let (original, last) = (field("original-recipient"), field("final-recipient"));
    if original.is_none() && last.is_none() {
        return None;
    }
    let status = field("status").unwrap_or_default();
    let diagnosis = field("diagnostic-code").map(untyped).unwrap_or_default();
    let code = status.split_whitespace().next();
    let became = became(
        field("action").unwrap_or_default(),
        code.and_then(EnhancedStatus::parse),
    );
    Some(Report {
        original: original.map(address),
        last: last.map(address),
        ..Report::of(became, status, diagnosis)
    })
}

/// "rfc822; name@example.com" without its type.
fn untyped(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, rest)| rest).trim()
}

fn address(value: &str) -> String {
    let address = untyped(value).trim_start_matches('<').trim_end_matches('>');
    address.to_lowercase()
}
