//! The SQL of the account of an import: a row for each row of the list. Rows are added and read, never changed.

use std::collections::HashSet;

use diesel::prelude::*;

use super::UnplacedKey;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::schema::{child, list_import, list_row, unplaced_row};
use crate::db::{Conn, Result};
use crate::insert_rows;
use crate::intake::list_import::account::Became;
use crate::intake::list_import::unplaced::Answer;
use crate::register::{ChildKey, resemblance};
use crate::rules::identifiers::Reference;

/// A row of a list, as it is kept.
#[derive(Insertable)]
#[diesel(table_name = list_row, treat_none_as_default_value = false)]
pub(in crate::intake::list_import) struct NewRow<'a> {
    pub(in crate::intake::list_import) import_id: i64,
    pub(in crate::intake::list_import) line: i64,
    pub(in crate::intake::list_import) became: &'static str,
    pub(in crate::intake::list_import) told_as: &'static str,
    pub(in crate::intake::list_import) child_id: Option<i64>,
    pub(in crate::intake::list_import) unplaced_id: Option<i64>,
    pub(in crate::intake::list_import) why: &'a str,
}

pub(in crate::intake::list_import) fn insert(tx: &mut Conn, rows: &[NewRow<'_>]) -> Result<()> {
    insert_rows!(tx, list_row::table, rows)?;
    Ok(())
}

/// What became of a row, for whoever reads the account.
#[derive(Clone, Debug)]
pub struct AccountLine {
    pub line: i64,
    pub became: Became,
    /// Whom it is about.
    pub child: Option<String>,
    /// What is asked about it.
    pub unplaced: Option<String>,
    pub why: String,
}

type Read = (
    i64,
    Became,
    Became,
    Option<ChildKey>,
    Option<UnplacedKey>,
    String,
    Option<Reference>,
    Option<Reference>,
);

/// The account of an import as this viewer reads it: a row about a child whom they may not see reads as it was told to its sender.
pub(in crate::intake::list_import) fn of_import(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
) -> Result<Vec<AccountLine>> {
    let rows: Vec<Read> = list_row::table
        .inner_join(list_import::table)
        .left_join(child::table.on(child::id.nullable().eq(list_row::child_id)))
        .left_join(unplaced_row::table.on(unplaced_row::id.nullable().eq(list_row::unplaced_id)))
        .filter(list_import::authority_id.eq(viewer.authority()))
        .filter(list_import::reference.eq(import))
        .order(list_row::line)
        .select((
            list_row::line,
            list_row::became,
            list_row::told_as,
            list_row::child_id,
            list_row::unplaced_id,
            list_row::why,
            child::reference.nullable(),
            unplaced_row::reference.nullable(),
        ))
        .load(conn)?;
    let hidden = resemblance::hidden_from(conn, viewer)?;
    let hidden_rows = super::unplaced::hidden_from(conn, viewer, import)?;
    // Whoever does not see everybody reads of a new child no more than that: it may be one whom they may not see.
    let sees_all = viewer.sees_restricted();
    let lines = rows.into_iter().map(
        |(line, became, told_as, key, unplaced, why, child, asked)| {
            let is_hidden = key.is_some_and(|child| hidden.contains(&child))
                || unplaced.is_some_and(|row| hidden_rows.contains(&row));
            let became = match is_hidden {
                true => told_as,
                false => became,
            };
            let is_new = matches!(became, Became::New | Became::Closed);
            match is_hidden || (is_new && !sees_all) {
                true => AccountLine {
                    line,
                    became,
                    child: None,
                    unplaced: None,
                    why: String::new(),
                },
                false => AccountLine {
                    line,
                    became,
                    child: child.map(|child| child.to_string()),
                    unplaced: asked.map(|asked| asked.to_string()),
                    why,
                },
            }
        },
    );
    Ok(lines.collect())
}

/// By what a child was found in lists: the import, the line, and why; the newest first.
pub(in crate::intake::list_import) fn of_child(
    conn: &mut Conn,
    child: ChildKey,
    limit: i64,
) -> Result<Vec<(Reference, i64, Became, String)>> {
    Ok(list_row::table
        .inner_join(list_import::table)
        .filter(list_row::child_id.eq(child.number()))
        .order((list_row::import_id.desc(), list_row::line))
        .limit(limit)
        .select((
            list_import::reference,
            list_row::line,
            list_row::became,
            list_row::why,
        ))
        .load(conn)?)
}

/// Those of some children about whom somebody sent a row before.
pub(in crate::intake::list_import) fn told_of(
    conn: &mut Conn,
    sender: AccountKey,
    children: &HashSet<ChildKey>,
) -> Result<HashSet<ChildKey>> {
    let keys = children.iter().map(|child| child.number());
    let told: Vec<ChildKey> = list_row::table
        .inner_join(list_import::table)
        .filter(list_import::account_id.eq(sender.number()))
        .filter(list_row::child_id.eq_any(keys))
        .select(list_row::child_id.assume_not_null())
        .load(conn)?;
    Ok(told.into_iter().collect())
}

/// The digests of the rows of an authority to which somebody answered that it is another child, and of which somebody else is asked
/// since.
pub(in crate::intake::list_import) fn asked_elsewhere(
    conn: &mut Conn,
    authority: AuthorityKey,
) -> Result<HashSet<String>> {
    let asked: Vec<String> = unplaced_row::table
        .filter(unplaced_row::authority_id.eq(authority))
        .filter(unplaced_row::answer.eq(Answer::AnotherChild))
        .filter(unplaced_row::child_id.is_null())
        .select(unplaced_row::digest)
        .load(conn)?;
    Ok(asked.into_iter().collect())
}

/// The digests of the rows that somebody sent before and that were asked about.
pub(in crate::intake::list_import) fn asked_about(
    conn: &mut Conn,
    sender: AccountKey,
) -> Result<HashSet<String>> {
    let asked: Vec<String> = list_row::table
        .inner_join(list_import::table)
        .inner_join(unplaced_row::table.on(list_row::unplaced_id.eq(unplaced_row::id.nullable())))
        .filter(list_import::account_id.eq(sender.number()))
        .select(unplaced_row::digest)
        .load(conn)?;
    Ok(asked.into_iter().collect())
}
