//! Letting a child's checks rest while social care leads: for managers, with a named lead and an end.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::db::DbError;
use crate::duty::rest::{self, NewRest, Outlook, RestError};
use crate::policy::rulebook;
use crate::register::child;
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/child/rest.html")]
struct RestPage {
    page: Page,
    crumbs: Vec<Crumb>,
    child: String,
    child_name: String,
    resting: Option<Resting>,
    /// Who will hear of the rest, a sentence each.
    outlook: Vec<String>,
    latest: String,
    why_latest: String,
    form: RestForm,
    errors: FormErrors,
}

/// The rest that holds already.
struct Resting {
    lead_name: String,
    reason: String,
    until: String,
}

/// A rest as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct RestForm {
    #[validate(length(max = 1000, message = "The reason must be 1,000 characters or fewer"))]
    reason: String,
    #[validate(length(max = 200, message = "The name must be 200 characters or fewer"))]
    lead_name: String,
    ends_on: DateInput,
}

/// A rest that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct Wanted {
    form: RestForm,
    rest: NewRest,
}

impl Form for RestForm {
    type Parsed = Wanted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Wanted> {
        let (reason, lead_name) = (self.reason.trim(), self.lead_name.trim());
        if reason.is_empty() {
            errors.add("reason", RestError::NoReason.to_string());
        }
        if lead_name.is_empty() {
            errors.add("lead_name", RestError::NoLead.to_string());
        }
        let what = "the day on which the rest ends";
        let ends_on = self.ends_on.required("ends_on", what, errors);
        Some(Wanted {
            form: self.clone(),
            rest: NewRest {
                reason: reason.to_owned(),
                lead_name: lead_name.to_owned(),
                ends_on: ends_on?,
            },
        })
    }
}

/// `GET /children/{reference}/rest`
pub async fn new(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: RestForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, named.0, first).await?)
}

/// `POST /children/{reference}/rest`
pub async fn create(
    caller: Caller,
    named: Named,
    submitted: Submitted<RestForm>,
) -> Result<HttpResponse, WebError> {
    let Wanted { form, rest } = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, named.0, refused).await?),
    };
    let (reference, until) = (named.0.clone(), spoken(rest.ends_on));
    let begun = caller
        .act(move |act| {
            let Some(child) = child::find(act.tx, act.viewer, &reference)? else {
                return Ok(None);
            };
            let heard = rest::begin(act, child.key, &rest)?;
            Ok::<_, RestError>(Some(heard))
        })
        .await?;
    match begun {
        Ok(Some(heard)) => {
            let above = if heard {
                " The head of service will be told within a quarter of an hour."
            } else {
                ""
            };
            Ok(caller.see_other_with(
                &format!("/children/{}", named.0),
                &Flash::success(format!(
                    "The checks rest until {until} and wake the day after.{above}"
                )),
            ))
        }
        Ok(None) => Err(WebError::NotFound),
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, named.0, Refused { form, errors }).await?)
        }
    }
}

impl Refusal for RestError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoReason => Some("reason"),
            Self::NoLead => Some("lead_name"),
            Self::End(_) => Some("ends_on"),
            Self::NotAllowed | Self::Db(_) => None,
        }
    }
}

async fn page(
    caller: &Caller,
    reference: Reference,
    refused: Refused<RestForm>,
) -> Result<RestPage, WebError> {
    let today = caller.today();
    let found = caller
        .read(move |conn, viewer| {
            let Some(child) = child::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let resting = rest::on(conn, child.key, today)?;
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let outlook = Outlook::of(conn, child.key, &rulebook)?.in_words(&rulebook);
            let latest = rest::latest_end(&rulebook);
            Ok::<_, DbError>(Some((child, resting, outlook, latest)))
        })
        .await?;
    let (child, resting, outlook, latest) = found.ok_or(WebError::NotFound)?;
    let name = child.particulars.full_name();
    Ok(RestPage {
        page: caller.page("/children"),
        crumbs: vec![
            Crumb::to("Register", "/children"),
            Crumb::to(name.as_str(), format!("/children/{}", child.reference)),
        ],
        child: child.reference.to_string(),
        child_name: name,
        resting: resting.map(|resting| Resting {
            lead_name: resting.lead_name,
            reason: resting.reason,
            until: spoken(resting.ends_on),
        }),
        outlook,
        latest: spoken(latest.day),
        why_latest: latest.why,
        form: refused.form,
        errors: refused.errors,
    })
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::result_large_err
)]
mod tests {
    use super::*;

    fn checked(body: &str) -> Result<Wanted, Refused<RestForm>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::from_body(body).unwrap().check(today)
    }

    #[test]
    fn checks_rest_with_a_lead_and_an_end() {
        let wanted = checked(
            "reason=Social+care+leads&lead_name=Robin+Vale&ends_on-day=1&ends_on-month=2&ends_on-year=2027",
        )
        .unwrap()
        .rest;
        assert_eq!(wanted.ends_on.to_string(), "2027-02-01");
        assert_eq!(wanted.lead_name, "Robin Vale");
    }

    #[test]
    fn without_reason_lead_or_end_nothing_rests() {
        let refused = checked("").unwrap_err();
        let fields: Vec<_> = refused
            .errors
            .summary()
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, ["reason", "lead_name", "ends_on"]);
    }
}
