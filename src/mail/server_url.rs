//! What in the URL of a mail server cannot be meant, and would be passed over: a user without a password, a mistyped
//! parameter, a path.

use url::Url;

use super::setting::SettingError;

/// Refuses a URL with a part that would not be used, or with the port of the other scheme.
///
/// # Errors
/// [`SettingError`], which does not repeat the URL.
pub(super) fn must_be_meant(url: &Url) -> Result<(), SettingError> {
    let is_wrapped = url.scheme() == "smtps";
    let fault = |words: &str| Err(SettingError::Url(words.to_owned()));
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return fault("nothing stands after the host and the port but ?tls=");
    }
    if url.username().is_empty() != url.password().is_none() {
        return fault("a user and a password stand there both, or neither");
    }
    let mut parameters = url.query_pairs();
    match (parameters.next(), parameters.next()) {
        (None, _) => {}
        (Some((name, _)), None) if name == "tls" => {}
        _ => return fault("the only parameter is tls, once"),
    }
    let asked = url.query_pairs().next().map(|(_, value)| value);
    if is_wrapped && asked.is_some_and(|value| value != "required") {
        return fault("smtps:// is TLS from the first byte: remove tls=");
    }
    match (is_wrapped, url.port()) {
        (_, Some(0)) => fault("no mail server is at port 0"),
        (true, Some(25 | 587)) => fault("port 25 and port 587 are for smtp://"),
        (false, Some(465)) => fault("port 465 is for smtps://"),
        _ => Ok(()),
    }
}
