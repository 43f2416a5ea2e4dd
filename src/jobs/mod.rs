//! What runs on a schedule, and the record that it ran: a scheduler that silently stops is worse than none.
//!
//! - [`runner`]: which job is due, one process at a time, and the record of each run.
//! - [`tiers`]: assesses children again for whom days have passed.
//! - [`sweep`]: opens lapses and tells the ladder.
//! - [`weekly`]: writes the digest of the week.
//! - [`rehearsal`]: what a sweep would do on a day, without doing it.
//! - [`deliver`]: empties the outbox.
//! - [`bounces`]: reads the mail that came back.
//! - [`backup`]: copies the register.
//! - [`fresh_copy`]: whether there is a copy to go back to.
//! - [`housekeeping`]: forgets what is of no more use.
//! - [`punctuality`]: whether all that happens in time.
//! - [`timer`]: runs all that inside `serve`.

pub mod backup;
pub mod bounces;
pub mod deliver;
pub mod fresh_copy;
pub mod housekeeping;
pub mod punctuality;
pub mod rehearsal;
pub mod runner;
mod store;
pub mod sweep;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod tests;
pub mod tiers;
pub mod timer;
pub mod weekly;

use std::time::Duration;

use crate::backup::folder::Schedule;
use crate::clock::Clock;
use crate::db::Db;
use crate::mail::Courier;

pub use store::work::Work;
pub use timer::{Nudge, Timer};

/// What the jobs need of the program.
#[derive(Clone)]
pub struct Services {
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// What carries the mail.
    pub courier: Courier,
    /// Where the service is (HEARTH_BASE_URL); links in mails start with it.
    pub base_url: String,
    /// Without a completed sweep for so long, something is wrong (HEARTH_JOBS_LATE_AFTER).
    pub late_after: Duration,
    /// The copies that are made (HEARTH_BACKUP_FOLDER).
    pub backups: Option<Schedule>,
}
