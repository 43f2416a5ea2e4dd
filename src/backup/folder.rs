//! The folder of the copies that the schedule makes.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, TimeDelta};

use super::copy::{self, Moment};
use super::manifest::Manifest;
use super::store::contents;
use super::{BackupError, files, retention};
use crate::config::BackupConfig;
use crate::db::Db;

/// What the schedule makes, and what of it is kept.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub folder: PathBuf,
    pub every: TimeDelta,
    /// Of so many days the newest copy is kept.
    pub days: usize,
    /// For whom copies are encrypted.
    pub recipient: Option<String>,
}

impl Schedule {
    /// As the settings say; none when they name no folder.
    pub fn of(config: &BackupConfig) -> Option<Self> {
        Some(Self {
            folder: config.folder.clone()?,
            every: TimeDelta::hours(i64::from(config.every)),
            days: config.keep,
            recipient: config.recipient.clone(),
        })
    }
}

/// A copy that is whole, with its manifest.
#[derive(Debug)]
pub struct Stored {
    pub file: PathBuf,
    pub manifest: Manifest,
}

/// What became of a copy of the schedule.
#[derive(Debug)]
pub struct Made {
    pub file: PathBuf,
    /// How many that were of no more use were removed.
    pub removed: usize,
    /// What kept others from being removed. The copy counts all the same.
    pub kept_by: Vec<BackupError>,
}

/// Makes the copy of this minute, and only when it is made removes those of the same register that are of no more use.
///
/// # Errors
/// When the copy cannot be made, and then every other one is still there.
pub fn make(db: &Db, schedule: &Schedule, moment: Moment) -> Result<Made, BackupError> {
    let recipient = schedule.recipient.as_deref();
    let end = if recipient.is_some() { "db.age" } else { "db" };
    let minute = moment.at.now().format("%Y-%m-%dT%H%M");
    let file = schedule.folder.join(format!("hearth-{minute}.{end}"));
    let manifest = copy::make(db, &file, recipient, moment)?;
    let mut made = Made {
        file,
        removed: 0,
        kept_by: Vec::new(),
    };
    if let Err(cause) = made.let_go(schedule, &manifest) {
        made.kept_by.push(cause);
    }
    Ok(made)
}

impl Made {
    fn let_go(&mut self, schedule: &Schedule, manifest: &Manifest) -> Result<(), BackupError> {
        files::clear_away(&schedule.folder, ".hearth-", files::LEFT_AFTER)?;
        let mut stored = stored(&schedule.folder)?;
        stored.retain(|copy| copy.manifest.register == manifest.register);
        let moments: Vec<NaiveDateTime> = stored.iter().map(|it| it.manifest.made_at).collect();
        let let_go = retention::let_go(&moments, schedule.days);
        for copy in &stored {
            if copy.file == self.file || !let_go.contains(&copy.manifest.made_at) {
                continue;
            }
            match remove(&copy.file).and_then(|()| remove(&Manifest::path(&copy.file))) {
                Ok(()) => self.removed += 1,
                Err(cause) => self.kept_by.push(cause),
            }
        }
        Ok(())
    }
}

/// The copies of a folder that are whole, as their manifests have it. Anything else there is somebody else's.
///
/// # Errors
/// When the folder cannot be read.
pub fn stored(folder: &Path) -> Result<Vec<Stored>, BackupError> {
    let mut found = Vec::new();
    for (name, file) in files_of(folder)? {
        let is_copy =
            name.starts_with("hearth-") && [".db", ".db.age"].iter().any(|it| name.ends_with(it));
        let Some(manifest) = is_copy.then(|| Manifest::read(&file).ok()).flatten() else {
            continue;
        };
        if fs::metadata(&file).is_ok_and(|it| it.len() == manifest.file.bytes) {
            found.push(Stored { file, manifest });
        }
    }
    Ok(found)
}

/// Whether the folder has a copy of this register, not older than `age`, that lies there as it was made.
///
/// # Errors
/// When the folder cannot be read or the database does not answer.
pub fn has_fresh(
    db: &Db,
    folder: &Path,
    now: NaiveDateTime,
    age: TimeDelta,
) -> Result<bool, BackupError> {
    for copy in stored(folder)? {
        let Manifest {
            made_at,
            contents,
            register,
            file,
            ..
        } = copy.manifest;
        let is_fresh = made_at <= now && now - made_at <= age;
        if !is_fresh || register != db.read_now(contents::first_event)? {
            continue;
        }
        let is_ours = db.read_now(|conn| contents::until(conn, &contents))? == contents;
        if is_ours && files::sum(&copy.file)? == file {
            return Ok(true);
        }
    }
    Ok(false)
}

fn files_of(folder: &Path) -> Result<Vec<(String, PathBuf)>, BackupError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(BackupError::of(folder, "read"))? {
        let entry = entry.map_err(BackupError::of(folder, "read"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((name, entry.path()));
    }
    Ok(found)
}

fn remove(file: &Path) -> Result<(), BackupError> {
    let removed = fs::remove_file(file).and_then(|()| files::reach_disk(&files::folder_of(file)));
    removed.map_err(BackupError::of(file, "removed"))
}
