//! A large list that is being read: how far it is, what came of it, and that it is to stop (`/imports/under-way`).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, REFRESH};
use askama::Template;

use super::imports;
use crate::intake::list_import::under_way::HowFar;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{ButtonPress, Refused, Submitted};
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "officer/intake/under_way.html")]
struct UnderWayPage {
    page: Page,
    file_name: String,
    by: String,
    how_far: HowFar,
    has_ended: bool,
    may_stop: bool,
}

/// `GET /imports/under-way`
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let viewer = caller.viewer()?;
    let Some(reading) = caller.app().lists.of(viewer.authority()) else {
        return Ok(answer::see_other("/imports"));
    };
    let has_ended = reading.has_ended();
    if has_ended && reading.is_of(viewer) {
        caller.app().lists.forget(viewer.authority());
        return match reading.came_of_it() {
            Some(came_of_it) => {
                imports::answer_to(
                    &caller,
                    reading.name_for(viewer),
                    came_of_it,
                    imports::Asked::default(),
                )
                .await
            }
            None => Ok(answer::see_other("/imports")),
        };
    }
    let mut answer = answer::with_status(
        StatusCode::OK,
        &UnderWayPage {
            page: caller.page("/imports"),
            file_name: reading.name_for(viewer).to_owned(),
            by: reading.by.clone(),
            how_far: reading.how_far(),
            has_ended,
            may_stop: reading.is_of(viewer) || viewer.manages(),
        },
    )?;
    if !has_ended {
        // The page looks again by itself: there is no script that could.
        answer
            .headers_mut()
            .insert(REFRESH, HeaderValue::from_static("3"));
    }
    Ok(answer)
}

/// `POST /imports/under-way/stop`
pub async fn stop(
    caller: Caller,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let viewer = caller.viewer()?;
    let Some(reading) = caller.app().lists.of(viewer.authority()) else {
        return Ok(answer::see_other("/imports"));
    };
    if !reading.is_of(viewer) && !viewer.manages() {
        return Err(WebError::Forbidden);
    }
    reading.stop();
    let told = "The list stops at the next part. What was taken before stays on the register";
    Ok(caller.see_other_with("/imports/under-way", &Flash::important(told.to_owned())))
}
