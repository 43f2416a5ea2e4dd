//! What has left the service and what has not, and whether the jobs run.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::mail_upkeep;
use crate::db::DbError;
use crate::jobs::punctuality::{self, Punctuality};
use crate::jobs::runner::{self, RunRecord};
use crate::mail::fault::{self, Fault, TriedAgain};
use crate::mail::outbox::{self, Delivery, FailingAddress, Overview};
use crate::mail::unplaced::{self, Unplaced};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form::{ButtonPress, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

/// Runs and deliveries on the page.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct MailPage {
    page: Page,
    fault: Fault,
    unplaced: Vec<Unplaced>,
    outbox: Overview,
    failing: Vec<FailingAddress>,
    delivered: Vec<Delivery>,
    runs: Vec<RunRecord>,
    punctuality: Punctuality,
}

/// `GET /admin/mail`
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let (now, late_after) = (caller.now(), caller.app().config.jobs_late_after);
    let page = caller.page("/admin/mail");
    let shown = caller
        .read(move |conn, viewer| {
            Ok::<_, DbError>(MailPage {
                page,
                fault: fault::of_authority(conn, viewer.authority())?,
                unplaced: unplaced::open(conn, viewer.authority())?,
                outbox: outbox::overview(conn, viewer.authority())?,
                failing: outbox::failing(conn, viewer.authority())?,
                delivered: outbox::delivered(conn, viewer.authority(), SHOWN)?,
                runs: runner::newest(conn, SHOWN)?,
                punctuality: punctuality::of_the_sweep(conn, now, late_after)?,
            })
        })
        .await?;
    answer::show(&shown)
}

/// `POST /admin/mail/{reference}/retry`
pub async fn retry(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let name = reference.to_string();
    let due = caller
        .act(move |act| mail_upkeep::retry_now(act, &reference))
        .await??;
    let told = if due {
        Flash::success(format!("{name} is tried again now"))
    } else {
        Flash::important(format!(
            "{name} cannot be tried again: it was sent, it is being sent now, or it carried a link that is no longer kept. Ask for a new one"
        ))
    };
    Ok(caller.see_other_with("/admin/mail", &told))
}

/// `POST /admin/mail/fault/repair`
pub async fn mend(
    caller: Caller,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let TriedAgain { due, of_no_use } = caller.act(mail_upkeep::fault_mended).await??;
    let tried = match due {
        0 => "No mail is held up by a fault of our own".to_owned(),
        1 => "One email is tried again now".to_owned(),
        mails => format!("{mails} emails are tried again now"),
    };
    let told = match (due, of_no_use) {
        (0, 0) => Flash::important(tried),
        (_, 0) => Flash::success(tried),
        (_, 1) => Flash::important(format!(
            "{tried}. One was not sent again, because its link no longer works: invite whoever it was for again"
        )),
        (_, more) => Flash::important(format!(
            "{tried}. {more} were not sent again, because their links no longer work: invite whoever they were for again"
        )),
    };
    Ok(caller.see_other_with("/admin/mail", &told))
}

/// `POST /admin/mail/{reference}/address-works`
pub async fn address_works(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let cleared = caller
        .act(move |act| mail_upkeep::address_works(act, &reference))
        .await??;
    let told = if cleared {
        Flash::success("Whoever has this address is told again from now on")
    } else {
        Flash::important("This address is not one that mail comes back from")
    };
    Ok(caller.see_other_with("/admin/mail", &told))
}

/// The name of a job as words: "weekly_digest" is "Weekly digest".
fn in_words(job: &str) -> String {
    let words = job.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
