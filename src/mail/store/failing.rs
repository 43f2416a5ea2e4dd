//! The SQL of mail that came back, and of the addresses it came back from.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{MailState, OutgoingMail};
use crate::db::columns::Key;
use crate::db::schema::{failing_address, outgoing_mail};
use crate::db::{Conn, Result};
use crate::mail::MailKind;

/// A mail that a bounce names.
#[derive(Queryable)]
pub(in crate::mail) struct Named {
    pub(in crate::mail) id: Key<OutgoingMail>,
    pub(in crate::mail) reference: String,
    pub(in crate::mail) kind: MailKind,
    pub(in crate::mail) recipient: String,
    pub(in crate::mail) state: MailState,
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
    Ok(outgoing_mail::table
        .filter(outgoing_mail::message_id.eq(message_id))
        .select((
            outgoing_mail::id,
            outgoing_mail::reference,
            outgoing_mail::kind,
            outgoing_mail::recipient,
            outgoing_mail::state,
        ))
        .first(conn)
        .optional()?)
}

/// Records that a mail came back, whatever its state was.
pub(in crate::mail) fn record_returned(
    tx: &mut Conn,
    mail: Key<OutgoingMail>,
    words: &str,
) -> Result<()> {
    diesel::update(outgoing_mail::table)
        .filter(outgoing_mail::id.eq(mail))
        .set((
            outgoing_mail::state.eq(MailState::Dead),
            outgoing_mail::last_answer.eq(words),
            outgoing_mail::leased_until.eq(None::<NaiveDateTime>),
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

/// Every address that fails now.
pub(in crate::mail) fn addresses(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(failing_address::table
        .filter(failing_address::cleared_at.is_null())
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
