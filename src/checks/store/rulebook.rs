//! The SQL of policies and bank holidays.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::schema::{bank_holiday, policy};
use crate::db::{Conn, DbError, Result};
use crate::on_each;
use crate::rules::policy::{Period, PolicyKey, PolicyRow, PolicySet, Unit};
use crate::rules::tier::Tier;

#[derive(Queryable)]
struct Row {
    id: i64,
    authority_code: Option<String>,
    key: PolicyKey,
    tier: Option<Tier>,
    value: i32,
    unit: Unit,
    source: String,
    set: PolicySet,
    confirmed: bool,
    effective_from: Option<NaiveDate>,
    effective_to: Option<NaiveDate>,
}

impl TryFrom<Row> for PolicyRow {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self> {
        let value = u32::try_from(row.value).map_err(|_| {
            DbError::Corrupt(format!("policy {} has the value {}", row.id, row.value))
        })?;
        Ok(Self {
            authority: row.authority_code,
            key: row.key,
            tier: row.tier,
            period: Period {
                value,
                unit: row.unit,
            },
            source: row.source,
            set: row.set,
            confirmed: row.confirmed,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
        })
    }
}

pub(in crate::checks) fn policies(conn: &mut Conn) -> Result<Vec<PolicyRow>> {
    let rows: Vec<Row> = policy::table.order(policy::id).load(conn)?;
    rows.into_iter().map(PolicyRow::try_from).collect()
}

pub(in crate::checks) fn insert_policies(tx: &mut Conn, rows: &[PolicyRow]) -> Result<()> {
    for row in rows {
        let value = i32::try_from(row.period.value).map_err(|_| {
            DbError::Corrupt(format!(
                "a policy value of {} is too large",
                row.period.value
            ))
        })?;
        diesel::insert_into(policy::table)
            .values((
                policy::authority_code.eq(&row.authority),
                policy::key.eq(row.key),
                policy::tier.eq(row.tier.map(Tier::as_str)),
                policy::value.eq(value),
                policy::unit.eq(row.period.unit),
                policy::source.eq(&row.source),
                policy::policy_set.eq(row.set),
                policy::confirmed.eq(row.confirmed),
                policy::effective_from.eq(row.effective_from),
                policy::effective_to.eq(row.effective_to),
            ))
            .execute(tx)?;
    }
    Ok(())
}

pub(in crate::checks) fn holidays(conn: &mut Conn) -> Result<Vec<NaiveDate>> {
    Ok(on_each!(conn, |conn| bank_holiday::table
        .select(bank_holiday::day)
        .load(conn))?)
}
