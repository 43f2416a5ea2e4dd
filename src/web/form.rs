//! Forms as browsers send them: what a person typed stays text until [`Submitted::check`] has made sense of it.

mod choice;
mod date_input;
mod errors;
mod refusal;
mod urlencoded;

pub use choice::{Choice, choices, choices_with_blank};
pub use date_input::DateInput;
pub use errors::{FormError, FormErrors};
pub use refusal::Refusal;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::NaiveDate;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::error::WebError;
use super::gate::csrf;
use crate::rules::text;

/// A form: its fields as typed (`String`, `Vec<String>` for checkboxes, [`DateInput`]) and what they must come to.
///
/// Derive `Default` and `serde(default)` with it, so that a field that was not sent is empty. Presence and length are
/// said with `validator`, each with a `message` for the person; the rest is said in `parse`.
pub trait Form: DeserializeOwned + Validate {
    /// What the form means, in types that cannot hold nonsense.
    type Parsed;

    /// Makes sense of what was typed. Adds to `errors` whatever makes none; then the result does not matter.
    /// A field that already has an error keeps that one.
    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Self::Parsed>;
}

/// A form that came with the right token and that nobody has looked into yet.
#[derive(Debug)]
pub struct Submitted<F> {
    form: F,
    fields: &'static [&'static str],
}

/// A form with mistakes in it: for the same page again, everything as typed.
#[derive(Debug)]
pub struct Refused<F> {
    pub form: F,
    /// What to do about each mistake.
    pub errors: FormErrors,
}

impl<F: Form> Submitted<F> {
    /// The only way into the form: what it means, or the form as typed with what is wrong.
    ///
    /// # Errors
    /// Whatever `validator` and [`Form::parse`] found, in the order of the form's fields.
    pub fn check(self, today: NaiveDate) -> Result<F::Parsed, Refused<F>> {
        let mut errors = FormErrors::in_order_of(self.fields);
        if let Err(found) = self.form.validate() {
            errors.add_validation(&found);
        }
        match self.form.parse(today, &mut errors) {
            Some(parsed) if errors.is_empty() => Ok(parsed),
            _ => {
                errors.ensure_one();
                Err(Refused {
                    form: self.form,
                    errors,
                })
            }
        }
    }
}

impl<F> Submitted<F> {
    /// Reads a body without a request, for tests of a form.
    ///
    /// # Errors
    /// When it is not what a browser sends.
    #[cfg(test)]
    pub fn from_body(body: &str) -> Result<Self, WebError>
    where
        F: DeserializeOwned,
    {
        let (form, fields) =
            urlencoded::Pairs::parse(body.as_bytes()).and_then(urlencoded::Pairs::read)?;
        Ok(Self { form, fields })
    }
}

impl<F: DeserializeOwned + 'static> FromRequest for Submitted<F> {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_urlencoded(request) {
            return ready(Err(unreadable())).boxed_local();
        }
        let body = web::Bytes::from_request(request, payload);
        let request = request.clone();
        async move {
            let body = body.await.map_err(|cause| not_received(&cause))?;
            let mut pairs = urlencoded::Pairs::parse(&body)?;
            csrf::verify(&request, &pairs.take(csrf::FIELD))?;
            let (form, fields) = pairs.read()?;
            Ok(Self { form, fields })
        }
        .boxed_local()
    }
}

fn is_urlencoded(request: &HttpRequest) -> bool {
    let sent = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn not_received(cause: &actix_web::Error) -> WebError {
    match cause.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => WebError::TooLarge(
            "The form holds more text than Hearth can take. Shorten the longest answer.".to_owned(),
        ),
        _ => unreadable(),
    }
}

fn unreadable() -> WebError {
    WebError::from(urlencoded::Malformed)
}

/// What was typed into a box of one line, with single spaces and none at the ends.
pub fn one_line(typed: &str) -> String {
    text::clean(typed).into_owned()
}

/// What was typed into a box that may stay empty, as [`one_line`] gives it.
pub fn line_if_typed(typed: &str) -> Option<String> {
    Some(one_line(typed)).filter(|line| !line.is_empty())
}

/// A form that is one button: whoever presses it has said everything.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ButtonPress {}

impl Validate for ButtonPress {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        Ok(())
    }
}

impl Form for ButtonPress {
    type Parsed = ();

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<()> {
        Some(())
    }
}

/// What stands after the question mark of an address: the filters of a list, a search. Read as a form is, so that a
/// key sent twice or one we do not know is no error; there is nothing to protect, so it opens at once.
#[derive(Debug)]
pub struct Query<Q>(pub Q);

impl<Q: DeserializeOwned> FromRequest for Query<Q> {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let read = urlencoded::Pairs::parse(request.query_string().as_bytes())
            .and_then(urlencoded::Pairs::read);
        ready(read.map(|(query, _)| Self(query)).map_err(|_| {
            WebError::BadRequest(
                "The part of the address after the question mark cannot be read.".to_owned(),
            )
        }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
