//! The two ways to prove who one is: a password (staff), or a link sent to an address (parents; staff who set a
//! password).

use chrono::{NaiveDateTime, TimeDelta};

use super::accounts::{self, AccountRow, NewAccount};
use super::password::PasswordProblem;
pub use super::store::session::LinkPurpose;
use super::store::session::NewLink;
use super::{AuthorityKey, Role, Viewer, password, session, store, token};
use crate::access::{Act, Action, Subject};
use crate::clock::At;
use crate::conflict;
use crate::db::{Conn, Db, DbError};
use crate::rules::identifiers::EmailAddress;

/// After this many wrong passwords in a row nobody signs in to the account for a time.
const FAILURES_BEFORE_LOCK: i32 = 10;
/// How long nobody signs in to it.
const LOCK: TimeDelta = TimeDelta::minutes(15);
/// How long a link to a parent's address works.
pub const PARENT_LINK_LASTS: TimeDelta = TimeDelta::hours(1);
/// How long an invitation to set a password works.
pub const PASSWORD_LINK_LASTS: TimeDelta = TimeDelta::days(7);
/// More links than this an hour to one address are not sent: nobody should be able to fill a family's inbox.
const LINKS_AN_HOUR: i64 = 5;

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The same words for an unknown address and a wrong password.
    #[error("The email address or password is not right. Check both and try again")]
    Wrong,
    /// Too many wrong passwords.
    #[error("There were too many wrong passwords. Wait 15 minutes and try again")]
    Locked,
    /// A link that was used, is too old, or never was.
    #[error("This link has been used or is too old. Ask for a new one")]
    Link,
    /// The new password will not do.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(SignInError);

/// Signs a member of staff in; gives the token for the cookie. Blocks for the time Argon2 takes, so it is called off
/// the async threads.
pub fn with_password(
    db: &Db,
    email: &str,
    typed: &str,
    now: NaiveDateTime,
) -> Result<String, SignInError> {
    let found = db.read_now(|conn| store::accounts::staff_credentials(conn, email))?;
    let Some(found) = found else {
        password::verify(typed, None);
        return Err(SignInError::Wrong);
    };
    // Counted before the slow check: guesses that come side by side each have a number, and none is looked at after the
    // tenth. Its lock is there from the count on, so that a program which stops meanwhile leaves the account resting.
    let counted = db.write_for_page(|tx| {
        let number = store::accounts::count_attempt(tx, found.account, now)?;
        if number.is_some_and(|number| number >= FAILURES_BEFORE_LOCK) {
            store::accounts::note_failures(tx, found.account, 0, Some(now + LOCK))?;
        }
        Ok::<_, DbError>(number)
    })?;
    if counted.is_none() {
        return Err(SignInError::Locked);
    }
    if !password::verify(typed, found.password_hash.as_deref()) {
        return Err(SignInError::Wrong);
    }
    db.write_for_page(|tx| {
        store::accounts::note_failures(tx, found.account, 0, None)?;
        Ok(session::begin(tx, found.account, now)?)
    })
}

/// Makes a link for a parent's address; gives its token, or none when the address has had enough for this hour. Links that the address
/// had before stop working, so that of several mails only the newest opens anything.
pub fn parent_link(
    tx: &mut Conn,
    authority: AuthorityKey,
    email: &EmailAddress,
    now: NaiveDateTime,
) -> crate::db::Result<Option<String>> {
    let sent = store::session::links_since(tx, email.as_str(), now - TimeDelta::hours(1))?;
    if sent >= LINKS_AN_HOUR {
        return Ok(None);
    }
    let parent = LinkPurpose::Parent;
    store::session::use_up_links(tx, parent, authority, email.as_str(), now)?;
    let token = token::fresh();
    let link = NewLink {
        token_hash: &token::hash(&token),
        purpose: parent,
        authority,
        email: email.as_str(),
        expires_at: now + PARENT_LINK_LASTS,
    };
    store::session::insert_link(tx, &link, now)?;
    Ok(Some(token))
}

