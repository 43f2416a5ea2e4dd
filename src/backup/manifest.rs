//! What a copy held when it was made. It lies in a file beside the copy, because a file cannot hold its own hash; it names
//! nobody, so it is never encrypted.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::BackupError;
use super::files::{Sum, Unfinished};

/// How a manifest is written; another number is another way.
const FORMAT: u32 = 1;

/// The account of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of the program that made the copy.
    pub hearth: String,
    /// In UTC.
    pub made_at: NaiveDateTime,
    /// The file as it lies, encrypted or not.
    pub file: Sum,
    /// The database in it.
    pub database: Sum,
    /// Of which register it is, as its first event tells it from others. None in copies of earlier versions.
    #[serde(default)]
    pub register: Option<String>,
    /// The steps that its tables have had.
    pub steps: Vec<String>,
    pub contents: Vec<Held>,
    /// None when the program was newer than the database, whose promises it could not ask for.
    pub promises: Option<Promises>,
}

/// How many rows there are of a kind, and the key of the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub what: String,
    pub rows: i64,
    pub last: i64,
}

/// How the promises of `hearth verify` stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// How many were looked at.
    pub number: usize,
    /// Those that were broken in the register that was copied.
    pub broken: Vec<String>,
    /// By how many minutes a sweep was late.
    pub late_after: u64,
}

/// What was seen in a copy.
#[derive(Debug)]
pub(super) struct Seen {
    pub database: Sum,
    pub register: Option<String>,
    pub steps: Vec<String>,
    pub contents: Vec<Held>,
    pub promises: Option<Promises>,
}

impl Manifest {
    /// The manifest of what was copied just now by this program.
    pub(super) fn of(made_at: NaiveDateTime, file: Sum, seen: Seen) -> Self {
        Self {
            format: FORMAT,
            hearth: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            file,
            database: seen.database,
            register: seen.register,
            steps: seen.steps,
            contents: seen.contents,
            promises: seen.promises,
        }
    }

    /// Where the manifest of a copy lies.
    pub fn path(copy: &Path) -> PathBuf {
        let mut name = copy.file_name().unwrap_or_default().to_owned();
        name.push(".json");
        copy.with_file_name(name)
    }

    /// Reads the manifest of a copy.
    ///
    /// # Errors
    /// When it is not there or is no manifest, in a sentence.
    pub fn read(copy: &Path) -> Result<Self, BackupError> {
        let path = Self::path(copy);
        let text = fs::read_to_string(&path).map_err(BackupError::of(&path, "read"))?;
        let why = |cause: String| {
            BackupError::Unreadable(format!(
                "{} is no manifest that this version of Hearth can read: {cause}",
                path.display()
            ))
        };
        let manifest: Self = serde_json::from_str(&text).map_err(|it| why(it.to_string()))?;
        match manifest.format {
            FORMAT => Ok(manifest),
            other => Err(why(format!("its format is {other}"))),
        }
    }

    /// Writes it beside its copy, before the copy has its name: a copy with a manifest is whole.
    pub(super) fn write(&self, copy: &Path) -> Result<(), BackupError> {
        let path = Self::path(copy);
        let unfinished = Unfinished::beside(&path)?;
        let text = serde_json::to_string_pretty(self)
            .map_err(|cause| BackupError::Unreadable(cause.to_string()))?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .open(&unfinished.path)
            .map_err(BackupError::of(&path, "written"))?;
        writeln!(file, "{text}").map_err(BackupError::of(&path, "written"))?;
        unfinished.finish(&path)
    }
}
