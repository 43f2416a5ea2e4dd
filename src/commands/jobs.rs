//! `hearth jobs run`: what the schedule owes now, once, for cron; the same work as `serve` does on its timer.

use std::process::ExitCode;

use clap::Subcommand;
use hearth::backup::folder::Schedule;
use hearth::clock::Clock;
use hearth::config::Config;
use hearth::db::Db;
use hearth::jobs::{Services, runner};
use hearth::mail::Courier;

use super::{Failure, Outcome, clock, open_ready, say, settings};

#[derive(Subcommand)]
pub enum Jobs {
    /// Run what is due now, once, and end
    Run,
}

pub fn run() -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let services = services(&config, db, clock(&config))?;
    let mut complete = true;
    for summary in runner::run_due(&services, services.clock.now()) {
        complete &= summary.is_complete();
        match &summary.work {
            None => say!("{}: another process is at it", summary.job)?,
            Some(work) => {
                say!(
                    "{}: {} found, {} done, {} failed",
                    summary.job,
                    work.found,
                    work.did,
                    work.failed
                )?;
                if !work.problem.is_empty() {
                    say!("  {}", work.problem)?;
                }
            }
        }
    }
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the jobs need, as the settings say.
pub fn services(config: &Config, db: Db, clock: Clock) -> Result<Services, Failure> {
    Ok(Services {
        db,
        clock,
        courier: Courier::from_config(config)?,
        base_url: config.base_url.clone(),
        late_after: config.jobs_late_after,
        backups: Schedule::of(&config.backup),
    })
}
