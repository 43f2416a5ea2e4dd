//! Seals what a browser carries for us, so that nobody else can have written it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha2::Sha256;

/// The seal of `text` for one `purpose`; a seal for one purpose is worth nothing for another.
pub fn of(secret: &str, purpose: &str, text: &str) -> String {
    // HMAC takes a key of any length, so this cannot fail; an empty seal would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// A random value for a browser that has none yet.
pub fn random() -> String {
    let bytes: [u8; 18] = rand::rng().random();
    URL_SAFE_NO_PAD.encode(bytes)
}
