//! The SQL of policies and of the days that an authority keeps otherwise than the calendar.

use chrono::NaiveDate;

use crate::access::AuthorityKey;
use crate::db::days::MaybeDay;
use crate::db::schema::{calendar_day, policy, school_term};
use crate::db::{Conn, DbError, Result};
use crate::on_each;
use crate::rules::policy::{Period, PolicyKey, PolicyRow, PolicySet, Unit};
use crate::rules::terms::Term;
use crate::rules::tier::Tier;

use diesel::prelude::*;

/// A row of the policy as stored.
#[derive(Queryable)]
pub(crate) struct Row {
    id: i64,
    authority_code: Option<String>,
    key: PolicyKey,
    tier: Option<Tier>,
    value: i32,
    unit: Unit,
    source: String,
    set: PolicySet,
    confirmed: bool,
    #[diesel(deserialize_as = MaybeDay)]
    effective_from: Option<NaiveDate>,
    #[diesel(deserialize_as = MaybeDay)]
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

/// The columns of a [`Row`].
pub(crate) type Columns = (
    policy::id,
    policy::authority_code,
    policy::key,
    policy::tier,
    policy::value,
    policy::unit,
    policy::source,
    policy::policy_set,
    policy::confirmed,
    policy::effective_from,
    policy::effective_to,
);

pub(crate) const fn columns() -> Columns {
    (
        policy::id,
        policy::authority_code,
        policy::key,
        policy::tier,
        policy::value,
        policy::unit,
        policy::source,
        policy::policy_set,
        policy::confirmed,
        policy::effective_from,
        policy::effective_to,
    )
}

/// A value as the column takes it.
pub(crate) fn value_of(row: &PolicyRow) -> Result<i32> {
    i32::try_from(row.period.value).map_err(|_| {
        DbError::Corrupt(format!(
            "a policy value of {} is too large",
            row.period.value
        ))
    })
}

pub fn policies(conn: &mut Conn) -> Result<Vec<PolicyRow>> {
    let rows: Vec<Row> = policy::table
        .filter(policy::corrected_at.is_null())
        .order(policy::id)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(PolicyRow::try_from).collect()
}

/// Those of the authority with this code, and those that hold for all.
pub fn policies_of(conn: &mut Conn, code: &str) -> Result<Vec<PolicyRow>> {
    let rows: Vec<Row> = on_each!(conn, |conn| policy::table
        .filter(policy::corrected_at.is_null())
        .filter(
            policy::authority_code
                .is_null()
                .or(policy::authority_code.eq(code)),
        )
        .order(policy::id)
        .select(columns())
        .load(conn))?;
    rows.into_iter().map(PolicyRow::try_from).collect()
}

pub fn insert_policies(tx: &mut Conn, rows: &[PolicyRow]) -> Result<()> {
    for row in rows {
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
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// The days on which an authority works, or does not, other than the rules say; with whether it does.
pub fn calendar_days(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<(NaiveDate, bool)>> {
    Ok(on_each!(conn, |conn| calendar_day::table
        .filter(calendar_day::authority_id.eq(authority))
        .select((calendar_day::day, calendar_day::is_working))
        .load(conn))?)
}

/// An authority's school terms, in order.
pub fn terms(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Term>> {
    let rows: Vec<(String, NaiveDate, NaiveDate)> = on_each!(conn, |conn| school_term::table
        .filter(school_term::authority_id.eq(authority))
        .order(school_term::first_day)
        .select((
            school_term::name,
            school_term::first_day,
            school_term::last_day,
        ))
        .load(conn))?;
    let terms = rows.into_iter().map(|(name, first_day, last_day)| Term {
        name,
        first_day,
        last_day,
    });
    Ok(terms.collect())
}
