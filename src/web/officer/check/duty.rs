//! A duty that is no check, such as the census return: what is owed by when, why then, and, of a return, that it was sent.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::words::{DutyWords, LapseWords};
use crate::db::DbError;
use crate::duty::lapse;
use crate::duty::owed::{self, DutyState};
use crate::policy::rulebook;
use crate::returns::census::{self, SendingError};
use crate::rules::dates::spoken;
use crate::rules::duty::{ClosedBy, DutyKind};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/check/duty.html")]
struct DutyPage {
    page: Page,
    crumbs: Vec<Crumb>,
    duty: DutyWords,
    lapse: Option<LapseWords>,
    /// Whether it is open and done by sending a return.
    may_be_sent: bool,
    /// Whether it is open and done by saying what messages were.
    is_of_messages: bool,
    /// The day of the census, where it is yet to come.
    not_before: Option<String>,
    /// The list whose rows are to be looked at.
    list: Option<String>,
    form: SendingForm,
    errors: FormErrors,
}

/// When the return was sent.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SendingForm {
    day: DateInput,
}

impl Form for SendingForm {
    type Parsed = NaiveDate;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<NaiveDate> {
        self.day
            .required("day", "the day the return was sent", errors)
    }
}

/// `GET /duties/{reference}`
pub async fn show(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    answer::show(&page(
        &caller,
        facts,
        SendingForm::default(),
        FormErrors::default(),
    ))
}

/// `POST /duties/{reference}/sending`
pub async fn send(
    caller: Caller,
    named: Named,
    submitted: Submitted<SendingForm>,
) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    let sent_on = match submitted.check(caller.today()) {
        Ok(sent_on) => sent_on,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, facts, form, errors));
        }
    };
    let reference = named.0.clone();
    let sent = caller
        .act(move |act| {
            let duty =
                owed::find(act.tx, act.viewer, &reference)?.ok_or(SendingError::NotAReturn)?;
            census::send(act, &duty, sent_on)
        })
        .await?;
    let here = format!("/duties/{}", named.0);
    match sent {
        Ok(()) => Ok(caller.see_other_with(
            &here,
            &Flash::success(
                "It is noted that the return was sent, and nothing more is owed for it.",
            ),
        )),
        Err(error @ (SendingError::NotAReturn | SendingError::Closed)) => {
            Ok(caller.see_other_with(&here, &Flash::important(error.to_string())))
        }
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            let form = SendingForm {
                day: DateInput::from(sent_on),
            };
            answer::refuse(&page(&caller, facts, form, errors))
        }
    }
}

impl Refusal for SendingError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Day(_) => Some("day"),
            Self::NotAReturn | Self::Closed | Self::Db(_) => None,
        }
    }
}

struct Facts {
    duty: DutyWords,
    may_be_sent: bool,
    is_of_messages: bool,
    not_before: Option<String>,
    list: Option<String>,
    lapse: Option<LapseWords>,
}

/// A check of a child has a page of its own, and none here.
async fn facts(caller: &Caller, reference: &Reference) -> Result<Facts, WebError> {
    let today = caller.today();
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| {
            let duty = owed::find(conn, viewer, &reference)?.filter(|duty| !duty.kind.is_check());
            let Some(duty) = duty else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let lapse = lapse::of_duty(conn, duty.key)?;
            let may_be_sent =
                duty.state == DutyState::Open && duty.kind.nature().closed_by == ClosedBy::Sending;
            let not_before = may_be_sent
                .then(|| census::taken_on(&duty, &rulebook))
                .filter(|taken_on| *taken_on > today);
            Ok::<_, DbError>(Some(Facts {
                duty: DutyWords::of(&duty, None, today, &rulebook.calendar),
                not_before: not_before.map(spoken),
                list: (duty.kind == DutyKind::RowsOfList).then(|| duty.occasion.clone()),
                may_be_sent,
                is_of_messages: duty.state == DutyState::Open
                    && duty.kind.nature().closed_by == ClosedBy::Finding,
                lapse: lapse.map(|lapse| LapseWords::of(&lapse, today, &rulebook.calendar)),
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

fn page(caller: &Caller, facts: Facts, form: SendingForm, errors: FormErrors) -> DutyPage {
    DutyPage {
        page: caller.page("/work"),
        crumbs: vec![Crumb::to("My work", "/work")],
        duty: facts.duty,
        lapse: facts.lapse,
        may_be_sent: facts.may_be_sent,
        is_of_messages: facts.is_of_messages,
        not_before: facts.not_before,
        list: facts.list,
        form,
        errors,
    }
}
