//! The SQL of records that were closed and of which the manager has yet to hear.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::AuthorityKey;
use crate::db::schema::{account, child, registration};
use crate::db::{Condition, Conn, Result};
use crate::register::ChildKey;
use crate::rules::codes::ClosureReason;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// A time on the register that somebody ended who does not manage.
#[derive(Debug)]
pub struct ClosureNews {
    pub registration: i64,
    pub child_key: ChildKey,
    pub child: Reference,
    pub restricted: bool,
    pub door: ClosureReason,
    pub on: NaiveDate,
    /// The address of whoever closed it.
    pub by: String,
}

/// As the index says it.
const UNTOLD: Condition = Condition("registration.tell_manager AND registration.told_at IS NULL");

type Row = (
    i64,
    ChildKey,
    Reference,
    bool,
    Option<ClosureReason>,
    Option<NaiveDate>,
    String,
);

/// The records of an authority that were closed and of which a manager is to hear and was not told.
pub fn untold(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<ClosureNews>> {
    let rows: Vec<Row> = registration::table
        .inner_join(child::table)
        .inner_join(account::table)
        .filter(UNTOLD)
        // Not by the index of the authority's children, but by that of what is to be told.
        .filter((child::authority_id + 0_i64).eq(authority.number()))
        .order((registration::child_id, registration::id))
        .select((
            registration::id,
            registration::child_id,
            child::reference,
            child::restricted,
            registration::closure_reason,
            registration::ended_on,
            account::email,
        ))
        .load(conn)?;
    let closed = rows.into_iter().filter_map(
        |(registration, child_key, child, restricted, door, on, by)| {
            Some(ClosureNews {
                registration,
                child_key,
                child,
                restricted,
                door: door?,
                on: on?,
                by,
            })
        },
    );
    Ok(closed.collect())
}

/// Notes that the manager was told.
pub fn note_told(tx: &mut Conn, registration: i64, now: NaiveDateTime) -> Result<()> {
    diesel::update(registration::table.filter(registration::id.eq(registration)))
        .set(registration::told_at.eq(now))
        .execute(tx)?;
    Ok(())
}
