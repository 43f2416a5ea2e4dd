//! The SQL of the words that names are searched by.

use diesel::prelude::*;

use crate::access::AuthorityKey;
use crate::db::schema::name_token;
use crate::db::{Conn, Result};
use crate::insert_rows;
use crate::register::ChildKey;

#[derive(Insertable)]
#[diesel(table_name = name_token, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    pub(super) authority_id: i64,
    pub(super) token: &'a str,
    pub(super) child_id: i64,
}

/// Writes a child's words; those of an earlier name go.
pub(in crate::register) fn replace(
    tx: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
    tokens: &[String],
) -> Result<()> {
    diesel::delete(name_token::table.filter(name_token::child_id.eq(child.number())))
        .execute(tx)?;
    let rows: Vec<NewRow<'_>> = tokens
        .iter()
        .map(|token| NewRow {
            authority_id: authority.number(),
            token,
            child_id: child.number(),
        })
        .collect();
    insert_rows!(tx, name_token::table, rows)?;
    Ok(())
}
