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
    let envelope = Envelope::new(Some(courier.bounces_to.clone()), vec![to.clone()])?;
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
