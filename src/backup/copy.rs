//! Writes a copy while the service goes on. It gets its name only when it was read again and holds what the register holds.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::files::{self, Unfinished};
use super::manifest::{Manifest, Promises, Seen};
use super::store::contents;
use super::{BackupError, sealing};
use crate::clock::At;
use crate::db::{Conn, Db, DbError, copy, migrate};
use crate::proof::verify::verify;
use crate::shipped::{self, Standing};

/// When a copy is made, and by how much a sweep may be late then.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub at: At,
    pub late_after: Duration,
}

/// Whether anything is in a database that somebody would miss: a child, in a register of any version.
///
/// # Errors
/// When the database does not answer.
pub fn is_worth_one(db: &Db) -> Result<bool, BackupError> {
    if db.read_now(migrate::had)?.is_empty() {
        return Ok(false);
    }
    let held = db.read_now(contents::all)?;
    Ok(held
        .iter()
        .any(|it| it.what == contents::CHILDREN && it.rows > 0))
}

/// Writes a checked copy of the whole database to `file`, its owner's alone, and its manifest beside it; encrypted where a
/// recipient is named.
///
/// # Errors
/// When the file is there already, the copy cannot be written or is not right; then nothing is left.
pub fn make(
    db: &Db,
    file: &Path,
    recipient: Option<&str>,
    moment: Moment,
) -> Result<Manifest, BackupError> {
    let database = db.file().ok_or(BackupError::NotAFile)?;
    files::must_be_free(file)?;
    files::must_be_free(&Manifest::path(file))?;
    let _alone = files::lock(database)?;
    files::clear_away_plain(database)?;
    let unfinished = Unfinished::beside(file)?;
    let Some(recipient) = recipient else {
        let seen = copied(db, &unfinished.path, moment)?;
        let manifest = Manifest::of(moment.at.now(), seen.database.clone(), seen);
        return finish(unfinished, manifest, file);
    };
    // What is not encrypted yet stays beside the database: the folder of the copies may be another machine's.
    let plain = Unfinished::beside(&files::named_after(database, files::PLAIN))?;
    let seen = copied(db, &plain.path, moment)?;
    sealing::seal(&plain.path, &unfinished.path, recipient, &seen.database)?;
    let sealed = files::sum(&unfinished.path)?;
    finish(
        unfinished,
        Manifest::of(moment.at.now(), sealed, seen),
        file,
    )
}

fn finish(
    unfinished: Unfinished,
    manifest: Manifest,
    file: &Path,
) -> Result<Manifest, BackupError> {
    manifest.write(file)?;
    if let Err(cause) = unfinished.finish(file) {
        // A manifest alone is taken for nothing; why there is no copy matters more.
        let _ = fs::remove_file(Manifest::path(file));
        return Err(cause);
    }
    Ok(manifest)
}

/// Copies the database, and holds the copy against it. Rows of what is counted are only ever added, so a copy made between
/// two readings holds at least what the first one saw, and just what the second one saw up to the copy's last keys.
fn copied(db: &Db, plain: &Path, moment: Moment) -> Result<Seen, BackupError> {
    let steps = db.read_now(migrate::had)?;
    if steps.is_empty() {
        return Err(BackupError::Unreadable(
            "there is no register in the database yet: run `hearth migrate` first".to_owned(),
        ));
    }
    let before = db.read_now(contents::all)?;
    db.backup_to(&plain.to_string_lossy())?;
    // Nobody looks after what is restored from it until somebody serves it.
    copy::change(plain, contents::nobody_looks)?;
    files::reach_disk(plain).map_err(BackupError::of(plain, "written"))?;
    let seen = look(plain, moment)?;
    let after = db.read_now(|conn| contents::until(conn, &seen.contents))?;
    let mut wrong = Vec::new();
    if steps != seen.steps {
        wrong.push("its tables have had other steps".to_owned());
    }
    for ((copied, before), live) in seen.contents.iter().zip(&before).zip(&after) {
        if copied != live || copied.last < before.last {
            wrong.push(format!(
                "it holds {} {}, and the register {}",
                copied.rows, copied.what, live.rows
            ));
        }
    }
    match wrong.is_empty() {
        true => Ok(seen),
        false => Err(BackupError::NotRight(wrong.join("; "))),
    }
}

/// Reads a copy that was made just now.
fn look(plain: &Path, moment: Moment) -> Result<Seen, BackupError> {
    let database = files::sum(plain)?;
    copy::look_into(plain, |conn| {
        let faults = copy::faults(conn)?;
        let seen = Seen {
            database,
            steps: migrate::had(conn)?,
            register: contents::first_event(conn)?,
            contents: contents::all(conn)?,
            promises: promises(conn, moment)?,
        };
        Ok::<_, DbError>((seen, faults))
    })
    .map_err(BackupError::from)
    .and_then(|(seen, faults)| match faults.is_empty() {
        true => Ok(seen),
        false => Err(BackupError::NotRight(faults.join("; "))),
    })
}

/// How the promises stand in a copy, as of the moment at which it was made; none when it is of another version. A register
/// that breaks one is copied all the same, and so is one of which a stored value makes no sense.
pub(super) fn promises(conn: &mut Conn, moment: Moment) -> Result<Option<Promises>, DbError> {
    if shipped::standing(conn)? != Standing::Ready {
        return Ok(None);
    }
    let late_after = moment.late_after.as_secs() / 60;
    let (number, broken) = match verify(conn, None, moment.at, moment.late_after) {
        Ok(proof) => {
            let broken = proof.iter().filter(|promise| !promise.holds());
            let broken = broken.map(|it| it.promise.to_owned()).collect();
            (proof.len(), broken)
        }
        Err(cause) => (0, vec![cause.to_string()]),
    };
    Ok(Some(Promises {
        number,
        broken,
        late_after,
    }))
}
