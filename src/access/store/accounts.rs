//! The SQL of accounts and of who holds which post.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::accounts::{Holder, NewAccount};
use crate::access::{AccountKey, AuthorityKey, Role};
use crate::db::schema::{account, post_holder};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::rules::escalation::Post;

/// An account as lists and pages need it.
#[derive(Clone, Debug, Queryable)]
pub struct AccountRow {
    pub key: AccountKey,
    /// What the world sees of it.
    pub reference: String,
    pub authority: AuthorityKey,
    pub role: Role,
    pub email: String,
    /// The name others see.
    pub name: String,
    /// The day they left; whoever has one has left and is let in nowhere.
    pub left_on: Option<NaiveDate>,
}

impl AccountRow {
    const COLUMNS: (
        account::id,
        account::reference,
        account::authority_id,
        account::role,
        account::email,
        account::name,
        account::left_on,
    ) = (
        account::id,
        account::reference,
        account::authority_id,
        account::role,
        account::email,
        account::name,
        account::left_on,
    );
}

/// What signing in with a password needs to know.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct Credentials {
    pub(crate) account: AccountKey,
    pub(crate) password_hash: Option<String>,
}

pub(crate) fn insert(
    tx: &mut Conn,
    authority: AuthorityKey,
    reference: &str,
    new: &NewAccount<'_>,
    now: NaiveDateTime,
) -> Result<AccountKey> {
    Ok(diesel::insert_into(account::table)
        .values((
            account::reference.eq(reference),
            account::authority_id.eq(authority.number()),
            account::role.eq(new.role),
            account::email.eq(new.email),
            account::name.eq(new.name),
            account::password_hash.eq(new.password_hash),
            account::created_at.eq(now),
        ))
        .returning(account::id)
        .get_result(tx)?)
}

/// Lets somebody who left work again, as what and under which name is said now.
pub(crate) fn reopen(tx: &mut Conn, key: AccountKey, new: &NewAccount<'_>) -> Result<()> {
    diesel::update(account::table.filter(account::id.eq(key.number())))
        .set((
            account::role.eq(new.role),
            account::name.eq(new.name),
            account::password_hash.eq(new.password_hash),
            account::failed_sign_ins.eq(0),
            account::locked_until.eq(None::<NaiveDateTime>),
            account::left_on.eq(None::<NaiveDate>),
        ))
        .execute(tx)?;
    Ok(())
}

pub(crate) fn set_left(tx: &mut Conn, key: AccountKey, on: NaiveDate) -> Result<()> {
    diesel::update(account::table.filter(account::id.eq(key.number())))
        .set(account::left_on.eq(on))
        .execute(tx)?;
    Ok(())
}

pub(crate) fn set_password(tx: &mut Conn, key: AccountKey, hash: &str) -> Result<()> {
    diesel::update(account::table.filter(account::id.eq(key.number())))
        .set((
            account::password_hash.eq(hash),
            account::failed_sign_ins.eq(0),
            account::locked_until.eq(None::<NaiveDateTime>),
        ))
        .execute(tx)?;
    Ok(())
}

/// Staff with this address, anywhere: people sign in without naming their authority.
pub(crate) fn staff_credentials(conn: &mut Conn, email: &str) -> Result<Option<Credentials>> {
    Ok(account::table
        .filter(account::email.eq(email))
        .filter(account::role.ne(Role::Parent))
        .filter(account::left_on.is_null())
        .select((account::id, account::password_hash))
        .first(conn)
        .optional()?)
}

/// Counts an attempt to sign in, as a failure until it is known better; gives its number, or nothing while the account
/// rests.
pub(crate) fn count_attempt(
    tx: &mut Conn,
    key: AccountKey,
    now: NaiveDateTime,
) -> Result<Option<i32>> {
    Ok(diesel::update(
        account::table.filter(account::id.eq(key.number())).filter(
            account::locked_until
                .is_null()
                .or(account::locked_until.le(now)),
        ),
    )
    .set(account::failed_sign_ins.eq(account::failed_sign_ins + 1))
    .returning(account::failed_sign_ins)
    .get_result(tx)
    .optional()?)
}

