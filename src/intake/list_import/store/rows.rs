//! The SQL of the account of an import: a row for each row of the list. Rows are added and read, never changed.

use diesel::prelude::*;

use super::UnplacedKey;
use crate::access::Viewer;
use crate::db::schema::{child, list_import, list_row, unplaced_row};
use crate::db::{Conn, Result};
use crate::insert_rows;
use crate::intake::list_import::account::Became;
use crate::register::{ChildKey, resemblance};
use crate::rules::identifiers::Reference;

/// A row of a list, as it is kept.
#[derive(Insertable)]
#[diesel(table_name = list_row, treat_none_as_default_value = false)]
pub(in crate::intake::list_import) struct NewRow<'a> {
    pub(in crate::intake::list_import) import_id: i64,
    pub(in crate::intake::list_import) line: i64,
    pub(in crate::intake::list_import) became: &'static str,
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
    Option<ChildKey>,
    Option<UnplacedKey>,
    String,
    Option<Reference>,
    Option<Reference>,
);

/// The account of an import as this viewer reads it: a row about a child whom they may not see reads as a new child's.
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
            list_row::child_id,
            list_row::unplaced_id,
            list_row::why,
            child::reference.nullable(),
            unplaced_row::reference.nullable(),
        ))
        .load(conn)?;
    let hidden = resemblance::hidden_from(conn, viewer)?;
    let hidden_rows = super::unplaced::hidden_from(conn, viewer, import)?;
    let lines = rows
        .into_iter()
        .map(|(line, became, key, unplaced, why, child, asked)| {
            let is_hidden = key.is_some_and(|child| hidden.contains(&child))
                || unplaced.is_some_and(|row| hidden_rows.contains(&row));
            match is_hidden {
                true => AccountLine {
                    line,
                    became: Became::New,
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
        });
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
