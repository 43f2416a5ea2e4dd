//! The two letters that answer a notification: that it came in, and who has read it.

use chrono::{NaiveDate, NaiveDateTime};

use super::Receipt;
use crate::access::authority::Authority;
use crate::db::{Conn, Result};
use crate::mail::{Letter, Topic, messages, outbox};
use crate::rules::identifiers::{EmailAddress, Reference};

/// What the receipt says.
pub(super) struct Received<'a> {
    pub(super) receipt: &'a Receipt,
    pub(super) received_on: NaiveDate,
    pub(super) contact_by: NaiveDate,
    pub(super) is_by_choice: bool,
}

/// What the letter of the officer says.
pub(super) struct Accepted<'a> {
    pub(super) notification: &'a Reference,
    pub(super) children: usize,
    pub(super) officer: &'a str,
    pub(super) contact_by: NaiveDate,
    pub(super) meet_by: NaiveDate,
}

/// Puts the receipt into the outbox, once for a notification.
pub(super) fn send_receipt(
    tx: &mut Conn,
    authority: &Authority,
    to: &EmailAddress,
    words: &Received<'_>,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let head = authority.letterhead(base_url);
    let reference = &words.receipt.reference;
    let message = messages::Receipt {
        notification: reference.to_string(),
        received_on: words.received_on,
        children: words.receipt.children,
        answer_by: words.receipt.answer_by,
        contact_by: words.contact_by,
        is_by_choice: words.is_by_choice,
        held_link: format!("{base_url}/family"),
        complaints_to: authority.complaints_to.clone(),
    };
    let letter = Letter {
        key: reference.to_string(),
        authority: authority.key,
        letterhead: &head,
        to: to.clone(),
        about: Topic::General,
        message: message.render(&head)?,
    };
    outbox::put(tx, &letter, now)?;
    Ok(())
}

/// Puts the letter that names the officer into the outbox, once for a notification.
pub(super) fn send_acknowledgement(
    tx: &mut Conn,
    authority: &Authority,
    to: &EmailAddress,
    words: &Accepted<'_>,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let head = authority.letterhead(base_url);
    let message = messages::Acknowledged {
        notification: words.notification.to_string(),
        children: words.children,
        officer: words.officer.to_owned(),
        contact_by: words.contact_by,
        meet_by: words.meet_by,
        held_link: format!("{base_url}/family"),
        privacy_link: format!("{base_url}/privacy"),
        complaints_to: authority.complaints_to.clone(),
    };
    let letter = Letter {
        key: words.notification.to_string(),
        authority: authority.key,
        letterhead: &head,
        to: to.clone(),
        about: Topic::General,
        message: message.render(&head)?,
    };
    outbox::put(tx, &letter, now)?;
    Ok(())
}
