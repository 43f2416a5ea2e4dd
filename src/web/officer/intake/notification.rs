//! A notification: who tells us what about which children, whether we know them already, and accepting it.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::{Viewer, accounts};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::duty::owed::DutyState;
use crate::intake::notification::{self, AcceptError, NotificationRecord};
use crate::policy::rulebook;
use crate::register::child::{self, ChildRecord};
use crate::register::duplicates::{self, Candidate};
use crate::register::list::Line;
use crate::rules::dates::{short, spoken};
use crate::rules::duty::ClosedBy;
use crate::rules::identifiers::Reference;
use crate::rules::names::full;
use crate::rules::same_child::Identity;
use crate::visit::check;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::officer::days;
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "officer/intake/notification.html")]
struct NotificationPage {
    page: Page,
    notification: NotificationWords,
    officers: Vec<Choice>,
    form: AcceptanceForm,
    errors: FormErrors,
}

struct NotificationWords {
    reference: String,
    parent: String,
    source: &'static str,
    received: String,
    message: String,
    children: Vec<NotifiedChild>,
    /// The day, and why then.
    acknowledge_by: Option<(String, String)>,
    days: String,
    is_late: bool,
    accepted: Option<String>,
}

struct NotifiedChild {
    child: KnownChild,
    /// Others on the register who may be the same child.
    candidates: Vec<KnownChild>,
    /// The acknowledgement, where it is still owed.
    acknowledgement: Option<String>,
}

struct KnownChild {
    reference: String,
    name: String,
    born: String,
    postcode: String,
    status: &'static str,
    /// Why it may be the same child as another.
    why: String,
}

/// Who will answer for the children.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AcceptanceForm {
    #[validate(length(
        min = 1,
        message = "Choose the officer who will answer for the children"
    ))]
    officer: String,
}

impl Form for AcceptanceForm {
    type Parsed = Reference;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Reference> {
        let officer = Reference::parse(&self.officer)
            .map_err(|_| "Choose the officer who will answer for the children");
        errors.keep("officer", officer)
    }
}

/// `GET /notifications/{reference}`
pub async fn show(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let shown = page(&caller, named.0, None).await?;
    answer::show(&shown)
}

/// `POST /notifications/{reference}/acceptance`
pub async fn accept(
    caller: Caller,
    named: Named,
    submitted: Submitted<AcceptanceForm>,
) -> Result<HttpResponse, WebError> {
    let officer = match submitted.check(caller.today()) {
        Ok(officer) => officer,
        Err(refused) => return answer::refuse(&page(&caller, named.0, Some(refused)).await?),
    };
    let (reference, chosen) = (named.0.clone(), officer.clone());
    let base_url = caller.app().config.base_url.clone();
    let accepted = caller
        .act(move |act| notification::accept(act, &reference, &chosen, &base_url))
        .await?;
    let here = format!("/notifications/{}", named.0);
    match accepted {
        Ok(()) => Ok(caller.see_other_with(
            &here,
            &Flash::success("You have accepted the notification."),
        )),
        Err(error @ AcceptError::Already { .. }) => {
            Ok(caller.see_other_with(&here, &Flash::important(error.to_string())))
        }
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            let form = AcceptanceForm {
                officer: officer.to_string(),
            };
            answer::refuse(&page(&caller, named.0, Some(Refused { form, errors })).await?)
        }
    }
}

impl Refusal for AcceptError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoOfficer => Some("officer"),
            Self::Already { .. } | Self::NotFound | Self::Db(_) => None,
        }
    }
}

async fn page(
    caller: &Caller,
    reference: Reference,
    refused: Option<Refused<AcceptanceForm>>,
) -> Result<NotificationPage, WebError> {
    let today = caller.today();
    let (notification, officers) = caller
        .read(move |conn, viewer| {
            let Some(record) = notification::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let officers = accounts::officers(conn, viewer.authority())?;
            Ok::<_, DbError>(Some((words(conn, viewer, &record, today)?, officers)))
        })
        .await?
        .ok_or(WebError::NotFound)?;
    let me = caller.viewer()?.account();
    let (form, errors) = match refused {
        Some(refused) => (refused.form, refused.errors),
        None => {
            let mine = officers.iter().find(|officer| Some(officer.key) == me);
            let officer = mine.map(|officer| officer.reference.clone());
            let form = AcceptanceForm {
                officer: officer.unwrap_or_default(),
            };
            (form, FormErrors::default())
        }
    };
    Ok(NotificationPage {
        page: caller.page("/notifications"),
        notification,
        officers: officers
            .into_iter()
            .map(|officer| Choice::new(officer.reference, officer.name))
            .collect(),
        form,
        errors,
    })
}

