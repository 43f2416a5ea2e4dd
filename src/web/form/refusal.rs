//! What an inner room refuses to do with a form that made sense by itself, and where its page says so.

use std::fmt::Display;

use actix_web::http::StatusCode;

use super::FormErrors;
use crate::access::absence::AbsenceError;
use crate::duty::lapse::AnswerError;
use crate::duty::rest::RestError;
use crate::intake::list_import::answering::RowError;
use crate::intake::notification::AcceptError;
use crate::register::child::AmendError;
use crate::returns::census::SendingError;
use crate::standing::closure::ClosureError;
use crate::standing::whereabouts::WhereaboutsError;
use crate::tier::deciding::DecideError;
use crate::visit::booking::BookingError;
use crate::visit::outcome::OutcomeError;
use crate::visit::paper_letter::PaperLetterError;
use crate::web::error::WebError;

/// Why an inner room did not do what a form asked. Each says beside its form which field can mend it.
pub trait Refusal: Display + Into<WebError> {
    /// The field that it concerns, "" for the form as a whole; none when no field can mend it.
    fn field(&self) -> Option<&'static str>;

    /// The status of the page that comes again.
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    /// The mistake at its field.
    ///
    /// # Errors
    /// The error page, when no field can mend it.
    fn at_its_field(self) -> Result<FormErrors, WebError> {
        match self.field() {
            Some(field) => Ok(FormErrors::at(field, self.to_string())),
            None => Err(self.into()),
        }
    }
}

/// The error page of a refusal that no field can mend.
macro_rules! error_pages {
    ($($refusal:ident $(, $variant:ident => $page:ident)*;)*) => {$(
        impl From<$refusal> for WebError {
            fn from(refusal: $refusal) -> Self {
                match refusal {
                    $($refusal::$variant => Self::$page,)*
                    $refusal::Db(error) => error.into(),
                    refusal => Self::Conflict(format!("{refusal}.")),
                }
            }
        }
    )*};
}

error_pages! {
    AbsenceError, NotAllowed => Forbidden, Unknown => NotFound;
    AcceptError, NotFound => NotFound;
    AnswerError, NotAllowed => Forbidden;
    AmendError, NotAllowed => Forbidden, NotFound => NotFound;
    BookingError;
    ClosureError, NotAllowed => Forbidden;
    DecideError, NotAllowed => Forbidden;
    PaperLetterError;
    OutcomeError;
    RowError, NoSuchRow => NotFound;
    SendingError;
    RestError, NotAllowed => Forbidden;
    WhereaboutsError, NotAllowed => Forbidden;
}
