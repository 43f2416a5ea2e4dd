//! Every mail that Hearth sends, with invented contents: to read, and to send to oneself. `/admin/mail/samples`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::{authority, mail_upkeep};
use crate::mail::{Rendered, messages};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "admin/samples.html")]
struct SamplesPage {
    page: Page,
    samples: Vec<Rendered>,
}

/// Which message to send.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SampleForm {
    kind: String,
}

impl Form for SampleForm {
    type Parsed = String;

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<String> {
        Some(self.kind.clone())
    }
}

/// `GET /admin/mail/samples`
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    answer::show(&SamplesPage {
        page: caller.page("/admin/mail"),
        samples: of(&caller).await?,
    })
}

/// `POST /admin/mail/samples`
pub async fn send(
    caller: Caller,
    submitted: Submitted<SampleForm>,
) -> Result<HttpResponse, WebError> {
    let kind = submitted
        .check(caller.today())
        .map_err(|_| WebError::StaleForm)?;
    let mut samples = of(&caller).await?.into_iter();
    let sample = samples.find(|it| it.kind.as_str() == kind);
    let sample = sample.ok_or_else(|| {
        WebError::BadRequest("Use the buttons on the page to choose a mail.".to_owned())
    })?;
    let base_url = caller.app().config.base_url.clone();
    let to = caller
        .act(move |act| mail_upkeep::send_sample(act, &sample, &base_url))
        .await??;
    caller.app().nudge.mail();
    let told = Flash::success(format!("The sample is on its way to {to}."));
    Ok(caller.see_other_with("/admin/mail/samples", &told))
}

async fn of(caller: &Caller) -> Result<Vec<Rendered>, WebError> {
    let (today, base_url) = (caller.today(), caller.app().config.base_url.clone());
    caller
        .read(move |conn, viewer| {
            let authority = authority::by_key(conn, viewer.authority())?;
            messages::samples(&authority.letterhead(&base_url), today)
        })
        .await
}
