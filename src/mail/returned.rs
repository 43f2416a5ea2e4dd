//! What is done about a mail that came back. A bounce is a letter from anybody: nothing in it is believed but that a
//! mail which we sent, to the very address that we sent it to, did not arrive.

use chrono::NaiveDateTime;

use super::bounce::{self, Bounce, Read, Report};
use super::outbox::forget_secrets;
use super::store::{self, MailState, failing};
use crate::db::{Conn, Result};
use crate::rules::bounce::Fate;

/// What a message that came in was, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// The mail with this reference is dead by now, and its address fails.
    Refused(String),
    /// The mail with this reference is dead by now; its address may be right.
    GivenUp(String),
    /// The mail with this reference was dead before.
    KnownBefore(String),
    /// The server still tries.
    Delayed(String),
    /// The mail arrived, or nobody can say what became of it.
    NotLost(String),
    /// It is about a mail that we did not send.
    NotOurs,
    /// It is about our mail with this reference, but about an address that we did not send it to.
    OtherAddress(String),
    /// It is a message, but no report on a mail.
    NoBounce,
    /// It is no message.
    Unreadable,
}

impl Returned {
    /// Whether a mail of ours is known to be lost.
    pub fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::GivenUp(_) | Self::KnownBefore(_)
        )
    }
}

impl std::fmt::Display for Returned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(mail) => write!(
                f,
                "{mail} came back for good: it is dead, and its address fails until somebody says that it works again"
            ),
            Self::GivenUp(mail) => {
                write!(
                    f,
                    "{mail} came back: it is dead, but its address may be right"
                )
            }
            Self::KnownBefore(mail) => write!(f, "{mail} was known not to have arrived"),
            Self::Delayed(mail) => write!(f, "{mail} is delayed only; nothing is changed"),
            Self::NotLost(mail) => {
                write!(
                    f,
                    "nothing says that {mail} did not arrive; nothing is changed"
                )
            }
            Self::NotOurs => {
                f.write_str("this is about a mail that Hearth did not send; nothing is changed")
            }
            Self::OtherAddress(mail) => write!(
                f,
                "this is about an address that {mail} was not sent to; nothing is changed"
            ),
            Self::NoBounce => f.write_str("this is no report on a mail; nothing is changed"),
            Self::Unreadable => f.write_str("this is no email; nothing is changed"),
        }
    }
}

/// Takes a message that came in. The same message twice is taken once.
///
/// # Errors
/// If the database refuses.
pub fn take(tx: &mut Conn, raw: &[u8], now: NaiveDateTime) -> Result<Returned> {
    match bounce::read(raw) {
        Read::Bounce(bounce) => take_bounce(tx, &bounce, now),
        Read::SomethingElse => Ok(Returned::NoBounce),
        Read::Unreadable => Ok(Returned::Unreadable),
    }
}

fn take_bounce(tx: &mut Conn, bounce: &Bounce, now: NaiveDateTime) -> Result<Returned> {
    let Some(mail) = named(tx, bounce)? else {
        return Ok(Returned::NotOurs);
    };
    let ours = |report: &&Report| report.recipients.contains(&mail.recipient);
    let Some(report) = bounce.reports.iter().find(ours) else {
        return Ok(Returned::OtherAddress(mail.reference));
    };
    match report.fate {
        fate if fate.is_lost() && mail.state == MailState::Dead => {
            Ok(Returned::KnownBefore(mail.reference))
        }
        Fate::Refused => {
            lose(tx, &mail, report)?;
            failing::add(tx, &mail.recipient, &report.words, mail.id, now)?;
            Ok(Returned::Refused(mail.reference))
        }
        Fate::GivenUp => {
            lose(tx, &mail, report)?;
            Ok(Returned::GivenUp(mail.reference))
        }
        Fate::Delayed => Ok(Returned::Delayed(mail.reference)),
        Fate::Arrived | Fate::Unclear => Ok(Returned::NotLost(mail.reference)),
    }
}

/// A bounce is about one message; what names a hundred is none.
const NAMED_AT_MOST: usize = 20;

fn named(tx: &mut Conn, bounce: &Bounce) -> Result<Option<store::failing::Named>> {
    for id in bounce.message_ids.iter().take(NAMED_AT_MOST) {
        if let Some(mail) = failing::by_message_id(tx, id)? {
            return Ok(Some(mail));
        }
    }
    Ok(None)
}

fn lose(tx: &mut Conn, mail: &failing::Named, report: &Report) -> Result<()> {
    tracing::error!(
        mail = mail.reference,
        kind = mail.kind.as_str(),
        answer = report.words,
        "mail came back"
    );
    failing::record_returned(tx, mail.id, &report.words)?;
    forget_secrets(tx, mail.kind, mail.id)
}
