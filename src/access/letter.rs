//! Letters with the links that prove an address: the one that signs a parent in, and the one that sets a password.

use chrono::NaiveDateTime;

use super::accounts::{self, AccountRow};
use super::audit::{self, Event};
use super::authority::{self, Authority};
use super::{Role, Viewer, sign_in};
use crate::db::{Conn, DbError, Result};
use crate::mail::messages::{Invitation, SignInLink};
use crate::mail::{Letter, MailKind, Rendered, Topic, outbox};
use crate::rules::identifiers::{EmailAddress, Reference};

/// Sends a parent the link that proves their address. An address that has had enough links for this hour gets none,
/// and whoever asked is not told.
pub fn send_parent_link(
    tx: &mut Conn,
    authority: &Authority,
    email: &EmailAddress,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let Some(token) = sign_in::parent_link(tx, authority.key, email, now)? else {
        return Ok(());
    };
    let head = authority.letterhead(base_url);
    let message = SignInLink {
        link: format!("{base_url}/notify/link/{token}"),
        valid_for: format!("{} minutes", sign_in::PARENT_LINK_LASTS.num_minutes()),
    };
    let letter = Letter {
        key: super::token::hash(&token),
        authority: authority.key,
        letterhead: &head,
        to: email.clone(),
        about: Topic::General,
        message: message.render(&head)?,
    };
    outbox::put_until(tx, &letter, now + sign_in::PARENT_LINK_LASTS, now)?;
    Ok(())
}

/// Sends a member of staff a link with which they set a password, the first or a new one.
pub fn send_password_link(
    tx: &mut Conn,
    viewer: &Viewer,
    authority: &Authority,
    account: &AccountRow,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let to = EmailAddress::parse(&account.email).map_err(|_| {
        crate::db::DbError::Corrupt(format!(
            "account {} has no usable address",
            account.reference
        ))
    })?;
    let token = sign_in::password_link(tx, viewer, account, now)?;
    let head = authority.letterhead(base_url);
    let message = Invitation {
        role: with_article(account.role).to_owned(),
        link: format!("{base_url}/password/{token}"),
        valid_for: format!("{} days", sign_in::PASSWORD_LINK_LASTS.num_days()),
    };
    let letter = Letter {
        key: super::token::hash(&token),
        authority: authority.key,
        letterhead: &head,
        to,
        about: Topic::General,
        message: message.render(&head)?,
    };
    outbox::put_until(tx, &letter, now + sign_in::PASSWORD_LINK_LASTS, now)?;
    Ok(())
}

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

fn with_article(role: Role) -> &'static str {
    match role {
        Role::Parent => "a parent",
        Role::Officer => "an officer",
        Role::Manager => "a manager",
        Role::Administrator => "an administrator",
    }
}
