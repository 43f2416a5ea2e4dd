//! A message that came in and that nobody could place: what it says, and what somebody says that it was.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::duty::unplaced;
use crate::mail::unplaced::{self as messages, Essentials, Finding, Verdict};
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, Form, FormErrors, Refused, Submitted, choices};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "admin/message.html")]
struct MessagePage {
    page: Page,
    crumbs: Vec<Crumb>,
    reference: Reference,
    essentials: Essentials,
    verdicts: Vec<Choice>,
    form: FindingForm,
    errors: FormErrors,
}

/// What it was, as chosen and typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct FindingForm {
    verdict: String,
    mail: String,
}

impl Form for FindingForm {
    type Parsed = Finding;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Finding> {
        match self.verdict.parse() {
            Ok(Verdict::NotOurs) => Some(Finding::NotOurs),
            Ok(Verdict::Elsewhere) => Some(Finding::Elsewhere),
            Ok(Verdict::ThisMail) => {
                let mail = Reference::parse(&self.mail).ok();
                let mail = mail.filter(|it| it.kind() == ReferenceKind::Mail);
                if mail.is_none() {
                    errors.add("mail", NO_SUCH_MAIL);
                }
                mail.map(Finding::ThisMail)
            }
            Err(_) => {
                errors.add("verdict", "Choose what the message was");
                None
            }
        }
    }
}

const NO_SUCH_MAIL: &str = "Enter the reference of an email of ours, like M-7K4M-2QXD";

/// `GET /admin/mail/messages/{reference}`
pub async fn show(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let essentials = essentials(&caller, &reference).await?;
    answer::show(&page(
        &caller,
        reference,
        essentials,
        FindingForm::default(),
        FormErrors::default(),
    ))
}

/// `POST /admin/mail/messages/{reference}/finding`
pub async fn place(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<FindingForm>,
) -> Result<HttpResponse, WebError> {
    let essentials = essentials(&caller, &reference).await?;
    let finding = match submitted.check(caller.today()) {
        Ok(finding) => finding,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, reference, essentials, form, errors));
        }
    };
    let (message, found) = (reference.clone(), finding.clone());
    let placed = caller
        .act(move |act| unplaced::place(act, &message, &found))
        .await??;
    if placed {
        let told = Flash::success("It is noted what the message was");
        return Ok(caller.see_other_with("/admin/mail", &told));
    }
    let mut errors = FormErrors::default();
    errors.add("mail", NO_SUCH_MAIL);
    let form = FindingForm {
        verdict: Verdict::ThisMail.as_str().to_owned(),
        mail: String::new(),
    };
    answer::refuse(&page(&caller, reference, essentials, form, errors))
}

/// Of one that nobody has dealt with.
async fn essentials(caller: &Caller, reference: &Reference) -> Result<Essentials, WebError> {
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| messages::find(conn, viewer.authority(), &reference))
        .await?;
    let open = found.filter(|message| message.verdict.is_none());
    let open = open.ok_or(WebError::NotFound)?;
    Ok(open.essentials())
}

fn page(
    caller: &Caller,
    reference: Reference,
    essentials: Essentials,
    form: FindingForm,
    errors: FormErrors,
) -> MessagePage {
    MessagePage {
        page: caller.page("/admin/mail"),
        crumbs: vec![Crumb::to("Mail and jobs", "/admin/mail")],
        reference,
        essentials,
        verdicts: choices(Verdict::ALL, Verdict::as_str, Verdict::label),
        form,
        errors,
    }
}
