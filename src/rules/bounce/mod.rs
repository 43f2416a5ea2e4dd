//! Why a mail did not arrive, and what follows from that: one table for refusals on the line (RFC 5321) and for reports
//! that come back later (RFC 3464).
//!
//! Codes are asked first (`status`), words (`words`) only where a code is known to be misused or says nothing. Only
//! [`Cause::Gone`] marks an address: everything else says nothing against it.

mod placing;
mod said;
mod status;
mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use super::codes::code_list;
pub use placing::placing_owed;
pub use said::{Command, EnhancedStatus, Said};

code_list! {
    /// Why a mail did not arrive.
    pub enum Cause {
        /// There is no such mailbox, or no such domain.
        Gone = "gone", "No such mailbox";
        Full = "full", "Mailbox full";
        TooBig = "too_big", "Mail too big";
        /// What the mail says, or a rule of whoever is to get it, who takes none from us.
        Content = "content", "Refused for its content or a policy";
        /// SPF, DKIM, DMARC, a blocklist, the relay, our password: nobody gets any mail until somebody mends it.
        OurFault = "our_fault", "Our own fault";
        /// The server was down or busy, or did not take it in time.
        Moment = "moment", "Not at the moment";
        /// The mail arrived; whoever is to read it is away.
        Absence = "absence", "Away";
        Unclear = "unclear", "Unclear";
    }
}

/// What becomes of a mail that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFate {
    /// It is not tried again; what had to arrive is told to the next post up.
    Dies,
    /// It is tried again for some days, and dies after.
    TriedAgain,
    /// It arrived.
    Arrived,
}

impl Cause {
    /// What becomes of a mail that a server refused for this with a code of class 5, or that came back for it.
    ///
    /// A full mailbox may be emptied and a server may come back, so on the line both are tried again; a report says that the
    /// server in between has done that already. Our own fault is held until it is mended.
    #[must_use]
    pub const fn fate(self, came_back: bool) -> MailFate {
        match (self, came_back) {
            (Self::OurFault, _) | (Self::Full | Self::Moment, false) => MailFate::TriedAgain,
            (Self::Absence, _) => MailFate::Arrived,
            (Self::Gone | Self::TooBig | Self::Content | Self::Unclear, _)
            | (Self::Full | Self::Moment, true) => MailFate::Dies,
        }
    }

    /// Whether the address is marked, so that whoever has it holds no post until somebody says that it works again.
    #[must_use]
    pub const fn marks_address(self) -> bool {
        matches!(self, Self::Gone)
    }

    /// Whether the administrator is told at once, by mail and on every page.
    #[must_use]
    pub const fn alarms(self) -> bool {
        matches!(self, Self::OurFault)
    }

    /// What an administrator does about it, in a sentence or two.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Gone => "Ask for the right address, and then say that it works again.",
            Self::Full => "Ask them to empty their mailbox, then try the mail again.",
            Self::TooBig => "Ask whoever runs their mail server how long a mail may be.",
            Self::Content => "Ask whoever runs their mail server to let mail of Hearth in.",
            Self::OurFault => {
                "Have SPF, DKIM, DMARC, the blocklist or the relay put right, then try all of it again."
            }
            Self::Moment => {
                "Nothing: it is tried again by itself. If it was given up, try it again."
            }
            Self::Absence => "Nothing: the mail arrived.",
            Self::Unclear => "Read what the mail server said, and ask whoever the mail is for.",
        }
    }
}

/// Why a server refused a mail, or why one came back.
///
/// The enhanced status code first (RFC 3463 and its registry, RFC 5248), then the code of SMTP (RFC 5321, 4.2) by the command
/// that it answered. Where either is known to be used for something else, the words decide. What is said with a code of class 4 is
/// never for good.
#[must_use]
pub fn cause(said: &Said<'_>) -> Cause {
    let told = said.status.and_then(status::cause);
    let is_misused = said.status.is_none_or(status::is_misused);
    let by_words = || words::cause(&words::folded(said.words));
    let found = match told {
        Some(told) if !is_misused => by_command(said, told),
        Some(told) => by_words().unwrap_or_else(|| by_command(said, told)),
        None => by_words().unwrap_or_else(|| by_code(said)),
    };
    match found {
        Cause::Gone | Cause::TooBig | Cause::Content | Cause::Unclear if said.is_for_now() => {
            Cause::Moment
        }
        found => found,
    }
}

/// A server that refuses our own address or our connection for good has not looked at whom the mail is for.
fn by_command(said: &Said<'_>, told: Cause) -> Cause {
    let is_before_recipient = matches!(said.command, Some(Command::Connection | Command::Mail));
    match told {
        Cause::Gone | Cause::Content | Cause::Unclear
            if is_before_recipient && !said.is_for_now() =>
        {
            Cause::OurFault
        }
        told => told,
    }
}

/// RFC 5321, 4.2.2 and 4.2.3; signing in: RFC 4954, 6; no mail at all: RFC 7504.
fn by_code(said: &Said<'_>) -> Cause {
    let at = said.command;
    match (said.code, at) {
        (Some(530 | 534 | 535 | 538 | 555), _) => Cause::OurFault,
        (Some(code), _) if code < 500 => Cause::Moment,
        (Some(552), Some(Command::Mail | Command::Data)) => Cause::TooBig,
        (Some(500..), Some(Command::Connection | Command::Mail)) => Cause::OurFault,
        (Some(500..=504), Some(Command::Data)) => Cause::OurFault,
        (Some(551 | 556), _) => Cause::Gone,
        (Some(552), _) => Cause::Full,
        (Some(550 | 554), Some(Command::Data)) => Cause::Content,
        _ => Cause::Unclear,
    }
}

/// What a report says became of a mail (RFC 3464, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Nobody got it and nobody will: the server "has abandoned any attempts to deliver".
    Lost,
    /// It has not arrived yet; the server goes on.
    Delayed,
    /// It arrived, or went on to where nothing is reported from.
    Arrived,
    /// The report does not say.
    Unclear,
}

/// From the fields Action and Status; where there is no action, by the class of the status.
#[must_use]
pub fn became(action: &str, status: Option<EnhancedStatus>) -> Became {
    let class = status.map(|status| status.class);
    match (action.trim().to_ascii_lowercase().as_str(), class) {
        ("failed", Some(2)) => Became::Unclear,
        ("failed", _) | ("", Some(5)) => Became::Lost,
        ("delayed", _) | ("", Some(4)) => Became::Delayed,
        ("delivered" | "relayed" | "expanded", _) | ("", Some(2)) => Became::Arrived,
        _ => Became::Unclear,
    }
}

/// So many addresses refused one after the other, and none taken: it is not the mailboxes that are at fault.
pub const REFUSED_TOGETHER: usize = 3;

/// So many addresses that do not get their mail by our own fault: the service is not fit to serve.
pub const SEVERAL: usize = 2;
