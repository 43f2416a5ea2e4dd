//! The SQL of the outbox: what is to be sent, what was sent, and what the server said.

pub(super) mod failing;
pub(super) mod fault;
pub(super) mod leases;
pub(super) mod unplaced;
pub(super) mod waiting;

use chrono::{Duration, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::MailKind;
use crate::db::columns::Key;
use crate::db::schema::outgoing_mail;
use crate::db::{Condition, Conn, Result};
use crate::rules::bounce::Cause;
use crate::rules::codes::code_list;

code_list! {
    /// What became of a mail.
    pub enum MailState {
        /// To be sent, or to be tried again.
        Waiting = "waiting", "Waiting to be sent";
        /// The mail server took it.
        Sent = "sent", "Delivered to the mail server";
        /// Given up, or come back.
        Dead = "dead", "Could not be delivered";
    }
}

crate::text_column!(MailState);

crate::text_column!(MailKind, Cause);

/// A mail that was leased, with what is needed to send it.
#[derive(Clone, Debug, Queryable)]
pub struct OutgoingMail {
    pub(super) id: Key<OutgoingMail>,
    pub(super) reference: String,
    pub(super) kind: MailKind,
    pub(super) recipient: String,
    pub(super) sender_name: String,
    pub(super) reply_to: Option<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) message_id: String,
    pub(super) tries: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) useless_after: Option<NaiveDateTime>,
    pub(super) failing_since: Option<NaiveDateTime>,
}

/// A mail to be put in the outbox.
#[derive(Insertable)]
#[diesel(table_name = outgoing_mail)]
pub(super) struct NewMail<'a> {
    pub reference: &'a str,
    pub key: &'a str,
    pub authority_id: i64,
    pub kind: MailKind,
    pub recipient: &'a str,
    pub sender_name: &'a str,
    pub reply_to: Option<&'a str>,
    pub subject: &'a str,
    pub body_text: &'a str,
    pub body_html: &'a str,
    pub message_id: &'a str,
    pub state: MailState,
    pub next_try_at: NaiveDateTime,
    pub created_at: NaiveDateTime,
    pub useless_after: Option<NaiveDateTime>,
    pub about_child_id: Option<i64>,
    pub about: &'a str,
    pub reports_id: Option<i64>,
}

/// A mail that has not arrived, as the page for administrators lists it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Undelivered {
    /// The mail's reference, `M-…`.
    pub reference: String,
    pub kind: MailKind,
    /// The address it is for.
    pub recipient: String,
    /// Waiting or dead.
    pub state: MailState,
    /// How often it was tried.
    pub tries: i32,
    /// When it is tried next, UTC; of no meaning for a dead mail.
    pub next_try_at: NaiveDateTime,
    /// What the server said last, without addresses.
    pub last_answer: String,
    /// When it was put in the outbox, UTC.
    pub created_at: NaiveDateTime,
    /// Why it has not arrived; none if no server said so.
    pub cause: Option<Cause>,
}

impl Undelivered {
    /// Whether it will not be tried again.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.state == MailState::Dead
    }
}

/// A mail that somebody had to get and that will not be tried again.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct DeadMail {
    /// Its key, which rows of other rooms point at.
    pub id: Key<OutgoingMail>,
    /// The mail's reference, `M-…`.
    pub reference: String,
    /// The number of the authority it belongs to.
    pub authority_id: i64,
    /// What the server said last, without addresses.
    pub last_answer: String,
}

/// A literal and not a parameter, so that SQLite sees that the index of waiting mails will do.
const WAITING: Condition = Condition("state = 'waiting'");

/// A literal for the reason that [`WAITING`] gives.
const DEAD: Condition = Condition("state = 'dead'");

/// Dead, and nobody was told; as the index says it.
const UNREPORTED: Condition = Condition("state = 'dead' AND reported_at IS NULL");

pub(super) fn key_of(conn: &mut Conn, key: &str) -> Result<Option<Key<OutgoingMail>>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::key.eq(key))
        .select(outgoing_mail::id)
        .first(conn)
        .optional()?)
}

