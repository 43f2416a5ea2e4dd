//! A message taken apart. The parser is a library's, and what comes in is anybody's: a mistake that a message finds in it is a message
//! that cannot be read, and stops nobody.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Message, MessageParser};

/// The parts of a message; none if it cannot be read.
pub(in crate::mail) fn of(raw: &[u8]) -> Option<Message<'_>> {
    caught(|| MessageParser::default().parse(raw))
}

/// Its headers alone.
pub(super) fn headers_of(raw: &[u8]) -> Option<Message<'_>> {
    caught(|| MessageParser::default().parse_headers(raw))
}

/// Who says that they wrote a message.
pub(in crate::mail) fn sender(raw: &[u8]) -> Option<String> {
    let message = headers_of(raw)?;
    let from = message.from()?.first()?.address()?;
    Some(from.to_lowercase())
}

fn caught<'a>(parse: impl FnOnce() -> Option<Message<'a>>) -> Option<Message<'a>> {
    catch_unwind(AssertUnwindSafe(parse)).ok().flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_message_over_which_the_parser_stumbles_is_one_that_cannot_be_read() {
        let found = include_bytes!("../../../tests/files/broken_mail/a-part-that-is-none.eml");
        assert!(of(found).is_none());
        assert!(of(b"Subject: x\r\n\r\nwords").is_some());
    }
}
