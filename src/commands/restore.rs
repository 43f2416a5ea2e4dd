//! `hearth restore FILE --into PATH`: a register from a copy, in a place where nothing is; the live database is left alone.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use hearth::backup::restore::{self, Asked, Compared, How};

use super::{Failure, Outcome, say, settings};

#[derive(Args)]
pub struct Options {
    /// The copy, as `hearth backup` wrote it
    copy: PathBuf,
    /// Where the register is to lie; nothing may be there yet
    #[arg(long, value_name = "PATH")]
    into: PathBuf,
    /// Compare what was restored with the manifest beside the copy, and leave nothing if anything differs
    #[arg(long)]
    verify: bool,
    /// The key that opens an encrypted copy, in a file as age-keygen writes it
    #[arg(long, value_name = "FILE")]
    age_identity: Option<PathBuf>,
}

pub fn run(options: &Options) -> Outcome {
    settings()?;
    let asked = Asked {
        copy: &options.copy,
        into: &options.into,
        keys: options.age_identity.as_deref(),
    };
    if options.verify {
        let compared = restore::restore_verified(asked)?;
        compared.iter().try_for_each(print)?;
        if restore::differs(&compared) {
            return Err(Failure::because(format!(
                "{} is not what it was when it was made, and nothing was restored: take another copy",
                options.copy.display()
            )));
        }
    } else {
        restore::restore(asked)?;
    }
    say!(
        "Restored into {}. Nobody uses it yet.",
        options.into.display()
    )?;
    say!(
        "Next: stop `hearth serve` and cron; move the database away, with the files ending in -wal and -shm beside it; put \
         this file in its place; run `hearth migrate` and `hearth verify`; start again."
    )?;
    Ok(ExitCode::SUCCESS)
}

fn print(compared: &Compared) -> std::io::Result<()> {
    let word = match compared.how {
        How::Same => "same   ",
        How::Differs => "DIFFERS",
        How::NotAsked => "-      ",
    };
    say!("{word} {}", compared.words)
}
