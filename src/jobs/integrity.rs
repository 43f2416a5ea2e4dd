//! Reads the whole database once a day to see whether it is whole: a page that was spoiled on the disk is found before somebody
//! needs what stands there, and while the copies of the days before still have it.

use super::{Services, Work};
use crate::db::Result;

/// As many faults are named.
const NAMED: usize = 5;

/// Whether the database is a file; a database server checks its own pages.
pub fn is_wanted(services: &Services) -> bool {
    services.db.file().is_some()
}

/// Asks the database for what is wrong with it.
///
/// # Errors
/// If the database refuses.
pub fn run(services: &Services) -> Result<Work> {
    let faults = services.db.faults_of_file()?;
    let named: Vec<&str> = faults.iter().take(NAMED).map(String::as_str).collect();
    let problem = match named.as_slice() {
        [] => String::new(),
        named => format!(
            "the database file is damaged: {}; restore a copy, see docs/operating.md",
            named.join("; ")
        ),
    };
    let number = i64::try_from(faults.len()).unwrap_or(i64::MAX);
    Ok(Work {
        found: number,
        failed: number,
        problem,
        ..Work::default()
    })
}
