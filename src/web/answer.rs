//! The three answers a handler gives: a page, the page again with its mistakes marked, or the way to the next page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use askama::Template;

use super::error::WebError;

/// The page, status 200.
///
/// # Errors
/// When the template cannot be rendered.
pub fn show(page: &impl Template) -> Result<HttpResponse, WebError> {
    with_status(StatusCode::OK, page)
}

/// The page of a refused form, status 422: everything as typed, and what to do about each mistake.
///
/// # Errors
/// When the template cannot be rendered.
pub fn refuse(page: &impl Template) -> Result<HttpResponse, WebError> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// The page with another status: 409 for two people who saved the same record.
///
/// # Errors
/// When the template cannot be rendered.
pub fn with_status(status: StatusCode, page: &impl Template) -> Result<HttpResponse, WebError> {
    let html = page.render().map_err(|cause| WebError::internal(&cause))?;
    Ok(HttpResponse::build(status)
        .content_type(ContentType::html())
        .body(html))
}

/// Status 303 after a form was taken: the browser asks for `path` with GET, and a reload sends nothing twice.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}
