//! A duty that is about no child, such as the census return: what is owed by when, why then, and that it was sent.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::days;
use super::lapses::LapseWords;
use crate::db::DbError;
use crate::duty::lapse;
use crate::duty::owed::{self, Duty, DutyState, NamedChild};
use crate::policy::rulebook;
use crate::register::child::ChildRecord;
use crate::returns::census::{self, SendingError};
use crate::rules::calendar::Calendar;
use crate::rules::dates::spoken;
use crate::rules::duty::{AboutWhat, DutyKind, Purpose};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};
use crate::web::visit::Visit;

/// What every page about a duty says of it.
pub(super) struct DutyWords {
    pub reference: String,
    /// Its own page.
    pub href: String,
    /// "Second check"; of a new attempt, also what it is for.
    pub kind: String,
    pub purpose: &'static str,
    /// The child whom it is about, if it is about one.
    pub about: Option<NamedChild>,
    /// The post whose it is, in the middle of a sentence.
    pub post: String,
    pub due: String,
    /// Only where it differs from `due`.
    pub first_due: Option<String>,
    /// Only while it is open.
    pub days: Option<String>,
    pub is_late: bool,
    pub why: String,
    /// What became of it, once it is closed.
    pub closed: Option<String>,
}

impl DutyWords {
    /// The words for a duty as it stands today, and for the child whom it is about.
    pub fn of(
        duty: &Duty,
        child: Option<&ChildRecord>,
        today: NaiveDate,
        calendar: &Calendar,
    ) -> Self {
        let is_open = duty.state == DutyState::Open;
        Self {
            reference: duty.reference.to_string(),
            href: owed::path(duty.kind, duty.reference.as_str()),
            kind: title(duty.kind, duty.purpose),
            purpose: duty.purpose.label(),
            about: child.map(|child| NamedChild {
                reference: child.reference.to_string(),
                name: child.particulars.full_name(),
            }),
            post: duty.post.label().to_lowercase(),
            due: spoken(duty.due_on),
            first_due: (duty.original_due_on != duty.due_on).then(|| spoken(duty.original_due_on)),
            days: is_open.then(|| days::against(duty.due_on, today, calendar)),
            is_late: is_open && duty.due_on < today,
            why: duty.why.clone(),
            closed: (!is_open).then(|| closed_words(duty)),
        }
    }
}

pub(super) fn title(kind: DutyKind, purpose: Purpose) -> String {
    match kind {
        DutyKind::NewAttempt => format!("{}: {}", kind.label(), lower_first(purpose.label())),
        _ => kind.label().to_owned(),
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What became of a duty that is closed: "Done on 3 March 2027: Home visit …".
pub(super) fn closed_words(duty: &Duty) -> String {
    let state = match duty.state {
        DutyState::Cancelled => "No longer owed",
        DutyState::Open | DutyState::Done => "Done",
    };
    let mut words = state.to_owned();
    if let Some(day) = duty.closed_on {
        words.push_str(&format!(" on {}", spoken(day)));
    }
    if let Some(because) = duty.closed_because.as_deref().filter(|b| !b.is_empty()) {
        words.push_str(": ");
        words.push_str(because);
    }
    words
}

#[derive(Template)]
#[template(path = "officer/duty.html")]
struct DutyPage {
    page: Page,
    crumbs: Vec<Crumb>,
    duty: DutyWords,
    lapse: Option<LapseWords>,
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
pub async fn show(visit: Visit, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&visit, &named.0).await?;
    answer::show(&page(
        &visit,
        facts,
        SendingForm::default(),
        FormErrors::default(),
    ))
}

/// `POST /duties/{reference}/sending`
pub async fn send(
    visit: Visit,
    named: Named,
    submitted: Submitted<SendingForm>,
) -> Result<HttpResponse, WebError> {
    let facts = facts(&visit, &named.0).await?;
    let sent_on = match submitted.check(visit.today()) {
        Ok(sent_on) => sent_on,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&visit, facts, form, errors));
        }
    };
    let (today, now) = (visit.today(), visit.now());
    let reference = named.0.clone();
    let sent = visit
        .write(move |tx, viewer| {
            let duty = owed::find(tx, viewer, &reference)?.ok_or(SendingError::NotAReturn)?;
            census::send(tx, viewer, &duty, sent_on, today, now)
        })
        .await?;
    let here = format!("/duties/{}", named.0);
    match sent {
        Ok(()) => Ok(visit.see_other_with(
            &here,
            &Flash::success(
                "It is noted that the return was sent, and nothing more is owed for it.",
            ),
        )),
        Err(error @ (SendingError::NotAReturn | SendingError::Closed)) => {
            Ok(visit.see_other_with(&here, &Flash::important(error.to_string())))
        }
        Err(error @ SendingError::Day(_)) => {
            let mut errors = FormErrors::default();
            errors.add("day", error.to_string());
            let form = SendingForm {
                day: DateInput::from(sent_on),
            };
            answer::refuse(&page(&visit, facts, form, errors))
        }
        Err(SendingError::Db(error)) => Err(error.into()),
    }
}

struct Facts {
    duty: DutyWords,
    lapse: Option<LapseWords>,
}

/// A check of a child has a page of its own, and none here.
async fn facts(visit: &Visit, reference: &Reference) -> Result<Facts, WebError> {
    let today = visit.today();
    let reference = reference.clone();
    let found = visit
        .read(move |conn, viewer| {
            let duty = owed::find(conn, viewer, &reference)?
                .filter(|duty| duty.kind.nature().about == AboutWhat::Nobody);
            let Some(duty) = duty else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let lapse = lapse::of_duty(conn, duty.key)?;
            Ok::<_, DbError>(Some(Facts {
                duty: DutyWords::of(&duty, None, today, &rulebook.calendar),
                lapse: lapse.map(|lapse| LapseWords::of(&lapse, today, &rulebook.calendar)),
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

fn page(visit: &Visit, facts: Facts, form: SendingForm, errors: FormErrors) -> DutyPage {
    DutyPage {
        page: visit.page("/work"),
        crumbs: vec![Crumb::to("My work", "/work")],
        duty: facts.duty,
        lapse: facts.lapse,
        form,
        errors,
    }
}
