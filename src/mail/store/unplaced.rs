//! The SQL of messages that came in and could not be placed.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{outgoing_mail, returned_message};
use crate::db::{Conn, Result};
use crate::rules::codes::code_list;

code_list! {
    /// What an administrator says that a message was.
    pub enum Verdict {
        /// A report that one of our mails did not arrive: it is given up, and the next post up is told.
        ThisMail = "this_mail", "It is about one of our emails, which did not arrive";
        NotOurs = "not_ours", "It is about nothing of ours";
        /// Such as an answer by a family, or a fault that is mended in another place.
        Elsewhere = "elsewhere", "It is dealt with elsewhere";
    }
}

crate::text_column!(Verdict);

/// A message to be kept.
#[derive(Insertable)]
#[diesel(table_name = returned_message)]
pub(in crate::mail) struct NewUnplaced<'a> {
    pub reference: &'a str,
    pub authority_id: i64,
    pub fingerprint: &'a str,
    pub received_at: NaiveDateTime,
    pub raw: &'a str,
}

/// A message that could not be placed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Unplaced {
    /// The message's reference, `R-…`.
    pub reference: String,
    /// When it was read, UTC.
    pub received_at: NaiveDateTime,
    /// Its beginning, as it came; empty once it is dealt with.
    pub raw: String,
    /// What somebody said that it was.
    pub verdict: Option<Verdict>,
}

pub(in crate::mail) fn by_fingerprint(
    conn: &mut Conn,
    fingerprint: &str,
) -> Result<Option<(String, i64)>> {
    Ok(returned_message::table
        .filter(returned_message::fingerprint.eq(fingerprint))
        .select((returned_message::reference, returned_message::authority_id))
        .first(conn)
        .optional()?)
}

pub(in crate::mail) fn insert(tx: &mut Conn, new: &NewUnplaced<'_>) -> Result<()> {
    diesel::insert_into(returned_message::table)
        .values(new)
        .execute(tx)?;
    Ok(())
}

/// Those of an authority that nobody has dealt with, the oldest first.
pub(in crate::mail) fn open(
    conn: &mut Conn,
    authority: i64,
    at_most: i64,
) -> Result<Vec<Unplaced>> {
    Ok(returned_message::table
        .filter(returned_message::authority_id.eq(authority))
        .filter(returned_message::verdict.is_null())
        .order(returned_message::id)
        .limit(at_most)
        .select((
            returned_message::reference,
            returned_message::received_at,
            returned_message::raw,
            returned_message::verdict.nullable(),
        ))
        .load(conn)?)
}

pub(in crate::mail) fn find(
    conn: &mut Conn,
    authority: i64,
    reference: &str,
) -> Result<Option<Unplaced>> {
    Ok(returned_message::table
        .filter(returned_message::authority_id.eq(authority))
        .filter(returned_message::reference.eq(reference))
        .select((
            returned_message::reference,
            returned_message::received_at,
            returned_message::raw,
            returned_message::verdict.nullable(),
        ))
        .first(conn)
        .optional()?)
}

/// How a message was dealt with.
#[derive(Clone, Copy)]
pub(in crate::mail) struct Dealt {
    pub(in crate::mail) verdict: Verdict,
    pub(in crate::mail) mail: Option<i64>,
    pub(in crate::mail) by: Option<i64>,
    pub(in crate::mail) at: NaiveDateTime,
}

/// Notes what a message was, and forgets what it said; false if that is noted already.
pub(in crate::mail) fn deal_with(
    tx: &mut Conn,
    authority: i64,
    reference: &str,
    dealt: Dealt,
) -> Result<bool> {
    let changed = diesel::update(returned_message::table)
        .filter(returned_message::authority_id.eq(authority))
        .filter(returned_message::reference.eq(reference))
        .filter(returned_message::verdict.is_null())
        .set((
            returned_message::verdict.eq(dealt.verdict),
            returned_message::mail_id.eq(dealt.mail),
            returned_message::dealt_by.eq(dealt.by),
            returned_message::dealt_at.eq(dealt.at),
            returned_message::raw.eq(""),
        ))
        .execute(tx)?;
    Ok(changed > 0)
}

/// The mail of an authority with a reference, if there is one.
pub(in crate::mail) fn mail(
    conn: &mut Conn,
    authority: i64,
    reference: &str,
) -> Result<Option<i64>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::authority_id.eq(authority))
        .filter(outgoing_mail::reference.eq(reference))
        .select(outgoing_mail::id)
        .first(conn)
        .optional()?)
}
