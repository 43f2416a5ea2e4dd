//! The SQL of what a person decided about a tier.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::AccountKey;
use crate::db::schema::{account, tier_decision};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::tier::Tier;
use crate::rules::tier::decided::DecidedTier;
use crate::tier::decision::{NewTierDecision, TierDecision};

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
pub fn in_force(conn: &mut Conn, child: ChildKey) -> Result<Option<TierDecision>> {
    let row: Option<Row> = on_each!(conn, |conn| tier_decision::table
        .inner_join(account::table)
        .filter(tier_decision::child_id.eq(child))
        .filter(tier_decision::ended_at.is_null())
        .select((
            tier_decision::tier,
            tier_decision::reason,
            tier_decision::known_reasons,
            tier_decision::ends_on,
            account::name,
        ))
        .first(conn))
    .optional()?;
    Ok(row.map(|row| TierDecision {
        rule: DecidedTier {
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
    decision: &NewTierDecision,
    known: &[String],
    by: AccountKey,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(tier_decision::table)
        .values((
            tier_decision::child_id.eq(child),
            tier_decision::tier.eq(decision.tier),
            tier_decision::reason.eq(decision.reason.trim()),
            tier_decision::known_reasons.eq(known.join("\n")),
            tier_decision::decided_by.eq(by),
            tier_decision::decided_at.eq(now),
            tier_decision::ends_on.eq(decision.ends_on),
        ))
        .execute(tx)?;
    Ok(())
}

/// Ends the decision that stands; says whether there was one.
pub fn end(tx: &mut Conn, child: ChildKey, because: &str, now: NaiveDateTime) -> Result<bool> {
    let ended = diesel::update(
        tier_decision::table
            .filter(tier_decision::child_id.eq(child))
            .filter(tier_decision::ended_at.is_null()),
    )
    .set((
        tier_decision::ended_at.eq(now),
        tier_decision::ended_because.eq(because),
    ))
    .execute(tx)?;
    Ok(ended > 0)
}
