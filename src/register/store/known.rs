//! The SQL of telling children from one another: all that is said of those who may be one.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::Viewer;
use crate::access::store::scope;
use crate::db::days::Day;
use crate::db::schema::child;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::codes::Sex;
use crate::rules::identifiers::Reference;
use crate::rules::same_child::Identity;

/// A child as far as one has to know them to tell them from others.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = child)]
pub struct KnownChild {
    #[diesel(column_name = id)]
    pub key: ChildKey,
    pub reference: Reference,
    pub given_names: String,
    pub family_name: String,
    pub known_as: Option<String>,
    #[diesel(deserialize_as = Day)]
    pub date_of_birth: NaiveDate,
    pub sex: Sex,
    pub upn: Option<String>,
    pub nhs_number: Option<String>,
    pub other_reference: Option<String>,
    /// Of the current home.
    pub postcode: Option<String>,
    /// Folded name and date of birth, as [`crate::rules::names::match_key`] writes them.
    pub match_key: String,
    /// Since when the child is on the register, or was last.
    #[diesel(deserialize_as = Day)]
    pub registered_on: NaiveDate,
    /// Whether the child is on the register now.
    pub is_open: bool,
    /// Whether not everybody may open the record.
    pub restricted: bool,
}

impl KnownChild {
    /// What is said of them.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: self.known_as.as_deref(),
            date_of_birth: self.date_of_birth,
            sex: self.sex,
            upn: self.upn.as_deref(),
            nhs_number: self.nhs_number.as_deref(),
            other_reference: self.other_reference.as_deref(),
            postcode: self.postcode.as_deref(),
        }
    }
}

/// All children whom the viewer may see.
pub(in crate::register) fn all(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<KnownChild>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .select(KnownChild::as_select())
        .load(conn))?)
}

/// These children.
pub(in crate::register) fn these(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<Vec<KnownChild>> {
    let keys = children.iter().map(|child| child.number());
    Ok(child::table
        .filter(child::id.eq_any(keys))
        .select(KnownChild::as_select())
        .load(conn)?)
}

/// The restricted children whom the viewer may see.
pub(in crate::register) fn restricted(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<ChildKey>> {
    Ok(scope::children(viewer)
        .filter(child::restricted.eq(true))
        .select(child::id)
        .load(conn)?)
}

/// Who has one of these numbers.
pub(in crate::register) fn with_number(
    conn: &mut Conn,
    viewer: &Viewer,
    identity: &Identity<'_>,
    limit: i64,
) -> Result<Vec<KnownChild>> {
    let mut found = Vec::new();
    if let Some(upn) = identity.upn {
        let children = scope::children(viewer).filter(child::upn.eq(upn));
        found.extend(children.select(KnownChild::as_select()).load(conn)?);
    }
    if let Some(number) = identity.nhs_number {
        let children = scope::children(viewer).filter(child::nhs_number.eq(number));
        found.extend(children.select(KnownChild::as_select()).load(conn)?);
    }
    if let Some(reference) = identity.other_reference {
        let children = scope::children(viewer).filter(child::other_reference.eq(reference));
        let some = children.limit(limit).select(KnownChild::as_select());
        found.extend(some.load(conn)?);
    }
    Ok(found)
}

/// Who was born on a day.
pub(in crate::register) fn born_on(
    conn: &mut Conn,
    viewer: &Viewer,
    day: NaiveDate,
    limit: i64,
) -> Result<Vec<KnownChild>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .filter(child::date_of_birth.eq(day))
        .limit(limit)
        .select(KnownChild::as_select())
        .load(conn))?)
}

/// Who has this folded name, whenever they were born.
pub(in crate::register) fn named(
    conn: &mut Conn,
    viewer: &Viewer,
    name_key: &str,
    limit: i64,
) -> Result<Vec<KnownChild>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .filter(child::match_key.ge(name_key))
        .filter(child::match_key.lt(format!("{name_key}{}", char::MAX)))
        .limit(limit)
        .select(KnownChild::as_select())
        .load(conn))?)
}
