//! `hearth migrate`: makes the tables or brings them up to this version, and puts in what ships with the program.

use std::process::ExitCode;

use hearth::db::Db;
use hearth::shipped;

use super::{Outcome, say, settings};

pub fn run() -> Outcome {
    let config = settings()?;
    let db = Db::open(&config.database_url, config.database_connections)?;
    let steps = shipped::bring_up(&db)?;
    if steps.is_empty() {
        say!("The database is up to date.")?;
    }
    for step in &steps {
        say!("Done: {step}")?;
    }
    Ok(ExitCode::SUCCESS)
}
