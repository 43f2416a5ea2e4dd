//! The outbox: a letter is put in the same transaction as what it tells of, and a key is put once.
//!
//! What waits here is sent by [`super::deliver`]; what does not arrive can be seen here.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use sha2::{Digest, Sha256};

use super::MailKind;
use super::messages::{Letterhead, Rendered};
pub use super::store::failing::FailingAddress;
use super::store::{self, NewMail, OutgoingMail, leases};
pub use super::store::{DeadMail, Delivery, MailState, PutMail, Reported, Undelivered};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};

/// A letter to one person: the type has no room for a second recipient (a list of addresses in one message has
/// told hundreds of families about each other).
pub struct Letter<'a, A: 'static> {
    /// What names it among those of its kind, such as `N-7K4M-2QXD` of a receipt: it is put once, whatever happens.
    pub key: String,
    /// The authority it is sent for.
    pub authority: Key<A>,
    /// Whom it comes from.
    pub letterhead: &'a Letterhead,
    /// Whom it is for.
    pub to: EmailAddress,
    /// What it is about.
    pub about: Topic,
    pub message: Rendered,
}

/// What a letter is about: whoever asks later, because it did not arrive, reads it from the letter's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What its kind says, or what the rows say that point at it.
    General,
    /// A child, by number, and the words for what it is about, such as "check W-7K4M-2QXD".
    Child { child: i64, words: String },
    /// Another mail, which could not be delivered.
    Mail(Key<OutgoingMail>),
}

impl Topic {
    /// A child, and the words for what it is about as they would follow "an email about".
    pub fn child<C>(child: Key<C>, words: impl Into<String>) -> Self {
        Self::Child {
            child: child.number(),
            words: words.into(),
        }
    }
}

/// Puts a letter in the outbox, due at once, and gives its row; if the key was put before, that row.
///
/// # Errors
/// If the database refuses.
pub fn put<A>(
    tx: &mut Conn,
    letter: &Letter<'_, A>,
    now: NaiveDateTime,
) -> Result<Key<OutgoingMail>> {
    put_for(tx, letter, &fresh_reference(), None, now)
}

/// As [`put`], for a letter that names itself in what it says: the page behind its link lists exactly what it told.
///
/// # Errors
/// If the database refuses.
pub fn put_named<A>(
    tx: &mut Conn,
    letter: &Letter<'_, A>,
    reference: &Reference,
    now: NaiveDateTime,
) -> Result<Key<OutgoingMail>> {
    put_for(tx, letter, reference, None, now)
}

/// A reference for a letter that is about to be written.
pub fn fresh_reference() -> Reference {
    Reference::from_random(ReferenceKind::Mail, rand::random())
}

/// As [`put`], for a letter that helps nobody after a moment: then it is given up and not tried for days.
///
/// # Errors
/// If the database refuses.
pub fn put_until<A>(
    tx: &mut Conn,
    letter: &Letter<'_, A>,
    useless_after: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<Key<OutgoingMail>> {
    put_for(tx, letter, &fresh_reference(), Some(useless_after), now)
}

fn put_for<A>(
    tx: &mut Conn,
    letter: &Letter<'_, A>,
    reference: &Reference,
    useless_after: Option<NaiveDateTime>,
    now: NaiveDateTime,
) -> Result<Key<OutgoingMail>> {
    let kind = letter.message.kind;
    let key = format!("{}:{}", kind.as_str(), letter.key);
    if let Some(earlier) = store::key_of(tx, &key)? {
        return Ok(earlier);
    }
    let (about_child_id, about, reports_id) = match &letter.about {
        Topic::General => (None, "", None),
        Topic::Child { child, words } => (Some(*child), words.as_str(), None),
        Topic::Mail(reported) => (None, "", Some(reported.number())),
    };
    store::insert(
        tx,
        &NewMail {
            reference: reference.as_str(),
            key: &key,
            authority_id: letter.authority.number(),
            kind,
            recipient: letter.to.as_str(),
            sender_name: &letter.letterhead.authority,
            reply_to: letter
                .letterhead
                .reply_to
                .as_ref()
                .map(EmailAddress::as_str),
            subject: &letter.message.subject,
            body_text: &letter.message.text,
            body_html: &letter.message.html,
            message_id: &format!("<{reference}@{}>", letter.letterhead.host()),
            state: MailState::Waiting,
            next_try_at: now,
            created_at: now,
            useless_after,
            about_child_id,
            about,
            reports_id,
        },
    )
}

/// The key of a digest: the same things told to the same person on the same day are one letter, however often they are
/// written. What is told comes in an order that depends on nothing else.
pub fn digest_key(
    code: &str,
    today: NaiveDate,
    recipient: &EmailAddress,
    told: impl Iterator<Item = String>,
) -> String {
    let mut hash = Sha256::new();
    for one in told {
        hash.update(one.as_bytes());
        hash.update(b"\n");
    }
    let short: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{code}:{today}:{recipient}:{short}")
}

/// The newest mail there is, for [`put_since`].
///
/// # Errors
/// If the database refuses.
pub fn last_put(conn: &mut Conn) -> Result<Option<Key<OutgoingMail>>> {
    store::last(conn)
}

/// What was put for an authority after another mail, the oldest first.
///
/// # Errors
/// If the database refuses.
pub fn put_since<A>(
    conn: &mut Conn,
    authority: Key<A>,
    last: Option<Key<OutgoingMail>>,
) -> Result<Vec<PutMail>> {
    store::put_since(conn, authority.number(), last)
}

/// The state of an authority's outbox, for the page for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Put and not yet tried.
    pub waiting: i64,
    /// Tried, and to be tried again.
    pub retrying: i64,
    /// Given up; somebody must do something.
    pub dead: i64,
    /// The dead and the retrying, dead first, newest first; at most [`LISTED`].
    pub undelivered: Vec<Undelivered>,
}

