//! The SQL of the jobs.

pub(super) mod housekeeping;
pub(super) mod runner;
pub(super) mod watch;
pub(super) mod work;
