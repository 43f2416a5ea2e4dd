//! The SQL of checks. No statement here writes an original due day a second time, and a trigger refuses one that would.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::min;

use crate::access::store::scope;
use crate::access::{AuthorityKey, Viewer};
use crate::db::days::{Day, MaybeDay, Moment};
use crate::db::schema::welfare_check;
use crate::db::{Conn, Result};
use crate::duty::CheckKey;
use crate::duty::check::{CheckRecord, CheckState, DueDay};
use crate::duty::store::IS_OPEN;
use crate::register::{ChildKey, random_reference};
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::schedule::{CheckKind, CheckOwed, Purpose};
use crate::visit::OutcomeKey;
use crate::{insert_rows, on_each};

use diesel::prelude::*;

/// Rows a statement.
const PART: usize = 1000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = welfare_check)]
struct Row {
    #[diesel(column_name = id)]
    key: CheckKey,
    reference: Reference,
    #[diesel(column_name = authority_id)]
    authority: AuthorityKey,
    #[diesel(column_name = child_id)]
    child: ChildKey,
    kind: CheckKind,
    purpose: Purpose,
    #[diesel(column_name = follows_id)]
    follows: Option<CheckKey>,
    counted_from: Day,
    original_due_on: Day,
    due_on: Day,
    why: String,
    state: CheckState,
    closed_on: MaybeDay,
    closed_because: Option<String>,
}

impl From<Row> for CheckRecord {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            reference: row.reference,
            authority: row.authority,
            child: row.child,
            kind: row.kind,
            purpose: row.purpose,
            follows: row.follows,
            counted_from: row.counted_from.into(),
            original_due_on: row.original_due_on.into(),
            due_on: row.due_on.into(),
            why: row.why,
            state: row.state,
            closed_on: row.closed_on.into(),
            closed_because: row.closed_because,
        }
    }
}

pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<CheckRecord>> {
    let row: Option<Row> = scope::children(viewer)
        .inner_join(welfare_check::table)
        .filter(welfare_check::reference.eq(reference))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(CheckRecord::from))
}

pub fn by_key(conn: &mut Conn, key: CheckKey) -> Result<CheckRecord> {
    let row: Row = welfare_check::table
        .filter(welfare_check::id.eq(key))
        .select(Row::as_select())
        .first(conn)?;
    Ok(row.into())
}

/// The due days of the open checks of one kind, each with why then.
pub fn due_days(
    conn: &mut Conn,
    kind: CheckKind,
    children: &[ChildKey],
) -> Result<Vec<(ChildKey, DueDay)>> {
    let mut days = Vec::new();
    for part in children.chunks(PART) {
        let keys = part.iter().map(|child| child.number());
        let found: Vec<(ChildKey, NaiveDate, String)> = welfare_check::table
            .filter(welfare_check::child_id.eq_any(keys))
            .filter(welfare_check::kind.eq(kind))
            .filter(IS_OPEN)
            .select((
                welfare_check::child_id,
                welfare_check::due_on,
                welfare_check::why,
            ))
            .load(conn)?;
        let day = |(child, on, why)| (child, DueDay { on, why });
        days.extend(found.into_iter().map(day));
    }
    Ok(days)
}

/// A child's open checks by due day.
pub fn open_of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<CheckRecord>> {
    let rows: Vec<Row> = welfare_check::table
        .filter(welfare_check::child_id.eq(child))
        .filter(IS_OPEN)
        .order((welfare_check::due_on, welfare_check::id))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(CheckRecord::from).collect())
}

/// A child's checks, in no order.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<CheckRecord>> {
    let rows: Vec<Row> = on_each!(conn, |conn| welfare_check::table
        .filter(welfare_check::child_id.eq(child))
        .select(Row::as_select())
        .load(conn))?;
    Ok(rows.into_iter().map(CheckRecord::from).collect())
}

/// A check to be written.
#[derive(Clone, Copy)]
pub struct NewCheck<'a> {
    pub child: ChildKey,
    pub owed: &'a CheckOwed,
    pub follows: Option<CheckKey>,
}

#[derive(Insertable)]
#[diesel(table_name = welfare_check, treat_none_as_default_value = false)]
struct NewRow<'a> {
    reference: String,
    authority_id: i64,
    child_id: i64,
    kind: &'static str,
    purpose: &'static str,
    follows_id: Option<i64>,
    counted_from: Day,
    original_due_on: Day,
    due_on: Day,
    why: &'a str,
    state: &'static str,
    created_at: Moment,
}

