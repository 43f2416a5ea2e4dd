//! The SQL of what a person decided about a tier.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::AccountKey;
use crate::db::schema::{account, tier_override};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::tier::Tier;
use crate::rules::tier::overriding::Override;
use crate::tier::decision::{Decision, NewDecision};

use diesel::prelude::*;

#[derive(Queryable)]
struct Row {
    tier: Tier,
    reason: String,
    known_reasons: String,
    ends_on: NaiveDate,
    by: String,
}

/// The decision that holds, until it is ended.
pub fn in_force(conn: &mut Conn, child: ChildKey) -> Result<Option<Decision>> {
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
    Ok(row.map(|row| Decision {
        rule: Override {
            tier: row.tier,
            ends_on: row.ends_on,
            known: row.known_reasons.lines().map(str::to_owned).collect(),
        },
        reason: row.reason,
        by: row.by,
    }))
}

pub fn decide(
    tx: &mut Conn,
    child: ChildKey,
    decision: &NewDecision,
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
pub fn end(tx: &mut Conn, child: ChildKey, because: &str, now: NaiveDateTime) -> Result<bool> {
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
