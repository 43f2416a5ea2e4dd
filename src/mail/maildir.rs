//! A Maildir: a mail server puts each message into `new/` as a file; who has dealt with it moves it to `cur/`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::config::folder;

/// More of a message than any bounce needs: the report stands before what came back.
const READ_AT_MOST: u64 = 4 * 1024 * 1024;

/// Whether messages could be read from it and set aside; `cur/` is made when the first one is.
///
/// # Errors
/// If it is no Maildir, or cannot be read.
pub fn check(maildir: &Path) -> io::Result<()> {
    fs::read_dir(maildir.join("new"))?;
    folder::can_be_made(&maildir.join("cur"))
}

/// The files of messages that nobody has dealt with, the oldest names first.
///
/// # Errors
/// If the folder is no Maildir, or cannot be read.
pub fn new_messages(maildir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(maildir.join("new"))? {
        let entry = entry?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        // Nor is read what has no end, such as a pipe.
        if !is_hidden && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The message in a file; of a very long one, the beginning.
///
/// # Errors
/// If it cannot be read.
pub fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    fs::File::open(file)?
        .take(READ_AT_MOST)
        .read_to_end(&mut message)?;
    Ok(message)
}

/// Moves a message to those that were seen (`:2,S`).
///
/// # Errors
/// If it cannot be moved.
pub fn set_aside(maildir: &Path, file: &Path) -> io::Result<()> {
    let seen = maildir.join("cur");
    fs::create_dir_all(&seen)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(":2,").next().unwrap_or_default();
    fs::rename(file, seen.join(format!("{name}:2,S")))
}
