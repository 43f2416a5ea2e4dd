//! The SQL of what closed a check.

use crate::db::schema::closed_by_outcome;
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::insert_rows;
use crate::visit::OutcomeKey;

use diesel::prelude::*;

/// Notes which outcome closed these checks.
pub fn note_closed(tx: &mut Conn, checks: &[DutyKey], by: OutcomeKey) -> Result<()> {
    let rows: Vec<ClosedBy> = checks
        .iter()
        .map(|check| ClosedBy {
            check_id: check.number(),
            outcome_id: by.number(),
        })
        .collect();
    insert_rows!(tx, closed_by_outcome::table, rows)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = closed_by_outcome)]
struct ClosedBy {
    check_id: i64,
    outcome_id: i64,
}
