//! The SQL of dated episodes.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, Viewer};
use crate::db::schema::{child, episode};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::codes::{AbuseCategory, EpisodeKind, Source};
use crate::rules::identifiers::Reference;

/// An episode, as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = episode)]
pub struct EpisodeRecord {
    /// What the world calls this record.
    pub reference: Reference,
    #[diesel(embed)]
    pub what: Episode,
}

/// An episode.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = episode)]
pub struct Episode {
    pub kind: EpisodeKind,
    /// The category of abuse, for a child protection plan.
    pub category: Option<AbuseCategory>,
    pub started_on: NaiveDate,
    /// Last day; nothing while it lasts.
    pub ended_on: Option<NaiveDate>,
    /// Who told the authority.
    pub source: Source,
    /// Whom to ask about it.
    pub contact: String,
}

/// The newest first.
pub(in crate::register) fn of_child(
    conn: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
) -> Result<Vec<EpisodeRecord>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .inner_join(episode::table)
        .filter(child::id.eq(child.number()))
        .order((episode::started_on.desc(), episode::id.desc()))
        .select(EpisodeRecord::as_select())
        .load(conn))?)
}

pub(in crate::register) fn has_reference(conn: &mut Conn, reference: &Reference) -> Result<bool> {
    let there = episode::table.filter(episode::reference.eq(reference.as_str()));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    child: ChildKey,
    reference: &Reference,
    new: &Episode,
    by: Option<AccountKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(episode::table)
        .values((
            episode::reference.eq(reference.as_str()),
            episode::child_id.eq(child.number()),
            episode::kind.eq(new.kind.as_str()),
            episode::category.eq(new.category.map(AbuseCategory::as_str)),
            episode::started_on.eq(new.started_on),
            episode::ended_on.eq(new.ended_on),
            episode::source.eq(new.source.as_str()),
            episode::contact.eq(&new.contact),
            episode::recorded_by.eq(by.map(AccountKey::number)),
            episode::recorded_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Ends an episode of this child that is open; gives how many there were: one or none.
pub(in crate::register) fn end(
    tx: &mut Conn,
    child: ChildKey,
    reference: &Reference,
    on: NaiveDate,
) -> Result<usize> {
    let open = episode::table
        .filter(episode::child_id.eq(child.number()))
        .filter(episode::reference.eq(reference.as_str()))
        .filter(episode::ended_on.is_null());
    Ok(diesel::update(open)
        .set(episode::ended_on.eq(on))
        .execute(tx)?)
}