pub(super) fn insert(tx: &mut Conn, mail: &NewMail<'_>) -> Result<Key<OutgoingMail>> {
    Ok(diesel::insert_into(outgoing_mail::table)
        .values(mail)
        .returning(outgoing_mail::id)
        .get_result(tx)?)
}

/// Makes a mail due at once, as if it had never been tried. False when there is none to send, or somebody is sending it:
/// without the lease it would go twice.
pub(super) fn retry_now(
    tx: &mut Conn,
    authority: i64,
    reference: &str,
    now: NaiveDateTime,
) -> Result<bool> {
    let changed = diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::reference.eq(reference))
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::state.ne(MailState::Sent))
        .filter(outgoing_mail::body_text.ne(""))
        .filter(
            outgoing_mail::leased_until
                .is_null()
                .or(outgoing_mail::leased_until.lt(now)),
        )
        .set((
            outgoing_mail::state.eq(MailState::Waiting),
            outgoing_mail::tries.eq(0),
            outgoing_mail::next_try_at.eq(now),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
            outgoing_mail::reported_at.eq(None::<NaiveDateTime>),
            outgoing_mail::cause.eq(None::<String>),
            outgoing_mail::failing_since.eq(None::<NaiveDateTime>),
        ))
        .execute(tx)?;
    Ok(changed > 0)
}

/// How many mails of an authority are in a state and were, or were not, tried before.
pub(super) fn count(conn: &mut Conn, authority: i64, state: MailState, tried: bool) -> Result<i64> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::state.eq(state))
        .filter(outgoing_mail::tries.gt(0).eq(tried))
        .select(count_star())
        .first(conn)?)
}

pub(super) fn undelivered(conn: &mut Conn, authority: i64, limit: i64) -> Result<Vec<Undelivered>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(
            outgoing_mail::state
                .eq(MailState::Dead)
                .or(outgoing_mail::state
                    .eq(MailState::Waiting)
                    .and(outgoing_mail::tries.gt(0))),
        )
        .order((outgoing_mail::state, outgoing_mail::id.desc()))
        .limit(limit)
        .select((
            outgoing_mail::reference,
            outgoing_mail::kind,
            outgoing_mail::recipient,
            outgoing_mail::state,
            outgoing_mail::tries,
            outgoing_mail::next_try_at,
            outgoing_mail::last_answer,
            outgoing_mail::created_at,
            outgoing_mail::cause.nullable(),
        ))
        .load(conn)?)
}

/// A mail as it was put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct PutMail {
    pub kind: MailKind,
    /// The address it is for.
    pub recipient: String,
    pub subject: String,
}

/// The key of the newest mail; none while there is none.
pub(super) fn last(conn: &mut Conn) -> Result<Option<Key<OutgoingMail>>> {
    Ok(outgoing_mail::table
        .order(outgoing_mail::id.desc())
        .select(outgoing_mail::id)
        .first(conn)
        .optional()?)
}

/// The mails of an authority that were put after another one.
pub(super) fn put_since(
    conn: &mut Conn,
    authority: i64,
    last: Option<Key<OutgoingMail>>,
) -> Result<Vec<PutMail>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::id.gt(last.map_or(0, Key::number)))
        .order(outgoing_mail::id)
        .select((
            outgoing_mail::kind,
            outgoing_mail::recipient,
            outgoing_mail::subject,
        ))
        .load(conn)?)
}

/// A mail that the server took.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Delivery {
    /// The mail's reference, `M-…`.
    pub reference: String,
    pub kind: MailKind,
    /// The address it is for.
    pub recipient: String,
    /// When the server took it, UTC.
    pub sent_at: NaiveDateTime,
}

pub(super) fn delivered(conn: &mut Conn, authority: i64, limit: i64) -> Result<Vec<Delivery>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::state.eq(MailState::Sent))
        .order(outgoing_mail::id.desc())
        .limit(limit)
        .select((
            outgoing_mail::reference,
            outgoing_mail::kind,
            outgoing_mail::recipient,
            outgoing_mail::sent_at.assume_not_null(),
        ))
        .load(conn)?)
}

