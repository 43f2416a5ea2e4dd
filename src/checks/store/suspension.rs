//! The SQL of suspensions.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::AccountKey;
use crate::checks::suspension::Suspension;
use crate::db::schema::suspension;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;

/// That the checks of a child, named by a column of the query around it, rest on a day.
macro_rules! rests {
    ($child:expr, $day:expr) => {
        diesel::dsl::exists(
            crate::db::schema::suspension::table
                .filter(crate::db::schema::suspension::child_id.eq($child))
                .filter(crate::db::schema::suspension::starts_on.le($day))
                .filter(crate::db::schema::suspension::ends_on.ge($day)),
        )
    };
}
pub(super) use rests;

/// The suspension that holds on a day; of several, the one that lasts longest.
pub(in crate::checks) fn on(
    conn: &mut Conn,
    child: ChildKey,
    day: NaiveDate,
) -> Result<Option<Suspension>> {
    let row: Option<(String, String, NaiveDate, NaiveDate)> =
        on_each!(conn, |conn| suspension::table
            .filter(suspension::child_id.eq(child))
            .filter(suspension::starts_on.le(day))
            .filter(suspension::ends_on.ge(day))
            .order(suspension::ends_on.desc())
            .select((
                suspension::reason,
                suspension::lead_name,
                suspension::starts_on,
                suspension::ends_on,
            ))
            .first(conn))
        .optional()?;
    Ok(
        row.map(|(reason, lead_name, starts_on, ends_on)| Suspension {
            reason,
            lead_name,
            starts_on,
            ends_on,
        }),
    )
}

pub(in crate::checks) fn insert(
    tx: &mut Conn,
    child: ChildKey,
    new: &Suspension,
    by: Option<AccountKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(suspension::table)
        .values((
            suspension::child_id.eq(child),
            suspension::reason.eq(new.reason.trim()),
            suspension::lead_name.eq(new.lead_name.trim()),
            suspension::starts_on.eq(new.starts_on),
            suspension::ends_on.eq(new.ends_on),
            suspension::recorded_by.eq(by.map(AccountKey::number)),
            suspension::recorded_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Lets a rest end on a day, if it would last longer.
pub(in crate::checks) fn end(tx: &mut Conn, child: ChildKey, last_day: NaiveDate) -> Result<()> {
    diesel::update(
        suspension::table
            .filter(suspension::child_id.eq(child))
            .filter(suspension::starts_on.le(last_day))
            .filter(suspension::ends_on.gt(last_day)),
    )
    .set(suspension::ends_on.eq(last_day))
    .execute(tx)?;
    Ok(())
}
