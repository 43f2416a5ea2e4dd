//! Saying what became of an import that was cut off: `/imports/{reference}/ending`.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::intake::list_import::{self, EndError};
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::named::Named;
use crate::web::page::Flash;

/// What somebody says of an import that never came to its end.
#[derive(Debug, Default, Deserialize, Validate)]
pub struct EndingForm {
    #[validate(length(max = 1000, message = "Use fewer than 1,000 characters"))]
    #[serde(default)]
    because: String,
}

impl Form for EndingForm {
    type Parsed = String;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<String> {
        let because = self.because.trim();
        if because.is_empty() {
            errors.add("because", "Say what became of the list");
            return None;
        }
        Some(because.to_owned())
    }
}

/// `POST /imports/{reference}/ending`
pub async fn create(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<EndingForm>,
) -> Result<HttpResponse, WebError> {
    let here = format!("/imports/{reference}");
    let because = match submitted.check(caller.today()) {
        Ok(because) => because,
        Err(_) => {
            let asked = reference.clone();
            let found = caller
                .read(move |conn, viewer| list_import::find(conn, viewer, &asked))
                .await?;
            found.ok_or(WebError::NotFound)?;
            let flash = Flash::important("Say what became of the list".to_owned());
            return Ok(caller.see_other_with(&here, &flash));
        }
    };
    let ended = caller
        .act(move |act| list_import::end_unfinished(act, &reference, &because))
        .await?;
    match ended {
        Ok(()) => Ok(caller.see_other_with(
            &here,
            &Flash::success("It is noted what became of the list"),
        )),
        Err(EndError::NotFound) => Err(WebError::NotFound),
        Err(EndError::Db(error)) => Err(error.into()),
        Err(refusal) => {
            let flash = Flash::important(refusal.to_string());
            Ok(caller.see_other_with(&here, &flash))
        }
    }
}
