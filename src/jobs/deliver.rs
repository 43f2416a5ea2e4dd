//! Empties the outbox, so that what was written reaches somebody. The rows of the outbox are its record, and each mail
//! is claimed on its own: it needs no lease, and two processes may deliver at once.

use super::{Services, Work};
use crate::db::Result;
use crate::mail::deliver::deliver_due;

/// Sends what is due, until nothing is or the mail server seems to be down.
///
/// # Errors
/// If the database refuses.
pub fn run(services: &Services) -> Result<Work> {
    let sent = deliver_due(&services.db, &services.courier, &services.clock)?;
    Ok(Work {
        found: i64::from(sent.sent) + i64::from(sent.retried) + i64::from(sent.dead),
        did: i64::from(sent.sent),
        failed: i64::from(sent.retried) + i64::from(sent.dead),
        problem: if sent.gave_up {
            format!(
                "no answer from {}; the rest is tried again later",
                services.courier.transport
            )
        } else {
            String::new()
        },
    })
}
