//! People who work at an invented authority or write to it, and their eyes.

use chrono::NaiveDateTime;
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{AccountKey, Act, AuthorityKey, Viewer, session, sign_in};
use hearth::db::{Conn, DbError};
use hearth::rules::identifiers::{EmailAddress, Reference};

use super::refused;

/// Somebody who works there.
pub struct Colleague {
    pub viewer: Viewer,
    pub reference: Reference,
}

/// Somebody begins to work there.
pub fn colleague(
    act: &mut Act<'_>,
    new: &NewAccount<'_>,
) -> Result<(AccountKey, Colleague), DbError> {
    let key = accounts::add(act, new).map_err(|why| refused("make an account", why))?;
    let account = accounts::by_key(act.tx, key)?;
    let reference =
        Reference::parse(&account.reference).map_err(|why| refused("read a reference", why))?;
    Ok((
        key,
        Colleague {
            viewer: eyes(act.tx, key, act.at.now())?,
            reference,
        },
    ))
}

/// The eyes of an account, as a session gives them to whoever signs in.
pub fn eyes(tx: &mut Conn, account: AccountKey, now: NaiveDateTime) -> Result<Viewer, DbError> {
    let token = session::begin(tx, account, now)?;
    let found = session::find(tx, &token, now)?;
    session::end(tx, &token)?;
    found
        .map(|signed_in| signed_in.viewer)
        .ok_or_else(|| refused("sign in", "the session was not kept"))
}

/// A parent proves an address by the link sent to it.
pub fn parents_eyes(
    tx: &mut Conn,
    authority: AuthorityKey,
    email: &EmailAddress,
    now: NaiveDateTime,
) -> Result<Viewer, DbError> {
    let link = sign_in::parent_link(tx, authority, email, now)?;
    let link = link.ok_or_else(|| refused("send a link", "there were too many"))?;
    let token = sign_in::with_parent_link(tx, &link, now)
        .map_err(|why| refused("sign a parent in", why))?;
    let found = session::find(tx, &token, now)?;
    session::end(tx, &token)?;
    found
        .map(|signed_in| signed_in.viewer)
        .ok_or_else(|| refused("sign a parent in", "the session was not kept"))
}
