//! The SQL of the policy as it is kept: every value with who set it and why.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::AccountKey;
use crate::db::schema::{account, policy};
use crate::db::{Conn, Result};
use crate::policy::policy_book::Held;
use crate::policy::store::rulebook::{Row, columns, value_of};
use crate::rules::policy::PolicyRow;
use crate::rules::tier::Tier;

use diesel::prelude::*;

/// Every value that is shipped and every value of the authority with this code, the oldest first, errors that were put
/// right among them.
pub fn all(conn: &mut Conn, code: &str) -> Result<Vec<Held>> {
    type Whole = (
        Row,
        Option<String>,
        Option<NaiveDateTime>,
        String,
        Option<NaiveDateTime>,
    );
    let rows: Vec<Whole> = policy::table
        .left_join(account::table)
        .filter(
            policy::authority_code
                .is_null()
                .or(policy::authority_code.eq(code)),
        )
        .order(policy::id)
        .select((
            columns(),
            account::name.nullable(),
            policy::recorded_at,
            policy::reason,
            policy::corrected_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, by, at, reason, corrected_at)| {
            Ok(Held {
                row: PolicyRow::try_from(row)?,
                by,
                at,
                reason,
                corrected_at,
            })
        })
        .collect()
}

/// Writes a value that an authority set.
pub fn insert(
    tx: &mut Conn,
    row: &PolicyRow,
    by: Option<AccountKey>,
    reason: &str,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(policy::table)
        .values((
            policy::authority_code.eq(&row.authority),
            policy::key.eq(row.key),
            policy::tier.eq(row.tier.map(Tier::as_str)),
            policy::value.eq(value_of(row)?),
            policy::unit.eq(row.period.unit),
            policy::source.eq(&row.source),
            policy::policy_set.eq(row.set),
            policy::confirmed.eq(row.confirmed),
            policy::effective_from.eq(row.effective_from),
            policy::effective_to.eq(row.effective_to),
            policy::recorded_by.eq(by),
            policy::recorded_at.eq(now),
            policy::reason.eq(reason),
        ))
        .execute(tx)?;
    Ok(())
}

/// Gives a value of the authority its last day.
pub fn end(tx: &mut Conn, code: &str, row: &PolicyRow, on: NaiveDate) -> Result<()> {
    end_or_reopen(tx, code, row, Some(on))
}

/// Gives a value of the authority another last day, or none.
pub fn end_or_reopen(
    tx: &mut Conn,
    code: &str,
    row: &PolicyRow,
    on: Option<NaiveDate>,
) -> Result<()> {
    let which = id_of(tx, code, row)?;
    diesel::update(policy::table.filter(policy::id.eq_any(which)))
        .set(policy::effective_to.eq(on))
        .execute(tx)?;
    Ok(())
}

/// Removes a value of the authority that has not begun.
pub fn remove(tx: &mut Conn, code: &str, row: &PolicyRow) -> Result<()> {
    let which = id_of(tx, code, row)?;
    diesel::delete(policy::table.filter(policy::id.eq_any(which))).execute(tx)?;
    Ok(())
}

/// Notes that a value of the authority was an error; it stays on record and holds no more.
pub fn correct(tx: &mut Conn, code: &str, row: &PolicyRow, now: NaiveDateTime) -> Result<()> {
    let which = id_of(tx, code, row)?;
    diesel::update(policy::table.filter(policy::id.eq_any(which)))
        .set(policy::corrected_at.eq(now))
        .execute(tx)?;
    Ok(())
}

/// The row with this key, tier and first day: the rules let no two of an authority begin on one day.
fn id_of(tx: &mut Conn, code: &str, row: &PolicyRow) -> Result<Option<i64>> {
    let found: Vec<(i64, Option<Tier>)> = policy::table
        .filter(policy::authority_code.eq(code))
        .filter(policy::key.eq(row.key))
        .filter(policy::effective_from.eq(row.effective_from))
        .filter(policy::corrected_at.is_null())
        .select((policy::id, policy::tier))
        .load(tx)?;
    let alike = found.into_iter().find(|(_, tier)| *tier == row.tier);
    Ok(alike.map(|(id, _)| id))
}
