//! What to do with an email after the mail server's answer: done, again later, or dead.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};

use super::bounce::{Cause, Command, MailFate, REFUSED_TOGETHER, Said, cause};

/// Minutes to wait after the first, second, third … try. Together a little over five days: RFC 5321 4.5.4.1
/// asks a sender to go on for at least four to five.
const WAITS: [i64; 12] = [1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440, 1440, 1440];

/// Nothing that was to be tried again waits longer than this, jitter included: what does was put off by a clock that was
/// ahead.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::days(2);

/// So long it is doubted that some mailboxes are gone of which a server said so together: time enough for whoever runs it to
/// mend it, and not so long that what climbs comes too late.
pub const DOUBTED_FOR: TimeDelta = TimeDelta::hours(4);

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server has taken the message (2xx).
    Accepted { reply: String },
    /// The server does not take it (4xx and 5xx).
    Refused(Refusal),
    /// No server could be spoken to, or it stopped speaking.
    Unreachable { reason: String },
    /// We could not hand it over this time.
    NotHandedOver { reason: String },
    /// It cannot be sent, whatever a server says.
    Unsendable { reason: String },
}

/// How a server refused a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it answered.
    pub command: Option<Command>,
    pub code: u16,
    /// Without addresses.
    pub words: String,
}

impl Refusal {
    /// Why, by the table that reads what comes back as well.
    #[must_use]
    pub fn cause(&self) -> Cause {
        cause(&Said::on_the_line(self.command, self.code, &self.words))
    }

    /// Whether the mail is given up for it.
    #[must_use]
    pub fn is_the_end(&self) -> bool {
        self.code >= 500 && self.cause().fate(false) == MailFate::Dies
    }
}

/// Whether a refusal of this address says nothing of it, because those of others say the same: a relay that lost its list of
/// users, or a domain that lost its mailboxes, refuses everybody. `refused` are the addresses that were refused for good in a
/// row of mails, `taken` the domains to which one of them was taken.
#[must_use]
pub fn is_refused_with_others(
    address: &str,
    refused: &BTreeSet<&str>,
    taken: &BTreeSet<String>,
) -> bool {
    let domain = domain_of(address);
    if taken.contains(domain) {
        return false;
    }
    let of_domain = refused.iter().filter(|it| domain_of(it) == domain).count();
    of_domain >= REFUSED_TOGETHER || (taken.is_empty() && refused.len() >= REFUSED_TOGETHER)
}

/// What stands behind the @ of an address.
#[must_use]
pub fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Sent,
    /// It is tried again at this time (UTC).
    RetryAt(NaiveDateTime),
    /// It is not tried again; somebody must look.
    Dead,
}

impl Next {
    /// The words there are.
    pub const WORDS: &[&str] = &["sent", "retry", "dead"];

    /// In a word, for figures.
    #[must_use]
    pub const fn in_a_word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::RetryAt(_) => "retry",
            Self::Dead => "dead",
        }
    }
}

/// What is known of a message when the server has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How often it was tried, the try just answered among them.
    pub tries: u32,
    /// After this moment (UTC) it helps nobody, such as a link that has run out.
    pub useless_after: Option<NaiveDateTime>,
}

impl Tried {
    /// Whether it still helps at a moment.
    #[must_use]
    pub fn is_of_use(&self, at: NaiveDateTime) -> bool {
        self.useless_after.is_none_or(|end| at <= end)
    }
}

/// What becomes of a message after a try. It is not tried again when it would be of no use by then.
///
/// `jitter` is a random number of seconds added to the wait, so that a thousand messages held up together do not all
/// come back in the same second. Times are UTC.
#[must_use]
pub fn after(tried: Tried, answer: &Answer, now: NaiveDateTime, jitter: u32) -> Next {
    match answer {
        Answer::Accepted { .. } => Next::Sent,
        Answer::Unsendable { .. } => Next::Dead,
        Answer::Refused(refusal) if refusal.is_the_end() => Next::Dead,
        Answer::Refused(_) | Answer::Unreachable { .. } | Answer::NotHandedOver { .. } => {
            again(tried, now, jitter)
        }
    }
}

/// The next try of a mail that waits, or its end when there were enough or it would be of no use by then.
#[must_use]
pub fn again(tried: Tried, now: NaiveDateTime, jitter: u32) -> Next {
    let wait = wait_after(tried.tries);
    let at = wait.map(|wait| later(now, wait + TimeDelta::seconds(i64::from(jitter))));
    match at.filter(|at| tried.is_of_use(*at)) {
        Some(at) => Next::RetryAt(at),
        None => Next::Dead,
    }
}

/// How long to wait after this many tries; none when there have been enough.
fn wait_after(tries: u32) -> Option<TimeDelta> {
    let place = usize::try_from(tries.saturating_sub(1)).ok()?;
    WAITS.get(place).map(|minutes| TimeDelta::minutes(*minutes))
}

