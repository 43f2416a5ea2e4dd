//! Deciding on another tier than the rules give: `/children/{reference}/tier`, for managers.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::db::DbError;
use crate::policy::rulebook;
use crate::register::child::{self, ChildRecord};
use crate::register::tier;
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::rules::tier::Tier;
use crate::tier::deciding::{self, DecideError};
use crate::tier::decision::{self, NewTierDecision, TierDecision};
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    ButtonPress, Choice, DateInput, Form, FormErrors, Refusal, Refused, Submitted, choices,
};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::{answer, filters};

#[derive(Template)]
#[template(path = "officer/child/tier.html")]
struct TierPage {
    page: Page,
    child: ChildRecord,
    reasons: Vec<String>,
    standing: Option<TierDecision>,
    latest: String,
    why_latest: String,
    tiers: Vec<Choice>,
    form: TierForm,
    errors: FormErrors,
}

/// A decision as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct TierForm {
    tier: String,
    #[validate(length(max = 1000, message = "The reason must be 1,000 characters or fewer"))]
    reason: String,
    ends_on: DateInput,
}

/// A decision that makes sense by itself, with the form it came from.
#[derive(Debug)]
pub struct Wanted {
    form: TierForm,
    decision: NewTierDecision,
}

impl Form for TierForm {
    type Parsed = Wanted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Wanted> {
        let tier = errors.keep(
            "tier",
            self.tier.parse::<Tier>().map_err(|_| "Choose a tier"),
        );
        if self.reason.trim().is_empty() {
            errors.add("reason", DecideError::NoReason.to_string());
        }
        let ends_on = self.ends_on.required("ends_on", "the last day", errors);
        Some(Wanted {
            form: self.clone(),
            decision: NewTierDecision {
                tier: tier?,
                reason: self.reason.trim().to_owned(),
                ends_on: ends_on?,
            },
        })
    }
}

/// GET `/children/{reference}/tier`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: TierForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, reference, first).await?)
}

/// POST `/children/{reference}/tier`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn decide(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<TierForm>,
) -> Result<HttpResponse, WebError> {
    let Wanted { form, decision } = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, reference, refused).await?),
    };
    let (named, tier) = (reference.clone(), decision.tier);
    let decided = caller
        .act(move |act| {
            let Some(child) = child::find(act.tx, act.viewer, &named)? else {
                return Ok(false);
            };
            deciding::decide(act, child.key, &decision)?;
            Ok::<_, DecideError>(true)
        })
        .await?;
    match decided {
        Ok(true) => {
            let told = format!("The tier is {} until the day you chose.", tier.as_str());
            Ok(caller.see_other_with(&format!("/children/{reference}"), &Flash::success(told)))
        }
        Ok(false) => Err(WebError::NotFound),
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, reference, Refused { form, errors }).await?)
        }
    }
}

impl Refusal for DecideError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::End(_) => Some("ends_on"),
            Self::NoReason => Some("reason"),
            Self::NothingDecided | Self::NotAllowed | Self::Db(_) => None,
        }
    }
}

/// POST `/children/{reference}/tier/withdrawal`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn withdraw(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let named = reference.clone();
    let withdrawn = caller
        .act(move |act| {
            let Some(child) = child::find(act.tx, act.viewer, &named)? else {
                return Ok(false);
            };
            deciding::withdraw(act, child.key)?;
            Ok::<_, DecideError>(true)
        })
        .await?;
    let flash = match withdrawn {
        Ok(true) => Flash::success("The rules give the tier again."),
        Ok(false) => return Err(WebError::NotFound),
        Err(error @ DecideError::NothingDecided) => Flash::important(error.to_string()),
        Err(refusal) => return Err(refusal.into()),
    };
    Ok(caller.see_other_with(&format!("/children/{reference}"), &flash))
}

async fn page(
    caller: &Caller,
    reference: Reference,
    refused: Refused<TierForm>,
) -> Result<TierPage, WebError> {
    let today = caller.today();
    let found = caller
        .read(move |conn, viewer| {
            let Some(child) = child::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let reasons = tier::reasons(conn, child.key)?;
            let standing = decision::in_force(conn, child.key)?;
            let latest = deciding::latest_end(&rulebook);
            Ok::<_, DbError>(Some((child, reasons, standing, latest)))
        })
        .await?;
    let (child, reasons, standing, latest) = found.ok_or(WebError::NotFound)?;
    Ok(TierPage {
        page: caller.page("/children"),
        child,
        reasons,
        standing,
        latest: spoken(latest.day),
        why_latest: latest.why,
        tiers: choices(Tier::ALL, Tier::as_str, Tier::label),
        form: refused.form,
        errors: refused.errors,
    })
}
