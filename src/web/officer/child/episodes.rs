//! What other services did, written down with its dates and source: `/children/{reference}/episodes`. The decisions
//! in it are made elsewhere.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::change::{change_or, child_of};
use crate::register::child::ChildRecord;
use crate::register::episode::{self, Episode, EpisodeError};
use crate::rules::codes::{AbuseCategory, EpisodeKind, Source};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    Choice, DateInput, Form, FormErrors, Refused, Submitted, choices_with_blank, one_line,
};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

/// What the form holds, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct EpisodeForm {
    kind: String,
    category: String,
    started_on: DateInput,
    ended_on: DateInput,
    source: String,
    #[validate(length(max = 200, message = "Whom to ask must be 200 characters or fewer"))]
    contact: String,
}

impl From<Episode> for EpisodeForm {
    fn from(told: Episode) -> Self {
        let category = told.category.map(|category| category.as_str().to_owned());
        Self {
            kind: told.kind.as_str().to_owned(),
            category: category.unwrap_or_default(),
            started_on: told.started_on.into(),
            ended_on: told.ended_on.map(DateInput::from).unwrap_or_default(),
            source: told.source.as_str().to_owned(),
            contact: told.contact,
        }
    }
}

impl Form for EpisodeForm {
    type Parsed = Episode;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Episode> {
        let kind = errors.keep(
            "kind",
            self.kind.parse().map_err(|_| "Choose what happened"),
        );
        let category = errors.keep_if_typed::<AbuseCategory>("category", &self.category);
        match (kind, category) {
            (Some(EpisodeKind::CpPlan), Some(None)) => {
                errors.add(
                    "category",
                    "Choose the category of the child protection plan",
                );
            }
            (Some(kind), Some(Some(_))) if kind != EpisodeKind::CpPlan => {
                errors.add("category", "Only a child protection plan has a category");
            }
            _ => {}
        }
        let started_on = self
            .started_on
            .required("started_on", "the first day", errors);
        if started_on.is_some_and(|day| day > today) {
            errors.add("started_on", "The first day must be today or in the past");
        }
        let ended_on = self.ended_on.optional("ended_on", "the last day", errors);
        if let (Some(started), Some(Some(ended))) = (started_on, ended_on) {
            if ended < started {
                errors.add("ended_on", "The last day must not be before the first");
            }
            if ended > today {
                errors.add("ended_on", "The last day must be today or in the past");
            }
        }
        let source = errors.keep(
            "source",
            self.source
                .parse()
                .map_err(|_| "Choose who told the authority"),
        );
        Some(Episode {
            kind: kind?,
            category: category?,
            started_on: started_on?,
            ended_on: ended_on?,
            source: source?,
            contact: one_line(&self.contact),
        })
    }
}

#[derive(Template)]
#[template(path = "officer/child/episodes.html")]
struct EpisodePage {
    page: Page,
    child: ChildRecord,
    form: EpisodeForm,
    errors: FormErrors,
    kinds: Vec<Choice>,
    categories: Vec<Choice>,
    sources: Vec<Choice>,
}

impl EpisodePage {
    fn new(caller: &Caller, child: ChildRecord, form: EpisodeForm, errors: FormErrors) -> Self {
        Self {
            page: caller.page("/children"),
            child,
            form,
            errors,
            kinds: choices_with_blank(
                "Choose one",
                EpisodeKind::ALL,
                EpisodeKind::as_str,
                EpisodeKind::label,
            ),
            categories: choices_with_blank(
                "Not a child protection plan",
                AbuseCategory::ALL,
                AbuseCategory::as_str,
                AbuseCategory::label,
            ),
            sources: choices_with_blank("Choose one", Source::ALL, Source::as_str, Source::label),
        }
    }
}

/// GET `/children/{reference}/episodes`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let child = child_of(&caller, reference).await?;
    answer::show(&EpisodePage::new(
        &caller,
        child,
        EpisodeForm::default(),
        FormErrors::default(),
    ))
}

/// POST `/children/{reference}/episodes`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn add(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<EpisodeForm>,
) -> Result<HttpResponse, WebError> {
    let told = match submitted.check(caller.today()) {
        Ok(told) => told,
        Err(Refused { form, errors }) => {
            let child = child_of(&caller, reference).await?;
            return answer::refuse(&EpisodePage::new(&caller, child, form, errors));
        }
    };
    let typed = told.clone();
    let written = change_or(&caller, reference.clone(), move |act, child| {
        episode::write_down(act, child, &told)
    })
    .await?;
    match written {
        Ok(()) => {}
        Err(EpisodeError::Untimely(problem)) => {
            let errors = FormErrors::at("started_on", problem.to_string());
            let child = child_of(&caller, reference).await?;
            return answer::refuse(&EpisodePage::new(&caller, child, typed.into(), errors));
        }
        Err(EpisodeError::Child(error)) => return Err(error.into()),
        Err(EpisodeError::Db(error)) => return Err(error.into()),
    }
    Ok(caller.see_other_with(
        &format!("/children/{reference}#episodes"),
        &Flash::success(
            "The episode is saved, and the schedule of the checks was looked at again.",
        ),
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn check(body: &str) -> Result<Episode, FormErrors> {
        Submitted::<EpisodeForm>::from_body(body)
            .unwrap()
            .check(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap())
            .map_err(|refused| refused.errors)
    }

    const STARTED: &str =
        "started_on-day=1&started_on-month=3&started_on-year=2026&source=social_care";

    #[test]
    fn an_open_episode_has_no_last_day() {
        let episode = check(&format!("kind=cin&{STARTED}&contact=Check+team")).unwrap();
        assert_eq!(episode.kind, EpisodeKind::Cin);
        assert_eq!(episode.ended_on, None);
        assert_eq!(episode.contact, "Check team");
    }

    #[test]
    fn a_plan_has_a_category_and_nothing_else_has() {
        let errors = check(&format!("kind=cp_plan&{STARTED}")).unwrap_err();
        assert!(errors.get("category").is_some());
        let errors = check(&format!("kind=cin&category=NEG&{STARTED}")).unwrap_err();
        assert!(errors.get("category").is_some());
        assert!(check(&format!("kind=cp_plan&category=NEG&{STARTED}")).is_ok());
    }

    #[test]
    fn days_go_forward_and_not_past_today() {
        for ended in [
            "ended_on-day=28&ended_on-month=2&ended_on-year=2026",
            "ended_on-day=24&ended_on-month=11&ended_on-year=2026",
            "ended_on-day=24",
        ] {
            let errors = check(&format!("kind=cin&{STARTED}&{ended}")).unwrap_err();
            assert!(errors.get("ended_on").is_some(), "{ended}");
        }
    }
}
