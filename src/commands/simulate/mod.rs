//! `hearth simulate`: lives through years of an invented authority in which much goes wrong, with the program's own
//! database, rules, outbox and jobs, and holds it each day to every promise of `hearth verify`; at the end to what the
//! mail server got. A seed is a history: whatever fails, fails again with it.
//!
//! - `run`: day by day: the clock, the jobs, who is killed when, the promises.
//! - `program`: the program that dies at a write and starts again.
//! - `mail_server`: what it does with the mail, and its own record.
//! - `returned`: what of it comes back later.
//! - `world`: who there is; `fate`: what is going to happen to them, and when.
//! - `errands`: who does what; `arrivals` and `doors` are the ways in and out, `decisions` those of managers and
//!   administrators, `look` is an officer who looks at a child's page, `lists` the lists that officers send.
//! - `staff`: who works there, comes and leaves.
//! - `tally`: how often all that happened.
//! - `witness`: what must hold every evening, by an own count (`store` is what it reads); `judge`: at the end.

mod arrivals;
mod counts;
mod decisions;
mod dice;
mod doors;
mod errands;
mod evening;
mod fate;
mod judge;
mod lists;
mod look;
mod mail_server;
mod program;
mod returned;
mod run;
mod sent_lists;
mod staff;
mod store;
mod tally;
mod verdict;
mod witness;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;

use self::run::{Broken, DATABASE, Run};
use super::{Failure, Outcome, say};

#[derive(Args)]
pub struct Options {
    /// Which history: the same seed is the same history
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many children
    #[arg(long, default_value_t = 2_000)]
    children: usize,
    /// How many days
    #[arg(long, default_value_t = 1_100)]
    days: u32,
    /// The first day
    #[arg(long, default_value = "2026-09-01")]
    from: NaiveDate,
}

pub fn run(options: &Options) -> Outcome {
    let folder = Folder::make()?;
    // What three years of jobs log is of no interest; what is broken is told below.
    let quiet = tracing::subscriber::NoSubscriber::default();
    let outcome = tracing::subscriber::with_default(quiet, || {
        let mut run = Run::new(options, &folder.0)?;
        let broken = run.live()?;
        Ok::<_, Failure>((run.report(), broken))
    });
    let (report, broken) = match outcome {
        Ok(done) => done,
        Err(failure) => {
            say!("Seed {}: the program could not go on.", options.seed)?;
            return Err(failure);
        }
    };
    for line in &report {
        say!("{line}")?;
    }
    let Some(broken) = broken else {
        folder.remove();
        say!("Every promise held on every day.")?;
        return Ok(ExitCode::SUCCESS);
    };
    tell(options, &broken)?;
    say!("The database is kept: {}", folder.database())?;
    Ok(ExitCode::FAILURE)
}

/// Broken things that are named.
const NAMED: usize = 10;

fn tell(options: &Options, broken: &Broken) -> std::io::Result<()> {
    say!(
        "BROKEN with seed {} on day {} ({}): {}",
        options.seed,
        broken.number,
        broken.day,
        broken.promise
    )?;
    for name in broken.names.iter().take(NAMED) {
        say!("         {name}")?;
    }
    if broken.names.len() > NAMED {
        say!("         and {} more", broken.names.len() - NAMED)?;
    }
    say!(
        "The same again: hearth simulate --seed {} --children {} --days {} --from {}",
        options.seed,
        options.children,
        options.days,
        options.from
    )
}

/// A folder for one run.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, Failure> {
        let name = format!("hearth-simulation-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn database(&self) -> String {
        self.0.join(DATABASE).display().to_string()
    }

    /// A folder that cannot be removed is left to whoever cleans up temporary ones.
    fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
