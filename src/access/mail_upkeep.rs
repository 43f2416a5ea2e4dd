//! What an administrator does about mail: asks for a sample, has a mail tried again, says that an address works again.

use chrono::NaiveDateTime;

use super::audit::{self, Event};
use super::{Viewer, accounts, authority};
use crate::db::{Conn, DbError, Result};
use crate::mail::{Letter, MailKind, Rendered, Topic, outbox};
use crate::rules::identifiers::{EmailAddress, Reference};

/// Sends one of the samples to whoever asks, marked as a test; gives the address. It is stored as a sample and not as what
/// it shows, so that nobody is told when it does not arrive. Writes the audit event.
pub fn send_sample(
    tx: &mut Conn,
    viewer: &Viewer,
    sample: &Rendered,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<String> {
    let nobody = || DbError::Corrupt("a sample for nobody".to_owned());
    let account = accounts::by_key(tx, viewer.account().ok_or_else(nobody)?)?;
    let to = EmailAddress::parse(&account.email).map_err(|_| nobody())?;
    let head = authority::by_key(tx, viewer.authority())?.letterhead(base_url);
    let letter = Letter {
        key: format!("{:016x}", rand::random::<u64>()),
        authority: viewer.authority(),
        letterhead: &head,
        to,
        about: Topic::General,
        message: Rendered {
            kind: MailKind::Sample,
            subject: format!("Test: {}", sample.subject),
            ..sample.clone()
        },
    };
    outbox::put(tx, &letter, now)?;
    let event = Event {
        action: "sample_sent",
        child: None,
        subject: sample.kind.as_str(),
        detail: "",
    };
    audit::record(tx, viewer, &event, now)?;
    Ok(account.email)
}

/// Says that the address which a mail came back from works again; writes the audit event. False if it does not fail.
pub fn address_works(
    tx: &mut Conn,
    viewer: &Viewer,
    mail: &Reference,
    now: NaiveDateTime,
) -> Result<bool> {
    if !outbox::works_again(tx, viewer.authority(), mail, viewer.account(), now)? {
        return Ok(false);
    }
    let event = Event {
        action: "address_works_again",
        child: None,
        subject: mail.as_str(),
        detail: "",
    };
    audit::record(tx, viewer, &event, now)?;
    Ok(true)
}

/// Makes a mail that failed due at once; writes the audit event. False as [`outbox::retry_now`] says it.
pub fn retry_now(
    tx: &mut Conn,
    viewer: &Viewer,
    mail: &Reference,
    now: NaiveDateTime,
) -> Result<bool> {
    if !outbox::retry_now(tx, viewer.authority(), mail, now)? {
        return Ok(false);
    }
    let event = Event {
        action: "mail_retried",
        child: None,
        subject: mail.as_str(),
        detail: "",
    };
    audit::record(tx, viewer, &event, now)?;
    Ok(true)
}
