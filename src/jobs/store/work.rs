//! What a run came to, as the record of runs holds it.

use diesel::prelude::*;

use crate::db::schema::job_run;

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_run)]
pub struct Work {
    /// Things found that needed something done.
    pub found: i64,
    pub did: i64,
    /// Things that could not be done.
    pub failed: i64,
    /// What went wrong, in words for an administrator; empty when the run is complete.
    pub problem: String,
}
