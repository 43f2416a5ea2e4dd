//! The SQL of addresses: rows are ended, never overwritten; only what is known of a row (verified, until when) changes.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::db::days::{Day, Moment};
use crate::db::schema::address;
use crate::db::{Backend, Conn, Result};
use crate::on_each;
use crate::register::place::Place;
use crate::register::{AddressKey, ChildKey, PersonKey};
use crate::rules::codes::Source;
use crate::rules::identifiers::{Postcode, Reference, Uprn};

/// Whose address: a child's or an adult's.
#[derive(Clone, Copy, Debug)]
pub(in crate::register) enum Whose {
    Childs(ChildKey),
    Persons(PersonKey),
}

impl Whose {
    fn addresses<'a>(self) -> address::BoxedQuery<'a, Backend> {
        let all = address::table.into_boxed();
        match self {
            Self::Childs(key) => all.filter(address::child_id.eq(key.number())),
            Self::Persons(key) => all.filter(address::person_id.eq(key.number())),
        }
    }
}

/// An address of a child, as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = address)]
pub struct AddressRecord {
    /// The key inside the program.
    #[diesel(column_name = id)]
    pub key: AddressKey,
    /// What the world calls this record.
    pub reference: Reference,
    #[diesel(embed)]
    pub place: Place,
    /// Who told the authority.
    pub source: Source,
    pub lived_from: NaiveDate,
    /// Until when; none for the current one.
    pub lived_to: Option<NaiveDate>,
    /// The day somebody made sure of it.
    pub verified_on: Option<NaiveDate>,
    pub verified_by: Option<String>,
    /// When the authority wrote it down.
    pub recorded_at: NaiveDateTime,
}

/// A new row, alone or one of many.
#[derive(Insertable)]
#[diesel(table_name = address, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    reference: &'a str,
    child_id: Option<i64>,
    person_id: Option<i64>,
    lines: &'a str,
    town: &'a str,
    postcode: Option<&'a str>,
    uprn: Option<&'a str>,
    source: &'static str,
    lived_from: Day,
    recorded_at: Moment,
}

impl<'a> NewRow<'a> {
    pub(super) fn of(
        whose: Whose,
        reference: &'a Reference,
        place: &'a Place,
        source: Source,
        from: NaiveDate,
        now: NaiveDateTime,
    ) -> Self {
        let (child_id, person_id) = match whose {
            Whose::Childs(key) => (Some(key.number()), None),
            Whose::Persons(key) => (None, Some(key.number())),
        };
        Self {
            reference: reference.as_str(),
            child_id,
            person_id,
            lines: &place.lines,
            town: &place.town,
            postcode: place.postcode.as_ref().map(Postcode::as_str),
            uprn: place.uprn.as_ref().map(Uprn::as_str),
            source: source.as_str(),
            lived_from: from.into(),
            recorded_at: now.into(),
        }
    }
}

pub(in crate::register) fn has_reference(conn: &mut Conn, reference: &Reference) -> Result<bool> {
    let there = address::table.filter(address::reference.eq(reference.as_str()));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

pub(in crate::register) fn current(conn: &mut Conn, whose: Whose) -> Result<Option<AddressRecord>> {
    Ok(whose
        .addresses()
        .filter(address::lived_to.is_null())
        .select(AddressRecord::as_select())
        .first(conn)
        .optional()?)
}

/// All addresses of somebody, in no order.
pub(in crate::register) fn all(conn: &mut Conn, whose: Whose) -> Result<Vec<AddressRecord>> {
    Ok(whose
        .addresses()
        .select(AddressRecord::as_select())
        .load(conn)?)
}

/// All addresses of a child, the current one first.
pub(in crate::register) fn history(conn: &mut Conn, child: ChildKey) -> Result<Vec<AddressRecord>> {
    Ok(on_each!(conn, |conn| address::table
        .filter(address::child_id.eq(child.number()))
        .order((
            address::lived_to.is_null().desc(),
            address::lived_from.desc(),
            address::id.desc(),
        ))
        .select(AddressRecord::as_select())
        .load(conn))?)
}

/// Children a statement.
const PART: usize = 1000;

/// The days on which somebody made sure of the current addresses.
pub(in crate::register) fn verified_days(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<HashMap<ChildKey, Option<NaiveDate>>> {
    let mut days = HashMap::new();
    for part in children.chunks(PART) {
        let keys = part.iter().map(|child| child.number());
        let found: Vec<(ChildKey, Option<NaiveDate>)> = address::table
            .filter(address::child_id.eq_any(keys))
            .filter(address::lived_to.is_null())
            .select((address::child_id.assume_not_null(), address::verified_on))
            .load(conn)?;
        days.extend(found);
    }
    Ok(days)
}

/// An address to be written down: who says so, and from when until when somebody lived there.
pub(in crate::register) struct NewAddress<'a> {
    pub(in crate::register) place: &'a Place,
    pub(in crate::register) source: Source,
    pub(in crate::register) from: NaiveDate,
    pub(in crate::register) to: Option<NaiveDate>,
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    whose: Whose,
    reference: &Reference,
    new: &NewAddress<'_>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(address::table)
        .values((
            NewRow::of(whose, reference, new.place, new.source, new.from, now),
            address::lived_to.eq(new.to),
        ))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn end(tx: &mut Conn, key: AddressKey, last_day: NaiveDate) -> Result<()> {
    diesel::update(address::table.filter(address::id.eq(key.number())))
        .set(address::lived_to.eq(last_day))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_verified(
    tx: &mut Conn,
    key: AddressKey,
    verified: Option<(NaiveDate, &str)>,
) -> Result<()> {
    diesel::update(address::table.filter(address::id.eq(key.number())))
        .set((
            address::verified_on.eq(verified.map(|(on, _)| on)),
            address::verified_by.eq(verified.map(|(_, by)| by)),
        ))
        .execute(tx)?;
    Ok(())
}
