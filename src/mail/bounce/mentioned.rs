//! Which mails a message names: by the Message-ID of what it gives back, of what it answers, by the address that it came to,
//! or anywhere in what it says.

use mail_parser::{HeaderValue, Message, MessagePart, PartType};

use super::parts;
use super::report::is_kind;
use crate::rules::identifiers::{Reference, ReferenceKind};

/// The mails that a message names, the surest first.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// Message-IDs, in angle brackets as the header has them.
    pub message_ids: Vec<String>,
    /// References, of addresses that mail comes back to such as `bounces+M-7K4M-2QXD@example.gov.uk`.
    pub references: Vec<String>,
}

/// A report is about one message; what names a hundred is none.
const AT_MOST: usize = 20;

/// As much of a message as is looked through for what it names.
const READ_AT_MOST: usize = 512 * 1024;

impl Mentioned {
    /// What a message names; `raw` is the whole of it.
    pub(super) fn in_message(message: &Message<'_>, raw: &[u8]) -> Self {
        let mut found = Self::default();
        for id in message.parts.iter().filter_map(returned_id) {
            found.add_id(id);
        }
        for header in [message.in_reply_to(), message.references()] {
            match header {
                HeaderValue::Text(id) => found.add_id(in_brackets(id)),
                HeaderValue::TextList(ids) => {
                    ids.iter().for_each(|id| found.add_id(in_brackets(id)));
                }
                _ => {}
            }
        }
        let beginning = raw.get(..READ_AT_MOST).unwrap_or(raw);
        found.look_through(&String::from_utf8_lossy(beginning));
        for place in 0..message.text_body.len().min(AT_MOST) {
            found.look_through(&message.body_text(place).unwrap_or_default());
        }
        found
    }

    fn add_id(&mut self, id: String) {
        if self.message_ids.len() < AT_MOST && !self.message_ids.contains(&id) {
            self.message_ids.push(id);
        }
    }

    /// Our Message-IDs and addresses look like `M-7K4M-2QXD@host` and `bounces+M-7K4M-2QXD@host`; servers on the way write
    /// addresses in small letters.
    fn look_through(&mut self, text: &str) {
        let is_between = |c: char| !(c.is_ascii_alphanumeric() || "-+.@_:".contains(c));
        for word in text.split(is_between).filter(|word| word.contains('@')) {
            let Some((name, host)) = word.split_once('@') else {
                continue;
            };
            let last = name.rsplit('+').next().unwrap_or(name);
            let Some(reference) = mail_reference(last) else {
                continue;
            };
            if last.len() < name.len() {
                if !self.references.contains(&reference) && self.references.len() < AT_MOST {
                    self.references.push(reference);
                }
            } else {
                self.add_id(format!("<{reference}@{host}>"));
            }
        }
    }
}

/// A mail's reference as it is written, in small letters or large ones.
fn mail_reference(word: &str) -> Option<String> {
    let is_whole = word.len() == "M-7K4M-2QXD".len();
    let reference = Reference::parse(word).ok().filter(|_| is_whole)?;
    (reference.kind() == ReferenceKind::Mail).then(|| reference.to_string())
}

/// The Message-ID of a mail that was given back, whole or as its headers alone.
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
    let returned = parts::headers_of(&headers)?;
    returned.message_id().map(in_brackets)
}

fn in_brackets(id: &str) -> String {
    format!("<{}>", id.trim_start_matches('<').trim_end_matches('>'))
}
