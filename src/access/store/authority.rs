//! The SQL of authorities.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::AuthorityKey;
use crate::access::authority::Listed;
use crate::db::schema::authority;
use crate::db::{Conn, Result};
use crate::on_each;

/// An authority as pages and mails need it.
#[derive(Clone, Debug, Queryable)]
pub struct Authority {
    pub key: AuthorityKey,
    /// The three-digit DfE code.
    pub code: String,
    pub name: String,
    /// The colour of its header, as `#rrggbb`.
    pub colour: String,
    pub mailbox: Option<String>,
    /// The home-education team's telephone number.
    pub telephone: Option<String>,
    /// Whom a parent can turn to who is not the officer.
    pub complaints_to: Option<String>,
    /// Whether its register is kept here.
    pub in_service: bool,
    /// Goes up with every change of the authority's records.
    pub revision: i64,
}

type Columns = (
    authority::id,
    authority::code,
    authority::name,
    authority::colour,
    authority::mailbox,
    authority::telephone,
    authority::complaints_to,
    authority::uses_service,
    authority::revision,
);
const COLUMNS: Columns = (
    authority::id,
    authority::code,
    authority::name,
    authority::colour,
    authority::mailbox,
    authority::telephone,
    authority::complaints_to,
    authority::uses_service,
    authority::revision,
);

pub(crate) fn by_code(conn: &mut Conn, code: &str) -> Result<Option<Authority>> {
    Ok(authority::table
        .filter(authority::code.eq(code))
        .select(COLUMNS)
        .first(conn)
        .optional()?)
}

pub(crate) fn by_key(conn: &mut Conn, key: AuthorityKey) -> Result<Authority> {
    Ok(on_each!(conn, |conn| authority::table
        .filter(authority::id.eq(key.number()))
        .select(COLUMNS)
        .first(conn))?)
}

/// Authorities whose own register is kept here.
pub(crate) fn in_service(conn: &mut Conn) -> Result<Vec<Authority>> {
    Ok(authority::table
        .filter(authority::uses_service.eq(true))
        .order(authority::name)
        .select(COLUMNS)
        .load(conn)?)
}

pub(crate) fn codes(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(authority::table.select(authority::code).load(conn)?)
}

pub(crate) fn names(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    Ok(authority::table
        .select((authority::code, authority::name))
        .load(conn)?)
}

pub(crate) fn insert(conn: &mut Conn, listed: &Listed) -> Result<()> {
    diesel::insert_into(authority::table)
        .values((
            authority::code.eq(&listed.code),
            authority::gss_code.eq(&listed.gss_code),
            authority::name.eq(&listed.name),
            authority::kind.eq(&listed.kind),
            authority::region.eq(&listed.region),
            authority::exists_from.eq(None::<NaiveDate>),
            authority::exists_to.eq(listed.exists_to),
        ))
        .execute(conn)?;
    Ok(())
}

pub(crate) fn set_in_service(
    conn: &mut Conn,
    key: AuthorityKey,
    mailbox: Option<&str>,
) -> Result<()> {
    diesel::update(authority::table.filter(authority::id.eq(key.number())))
        .set((
            authority::uses_service.eq(true),
            authority::mailbox.eq(mailbox),
        ))
        .execute(conn)?;
    Ok(())
}

pub(crate) fn describe(
    conn: &mut Conn,
    key: AuthorityKey,
    colour: &str,
    telephone: Option<&str>,
    complaints_to: Option<&str>,
) -> Result<()> {
    diesel::update(authority::table.filter(authority::id.eq(key.number())))
        .set((
            authority::colour.eq(colour),
            authority::telephone.eq(telephone),
            authority::complaints_to.eq(complaints_to),
        ))
        .execute(conn)?;
    Ok(())
}
