//! One question of the proof: how many things were looked at, and which of them break a promise.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::AuthorityKey;

/// Offenders named at most.
pub const NAMED: i64 = 100;

/// How many were looked at, and the references of the first that break the promise.
pub type Answer = (i64, Vec<String>);

/// Which registers are looked at, and on which day. They are asked for together: a table that is not kept by authority is
/// then read once, and not once for each of them.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub authorities: &'a [AuthorityKey],
    /// The day for which the sweep has to have done its work.
    pub day: NaiveDate,
    /// What was written after this moment the sweep cannot have seen.
    pub seen_until: NaiveDateTime,
}

impl Scope<'_> {
    /// The numbers of the registers' keys, for a filter.
    pub(crate) fn numbers(&self) -> Vec<i64> {
        self.authorities.iter().map(|key| key.number()).collect()
    }
}

/// Asks one question of a table: how many rows there are, and which of them are offenders. The rows are read once, and
/// again only to name offenders.
macro_rules! ask {
    ($conn:expr, $rows:expr, $offends:expr, $reference:expr) => {{
        let offends = $offends;
        let one = 1.into_sql::<diesel::sql_types::Integer>();
        let offending = diesel::dsl::sum(diesel::dsl::case_when(offends.clone(), one));
        let (checked, offending): (i64, Option<i64>) = $rows
            .clone()
            .select((count_star(), offending))
            .first($conn)?;
        let broken: Vec<Reference> = match offending {
            None => Vec::new(),
            Some(_) => $rows
                .filter(offends)
                .order($reference)
                .limit(NAMED)
                .select($reference)
                .load($conn)?,
        };
        Ok((
            checked,
            broken
                .iter()
                .map(|reference| reference.as_str().to_owned())
                .collect(),
        ))
    }};
}

pub(crate) use ask;
