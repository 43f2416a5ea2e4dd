//! The SQL that counts duties and lapses of all authorities.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::IS_OPEN;
use crate::db::schema::{duty, lapse, lapse_step};
use crate::db::{Conn, Result};
use crate::rules::escalation::Step;

/// How many duties are open.
pub(in crate::duty) fn open_duties(conn: &mut Conn) -> Result<u64> {
    let open: i64 = duty::table
        .filter(IS_OPEN)
        .select(count_star())
        .first(conn)?;
    Ok(open.unsigned_abs())
}

/// The steps that were told of each open lapse.
pub(in crate::duty) fn open_lapses(conn: &mut Conn) -> Result<Vec<Vec<Step>>> {
    let told: Vec<(i64, Option<Step>)> = lapse::table
        .left_join(lapse_step::table.on(lapse_step::lapse_id.eq(lapse::id)))
        .filter(lapse::closed_at.is_null())
        .select((lapse::id, lapse_step::step.nullable()))
        .load(conn)?;
    let mut steps: BTreeMap<i64, Vec<Step>> = BTreeMap::new();
    for (lapse, step) in told {
        steps.entry(lapse).or_default().extend(step);
    }
    Ok(steps.into_values().collect())
}
