//! What is done about a mail that came back. A bounce is a letter from anybody: nothing in it is believed but that a
//! mail which we sent, to the very address that we sent it to, did not arrive. What cannot be placed is kept for an
//! administrator.

use chrono::NaiveDateTime;

use super::bounce::{self, Bounce, Mentioned, Read, Report, parts};
use super::deliver::LEASE;
use super::outbox::forget_secrets;
use super::store::leases::Failure;
use super::store::{MailState, failing};
use super::unplaced::{self, Kept};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::rules::bounce::{Became, Cause, MailFate};
use crate::rules::delivery::{self, Next, Tried};

/// What a message that came in was, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// The mail with this reference is dead by now, for this cause.
    Lost(String, Cause),
    /// The mail with this reference came back by our own fault, and is tried again.
    Held(String),
    /// The mail with this reference is with a mail server at this moment: whether it was taken is not written down yet, and the
    /// message has to come again.
    UnderWay(String),
    /// The mail with this reference was known not to have arrived.
    KnownBefore(String),
    /// The server still tries.
    Delayed(String),
    /// The mail arrived, or nobody can say what became of it.
    NotLost(String),
    /// The mail with this reference arrived, and whoever it is for is away.
    Away(String),
    /// It is about a mail that we did not send, to somebody to whom we sent none.
    NotOurs,
    /// It is about our mail with this reference, but about an address that we did not send it to.
    OtherAddress(String),
    /// Somebody's computer wrote it, about no mail of ours.
    Automatic,
    /// Nobody can say what it is about: it was kept, and an administrator is to read it.
    Unplaced(Kept),
    /// It is no message.
    Unreadable,
}

impl Returned {
    /// Whether a mail of ours is known not to have arrived.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self, Self::Lost(..) | Self::Held(_) | Self::KnownBefore(_))
    }

    /// Whether anything is written down because of it, now or when it came before.
    #[must_use]
    pub const fn changes_something(&self) -> bool {
        self.is_lost() || matches!(self, Self::Unplaced(_))
    }
}

impl std::fmt::Display for Returned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lost(mail, Cause::Gone) => write!(
                f,
                "{mail} came back for good: it is dead, and its address fails until somebody says that it works again"
            ),
            Self::Lost(mail, cause) => write!(
                f,
                "{mail} came back ({}): it is dead, but its address may be right",
                cause.label().to_lowercase()
            ),
            Self::Held(mail) => write!(
                f,
                "{mail} came back by our own fault: it is tried again, and the administrators are told"
            ),
            Self::UnderWay(mail) => write!(
                f,
                "{mail} is being sent at this moment: the message is read again later"
            ),
            Self::KnownBefore(mail) => write!(f, "{mail} was known not to have arrived"),
            Self::Delayed(mail) => write!(f, "{mail} is delayed only; nothing is changed"),
            Self::NotLost(mail) => {
                write!(
                    f,
                    "nothing says that {mail} did not arrive; nothing is changed"
                )
            }
            Self::Away(mail) => write!(
                f,
                "{mail} arrived and whoever it is for is away; nothing is changed"
            ),
            Self::NotOurs => {
                f.write_str("this is about a mail that Hearth did not send; nothing is changed")
            }
            Self::OtherAddress(mail) => write!(
                f,
                "this is about an address that {mail} was not sent to; nothing is changed"
            ),
            Self::Automatic => f.write_str(
                "this is no report on a mail, and no person wrote it; nothing is changed",
            ),
            Self::Unplaced(kept) => write!(
                f,
                "nobody can say which mail this is about: it is kept as {}, for an administrator to read",
                kept.reference
            ),
            Self::Unreadable => f.write_str("this is no email; nothing is changed"),
        }
    }
}

/// A message that came in.
struct Came<'a> {
    raw: &'a [u8],
    /// Whose it is, where it does not say.
    otherwise: Option<i64>,
    now: NaiveDateTime,
}

/// Takes a message that came in. The same message twice is taken once. What is about nobody's mail is for the administrators of
/// the authority `otherwise`.
///
/// # Errors
/// If the database refuses.
pub fn take<A>(
    tx: &mut Conn,
    raw: &[u8],
    otherwise: Option<Key<A>>,
    now: NaiveDateTime,
) -> Result<Returned> {
    let came = Came {
        raw,
        otherwise: otherwise.map(Key::number),
        now,
    };
    match bounce::read(raw) {
        Read::Bounce(bounce) => take_bounce(tx, &bounce, &came),
        Read::Automatic(about) => Ok(match named(tx, &about)? {
            Some(mail) => Returned::Away(mail.reference),
            None => Returned::Automatic,
        }),
        Read::Letter(about) => keep_letter(tx, &about, &came),
        Read::Unreadable => Ok(Returned::Unreadable),
    }
}

/// A letter that answers a mail is for the authority of that mail; another is for the one that wrote to its sender last.
fn keep_letter(tx: &mut Conn, about: &Mentioned, came: &Came<'_>) -> Result<Returned> {
    if let Some(mail) = named(tx, about)? {
        let came = Came {
            otherwise: Some(mail.authority_id),
            ..*came
        };
        return keep(tx, &[], &came);
    }
    let sender: Vec<String> = parts::sender(came.raw).into_iter().collect();
    keep(tx, &sender, came)
}

