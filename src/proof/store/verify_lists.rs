//! The SQL of the promise at the door: every row of a list is on the register, closed, or to be looked at by a day.

use diesel::dsl::{count_star, exists, not};

use super::question::{Answer, NAMED, Scope, ask};
use crate::db::schema::{duty, list_import, unplaced_row};
use crate::db::{Condition, Conn, Result};
use crate::duty::store::IS_OPEN;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// Imports that came to their end and whose account does not add up: a row that was read is in it once, or not at all.
pub fn accounts_that_do_not_add_up(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let ended = list_import::table
        .filter(list_import::authority_id.eq_any(scope.numbers()))
        .filter(list_import::is_accounted.eq(true))
        .filter(list_import::ended_at.is_not_null());
    let offends = Condition(
        "list_import.rows_read <> (SELECT COUNT(*) FROM list_row WHERE list_row.import_id = list_import.id)",
    );
    ask!(conn, ended, offends, list_import::reference)
}

/// Rows without a place or an answer, of an import for which nothing is owed.
pub fn rows_nobody_looks_at(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let waiting = unplaced_row::table
        .inner_join(list_import::table)
        .filter(unplaced_row::authority_id.eq_any(scope.numbers()))
        .filter(unplaced_row::answer.is_null());
    let owed = exists(
        duty::table
            .filter(duty::authority_id.eq(unplaced_row::authority_id))
            .filter(duty::kind.eq(DutyKind::RowsOfList))
            .filter(duty::occasion.eq(list_import::reference))
            .filter(IS_OPEN),
    );
    ask!(conn, waiting, not(owed), unplaced_row::reference)
}

/// Imports that were cut off and for which nothing is owed, nor was.
pub fn lists_nobody_looks_at(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let cut_off = list_import::table
        .filter(list_import::authority_id.eq_any(scope.numbers()))
        .filter(list_import::is_accounted.eq(true))
        .filter(list_import::ended_at.is_null());
    let owed = exists(
        duty::table
            .filter(duty::authority_id.eq(list_import::authority_id))
            .filter(duty::kind.eq(DutyKind::RowsOfList))
            .filter(duty::occasion.eq(list_import::reference)),
    );
    ask!(conn, cut_off, not(owed), list_import::reference)
}
