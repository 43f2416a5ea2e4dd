//! The SQL of rests.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::exists;

use crate::access::{AccountKey, AuthorityKey};
use crate::db::columns::Key;
use crate::db::schema::{account, child, duty, lapse, rest};
use crate::db::{Condition, Conn, Result};
use crate::duty::rest::Rest;
use crate::duty::store::IS_OPEN;
use crate::mail::OutgoingMail;
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;
use crate::rules::rest::Earlier;

use diesel::prelude::*;

/// That the checks of a child, named by a column of the query around it, rest on a day.
macro_rules! child_rests {
    ($child:expr, $day:expr) => {
        diesel::dsl::exists(
            crate::db::schema::rest::table
                .filter(
                    crate::db::schema::rest::child_id
                        .nullable()
                        .eq($child.nullable()),
                )
                .filter(crate::db::schema::rest::starts_on.le($day))
                .filter(crate::db::schema::rest::ends_on.ge($day)),
        )
    };
}
pub(crate) use child_rests;

/// That an open duty about a child rests on a day: if it may at all, which is a column of the query around it.
macro_rules! duty_rests {
    ($child:expr, $may_rest:expr, $day:expr) => {
        crate::duty::store::rest::child_rests!($child, $day).and($may_rest)
    };
}
pub(crate) use duty_rests;

/// That the duty of a lapse rests on a day, for a query of lapses, which knows the duty by its key alone: whether it may is
/// asked only while a child's checks rest.
macro_rules! lapse_rests {
    ($day:expr) => {{
        let may_rest = crate::db::schema::duty::table
            .filter(crate::db::schema::duty::id.eq(crate::db::schema::lapse::duty_id))
            .filter(crate::db::schema::duty::may_rest);
        crate::duty::store::rest::child_rests!(crate::db::schema::lapse::child_id, $day)
            .and(diesel::dsl::exists(may_rest))
    }};
}
pub(crate) use lapse_rests;

#[derive(Queryable)]
struct Row {
    child: ChildKey,
    reason: String,
    lead_name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    renewal: i32,
}

type Columns = (
    rest::child_id,
    rest::reason,
    rest::lead_name,
    rest::starts_on,
    rest::ends_on,
    rest::renewal,
);
const COLUMNS: Columns = (
    rest::child_id,
    rest::reason,
    rest::lead_name,
    rest::starts_on,
    rest::ends_on,
    rest::renewal,
);

impl From<Row> for Rest {
    fn from(row: Row) -> Self {
        Self {
            reason: row.reason,
            lead_name: row.lead_name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            renewal: row.renewal.unsigned_abs(),
        }
    }
}

/// The rest that holds on a day; of several the one that lasts longest.
pub fn on(conn: &mut Conn, child: ChildKey, day: NaiveDate) -> Result<Option<Rest>> {
    let row: Option<Row> = on_each!(conn, |conn| rest::table
        .filter(rest::child_id.eq(child))
        .filter(rest::starts_on.le(day))
        .filter(rest::ends_on.ge(day))
        .order((rest::ends_on.desc(), rest::id.desc()))
        .select(COLUMNS)
        .first(conn)
        .optional())?;
    Ok(row.map(Rest::from))
}

/// The rests that hold on a day; of several for one child the one that lasts longest.
pub fn of(
    conn: &mut Conn,
    children: &[ChildKey],
    day: NaiveDate,
) -> Result<HashMap<ChildKey, Rest>> {
    let keys: Vec<i64> = children.iter().map(|key| key.number()).collect();
    let rows: Vec<Row> = on_each!(conn, |conn| rest::table
        .filter(rest::child_id.eq_any(&keys))
        .filter(rest::starts_on.le(day))
        .filter(rest::ends_on.ge(day))
        .order((rest::ends_on, rest::id))
        .select(COLUMNS)
        .load(conn))?;
    Ok(rows
        .into_iter()
        .map(|row| (row.child, row.into()))
        .collect())
}

/// Every rest that a child's checks ever had, in order.
pub fn earlier(conn: &mut Conn, child: ChildKey) -> Result<Vec<Earlier>> {
    let rows: Vec<(NaiveDate, NaiveDate)> = rest::table
        .filter(rest::child_id.eq(child))
        .order((rest::starts_on, rest::id))
        .select((rest::starts_on, rest::ends_on))
        .load(conn)?;
    let rest = |(starts_on, ends_on)| Earlier { starts_on, ends_on };
    Ok(rows.into_iter().map(rest).collect())
}

/// Whether a child has an open check that would rest and is overdue, or has a lapse: that of an attempt that failed stays
/// open for the next one, which is not due yet.
pub fn has_overdue(conn: &mut Conn, child: ChildKey, today: NaiveDate) -> Result<bool> {
    let lapsed = lapse::table
        .filter(lapse::duty_id.eq(duty::id))
        .filter(lapse::closed_at.is_null());
    let overdue = duty::table
        .filter(duty::child_id.eq(child))
        .filter(IS_OPEN)
        .filter(duty::due_on.lt(today).or(exists(lapsed)))
        .filter(duty::may_rest);
    Ok(diesel::select(exists(overdue)).get_result(conn)?)
}

pub fn insert(
    tx: &mut Conn,
    child: ChildKey,
    new: &Rest,
    heard_above: bool,
    by: Option<AccountKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(rest::table)
        .values((
            rest::child_id.eq(child),
            rest::reason.eq(&new.reason),
            rest::lead_name.eq(&new.lead_name),
            rest::starts_on.eq(new.starts_on),
            rest::ends_on.eq(new.ends_on),
            rest::renewal.eq(i32::try_from(new.renewal).unwrap_or(i32::MAX)),
            rest::heard_above.eq(heard_above),
            rest::recorded_by.eq(by.map(AccountKey::number)),
            rest::recorded_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// A rest of which those above have to hear and were not told.
#[derive(Queryable)]
pub struct Unheard {
    pub id: i64,
    pub child_key: ChildKey,
    pub child: Reference,
    pub restricted: bool,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub renewal: i32,
    /// The address of whoever decided it.
    pub decided_by: Option<String>,
}

/// Those of an authority, however long ago they were decided.
pub fn unheard(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Unheard>> {
    Ok(rest::table
        .inner_join(child::table)
        .left_join(account::table)
        .filter(Condition("rest.heard_above AND rest.mail_id IS NULL"))
        // Not by the index of the authority's children, but by that of what is to be told.
        .filter((child::authority_id + 0_i64).eq(authority.number()))
        .order((rest::child_id, rest::id))
        .select((
            rest::id,
            rest::child_id,
            child::reference,
            child::restricted,
            rest::starts_on,
            rest::ends_on,
            rest::renewal,
            account::email.nullable(),
        ))
        .load(conn)?)
}

/// Notes the mail that told of a rest.
pub fn told(tx: &mut Conn, rest: i64, mail: Key<OutgoingMail>) -> Result<()> {
    diesel::update(rest::table.filter(rest::id.eq(rest)))
        .set(rest::mail_id.eq(mail.number()))
        .execute(tx)?;
    Ok(())
}

/// Lets a rest end on a day, if it would last longer.
pub fn end(tx: &mut Conn, child: ChildKey, last_day: NaiveDate) -> Result<()> {
    diesel::update(
        rest::table
            .filter(rest::child_id.eq(child))
            .filter(rest::starts_on.le(last_day))
            .filter(rest::ends_on.gt(last_day)),
    )
    .set(rest::ends_on.eq(last_day))
    .execute(tx)?;
    Ok(())
}
