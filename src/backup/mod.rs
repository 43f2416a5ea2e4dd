//! Copies of the register, each checked before it counts as one, and how a register is restored from one.
//!
//! - [`copy`]: writes a copy while the service goes on, and compares it with the register.
//! - [`manifest`]: what a copy held when it was made, in a file beside it.
//! - [`folder`]: the copies that the schedule makes, and which of them are let go.
//! - [`retention`]: which those are.
//! - [`sealing`]: encryption for somebody whose key is not here.
//! - [`restore`]: a register from a copy, in a new place, compared with the manifest.

pub mod copy;
mod files;
pub mod folder;
pub mod manifest;
pub mod restore;
pub mod retention;
pub mod sealing;
mod store;

use std::io;
use std::path::{Path, PathBuf};

use crate::db::DbError;

/// Why there is no copy, or nothing restored from one; a sentence.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is there already: name a new file, so that no earlier copy is lost")]
    Taken(PathBuf),
    #[error("the folder of {0} is not there: make it first")]
    NoFolder(PathBuf),
    #[error("{file} cannot be {done}: {cause}")]
    File {
        file: PathBuf,
        done: &'static str,
        cause: io::Error,
    },
    #[error("another backup of this database is under way: wait for it, then try again")]
    UnderWay,
    #[error(
        "{0} is to be encrypted, and nobody is named who could open it: set HEARTH_BACKUP_AGE_RECIPIENT"
    )]
    NoRecipient(PathBuf),
    #[error("the copy was thrown away, because it is not right: {0}")]
    NotRight(String),
    #[error("{0}")]
    Unreadable(String),
    #[error(
        "a PostgreSQL database is backed up with pg_dump and restored with pg_restore, see docs/operating.md"
    )]
    NotAFile,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl BackupError {
    /// Puts the file to what went wrong with it.
    fn of(file: &Path, done: &'static str) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |cause| Self::File { file, done, cause }
    }
}
