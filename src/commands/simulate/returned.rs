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
    /// Lost, because it was taken for spam.
    Refused,
    /// Not arrived, because our own domain fails DMARC: it goes again.
    OurFault,
    /// Lost, as a server says in words alone.
    InWords,
    /// Something that is about no mail of ours; an administrator reads it.
    Letter,
}

impl What {
    fn by(dice: &mut StdRng) -> Self {
        match dice.random_range(0..20) {
            0..5 => Self::NoSuchMailbox,
            5..8 => Self::GivenUp,
            8..10 => Self::Late,
            10 => Self::Absence,
            11..13 => Self::Refused,
            13..15 => Self::OurFault,
            15..17 => Self::InWords,
            _ => Self::Letter,
        }
    }

    /// Whether nobody has the mail, and nobody will.
    pub const fn is_lost(self) -> bool {
        matches!(
            self,
            Self::NoSuchMailbox | Self::GivenUp | Self::Refused | Self::InWords
        )
    }

    /// Whether the mail is sent again, though its server was heard.
    pub const fn goes_again(self) -> bool {
        matches!(self, Self::OurFault)
    }

    const fn fields(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NoSuchMailbox | Self::InWords => ("failed", "5.1.1", "no such user"),
            Self::GivenUp => ("failed", "4.2.2", "mailbox full"),
            Self::Refused => ("failed", "5.7.1", "554 5.7.1 looks like spam"),
            Self::OurFault => ("failed", "5.7.26", "550 5.7.26 sender domain fails DMARC"),
            Self::Late | Self::Absence | Self::Letter => ("delayed", "4.4.1", "later"),
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
            "From: {to}\r\nSubject: Away until Monday\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: {message_id}\r\n\r\nI am away.\r\n"
        );
    }
    if what == What::Letter {
        return format!(
            "From: prize@elsewhere.example\r\nSubject: Good news for {to}\r\n\r\nYou have won.\r\n"
        );
    }
    let (action, status, words) = what.fields();
    if what == What::InWords {
        return format!(
            "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n\
             Hi. This is the qmail-send program at mx.example.\r\n\r\n<{to}>:\r\nSorry, {words}. (#{status})\r\n\r\n\
             --- Below this line is a copy of the message.\r\n\r\nMessage-ID: {message_id}\r\n"
        );
    }
    format!(
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {words}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n--b--\r\n"
    )
}
