//! Reads what comes back: a multipart/report with a delivery status (RFC 3462, 3464, 6533) and the message it is about,
//! whole or its headers alone. Anything else is no bounce, whatever it says: an absence note, a receipt, an answer.

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::server_words::without_addresses;
use crate::rules::bounce::{Fate, fate};

/// What a bounce says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bounce {
    /// The Message-IDs that it may be about, in angle brackets as the header has them; the surest first.
    pub message_ids: Vec<String>,
    /// What became of the message, recipient by recipient.
    pub reports: Vec<Report>,
}

/// What became of the message for one recipient.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// The addresses that the report calls the recipient's, in small letters: the last one, and the one written to.
    pub recipients: Vec<String>,
    /// What became of it.
    pub fate: Fate,
    /// Why, in the server's words, without addresses.
    pub words: String,
}

/// What a message that came in is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A report on a mail.
    Bounce(Bounce),
    /// A message, but no report on a mail.
    SomethingElse,
    /// No message at all.
    Unreadable,
}

/// What this message is.
pub(super) fn read(raw: &[u8]) -> Read {
    let Some(message) = MessageParser::default().parse(raw) else {
        return Read::Unreadable;
    };
    let statuses = message.parts.iter().filter(|part| is_status(part));
    let reports: Vec<Report> = statuses
        .flat_map(|part| reports(&String::from_utf8_lossy(part.contents())))
        .collect();
    if reports.is_empty() {
        return Read::SomethingElse;
    }
    Read::Bounce(Bounce {
        message_ids: message_ids(&message),
        reports,
    })
}

fn is_status(part: &MessagePart<'_>) -> bool {
    is_kind(
        part,
        "message",
        &["delivery-status", "global-delivery-status"],
    )
}

fn is_kind(part: &MessagePart<'_>, kind: &str, subkinds: &[&str]) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content
                .subtype()
                .is_some_and(|sub| subkinds.iter().any(|one| one.eq_ignore_ascii_case(sub)))
    })
}

/// Of the message that came back; some servers give it back only as an answer to it.
fn message_ids(bounce: &Message<'_>) -> Vec<String> {
    let mut found: Vec<String> = bounce.parts.iter().filter_map(returned_id).collect();
    for header in [bounce.in_reply_to(), bounce.references()] {
        match header {
            HeaderValue::Text(id) => found.push(in_brackets(id)),
            HeaderValue::TextList(ids) => found.extend(ids.iter().map(|id| in_brackets(id))),
            _ => {}
        }
    }
    found
}

fn returned_id(part: &MessagePart<'_>) -> Option<String> {
    if let PartType::Message(returned) = &part.body {
        return returned.message_id().map(in_brackets);
    }
    let is_headers =
        is_kind(part, "text", &["rfc822-headers"]) || is_kind(part, "message", &["global-headers"]);
    if !is_headers {
        return None;
    }
    // The end of the last line belongs to the boundary that follows, but a header is read to the end of its line.
    let headers = [part.contents(), b"\r\n\r\n"].concat();
    let returned = MessageParser::default().parse_headers(&headers)?;
    returned.message_id().map(in_brackets)
}

fn in_brackets(id: &str) -> String {
    format!("<{}>", id.trim_start_matches('<').trim_end_matches('>'))
}

/// The groups of fields that are about a recipient; the first group is about the message.
fn reports(status: &str) -> Vec<Report> {
    let unfolded = status
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    unfolded.split("\n\n").filter_map(report).collect()
}

fn report(group: &str) -> Option<Report> {
    let field = |name: &str| {
        group.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let named = [field("final-recipient"), field("original-recipient")];
    let recipients: Vec<String> = named.into_iter().flatten().map(address).collect();
    if recipients.is_empty() {
        return None;
    }
    let (action, status) = (field("action"), field("status"));
    let (action, status) = (action.unwrap_or_default(), status.unwrap_or_default());
    let diagnosis = field("diagnostic-code").map(untyped).unwrap_or_default();
    Some(Report {
        recipients,
        fate: fate(action, status),
        words: without_addresses(&format!("came back: {status} {diagnosis}")),
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bounce(status: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
             --b1\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n\
             --b1\r\n{returned}\r\n--b1--\r\n"
        )
    }

    const STATUS: &str = "Reporting-MTA: dns; mx.example\r\nArrival-Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\n\
        Original-Recipient: rfc822;Leader@wessex.example\r\nFinal-Recipient: rfc822; <l.moss@other.example>\r\n\
        Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <leader@wessex.example>:\r\n    User unknown\r\n";
    const WHOLE: &str = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <M-1@hearth.example>\r\nSubject: 3 checks\r\n\r\nText\r\n";

    fn read_bounce(raw: &str) -> Bounce {
        match read(raw.as_bytes()) {
            Read::Bounce(bounce) => bounce,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_says_of_which_mail_and_whose_and_why() {
        let bounce = read_bounce(&bounce(STATUS, WHOLE));
        assert_eq!(bounce.message_ids, ["<M-1@hearth.example>"]);
        let [report] = bounce.reports.as_slice() else {
            panic!("{bounce:?}");
        };
        assert_eq!(
            report.recipients,
            ["l.moss@other.example", "leader@wessex.example"]
        );
        assert_eq!(report.fate, Fate::Refused);
        assert_eq!(
            report.words,
            "came back: 5.1.1 550 5.1.1 (address) User unknown"
        );
    }

    #[test]
    fn headers_alone_are_enough() {
        let headers = "Content-Type: text/rfc822-headers\r\n\r\nSubject: 3 checks\r\nMessage-ID: <M-1@hearth.example>";
        let bounce = read_bounce(&bounce(STATUS, headers));
        assert_eq!(bounce.message_ids, ["<M-1@hearth.example>"]);
    }

    #[test]
    fn line_ends_of_other_systems_are_read() {
        let bounce = read_bounce(&bounce(STATUS, WHOLE).replace("\r\n", "\n"));
        assert_eq!(bounce.message_ids, ["<M-1@hearth.example>"]);
        assert_eq!(bounce.reports.len(), 1);
    }

    #[test]
    fn what_only_looks_like_a_bounce_is_none() {
        let note = "From: leader@wessex.example\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: <M-1@hearth.example>\r\n\r\nI am away.\r\n";
        assert_eq!(read(note.as_bytes()), Read::SomethingElse);
        let receipt = bounce(STATUS, WHOLE).replace(
            "message/delivery-status",
            "message/disposition-notification",
        );
        assert_eq!(read(receipt.as_bytes()), Read::SomethingElse);
        assert_eq!(read(b""), Read::Unreadable);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_stops_the_reader(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = read(&raw);
        }

        #[test]
        fn no_damage_to_a_bounce_stops_the_reader(at in 0usize..700, with in any::<u8>(), cut in 0usize..900) {
            let mut raw = bounce(STATUS, WHOLE).into_bytes();
            if let Some(byte) = raw.get_mut(at) {
                *byte = with;
            }
            raw.truncate(cut);
            let _ = read(&raw);
        }
    }
}
