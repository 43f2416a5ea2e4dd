//! What came in and could not be placed: kept as it came, up to a length, until an administrator has said what it was.

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

use super::bounce::parts;
use super::outbox::forget_secrets;
use super::store;
use super::store::leases::Failure;
use super::store::unplaced::{Dealt, NewUnplaced};
pub use super::store::unplaced::{Unplaced, Verdict};
use super::store::{MailState, failing};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::rules::bounce::Cause;
use crate::rules::identifiers::{Reference, ReferenceKind};

/// As much of a message as is kept.
const KEPT_AT_MOST: usize = 64 * 1024;

/// As much of its words as a page shows.
const SHOWN_AT_MOST: usize = 4_000;

/// As many as a page lists.
pub const LISTED: i64 = 100;

/// A message that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The message's reference, `R-…`.
    pub reference: String,
    /// The number of the authority whose administrators read it.
    pub authority: i64,
}

/// Keeps a message; the same one is kept once.
///
/// # Errors
/// If the database refuses.
pub(super) fn keep(tx: &mut Conn, raw: &[u8], authority: i64, now: NaiveDateTime) -> Result<Kept> {
    let fingerprint: String = Sha256::digest(raw)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if let Some((reference, authority)) = store::unplaced::by_fingerprint(tx, &fingerprint)? {
        return Ok(Kept {
            reference,
            authority,
        });
    }
    let reference = Reference::from_random(ReferenceKind::ReturnedMessage, rand::random());
    let beginning = raw.get(..KEPT_AT_MOST).unwrap_or(raw);
    // PostgreSQL keeps no NUL in a text.
    let beginning = String::from_utf8_lossy(beginning).replace('\0', " ");
    store::unplaced::insert(
        tx,
        &NewUnplaced {
            reference: reference.as_str(),
            authority_id: authority,
            fingerprint: &fingerprint,
            received_at: now,
            raw: &beginning,
        },
    )?;
    Ok(Kept {
        reference: reference.to_string(),
        authority,
    })
}

/// What a page shows of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Essentials {
    pub from: String,
    pub subject: String,
    /// The day and time that it says of itself.
    pub date: String,
    /// The beginning of its words.
    pub words: String,
}

impl Unplaced {
    /// What a person needs to know of it.
    #[must_use]
    pub fn essentials(&self) -> Essentials {
        let Some(message) = parts::of(self.raw.as_bytes()) else {
            return Essentials::default();
        };
        let from = message.from().and_then(|from| from.first());
        let from = from.and_then(|from| from.address()).unwrap_or_default();
        let words = message.body_text(0).unwrap_or_default();
        Essentials {
            from: from.to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            date: message.date().map(ToString::to_string).unwrap_or_default(),
            words: words.chars().take(SHOWN_AT_MOST).collect(),
        }
    }
}

/// Those of an authority that nobody has dealt with, the oldest first; at most [`LISTED`].
///
/// # Errors
/// If the database refuses.
pub fn open<A>(conn: &mut Conn, authority: Key<A>) -> Result<Vec<Unplaced>> {
    store::unplaced::open(conn, authority.number(), LISTED)
}

/// The message with this reference, if it is of this authority.
///
/// # Errors
/// If the database refuses.
pub fn find<A>(
    conn: &mut Conn,
    authority: Key<A>,
    reference: &Reference,
) -> Result<Option<Unplaced>> {
    store::unplaced::find(conn, authority.number(), reference.as_str())
}

/// What an administrator says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is about the mail with this reference, which did not arrive.
    ThisMail(Reference),
    NotOurs,
    Elsewhere,
}

impl Finding {
    /// In words.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::ThisMail(_) => Verdict::ThisMail.label(),
            Self::NotOurs => Verdict::NotOurs.label(),
            Self::Elsewhere => Verdict::Elsewhere.label(),
        }
    }
}

/// Notes what a message was, who said so, and forgets what it said. A mail that it was about and that was taken is dead by then; its address is
/// not marked, because no server said that it is gone. False if there is no such message or mail, or it was noted before.
///
/// # Errors
/// If the database refuses.
pub fn deal_with<A, B>(
    tx: &mut Conn,
    authority: Key<A>,
    message: &Reference,
    finding: &Finding,
    by: Option<Key<B>>,
    now: NaiveDateTime,
) -> Result<bool> {
    let authority = authority.number();
    let (verdict, mail) = match finding {
        Finding::ThisMail(mail) => {
            let Some(key) = store::unplaced::mail(tx, authority, mail.as_str())? else {
                return Ok(false);
            };
            (Verdict::ThisMail, Some((key, mail)))
        }
        Finding::NotOurs => (Verdict::NotOurs, None),
        Finding::Elsewhere => (Verdict::Elsewhere, None),
    };
    let dealt = Dealt {
        verdict,
        mail: mail.map(|(key, _)| key),
        by: by.map(Key::number),
        at: now,
    };
    if !store::unplaced::deal_with(tx, authority, message.as_str(), dealt)? {
        return Ok(false);
    }
    match mail {
        Some((_, mail)) => give_up(tx, mail, now).map(|()| true),
        None => Ok(true),
    }
}

fn give_up(tx: &mut Conn, mail: &Reference, now: NaiveDateTime) -> Result<()> {
    let mail = failing::by_reference(tx, mail.as_str())?;
    // One that is on its way or waits for another try may still arrive, and of one that is dead more is known than this.
    let Some(mail) = mail.filter(|mail| mail.state == MailState::Sent) else {
        return Ok(());
    };
    let failure = Failure {
        cause: Some(Cause::Unclear),
        at: now,
        words: "came back: an administrator read it",
    };
    failing::record_returned(tx, &mail, failure, None)?;
    forget_secrets(tx, mail.kind, mail.id)
}
