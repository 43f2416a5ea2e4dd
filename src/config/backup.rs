//! The settings of scheduled copies.

use std::path::PathBuf;
use std::str::FromStr;

use super::{ConfigError, Environment};

/// How copies of the register are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupConfig {
    /// `HEARTH_BACKUP_FOLDER`; without it there are no scheduled copies.
    pub folder: Option<PathBuf>,
    /// `HEARTH_BACKUP_EVERY`, in hours.
    pub every: u32,
    /// `HEARTH_BACKUP_KEEP`.
    pub keep: usize,
    /// `HEARTH_BACKUP_AGE_RECIPIENT`.
    pub recipient: Option<String>,
}

impl BackupConfig {
    pub(super) fn read(given: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            folder: given.value("HEARTH_BACKUP_FOLDER").map(PathBuf::from),
            every: given.read(
                "HEARTH_BACKUP_EVERY",
                "use a number of hours from 1 to 168",
                |v| v.parse().ok().filter(|n| (1..=168).contains(n)),
            )?,
            keep: given.read(
                "HEARTH_BACKUP_KEEP",
                "use a number of days from 1 to 1000",
                |v| v.parse().ok().filter(|n| (1..=1000).contains(n)),
            )?,
            recipient: given.read_if_set(
                "HEARTH_BACKUP_AGE_RECIPIENT",
                "use a public key as age-keygen prints it, which begins with age1",
                |v| {
                    age::x25519::Recipient::from_str(v)
                        .ok()
                        .map(|it| it.to_string())
                },
            )?,
        })
    }
}