fn take_bounce(tx: &mut Conn, bounce: &Bounce, came: &Came<'_>) -> Result<Returned> {
    let Some(mail) = named(tx, &bounce.about)? else {
        return unnamed(tx, bounce, came);
    };
    let Some(report) = about_recipient(&bounce.reports, &mail.recipient) else {
        return Ok(Returned::OtherAddress(mail.reference));
    };
    match report.became {
        Became::Lost => lose(tx, mail, report, came.now),
        Became::Delayed => Ok(Returned::Delayed(mail.reference)),
        Became::Arrived | Became::Unclear => Ok(Returned::NotLost(mail.reference)),
    }
}

/// A relay may give a mail another Message-ID, so one that we do not know proves little where we wrote to that address.
fn unnamed(tx: &mut Conn, bounce: &Bounce, came: &Came<'_>) -> Result<Returned> {
    let named = bounce
        .reports
        .iter()
        .flat_map(|it| [&it.original, &it.last]);
    let recipients: Vec<String> = named.flatten().cloned().collect();
    let is_about_another = !bounce.about.message_ids.is_empty() && !recipients.is_empty();
    if is_about_another && failing::authority_of(tx, &recipients)?.is_none() {
        return Ok(Returned::NotOurs);
    }
    keep(tx, &recipients, came)
}

/// Where no authority keeps its register here there is no mail that it could be about.
fn keep(tx: &mut Conn, recipients: &[String], came: &Came<'_>) -> Result<Returned> {
    let authority = failing::authority_of(tx, recipients)?.or(came.otherwise);
    let Some(authority) = authority else {
        return Ok(Returned::NotOurs);
    };
    let kept = unplaced::keep(tx, came.raw, authority, came.now)?;
    Ok(Returned::Unplaced(kept))
}

fn named(tx: &mut Conn, about: &Mentioned) -> Result<Option<failing::Named>> {
    for id in &about.message_ids {
        if let Some(mail) = failing::by_message_id(tx, id)? {
            return Ok(Some(mail));
        }
    }
    for reference in &about.references {
        if let Some(mail) = failing::by_reference(tx, reference)? {
            return Ok(Some(mail));
        }
    }
    Ok(None)
}

/// The report that is about the address which we wrote to: by Original-Recipient, or by the last one. One that names only an
/// address to which the mail was sent on is about our mail all the same, because the Message-ID says so, but not about its address
/// ([`cause_of`]).
fn about_recipient<'a>(reports: &'a [Report], recipient: &str) -> Option<&'a Report> {
    let is = |address: &Option<String>| address.as_deref() == Some(recipient);
    let by_original = reports.iter().find(|report| is(&report.original));
    let by_last = || reports.iter().find(|report| is(&report.last));
    let sent_on = || reports.iter().find(|report| report.original.is_none());
    by_original.or_else(by_last).or_else(sent_on)
}

/// Why the mail did not arrive. What a report says of an address that the mail was sent on to, it does not say of ours: a
/// group of which one has left, or a mailbox from which mail goes on, works.
fn cause_of(report: &Report, recipient: &str) -> Cause {
    let names = |address: &Option<String>| address.as_deref() == Some(recipient);
    let is_ours = names(&report.original) || names(&report.last);
    if report.cause.marks_address() && !is_ours {
        return Cause::Unclear;
    }
    report.cause
}

fn lose(
    tx: &mut Conn,
    mail: failing::Named,
    report: &Report,
    now: NaiveDateTime,
) -> Result<Returned> {
    if is_under_way(&mail, now) {
        return Ok(Returned::UnderWay(mail.reference));
    }
    // One that waits is tried already, and a report on an earlier try says nothing of the next.
    if mail.state != MailState::Sent {
        return Ok(Returned::KnownBefore(mail.reference));
    }
    let cause = cause_of(report, &mail.recipient);
    tracing::error!(
        mail = mail.reference,
        kind = mail.kind.as_str(),
        cause = cause.as_str(),
        answer = report.words,
        "mail came back"
    );
    let failure = Failure {
        cause: Some(cause),
        at: now,
        words: &report.words,
    };
    let again_at = again_at(&mail, cause, now);
    failing::record_returned(tx, &mail, failure, again_at)?;
    if again_at.is_some() {
        return Ok(Returned::Held(mail.reference));
    }
    if cause.marks_address() {
        failing::add(tx, &mail.recipient, &report.words, mail.id, now)?;
    }
    forget_secrets(tx, mail.kind, mail.id)?;
    Ok(Returned::Lost(mail.reference, cause))
}

/// A report may be read in the moment between the server's answer and its being written down. A lease for longer than any was
/// made by a clock that was ahead.
fn is_under_way(mail: &failing::Named, now: NaiveDateTime) -> bool {
    let is_held = |until: NaiveDateTime| until > now && until <= now + LEASE;
    mail.state == MailState::Waiting && mail.leased_until.is_some_and(is_held)
}

/// When the mail is tried again, if it is: its words must be there still.
fn again_at(mail: &failing::Named, cause: Cause, now: NaiveDateTime) -> Option<NaiveDateTime> {
    if cause.fate(true) != MailFate::TriedAgain || !mail.is_whole {
        return None;
    }
    let tried = Tried {
        tries: mail.tries.unsigned_abs(),
        useless_after: mail.useless_after,
    };
    match delivery::again(tried, now, 0) {
        Next::RetryAt(at) => Some(at),
        Next::Sent | Next::Dead => None,
    }
}
