//! The children of a notification: who is in it so far, one more, one less.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::answers::Answers;
use super::question::WhichChild;
use super::step::{ChildQuestion, Step};
use crate::db::DbError;
use crate::rules::dates::{from_parts, spoken};
use crate::rules::names::full;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{ButtonPress, Choice, Form, FormErrors, Refused, Submitted};
use crate::web::page::Page;

/// Whether there is another child.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AnotherForm {
    another: String,
}

impl Form for AnotherForm {
    type Parsed = bool;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<bool> {
        match self.another.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                errors.add("another", "Choose whether there is another child");
                None
            }
        }
    }
}

struct Named {
    name: String,
    born: String,
    change: String,
    remove: String,
}

#[derive(Template)]
#[template(path = "parent/notify/children.html")]
struct ChildrenPage {
    page: Page,
    back: String,
    children: Vec<Named>,
    choices: Vec<Choice>,
    form: AnotherForm,
    errors: FormErrors,
}

/// Who is in the notification so far, and whether there is another.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let answers = caller.read(Answers::load).await?;
    list(
        &caller,
        StatusCode::OK,
        &answers,
        AnotherForm::default(),
        FormErrors::default(),
    )
}

/// Leads to the questions about another child, or on.
///
/// # Errors
/// When the database does not answer.
pub async fn another(
    caller: Caller,
    submitted: Submitted<AnotherForm>,
) -> Result<HttpResponse, WebError> {
    let another = match submitted.check(caller.today()) {
        Ok(another) => another,
        Err(Refused { form, errors }) => {
            let answers = caller.read(Answers::load).await?;
            return list(
                &caller,
                StatusCode::UNPROCESSABLE_ENTITY,
                &answers,
                form,
                errors,
            );
        }
    };
    let next = caller
        .act(move |act| {
            let mut answers = Answers::load(act.tx, act.viewer)?;
            if !answers.may_open(Step::Children) {
                return Ok(answers.first_open());
            }
            if another {
                return Ok(Step::Child(answers.children.len(), ChildQuestion::Name));
            }
            answers.all_named = true;
            answers.keep(act)?;
            Ok::<_, DbError>(answers.first_open())
        })
        .await??;
    Ok(answer::see_other(&next.path()))
}

/// Takes a child out of the notification that is being written.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(
    caller: Caller,
    WhichChild(child): WhichChild,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if submitted.check(caller.today()).is_err() {
        return Ok(answer::see_other(&Step::Children.path()));
    }
    let next = caller
        .act(move |act| {
            let mut answers = Answers::load(act.tx, act.viewer)?;
            if child < answers.children.len() {
                answers.children.remove(child);
                answers.all_named = false;
                answers.keep(act)?;
            }
            Ok::<_, DbError>(answers.first_open())
        })
        .await??;
    Ok(answer::see_other(&next.path()))
}

fn list(
    caller: &Caller,
    status: StatusCode,
    answers: &Answers,
    form: AnotherForm,
    errors: FormErrors,
) -> Result<HttpResponse, WebError> {
    if !answers.may_open(Step::Children) {
        return Ok(answer::see_other(&answers.first_open().path()));
    }
    let page = ChildrenPage {
        page: caller.page("/family"),
        back: answers.before(Step::Children),
        children: named(answers),
        choices: vec![Choice::new("yes", "Yes"), Choice::new("no", "No")],
        form,
        errors,
    };
    answer::with_status(status, &page)
}

fn named(answers: &Answers) -> Vec<Named> {
    let children = answers.children.iter().enumerate();
    let named = children.map(|(place, child)| Named {
        name: child.name.as_ref().map_or_else(String::new, |name| {
            full(&name.given_names, &name.family_name)
        }),
        born: child
            .born
            .as_ref()
            .and_then(|form| from_parts(&form.born.day, &form.born.month, &form.born.year).ok())
            .map(spoken)
            .unwrap_or_default(),
        change: Step::Child(place, ChildQuestion::Name).path(),
        remove: format!("/family/notify/children/{}/removal", place + 1),
    });
    named.collect()
}
