//! The SQL of the weekly numbers.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Viewer;
use crate::access::store::scope;
use crate::db::schema::{address, child, told_address};
use crate::db::{Conn, Result};
use crate::rules::tier::Tier;

/// Children on the register whom nobody has seen in person.
pub(in crate::checks) fn never_seen(conn: &mut Conn, viewer: &Viewer) -> Result<i64> {
    Ok(scope::children(viewer)
        .filter(child::is_open.eq(true))
        .filter(child::last_seen_on.is_null())
        .count()
        .get_result(conn)?)
}

/// Children on the register who were seen in person, but last before a day.
pub(in crate::checks) fn not_seen_since(
    conn: &mut Conn,
    viewer: &Viewer,
    day: NaiveDate,
) -> Result<i64> {
    Ok(scope::children(viewer)
        .filter(child::is_open.eq(true))
        .filter(child::last_seen_on.lt(day))
        .count()
        .get_result(conn)?)
}

/// Children on the register whose current address nobody made sure of, or before the day from which that counts in their
/// tier.
pub(in crate::checks) fn unverified(
    conn: &mut Conn,
    viewer: &Viewer,
    counts_from: &[(Tier, NaiveDate)],
) -> Result<i64> {
    let mut unverified = 0;
    for (tier, day) in counts_from {
        let not_since = address::verified_on
            .is_null()
            .or(address::verified_on.lt(*day));
        let current = address::table
            .filter(address::child_id.eq(child::id.nullable()))
            .filter(address::lived_to.is_null())
            .filter(not_since);
        let of_tier: i64 = scope::children(viewer)
            .filter(child::is_open.eq(true))
            .filter(child::tier.eq(tier.as_str()))
            .filter(exists(current))
            .count()
            .get_result(conn)?;
        unverified += of_tier;
    }
    Ok(unverified)
}

/// Children on the register of whom two sources say different addresses.
pub(in crate::checks) fn in_conflict(conn: &mut Conn, viewer: &Viewer) -> Result<i64> {
    let waiting = told_address::table
        .filter(told_address::child_id.eq(child::id))
        .filter(told_address::settled_at.is_null());
    Ok(scope::children(viewer)
        .filter(child::is_open.eq(true))
        .filter(exists(waiting))
        .count()
        .get_result(conn)?)
}
