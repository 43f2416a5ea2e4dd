//! `hearth backup [FILE]`: a checked copy of the live database, to a file or, without one, as the schedule makes it.

use std::path::Path;
use std::process::ExitCode;

use hearth::backup::BackupError;
use hearth::backup::copy::{self, Moment};
use hearth::config::Config;
use hearth::db::Db;
use hearth::jobs::{fresh_copy, runner};
use hearth::shipped::{self, Standing, Unready};

use super::{Failure, Outcome, clock, jobs, say, settings};

pub fn run(file: Option<&Path>) -> Outcome {
    let config = settings()?;
    match file {
        Some(file) => to_file(&config, file),
        None => to_folder(&config),
    }
}

/// Whatever version the database is of: a copy harms nobody, and is what somebody wants who does not know what to do.
fn to_file(config: &Config, file: &Path) -> Outcome {
    let db = Db::open_existing(&config.database_url, 1)?;
    let standing = db.read_now(shipped::standing)?;
    if standing == Standing::Foreign {
        return Err(Unready::Foreign.into());
    }
    let moment = Moment {
        at: clock(config).at(),
        late_after: config.jobs_late_after,
    };
    let is_to_be_sealed = file.extension().is_some_and(|end| end == "age");
    let recipient = config.backup.recipient.as_deref();
    if is_to_be_sealed && recipient.is_none() {
        return Err(BackupError::NoRecipient(file.to_owned()).into());
    }
    let recipient = recipient.filter(|_| is_to_be_sealed);
    copy::make(&db, file, recipient, moment)?;
    say!(
        "Copied the database to {}, and checked the copy",
        file.display()
    )?;
    if matches!(standing, Standing::Newer(_)) {
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(cause) = fresh_copy::note_by_hand(&db, moment.at) {
        // The copy is there and right; only the next `hearth migrate` would like to know of it.
        tracing::warn!(%cause, "that there is a copy could not be written down");
    }
    Ok(ExitCode::SUCCESS)
}

fn to_folder(config: &Config) -> Outcome {
    if config.backup.folder.is_none() {
        return Err(Failure::because(
            "no folder is set for copies: name a file, or set HEARTH_BACKUP_FOLDER",
        ));
    }
    let db = Db::open_existing(&config.database_url, config.database_connections)?;
    shipped::must_not_be_newer(&db)?;
    let services = jobs::services(config, db, clock(config))?;
    let summary = runner::back_up(&services, services.clock.now());
    match summary.work {
        None => Err(BackupError::UnderWay.into()),
        Some(work) if work.problem.is_empty() => {
            say!("Copied the database into the folder of the copies, and checked the copy")?;
            Ok(ExitCode::SUCCESS)
        }
        Some(work) => Err(Failure::because(work.problem)),
    }
}
