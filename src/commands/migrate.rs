//! `hearth migrate`: makes the tables or brings them up to this version, and puts in what ships with the program.

use std::process::ExitCode;

use hearth::access::authority;
use hearth::db::{Db, DbError, migrate};
use hearth::policy::rulebook;

use super::{Failure, Outcome, say, settings};

pub fn run() -> Outcome {
    let config = settings()?;
    let db = Db::open(&config.database_url, config.database_connections)?;
    let steps = bring_up(&db)?;
    if steps.is_empty() {
        say!("The database is up to date.")?;
    }
    for step in &steps {
        say!("Done: {step}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the steps the database has not had, and puts in the list of authorities and the default policy.
pub fn bring_up(db: &Db) -> Result<Vec<String>, Failure> {
    let steps = migrate::migrate(db)?;
    db.write_now(|tx| {
        authority::seed(tx)?;
        rulebook::seed(tx)?;
        Ok::<_, DbError>(())
    })?;
    Ok(steps)
}
