//! Writing down a notification that came by letter, by telephone or as a school's return: `/children/new`. Children
//! who may be the same are shown before anything is written.

mod form;

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use crate::access::Viewer;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::intake::notification::{self, Notification, Receipt};
use crate::register::duplicates::{self, Candidate};
use crate::rules::codes::{PreviousSetting, PrimaryReason, Relationship, Sex, Source};
use crate::rules::dates::spoken;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, FormErrors, Refused, Submitted, choices, choices_with_blank};
use crate::web::gate::seal;
use crate::web::officer::row::{Officers, Row};
use crate::web::page::{Flash, Page};
use form::{NewChildForm, WrittenDown};

/// Who may have told the authority by letter or telephone; lists have a page of their own.
const SOURCES: &[Source] = &[
    Source::SchoolReturn,
    Source::Parent,
    Source::SocialCare,
    Source::OtherAuthority,
    Source::Authority,
    Source::Other,
];

#[derive(Template)]
#[template(path = "officer/intake/new_child.html")]
struct NewChildPage {
    page: Page,
    form: NewChildForm,
    errors: FormErrors,
    sources: Vec<Choice>,
    sexes: Vec<Choice>,
    settings: Vec<Choice>,
    reasons: Vec<Choice>,
    relationships: Vec<Choice>,
    confirm: Vec<Choice>,
    caption: &'static str,
    rows: Vec<Row>,
    why: Vec<(String, String)>,
}

impl NewChildPage {
    fn new(caller: &Caller, form: NewChildForm, errors: FormErrors) -> Self {
        Self {
            page: caller.page("/children"),
            form,
            errors,
            sources: choices(SOURCES, Source::as_str, Source::label),
            sexes: choices(Sex::ALL, Sex::as_str, Sex::label),
            settings: choices(
                PreviousSetting::ALL,
                PreviousSetting::as_str,
                PreviousSetting::label,
            ),
            reasons: choices(
                PrimaryReason::ALL,
                PrimaryReason::as_str,
                PrimaryReason::label,
            ),
            relationships: choices_with_blank(
                "Choose one",
                Relationship::ALL,
                Relationship::as_str,
                Relationship::label,
            ),
            confirm: vec![Choice::new("yes", "I have looked: this is another child")],
            caption: "Children who may be the same",
            rows: Vec::new(),
            why: Vec::new(),
        }
    }
}

/// GET `/children/new`.
///
/// # Errors
/// When the page cannot be written.
pub async fn edit(caller: Caller) -> Result<HttpResponse, WebError> {
    let form = NewChildForm::with_key(seal::random(), caller.today());
    answer::show(&NewChildPage::new(&caller, form, FormErrors::default()))
}

/// What became of what was written down.
enum Taken {
    In(Receipt),
    MayBeAnother(Vec<Candidate>, Officers),
}

/// POST `/children/new`.
///
/// # Errors
/// When the database fails.
pub async fn add(
    caller: Caller,
    submitted: Submitted<NewChildForm>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let WrittenDown {
        notification,
        received_on,
        is_another_child,
        form,
    } = match submitted.check(today) {
        Ok(written) => written,
        Err(Refused { form, errors }) => {
            return answer::refuse(&NewChildPage::new(&caller, form, errors));
        }
    };
    let base_url = caller.app().config.base_url.clone();
    let taken = caller
        .act(move |act| {
            let key = &notification.form_key;
            let is_sent_twice =
                notification::written_down_before(act.tx, act.viewer, key)?.is_some();
            if !is_another_child && !is_sent_twice {
                let others = others_like(act.tx, act.viewer, &notification)?;
                if !others.is_empty() {
                    return Ok(Taken::MayBeAnother(
                        others,
                        Officers::read(act.tx, act.viewer)?,
                    ));
                }
            }
            notification::receive(act, &notification, &base_url, received_on).map(Taken::In)
        })
        .await??;
    answer_to(&caller, taken, form, today)
}

fn others_like(
    tx: &mut Conn,
    viewer: &Viewer,
    notification: &Notification,
) -> DbResult<Vec<Candidate>> {
    let mut others = Vec::new();
    for child in &notification.children {
        let sought = child.identity(&notification.parent.home);
        others.extend(duplicates::candidates(tx, viewer, &sought, None)?);
    }
    Ok::<_, DbError>(others)
}

fn answer_to(
    caller: &Caller,
    taken: Taken,
    form: NewChildForm,
    today: NaiveDate,
) -> Result<HttpResponse, WebError> {
    match taken {
        Taken::In(receipt) => Ok(caller.see_other_with(
            &format!("/notifications/{}", receipt.reference),
            &Flash::success(format!(
                "The notification is written down as {}. The family is owed an answer by {}.",
                receipt.reference,
                spoken(receipt.answer_by)
            )),
        )),
        Taken::MayBeAnother(others, officers) => {
            let errors = FormErrors::at(
                "another_child",
                "Look at the children who may be the same, and confirm that this is another child",
            );
            let why = Candidate::reasons(&others);
            let lines = others.into_iter().map(|other| other.line).collect();
            answer::refuse(&NewChildPage {
                rows: Row::all(lines, &officers, today),
                why,
                ..NewChildPage::new(caller, form, errors)
            })
        }
    }
}
