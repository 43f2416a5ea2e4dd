//! A stored mail as the message that goes over the wire.

use std::time::SystemTime;

use chrono::NaiveDateTime;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::courier::Courier;
use super::store::OutgoingMail;

/// Why a stored mail cannot be made into a message.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsendable {
    #[error("the address cannot be used in an email")]
    Address(#[from] lettre::address::AddressError),
    #[error("the message cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// The message: one recipient, plain text and HTML, and the Message-ID that it has on every try. What cannot be
/// delivered comes back to the sender of the envelope.
pub(super) fn compose(
    mail: &OutgoingMail,
    courier: &Courier,
    now: NaiveDateTime,
) -> Result<Message, Unsendable> {
    let sender = Mailbox::new(Some(mail.sender_name.clone()), courier.from.clone());
    let to: Address = mail.recipient.parse()?;
    let envelope = Envelope::new(Some(bounces_to(mail, courier)?), vec![to.clone()])?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .from(sender)
        .to(Mailbox::new(None, to))
        .subject(&mail.subject)
        .message_id(Some(mail.message_id.clone()))
        .date(SystemTime::from(now.and_utc()))
        .header(AutoSubmitted);
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(Mailbox::new(
            Some(mail.sender_name.clone()),
            reply_to.parse()?,
        ));
    }
    let bodies = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    Ok(builder.multipart(bodies)?)
}

/// The address that the mail comes back to; tagged, it names the mail, for reports that do not.
fn bounces_to(mail: &OutgoingMail, courier: &Courier) -> Result<Address, Unsendable> {
    let plain = &courier.bounces_to;
    if !courier.tagged {
        return Ok(plain.clone());
    }
    let name = format!("{}+{}", plain.user(), mail.reference);
    Ok(Address::new(name, plain.domain())?)
}

/// `Auto-Submitted: auto-generated` (RFC 3834), so that absence notes are not sent back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use lettre::Address;
    use proptest::prelude::*;

    use crate::rules::identifiers::EmailAddress;

    proptest! {
        #[test]
        fn a_mail_can_be_written_to_whatever_passes(name in "[a-z\\u{c0}-\\u{24f}.+'-]{1,20}", domain in "[a-z\\u{e0}-\\u{ff}0-9-]{1,20}\\.[a-z]{2,6}") {
            if let Ok(address) = EmailAddress::parse(&format!("{name}@{domain}")) {
                prop_assert!(address.as_str().parse::<Address>().is_ok(), "{}", address);
            }
        }
    }
}
