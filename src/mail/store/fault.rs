//! The SQL of mail that does not arrive by our own fault.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::MailState;
use crate::db::schema::outgoing_mail;
use crate::db::{Condition, Conn, Result};

/// As the index says it.
const IS_OUR_FAULT: Condition = Condition("cause = 'our_fault'");

/// A mail that did not arrive by our own fault.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Faulty {
    /// The number of the authority it belongs to.
    pub authority_id: i64,
    /// The address it is for.
    pub recipient: String,
    /// What the server said, without addresses.
    pub words: String,
    /// Whether our mail server took it and a message said so later, which anybody can write who ever had a mail of ours.
    pub came_back: bool,
}

/// All such mails, by address.
pub(in crate::mail) fn all(conn: &mut Conn) -> Result<Vec<Faulty>> {
    Ok(outgoing_mail::table
        .filter(IS_OUR_FAULT)
        .order((outgoing_mail::recipient, outgoing_mail::id.desc()))
        .select((
            outgoing_mail::authority_id,
            outgoing_mail::recipient,
            outgoing_mail::last_answer,
            outgoing_mail::sent_at.is_not_null(),
        ))
        .load(conn)?)
}

/// What became of the mails that a fault of our own held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriedAgain {
    /// Due at once.
    pub due: usize,
    /// Not sent again: they held a link that works no more.
    pub of_no_use: usize,
}

/// Makes all that an authority did not get delivered by our own fault due at once, as if it had never been tried; gives how
/// many mails that are. What carried a link that is no longer kept is let go.
pub(in crate::mail) fn retry_all(
    tx: &mut Conn,
    authority: i64,
    now: NaiveDateTime,
) -> Result<TriedAgain> {
    let free = outgoing_mail::leased_until
        .is_null()
        .or(outgoing_mail::leased_until.lt(now));
    let due = diesel::update(outgoing_mail::table)
        .filter(IS_OUR_FAULT)
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::state.ne(MailState::Sent))
        .filter(outgoing_mail::body_text.ne(""))
        .filter(free)
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
    let of_no_use = diesel::update(outgoing_mail::table)
        .filter(IS_OUR_FAULT)
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::body_text.eq(""))
        .set(outgoing_mail::cause.eq(None::<String>))
        .execute(tx)?;
    Ok(TriedAgain { due, of_no_use })
}
