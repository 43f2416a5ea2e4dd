//! Whether there is a copy to go back to, one of the schedule or one that somebody made by hand.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Work, store};
use crate::backup::BackupError;
use crate::backup::folder::{self, Schedule};
use crate::clock::At;
use crate::db::{Db, Result};

/// The word under which a copy to a file that somebody named is remembered: the schedule makes its own all the same.
const BY_HAND: &str = "backup_by_hand";

/// A copy is fresh for so long.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// Remembers that a copy was made to a file that somebody named.
///
/// # Errors
/// If the database refuses.
pub fn note_by_hand(db: &Db, at: At) -> Result<()> {
    let work = Work {
        found: 1,
        did: 1,
        ..Work::default()
    };
    db.write_now(|tx| {
        let run = store::runner::begin(tx, BY_HAND, at.today(), at.now())?;
        store::runner::end(tx, run, &work, at.now())
    })
}

/// Whether there is a copy of this register that is fresh: in the folder of the schedule, or made by hand.
///
/// # Errors
/// If the database does not answer or the folder cannot be read.
pub fn is_fresh(
    db: &Db,
    schedule: Option<&Schedule>,
    now: NaiveDateTime,
) -> Result<bool, BackupError> {
    let by_hand = db.read_now(|conn| store::runner::last_completed(conn, BY_HAND))?;
    if by_hand.is_some_and(|made| made <= now && now - made <= FRESH) {
        return Ok(true);
    }
    schedule.map_or(Ok(false), |it| {
        folder::has_fresh(db, &it.folder, now, FRESH)
    })
}
