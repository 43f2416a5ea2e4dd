//! `hearth verify`: the register's own proof, each promise with a count; exit code 1 when one is broken.

use std::process::ExitCode;

use hearth::proof::verify::{Invariant, verify};

use super::{Outcome, clock, open_ready, say, settings};

/// Broken things that are named of each promise.
const NAMED: usize = 10;

pub fn run() -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let proof = db.read_now(|conn| verify(conn, None, clock.at(), config.jobs_late_after))?;
    for invariant in &proof {
        print(invariant)?;
    }
    let broken = proof.iter().filter(|invariant| !invariant.holds()).count();
    if broken == 0 {
        say!("All {} promises hold.", proof.len())?;
        return Ok(ExitCode::SUCCESS);
    }
    say!("{broken} of {} promises are broken.", proof.len())?;
    Ok(ExitCode::FAILURE)
}

fn print(invariant: &Invariant) -> std::io::Result<()> {
    let word = if invariant.holds() {
        "ok    "
    } else {
        "BROKEN"
    };
    say!(
        "{word} {} ({} looked at)",
        invariant.promise,
        invariant.checked
    )?;
    for broken in invariant.broken.iter().take(NAMED) {
        say!("         {broken}")?;
    }
    if invariant.broken.len() > NAMED {
        say!("         and more")?;
    }
    Ok(())
}