fn later(now: NaiveDateTime, wait: TimeDelta) -> NaiveDateTime {
    now.checked_add_signed(wait).unwrap_or(NaiveDateTime::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn now() -> NaiveDateTime {
        "2026-11-23T09:00:00".parse().unwrap()
    }

    fn tried(tries: u32) -> Tried {
        Tried {
            tries,
            useless_after: None,
        }
    }

    fn refused(command: Command, code: u16, words: &str) -> Answer {
        Answer::Refused(Refusal {
            command: Some(command),
            code,
            words: words.to_owned(),
        })
    }

    fn temporary() -> Answer {
        refused(Command::Rcpt, 451, "try again later")
    }

    #[test]
    fn what_is_refused_for_good_is_dead_at_once_and_what_is_our_fault_waits() {
        let accepted = Answer::Accepted {
            reply: "250 ok".to_owned(),
        };
        assert_eq!(after(tried(1), &accepted, now(), 0), Next::Sent);
        for (command, code, words, is_the_end) in [
            (Command::Rcpt, 550, "5.1.1 no such user", true),
            (Command::Rcpt, 550, "", true),
            (Command::Data, 552, "5.3.4 message too big", true),
            (Command::Data, 554, "5.7.1 spam", true),
            (Command::Mail, 550, "no", false),
            (Command::Rcpt, 554, "5.7.1 Relay access denied", false),
            (
                Command::Data,
                550,
                "5.7.26 sender domain fails DMARC",
                false,
            ),
            (Command::Rcpt, 552, "5.2.2 mailbox full", false),
            (Command::Rcpt, 450, "4.1.1 no such user", false),
        ] {
            let next = after(tried(1), &refused(command, code, words), now(), 0);
            assert_eq!(next == Next::Dead, is_the_end, "{command:?} {code} {words}");
        }
        let unsendable = Answer::Unsendable {
            reason: "no address".to_owned(),
        };
        assert_eq!(after(tried(1), &unsendable, now(), 0), Next::Dead);
    }

    #[test]
    fn what_is_refused_with_others_is_not_the_mailboxes_fault() {
        let one_domain = BTreeSet::from(["a@x.example", "b@x.example", "c@x.example"]);
        let nothing = BTreeSet::new();
        let taken = |domain: &str| BTreeSet::from([domain.to_owned()]);
        let is = |refused: &BTreeSet<&str>, taken: &BTreeSet<String>| {
            is_refused_with_others("a@x.example", refused, taken)
        };
        assert!(is(&one_domain, &nothing));
        assert!(
            is(&one_domain, &taken("y.example")),
            "the domain lost its mailboxes"
        );
        assert!(!is(&one_domain, &taken("x.example")));
        let two = BTreeSet::from(["a@x.example", "b@x.example"]);
        assert!(!is(&two, &nothing));
        let domains = BTreeSet::from(["a@x.example", "b@y.example", "c@z.example"]);
        assert!(is(&domains, &nothing), "the relay refuses everybody");
        assert!(!is(&domains, &taken("z.example")));
    }

    #[test]
    fn the_waits_grow() {
        let unreachable = Answer::Unreachable {
            reason: "connection refused".to_owned(),
        };
        assert_eq!(
            after(tried(1), &unreachable, now(), 7),
            Next::RetryAt("2026-11-23T09:01:07".parse().unwrap())
        );
        assert_eq!(
            after(tried(4), &temporary(), now(), 0),
            Next::RetryAt("2026-11-23T10:00:00".parse().unwrap())
        );
        assert!(WAITS.is_sorted());
    }

    #[test]
    fn it_is_tried_for_five_days_and_then_dead() {
        let (mut tries, mut time) = (1, now());
        while let Next::RetryAt(next) = after(tried(tries), &temporary(), time, 0) {
            assert!(next > time);
            (tries, time) = (tries + 1, next);
        }
        assert_eq!(tries, 13);
        let days = (time - now()).num_days();
        assert_eq!(days, 5);
        assert_eq!(after(tried(u32::MAX), &temporary(), time, 0), Next::Dead);
    }

    #[test]
    fn a_link_is_not_tried_after_it_has_run_out() {
        let link = Tried {
            tries: 3,
            useless_after: Some(now() + TimeDelta::minutes(20)),
        };
        let again = now() + TimeDelta::minutes(15);
        assert_eq!(after(link, &temporary(), now(), 0), Next::RetryAt(again));
        assert_eq!(after(link, &temporary(), again, 0), Next::Dead);
        assert!(link.is_of_use(again) && !link.is_of_use(now() + TimeDelta::minutes(21)));
    }

    #[test]
    fn no_number_is_too_large() {
        assert_eq!(
            after(tried(0), &temporary(), NaiveDateTime::MAX, u32::MAX),
            Next::RetryAt(NaiveDateTime::MAX)
        );
    }
}
