//! Letters with a link that proves an address and lets somebody in: a parent to the form, a member of staff to a password.

use chrono::NaiveDateTime;

use super::accounts::AccountRow;
use super::authority::Authority;
use super::{Role, sign_in};
use crate::access::Act;
use crate::db::{Conn, Result};
use crate::mail::messages::{Invitation, SignInLink};
use crate::mail::{Letter, Topic, outbox};
use crate::rules::identifiers::EmailAddress;

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
    act: &mut Act<'_>,
    authority: &Authority,
    account: &AccountRow,
    base_url: &str,
) -> Result<()> {
    let to = EmailAddress::parse(&account.email).map_err(|_| {
        crate::db::DbError::Corrupt(format!(
            "account {} has no usable address",
            account.reference
        ))
    })?;
    let token = sign_in::password_link(act, account)?;
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
    outbox::put_until(
        act.tx,
        &letter,
        act.at.now() + sign_in::PASSWORD_LINK_LASTS,
        act.at.now(),
    )?;
    Ok(())
}

fn with_article(role: Role) -> &'static str {
    match role {
        Role::Parent => "a parent",
        Role::Officer => "an officer",
        Role::Manager => "a manager",
        Role::Administrator => "an administrator",
    }
}
