//! When the register of the 2026 Act comes into force in the authority: `/admin/policy/cnis-2026`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::policy::policy_book::{self, PolicyError};
use crate::rules::policy::change;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refused, Submitted};
use crate::web::page::{Crumb, Flash, Page};
use crate::web::{answer, policy};

#[derive(Template)]
#[template(path = "admin/commencement.html")]
struct CommencementPage {
    page: Page,
    crumbs: Vec<Crumb>,
    stands: String,
    may_end: bool,
    form: CommencementForm,
    errors: FormErrors,
}

/// A first or a last day as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct CommencementForm {
    day: DateInput,
    #[validate(length(max = 1000, message = "The reason must be 1,000 characters or fewer"))]
    reason: String,
}

impl Form for CommencementForm {
    type Parsed = (Self, NaiveDate);

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self::Parsed> {
        let day = self.day.required("day", "the day", errors);
        if self.reason.trim().is_empty() {
            errors.add("reason", PolicyError::NoReason.to_string());
        }
        Some((self.clone(), day?))
    }
}

/// GET `/admin/policy/cnis-2026`.
///
/// # Errors
/// When the database does not answer.
pub async fn edit(caller: Caller) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: CommencementForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, first).await?)
}

/// POST `/admin/policy/cnis-2026`.
///
/// # Errors
/// When the database does not answer.
pub async fn save(
    caller: Caller,
    submitted: Submitted<CommencementForm>,
) -> Result<HttpResponse, WebError> {
    enter(caller, submitted, true).await
}

/// POST `/admin/policy/cnis-2026/end`.
///
/// # Errors
/// When the database does not answer.
pub async fn end(
    caller: Caller,
    submitted: Submitted<CommencementForm>,
) -> Result<HttpResponse, WebError> {
    enter(caller, submitted, false).await
}

async fn enter(
    caller: Caller,
    submitted: Submitted<CommencementForm>,
    begins: bool,
) -> Result<HttpResponse, WebError> {
    let (form, day) = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, refused).await?),
    };
    let reason = form.reason.clone();
    let done = caller
        .act(move |act| {
            if begins {
                policy_book::commence(act, day, &reason)
            } else {
                policy_book::end_commencement(act, day, &reason)
            }
        })
        .await?;
    let error = match done {
        Ok(()) => {
            let told = Flash::success("The day is entered.");
            return Ok(caller.see_other_with("/admin/policy/cnis-2026", &told));
        }
        Err(PolicyError::NotAllowed) => return Err(WebError::Forbidden),
        Err(PolicyError::Db(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let errors = FormErrors::at("day", error.to_string());
    answer::refuse(&page(&caller, Refused { form, errors }).await?)
}

async fn page(
    caller: &Caller,
    refused: Refused<CommencementForm>,
) -> Result<CommencementPage, WebError> {
    let (held, code) = policy::held(caller).await?;
    let today = caller.today();
    let entered = change::commencement(&policy_book::rows(&held), &code);
    Ok(CommencementPage {
        page: caller.page("/admin/policy"),
        crumbs: vec![Crumb::to("Policy", "/admin/policy")],
        stands: policy::stands(&held, &code, today),
        may_end: entered.is_some_and(|(_, to)| to.is_none_or(|to| to > today)),
        form: refused.form,
        errors: refused.errors,
    })
}
