//! The file of a database is still the one that was opened: whoever deletes it or puts another in its place under the program
//! would let it write into a file that nobody will ever read.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{DbError, Result};

/// A file that was opened, and by what it is known again.
#[derive(Debug)]
pub(super) struct OpenedFile {
    path: PathBuf,
    identity: Option<Identity>,
    /// The log beside it, in which writes stand first.
    log: PathBuf,
    log_was_there: AtomicBool,
}

/// Device and number of a file; none on systems that know no such number.
type Identity = (u64, u64);

impl OpenedFile {
    /// The file at this path, as it is now.
    pub(super) fn at(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self {
            identity: identity(path),
            path: path.to_owned(),
            log: PathBuf::from(log),
            log_was_there: AtomicBool::new(false),
        }
    }

    /// Refuses when the file, or the log beside it, was deleted, moved or replaced since it was opened.
    pub(super) fn must_be_the_same(&self) -> Result<()> {
        let gone = |what: &Path| Err(DbError::FileGone(what.display().to_string()));
        if self.identity.is_some() && identity(&self.path) != self.identity {
            return gone(&self.path);
        }
        // The log goes with the last connection only, and this program keeps one.
        let is_there = self.log.exists();
        if self.log_was_there.fetch_or(is_there, Ordering::Relaxed) && !is_there {
            return gone(&self.log);
        }
        Ok(())
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<Identity> {
    None
}

/// A file as SQLite's kind of URL, with what is said about opening it.
pub(super) fn url_of(file: &Path, how: &str) -> String {
    let path = file.to_string_lossy();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{path}?{how}")
}
