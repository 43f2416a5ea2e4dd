//! The audit trail: an event in the same transaction as every change, and what a child's timeline is read from.

use chrono::NaiveDateTime;

pub use super::store::audit::Entry;
use super::{Action, AuthorityKey, Viewer, store};
use crate::db::{Conn, Result};

/// Something that was done. `detail` is shown on the child's timeline to officers; it never goes into a mail or a log.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub action: Action,
    /// The number of the child's key, if it is about a child.
    pub child: Option<i64>,
    /// The reference of what was changed.
    pub subject: &'a str,
    /// One sentence for the reader of the timeline.
    pub detail: &'a str,
}

/// Writes events. The authority's revision goes up with them, so that a counted list knows it has to count again.
pub(super) fn record_all(
    tx: &mut Conn,
    viewer: &Viewer,
    events: &[Event<'_>],
    now: NaiveDateTime,
) -> Result<()> {
    store::audit::insert_all(tx, viewer, events, now)?;
    store::audit::bump_revision(tx, viewer.authority())
}

/// The key of the newest event of an authority, for [`children_since`].
///
/// # Errors
/// When the database does not answer.
pub fn newest(conn: &mut Conn, authority: AuthorityKey) -> Result<i64> {
    store::audit::newest(conn, authority)
}

/// The keys of the children whom something was done about since an event; none when that are more than `at_most` events.
///
/// # Errors
/// When the database does not answer.
pub fn children_since(
    conn: &mut Conn,
    authority: AuthorityKey,
    event: i64,
    at_most: usize,
) -> Result<Option<Vec<i64>>> {
    let limit = i64::try_from(at_most).unwrap_or(i64::MAX).saturating_add(1);
    let events = store::audit::children_since(conn, authority, event, limit)?;
    if events.len() > at_most {
        return Ok(None);
    }
    let mut children: Vec<i64> = events.into_iter().flatten().collect();
    children.sort_unstable();
    children.dedup();
    Ok(Some(children))
}

/// The newest event of one kind about one thing: who wrote down the address that is held now. The child's key comes from
/// a read that had a viewer.
pub fn latest(conn: &mut Conn, child: i64, action: Action, subject: &str) -> Result<Option<Entry>> {
    store::audit::latest(conn, child, action, subject)
}

/// Whether something of one of these kinds was done in an authority after a moment.
pub fn any_since(
    conn: &mut Conn,
    authority: AuthorityKey,
    actions: &[Action],
    moment: NaiveDateTime,
) -> Result<bool> {
    store::audit::any_since(conn, authority, actions, moment)
}

/// All that was done of one kind about one thing, the newest first. The thing comes from a read that had a viewer.
pub fn all_of(
    conn: &mut Conn,
    viewer: &Viewer,
    action: Action,
    subject: &str,
) -> Result<Vec<Entry>> {
    store::audit::all_of(conn, viewer.authority(), action, subject)
}

/// The newest events about a child, newest first. The child's key comes from a read that had a viewer.
pub fn timeline(conn: &mut Conn, child: i64, limit: i64) -> Result<Vec<Entry>> {
    store::audit::of_child(conn, child, limit)
}
