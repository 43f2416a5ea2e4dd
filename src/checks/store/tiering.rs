//! The SQL of what a person decided about a tier, and of the day on which the rules are asked again.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::{AccountKey, AuthorityKey};
use crate::checks::overriding::{Decision, Standing};
use crate::db::schema::{account, assessment_due, child, tier_override};
use crate::db::{Conn, Result};
use crate::register::ChildKey;
use crate::rules::tier::Tier;
use crate::rules::tier::overriding::Override;
use crate::{insert_rows, on_each};

#[derive(Queryable)]
struct Row {
    tier: Tier,
    reason: String,
    known_reasons: String,
    ends_on: NaiveDate,
    by: String,
}

/// The decision that holds, until it is ended.
pub(in crate::checks) fn standing(conn: &mut Conn, child: ChildKey) -> Result<Option<Standing>> {
    let row: Option<Row> = on_each!(conn, |conn| tier_override::table
        .inner_join(account::table)
        .filter(tier_override::child_id.eq(child))
        .filter(tier_override::ended_at.is_null())
        .select((
            tier_override::tier,
            tier_override::reason,
            tier_override::known_reasons,
            tier_override::ends_on,
            account::name,
        ))
        .first(conn))
    .optional()?;
    Ok(row.map(|row| Standing {
        rule: Override {
            tier: row.tier,
            ends_on: row.ends_on,
            known: row.known_reasons.lines().map(str::to_owned).collect(),
        },
        reason: row.reason,
        by: row.by,
    }))
}

pub(in crate::checks) fn decide(
    tx: &mut Conn,
    child: ChildKey,
    decision: &Decision,
    known: &[String],
    by: AccountKey,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(tier_override::table)
        .values((
            tier_override::child_id.eq(child),
            tier_override::tier.eq(decision.tier),
            tier_override::reason.eq(decision.reason.trim()),
            tier_override::known_reasons.eq(known.join("\n")),
            tier_override::decided_by.eq(by),
            tier_override::decided_at.eq(now),
            tier_override::ends_on.eq(decision.ends_on),
        ))
        .execute(tx)?;
    Ok(())
}

/// Ends the decision that stands; says whether there was one.
pub(in crate::checks) fn end(
    tx: &mut Conn,
    child: ChildKey,
    because: &str,
    now: NaiveDateTime,
) -> Result<bool> {
    let ended = diesel::update(
        tier_override::table
            .filter(tier_override::child_id.eq(child))
            .filter(tier_override::ended_at.is_null()),
    )
    .set((
        tier_override::ended_at.eq(now),
        tier_override::ended_because.eq(because),
    ))
    .execute(tx)?;
    Ok(ended > 0)
}

/// Writes the day on which a child is assessed again; none: not before something happens.
pub(in crate::checks) fn assess_again(
    tx: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
    on: Option<NaiveDate>,
) -> Result<()> {
    diesel::delete(assessment_due::table.filter(assessment_due::child_id.eq(child.number())))
        .execute(tx)?;
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
pub(in crate::checks) fn insert_due(
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
pub(in crate::checks) fn due(
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
pub(in crate::checks) fn assess_all(
    tx: &mut Conn,
    authority: AuthorityKey,
    on: NaiveDate,
) -> Result<()> {
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
