//! The address that people reach the service at: scheme, host and port, and nothing more.

use std::net::SocketAddr;

use url::{Host, Url};

use super::environment::Environment;
use super::fault::ConfigError;

const NAME: &str = "HEARTH_BASE_URL";

/// The address as given, or where the service listens. As browsers write the origin of a form, which it is compared with.
pub(super) fn of(given: &Environment, bind: SocketAddr) -> Result<String, ConfigError> {
    let Some(address) = given.value(NAME) else {
        let here = format!("http://{bind}");
        return Ok(origin(&here).unwrap_or(here));
    };
    // Its words do not repeat the value: there may be a password in it.
    origin(address).ok_or_else(|| ConfigError::Slip {
        name: NAME.to_owned(),
        how: "use the address alone, such as https://hearth.example.gov.uk, without a user, a path, a question mark or a #",
    })
}

fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    // A browser would also take https:/host and https:///host.
    let (_, after) = address.split_once("://")?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anybodys = url.username().is_empty() && url.password().is_none();
    let is_of_the_web = matches!(url.scheme(), "http" | "https") && !after.starts_with(['/', '\\']);
    let is_meant = is_of_the_web && is_bare && is_anybodys;
    is_meant.then(|| url.origin().ascii_serialization())
}

/// Whether an address leads everybody to their own machine, or nowhere.
pub(super) fn is_only_here(address: &str) -> bool {
    match Url::parse(address).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => true,
    }
}
