//! The three cookies: who is signed in, which browser this is, and what just happened. None is for counting people.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::ServiceRequest;

/// The token of a session.
pub const SESSION: &str = "hearth_session";
/// A random value that ties the forms of a browser to it.
pub const BROWSER: &str = "hearth_browser";
/// What just happened, to be told once.
pub const FLASH: &str = "hearth_flash";

/// A cookie for this site alone, out of reach of scripts; it goes when the browser closes.
///
/// `Lax` and not `Strict`: a parent arrives from a link in a mail and is still signed in.
pub fn make(name: &'static str, value: String, https: bool) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie that makes the browser forget one.
pub fn forget(name: &'static str) -> Cookie<'static> {
    Cookie::build(name, "")
        .path("/")
        .max_age(Duration::ZERO)
        .finish()
}

/// The value of a cookie, if it came.
pub fn read(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}

/// As [`read`], before the request reached a handler.
pub fn read_early(request: &ServiceRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}
