//! The SQL of mail that waits.

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::{MailState, WAITING};
use crate::db::schema::outgoing_mail;
use crate::db::{Conn, Result};
use crate::rules::bounce::Cause;

/// How many mails wait that nobody has tried or that no server could be reached for, and since when the oldest does.
pub(in crate::mail) fn oldest(
    conn: &mut Conn,
    now: NaiveDateTime,
) -> Result<(i64, Option<NaiveDateTime>)> {
    Ok(outgoing_mail::table
        .filter(WAITING)
        .filter(outgoing_mail::created_at.le(now))
        .filter(
            outgoing_mail::cause
                .is_null()
                .or(outgoing_mail::cause.eq(Cause::Moment)),
        )
        .select((count_star(), min(outgoing_mail::created_at)))
        .first(conn)?)
}

/// Of so many mails that were written last and are sent, the moment of the latest counts: one that waited long may have gone out after
/// those that were written after it, and all that were ever sent are not looked through.
const NEWEST: i64 = 200;

/// When a mail was sent last.
pub(in crate::mail) fn last_sent(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    let sent: Vec<Option<NaiveDateTime>> = outgoing_mail::table
        .filter(outgoing_mail::state.eq(MailState::Sent))
        .order(outgoing_mail::id.desc())
        .limit(NEWEST)
        .select(outgoing_mail::sent_at)
        .load(conn)?;
    Ok(sent.into_iter().flatten().max())
}
