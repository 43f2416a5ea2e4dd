//! Which children are assessed again on which day: as time passes, and when the policy or the calendar changed.

use chrono::NaiveDate;

use super::store;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::register::ChildKey;

/// The first children, by day and key, that are to be assessed again by a day.
pub fn due(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<ChildKey>> {
    store::reassessment::due(conn, authority, today, limit)
}

/// Notes on which day a child is assessed again; none: not before something happens.
pub fn assess_again(
    tx: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
    on: Option<NaiveDate>,
) -> Result<()> {
    store::reassessment::assess_again(tx, authority, child, on)
}

/// Whether a child is to be assessed again by a day.
pub fn is_any_due(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<bool> {
    Ok(!store::reassessment::due(conn, authority, today, 1)?.is_empty())
}

/// Notes when children who came with a list are assessed again.
pub fn note_again(
    tx: &mut Conn,
    authority: AuthorityKey,
    days: &[(ChildKey, NaiveDate)],
) -> Result<()> {
    store::reassessment::insert_due(tx, authority, days)
}

/// A child who has left the register is not assessed again.
pub fn leave(tx: &mut Conn, authority: AuthorityKey, child: ChildKey) -> Result<()> {
    store::reassessment::assess_again(tx, authority, child, None)
}

/// Every child of an authority is assessed again by the next job: the policy or the calendar changed.
pub fn reassess_all_soon(tx: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<()> {
    store::reassessment::assess_all(tx, authority, today)
}
