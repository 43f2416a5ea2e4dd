//! Recording that a family without an email address was written to by post.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::words::{self, CheckWords};
use crate::db::DbError;
use crate::policy::rulebook;
use crate::rules::identifiers::Reference;
use crate::visit::check;
use crate::visit::paper_letter::{self, PaperLetterError};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/check/paper_letter.html")]
struct PaperLetterPage {
    page: Page,
    crumbs: Vec<Crumb>,
    check: CheckWords,
    form: PaperLetterForm,
    errors: FormErrors,
}

/// When the letter went.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct PaperLetterForm {
    day: DateInput,
}

impl Form for PaperLetterForm {
    type Parsed = NaiveDate;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<NaiveDate> {
        self.day
            .required("day", "the day the letter was posted", errors)
    }
}

/// `GET /checks/{reference}/paper-letter/new`
pub async fn new(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let check = words(&caller, &named.0).await?;
    if check.closed.is_some() {
        return Ok(refer(&caller, &named.0, &PaperLetterError::Closed));
    }
    if !check.is_acknowledgement {
        return Ok(refer(&caller, &named.0, &PaperLetterError::NotEnough));
    }
    let (form, errors) = (PaperLetterForm::default(), FormErrors::default());
    answer::show(&page(&caller, check, form, errors))
}

/// `POST /checks/{reference}/paper-letter`
pub async fn create(
    caller: Caller,
    named: Named,
    submitted: Submitted<PaperLetterForm>,
) -> Result<HttpResponse, WebError> {
    let words = words(&caller, &named.0).await?;
    let sent_on = match submitted.check(caller.today()) {
        Ok(sent_on) => sent_on,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, words, form, errors));
        }
    };
    let reference = named.0.clone();
    let noted = caller
        .act(move |act| {
            let check =
                check::find(act.tx, act.viewer, &reference)?.ok_or(PaperLetterError::Closed)?;
            paper_letter::acknowledge_on_paper(act, &check, sent_on)
        })
        .await?;
    match noted {
        Ok(()) => Ok(caller.see_other_with(
            &format!("/children/{}", words.child),
            &Flash::success("The letter is recorded, and the acknowledgement is done."),
        )),
        Err(error @ (PaperLetterError::Closed | PaperLetterError::NotEnough)) => {
            Ok(refer(&caller, &named.0, &error))
        }
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            let form = PaperLetterForm {
                day: DateInput::from(sent_on),
            };
            answer::refuse(&page(&caller, words, form, errors))
        }
    }
}

impl Refusal for PaperLetterError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Day(_) => Some("day"),
            Self::Closed | Self::NotEnough | Self::Db(_) => None,
        }
    }
}

async fn words(caller: &Caller, reference: &Reference) -> Result<CheckWords, WebError> {
    let today = caller.today();
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| {
            let Some((check, child)) = words::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let words = CheckWords::of(&check, &child, today, &rulebook.calendar);
            Ok::<_, DbError>(Some(words))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

fn page(
    caller: &Caller,
    check: CheckWords,
    form: PaperLetterForm,
    errors: FormErrors,
) -> PaperLetterPage {
    PaperLetterPage {
        page: caller.page("/work"),
        crumbs: check.crumbs(),
        check,
        form,
        errors,
    }
}

/// Back to the check, with the reason why there is no letter to record.
fn refer(caller: &Caller, reference: &Reference, error: &PaperLetterError) -> HttpResponse {
    caller.see_other_with(
        &format!("/checks/{reference}"),
        &Flash::important(error.to_string()),
    )
}
