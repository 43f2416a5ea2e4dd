//! Whether the jobs run in time: a scheduler that silently stops is found out here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDateTime;

use super::runner;
use crate::access::authority;
use crate::checks::verify::is_in_time;
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
    match runner::last_sweep(conn)? {
        Some(at) if is_in_time(at, now, late_after) => Ok(Punctuality::InTime(at)),
        None if authority::in_service(conn)?.is_empty() => Ok(Punctuality::NothingToDo),
        last => Ok(Punctuality::Late(last)),
    }
}

/// What a running service knows of the last sweep. While that one is in time nobody has to be asked: a later one can
/// only be better news.
#[derive(Debug, Default)]
pub struct Watchman {
    last: Mutex<Option<NaiveDateTime>>,
}

impl Watchman {
    /// Whether the sweep that is known is still in time.
    pub fn knows_it_is_in_time(&self, now: NaiveDateTime, late_after: Duration) -> bool {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| is_in_time(at, now, late_after))
    }

    /// Asks the record of the runs, and keeps in mind what it says.
    ///
    /// # Errors
    /// If the database refuses.
    pub fn ask(
        &self,
        conn: &mut Conn,
        now: NaiveDateTime,
        late_after: Duration,
    ) -> Result<Punctuality> {
        let punctuality = of_the_sweep(conn, now, late_after)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = punctuality.last();
        Ok(punctuality)
    }
}
