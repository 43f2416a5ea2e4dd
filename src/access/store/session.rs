//! The SQL of sessions and of links that prove an address.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::{AccountKey, AuthorityKey, Role};
use crate::db::days::Moment;
use crate::db::schema::{account, authority, session, sign_in_link};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::rules::codes::code_list;

code_list! {
    /// What the link in a mail opens.
    pub enum LinkPurpose {
        Parent = "parent", "Signs a parent in";
        Password = "password", "Sets a password";
    }
}

/// A session as stored, with whose it is.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct SessionRow {
    #[diesel(deserialize_as = Moment)]
    pub(crate) seen_at: NaiveDateTime,
    #[diesel(deserialize_as = Moment)]
    pub(crate) expires_at: NaiveDateTime,
    pub(crate) account: AccountKey,
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) authority: AuthorityKey,
    pub(crate) authority_code: String,
    pub(crate) authority_name: String,
    pub(crate) authority_colour: String,
    pub(crate) revision: i64,
}

pub(crate) fn insert(
    tx: &mut Conn,
    token_hash: &str,
    account: AccountKey,
    now: NaiveDateTime,
    expires_at: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(session::table)
        .values((
            session::token_hash.eq(token_hash),
            session::account_id.eq(account.number()),
            session::created_at.eq(now),
            session::seen_at.eq(now),
            session::expires_at.eq(expires_at),
        ))
        .execute(tx)?;
    Ok(())
}

pub(crate) fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<SessionRow>> {
    Ok(on_each!(conn, |conn| session::table
        .inner_join(account::table.inner_join(authority::table))
        .filter(session::token_hash.eq(token_hash))
        .filter(account::left_on.is_null())
        .select((
            session::seen_at,
            session::expires_at,
            account::id,
            account::role,
            account::name,
            account::email,
            authority::id,
            authority::code,
            authority::name,
            authority::colour,
            authority::revision,
        ))
        .first(conn))
    .optional()?)
}

pub(crate) fn touch(tx: &mut Conn, token_hash: &str, now: NaiveDateTime) -> Result<()> {
    diesel::update(session::table.filter(session::token_hash.eq(token_hash)))
        .set(session::seen_at.eq(now))
        .execute(tx)?;
    Ok(())
}

pub(crate) fn delete(tx: &mut Conn, token_hash: &str) -> Result<()> {
    diesel::delete(session::table.filter(session::token_hash.eq(token_hash))).execute(tx)?;
    Ok(())
}

pub(crate) fn delete_of(tx: &mut Conn, account: AccountKey) -> Result<()> {
    diesel::delete(session::table.filter(session::account_id.eq(account.number()))).execute(tx)?;
    Ok(())
}

pub(crate) fn delete_expired(tx: &mut Conn, now: NaiveDateTime) -> Result<usize> {
    Ok(diesel::delete(session::table.filter(session::expires_at.lt(now))).execute(tx)?)
}

/// A link that proves an address, as its hash.
pub(crate) struct NewLink<'a> {
    pub(crate) token_hash: &'a str,
    pub(crate) purpose: LinkPurpose,
    pub(crate) authority: AuthorityKey,
    pub(crate) email: &'a str,
    pub(crate) expires_at: NaiveDateTime,
}

pub(crate) fn insert_link(tx: &mut Conn, new: &NewLink<'_>, now: NaiveDateTime) -> Result<()> {
    diesel::insert_into(sign_in_link::table)
        .values((
            sign_in_link::token_hash.eq(new.token_hash),
            sign_in_link::purpose.eq(new.purpose),
            sign_in_link::authority_id.eq(new.authority.number()),
            sign_in_link::email.eq(new.email),
            sign_in_link::created_at.eq(now),
            sign_in_link::expires_at.eq(new.expires_at),
        ))
        .execute(tx)?;
    Ok(())
}

/// How many links went to an address since a moment.
pub(crate) fn links_since(conn: &mut Conn, email: &str, since: NaiveDateTime) -> Result<i64> {
    Ok(sign_in_link::table
        .filter(sign_in_link::email.eq(email))
        .filter(sign_in_link::created_at.ge(since))
        .count()
        .get_result(conn)?)
}

/// A link that still works: its authority and address.
pub(crate) fn usable_link(
    conn: &mut Conn,
    token_hash: &str,
    purpose: LinkPurpose,
    now: NaiveDateTime,
) -> Result<Option<(AuthorityKey, String)>> {
    Ok(sign_in_link::table
        .filter(sign_in_link::token_hash.eq(token_hash))
        .filter(sign_in_link::purpose.eq(purpose))
        .filter(sign_in_link::used_at.is_null())
        .filter(sign_in_link::expires_at.gt(now))
        .select((sign_in_link::authority_id, sign_in_link::email))
        .first(conn)
        .optional()?)
}

/// Makes every link to an address that still works stop working.
pub(crate) fn use_up_links(
    tx: &mut Conn,
    purpose: LinkPurpose,
    authority: AuthorityKey,
    email: &str,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(
        sign_in_link::table
            .filter(sign_in_link::email.eq(email))
            .filter(sign_in_link::authority_id.eq(authority.number()))
            .filter(sign_in_link::purpose.eq(purpose))
            .filter(sign_in_link::used_at.is_null()),
    )
    .set(sign_in_link::used_at.eq(now))
    .execute(tx)?;
    Ok(())
}

pub(crate) fn use_link(tx: &mut Conn, token_hash: &str, now: NaiveDateTime) -> Result<()> {
    diesel::update(sign_in_link::table.filter(sign_in_link::token_hash.eq(token_hash)))
        .set(sign_in_link::used_at.eq(now))
        .execute(tx)?;
    Ok(())
}
