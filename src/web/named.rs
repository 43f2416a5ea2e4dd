//! The reference in the address of a page: `/children/{reference}`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::WebError;
use crate::rules::identifiers::Reference;

/// What the address names, as people copy it. Anything that is no reference is a page that does not exist.
#[derive(Clone, Debug)]
pub struct Named(pub Reference);

impl FromRequest for Named {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let reference = request
            .match_info()
            .get("reference")
            .and_then(|written| Reference::parse(written).ok());
        ready(reference.map(Self).ok_or(WebError::NotFound))
    }
}
