//! The token that shows a form came from one of our own pages.

use std::fmt;

use actix_web::{HttpMessage, HttpRequest};
use subtle::ConstantTimeEq;

use crate::web::error::WebError;

/// The name under which every form sends its token back.
pub const FIELD: &str = "csrf";

/// The token that this browser's forms must send back. The guard puts it among the request's extensions,
/// the layout into its forms, and [`verify`] compares the two.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// A token that the guard derived for this browser.
    pub fn new(token: String) -> Self {
        Self(token)
    }

    /// As it stands in a form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn accepts(&self, sent: &str) -> bool {
        !self.0.is_empty() && bool::from(self.0.as_bytes().ct_eq(sent.as_bytes()))
    }
}

/// Without the token: it is as good as a signature.
impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken")
    }
}

/// Refuses a form whose token is not this browser's. Without a token to compare with, every form is refused.
///
/// # Errors
/// [`WebError::StaleForm`].
pub fn verify(request: &HttpRequest, sent: &str) -> Result<(), WebError> {
    let expected = request
        .extensions()
        .get::<CsrfToken>()
        .is_some_and(|token| token.accepts(sent));
    if expected {
        Ok(())
    } else {
        Err(WebError::StaleForm)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_the_browsers_own_token_is_taken() {
        let request = TestRequest::post().to_http_request();
        assert!(verify(&request, "").is_err(), "no guard, no form");
        request
            .extensions_mut()
            .insert(CsrfToken::new("right".into()));
        assert!(verify(&request, "right").is_ok());
        assert!(verify(&request, "wrong").is_err());
        assert!(verify(&request, "").is_err());
        request
            .extensions_mut()
            .insert(CsrfToken::new(String::new()));
        assert!(
            verify(&request, "").is_err(),
            "an empty token protects nothing"
        );
    }
}
