//! The SQL of addresses that were told beside the one that is held: at most one of a child waits to be settled.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;

use super::parsed;
use crate::db::schema::told_address;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::register::address::Place;
use crate::register::told_address::ToldAddress;
use crate::rules::codes::Source;
use crate::rules::identifiers::{Postcode, Uprn};

#[derive(Queryable)]
struct Row {
    lines: String,
    town: String,
    postcode: Option<String>,
    uprn: Option<String>,
    source: Source,
    told_at: NaiveDateTime,
}

impl Row {
    fn into_told(self) -> Result<ToldAddress> {
        Ok(ToldAddress {
            place: Place {
                lines: self.lines,
                town: self.town,
                postcode: self.postcode.as_deref().map(parsed).transpose()?,
                uprn: self.uprn.as_deref().map(parsed).transpose()?,
            },
            source: self.source,
            told_at: self.told_at,
        })
    }
}

pub(in crate::register) fn waiting(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Option<ToldAddress>> {
    let row: Option<Row> = on_each!(conn, |conn| told_address::table
        .filter(told_address::child_id.eq(child.number()))
        .filter(told_address::settled_at.is_null())
        .select((
            told_address::lines,
            told_address::town,
            told_address::postcode,
            told_address::uprn,
            told_address::source,
            told_address::told_at,
        ))
        .first(conn)
        .optional())?;
    row.map(Row::into_told).transpose()
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
        .select((
            told_address::lines,
            told_address::town,
            told_address::postcode,
            told_address::uprn,
            told_address::source,
            told_address::told_at,
        ));
    let rows: Vec<Row> = on_each!(conn, |conn| told.load(conn))?;
    let mut held = rows.into_iter().map(Row::into_told);
    held.try_fold(false, |found, told| Ok(found || told?.place == *place))
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
