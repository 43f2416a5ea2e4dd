//! Encryption of a copy in the format of age, for a public key: who has the copy and not the key reads nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::str::FromStr;

use age::x25519;

use super::files::Sum;
use super::{BackupError, files};

/// How every file of age begins.
const BEGINS: &[u8] = b"age-encryption.org/";

/// Whether a file is encrypted.
///
/// # Errors
/// When it cannot be read.
pub fn is_sealed(file: &Path) -> Result<bool, BackupError> {
    let mut begins = Vec::new();
    let length = u64::try_from(BEGINS.len()).unwrap_or_default();
    let read = File::open(file).and_then(|file| file.take(length).read_to_end(&mut begins));
    read.map_err(BackupError::of(file, "read"))?;
    Ok(begins == BEGINS)
}

/// Encrypts `plain` into `sealed`, which is there and empty, and opens it again from what was written: the same must come
/// out. For that it is encrypted for a second key too, which nobody else ever sees and which is gone afterwards.
pub(super) fn seal(
    plain: &Path,
    sealed: &Path,
    recipient: &str,
    expected: &Sum,
) -> Result<(), BackupError> {
    let recipient = x25519::Recipient::from_str(recipient).map_err(|cause| {
        BackupError::Unreadable(format!("HEARTH_BACKUP_AGE_RECIPIENT is no key: {cause}"))
    })?;
    let for_now = x25519::Identity::generate();
    write(plain, sealed, [&recipient, &for_now.to_public()])
        .map_err(BackupError::of(sealed, "written"))?;
    let mut opened = open_with(sealed, &for_now)?;
    let found = files::sum_of(&mut opened).map_err(BackupError::of(sealed, "read"))?;
    match found == *expected {
        true => Ok(()),
        false => Err(BackupError::NotRight(
            "what was encrypted cannot be decrypted again".to_owned(),
        )),
    }
}

fn write(plain: &Path, sealed: &Path, keys: [&x25519::Recipient; 2]) -> io::Result<()> {
    let keys = keys.iter().map(|key| *key as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(keys).map_err(io::Error::other)?;
    let file = OpenOptions::new().write(true).open(sealed)?;
    let mut into = encryptor.wrap_output(file)?;
    io::copy(&mut File::open(plain)?, &mut into)?;
    into.finish()?.flush()?;
    files::reach_disk(sealed)
}

/// Decrypts `sealed` into `plain` with the keys of a file as age-keygen writes it.
pub(super) fn open(sealed: &Path, keys: &Path, plain: &mut File) -> Result<(), BackupError> {
    let found = File::open(keys)
        .and_then(|file| age::IdentityFile::from_buffer(BufReader::new(file)))
        .map_err(BackupError::of(keys, "read"))?;
    let found = found
        .into_identities()
        .map_err(|cause| BackupError::Unreadable(format!("{}: {cause}", keys.display())))?;
    let mut opened = decryptor(sealed)?
        .decrypt(found.iter().map(AsRef::as_ref))
        .map_err(|cause| undecrypted(sealed, &cause))?;
    io::copy(&mut opened, plain).map_err(BackupError::of(sealed, "decrypted to its end"))?;
    Ok(())
}

fn open_with(sealed: &Path, key: &x25519::Identity) -> Result<impl Read, BackupError> {
    let key: &dyn age::Identity = key;
    decryptor(sealed)?
        .decrypt(std::iter::once(key))
        .map_err(|cause| undecrypted(sealed, &cause))
}

fn decryptor(sealed: &Path) -> Result<age::Decryptor<BufReader<File>>, BackupError> {
    let file = File::open(sealed).map_err(BackupError::of(sealed, "read"))?;
    age::Decryptor::new_buffered(BufReader::new(file)).map_err(|cause| undecrypted(sealed, &cause))
}

fn undecrypted(sealed: &Path, cause: &age::DecryptError) -> BackupError {
    let why = match cause {
        age::DecryptError::NoMatchingKeys => "none of these keys opens it".to_owned(),
        age::DecryptError::Io(cause) => cause.to_string(),
        _ => "it was changed since it was made, or is not whole".to_owned(),
    };
    BackupError::Unreadable(format!("{} cannot be decrypted: {why}", sealed.display()))
}
