//! A register from a copy: always in a new place, and compared with the manifest before it is there.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::copy::{self, Moment};
use super::files::{self, Sum, Unfinished};
use super::manifest::{Manifest, Promises};
use super::store::contents;
use super::{BackupError, sealing};
use crate::clock::At;
use crate::db::{self, Conn, DbError, migrate};

/// What is restored, and where.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub copy: &'a Path,
    /// Where nothing is yet.
    pub into: &'a Path,
    /// A file with the keys that open an encrypted copy.
    pub keys: Option<&'a Path>,
}

/// One thing that was held against the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub how: How,
    pub words: String,
}

/// How it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Same,
    Differs,
    /// It could not be asked, and the words say why.
    NotAsked,
}

/// Restores a copy as it is.
///
/// # Errors
/// When something is in that place, the copy cannot be read or decrypted, or nothing can be written there.
pub fn restore(asked: Asked<'_>) -> Result<(), BackupError> {
    must_be_free(asked.into)?;
    let unfinished = Unfinished::beside(asked.into)?;
    open(asked, &unfinished)?;
    finish(unfinished, asked.into)
}

/// Restores a copy if it is what its manifest says; gives what was compared, and nothing is there if anything differs.
///
/// # Errors
/// As [`restore`], and when there is no manifest.
pub fn restore_verified(asked: Asked<'_>) -> Result<Vec<Compared>, BackupError> {
    must_be_free(asked.into)?;
    let manifest = Manifest::read(asked.copy)?;
    let file = same_sum("the file", &manifest.file, &files::sum(asked.copy)?);
    let mut compared = vec![file];
    // What was changed since it was encrypted cannot be decrypted, and need not be.
    if differs(&compared) && sealing::is_sealed(asked.copy)? {
        return Ok(compared);
    }
    let unfinished = Unfinished::beside(asked.into)?;
    open(asked, &unfinished)?;
    compared.extend(with_manifest(&unfinished.path, &manifest)?);
    if !differs(&compared) {
        finish(unfinished, asked.into)?;
    }
    Ok(compared)
}

/// Copying and comparing take their time, and somebody may have put a database there meanwhile.
fn finish(unfinished: Unfinished, into: &Path) -> Result<(), BackupError> {
    must_be_free(into)?;
    unfinished.finish(into)
}

/// Whether anything differs.
pub fn differs(compared: &[Compared]) -> bool {
    compared.iter().any(|it| it.how == How::Differs)
}

/// Neither a database nor what SQLite would take for a part of one.
fn must_be_free(into: &Path) -> Result<(), BackupError> {
    for beside in ["wal", "shm", "journal"] {
        files::must_be_free(&files::named_after(into, beside))?;
    }
    files::must_be_free(into)
}

fn open(asked: Asked<'_>, unfinished: &Unfinished) -> Result<(), BackupError> {
    let mut plain = OpenOptions::new()
        .write(true)
        .open(&unfinished.path)
        .map_err(BackupError::of(asked.into, "written"))?;
    if !sealing::is_sealed(asked.copy)? {
        let copied = File::open(asked.copy).and_then(|mut copy| io::copy(&mut copy, &mut plain));
        return copied
            .map(drop)
            .map_err(BackupError::of(asked.into, "written"));
    }
    let keys = asked.keys.ok_or_else(|| {
        BackupError::Unreadable(format!(
            "{} is encrypted: name the file with the key that opens it (--age-identity FILE)",
            asked.copy.display()
        ))
    })?;
    sealing::open(asked.copy, keys, &mut plain)
}

fn with_manifest(plain: &Path, manifest: &Manifest) -> Result<Vec<Compared>, BackupError> {
    let mut compared = vec![same_sum(
        "the database in it",
        &manifest.database,
        &files::sum(plain)?,
    )];
    let read = db::copy::look_into(plain, |conn| {
        compared.push(whole(conn)?);
        compared.push(steps(conn, manifest)?);
        for held in &manifest.contents {
            let all = contents::all(conn)?;
            let found = all.iter().find(|it| it.what == held.what);
            let found = found.map_or(0, |it| it.rows);
            compared.push(same(&held.what, held.rows, found));
        }
        compared.push(promises(conn, manifest)?);
        Ok::<_, DbError>(())
    });
    if let Err(cause) = read {
        compared.push(line(How::Differs, format!("the tables: {cause}")));
    }
    Ok(compared)
}

fn whole(conn: &mut Conn) -> Result<Compared, DbError> {
    let faults = db::copy::faults(conn)?;
    Ok(match faults.is_empty() {
        true => line(
            How::Same,
            "the pages, indexes and references: whole".to_owned(),
        ),
        false => line(
            How::Differs,
            format!("the pages, indexes and references: {}", faults.join("; ")),
        ),
    })
}

fn steps(conn: &mut Conn, manifest: &Manifest) -> Result<Compared, DbError> {
    let found = migrate::had(conn)?;
    Ok(match found == manifest.steps {
        true => line(
            How::Same,
            format!("steps of the tables: {}", found.join(", ")),
        ),
        false => line(
            How::Differs,
            format!(
                "steps of the tables: {} when it was copied, {} now",
                manifest.steps.join(", "),
                found.join(", ")
            ),
        ),
    })
}

/// Each promise, as of the moment of the copy, stands as it stood then.
fn promises(conn: &mut Conn, manifest: &Manifest) -> Result<Compared, DbError> {
    let unasked = |why: &str| line(How::NotAsked, format!("promises: not asked, {why}"));
    let Some(then) = &manifest.promises else {
        return Ok(unasked("because they were not when it was copied"));
    };
    let moment = Moment {
        at: At::of(manifest.made_at),
        late_after: Duration::from_secs(then.late_after * 60),
    };
    let Some(now) = copy::promises(conn, moment)? else {
        return Ok(unasked(
            "because the copy is of another version: `hearth migrate`, then `hearth verify`",
        ));
    };
    let at = manifest.made_at.format("%Y-%m-%d %H:%M");
    Ok(match now.broken == then.broken {
        true => line(
            How::Same,
            format!(
                "promises as of {at} UTC: {} looked at, {} broken{}",
                now.number,
                now.broken.len(),
                named(&now)
            ),
        ),
        false => line(
            How::Differs,
            format!(
                "promises as of {at} UTC: {} broken when it was copied{}; {} now{}",
                then.broken.len(),
                named(then),
                now.broken.len(),
                named(&now)
            ),
        ),
    })
}

fn named(promises: &Promises) -> String {
    match promises.broken.is_empty() {
        true => String::new(),
        false => format!(" ({})", promises.broken.join("; ")),
    }
}

fn same_sum(what: &str, then: &Sum, now: &Sum) -> Compared {
    if then == now {
        let words = format!("{what}: {} bytes, sha256 {}", now.bytes, now.sha256);
        return line(How::Same, words);
    }
    let why = match then.bytes == now.bytes {
        true => "it was changed since it was made".to_owned(),
        false => format!("{} bytes when it was made, {} now", then.bytes, now.bytes),
    };
    line(How::Differs, format!("{what}: {why}"))
}

fn same(what: &str, then: i64, now: i64) -> Compared {
    match then == now {
        true => line(How::Same, format!("{what}: {now}")),
        false => line(
            How::Differs,
            format!("{what}: {then} when it was copied, {now} now"),
        ),
    }
}

fn line(how: How, words: String) -> Compared {
    Compared { how, words }
}
