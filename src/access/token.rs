//! Random tokens that people carry (session cookies, links in mails) and the hashes we keep of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use sha2::{Digest, Sha256};

/// A fresh secret of 256 random bits, as text that fits a URL.
pub(super) fn fresh() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the database keeps of a token: a thief of the database cannot sign in with it. The tokens are random, so a
/// plain hash is enough; passwords get Argon2id.
pub(super) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Sixty-four random bits, for a new reference.
pub(super) fn bits() -> u64 {
    rand::rng().random()
}
