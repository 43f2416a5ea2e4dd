//! What to do with an email after the mail server's answer: done, again later, or dead.

use chrono::{NaiveDateTime, TimeDelta};

/// Minutes to wait after the first, second, third … attempt. Together a little over five days: RFC 5321 4.5.4.1
/// asks a sender to go on for at least four to five.
const WAITS: [i64; 12] = [1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440, 1440, 1440];

/// What the mail server said, or that it said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server has taken the message (2xx).
    Accepted {
        /// Its words.
        reply: String,
    },
    /// The server cannot take it now (4xx).
    Temporary {
        /// Its code, if it gave one.
        code: Option<u16>,
        /// Its words.
        reply: String,
    },
    /// The server will never take it (5xx).
    Permanent {
        /// Its code, if it gave one.
        code: Option<u16>,
        /// Its words.
        reply: String,
    },
    /// No server could be spoken to, or it stopped speaking.
    Unreachable {
        /// What went wrong.
        reason: String,
    },
}

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It has left.
    Sent,
    /// It is tried again at this time (UTC).
    RetryAt(NaiveDateTime),
    /// It is not tried again; somebody must look.
    Dead,
}

/// What becomes of a message after `attempts_so_far` attempts, the one just answered among them.
///
/// `jitter` is a random number of seconds added to the wait, so that a thousand messages held up together do not all
/// come back in the same second. Times are UTC.
#[must_use]
pub fn after(attempts_so_far: u32, answer: &Answer, now: NaiveDateTime, jitter: u32) -> Next {
    match answer {
        Answer::Accepted { .. } => Next::Sent,
        Answer::Permanent { .. } => Next::Dead,
        Answer::Temporary { .. } | Answer::Unreachable { .. } => {
            match wait_after(attempts_so_far) {
                Some(wait) => {
                    Next::RetryAt(later(now, wait + TimeDelta::seconds(i64::from(jitter))))
                }
                None => Next::Dead,
            }
        }
    }
}

/// How long to wait after this many attempts; none when there have been enough.
fn wait_after(attempts: u32) -> Option<TimeDelta> {
    let place = usize::try_from(attempts.saturating_sub(1)).ok()?;
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
        assert_eq!(after(1, &accepted, now(), 0), Next::Sent);
        assert_eq!(after(1, &permanent, now(), 0), Next::Dead);
    }

    #[test]
    fn the_waits_grow() {
        let unreachable = Answer::Unreachable {
            reason: "connection refused".to_owned(),
        };
        assert_eq!(
            after(1, &unreachable, now(), 7),
            Next::RetryAt("2026-11-23T09:01:07".parse().unwrap())
        );
        assert_eq!(
            after(4, &temporary(), now(), 0),
            Next::RetryAt("2026-11-23T10:00:00".parse().unwrap())
        );
        assert!(WAITS.is_sorted());
    }

    #[test]
    fn it_is_tried_for_five_days_and_then_dead() {
        let (mut attempts, mut time) = (1, now());
        while let Next::RetryAt(next) = after(attempts, &temporary(), time, 0) {
            assert!(next > time);
            (attempts, time) = (attempts + 1, next);
        }
        assert_eq!(attempts, 13);
        let days = (time - now()).num_days();
        assert_eq!(days, 5);
        assert_eq!(after(u32::MAX, &temporary(), time, 0), Next::Dead);
    }

    #[test]
    fn no_number_is_too_large() {
        assert_eq!(
            after(0, &temporary(), NaiveDateTime::MAX, u32::MAX),
            Next::RetryAt(NaiveDateTime::MAX)
        );
    }
}