pub(crate) fn note_failures(
    tx: &mut Conn,
    key: AccountKey,
    failures: i32,
    locked_until: Option<NaiveDateTime>,
) -> Result<()> {
    diesel::update(account::table.filter(account::id.eq(key.number())))
        .set((
            account::failed_sign_ins.eq(failures),
            account::locked_until.eq(locked_until),
        ))
        .execute(tx)?;
    Ok(())
}

pub(crate) fn by_email(
    conn: &mut Conn,
    authority: AuthorityKey,
    email: &str,
) -> Result<Option<AccountRow>> {
    Ok(account::table
        .filter(account::email.eq(email))
        .filter(account::authority_id.eq(authority.number()))
        .select(AccountRow::COLUMNS)
        .first(conn)
        .optional()?)
}

pub(crate) fn by_key(conn: &mut Conn, key: AccountKey) -> Result<AccountRow> {
    Ok(on_each!(conn, |conn| account::table
        .filter(account::id.eq(key.number()))
        .select(AccountRow::COLUMNS)
        .first(conn))?)
}

pub(crate) fn by_reference(
    conn: &mut Conn,
    authority: AuthorityKey,
    reference: &str,
) -> Result<Option<AccountRow>> {
    Ok(account::table
        .filter(account::reference.eq(reference))
        .filter(account::authority_id.eq(authority.number()))
        .select(AccountRow::COLUMNS)
        .first(conn)
        .optional()?)
}

/// Everybody of an authority who is not a parent and has not left, by name.
pub(crate) fn staff(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<AccountRow>> {
    Ok(account::table
        .filter(account::authority_id.eq(authority.number()))
        .filter(account::role.ne(Role::Parent))
        .filter(account::left_on.is_null())
        .order((account::name, account::id))
        .select(AccountRow::COLUMNS)
        .load(conn)?)
}

pub(crate) fn give_post(
    tx: &mut Conn,
    authority: AuthorityKey,
    post: Post,
    account: Option<AccountKey>,
    email: Option<&str>,
    from: NaiveDate,
) -> Result<()> {
    diesel::insert_into(post_holder::table)
        .values((
            post_holder::authority_id.eq(authority.number()),
            post_holder::post.eq(post),
            post_holder::account_id.eq(account.map(AccountKey::number)),
            post_holder::email.eq(email),
            post_holder::held_from.eq(from),
        ))
        .execute(tx)?;
    Ok(())
}

/// Ends every post that an account holds; gives how many.
pub(crate) fn end_posts_of(
    tx: &mut Conn,
    account: AccountKey,
    last_day: NaiveDate,
) -> Result<usize> {
    Ok(diesel::update(
        post_holder::table
            .filter(post_holder::account_id.eq(account.number()))
            .filter(post_holder::held_to.is_null()),
    )
    .set(post_holder::held_to.eq(last_day))
    .execute(tx)?)
}

/// Ends whatever anybody holds of a post; gives how many held it.
pub(crate) fn end_post(
    tx: &mut Conn,
    authority: AuthorityKey,
    post: Post,
    last_day: NaiveDate,
) -> Result<usize> {
    Ok(diesel::update(
        post_holder::table
            .filter(post_holder::authority_id.eq(authority.number()))
            .filter(post_holder::post.eq(post))
            .filter(post_holder::held_to.is_null()),
    )
    .set(post_holder::held_to.eq(last_day))
    .execute(tx)?)
}

/// Who holds a post on a day: the address mail goes to and a name to greet.
pub(crate) fn holders(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<Holder>> {
    Ok(post_holder::table
        .left_join(account::table)
        .filter(post_holder::authority_id.eq(authority.number()))
        .filter(post_holder::held_from.le(today))
        .filter(
            post_holder::held_to
                .is_null()
                .or(post_holder::held_to.ge(today)),
        )
        .filter(account::left_on.is_null())
        .order(post_holder::id)
        .select((
            post_holder::post,
            post_holder::email,
            account::email.nullable(),
            account::name.nullable(),
        ))
        .load::<(Post, Option<String>, Option<String>, Option<String>)>(conn)?
        .into_iter()
        .filter_map(|(post, mailbox, email, name)| {
            Some(Holder {
                post,
                email: mailbox.or(email)?,
                name,
            })
        })
        .collect())
}
