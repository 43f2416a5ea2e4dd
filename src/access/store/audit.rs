//! The SQL of the audit trail: rows are added and read, never changed.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::audit::Event;
use crate::access::{Action, AuthorityKey, Viewer};
use crate::db::days::Moment;
use crate::db::schema::{account, audit_event, authority};
use crate::db::{Conn, Result};
use crate::{insert_rows, on_each};

/// An event as it is read back.
#[derive(Clone, Debug, Queryable)]
pub struct Entry {
    /// When, in UTC.
    #[diesel(deserialize_as = Moment)]
    pub at: NaiveDateTime,
    /// The kind of actor.
    pub actor: String,
    /// The person's name, unless the program did it.
    pub name: Option<String>,
    pub action: Action,
    /// The reference of what was changed.
    pub subject: String,
    /// One sentence.
    pub detail: String,
}

type Columns = (
    audit_event::at,
    audit_event::actor,
    diesel::dsl::Nullable<account::name>,
    audit_event::action,
    audit_event::subject,
    audit_event::detail,
);

/// What an [`Entry`] is read from.
fn columns() -> Columns {
    (
        audit_event::at,
        audit_event::actor,
        account::name.nullable(),
        audit_event::action,
        audit_event::subject,
        audit_event::detail,
    )
}

pub(crate) fn insert_all(
    tx: &mut Conn,
    viewer: &Viewer,
    events: &[Event<'_>],
    now: NaiveDateTime,
) -> Result<()> {
    let rows: Vec<_> = events.iter().map(|event| row(viewer, event, now)).collect();
    insert_rows!(tx, audit_event::table, rows)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = audit_event, treat_none_as_default_value = false)]
struct Row<'a> {
    at: Moment,
    authority_id: i64,
    account_id: Option<i64>,
    actor: &'static str,
    action: &'static str,
    child_id: Option<i64>,
    subject: &'a str,
    detail: &'a str,
}

fn row<'a>(viewer: &Viewer, event: &Event<'a>, now: NaiveDateTime) -> Row<'a> {
    Row {
        at: now.into(),
        authority_id: viewer.authority().number(),
        account_id: viewer.account().map(crate::db::columns::Key::number),
        actor: viewer.actor(),
        action: event.action.as_str(),
        child_id: event.child,
        subject: event.subject,
        detail: event.detail,
    }
}

pub(crate) fn bump_revision(tx: &mut Conn, authority: AuthorityKey) -> Result<()> {
    on_each!(tx, |tx| diesel::update(
        authority::table.filter(authority::id.eq(authority.number()))
    )
    .set(authority::revision.eq(authority::revision + 1))
    .execute(tx))?;
    Ok(())
}

/// The key of the newest event of an authority; 0 where there is none.
pub(crate) fn newest(conn: &mut Conn, authority: AuthorityKey) -> Result<i64> {
    let newest: Option<i64> = audit_event::table
        .filter(audit_event::authority_id.eq(authority.number()))
        .order(audit_event::id.desc())
        .select(audit_event::id)
        .first(conn)
        .optional()?;
    Ok(newest.unwrap_or_default())
}

/// The children whom the events of an authority after one are about, each once for each event.
pub(crate) fn children_since(
    conn: &mut Conn,
    authority: AuthorityKey,
    event: i64,
    at_most: i64,
) -> Result<Vec<Option<i64>>> {
    Ok(audit_event::table
        .filter(audit_event::authority_id.eq(authority.number()))
        .filter(audit_event::id.gt(event))
        .order(audit_event::id)
        .limit(at_most)
        .select(audit_event::child_id)
        .load(conn)?)
}

/// The newest event of one kind about one thing.
pub(crate) fn latest(
    conn: &mut Conn,
    child: i64,
    action: Action,
    subject: &str,
) -> Result<Option<Entry>> {
    Ok(audit_event::table
        .left_join(account::table)
        .filter(audit_event::child_id.eq(child))
        .filter(audit_event::action.eq(action))
        .filter(audit_event::subject.eq(subject))
        .order(audit_event::id.desc())
        .select(columns())
        .first(conn)
        .optional()?)
}

/// The newest `limit` events about a child.
pub(crate) fn of_child(conn: &mut Conn, child: i64, limit: i64) -> Result<Vec<Entry>> {
    Ok(on_each!(conn, |conn| audit_event::table
        .left_join(account::table)
        .filter(audit_event::child_id.eq(child))
        .order(audit_event::id.desc())
        .limit(limit)
        .select(columns())
        .load(conn))?)
}

/// Whether an authority has an event of one of these kinds that was written after a moment.
pub(crate) fn any_since(
    conn: &mut Conn,
    authority: AuthorityKey,
    actions: &[Action],
    moment: NaiveDateTime,
) -> Result<bool> {
    let since = audit_event::table
        .filter(audit_event::authority_id.eq(authority.number()))
        .filter(audit_event::at.gt(moment))
        .filter(audit_event::action.eq_any(actions.iter().map(|action| action.as_str())));
    Ok(diesel::select(diesel::dsl::exists(since)).get_result(conn)?)
}

/// The events of one kind about one thing of an authority, the newest first.
pub(crate) fn all_of(
    conn: &mut Conn,
    authority: AuthorityKey,
    action: Action,
    subject: &str,
) -> Result<Vec<Entry>> {
    Ok(audit_event::table
        .left_join(account::table)
        .filter(audit_event::authority_id.eq(authority.number()))
        .filter(audit_event::action.eq(action))
        .filter(audit_event::subject.eq(subject))
        .order(audit_event::id.desc())
        .select(columns())
        .load(conn)?)
}
