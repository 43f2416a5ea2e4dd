//! The people who sign in, and who of them holds which post on the ladder.

use chrono::{NaiveDate, NaiveDateTime};

pub use super::store::account::AccountRow;
use super::{AccountKey, AuthorityKey, Role, store, token};
use crate::db::{Conn, DbError, Result};
use crate::rules::escalation::Post;
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Where.
    pub authority: AuthorityKey,
    /// As what.
    pub role: Role,
    /// Whose: an address that `EmailAddress` has parsed.
    pub email: &'a str,
    /// The name others see.
    pub name: &'a str,
    /// From [`super::password::hash`]; nothing for those who sign in by a link.
    pub password_hash: Option<&'a str>,
}

/// Somebody, or a mailbox, who holds a post today.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The post's stored word.
    pub post: String,
    /// Where mail goes.
    pub email: String,
    /// The person's name, unless it is a mailbox.
    pub name: Option<String>,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The address has an account already.
    #[error("{0} already has an account")]
    Taken(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl crate::db::Conflict for AccountError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Taken(_) => None,
        }
    }
}

/// Makes an account. A member of staff signs in without naming an authority, so their address is unique among staff.
pub fn add(
    tx: &mut Conn,
    new: &NewAccount<'_>,
    now: NaiveDateTime,
) -> std::result::Result<AccountKey, AccountError> {
    let taken = store::account::by_email(tx, new.authority, new.email)?.is_some()
        || (new.role != Role::Parent
            && store::account::staff_credentials(tx, new.email)?.is_some());
    if taken {
        return Err(AccountError::Taken(new.email.to_owned()));
    }
    let reference = Reference::from_random(ReferenceKind::Account, token::bits());
    Ok(store::account::insert(tx, reference.as_str(), new, now)?)
}

/// Sets a new password, and with it ends a lock.
pub fn set_password(tx: &mut Conn, account: AccountKey, hash: &str) -> Result<()> {
    store::account::set_password(tx, account, hash)
}

/// The account with this address in an authority.
pub fn by_email(
    conn: &mut Conn,
    authority: AuthorityKey,
    email: &EmailAddress,
) -> Result<Option<AccountRow>> {
    store::account::by_email(conn, authority, email.as_str())
}

/// The account with this key.
pub fn by_key(conn: &mut Conn, key: AccountKey) -> Result<AccountRow> {
    store::account::by_key(conn, key)
}

/// The account with this reference, if it is of this authority.
pub fn by_reference(
    conn: &mut Conn,
    authority: AuthorityKey,
    reference: &Reference,
) -> Result<Option<AccountRow>> {
    store::account::by_reference(conn, authority, reference.as_str())
}

/// Everybody of an authority who is not a parent, by name.
pub fn staff(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<AccountRow>> {
    store::account::staff(conn, authority)
}

/// Those who can have children allocated to them, by name.
pub fn officers(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<AccountRow>> {
    let staff = store::account::staff(conn, authority)?;
    Ok(staff
        .into_iter()
        .filter(|a| a.role.works_with_children())
        .collect())
}

/// Gives a post to an account from a day on.
pub fn give_post(
    tx: &mut Conn,
    authority: AuthorityKey,
    post: Post,
    account: AccountKey,
    from: NaiveDate,
) -> Result<()> {
    store::account::give_post(tx, authority, post.as_str(), Some(account), None, from)
}

/// Gives a post to a mailbox from a day on.
pub fn give_post_to_mailbox(
    tx: &mut Conn,
    authority: AuthorityKey,
    post: Post,
    email: &EmailAddress,
    from: NaiveDate,
) -> Result<()> {
    store::account::give_post(
        tx,
        authority,
        post.as_str(),
        None,
        Some(email.as_str()),
        from,
    )
}

/// Who holds which post on a day.
pub fn holders(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Holder>> {
    store::account::holders(conn, authority, today)
}
