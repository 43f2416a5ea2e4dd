//! `hearth migrate`: makes the tables or brings them up to this version, and puts in what ships with the program.

use std::process::ExitCode;

use clap::Args;
use hearth::backup::copy;
use hearth::backup::folder::Schedule;
use hearth::config::Config;
use hearth::db::Db;
use hearth::jobs::fresh_copy;
use hearth::shipped::{self, Standing};

use super::{Failure, Outcome, clock, say, settings};

#[derive(Args)]
pub struct Options {
    /// Bring up a register of which there is no fresh copy that Hearth made: on PostgreSQL, or for a copy itself
    #[arg(long)]
    without_backup: bool,
}

pub fn run(options: &Options) -> Outcome {
    let config = settings()?;
    let db = Db::open(&config.database_url, config.database_connections)?;
    if !options.without_backup {
        must_have_copy(&config, &db)?;
    }
    let steps = shipped::bring_up(&db)?;
    if steps.is_empty() {
        say!("The database is up to date.")?;
    }
    for step in &steps {
        say!("Done: {step}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// There is no way back from a step but a copy, so a register that is to be changed needs one of the last 24 hours.
fn must_have_copy(config: &Config, db: &Db) -> Result<(), Failure> {
    let is_older = shipped::must_not_be_newer(db)? == Standing::Older;
    if !is_older || !copy::is_worth_one(db)? {
        return Ok(());
    }
    let make_one = if db.file()?.is_none() {
        "make one with pg_dump, then run `hearth migrate --without-backup`"
    } else {
        let (schedule, now) = (Schedule::of(&config.backup), clock(config).now());
        if fresh_copy::is_fresh(db, schedule.as_ref(), now)? {
            return Ok(());
        }
        "make one with `hearth backup FILE`, or say --without-backup if this is a copy itself"
    };
    Err(Failure::because(format!(
        "the database holds a register of an earlier version, and there is no copy of the last 24 hours to go back to: {make_one}"
    )))
}
