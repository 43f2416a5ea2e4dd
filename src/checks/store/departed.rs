//! The SQL of records that were closed and of which the manager has yet to hear.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::access::{AuthorityKey, Role};
use crate::db::schema::{account, child, outgoing_mail, registration};
use crate::db::{Conn, Result};
use crate::rules::codes::ClosureReason;
use crate::rules::identifiers::Reference;

/// A time on the register that somebody ended who does not manage.
#[derive(Debug)]
pub(in crate::checks) struct Departed {
    pub(in crate::checks) registration: i64,
    pub(in crate::checks) child: Reference,
    pub(in crate::checks) door: ClosureReason,
    pub(in crate::checks) on: NaiveDate,
    pub(in crate::checks) closed_at: NaiveDateTime,
}

const TOLD_KEY: &str = "record_closed:";

/// The key of the letter that tells of it, to the first and to further holders of the post.
pub(in crate::checks) fn told_key(registration: i64, place: usize) -> String {
    match place {
        0 => format!("{TOLD_KEY}{registration}"),
        place => format!("{TOLD_KEY}{registration}:{place}"),
    }
}

type Row = (
    i64,
    Reference,
    Option<ClosureReason>,
    Option<NaiveDate>,
    Option<NaiveDateTime>,
);

/// The records of an authority that were closed since a moment by somebody who does not manage, and of which no letter
/// tells yet.
pub(in crate::checks) fn untold(
    conn: &mut Conn,
    authority: AuthorityKey,
    since: NaiveDateTime,
) -> Result<Vec<Departed>> {
    let key = TOLD_KEY
        .into_sql::<Text>()
        .concat(registration::id.cast::<Text>());
    let told = exists(outgoing_mail::table.filter(outgoing_mail::key.eq(key)));
    let rows: Vec<Row> = registration::table
        .inner_join(child::table)
        .inner_join(account::table)
        .filter(registration::closed_at.ge(since))
        .filter(child::authority_id.eq(authority.number()))
        .filter(account::role.ne(Role::Manager.as_str()))
        .filter(not(told))
        .order(registration::id)
        .select((
            registration::id,
            child::reference,
            registration::closure_reason,
            registration::ended_on,
            registration::closed_at,
        ))
        .load(conn)?;
    let departed = rows
        .into_iter()
        .filter_map(|(registration, child, door, on, closed_at)| {
            Some(Departed {
                registration,
                child,
                door: door?,
                on: on?,
                closed_at: closed_at?,
            })
        });
    Ok(departed.collect())
}
