//! The SQL that forgets what is of no more use.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::job_run;
use crate::db::{Conn, Result};

/// Deletes the record of runs that began before a moment.
pub(in crate::jobs) fn forget_runs(tx: &mut Conn, before: NaiveDateTime) -> Result<usize> {
    Ok(diesel::delete(job_run::table.filter(job_run::started_at.lt(before))).execute(tx)?)
}
