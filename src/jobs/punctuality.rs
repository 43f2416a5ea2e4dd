//! Whether the jobs run in time and tell somebody: a scheduler that silently stops is found out here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDateTime;

use super::runner;
use crate::access::authority;
use crate::clock::{london_day, london_time};
use crate::db::{Conn, Result};
use crate::proof::verify::is_in_time;
use crate::rules::dates::spoken;

/// How the sweep for lapses, and the assessment of tiers before it, keep their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punctuality {
    /// The last sweep that was completed began at this moment, UTC.
    InTime(NaiveDateTime),
    /// It is in time, and so many steps could be told to nobody.
    Untold(NaiveDateTime, i64),
    /// It is in time, but tiers were last assessed at the second moment, or never.
    TiersLate(NaiveDateTime, Option<NaiveDateTime>),
    /// It is late; the last one began at this moment, or there never was one.
    Late(Option<NaiveDateTime>),
    /// No authority keeps its register here yet, so there is nothing to sweep.
    NothingToDo,
}

impl Punctuality {
    /// Whether somebody has to do something.
    pub fn is_trouble(self) -> bool {
        !matches!(self, Self::InTime(_) | Self::NothingToDo)
    }

    /// When the last sweep began that was completed.
    pub fn last(self) -> Option<NaiveDateTime> {
        match self {
            Self::InTime(at) | Self::Untold(at, _) | Self::TiersLate(at, _) => Some(at),
            Self::Late(at) => at,
            Self::NothingToDo => None,
        }
    }

    /// In a word or two, for a program that watches.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InTime(_) => "in time",
            Self::Untold(..) => "told nobody",
            Self::TiersLate(..) => "tiers late",
            Self::Late(_) => "late",
            Self::NothingToDo => "nothing to do yet",
        }
    }

    /// What is wrong, in one sentence for the staff; none when all is well.
    pub fn warning(self) -> Option<String> {
        match self {
            Self::InTime(_) | Self::NothingToDo => None,
            Self::Untold(_, 1) => Some("One step of a lapse could be told to nobody: nobody is there for a post on the ladder or any above it.".to_owned()),
            Self::Untold(_, steps) => Some(format!(
                "{steps} steps of lapses could be told to nobody: nobody is there for a post on the ladder or any above it."
            )),
            Self::TiersLate(_, last) => Some(format!(
                "Nobody has assessed the children’s tiers {}: a child may have to be seen sooner without anybody knowing.",
                since(last)
            )),
            Self::Late(last) => Some(format!(
                "Nobody has looked for lapsed checks {}: a check may have lapsed without anybody being told.",
                since(last)
            )),
        }
    }
}

fn since(last: Option<NaiveDateTime>) -> String {
    match last {
        None => "yet".to_owned(),
        Some(at) => format!(
            "since {} at {}",
            spoken(london_day(at)),
            london_time(at).format("%H:%M")
        ),
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
    let in_time = |at: NaiveDateTime| is_in_time(at, now, late_after);
    let Some((swept_at, untold)) = runner::last_sweep_with_untold(conn)? else {
        let is_idle = authority::in_service(conn)?.is_empty();
        return Ok(match is_idle {
            true => Punctuality::NothingToDo,
            false => Punctuality::Late(None),
        });
    };
    if !in_time(swept_at) {
        return Ok(Punctuality::Late(Some(swept_at)));
    }
    let assessed_at = runner::last_assessment(conn)?;
    Ok(match (assessed_at.filter(|at| in_time(*at)), untold) {
        (None, _) => Punctuality::TiersLate(swept_at, assessed_at),
        (Some(_), 0) => Punctuality::InTime(swept_at),
        (Some(_), untold) => Punctuality::Untold(swept_at, untold),
    })
}

/// What a running service knows of the last sweep. While that one is in time nobody has to be asked: that a later one told
/// somebody nothing is found out when it is asked again.
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

    /// Asks the record of the runs, and keeps in mind what it says while all is well.
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
        let well = punctuality.last().filter(|_| !punctuality.is_trouble());
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = well;
        Ok(punctuality)
    }
}
