//! Files that are the owner's alone, that are not there until they are whole, and that survive a power cut.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;

/// A file under a name that nothing takes for a copy; removed when it is dropped before it was finished.
pub(super) struct Unfinished {
    pub path: PathBuf,
    is_finished: bool,
}

/// How the names of such files end.
const UNFINISHED: &str = ".unfinished";

/// What nobody has written to for so long was left by a run that was killed.
pub(super) const LEFT_AFTER: Duration = Duration::from_secs(60 * 60);

impl Unfinished {
    /// Makes it, empty, beside a file and named after it; nobody else has this name. What runs that were killed left beside the same file
    /// is cleared away.
    pub fn beside(file: &Path) -> Result<Self, BackupError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let begin = format!(".{name}.");
        clear_away(&folder_of(file), &begin, LEFT_AFTER)?;
        let path =
            file.with_file_name(format!("{begin}{:016x}{UNFINISHED}", rand::random::<u64>()));
        new_private(&path).map_err(BackupError::of(&path, "written"))?;
        Ok(Self {
            path,
            is_finished: false,
        })
    }

    /// Gives it its name, once what is in it has reached the disk, unless something has that name.
    pub fn finish(mut self, name: &Path) -> Result<(), BackupError> {
        let done = reach_disk(&self.path).and_then(|()| rename_to_free(&self.path, name));
        match done {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Taken(name.to_owned()));
            }
            done => done.map_err(BackupError::of(name, "written"))?,
        }
        self.is_finished = true;
        reach_disk(&folder_of(name)).map_err(BackupError::of(name, "written"))
    }
}

/// Renames a file, and replaces none: whoever made another of that name meanwhile keeps it. On a file system that can neither do that
/// nor link, there is a moment in which another file of that name would be replaced.
fn rename_to_free(file: &Path, name: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, file, CWD, name, RenameFlags::NOREPLACE) {
            // Not every file system can: some of a network cannot.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
            done => return Ok(done?),
        }
    }
    // A link is made only where nothing is.
    match fs::hard_link(file, name) {
        Ok(()) => fs::remove_file(file),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Err(cause),
        Err(_) if name.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(file, name),
    }
}

/// Removes the copies in the clear that runs that were killed left beside a database. To be called under its [`lock`]: nobody writes to
/// them.
pub(super) fn clear_away_plain(database: &Path) -> Result<(), BackupError> {
    let plain = named_after(database, PLAIN);
    let name = plain.file_name().unwrap_or_default().to_string_lossy();
    clear_away(&folder_of(database), &format!(".{name}."), Duration::ZERO)
}

/// What a copy in the clear is called, after the database beside which it lies.
pub(super) const PLAIN: &str = "copy";

/// Removes what runs that were killed left in a folder, of names that begin like this, if nobody has written to it for so long.
pub(super) fn clear_away(
    folder: &Path,
    begin: &str,
    left_after: Duration,
) -> Result<(), BackupError> {
    for entry in fs::read_dir(folder).map_err(BackupError::of(folder, "read"))? {
        let entry = entry.map_err(BackupError::of(folder, "read"))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // SQLite's own file beside one may be left too.
        let unfinished = name.strip_suffix("-journal").unwrap_or(&name);
        if !name.starts_with(begin) || !unfinished.ends_with(UNFINISHED) {
            continue;
        }
        let written = entry.metadata().and_then(|it| it.modified());
        let age = written.ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > left_after) {
            // Another process may have been quicker.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
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

/// Held while a copy of a database is made: there is one at a time.
pub(super) fn lock(database: &Path) -> Result<File, BackupError> {
    let path = named_after(database, "backup-lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_name_meanwhile_keeps_it_and_nothing_unfinished_stays() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("register.db");
        let (one, two) = (Unfinished::beside(&name), Unfinished::beside(&name));
        fs::write(&name, "of somebody else").unwrap();
        for unfinished in [one, two] {
            let done = unfinished.unwrap().finish(&name);
            assert!(matches!(done, Err(BackupError::Taken(_))), "{done:?}");
        }
        assert_eq!(fs::read_to_string(&name).unwrap(), "of somebody else");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let free = folder.path().join("free.db");
        Unfinished::beside(&free).unwrap().finish(&free).unwrap();
        assert!(free.exists());
    }
}
