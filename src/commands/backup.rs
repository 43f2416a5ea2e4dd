//! `hearth backup FILE`: a consistent copy of the live database.

use std::path::Path;
use std::process::ExitCode;

use hearth::db::Db;

use super::{Failure, Outcome, say, settings};

pub fn run(file: &Path) -> Outcome {
    let config = settings()?;
    let name = file.display();
    let path = file
        .to_str()
        .ok_or_else(|| Failure::because(format!("the name of {name} is not text")))?;
    if file.exists() {
        return Err(Failure::because(format!(
            "{name} is there already: name a new file, so that no earlier copy is lost"
        )));
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::because(format!(
            "the folder of {name} is not there: make it first"
        )));
    }
    let db = Db::open_existing(&config.database_url, 1)?;
    make_private(file)
        .map_err(|cause| Failure::because(format!("{name} cannot be written: {cause}")))?;
    if let Err(refused) = db.backup_to(path) {
        // An empty file could be taken for a copy. When it cannot be removed, why there is no copy matters more.
        let _ = std::fs::remove_file(file);
        return Err(refused.into());
    }
    say!("Copied the database to {name}")?;
    Ok(ExitCode::SUCCESS)
}

/// The copy holds what the database holds, so it is made as its owner's alone before anything is in it.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file).map(drop)
}
