//! Passwords: Argon2id with the parameters the crate recommends, off the async threads, a few at a time.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

/// Why a password cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Length is what makes a password strong (NCSC: three random words).
    #[error("Enter a password of 12 characters or more, for example three random words")]
    TooShort,
    /// Argon2 would take it, but nobody types this.
    #[error("Enter a password of 200 characters or fewer")]
    TooLong,
    /// The hash could not be made.
    #[error("The password could not be stored. Try again")]
    Hash,
}

/// Hashes a new password; takes tens of milliseconds and 19 MiB on purpose.
pub fn hash(password: &str) -> Result<String, PasswordProblem> {
    match password.chars().count() {
        0..12 => return Err(PasswordProblem::TooShort),
        12..=200 => {}
        _ => return Err(PasswordProblem::TooLong),
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordProblem::Hash)
}

/// Whether `password` is the one behind `stored`. Without a stored hash the same work is done in vain, so that the
/// time of the answer does not tell whether an account exists.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    match stored.and_then(|text| PasswordHash::new(text).ok()) {
        Some(hash) => Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok(),
        None => {
            let _ = Argon2::default().hash_password(password.as_bytes());
            false
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse battery", Some(&stored)));
        assert!(!verify("correct horse batterz", Some(&stored)));
        assert!(!verify("correct horse battery", None));
        assert_eq!(hash("short"), Err(PasswordProblem::TooShort));
    }
}
