//! Signing in and out, and setting a password.

pub mod home;
pub mod password;
pub mod sign_in;

use std::time::Duration;

use actix_web::HttpResponse;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::answer;
use super::caller::Caller;
use super::error::WebError;
use super::gate::cookies;

/// Argon2 takes 19 MiB and a core for tens of milliseconds: no more than this many at once, so that nobody can keep
/// the service busy with wrong passwords.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Whoever has to wait longer is asked to try again.
const PATIENCE: Duration = Duration::from_secs(5);

async fn turn_to_hash() -> Result<SemaphorePermit<'static>, WebError> {
    let busy = || {
        WebError::TooManyRequests("Many people are signing in just now. Wait a minute.".to_owned())
    };
    tokio::time::timeout(PATIENCE, HASHING.acquire())
        .await
        .map_err(|_| busy())?
        .map_err(|_| busy())
}

/// Leads on to `path` with a session from now on.
pub(super) fn begin_session(
    caller: &Caller,
    token: String,
    path: &str,
) -> Result<HttpResponse, WebError> {
    let mut response = answer::see_other(path);
    let cookie = cookies::make(cookies::SESSION, token, caller.app().config.is_https());
    response
        .add_cookie(&cookie)
        .map_err(|cause| WebError::internal(&cause))?;
    Ok(response)
}