/// Writes checks, but none of a kind that is open for the child already; of new attempts, none that follows the same check.
pub fn insert_missing(
    tx: &mut Conn,
    authority: AuthorityKey,
    checks: &[NewCheck<'_>],
    now: NaiveDateTime,
) -> Result<()> {
    let open = open_kinds(tx, checks.iter().map(|new| new.child))?;
    let missing: Vec<NewCheck<'_>> = checks
        .iter()
        .filter(|new| !open.contains(&(new.child, new.owed.kind, new.follows)))
        .copied()
        .collect();
    insert(tx, authority, &missing, now)
}

/// Writes checks.
pub fn insert(
    tx: &mut Conn,
    authority: AuthorityKey,
    checks: &[NewCheck<'_>],
    now: NaiveDateTime,
) -> Result<()> {
    let rows: Vec<NewRow<'_>> = checks.iter().map(|new| row(authority, new, now)).collect();
    insert_rows!(tx, welfare_check::table, rows)?;
    Ok(())
}

fn open_kinds(
    conn: &mut Conn,
    children: impl Iterator<Item = ChildKey>,
) -> Result<HashSet<(ChildKey, CheckKind, Option<CheckKey>)>> {
    let mut numbers: Vec<i64> = children.map(ChildKey::number).collect();
    numbers.dedup();
    let open: Vec<(ChildKey, CheckKind, Option<CheckKey>)> = welfare_check::table
        .filter(welfare_check::child_id.eq_any(numbers))
        .filter(IS_OPEN)
        .select((
            welfare_check::child_id,
            welfare_check::kind,
            welfare_check::follows_id,
        ))
        .load(conn)?;
    Ok(open.into_iter().collect())
}

fn row<'a>(authority: AuthorityKey, new: &NewCheck<'a>, now: NaiveDateTime) -> NewRow<'a> {
    NewRow {
        reference: random_reference(ReferenceKind::Check).as_str().to_owned(),
        authority_id: authority.number(),
        child_id: new.child.number(),
        kind: new.owed.kind.as_str(),
        purpose: new.owed.purpose.as_str(),
        follows_id: new.follows.map(CheckKey::number),
        counted_from: new.owed.counted_from.into(),
        original_due_on: new.owed.due_on.into(),
        due_on: new.owed.due_on.into(),
        why: &new.owed.why,
        state: CheckState::Open.as_str(),
        created_at: now.into(),
    }
}

/// How checks come to an end.
pub struct Closing<'a> {
    pub state: CheckState,
    pub on: NaiveDate,
    pub because: &'a str,
    pub outcome: Option<OutcomeKey>,
}

pub fn close(tx: &mut Conn, checks: &[CheckKey], closing: &Closing<'_>) -> Result<()> {
    diesel::update(
        welfare_check::table
            .filter(welfare_check::id.eq_any(checks.iter().map(|key| key.number())))
            .filter(IS_OPEN),
    )
    .set((
        welfare_check::state.eq(closing.state),
        welfare_check::closed_on.eq(closing.on),
        welfare_check::closed_because.eq(closing.because),
        welfare_check::closed_by_outcome_id.eq(closing.outcome.map(OutcomeKey::number)),
        welfare_check::version.eq(welfare_check::version + 1),
    ))
    .execute(tx)?;
    Ok(())
}

pub fn bring_forward(tx: &mut Conn, check: CheckKey, due_on: NaiveDate, why: &str) -> Result<()> {
    diesel::update(welfare_check::table.filter(welfare_check::id.eq(check)))
        .set((
            welfare_check::due_on.eq(due_on),
            welfare_check::why.eq(why),
            welfare_check::version.eq(welfare_check::version + 1),
        ))
        .execute(tx)?;
    Ok(())
}

/// The earliest due day of a child's open checks.
pub fn earliest_due(conn: &mut Conn, child: ChildKey) -> Result<Option<NaiveDate>> {
    Ok(welfare_check::table
        .filter(welfare_check::child_id.eq(child))
        .filter(IS_OPEN)
        .select(min(welfare_check::due_on))
        .first(conn)?)
}

/// That a child's lists show another day than the earliest on which an open check is due.
pub(crate) const WRONG_NEXT_CHECK: &str = "child.next_check_on IS DISTINCT FROM
    (SELECT MIN(welfare_check.due_on) FROM welfare_check
     WHERE welfare_check.child_id = child.id AND welfare_check.state = 'open')";
