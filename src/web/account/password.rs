//! Setting a password by the link that a member of staff was sent.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::{begin_session, turn_to_hash};
use crate::access::password::{self, PasswordProblem};
use crate::access::sign_in::{self, SignInError};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Refused, Submitted};
use crate::web::page::Page;

/// A new password, typed twice: nobody sees what they type.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct PasswordForm {
    password: String,
    again: String,
}

impl Form for PasswordForm {
    type Parsed = String;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<String> {
        match self.password.chars().count() {
            0..12 => errors.add("password", PasswordProblem::TooShort.to_string()),
            12..=200 => {}
            _ => errors.add("password", PasswordProblem::TooLong.to_string()),
        }
        if self.password != self.again {
            errors.add("again", "Type the same password again");
        }
        Some(self.password.clone())
    }
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: Page,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "account/password_link.html")]
struct OldLinkPage {
    page: Page,
}

/// The page to set a password on. Looking does not use the link up.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller, link: web::Path<String>) -> Result<HttpResponse, WebError> {
    let now = caller.now();
    let works = caller
        .db()
        .read(move |conn| sign_in::password_link_works(conn, &link, now))
        .await?;
    if !works {
        return old_link(&caller);
    }
    answer::show(&PasswordPage {
        page: caller.page(""),
        errors: FormErrors::default(),
    })
}

/// Sets the password and signs in.
///
/// # Errors
/// When the database does not answer.
pub async fn create(
    caller: Caller,
    link: web::Path<String>,
    submitted: Submitted<PasswordForm>,
) -> Result<HttpResponse, WebError> {
    let chosen = match submitted.check(caller.today()) {
        Ok(chosen) => chosen,
        Err(Refused { errors, .. }) => return refuse(&caller, errors),
    };
    match set(&caller, link.into_inner(), chosen).await? {
        Ok(token) => begin_session(&caller, token, "/"),
        Err(SignInError::Db(error)) => Err(error.into()),
        Err(SignInError::Password(problem)) => {
            let errors = FormErrors::at("password", problem.to_string());
            refuse(&caller, errors)
        }
        Err(_) => old_link(&caller),
    }
}

async fn set(
    caller: &Caller,
    link: String,
    chosen: String,
) -> Result<Result<String, SignInError>, WebError> {
    let _turn = turn_to_hash().await?;
    let (db, now) = (caller.db().clone(), caller.now());
    tokio::task::spawn_blocking(move || {
        if !db.read_now(|conn| sign_in::password_link_works(conn, &link, now))? {
            return Err(SignInError::Link);
        }
        let hash = password::hash(&chosen)?;
        db.write_for_page(|tx| sign_in::set_password(tx, &link, &hash, now))
    })
    .await
    .map_err(|cause| WebError::internal(&cause))
}

fn refuse(caller: &Caller, errors: FormErrors) -> Result<HttpResponse, WebError> {
    answer::refuse(&PasswordPage {
        page: caller.page(""),
        errors,
    })
}

fn old_link(caller: &Caller) -> Result<HttpResponse, WebError> {
    let page = OldLinkPage {
        page: caller.page(""),
    };
    answer::with_status(actix_web::http::StatusCode::GONE, &page)
}
