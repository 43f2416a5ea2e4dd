//! The SQL of addresses that are claimed beside the one that is held: at most one of a child waits to be settled.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;

use crate::db::schema::claimed_address;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::register::place::Place;
use crate::rules::codes::Source;
use crate::rules::identifiers::{Postcode, Uprn};

/// An address that is claimed beside the one that is held.
#[derive(Clone, Debug, Queryable)]
pub struct ClaimedAddress {
    pub place: Place,
    pub source: Source,
    pub claimed_at: NaiveDateTime,
}

/// What a [`Place`] is read from.
const PLACE: (
    claimed_address::lines,
    claimed_address::town,
    claimed_address::postcode,
    claimed_address::uprn,
) = (
    claimed_address::lines,
    claimed_address::town,
    claimed_address::postcode,
    claimed_address::uprn,
);

pub(in crate::register) fn waiting(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Option<ClaimedAddress>> {
    Ok(on_each!(conn, |conn| claimed_address::table
        .filter(claimed_address::child_id.eq(child.number()))
        .filter(claimed_address::settled_at.is_null())
        .select((PLACE, claimed_address::source, claimed_address::claimed_at))
        .first(conn)
        .optional())?)
}

/// The row of the one that waits.
pub(in crate::register) fn waiting_row(conn: &mut Conn, child: ChildKey) -> Result<Option<i64>> {
    Ok(claimed_address::table
        .filter(claimed_address::child_id.eq(child.number()))
        .filter(claimed_address::settled_at.is_null())
        .select(claimed_address::id)
        .first(conn)
        .optional()?)
}

/// Whether a place was claimed of a child on a day or later, waiting or settled.
pub(in crate::register) fn was_claimed_since(
    conn: &mut Conn,
    child: ChildKey,
    place: &Place,
    since: NaiveDate,
) -> Result<bool> {
    let claimed = claimed_address::table
        .filter(claimed_address::child_id.eq(child.number()))
        .filter(claimed_address::claimed_at.ge(since.and_time(NaiveTime::MIN)))
        .select(PLACE);
    let places: Vec<Place> = on_each!(conn, |conn| claimed.load(conn))?;
    Ok(places.contains(place))
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    child: ChildKey,
    place: &Place,
    source: Source,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(claimed_address::table)
        .values((
            claimed_address::child_id.eq(child.number()),
            claimed_address::lines.eq(&place.lines),
            claimed_address::town.eq(&place.town),
            claimed_address::postcode.eq(place.postcode.as_ref().map(Postcode::as_str)),
            claimed_address::uprn.eq(place.uprn.as_ref().map(Uprn::as_str)),
            claimed_address::source.eq(source.as_str()),
            claimed_address::claimed_at.eq(now),
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
        claimed_address::table
            .filter(claimed_address::child_id.eq(child.number()))
            .filter(claimed_address::settled_at.is_null()),
    )
    .set(claimed_address::settled_at.eq(now))
    .execute(tx)?)
}
