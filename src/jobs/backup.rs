//! Copies the register into the folder of the settings.

use chrono::TimeDelta;

use super::{Services, Work};
use crate::backup::copy::Moment;
use crate::backup::folder;
use crate::clock::At;
use crate::db::Result;

/// The word under which the runs of the schedule are stored.
pub const BACKUP: &str = "backup";

/// Whether there is a folder to copy to.
pub fn is_wanted(services: &Services) -> bool {
    services.backups.is_some()
}

/// How long after one copy the next one is due.
pub(super) fn every(services: &Services) -> TimeDelta {
    services
        .backups
        .as_ref()
        .map_or(TimeDelta::MAX, |schedule| schedule.every)
}

/// Makes a copy. What keeps it from being made is the run's problem, and the copies before stay.
///
/// # Errors
/// None of its own: that the record of the run cannot be written is the runner's.
pub fn run(services: &Services, at: At) -> Result<Work> {
    let Some(schedule) = &services.backups else {
        return Ok(Work::default());
    };
    let late_after = services.late_after;
    Ok(
        match folder::make(&services.db, schedule, Moment { at, late_after }) {
            Ok(made) => {
                let (copy, let_go) = (made.file.display(), made.removed);
                tracing::info!(%copy, let_go, "copied the register");
                for cause in &made.kept_by {
                    tracing::error!(%cause, "a copy that is of no more use stays");
                }
                Work {
                    found: 1,
                    did: 1,
                    failed: i64::try_from(made.kept_by.len()).unwrap_or(i64::MAX),
                    ..Work::default()
                }
            }
            Err(cause) => {
                tracing::error!(%cause, "the register could not be copied");
                Work {
                    found: 1,
                    failed: 1,
                    problem: cause.to_string(),
                    ..Work::default()
                }
            }
        },
    )
}
