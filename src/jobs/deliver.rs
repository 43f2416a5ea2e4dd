//! Empties the outbox, so that what was written reaches somebody. The rows of the outbox are its record, and each mail
//! is leased on its own: the job needs no lease, and two processes may deliver at once.

use super::{Services, Work};
use crate::access::mail_alarm;
use crate::db::Result;
use crate::duty::undelivered;
use crate::mail::deliver::{Summary, deliver_due};

/// More often than the ladder has posts: news that cannot be delivered climbs one with each round.
const ROUNDS: usize = 10;

/// Sends what is due, until nothing is or the mail server seems to be down. What somebody had to get and did not is told
/// to the next post up at once, in the same run.
///
/// # Errors
/// If the database refuses.
pub fn run(services: &Services) -> Result<Work> {
    let mut work = Work::default();
    for _ in 0..ROUNDS {
        let sent = deliver_due(&services.db, &services.courier, &services.clock)?;
        work.add_delivered(sent);
        if sent.gave_up || sent.unanswered {
            work.problem = format!(
                "no answer from {}, or nothing but refusals; it is tried again later",
                services.courier.transport
            );
        }
        if climb(services)? == 0 || sent.gave_up {
            return Ok(work);
        }
    }
    Ok(work)
}

/// Writes to the next post up about every mail that died and that nobody was told of, and to the administrators about mail that
/// does not arrive by our own fault; gives how many letters that were.
///
/// # Errors
/// If the database refuses.
pub fn climb(services: &Services) -> Result<usize> {
    let at = services.clock.at();
    let db = &services.db;
    db.write_now(|tx| {
        let reports = undelivered::report(tx, &services.base_url, at)?;
        Ok(reports + mail_alarm::alarm(tx, &services.base_url, at)?)
    })
}

impl Work {
    fn add_delivered(&mut self, sent: Summary) {
        self.found += i64::from(sent.sent) + i64::from(sent.retried) + i64::from(sent.dead);
        self.did += i64::from(sent.sent);
        self.failed += i64::from(sent.retried) + i64::from(sent.dead);
    }
}
