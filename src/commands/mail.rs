//! `hearth mail bounce`: a message that came back, on standard input; for a mail server that hands it to a program.

use std::io::Read;
use std::process::ExitCode;

use clap::Subcommand;
use hearth::jobs::{bounces, deliver, runner};

use hearth::mail::returned::Returned;

use super::{Failure, Outcome, clock, jobs, open_ready, say, settings};

/// How it ends when the message changes nothing: not 0, because nothing is written down of it, and not 1, because it need
/// not be given to us again.
const CHANGES_NOTHING: u8 = 3;

/// More of a message than any bounce needs.
const READ_AT_MOST: u64 = 4 * 1024 * 1024;

#[derive(Subcommand)]
pub enum Mail {
    /// Read a mail that came back from standard input, and see that somebody else is told
    ///
    /// Ends with 0 when a mail of ours is known not to have arrived by it or an administrator is to read it, with 3 when it
    /// changes nothing (a delay, an absence note, a mail that Hearth did not send), and with 1 when it could not be dealt with
    /// and has to come again.
    Bounce,
}

pub fn run(asked: &Mail) -> Outcome {
    match asked {
        Mail::Bounce => bounce(),
    }
}

fn bounce() -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let services = jobs::services(&config, db, clock(&config))?;
    let mut raw = Vec::new();
    std::io::stdin().take(READ_AT_MOST).read_to_end(&mut raw)?;
    let taken = bounces::take(&services, &raw)?;
    if matches!(taken, Returned::UnderWay(_)) {
        return Err(Failure::because(taken.to_string()));
    }
    say!("{taken}")?;
    if !taken.changes_something() {
        return Ok(ExitCode::from(CHANGES_NOTHING));
    }
    if deliver::climb(&services)? > 0 {
        tell_at_once(&services)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What cannot be sent now waits in the outbox; the mail that came back is dealt with.
fn tell_at_once(services: &hearth::jobs::Services) -> Result<(), Failure> {
    let summary = runner::deliver_mail(services);
    if let Some(work) = summary.work {
        let mails = if work.did == 1 { "mail" } else { "mails" };
        say!("{} {mails} sent to the next post up", work.did)?;
    }
    Ok(())
}
