//! `hearth import FILE`: the list an authority already has.

mod episodes;
mod refused_file;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand};
use hearth::access::Viewer;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::list_import::report::{Kind, Report, RowNote};
use hearth::intake::list_import::{self, Order, Progress, Whose};
use hearth::web::pages::with_commas;
use indicatif::{ProgressBar, ProgressStyle};

use self::refused_file::RefusedFile;
use super::{Failure, Outcome, clock, find_authority, open_ready, say, settings};

/// Remarks of each kind that are printed; the rest is in the file of refused rows or on the import's page.
const PRINTED: usize = 20;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Options {
    #[command(subcommand)]
    other: Option<Other>,
    /// The list: a workbook (.xlsx or .ods), or CSV from any spreadsheet program
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The three-digit DfE code of the authority whose list it is; rows of others are reported and not taken
    #[arg(
        long,
        value_name = "CODE",
        required_unless_present = "by_authority_column",
        conflicts_with = "by_authority_column"
    )]
    authority: Option<String>,
    /// The list covers several authorities: each row goes to the one that its authority code column says
    #[arg(long)]
    by_authority_column: bool,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Say what a heading means, as "Heading=column", or "Heading=ignore"; may be given again
    #[arg(long = "map", value_name = "HEADING=COLUMN")]
    mapping: Vec<String>,
    /// The sheet of a workbook to read, when several are lists of children
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    sheet: String,
    /// Write the refused rows to this new file, to mend and import again
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
}

/// Another list than that of the children.
#[derive(Subcommand)]
pub enum Other {
    /// What other services did: plans, referrals, orders of children on the register
    Episodes(episodes::EpisodeOptions),
}

pub fn run(options: &Options) -> Outcome {
    match (&options.other, &options.file) {
        (Some(Other::Episodes(episodes)), _) => episodes::run(episodes),
        (None, Some(file)) => children(options, file),
        (None, None) => Err(Failure::because("name the list to read")),
    }
}

fn children(options: &Options, file: &Path) -> Outcome {
    let mapping = Mapping::parse(&options.mapping)?.on_sheet(&options.sheet);
    if let Some(refused) = &options.refused {
        RefusedFile::check(refused, file)?;
    }
    let bytes = super::calendar::read(file)?;
    let config = settings()?;
    let db = open_ready(&config)?;
    let viewer = match &options.authority {
        Some(code) => {
            let authority = db.read_now(|conn| find_authority(conn, code))?;
            Some(Viewer::program(authority.key, "import"))
        }
        None => None,
    };
    let order = Order {
        file_name: &file_name(file),
        bytes: &bytes,
        mapping: &mapping,
        whose: viewer.as_ref().map_or(Whose::ByColumn, Whose::One),
        dry_run: options.dry_run,
    };
    let refused = options.refused.as_deref();
    let refused = refused.map(RefusedFile::make).transpose()?;
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(
        "{msg:8} {wide_bar} {percent:>3}%",
    )?);
    let began = Instant::now();
    let report = list_import::take(&db, &order, &clock(&config), &mut |progress| {
        show(&bar, progress)
    });
    bar.finish_and_clear();
    let report = report?;
    // Before anything is printed: whoever reads the report may stop, and the rows are to be kept all the same.
    if let Some(kept) = refused {
        kept.keep(&report.refused_csv)?;
    }
    print(&report, options.dry_run)?;
    print_refused(&report, options)?;
    tracing::info!(
        rows = report.counts.rows,
        seconds = began.elapsed().as_secs_f64(),
        "list read"
    );
    Ok(ExitCode::SUCCESS)
}

fn file_name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn show(bar: &ProgressBar, progress: Progress) {
    let (doing, done, of) = match progress {
        Progress::Read(done, of) => ("Reading", done, of),
        Progress::Taken(done, of) => ("Taking", done, of),
    };
    bar.set_message(doing);
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}

fn print(report: &Report, dry_run: bool) -> std::io::Result<()> {
    let counts = &report.counts;
    let line = |count: usize, one: &str, several: &str| {
        let what = if count == 1 { one } else { several };
        say!("{:>9} {what}", with_commas(count))
    };
    if dry_run {
        say!("This was a trial: nothing was changed. With this list, Hearth would do as follows.")?;
    }
    let written_as = &report.written_as;
    line(
        counts.rows,
        &format!("row read ({written_as})"),
        &format!("rows read ({written_as})"),
    )?;
    // The sum of what follows.
    line(
        counts.new_open(),
        "new on the register",
        "new on the register",
    )?;
    line(
        counts.changed,
        "changed what is held",
        "changed what is held",
    )?;
    line(
        counts.unchanged,
        "known, and unchanged",
        "known, and unchanged",
    )?;
    line(
        counts.taken_closed,
        "closed case put on record",
        "closed cases put on record",
    )?;
    line(
        counts.look_at,
        "to look at: somebody has to say what it is",
        "to look at: somebody has to say what they are",
    )?;
    line(
        counts.refused,
        "refused, to be mended",
        "refused, to be mended",
    )?;
    for notice in &report.notices {
        say!("\n{notice}.")?;
    }
    print_columns_not_read(report)?;
    for (kind, title) in [
        (Kind::Refused, "Refused"),
        (Kind::LookAt, "To look at"),
        (Kind::Elsewhere, "Of another authority"),
        (Kind::Doubt, "Taken, but to be checked"),
    ] {
        print_told(report, kind, title)?;
    }
    Ok(())
}

fn print_columns_not_read(report: &Report) -> std::io::Result<()> {
    let not_read: Vec<_> = report
        .headings_passed_over()
        .map(|(text, why)| format!("{text} ({why})"))
        .collect();
    let which = match not_read.len() {
        0 => return Ok(()),
        1 => "The column that was not read",
        _ => "Columns that were not read",
    };
    say!(
        "\n{which}: {}\nSay what one means with --map \"Heading=column\".",
        not_read.join(", ")
    )
}

fn print_told(report: &Report, kind: Kind, title: &str) -> std::io::Result<()> {
    let told: Vec<&RowNote> = report
        .told
        .iter()
        .filter(|told| told.kind == kind)
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    say!("\n{title}:")?;
    for told in told.iter().take(PRINTED) {
        say!("  line {}: {told}", told.line)?;
    }
    if told.len() > PRINTED {
        say!("  and {} more", with_commas(told.len() - PRINTED))?;
    }
    Ok(())
}

fn print_refused(report: &Report, options: &Options) -> std::io::Result<()> {
    match &options.refused {
        Some(file) if !report.refused_csv.is_empty() => {
            let name = file.display();
            say!("\nThe refused rows are in {name}: mend them there and import that file.")?;
        }
        None if report.counts.refused > 0 => {
            say!(
                "\nWith --refused FILE the refused rows are written to a file, to mend and import again."
            )?;
        }
        _ => {}
    }
    Ok(())
}
