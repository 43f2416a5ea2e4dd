//! What to do with an email after the mail server's answer: done, again later, or dead.

use chrono::{NaiveDateTime, TimeDelta};

/// Minutes to wait after the first, second, third … try. Together a little over five days: RFC 5321 4.5.4.1
/// asks a sender to go on for at least four to five.
const WAITS: [i64; 12] = [1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440, 1440, 1440];

/// Nothing that was to be tried again waits longer than this, jitter included: what does was put off by a clock that was
/// ahead.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::days(2);

/// What the mail server said, or that it said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server has taken the message (2xx).
    Accepted { reply: String },
    /// The server cannot take it now (4xx).
    Temporary {
        /// Its code, if it gave one.
        code: Option<u16>,
        reply: String,
    },
    /// The server will never take it (5xx).
    Permanent {
        /// Its code, if it gave one.
        code: Option<u16>,
        reply: String,
    },
    /// No server could be spoken to, or it stopped speaking.
    Unreachable { reason: String },
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
        Answer::Permanent { .. } => Next::Dead,
        Answer::Temporary { .. } | Answer::Unreachable { .. } => {
            let wait = wait_after(tried.tries);
            let at = wait.map(|wait| later(now, wait + TimeDelta::seconds(i64::from(jitter))));
            match at.filter(|at| tried.is_of_use(*at)) {
                Some(at) => Next::RetryAt(at),
                None => Next::Dead,
            }
        }
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

    fn temporary() -> Answer {
        Answer::Temporary {
            code: Some(451),
            reply: "try again later".to_owned(),
        }
    }

    #[test]
    fn accepted_is_sent_and_permanent_is_dead_at_once() {
        let accepted = Answer::Accepted {
            reply: "250 ok".to_owned(),
        };
        let permanent = Answer::Permanent {
            code: Some(550),
            reply: "no such user".to_owned(),
        };
        assert_eq!(after(tried(1), &accepted, now(), 0), Next::Sent);
        assert_eq!(after(tried(1), &permanent, now(), 0), Next::Dead);
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
