//! What can go wrong between a browser and a page, and the page that says what to do next.

use std::error::Error;

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;

use super::page::Page;
use crate::log::request::{self, Reference};

/// Why there is no ordinary page. Messages are for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// No such page, or none that this person may know of.
    #[error("There is no such page, or it is not open to you.")]
    NotFound,
    /// The page exists and this person's role does not open it.
    #[error("Your account does not open this page.")]
    Forbidden,
    /// A form from an old page or from elsewhere.
    #[error(
        "This form is too old to be taken, or somebody else has signed in since it was opened."
    )]
    StaleForm,
    /// What was sent cannot be read; the message says what to do.
    #[error("{0}")]
    BadRequest(String),
    /// More was sent than Hearth takes; the message says how much that is.
    #[error("{0}")]
    TooLarge(String),
    /// Somebody else was quicker; the message says at what.
    #[error("{0}")]
    Conflict(String),
    /// Too many attempts; the message says when to try again.
    #[error("{0}")]
    TooManyRequests(String),
    /// Hearth cannot answer just now; the message says when it may.
    #[error("{0}")]
    Unavailable(String),
    /// The database went away before it said whether what was sent is saved.
    #[error(
        "The register stopped answering while this was being saved, so nobody can say yet whether it was."
    )]
    Unsure,
    /// Our fault. The cause is in the log under this reference, and nowhere else.
    #[error("Something went wrong at our end. Reference {0}.")]
    Internal(String),
}

impl WebError {
    /// Logs the cause under the request's reference and keeps only the reference.
    pub fn internal(cause: &dyn Error) -> Self {
        let reference = request::current().unwrap_or_else(Reference::random);
        let reference = reference.to_string();
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(deeper) = next {
            chain.push_str(": ");
            chain.push_str(&deeper.to_string());
            next = deeper.source();
        }
        tracing::error!(reference, cause = chain, "a request failed");
        Self::Internal(reference)
    }

    fn heading(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::Forbidden => "You cannot open this page",
            Self::StaleForm => "Please send the form again",
            Self::BadRequest(_) => "We could not read what was sent",
            Self::TooLarge(_) => "That is too large",
            Self::Conflict(_) => "Somebody else has changed this",
            Self::TooManyRequests(_) => "Too many attempts",
            Self::Unavailable(_) | Self::Unsure => "Sorry, the service is not available",
            Self::Internal(_) => "Sorry, there is a problem with the service",
        }
    }

    fn what_to_do(&self) -> &'static str {
        match self {
            Self::NotFound => "If you typed or pasted the address, check that it is complete.",
            Self::Forbidden => {
                "If you need it for your work, ask an administrator of your authority to change your role."
            }
            Self::StaleForm => {
                "Nothing was saved. Go back, reload the page and send the form again."
            }
            Self::BadRequest(_) | Self::TooLarge(_) => {
                "Nothing was saved. Go back, change what the message names and send it again."
            }
            Self::Conflict(_) => {
                "Nothing of yours was saved. Go back, reload the page to see the change, and decide again."
            }
            Self::TooManyRequests(_) | Self::Unavailable(_) => {
                "Nothing was saved. Go back and try again later."
            }
            Self::Unsure => {
                "Wait a minute, go back and look whether it is there before you send it again."
            }
            Self::Internal(_) => {
                "Nothing was saved. Try again later. If it happens again, tell your administrator the reference."
            }
        }
    }
}

impl From<crate::db::DbError> for WebError {
    fn from(error: crate::db::DbError) -> Self {
        use crate::db::DbError;
        match error {
            DbError::Pool(_) | DbError::Unreachable(_) => {
                tracing::error!(%error, "no database connection");
                Self::Unavailable(
                    "The register does not answer just now. Try again in a minute.".into(),
                )
            }
            DbError::Busy => {
                tracing::warn!(%error, "a write was given up");
                Self::Unavailable(
                    "It was not saved: the register is busy with other work. Try again in a moment."
                        .into(),
                )
            }
            DbError::Unsure(_) => {
                tracing::error!(%error, "nobody knows whether a write was kept");
                Self::Unsure
            }
            DbError::FileGone(_) => {
                tracing::error!(%error, "the database file is gone");
                Self::Unavailable(
                    "It was not saved: the register can be read but not changed until whoever runs Hearth has mended it."
                        .into(),
                )
            }
            error if cannot_be_written(&error) => {
                tracing::error!(%error, "the database cannot be written");
                Self::Unavailable(
                    "The register can be read but not changed just now. Try again in a while."
                        .into(),
                )
            }
            error => Self::internal(&error),
        }
    }
}

/// What SQLite says of a file that is read-only, or of a disk that is full. Diesel has no kind for either.
fn cannot_be_written(error: &crate::db::DbError) -> bool {
    let said = error.to_string();
    ["readonly database", "disk is full"]
        .iter()
        .any(|sign| said.contains(sign))
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    heading: &'static str,
    message: String,
    what_to_do: &'static str,
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) | Self::Unsure => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In the bare frame: the guard, who knows who is signed in, shows the error again in theirs.
    fn error_response(&self) -> HttpResponse {
        self.shown_in(Page::default())
    }
}

impl WebError {
    /// The page that says it, in a frame.
    pub fn shown_in(&self, page: Page) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        let shown = ErrorPage {
            page,
            heading: self.heading(),
            message: self.to_string(),
            what_to_do: self.what_to_do(),
        };
        match shown.render() {
            Ok(html) => response.content_type(ContentType::html()).body(html),
            Err(_) => response
                .content_type(ContentType::plaintext())
                .body(self.to_string()),
        }
    }
}

/// Addresses and query strings that actix-web cannot read get our page instead of its line of text.
pub fn configure(app: &mut web::ServiceConfig) {
    app.app_data(web::PathConfig::default().error_handler(|_, _| WebError::NotFound.into()));
    app.app_data(web::QueryConfig::default().error_handler(|_, _| {
        WebError::BadRequest(
            "The part of the address after the question mark cannot be read.".to_owned(),
        )
        .into()
    }));
}

/// The handler of every address that no route knows.
///
/// # Errors
/// Always [`WebError::NotFound`].
pub async fn not_found() -> Result<HttpResponse, WebError> {
    Err(WebError::NotFound)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    async fn body_of(error: &WebError) -> String {
        let body = to_bytes(error.error_response().into_body())
            .await
            .ok()
            .unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn the_cause_stays_in_the_log() {
        let cause = std::io::Error::other("secret detail");
        let error = WebError::internal(&cause);
        let WebError::Internal(reference) = &error else {
            panic!("{error:?}")
        };
        let body = body_of(&error).await;
        assert!(body.contains(reference) && !body.contains("secret detail"));
        assert_eq!(error.status_code(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[actix_web::test]
    async fn a_message_cannot_carry_markup() {
        let body = body_of(&WebError::BadRequest("<script>".into())).await;
        assert!(body.contains("&#60;script&#62;") && !body.contains("<script"));
    }
}
