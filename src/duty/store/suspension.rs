//! The SQL of suspensions.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::exists;

use crate::access::{AccountKey, AuthorityKey};
use crate::db::columns::Key;
use crate::db::schema::{account, child, duty, lapse, suspension};
use crate::db::{Condition, Conn, Result};
use crate::duty::store::IS_OPEN;
use crate::duty::suspension::Suspension;
use crate::mail::OutgoingMail;
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::duty::Purpose;
use crate::rules::identifiers::Reference;
use crate::rules::rest::Earlier;

use diesel::prelude::*;

/// That the checks of a child, named by a column of the query around it, rest on a day.
macro_rules! rests {
    ($child:expr, $day:expr) => {
        diesel::dsl::exists(
            crate::db::schema::suspension::table
                .filter(
                    crate::db::schema::suspension::child_id
                        .nullable()
                        .eq($child.nullable()),
                )
                .filter(crate::db::schema::suspension::starts_on.le($day))
                .filter(crate::db::schema::suspension::ends_on.ge($day)),
        )
    };
}
pub(crate) use rests;

/// That an open check of a child rests on a day: all but the search for the child and the attempts at it. The purpose is a
/// column of the query around it.
macro_rules! sleeps {
    ($child:expr, $purpose:expr, $day:expr) => {
        crate::duty::store::suspension::rests!($child, $day)
            .and($purpose.ne(crate::rules::duty::Purpose::Find.as_str()))
    };
}
pub(crate) use sleeps;

/// The same for a query of lapses, which knows the check by its key alone: what it is for is asked only while a child's
/// checks rest.
macro_rules! lapse_sleeps {
    ($day:expr) => {{
        let search = crate::db::schema::duty::table
            .filter(crate::db::schema::duty::id.eq(crate::db::schema::lapse::duty_id))
            .filter(
                crate::db::schema::duty::purpose.eq(crate::rules::duty::Purpose::Find.as_str()),
            );
        crate::duty::store::suspension::rests!(crate::db::schema::lapse::child_id, $day)
            .and(diesel::dsl::not(diesel::dsl::exists(search)))
    }};
}
pub(crate) use lapse_sleeps;

/// The rests that hold on a day; of several for one child the one that lasts longest.
pub fn of(
    conn: &mut Conn,
    children: &[ChildKey],
    day: NaiveDate,
) -> Result<HashMap<ChildKey, Suspension>> {
    type Row = (ChildKey, String, String, NaiveDate, NaiveDate, i32);
    let keys: Vec<i64> = children.iter().map(|key| key.number()).collect();
    let rows: Vec<Row> = on_each!(conn, |conn| suspension::table
        .filter(suspension::child_id.eq_any(&keys))
        .filter(suspension::starts_on.le(day))
        .filter(suspension::ends_on.ge(day))
        .order((suspension::ends_on, suspension::id))
        .select((
            suspension::child_id,
            suspension::reason,
            suspension::lead_name,
            suspension::starts_on,
            suspension::ends_on,
            suspension::renewal,
        ))
        .load(conn))?;
    let rest = |(child, reason, lead_name, starts_on, ends_on, renewal): Row| {
        let rest = Suspension {
            reason,
            lead_name,
            starts_on,
            ends_on,
            renewal: renewal.unsigned_abs(),
        };
        (child, rest)
    };
    Ok(rows.into_iter().map(rest).collect())
}

/// Every rest that a child's checks ever had, in order.
pub fn earlier(conn: &mut Conn, child: ChildKey) -> Result<Vec<Earlier>> {
    let rows: Vec<(NaiveDate, NaiveDate)> = suspension::table
        .filter(suspension::child_id.eq(child))
        .order((suspension::starts_on, suspension::id))
        .select((suspension::starts_on, suspension::ends_on))
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
        .filter(duty::purpose.ne(Purpose::Find.as_str()));
    Ok(diesel::select(exists(overdue)).get_result(conn)?)
}

pub fn insert(
    tx: &mut Conn,
    child: ChildKey,
    new: &Suspension,
    heard_above: bool,
    by: Option<AccountKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(suspension::table)
        .values((
            suspension::child_id.eq(child),
            suspension::reason.eq(&new.reason),
            suspension::lead_name.eq(&new.lead_name),
            suspension::starts_on.eq(new.starts_on),
            suspension::ends_on.eq(new.ends_on),
            suspension::renewal.eq(i32::try_from(new.renewal).unwrap_or(i32::MAX)),
            suspension::heard_above.eq(heard_above),
            suspension::recorded_by.eq(by.map(AccountKey::number)),
            suspension::recorded_at.eq(now),
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
    Ok(suspension::table
        .inner_join(child::table)
        .left_join(account::table)
        .filter(Condition(
            "suspension.heard_above AND suspension.mail_id IS NULL",
        ))
        // Not by the index of the authority's children, but by that of what is to be told.
        .filter((child::authority_id + 0_i64).eq(authority.number()))
        .order((suspension::child_id, suspension::id))
        .select((
            suspension::id,
            suspension::child_id,
            child::reference,
            child::restricted,
            suspension::starts_on,
            suspension::ends_on,
            suspension::renewal,
            account::email.nullable(),
        ))
        .load(conn)?)
}

/// Notes the mail that told of a rest.
pub fn told(tx: &mut Conn, rest: i64, mail: Key<OutgoingMail>) -> Result<()> {
    diesel::update(suspension::table.filter(suspension::id.eq(rest)))
        .set(suspension::mail_id.eq(mail.number()))
        .execute(tx)?;
    Ok(())
}

/// Lets a rest end on a day, if it would last longer.
pub fn end(tx: &mut Conn, child: ChildKey, last_day: NaiveDate) -> Result<()> {
    diesel::update(
        suspension::table
            .filter(suspension::child_id.eq(child))
            .filter(suspension::starts_on.le(last_day))
            .filter(suspension::ends_on.gt(last_day)),
    )
    .set(suspension::ends_on.eq(last_day))
    .execute(tx)?;
    Ok(())
}
