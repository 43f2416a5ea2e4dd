//! Tells the administrators at once that mail does not arrive by our own fault. A mail about that may not arrive either, so pages
//! and `/health/ready` say it as well.

use super::{Role, accounts, authority};
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::fault;
use crate::mail::messages::MailFault;
use crate::mail::{Letter, Topic, outbox};
use crate::rules::identifiers::EmailAddress;

/// Writes to the administrators of each authority whose mail does not arrive, once a day while it is so; gives how many letters
/// that were.
pub fn alarm(tx: &mut Conn, base_url: &str, at: At) -> Result<usize> {
    let mut letters = 0;
    for number in fault::authorities(tx)? {
        letters += alarm_one(tx, Key::new(number), base_url, at)?;
    }
    Ok(letters)
}

fn alarm_one(tx: &mut Conn, key: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let fault = fault::of_authority(tx, key)?;
    let authority = authority::by_key(tx, key)?;
    let letterhead = authority.letterhead(base_url);
    let message = MailFault {
        addresses: fault.addresses,
        words: fault.words,
        link: format!("{base_url}/admin/mail"),
    };
    let message = message.render(&letterhead)?;
    let last = outbox::last_put(tx)?;
    for to in whom(tx, key, authority.mailbox.as_deref())? {
        let letter = Letter {
            key: format!("{}:{}:{to}", authority.code, at.today()),
            authority: key,
            letterhead: &letterhead,
            to,
            about: Topic::General,
            message: message.clone(),
        };
        outbox::put(tx, &letter, at.now())?;
    }
    Ok(outbox::put_since(tx, key, last)?.len())
}

/// The administrators; where there is none, whoever reads the authority's mailbox.
fn whom(conn: &mut Conn, key: AuthorityKey, mailbox: Option<&str>) -> Result<Vec<EmailAddress>> {
    let mut addresses: Vec<String> = accounts::staff(conn, key)?
        .into_iter()
        .filter(|account| account.role == Role::Administrator)
        .map(|account| account.email)
        .collect();
    if addresses.is_empty() {
        addresses.extend(mailbox.map(str::to_owned));
    }
    let parsed = addresses
        .iter()
        .filter_map(|it| EmailAddress::parse(it).ok());
    Ok(parsed.collect())
}
