//! `hearth calendar`: the terms of an authority's schools from a list.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::intake::limits::LARGEST_FILE;
use hearth::intake::term_list::{self, ListError};
use hearth::policy::calendar_book::CalendarError;

use super::{Failure, Outcome, THIS, clock, find_authority, open_ready, say, settings};

#[derive(Subcommand)]
pub enum CalendarCommand {
    /// Add school terms from a CSV file or a workbook with the headings name,first_day,last_day,source; all of them, or none
    Terms {
        /// The list
        file: PathBuf,
        /// The three-digit DfE code of the local authority
        #[arg(long)]
        authority: String,
        /// Only say what would happen
        #[arg(long)]
        dry_run: bool,
    },
}

/// Does what is asked of the calendar.
pub fn run(asked: &CalendarCommand) -> Outcome {
    let CalendarCommand::Terms {
        file,
        authority,
        dry_run,
    } = asked;
    terms(file, authority, *dry_run)
}

fn terms(file: &Path, code: &str, dry_run: bool) -> Outcome {
    let bytes = read(file)?;
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let now = clock.now();
    let report = db.write_now(|tx| {
        let authority = find_authority(tx, code)?;
        let viewer = Viewer::program(authority.key, THIS);
        term_list::take(&mut Act::new(tx, &viewer, At::of(now)), &bytes, dry_run).map_err(failure)
    })?;
    for refused in &report.refused {
        say!("{refused}")?;
    }
    if !report.refused.is_empty() {
        return Err(Failure::because(format!(
            "nothing was added: {} of the lines cannot be taken. Mend them and send the list again",
            report.refused.len()
        )));
    }
    let added = if dry_run { "To be added" } else { "Added" };
    say!(
        "{added}: {}. On the calendar already: {}.",
        report.taken,
        report.unchanged
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The bytes of a file that a person named, up to one more than the largest list has: what is larger is refused by its size, not
/// read.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(cause) => Err(Failure::because(format!(
            "{} cannot be read: {cause}",
            file.display()
        ))),
    }
}

fn failure(error: ListError) -> Failure {
    match error {
        ListError::Calendar(CalendarError::Db(error)) => Failure::Db(error),
        refused => Failure::because(refused.to_string()),
    }
}
