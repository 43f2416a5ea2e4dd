//! What comes back to the sender of a mail some hours after the server took it: reports on mail that is lost or late,
//! and messages that are about nothing.

use chrono::{NaiveDateTime, TimeDelta};
use rand::RngExt;
use rand::rngs::StdRng;

/// A message that comes back, and when.
#[derive(Clone, Debug)]
pub struct Returned {
    pub at: NaiveDateTime,
    pub raw: String,
    pub what: What,
}

/// What it says of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Lost, and there is no such mailbox.
    NoSuchMailbox,
    /// Lost, because the mailbox was full for too long.
    GivenUp,
    /// Late.
    Late,
    /// Nothing: somebody is away.
    Absence,
}

impl What {
    fn by(dice: &mut StdRng) -> Self {
        match dice.random_range(0..10) {
            0..4 => Self::NoSuchMailbox,
            4..6 => Self::GivenUp,
            6..8 => Self::Late,
            _ => Self::Absence,
        }
    }

    /// Whether nobody has the mail.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::NoSuchMailbox | Self::GivenUp)
    }

    const fn fields(self) -> (&'static str, &'static str) {
        match self {
            Self::NoSuchMailbox => ("failed", "5.1.1"),
            Self::GivenUp => ("failed", "4.2.2"),
            Self::Late | Self::Absence => ("delayed", "4.4.1"),
        }
    }
}

/// What comes back of a mail, some hours later.
pub fn of(dice: &mut StdRng, to: &str, message_id: &str, now: NaiveDateTime) -> Returned {
    let what = What::by(dice);
    Returned {
        at: now + TimeDelta::hours(dice.random_range(1..30)),
        raw: raw(what, to, message_id),
        what,
    }
}

fn raw(what: What, to: &str, message_id: &str) -> String {
    if what == What::Absence {
        return format!(
            "From: {to}\r\nSubject: Away until Monday\r\nIn-Reply-To: {message_id}\r\n\r\nI am away.\r\n"
        );
    }
    let (action, status) = what.fields();
    format!(
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; what the server said\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n--b--\r\n"
    )
}
