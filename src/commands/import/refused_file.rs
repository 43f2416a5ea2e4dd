//! The file that `--refused` names: it is made before anything is read into the register, and never in another's place.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::commands::Failure;

/// A new file for the refused rows; it goes again unless something is written to it.
pub struct RefusedFile {
    path: PathBuf,
    file: File,
    is_kept: bool,
}

impl RefusedFile {
    /// Refuses a name under which something would be lost, before the list is read.
    pub fn check(path: &Path, list: &Path) -> Result<(), Failure> {
        let name = path.display();
        let is_the_list = path == list
            || matches!((path.canonicalize(), list.canonicalize()), (Ok(one), Ok(other)) if one == other);
        if is_the_list {
            return Err(Failure::because(format!(
                "--refused {name} is the list itself: give another name for the refused rows, so that the list is not lost"
            )));
        }
        if path.symlink_metadata().is_ok() {
            return Err(is_there_already(path));
        }
        Ok(())
    }

    /// Makes the file, as its owner's alone: it holds what the list holds.
    pub fn make(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path).map_err(|cause| match cause.kind() {
            ErrorKind::AlreadyExists => is_there_already(path),
            _ => cannot_be_written(path, &cause),
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
            is_kept: false,
        })
    }

    /// Writes the rows; when there are none, the file goes again.
    pub fn keep(mut self, rows: &str) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        // Half a list of refused rows is better than none.
        self.is_kept = true;
        self.file
            .write_all(rows.as_bytes())
            .map_err(|cause| cannot_be_written(&self.path, &cause))
    }
}

impl Drop for RefusedFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // An empty file that stays is no loss; why the import failed matters more.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn is_there_already(path: &Path) -> Failure {
    Failure::because(format!(
        "{} is there already: give another name for the refused rows, so that nothing is lost",
        path.display()
    ))
}

fn cannot_be_written(path: &Path, cause: &std::io::Error) -> Failure {
    Failure::because(format!("{} cannot be written: {cause}", path.display()))
}
