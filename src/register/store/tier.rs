//! The SQL of tiers and their reasons, with from and to.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::days::Moment;
use crate::db::schema::{child, tier_history};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::tier::Tier;

/// Who decided, when no person did.
pub(in crate::register) const RULES: &str = "rules";

/// The assessment that holds now.
#[derive(Queryable)]
pub(in crate::register) struct Held {
    pub(in crate::register) tier: Tier,
    /// One sentence a line.
    pub(in crate::register) reasons: String,
    #[diesel(deserialize_as = Moment)]
    pub(in crate::register) held_from: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = tier_history, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    pub(super) child_id: i64,
    pub(super) tier: &'static str,
    pub(super) reasons: &'a str,
    pub(super) decided_by: &'a str,
    pub(super) held_from: Moment,
}

pub(in crate::register) fn held(conn: &mut Conn, child: ChildKey) -> Result<Option<Held>> {
    Ok(on_each!(conn, |conn| tier_history::table
        .filter(tier_history::child_id.eq(child.number()))
        .filter(tier_history::held_to.is_null())
        .select((
            tier_history::tier,
            tier_history::reasons,
            tier_history::held_from,
        ))
        .first(conn))
    .optional()?)
}

pub(in crate::register) fn begin(
    tx: &mut Conn,
    child: ChildKey,
    tier: Tier,
    reasons: &str,
    decided_by: &str,
    now: NaiveDateTime,
) -> Result<()> {
    on_each!(tx, |tx| diesel::insert_into(tier_history::table)
        .values(NewRow {
            child_id: child.number(),
            tier: tier.as_str(),
            reasons,
            decided_by,
            held_from: now.into(),
        })
        .execute(tx))?;
    Ok(())
}

/// Ends the assessment that holds now. One that began in this very moment was never held, and goes: a child is put on
/// the register and assessed in one transaction.
pub(in crate::register) fn end(tx: &mut Conn, child: ChildKey, now: NaiveDateTime) -> Result<()> {
    let held = tier_history::child_id
        .eq(child.number())
        .and(tier_history::held_to.is_null());
    on_each!(tx, |tx| diesel::delete(
        tier_history::table
            .filter(held)
            .filter(tier_history::held_from.eq(now)),
    )
    .execute(tx))?;
    on_each!(tx, |tx| diesel::update(tier_history::table.filter(held))
        .set(tier_history::held_to.eq(now))
        .execute(tx))?;
    Ok(())
}

/// How many assessments a child has had.
#[cfg(test)]
pub(in crate::register) fn history_length(conn: &mut Conn, child: ChildKey) -> Result<i64> {
    Ok(tier_history::table
        .filter(tier_history::child_id.eq(child.number()))
        .count()
        .get_result(conn)?)
}

pub(in crate::register) fn set_tier(
    tx: &mut Conn,
    key: ChildKey,
    tier: Tier,
    now: NaiveDateTime,
) -> Result<()> {
    on_each!(tx, |tx| diesel::update(
        child::table.filter(child::id.eq(key.number()))
    )
    .set((child::tier.eq(tier.as_str()), child::updated_at.eq(now)))
    .execute(tx))?;
    Ok(())
}
