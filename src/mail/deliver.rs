//! Delivers what the outbox holds: claim, send, record, each on its own, so that a crash between any two of them
//! loses nothing. A mail that the server took without our hearing it goes again, with the same Message-ID; SMTP
//! allows no better.

use chrono::{Duration, NaiveDateTime};
use lettre::Address;

use super::compose::compose;
use super::outbox::forget_secrets;
use super::store::{self, OutgoingMail};
use super::transport::{SettingError, Transport};
use crate::clock::Clock;
use crate::db::{Conn, Db, Result};
use crate::rules::delivery::{self, Answer, Next};

/// What carries the mail, and in whose name.
#[derive(Clone, Debug)]
pub struct Courier {
    /// Where mail goes.
    pub transport: Transport,
    /// The address it comes from; the name beside it is the authority's.
    pub from: Address,
}

impl Courier {
    /// From the settings HEARTH_MAIL and HEARTH_MAIL_FROM.
    ///
    /// # Errors
    /// If one of them is not understood, or mail would go unencrypted to another machine.
    pub fn from_settings(mail: &str, from: &str) -> std::result::Result<Self, SettingError> {
        let from = sender(from)?;
        Ok(Self {
            transport: Transport::from_setting(mail)?,
            from,
        })
    }

    /// What [`Courier::from_settings`] would refuse, for each of the two settings; nothing is made.
    pub fn faults(mail: &str, from: &str) -> Vec<SettingError> {
        let faults = [Transport::check_setting(mail).err(), sender(from).err()];
        faults.into_iter().flatten().collect()
    }
}

fn sender(from: &str) -> std::result::Result<Address, SettingError> {
    let address = from.trim().parse();
    address.map_err(|_| SettingError::From(from.to_owned()))
}

/// What became of one mail, named by its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing is due.
    Nothing,
    /// The server took it.
    Sent(String),
    /// It is tried again at this time, UTC.
    Retry {
        /// Which mail.
        reference: String,
        /// When it is tried again.
        at: NaiveDateTime,
        /// It was not this mail that failed: no server answered.
        unreachable: bool,
    },
    /// It is not tried again.
    Dead(String),
}

/// What became of all that was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Taken by the server.
    pub sent: u32,
    /// To be tried again.
    pub retried: u32,
    /// Given up.
    pub dead: u32,
    /// The server seems to be down, so the rest was left for the next run.
    pub gave_up: bool,
}

/// How long a claim lasts: longer than the slowest server takes, each of its answers waited for in full.
pub const LEASE: Duration = Duration::minutes(10);

/// After so many mails without any answer the server is taken to be down: 500 mails must not wait for 500
/// time-outs.
const PATIENCE: u32 = 3;

/// No two mails that failed together are tried again together.
const JITTER_SECONDS: u32 = 30;

/// Sends whatever is due, until nothing is or the server seems to be down. Waits for the server: call it from a
/// thread that may wait.
///
/// # Errors
/// If the database refuses; what was sent until then is recorded.
pub fn deliver_due(db: &Db, courier: &Courier, clock: &Clock) -> Result<Summary> {
    let mut summary = Summary::default();
    let mut unanswered = 0;
    while unanswered < PATIENCE {
        match deliver_one(db, courier, clock.now(), LEASE)? {
            Delivered::Nothing => return Ok(summary),
            Delivered::Sent(_) => summary.sent += 1,
            Delivered::Dead(_) => summary.dead += 1,
            Delivered::Retry { unreachable, .. } => {
                summary.retried += 1;
                unanswered = if unreachable { unanswered + 1 } else { 0 };
                continue;
            }
        }
        unanswered = 0;
    }
    tracing::warn!(server = %courier.transport, "no answer; the rest of the mail is left for the next run");
    summary.gave_up = true;
    Ok(summary)
}

/// Sends the mail that has been due longest. No transaction is open while the server is spoken to.
///
/// # Errors
/// If the database refuses.
pub fn deliver_one(
    db: &Db,
    courier: &Courier,
    now: NaiveDateTime,
    lease: Duration,
) -> Result<Delivered> {
    let Some(mail) = db.write_now(|tx| claim(tx, now, lease))? else {
        return Ok(Delivered::Nothing);
    };
    let answer = hand_over(&mail, courier, now);
    let jitter = rand::random_range(0..JITTER_SECONDS);
    let next = delivery::after(mail.attempts.unsigned_abs(), &answer, now, jitter);
    db.write_now(|tx| record(tx, &mail, &answer, &next, now))?;
    Ok(told(&mail, &answer, next))
}

/// Takes the next mail that is due, so that no other deliverer does until the lease is over.
///
/// # Errors
/// If the database refuses.
pub fn claim(tx: &mut Conn, now: NaiveDateTime, lease: Duration) -> Result<Option<OutgoingMail>> {
    match store::next_due(tx, now)? {
        Some(id) => store::claim(tx, id, now, now + lease),
        None => Ok(None),
    }
}

fn hand_over(mail: &OutgoingMail, courier: &Courier, now: NaiveDateTime) -> Answer {
    match compose(mail, &courier.from, now) {
        Ok(message) => courier.transport.send(&message, &file_name(mail)),
        Err(cause) => Answer::Permanent {
            code: None,
            reply: cause.to_string(),
        },
    }
}

/// In a folder, mails sort by when they were put, and one that is sent twice is one file.
fn file_name(mail: &OutgoingMail) -> String {
    format!(
        "{}-{}.eml",
        mail.created_at.format("%Y-%m-%dT%H%M%S"),
        mail.reference
    )
}

fn record(
    tx: &mut Conn,
    mail: &OutgoingMail,
    answer: &Answer,
    next: &Next,
    now: NaiveDateTime,
) -> Result<()> {
    match next {
        Next::Sent => {
            store::record_sent(tx, mail, words(answer), now)?;
            forget_secrets(tx, mail)
        }
        Next::RetryAt(at) => store::record_retry(tx, mail, words(answer), *at),
        Next::Dead => {
            store::record_dead(tx, mail, words(answer))?;
            forget_secrets(tx, mail)
        }
    }
}

fn words(answer: &Answer) -> &str {
    match answer {
        Answer::Accepted { reply }
        | Answer::Temporary { reply, .. }
        | Answer::Permanent { reply, .. } => reply,
        Answer::Unreachable { reason } => reason,
    }
}

fn told(mail: &OutgoingMail, answer: &Answer, next: Next) -> Delivered {
    let reference = mail.reference.clone();
    let (kind, attempt) = (&mail.kind, mail.attempts);
    match next {
        Next::Sent => {
            tracing::info!(mail = reference, kind, attempt, "mail sent");
            Delivered::Sent(reference)
        }
        Next::RetryAt(at) => {
            tracing::warn!(mail = reference, kind, attempt, answer = words(answer), %at, "mail not sent, to be tried again");
            let unreachable = matches!(answer, Answer::Unreachable { .. });
            Delivered::Retry {
                reference,
                at,
                unreachable,
            }
        }
        Next::Dead => {
            tracing::error!(
                mail = reference,
                kind,
                attempt,
                answer = words(answer),
                "mail given up"
            );
            Delivered::Dead(reference)
        }
    }
}
