//! What a sweep would do on a day, without doing it: `/admin/rehearsal`.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use crate::jobs::rehearsal::{self, ASSESSED, Rehearsed, TakenBack};
use crate::rules::dates::spoken;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, FormErrors, Query};
use crate::web::page::Page;

/// The day that is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Day {
    on: DateInput,
    asked: String,
}

#[derive(Template)]
#[template(path = "admin/rehearsal.html")]
struct RehearsalPage {
    page: Page,
    on: DateInput,
    /// The day in words, with what would happen.
    rehearsed: Option<(String, Rehearsed)>,
    errors: FormErrors,
}

/// `GET /admin/rehearsal`
pub async fn show(caller: Caller, Query(day): Query<Day>) -> Result<HttpResponse, WebError> {
    let mut shown = RehearsalPage {
        page: caller.page("/admin/mail"),
        on: day.on,
        rehearsed: None,
        errors: FormErrors::default(),
    };
    if day.asked.is_empty() {
        return answer::show(&shown);
    }
    let on = shown.on.required("on", "the day", &mut shown.errors);
    if on.is_some_and(|on| on < caller.today()) {
        shown.errors.add("on", "Choose today or a later day");
    }
    let Some(on) = on.filter(|_| shown.errors.summary().is_empty()) else {
        return answer::refuse(&shown);
    };
    let at = caller.app().clock.on(on);

    let base_url = caller.app().config.base_url.clone();
    let taken_back = caller
        .act(move |act| rehearsal::rehearse(act.tx, act.viewer.authority(), &base_url, at))
        .await?;
    match taken_back {
        Err(TakenBack::Rehearsed(rehearsed)) => {
            shown.rehearsed = Some((spoken(on), rehearsed));
            answer::show(&shown)
        }
        Err(TakenBack::Db(error)) => Err(error.into()),
        Ok(never) => match never {},
    }
}
