//! The SQL of addresses that were told beside the one that is held: at most one of a child waits to be settled.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;

use crate::db::schema::told_address;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::register::address::Place;
use crate::rules::codes::Source;
use crate::rules::identifiers::{Postcode, Uprn};

/// An address that was told beside the one that is held.
#[derive(Clone, Debug, Queryable)]
pub struct ToldAddress {
    pub place: Place,
    pub source: Source,
    pub told_at: NaiveDateTime,
}

/// What a [`Place`] is read from.
const PLACE: (
    told_address::lines,
    told_address::town,
    told_address::postcode,
    told_address::uprn,
) = (
    told_address::lines,
    told_address::town,
    told_address::postcode,
    told_address::uprn,
);

pub(in crate::register) fn waiting(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Option<ToldAddress>> {
    Ok(on_each!(conn, |conn| told_address::table
        .filter(told_address::child_id.eq(child.number()))
        .filter(told_address::settled_at.is_null())
        .select((PLACE, told_address::source, told_address::told_at))
        .first(conn)
        .optional())?)
}

/// The row of the one that waits.
pub(in crate::register) fn waiting_row(conn: &mut Conn, child: ChildKey) -> Result<Option<i64>> {
    Ok(told_address::table
        .filter(told_address::child_id.eq(child.number()))
        .filter(told_address::settled_at.is_null())
        .select(told_address::id)
        .first(conn)
        .optional()?)
}

/// Whether a place was told of a child on a day or later, waiting or settled.
pub(in crate::register) fn was_told_since(
    conn: &mut Conn,
    child: ChildKey,
    place: &Place,
    since: NaiveDate,
) -> Result<bool> {
    let told = told_address::table
        .filter(told_address::child_id.eq(child.number()))
        .filter(told_address::told_at.ge(since.and_time(NaiveTime::MIN)))
        .select(PLACE);
    let places: Vec<Place> = on_each!(conn, |conn| told.load(conn))?;
    Ok(places.contains(place))
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    child: ChildKey,
    place: &Place,
    source: Source,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(told_address::table)
        .values((
            told_address::child_id.eq(child.number()),
            told_address::lines.eq(&place.lines),
            told_address::town.eq(&place.town),
            told_address::postcode.eq(place.postcode.as_ref().map(Postcode::as_str)),
            told_address::uprn.eq(place.uprn.as_ref().map(Uprn::as_str)),
            told_address::source.eq(source.as_str()),
            told_address::told_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Settles the one that waits; gives how many did.
pub(in crate::register) fn settle(
    tx: &mut Conn,
    child: ChildKey,
    now: NaiveDateTime,
) -> Result<usize> {
    Ok(diesel::update(
        told_address::table
            .filter(told_address::child_id.eq(child.number()))
            .filter(told_address::settled_at.is_null()),
    )
    .set(told_address::settled_at.eq(now))
    .execute(tx)?)
}
