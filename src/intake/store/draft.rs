//! The SQL of drafts: one for each account.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::AccountKey;
use crate::db::schema::draft;
use crate::db::{Conn, Result};

/// The form's key and its answers.
pub(in crate::intake) fn find(
    conn: &mut Conn,
    account: AccountKey,
) -> Result<Option<(String, String)>> {
    Ok(draft::table
        .filter(draft::account_id.eq(account.number()))
        .select((draft::form_key, draft::answers))
        .first(conn)
        .optional()?)
}

pub(in crate::intake) fn insert(
    tx: &mut Conn,
    account: AccountKey,
    form_key: &str,
    answers: &str,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(draft::table)
        .values((
            draft::account_id.eq(account.number()),
            draft::form_key.eq(form_key),
            draft::answers.eq(answers),
            draft::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

pub(in crate::intake) fn update(
    tx: &mut Conn,
    account: AccountKey,
    answers: &str,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(draft::table.filter(draft::account_id.eq(account.number())))
        .set((draft::answers.eq(answers), draft::updated_at.eq(now)))
        .execute(tx)?;
    Ok(())
}

pub(in crate::intake) fn delete(tx: &mut Conn, form_key: &str) -> Result<()> {
    diesel::delete(draft::table.filter(draft::form_key.eq(form_key))).execute(tx)?;
    Ok(())
}
