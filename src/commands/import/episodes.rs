//! `hearth import episodes FILE`: what other services did, as a list.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use hearth::access::Viewer;
use hearth::clock::At;
use hearth::intake::episode_list;

use crate::commands::{Outcome, clock, find_authority, open_ready, say, settings};

#[derive(Args)]
pub struct EpisodeOptions {
    /// The list, as CSV or a workbook with the headings child,kind,category,started_on,ended_on,source,contact
    file: PathBuf,
    /// The three-digit DfE code of the authority whose children they are
    #[arg(long)]
    authority: String,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
}

pub fn run(options: &EpisodeOptions) -> Outcome {
    let bytes = crate::commands::calendar::read(&options.file)?;
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let authority = db.read_now(|conn| find_authority(conn, &options.authority))?;
    let viewer = Viewer::program(authority.key, "import");
    let now = clock.now();
    let report = episode_list::take(&db, &viewer, &bytes, options.dry_run, At::of(now))?;
    for refused in &report.refused {
        say!("{refused}")?;
    }
    let added = if options.dry_run {
        "To be added"
    } else {
        "Added"
    };
    let lines: BTreeSet<u64> = report.refused.iter().map(|it| it.line).collect();
    say!(
        "{added}: {}. On the register already: {}. Refused: {}.",
        report.taken,
        report.unchanged,
        lines.len()
    )?;
    Ok(if report.refused.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