fn words(
    conn: &mut Conn,
    viewer: &Viewer,
    record: &NotificationRecord,
    today: NaiveDate,
) -> DbResult<NotificationWords> {
    let rulebook = rulebook::load(conn, viewer.authority(), today)?;
    let due = record.acknowledge_by.as_ref();
    let by = due.map(|due| due.on);
    let mut children = Vec::with_capacity(record.children.len());
    for line in &record.children {
        children.push(notified(conn, viewer, line)?);
    }
    Ok(NotificationWords {
        reference: record.reference.to_string(),
        parent: record.parent_name.clone(),
        source: record.source.label(),
        received: spoken(london_day(record.received_at)),
        message: record.message.clone(),
        children,
        acknowledge_by: due.map(|due| (spoken(due.on), due.why.clone())),
        days: by
            .map(|day| days::against(day, today, &rulebook.calendar))
            .unwrap_or_default(),
        is_late: by.is_some_and(|day| day < today),
        accepted: record
            .accepted
            .as_ref()
            .map(|(at, by)| format!("{by}, {}", spoken(london_day(*at)))),
    })
}

fn notified(conn: &mut Conn, viewer: &Viewer, line: &Line) -> DbResult<NotifiedChild> {
    let mut notified = NotifiedChild {
        child: KnownChild::of(line),
        candidates: Vec::new(),
        acknowledgement: None,
    };
    let Ok(reference) = Reference::parse(&line.reference) else {
        return Ok(notified);
    };
    let Some(child) = child::find(conn, viewer, &reference)? else {
        return Ok(notified);
    };
    notified.candidates = candidates(conn, viewer, &child)?;
    notified.acknowledgement = check::of_child(conn, child.key)?
        .into_iter()
        .find(|check| {
            check.kind.nature().closed_by == ClosedBy::Acceptance && check.state == DutyState::Open
        })
        .map(|check| check.reference.to_string());
    Ok(notified)
}

/// Others who may be this child, by everything the register holds of it.
fn candidates(conn: &mut Conn, viewer: &Viewer, child: &ChildRecord) -> DbResult<Vec<KnownChild>> {
    let sought = Identity {
        postcode: child.postcode.as_deref(),
        ..child.particulars.identity()
    };
    let found = duplicates::candidates(conn, viewer, &sought, Some(child.reference.as_str()))?;
    Ok(found.iter().map(KnownChild::like).collect())
}

impl KnownChild {
    fn like(candidate: &Candidate) -> Self {
        Self {
            why: candidate.compared.in_words(),
            ..Self::of(&candidate.line)
        }
    }

    fn of(line: &Line) -> Self {
        Self {
            reference: line.reference.clone(),
            name: full(&line.given_names, &line.family_name),
            born: short(line.date_of_birth),
            postcode: line.postcode.clone().unwrap_or_default(),
            status: line.status.label(),
            why: String::new(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn checked(body: &str) -> Result<Reference, Refused<AcceptanceForm>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::from_body(body).unwrap().check(today)
    }

    #[test]
    fn an_officer_is_named_by_reference() {
        assert_eq!(
            checked("officer=A-7K4M-2QXD").unwrap().as_str(),
            "A-7K4M-2QXD"
        );
    }

    #[test]
    fn nobody_and_nonsense_are_asked_again() {
        for body in ["", "officer=", "officer=Sam", "officer=%3Cscript%3E"] {
            let refused = checked(body).unwrap_err();
            assert_eq!(
                refused.errors.get("officer"),
                Some("Choose the officer who will answer for the children"),
                "{body}"
            );
        }
    }
}
