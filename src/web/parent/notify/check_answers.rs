//! All answers on one page, to be checked, changed and sent.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::answers::{Answers, ChildAnswers};
use super::step::{ChildQuestion, Step};
use crate::db::DbError;
use crate::intake::notification;
use crate::rules::codes::{Relationship, Sex};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::page::Page;

/// A line of the summary.
struct Row {
    key: &'static str,
    value: String,
    change: String,
    what: &'static str,
}

struct Section {
    heading: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "parent/notify/check_answers.html")]
struct AnswersPage {
    page: Page,
    back: String,
    sections: Vec<Section>,
    form_key: String,
}

/// The key of the form that is sent: the same one twice is one notification.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SendForm {
    form_key: String,
}

impl Form for SendForm {
    type Parsed = String;

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<String> {
        Some(self.form_key.clone())
    }
}

/// Whether the notification was received, or which page is still to be answered.
enum Sent {
    Received(Reference),
    StillOpen(Step),
}

/// All answers, unless one is still open.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let (answers, draft) = caller
        .read(|conn, viewer| {
            Ok::<_, DbError>((
                Answers::load(conn, viewer)?,
                notification::draft(conn, viewer)?,
            ))
        })
        .await?;
    let Some((form_key, _)) = draft.filter(|_| answers.may_open(Step::Answers)) else {
        return Ok(answer::see_other(&answers.first_open().path()));
    };
    answer::show(&AnswersPage {
        page: caller.page("/family"),
        back: answers.before(Step::Answers),
        sections: sections(&answers, today),
        form_key,
    })
}

/// Sends the notification. A second click leads to the receipt of the first.
///
/// # Errors
/// When the database does not answer.
pub async fn send(
    caller: Caller,
    submitted: Submitted<SendForm>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let base_url = caller.app().config.base_url.clone();
    let email = caller
        .signed_in()
        .map(|signed_in| signed_in.email.clone())
        .unwrap_or_default();
    let form_key = submitted.check(today).unwrap_or_default();
    let sent = caller
        .act(move |act| {
            if let Some(reference) = notification::sent_before(act.tx, act.viewer, &form_key)? {
                return Ok(Sent::Received(reference));
            }
            let answers = Answers::load(act.tx, act.viewer)?;
            let draft =
                notification::draft(act.tx, act.viewer)?.filter(|(key, _)| *key == form_key);
            let complete = draft
                .filter(|_| answers.may_open(Step::Answers))
                .and_then(|(key, _)| answers.meaning(&key, act.viewer, &email, act.at.today()));
            let Some(notification) = complete else {
                return Ok(Sent::StillOpen(answers.first_open()));
            };
            let receipt = notification::receive(act, &notification, &base_url, act.at.today())?;
            Ok::<_, DbError>(Sent::Received(receipt.reference))
        })
        .await??;
    Ok(answer::see_other(&match sent {
        Sent::Received(reference) => format!("/family/notifications/{reference}"),
        Sent::StillOpen(step) => step.path(),
    }))
}

fn sections(answers: &Answers, today: NaiveDate) -> Vec<Section> {
    let children = answers.children.iter().enumerate();
    let mut sections = vec![about_you(answers)];
    sections.extend(children.map(|(place, child)| about_child(place, child, today)));
    sections.extend(answers.contact.as_ref().map(|contact| Section {
        heading: "Being in touch".to_owned(),
        rows: vec![
            row(
                "How we should be in touch",
                or_nothing(&contact.preference),
                Step::Contact,
                "how we should be in touch",
            ),
            row(
                "Anything else",
                or_nothing(&contact.message),
                Step::Contact,
                "anything else",
            ),
        ],
    }));
    sections
}

fn about_you(answers: &Answers) -> Section {
    let you = answers.you.clone().unwrap_or_default();
    let address = answers.address.as_ref();
    Section {
        heading: "About you".to_owned(),
        rows: vec![
            row("Your name", you.name, Step::You, "your name"),
            row(
                "Telephone",
                or_nothing(&you.telephone),
                Step::You,
                "your telephone number",
            ),
            row(
                "Your address",
                address.map(|a| a.in_lines()).unwrap_or_default(),
                Step::Address,
                "your address",
            ),
        ],
    }
}

fn about_child(place: usize, child: &ChildAnswers, today: NaiveDate) -> Section {
    let name = child.name.clone().unwrap_or_default();
    let at = |about| Step::Child(place, about);
    let born = child.born.as_ref().and_then(|born| born.day(today));
    let sex = match child.sex.as_ref().map(|sex| sex.meaning()) {
        None | Some(Sex::Unknown) => "Not given".to_owned(),
        Some(sex) => sex.label().to_owned(),
    };
    let tie = child.tie.as_ref().and_then(|tie| tie.meaning());
    let mut rows = vec![
        row(
            "First names",
            name.given_names.clone(),
            at(ChildQuestion::Name),
            "first names",
        ),
        row(
            "Family name",
            name.family_name.clone(),
            at(ChildQuestion::Name),
            "family name",
        ),
        row(
            "Known as",
            or_nothing(&name.known_as),
            at(ChildQuestion::Name),
            "the name the child is known by",
        ),
        row(
            "Date of birth",
            born.map(spoken).unwrap_or_default(),
            at(ChildQuestion::Born),
            "date of birth",
        ),
        row("Sex", sex, at(ChildQuestion::Sex), "sex"),
        row(
            "You are",
            tie.map_or("", Relationship::label).to_owned(),
            at(ChildQuestion::Tie),
            "what you are to the child",
        ),
    ];
    rows.push(
        match child
            .other_home
            .as_ref()
            .filter(|_| child.lives_elsewhere())
        {
            Some(home) => row(
                "Lives at",
                home.in_lines(),
                at(ChildQuestion::OtherHome),
                "where the child lives",
            ),
            None => row(
                "Lives",
                "With you".to_owned(),
                at(ChildQuestion::Home),
                "where the child lives",
            ),
        },
    );
    rows.extend(child.school.as_ref().map(|school| {
        row(
            "Last school",
            school.in_lines(),
            at(ChildQuestion::School),
            "last school",
        )
    }));
    rows.extend(child.reason.as_ref().map(|reason| {
        row(
            "Reason",
            reason.in_words().to_owned(),
            at(ChildQuestion::Reason),
            "reason",
        )
    }));
    Section {
        heading: format!("About {}", child.called()),
        rows,
    }
}

fn row(key: &'static str, value: String, step: Step, what: &'static str) -> Row {
    Row {
        key,
        value,
        change: step.path(),
        what,
    }
}

fn or_nothing(typed: &str) -> String {
    if typed.is_empty() {
        "Not given".to_owned()
    } else {
        typed.to_owned()
    }
}
