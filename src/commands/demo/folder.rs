//! The folder of the demonstration, which one demonstration at a time may have: the next one begins with removing it.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::commands::Failure;

/// The folder; nothing else is kept in it.
pub const FOLDER: &str = "./var/demo";

/// Beside the folder, because the folder goes.
const LOCK: &str = "./var/demo.lock";

/// Holds the folder until it is dropped or the program ends, however it ends.
pub struct Held {
    _lock: File,
}

/// Takes the folder, if no other demonstration has it.
pub fn hold() -> Result<Held, Failure> {
    let cannot =
        |cause: std::io::Error| Failure::because(format!("{LOCK} cannot be locked: {cause}"));
    if let Some(above) = Path::new(LOCK).parent() {
        make_private(above).map_err(cannot)?;
    }
    let lock = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(LOCK)
        .map_err(cannot)?;
    match lock.try_lock() {
        Ok(()) => Ok(Held { _lock: lock }),
        Err(TryLockError::WouldBlock) => Err(Failure::because(format!(
            "another `hearth demo` is using {FOLDER}: end it first, or run this one in another folder"
        ))),
        Err(TryLockError::Error(cause)) => Err(cannot(cause)),
    }
}

/// Removes what the last demonstration left.
pub fn clear(_: &Held) -> Result<(), Failure> {
    let folder = Path::new(FOLDER);
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).map_err(|cause| {
        Failure::because(format!(
            "the last demonstration in {FOLDER} cannot be removed: {cause}"
        ))
    })
}

/// As the database makes it, for a register may follow in the same place.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
