//! Forgets what is of no more use: sessions that have ended, and the record of runs nobody will ask about. Nothing of
//! the register is ever deleted here.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Services, Work, store};
use crate::access::session;
use crate::db::{DbError, Result};

/// How long the record of a run is kept.
const RUNS_KEPT: TimeDelta = TimeDelta::days(90);

/// Deletes expired sessions and old records of runs.
///
/// # Errors
/// If the database refuses.
pub fn run(services: &Services, now: NaiveDateTime) -> Result<Work> {
    let deleted = services.db.write_now(|tx| {
        let sessions = session::sweep(tx, now)?;
        let runs = store::housekeeping::forget_runs(tx, now - RUNS_KEPT)?;
        Ok::<_, DbError>(sessions + runs)
    })?;
    let deleted = i64::try_from(deleted).unwrap_or(i64::MAX);
    Ok(Work {
        found: deleted,
        did: deleted,
        ..Work::default()
    })
}
