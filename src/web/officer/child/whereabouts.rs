//! Noting that nobody knows where a child is, and how it was found out: `/children/{reference}/whereabouts`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::register::child::{self, ChildRecord};
use crate::rules::codes::ChildStatus;
use crate::rules::identifiers::Reference;
use crate::standing::whereabouts::{self, WhereaboutsError};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "officer/child/whereabouts.html")]
struct WhereaboutsPage {
    page: Page,
    child: ChildRecord,
    is_lost: bool,
    words: String,
    errors: FormErrors,
}

/// What happened, as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct WhereaboutsForm {
    /// "lost" or "found": what the page asked.
    what: String,
    #[validate(length(max = 2000, message = "This must be 2,000 characters or fewer"))]
    words: String,
}

/// What is to be noted: that the child is lost, or found.
#[derive(Clone, Debug)]
pub struct Noted {
    found: bool,
    words: String,
}

impl Form for WhereaboutsForm {
    type Parsed = Noted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Noted> {
        let words = self.words.trim();
        if words.is_empty() {
            errors.add("words", WhereaboutsError::NothingSaid.to_string());
        }
        Some(Noted {
            found: self.what == "found",
            words: words.to_owned(),
        })
    }
}

/// GET `/children/{reference}/whereabouts`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    answer::show(&page(&caller, reference, String::new(), FormErrors::default()).await?)
}

/// POST `/children/{reference}/whereabouts`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<WhereaboutsForm>,
) -> Result<HttpResponse, WebError> {
    let noted = match submitted.check(caller.today()) {
        Ok(noted) => noted,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, reference, form.words, errors).await?);
        }
    };
    let (named, to_note) = (reference.clone(), noted.clone());
    let done = caller
        .act(move |act| {
            let Some(child) = child::find(act.tx, act.viewer, &named)? else {
                return Ok(false);
            };
            let note = if to_note.found {
                whereabouts::find
            } else {
                whereabouts::lose
            };
            note(act, &child, &to_note.words)?;
            Ok::<_, WhereaboutsError>(true)
        })
        .await?;
    match done {
        Ok(true) => {
            let told = if noted.found {
                "It is noted where the child is."
            } else {
                "It is noted that nobody knows where the child is. Finding out is a check with a day of its own."
            };
            Ok(caller.see_other_with(&format!("/children/{reference}"), &Flash::success(told)))
        }
        Ok(false) => Err(WebError::NotFound),
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, reference, noted.words, errors).await?)
        }
    }
}

impl Refusal for WhereaboutsError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NothingSaid | Self::Closed | Self::Already => Some("words"),
            Self::NotAllowed | Self::Db(_) => None,
        }
    }
}

async fn page(
    caller: &Caller,
    reference: Reference,
    words: String,
    errors: FormErrors,
) -> Result<WhereaboutsPage, WebError> {
    let child = caller
        .read(move |conn, viewer| child::find(conn, viewer, &reference))
        .await?
        .ok_or(WebError::NotFound)?;
    Ok(WhereaboutsPage {
        page: caller.page("/children"),
        is_lost: child.status == ChildStatus::WhereaboutsUnknown,
        child,
        words,
        errors,
    })
}
