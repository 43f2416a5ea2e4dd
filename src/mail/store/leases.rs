//! Who sends which mail, and what came of it. A mail is taken before it is sent and marked on its own after.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{MailState, OutgoingMail, WAITING};
use crate::db::columns::Key;
use crate::db::schema::outgoing_mail;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::rules::bounce::Cause;
use crate::rules::delivery::{LONGEST_WAIT, domain_of};

/// Takes the mails that have been due longest and that nobody holds, `at_most` so many, until `until`, and counts
/// the try.
pub(in crate::mail) fn take(
    tx: &mut Conn,
    now: NaiveDateTime,
    until: NaiveDateTime,
    at_most: usize,
) -> Result<Vec<OutgoingMail>> {
    let due = due(tx, now, until, at_most)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq_any(&due))
        .filter(WAITING)
        .filter(free(now, until))
        .set((
            outgoing_mail::leased_until.eq(until),
            outgoing_mail::tries.eq(outgoing_mail::tries + 1),
        ))
        .execute(tx)?;
    Ok(outgoing_mail::table
        .filter(outgoing_mail::id.eq_any(&due))
        .order((outgoing_mail::next_try_at, outgoing_mail::id))
        .select((
            outgoing_mail::id,
            outgoing_mail::reference,
            outgoing_mail::kind,
            outgoing_mail::recipient,
            outgoing_mail::sender_name,
            outgoing_mail::reply_to,
            outgoing_mail::subject,
            outgoing_mail::body_text,
            outgoing_mail::body_html,
            outgoing_mail::message_id,
            outgoing_mail::tries,
            outgoing_mail::created_at,
            outgoing_mail::useless_after,
            outgoing_mail::failing_since,
        ))
        .load(tx)?)
}

/// Mails that nobody holds. A lease for longer than any that is made now was made by a clock that was ahead.
#[diesel::dsl::auto_type(no_type_alias)]
fn free(now: NaiveDateTime, until: NaiveDateTime) -> _ {
    outgoing_mail::leased_until
        .is_null()
        .or(outgoing_mail::leased_until.lt(now))
        .or(outgoing_mail::leased_until.gt(until))
}

/// The transaction is as if alone, so what is free here is free still when it is taken. What waits longer than any rule
/// asks was put off by a clock that was ahead, and is due.
fn due(
    tx: &mut Conn,
    now: NaiveDateTime,
    until: NaiveDateTime,
    at_most: usize,
) -> Result<Vec<Key<OutgoingMail>>> {
    let is_due = outgoing_mail::next_try_at
        .le(now)
        .or(outgoing_mail::next_try_at.gt(now + LONGEST_WAIT));
    Ok(outgoing_mail::table
        .filter(WAITING)
        .filter(is_due)
        .filter(free(now, until))
        .order((outgoing_mail::next_try_at, outgoing_mail::id))
        .limit(i64::try_from(at_most).unwrap_or(i64::MAX))
        .select(outgoing_mail::id)
        .load(tx)?)
}

/// Records that the server took the mail. Whoever holds the lease by now: it is sent.
pub(in crate::mail) fn record_sent(
    tx: &mut Conn,
    mail: &OutgoingMail,
    answer: &str,
    now: NaiveDateTime,
) -> Result<()> {
    on_each!(tx, |conn| diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail.id))
        .set((
            outgoing_mail::state.eq(MailState::Sent),
            outgoing_mail::sent_at.eq(now),
            outgoing_mail::last_answer.eq(answer),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
            outgoing_mail::cause.eq(None::<String>),
            outgoing_mail::failing_since.eq(None::<NaiveDateTime>),
        ))
        .execute(conn))?;
    Ok(())
}

/// Why a mail did not arrive, since when, and what the server said of it.
#[derive(Clone, Copy)]
pub(in crate::mail) struct Failure<'a> {
    pub(in crate::mail) cause: Option<Cause>,
    pub(in crate::mail) at: NaiveDateTime,
    pub(in crate::mail) words: &'a str,
}

/// Records when to try again; not if the lease ran out and somebody else has tried since.
pub(in crate::mail) fn record_retry(
    tx: &mut Conn,
    mail: &OutgoingMail,
    failure: Failure<'_>,
    at: NaiveDateTime,
) -> Result<()> {
    record_failure(tx, mail, failure, MailState::Waiting, at)
}

/// Records that the mail will not be tried again; not if somebody else has tried since.
pub(in crate::mail) fn record_dead(
    tx: &mut Conn,
    mail: &OutgoingMail,
    failure: Failure<'_>,
) -> Result<()> {
    record_failure(tx, mail, failure, MailState::Dead, failure.at)
}

fn record_failure(
    tx: &mut Conn,
    mail: &OutgoingMail,
    failure: Failure<'_>,
    state: MailState,
    next_try_at: NaiveDateTime,
) -> Result<()> {
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail.id))
        .filter(WAITING)
        .filter(outgoing_mail::tries.eq(mail.tries))
        .set((
            outgoing_mail::state.eq(state),
            outgoing_mail::sent_at.eq(None::<NaiveDateTime>),
            outgoing_mail::next_try_at.eq(next_try_at),
            outgoing_mail::last_answer.eq(failure.words),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
            outgoing_mail::cause.eq(failure.cause.map(Cause::as_str)),
            outgoing_mail::failing_since.eq(mail.failing_since.unwrap_or(failure.at)),
        ))
        .execute(tx)?;
    Ok(())
}

/// As many mails as are looked through for one that was taken.
const LOOKED_THROUGH: i64 = 500;

/// Whether the server has taken a mail to a domain since a moment; of the newest mails only.
pub(in crate::mail) fn is_taken_since(
    tx: &mut Conn,
    domain: &str,
    since: NaiveDateTime,
) -> Result<bool> {
    let newest: Vec<(String, Option<NaiveDateTime>)> = outgoing_mail::table
        .order(outgoing_mail::id.desc())
        .limit(LOOKED_THROUGH)
        .select((outgoing_mail::recipient, outgoing_mail::sent_at))
        .load(tx)?;
    Ok(newest
        .iter()
        .any(|(to, sent_at)| domain_of(to) == domain && sent_at.is_some_and(|at| at > since)))
}

/// Whether a mail did not arrive by our own fault when it was tried before.
pub(in crate::mail) fn is_our_fault(tx: &mut Conn, mail: Key<OutgoingMail>) -> Result<bool> {
    let cause: Option<Cause> = outgoing_mail::table
        .filter(outgoing_mail::id.eq(mail))
        .select(outgoing_mail::cause)
        .first(tx)?;
    Ok(cause == Some(Cause::OurFault))
}

/// Gives a mail back that was taken and not tried, as if nobody had taken it.
pub(in crate::mail) fn give_back(tx: &mut Conn, mail: &OutgoingMail) -> Result<()> {
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail.id))
        .filter(WAITING)
        .filter(outgoing_mail::tries.eq(mail.tries))
        .set((
            outgoing_mail::tries.eq(mail.tries - 1),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
        ))
        .execute(tx)?;
    Ok(())
}

/// Forgets what a mail said.
pub(in crate::mail) fn empty_bodies(tx: &mut Conn, mail: Key<OutgoingMail>) -> Result<()> {
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail))
        .set((
            outgoing_mail::body_text.eq(""),
            outgoing_mail::body_html.eq(""),
        ))
        .execute(tx)?;
    Ok(())
}