/// Whether a parent's link still works. Looking does not use it up: mail scanners open links.
pub fn parent_link_works(
    conn: &mut Conn,
    link: &str,
    now: NaiveDateTime,
) -> crate::db::Result<bool> {
    Ok(store::session::usable_link(conn, &token::hash(link), LinkPurpose::Parent, now)?.is_some())
}

/// Uses a parent's link: the address is proved, an account is there from now on, and a session begins.
pub fn with_parent_link(
    tx: &mut Conn,
    link: &str,
    now: NaiveDateTime,
) -> Result<String, SignInError> {
    let hash = token::hash(link);
    let (authority, email) = store::session::usable_link(tx, &hash, LinkPurpose::Parent, now)?
        .ok_or(SignInError::Link)?;
    store::session::use_link(tx, &hash, now)?;
    store::session::use_up_links(tx, LinkPurpose::Parent, authority, &email, now)?;
    let account = match store::accounts::by_email(tx, authority, &email)? {
        Some(account) if account.role == Role::Parent => account.key,
        // A member of staff who home educates has to use another address: one account, one role.
        Some(_) => return Err(SignInError::Link),
        None => add_parent(tx, authority, &email, now)?,
    };
    Ok(session::begin(tx, account, now)?)
}

fn add_parent(
    tx: &mut Conn,
    authority: AuthorityKey,
    email: &str,
    now: NaiveDateTime,
) -> Result<super::AccountKey, SignInError> {
    let new = NewAccount {
        role: Role::Parent,
        email,
        name: email,
        password_hash: None,
    };
    let viewer = Viewer::program(authority, "sign-in");
    accounts::add(&mut Act::new(tx, &viewer, At::of(now)), &new).map_err(|error| match error {
        accounts::AccountError::Db(error) => SignInError::Db(error),
        _ => SignInError::Link,
    })
}

/// Makes a link with which a member of staff sets a password; gives its token. Links they had before stop working, so
/// that a mail which went astray opens nothing.
pub fn password_link(act: &mut Act<'_>, account: &AccountRow) -> crate::db::Result<String> {
    let (authority, email) = (account.authority, account.email.as_str());
    store::session::use_up_links(
        act.tx,
        LinkPurpose::Password,
        authority,
        email,
        act.at.now(),
    )?;
    let token = token::fresh();
    let link = NewLink {
        token_hash: &token::hash(&token),
        purpose: LinkPurpose::Password,
        authority,
        email,
        expires_at: act.at.now() + PASSWORD_LINK_LASTS,
    };
    store::session::insert_link(act.tx, &link, act.at.now())?;
    act.note(
        Action::PasswordLinkMade,
        Subject::thing(&account.reference),
        "",
    )?;
    Ok(token)
}

/// Whether a link to set a password still works.
pub fn password_link_works(
    conn: &mut Conn,
    link: &str,
    now: NaiveDateTime,
) -> crate::db::Result<bool> {
    Ok(
        store::session::usable_link(conn, &token::hash(link), LinkPurpose::Password, now)?
            .is_some(),
    )
}

/// Sets a password by link: `hash` is from [`password::hash`]. Ends every session of the account and begins one.
pub fn set_password(
    tx: &mut Conn,
    link: &str,
    hash: &str,
    now: NaiveDateTime,
) -> Result<String, SignInError> {
    let link = token::hash(link);
    let (authority, email) = store::session::usable_link(tx, &link, LinkPurpose::Password, now)?
        .ok_or(SignInError::Link)?;
    store::session::use_link(tx, &link, now)?;
    let account = store::accounts::by_email(tx, authority, &email)?
        .filter(|account| account.left_on.is_none())
        .ok_or(SignInError::Link)?;
    let viewer = Viewer::of_person(authority, account.key, account.role, account.name.clone());
    accounts::set_password(&mut Act::new(tx, &viewer, At::of(now)), &account, hash)?;
    session::end_all(tx, account.key)?;
    Ok(session::begin(tx, account.key, now)?)
}
