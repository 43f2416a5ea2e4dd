//! The SQL of the days on which children are assessed again.

use chrono::NaiveDate;

use crate::access::AuthorityKey;
use crate::db::schema::{assessment_due, child};
use crate::db::{Conn, Result};
use crate::register::ChildKey;
use crate::{insert_rows, on_each};

use diesel::prelude::*;

/// Writes the day on which a child is assessed again; none: not before something happens.
pub fn assess_again(
    tx: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
    on: Option<NaiveDate>,
) -> Result<()> {
    on_each!(tx, |tx| diesel::delete(
        assessment_due::table.filter(assessment_due::child_id.eq(child.number()))
    )
    .execute(tx))?;
    match on {
        Some(on) => insert_due(tx, authority, &[(child, on)]),
        None => Ok(()),
    }
}

#[derive(Insertable)]
#[diesel(table_name = assessment_due)]
struct NewDue {
    child_id: i64,
    authority_id: i64,
    due_on: NaiveDate,
}

/// Writes the days on which children without one are assessed again.
pub fn insert_due(
    tx: &mut Conn,
    authority: AuthorityKey,
    days: &[(ChildKey, NaiveDate)],
) -> Result<()> {
    let rows: Vec<NewDue> = days
        .iter()
        .map(|(child, due_on)| NewDue {
            child_id: child.number(),
            authority_id: authority.number(),
            due_on: *due_on,
        })
        .collect();
    insert_rows!(tx, assessment_due::table, rows)?;
    Ok(())
}

/// The first children, by day and key, that are to be assessed again by a day.
pub fn due(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<ChildKey>> {
    Ok(assessment_due::table
        .filter(assessment_due::authority_id.eq(authority))
        .filter(assessment_due::due_on.le(today))
        .order((assessment_due::due_on, assessment_due::child_id))
        .limit(limit)
        .select(assessment_due::child_id)
        .load::<i64>(conn)?
        .into_iter()
        .map(ChildKey::new)
        .collect())
}

/// Every child on an authority's register is to be assessed again on a day.
pub fn assess_all(tx: &mut Conn, authority: AuthorityKey, on: NaiveDate) -> Result<()> {
    diesel::delete(
        assessment_due::table.filter(assessment_due::authority_id.eq(authority.number())),
    )
    .execute(tx)?;
    let open: Vec<ChildKey> = child::table
        .filter(child::authority_id.eq(authority))
        .filter(child::is_open.eq(true))
        .order(child::id)
        .select(child::id)
        .load(tx)?;
    let days: Vec<_> = open.into_iter().map(|child| (child, on)).collect();
    insert_due(tx, authority, &days)
}