/// Dead mails of these kinds of which nobody was told.
pub(super) fn dead_without_report(conn: &mut Conn, kinds: &[&str]) -> Result<Vec<DeadMail>> {
    Ok(outgoing_mail::table
        .filter(UNREPORTED)
        .filter(outgoing_mail::kind.eq_any(kinds))
        .order(outgoing_mail::id)
        .select((
            outgoing_mail::id,
            outgoing_mail::reference,
            outgoing_mail::authority_id,
            outgoing_mail::last_answer,
        ))
        .load(conn)?)
}

/// Notes that somebody was told of a dead mail.
pub(super) fn note_reported(
    tx: &mut Conn,
    mail: Key<OutgoingMail>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(outgoing_mail::table.filter(outgoing_mail::id.eq(mail)))
        .set(outgoing_mail::reported_at.eq(now))
        .execute(tx)?;
    Ok(())
}

/// How many mails report this one.
pub(super) fn count_reports(conn: &mut Conn, mail: Key<OutgoingMail>) -> Result<i64> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::reports_id.eq(mail.number()))
        .select(count_star())
        .first(conn)?)
}

/// A mail of which another one tells that it could not be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    pub id: Key<OutgoingMail>,
    /// The mail's reference, `M-…`.
    pub reference: String,
    /// The addresses of everybody who was told with the same report.
    pub told: Vec<String>,
}

/// The mail that this one reports. What was put at the same moment is one report.
pub(super) fn reported_by(conn: &mut Conn, report: Key<OutgoingMail>) -> Result<Option<Reported>> {
    let (reported, put_at): (Option<Key<OutgoingMail>>, NaiveDateTime) = outgoing_mail::table
        .filter(outgoing_mail::id.eq(report))
        .select((outgoing_mail::reports_id, outgoing_mail::created_at))
        .first(conn)?;
    let Some(id) = reported else {
        return Ok(None);
    };
    let reference = outgoing_mail::table
        .filter(outgoing_mail::id.eq(id))
        .select(outgoing_mail::reference)
        .first(conn)?;
    let told = outgoing_mail::table
        .filter(outgoing_mail::reports_id.eq(id.number()))
        .filter(outgoing_mail::created_at.eq(put_at))
        .select(outgoing_mail::recipient)
        .load(conn)?;
    Ok(Some(Reported {
        id,
        reference,
        told,
    }))
}

/// How many mails wait or are dead.
pub(super) fn count_unsent(conn: &mut Conn) -> Result<i64> {
    let waiting: i64 = outgoing_mail::table
        .filter(WAITING)
        .select(count_star())
        .first(conn)?;
    let dead: i64 = outgoing_mail::table
        .filter(DEAD)
        .select(count_star())
        .first(conn)?;
    Ok(waiting + dead)
}

/// References of mails that have been due for longer than `patience` and were not tried.
pub(super) fn overdue(
    conn: &mut Conn,
    now: NaiveDateTime,
    patience: Duration,
) -> Result<Vec<String>> {
    Ok(outgoing_mail::table
        .filter(WAITING)
        .filter(outgoing_mail::next_try_at.lt(now - patience))
        .order((outgoing_mail::next_try_at, outgoing_mail::id))
        .select(outgoing_mail::reference)
        .load(conn)?)
}

/// References of mails whose lease ran out longer than `patience` ago: somebody took them and never came back.
pub(super) fn abandoned(
    conn: &mut Conn,
    now: NaiveDateTime,
    patience: Duration,
) -> Result<Vec<String>> {
    Ok(outgoing_mail::table
        .filter(WAITING)
        .filter(outgoing_mail::leased_until.lt(now - patience))
        .order((outgoing_mail::next_try_at, outgoing_mail::id))
        .select(outgoing_mail::reference)
        .load(conn)?)
}
