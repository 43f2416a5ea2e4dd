//! Children whom the authority may lose sight of: never seen, not seen for long, at an address that nobody made sure of,
//! at one of two addresses, or nobody knows where. What a list shows and what is counted come from one condition.

use chrono::NaiveDate;

use super::counts::Counts;
use super::list::PAGE;
use super::store;
pub use super::store::out_of_sight::Line;
use crate::access::{AccountKey, Viewer};
use crate::db::{Conn, Result};
use crate::rules::verification::VerifiedSince;

/// Why a child, open on the register, may be lost from sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worry {
    /// No professional has seen the child in person.
    NeverSeen,
    /// The list that the child came with does not say whether anybody has.
    SeenNotRecorded,
    /// Last seen before this day.
    NotSeenSince(NaiveDate),
    /// There is no address, or nobody has made sure of it since a day.
    Unverified(VerifiedSince),
    /// Two addresses are claimed, and nobody has settled which is right.
    TwoAddresses,
    /// Nobody knows where the child is.
    Lost,
    /// The child's checks rest on this day.
    Resting(NaiveDate),
}

/// Which list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SightFilter {
    /// Who is on it.
    pub worry: Worry,
    /// Only this officer's children.
    pub officer: Option<AccountKey>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct SightPage {
    pub lines: Vec<Line>,
    /// How many children the whole list has.
    pub total: i64,
}

/// How many children are on a list, for whoever asks rarely.
pub fn count(conn: &mut Conn, viewer: &Viewer, asked: &SightFilter) -> Result<i64> {
    store::out_of_sight::count(conn, viewer, asked)
}

/// How many children are on a list, remembered until the authority's revision moves.
pub fn remembered_count(
    conn: &mut Conn,
    viewer: &Viewer,
    counts: &Counts<SightFilter>,
    revision: i64,
    asked: &SightFilter,
) -> Result<i64> {
    let counted = counts.of(viewer, revision, *asked, || {
        Ok(vec![count(conn, viewer, asked)?])
    })?;
    Ok(counted.into_iter().sum())
}

/// A page of a list (from 1; a page past the end gives the last one). `revision` is the authority's at the start of the
/// request.
pub fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    counts: &Counts<SightFilter>,
    revision: i64,
    asked: &SightFilter,
    page: i64,
) -> Result<SightPage> {
    let total = remembered_count(conn, viewer, counts, revision, asked)?;
    let last = (total + PAGE - 1) / PAGE;
    let skip = (page.clamp(1, last.max(1)) - 1) * PAGE;
    let lines = store::out_of_sight::lines(conn, viewer, asked, skip, PAGE)?;
    Ok(SightPage { lines, total })
}

/// The whole list, to be taken away as a file.
pub fn all(conn: &mut Conn, viewer: &Viewer, asked: &SightFilter) -> Result<Vec<Line>> {
    store::out_of_sight::lines(conn, viewer, asked, 0, i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
