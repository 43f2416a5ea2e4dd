//! Whether the jobs run in time: a scheduler that silently stops is found out here.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use super::runner;
use crate::access::authority;
use crate::db::{Conn, Result};

/// How the sweep for lapses keeps its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punctuality {
    /// The last one that was completed began at this moment, UTC.
    InTime(NaiveDateTime),
    /// It is late; the last one began at this moment, or there never was one.
    Late(Option<NaiveDateTime>),
    /// No authority keeps its register here yet, so there is nothing to sweep.
    NothingToDo,
}

impl Punctuality {
    /// Whether somebody has to do something.
    pub fn is_late(self) -> bool {
        matches!(self, Self::Late(_))
    }

    /// When the last sweep began that was completed.
    pub fn last(self) -> Option<NaiveDateTime> {
        match self {
            Self::InTime(at) => Some(at),
            Self::Late(at) => at,
            Self::NothingToDo => None,
        }
    }
}

/// Asks the record of the runs. `late_after` is HEARTH_JOBS_LATE_AFTER.
///
/// # Errors
/// If the database refuses.
pub fn of_the_sweep(
    conn: &mut Conn,
    now: NaiveDateTime,
    late_after: Duration,
) -> Result<Punctuality> {
    let patience = TimeDelta::from_std(late_after).unwrap_or(TimeDelta::MAX);
    match runner::last_sweep(conn)? {
        Some(at) if now - at <= patience => Ok(Punctuality::InTime(at)),
        None if authority::in_service(conn)?.is_empty() => Ok(Punctuality::NothingToDo),
        last => Ok(Punctuality::Late(last)),
    }
}
