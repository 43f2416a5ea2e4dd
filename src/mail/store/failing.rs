//! The SQL of mail that came back, and of the addresses it came back from.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::leases::Failure;
use super::{MailState, OutgoingMail};
use crate::db::columns::Key;
use crate::db::schema::{failing_address, outgoing_mail};
use crate::db::{Conn, Result};
use crate::mail::MailKind;
use crate::rules::bounce::Cause;

/// A mail that a bounce names.
#[derive(Queryable)]
pub(in crate::mail) struct Named {
    pub(in crate::mail) id: Key<OutgoingMail>,
    /// The number of the authority that it belongs to.
    pub(in crate::mail) authority_id: i64,
    pub(in crate::mail) reference: String,
    pub(in crate::mail) kind: MailKind,
    pub(in crate::mail) recipient: String,
    pub(in crate::mail) state: MailState,
    /// Until when somebody who sends it holds it.
    pub(in crate::mail) leased_until: Option<NaiveDateTime>,
    pub(in crate::mail) tries: i32,
    pub(in crate::mail) useless_after: Option<NaiveDateTime>,
    /// Whether its words are still kept, so that it can be sent again.
    pub(in crate::mail) is_whole: bool,
    pub(in crate::mail) failing_since: Option<NaiveDateTime>,
}

/// An address that mail came back from, as the page for administrators lists it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct FailingAddress {
    pub email: String,
    /// When the first mail came back, UTC.
    pub since: NaiveDateTime,
    /// What the server said, without addresses.
    pub because: String,
    /// The reference of the mail that came back.
    pub mail: String,
}

/// The mail with this Message-ID, as the header has it.
pub(in crate::mail) fn by_message_id(conn: &mut Conn, message_id: &str) -> Result<Option<Named>> {
    Ok(named()
        .filter(outgoing_mail::message_id.eq(message_id))
        .first(conn)
        .optional()?)
}

/// The mail with this reference.
pub(in crate::mail) fn by_reference(conn: &mut Conn, reference: &str) -> Result<Option<Named>> {
    Ok(named()
        .filter(outgoing_mail::reference.eq(reference))
        .first(conn)
        .optional()?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn named() -> _ {
    outgoing_mail::table.select((
        outgoing_mail::id,
        outgoing_mail::authority_id,
        outgoing_mail::reference,
        outgoing_mail::kind,
        outgoing_mail::recipient,
        outgoing_mail::state,
        outgoing_mail::leased_until,
        outgoing_mail::tries,
        outgoing_mail::useless_after,
        outgoing_mail::body_text.ne(""),
        outgoing_mail::failing_since,
    ))
}

/// The authority of the newest mail to one of these addresses.
pub(in crate::mail) fn authority_of(conn: &mut Conn, recipients: &[String]) -> Result<Option<i64>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::recipient.eq_any(recipients))
        .order(outgoing_mail::id.desc())
        .select(outgoing_mail::authority_id)
        .first(conn)
        .optional()?)
}

/// Records that a mail came back, whatever its state was: it is dead, or tried again at a moment.
pub(in crate::mail) fn record_returned(
    tx: &mut Conn,
    mail: &Named,
    failure: Failure<'_>,
    again_at: Option<NaiveDateTime>,
) -> Result<()> {
    let state = match again_at {
        Some(_) => MailState::Waiting,
        None => MailState::Dead,
    };
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail.id))
        .set((
            outgoing_mail::state.eq(state),
            outgoing_mail::next_try_at.eq(again_at.unwrap_or(failure.at)),
            outgoing_mail::last_answer.eq(failure.words),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
            outgoing_mail::cause.eq(failure.cause.map(Cause::as_str)),
            outgoing_mail::failing_since.eq(mail.failing_since.unwrap_or(failure.at)),
        ))
        .execute(tx)?;
    Ok(())
}

/// Records that an address fails, unless that is known.
pub(in crate::mail) fn add(
    tx: &mut Conn,
    email: &str,
    because: &str,
    mail: Key<OutgoingMail>,
    now: NaiveDateTime,
) -> Result<()> {
    if addresses(tx)?.iter().any(|known| known == email) {
        return Ok(());
    }
    diesel::insert_into(failing_address::table)
        .values((
            failing_address::email.eq(email),
            failing_address::since.eq(now),
            failing_address::because.eq(because),
            failing_address::mail_id.eq(mail.number()),
        ))
        .execute(tx)?;
    Ok(())
}

/// Every address that fails now, in the order in which they began to.
pub(in crate::mail) fn addresses(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(failing_address::table
        .filter(failing_address::cleared_at.is_null())
        .order((failing_address::since, failing_address::id))
        .select(failing_address::email)
        .load(conn)?)
}

/// Those that mail of an authority came back from, the newest first.
pub(in crate::mail) fn of_authority(
    conn: &mut Conn,
    authority: i64,
) -> Result<Vec<FailingAddress>> {
    Ok(failing_address::table
        .inner_join(outgoing_mail::table)
        .filter(failing_address::cleared_at.is_null())
        .filter(outgoing_mail::authority_id.eq(authority))
        .order((failing_address::since.desc(), failing_address::id.desc()))
        .select((
            failing_address::email,
            failing_address::since,
            failing_address::because,
            outgoing_mail::reference,
        ))
        .load(conn)?)
}

/// Records that the address which a mail of this authority came back from works again; false if it does not fail.
pub(in crate::mail) fn clear(
    tx: &mut Conn,
    authority: i64,
    mail: &str,
    account: Option<i64>,
    now: NaiveDateTime,
) -> Result<bool> {
    let ours = outgoing_mail::table
        .filter(outgoing_mail::reference.eq(mail))
        .filter(outgoing_mail::authority_id.eq(authority))
        .select(outgoing_mail::id)
        .first::<i64>(tx)
        .optional()?;
    let cleared = diesel::update(failing_address::table)
        .filter(failing_address::mail_id.eq(ours))
        .filter(failing_address::cleared_at.is_null())
        .set((
            failing_address::cleared_at.eq(now),
            failing_address::cleared_by.eq(account),
        ))
        .execute(tx)?;
    Ok(cleared > 0)
}
