//! Files that are the owner's alone, that are not there until they are whole, and that survive a power cut.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;

/// A file under a name that nothing takes for a copy; removed when it is dropped before it was finished.
pub(super) struct Unfinished {
    pub path: PathBuf,
    is_finished: bool,
}

impl Unfinished {
    /// Makes it, empty, in the place of what a run that was killed may have left.
    pub fn make(path: PathBuf) -> Result<Self, BackupError> {
        if let Err(cause) = fs::remove_file(&path)
            && cause.kind() != io::ErrorKind::NotFound
        {
            return Err(BackupError::of(&path, "written")(cause));
        }
        new_private(&path).map_err(BackupError::of(&path, "written"))?;
        Ok(Self {
            path,
            is_finished: false,
        })
    }

    /// Beside a file and named after it.
    pub fn beside(file: &Path) -> Result<Self, BackupError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Self::make(file.with_file_name(format!(".{name}.unfinished")))
    }

    /// Gives it its name, once what is in it has reached the disk.
    pub fn finish(mut self, name: &Path) -> Result<(), BackupError> {
        let done = reach_disk(&self.path).and_then(|()| fs::rename(&self.path, name));
        done.map_err(BackupError::of(name, "written"))?;
        self.is_finished = true;
        reach_disk(&folder_of(name)).map_err(BackupError::of(name, "written"))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            // Why there is no copy matters more than what could not be cleared away; the next run tries again.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a file that was not there, its owner's alone before anything is in it.
pub(super) fn new_private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
}

/// Waits until a file, or the names in a folder, are on the disk.
pub(super) fn reach_disk(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()
}

pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A new file may be made here: nothing has its name, and its folder is there.
pub(super) fn must_be_free(file: &Path) -> Result<(), BackupError> {
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Taken(file.to_owned()));
    }
    match folder_of(file).is_dir() {
        true => Ok(()),
        false => Err(BackupError::NoFolder(file.to_owned())),
    }
}

/// The length and the hash of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub bytes: u64,
    pub sha256: String,
}

/// Reads a file to its end.
pub(super) fn sum(file: &Path) -> Result<Sum, BackupError> {
    let summed = File::open(file).and_then(|mut file| sum_of(&mut file));
    summed.map_err(BackupError::of(file, "read"))
}

/// The length and the hash of what is read.
pub(super) fn sum_of(from: &mut impl Read) -> io::Result<Sum> {
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut part)?;
        if read == 0 {
            break;
        }
        bytes += u64::try_from(read).unwrap_or_default();
        hash.update(part.get(..read).unwrap_or_default());
    }
    let sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Sum { bytes, sha256 })
}

/// Held while a copy of a database is made: there is one at a time, so what another one left can be cleared away.
pub(super) fn lock(database: &Path) -> Result<File, BackupError> {
    let path = named_after(database, "backup-lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let file = options
        .open(&path)
        .map_err(BackupError::of(&path, "written"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::UnderWay),
        Err(TryLockError::Error(cause)) => Err(BackupError::of(&path, "locked")(cause)),
    }
}

/// `hearth.db` and `backup-lock` are `hearth.db-backup-lock`, as SQLite names what belongs to a database.
pub(super) fn named_after(file: &Path, what: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{what}"));
    file.with_file_name(name)
}
