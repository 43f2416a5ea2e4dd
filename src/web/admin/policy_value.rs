//! Changing one value of the policy: `/admin/policy/{key}`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::policy::policy_book::{self, PolicyError};
use crate::rules::policy::change::{self, Change, ChangeProblem};
use crate::rules::policy::{Period, Policy, PolicyKey, PolicySet, Unit};
use crate::rules::tier::Tier;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    Choice, DateInput, Form, FormErrors, Refused, Submitted, choices, choices_with_blank, one_line,
};
use crate::web::page::{Crumb, Flash, Page};
use crate::web::policy::{self, Line};

/// The key in the address of the page.
pub struct NamedKey(PolicyKey);

impl FromRequest for NamedKey {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let key = request
            .match_info()
            .get("key")
            .and_then(|key| key.parse().ok());
        ready(key.map(Self).ok_or(WebError::NotFound))
    }
}

#[derive(Template)]
#[template(path = "admin/policy_value.html")]
struct ValuePage {
    page: Page,
    crumbs: Vec<Crumb>,
    line: Line,
    bound: String,
    of_the_act: bool,
    tiers: Vec<Choice>,
    units: Vec<Choice>,
    form: ValueForm,
    errors: FormErrors,
}

/// A value as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ValueForm {
    tier: String,
    value: String,
    unit: String,
    from: DateInput,
    to: DateInput,
    #[validate(length(max = 300, message = "The source must be 300 characters or fewer"))]
    source: String,
    #[validate(length(max = 1000, message = "The reason must be 1,000 characters or fewer"))]
    reason: String,
}

/// A value that makes sense by itself, with the form it came from.
pub struct Wanted {
    form: ValueForm,
    tier: Option<Tier>,
    period: Period,
    from: NaiveDate,
    to: Option<NaiveDate>,
}

impl Form for ValueForm {
    type Parsed = Wanted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Wanted> {
        let tier = errors.keep_if_typed::<Tier>("tier", &self.tier);
        let value = errors.keep(
            "value",
            self.value
                .trim()
                .parse::<u32>()
                .map_err(|_| "Enter a whole number, such as 10"),
        );
        let unit = errors.keep(
            "unit",
            self.unit.parse::<Unit>().map_err(|_| "Choose a unit"),
        );
        let from = self.from.required("from", "the first day", errors);
        let to = self.to.optional("to", "the last day", errors);
        if self.source.trim().is_empty() {
            errors.add("source", ChangeProblem::NoSource.to_string());
        }
        if self.reason.trim().is_empty() {
            errors.add("reason", PolicyError::NoReason.to_string());
        }
        Some(Wanted {
            form: self.clone(),
            tier: tier?,
            period: Period {
                value: value?,
                unit: unit?,
            },
            from: from?,
            to: to?,
        })
    }
}

/// GET `/admin/policy/{key}`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such key.
pub async fn edit(caller: Caller, NamedKey(key): NamedKey) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: ValueForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, key, first).await?)
}

/// POST `/admin/policy/{key}`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such key.
pub async fn save(
    caller: Caller,
    NamedKey(key): NamedKey,
    submitted: Submitted<ValueForm>,
) -> Result<HttpResponse, WebError> {
    let wanted = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, key, refused).await?),
    };
    let form = wanted.form;
    let change = Change {
        key,
        tier: wanted.tier,
        period: wanted.period,
        source: one_line(&form.source),
        from: wanted.from,
        to: wanted.to,
    };
    let reason = form.reason.clone();
    let saved = caller
        .act(move |act| policy_book::set(act, &change, &reason))
        .await?;
    let error = match saved {
        Ok(()) => {
            let told = "The value is set. Open checks keep their day, and a census return follows it; every tier is looked at again.";
            return Ok(caller.see_other_with("/admin/policy", &Flash::success(told)));
        }
        Err(PolicyError::NotAllowed) => return Err(WebError::Forbidden),
        Err(PolicyError::Db(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let errors = FormErrors::at(field_of(&error), error.to_string());
    answer::refuse(&page(&caller, key, Refused { form, errors }).await?)
}

fn field_of(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::Change(ChangeProblem::Value(_)) => "value",
        PolicyError::Change(ChangeProblem::ForEveryTier(_)) => "tier",
        PolicyError::Change(ChangeProblem::EndsBeforeItBegins) => "to",
        PolicyError::Change(ChangeProblem::NoSource) => "source",
        PolicyError::NoReason => "reason",
        _ => "from",
    }
}

/// Taking back a value to come, or one that was entered today.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct WithdrawalForm {
    tier: String,
    from: String,
    #[validate(length(max = 1000, message = "The reason must be 1,000 characters or fewer"))]
    withdrawn_because: String,
}

impl Form for WithdrawalForm {
    type Parsed = (Option<Tier>, NaiveDate, String);

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self::Parsed> {
        let tier = errors.keep_if_typed::<Tier>("tier", &self.tier);
        let from = errors.keep("from", self.from.parse::<NaiveDate>());
        if self.withdrawn_because.trim().is_empty() {
            errors.add("withdrawn_because", PolicyError::NoReason.to_string());
        }
        Some((tier?, from?, self.withdrawn_because.clone()))
    }
}

/// POST `/admin/policy/{key}/withdrawal`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such key.
pub async fn withdraw(
    caller: Caller,
    NamedKey(key): NamedKey,
    submitted: Submitted<WithdrawalForm>,
) -> Result<HttpResponse, WebError> {
    let back = format!("/admin/policy/{}", key.as_str());
    let (tier, from, reason) = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => {
            let again = Refused {
                form: ValueForm::default(),
                errors: refused.errors,
            };
            return answer::refuse(&page(&caller, key, again).await?);
        }
    };
    let done = caller
        .act(move |act| policy_book::withdraw(act, (key, tier), from, &reason))
        .await?;
    let flash = match done {
        Ok(()) => Flash::success("The value is withdrawn. What held before it goes on."),
        Err(PolicyError::NotAllowed) => return Err(WebError::Forbidden),
        Err(PolicyError::Db(error)) => return Err(error.into()),
        Err(error) => Flash::important(error.to_string()),
    };
    Ok(caller.see_other_with(&back, &flash))
}

async fn page(
    caller: &Caller,
    key: PolicyKey,
    refused: Refused<ValueForm>,
) -> Result<ValuePage, WebError> {
    let (held, code) = policy::held(caller).await?;
    let rows = policy_book::rows(&held);
    let bounds = key.bounds();
    let mut form = refused.form;
    if form.unit.is_empty() {
        // As it is counted now: whoever changes the number does not change the unit by oversight.
        let policy = Policy::at(&rows, &code, caller.today());
        let held = policy.find(key, Tier::Green);
        let unit = held.map_or(bounds.most.unit, |row| row.period.unit);
        form.unit = unit.as_str().to_owned();
    }
    let tiers = if change::by_tier(&rows, key) {
        choices_with_blank("Every tier", Tier::ALL, Tier::as_str, Tier::label)
    } else {
        Vec::new()
    };
    Ok(ValuePage {
        page: caller.page("/admin/policy"),
        crumbs: vec![Crumb::to("Policy", "/admin/policy")],
        line: policy::line(key, &held, &code, caller.today()),
        bound: format!(
            "From {} to {} ({}).",
            bounds.least,
            bounds.most.words(),
            bounds.source
        ),
        of_the_act: change::set_of(&rows, key) == PolicySet::Cnis2026,
        tiers,
        units: choices(bounds.units, Unit::as_str, Unit::label),
        form,
        errors: refused.errors,
    })
}