/// As many mails as an administrator can look at on one page.
pub const LISTED: i64 = 100;

/// What has not arrived, and why.
///
/// # Errors
/// If the database refuses.
pub fn overview<A>(conn: &mut Conn, authority: Key<A>) -> Result<Overview> {
    let authority = authority.number();
    Ok(Overview {
        waiting: store::count(conn, authority, MailState::Waiting, false)?,
        retrying: store::count(conn, authority, MailState::Waiting, true)?,
        dead: store::count(conn, authority, MailState::Dead, true)?,
        undelivered: store::undelivered(conn, authority, LISTED)?,
    })
}

/// What was delivered last, the newest first.
///
/// # Errors
/// If the database refuses.
pub fn delivered<A>(conn: &mut Conn, authority: Key<A>, limit: i64) -> Result<Vec<Delivery>> {
    store::delivered(conn, authority.number(), limit)
}

/// Makes a mail that failed due at once. False if there is no such mail, it was sent or is on its way just now, or it
/// carried a link that is no longer kept: then a new one must be asked for. Should it die again, somebody hears of that too.
///
/// # Errors
/// If the database refuses.
pub fn retry_now<A>(
    tx: &mut Conn,
    authority: Key<A>,
    reference: &Reference,
    now: NaiveDateTime,
) -> Result<bool> {
    store::retry_now(tx, authority.number(), reference.as_str(), now)
}

/// Dead mails that somebody had to get (a lapse told to nobody is itself an incident) and of which nobody was told.
///
/// # Errors
/// If the database refuses.
pub fn dead_without_report(conn: &mut Conn) -> Result<Vec<DeadMail>> {
    let kinds = MailKind::ALL.iter().filter(|kind| kind.must_arrive());
    store::dead_without_report(conn, &kinds.map(|kind| kind.as_str()).collect::<Vec<_>>())
}

/// Notes that somebody was told that a mail could not be delivered.
///
/// # Errors
/// If the database refuses.
pub fn note_reported(tx: &mut Conn, mail: Key<OutgoingMail>, now: NaiveDateTime) -> Result<()> {
    store::note_reported(tx, mail, now)
}

/// How many mails have told that this one could not be delivered, each time that it died.
///
/// # Errors
/// If the database refuses.
pub fn count_reports(conn: &mut Conn, mail: Key<OutgoingMail>) -> Result<i64> {
    store::count_reports(conn, mail)
}

/// What a mail reports, where it is the report on another one, and everybody who was told with it. Who was told before somebody
/// had that one tried again is not among them.
///
/// # Errors
/// If the database refuses.
pub fn reported_by(conn: &mut Conn, mail: Key<OutgoingMail>) -> Result<Option<Reported>> {
    store::reported_by(conn, mail)
}

/// Every address that mail came back from and that nobody said works again, in the order in which they began to fail: nobody is
/// told anything there while there is another.
///
/// # Errors
/// If the database refuses.
pub fn failing_addresses(conn: &mut Conn) -> Result<Vec<String>> {
    store::failing::addresses(conn)
}

/// The failing addresses that mail of an authority came back from, the newest first.
///
/// # Errors
/// If the database refuses.
pub fn failing<A>(conn: &mut Conn, authority: Key<A>) -> Result<Vec<FailingAddress>> {
    store::failing::of_authority(conn, authority.number())
}

/// Takes the address that a mail came back from for good again; false if it does not fail.
///
/// # Errors
/// If the database refuses.
pub fn works_again<A, B>(
    tx: &mut Conn,
    authority: Key<A>,
    mail: &Reference,
    account: Option<Key<B>>,
    now: NaiveDateTime,
) -> Result<bool> {
    let account = account.map(Key::number);
    store::failing::clear(tx, authority.number(), mail.as_str(), account, now)
}

/// What is wrong with the outbox, as references of mails; all empty when nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stuck {
    /// How many mails were looked at: all that wait or are dead.
    pub looked_at: i64,
    /// Due for more than a day, and nobody tried.
    pub overdue: Vec<String>,
    /// Leased by a program that never said what became of it, more than an hour ago.
    pub abandoned: Vec<String>,
    /// Somebody had to get it, it is dead, and nobody was told.
    pub unreported: Vec<String>,
}

/// What `hearth verify` asks of the outbox.
///
/// # Errors
/// If the database refuses.
pub fn stuck(conn: &mut Conn, now: NaiveDateTime, late_after: Duration) -> Result<Stuck> {
    let overdue = store::overdue(conn, now, late_after)?;
    let mut abandoned = store::abandoned(conn, now, Duration::hours(1))?;
    abandoned.retain(|reference| !overdue.contains(reference));
    let unreported = dead_without_report(conn)?;
    Ok(Stuck {
        looked_at: store::count_unsent(conn)?,
        overdue,
        abandoned,
        unreported: unreported.into_iter().map(|mail| mail.reference).collect(),
    })
}

/// Forgets what a mail said when it carried a link that opens an account: of such links only a hash is kept.
pub(super) fn forget_secrets(tx: &mut Conn, kind: MailKind, mail: Key<OutgoingMail>) -> Result<()> {
    if kind.carries_secret() {
        leases::empty_bodies(tx, mail)?;
    }
    Ok(())
}
