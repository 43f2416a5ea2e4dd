//! Every mail that Hearth sends, with invented contents: to read, and to send to oneself. `/admin/mail/samples`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::{authority, mail_upkeep};
use crate::mail::{Rendered, messages};
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::page::{Flash, Page};
use crate::web::visit::Visit;

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
pub async fn show(visit: Visit) -> Result<HttpResponse, WebError> {
    answer::show(&SamplesPage {
        page: visit.page("/admin/mail"),
        samples: of(&visit).await?,
    })
}

/// `POST /admin/mail/samples`
pub async fn send(
    visit: Visit,
    submitted: Submitted<SampleForm>,
) -> Result<HttpResponse, WebError> {
    let kind = submitted
        .check(visit.today())
        .map_err(|_| WebError::StaleForm)?;
    let mut samples = of(&visit).await?.into_iter();
    let sample = samples.find(|it| it.kind.as_str() == kind);
    let sample = sample.ok_or_else(|| {
        WebError::BadRequest("Use the buttons on the page to choose a mail.".to_owned())
    })?;
    let base_url = visit.app().config.base_url.clone();
    let to = visit
        .act(move |act| mail_upkeep::send_sample(act, &sample, &base_url))
        .await??;
    visit.app().nudge.mail();
    let told = Flash::success(format!("The sample is on its way to {to}."));
    Ok(visit.see_other_with("/admin/mail/samples", &told))
}

async fn of(visit: &Visit) -> Result<Vec<Rendered>, WebError> {
    let (today, base_url) = (visit.today(), visit.app().config.base_url.clone());
    visit
        .read(move |conn, viewer| {
            let authority = authority::by_key(conn, viewer.authority())?;
            messages::samples(&authority.letterhead(&base_url), today)
        })
        .await
}
