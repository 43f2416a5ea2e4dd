//! Signing in with a password, as staff do, and signing out, as everybody does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::{begin_session, turn_to_hash};
use crate::access::sign_in::{self, SignInError};
use crate::access::{Role, session};
use crate::db::DbError;
use crate::rules::identifiers::EmailAddress;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{ButtonPress, Form, FormErrors, Query, Refused, Submitted};
use crate::web::gate::cookies;
use crate::web::page::{Flash, Page};

/// Where these addresses lead is for parents, who sign in by a link.
const PARENTS_PAGES: &[&str] = &["/family", "/notify"];

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Return {
    then: String,
}

/// What is typed to sign in.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SignInForm {
    then: String,
    #[validate(length(min = 1, message = "Enter your email address"))]
    email: String,
    #[validate(length(min = 1, message = "Enter your password"))]
    password: String,
}

/// Who wants to sign in, and where they were going.
pub struct SignIn {
    email: EmailAddress,
    password: String,
    then: String,
}

impl Form for SignInForm {
    type Parsed = SignIn;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<SignIn> {
        let email = errors.keep("email", EmailAddress::parse(&self.email));
        Some(SignIn {
            email: email?,
            password: self.password.clone(),
            then: self.then.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    page: Page,
    then: String,
    email: String,
    errors: FormErrors,
}

/// The page to sign in on. A parent who came from a page of their own is led to the way that parents have.
///
/// # Errors
/// When the page cannot be shown.
pub async fn show(caller: Caller, Query(asked): Query<Return>) -> Result<HttpResponse, WebError> {
    let then = local_path(&asked.then).to_owned();
    if caller.signed_in().is_some() {
        return Ok(answer::see_other(&then));
    }
    if PARENTS_PAGES.iter().any(|path| then.starts_with(path)) {
        let flash = Flash::important("To go on, ask for a new link to your email address");
        return Ok(caller.see_other_with("/start", &flash));
    }
    answer::show(&SignInPage {
        page: caller.page(""),
        then,
        email: String::new(),
        errors: FormErrors::default(),
    })
}

/// Signs a member of staff in.
///
/// # Errors
/// When the database does not answer, or too many people sign in at once.
pub async fn create(
    caller: Caller,
    request: HttpRequest,
    submitted: Submitted<SignInForm>,
) -> Result<HttpResponse, WebError> {
    let typed = match submitted.check(caller.today()) {
        Ok(typed) => typed,
        Err(Refused { form, errors }) => {
            return answer::refuse(&SignInPage {
                page: caller.page(""),
                then: form.then,
                email: form.email,
                errors,
            });
        }
    };
    let then = local_path(&typed.then).to_owned();
    let email = typed.email.to_string();
    match sign_in_with(&caller, typed).await? {
        Ok(token) => {
            end_session(&caller, &request).await?;
            begin_session(&caller, token, &then)
        }
        Err(refusal) => refuse(&caller, then, email, &refusal),
    }
}

async fn sign_in_with(
    caller: &Caller,
    typed: SignIn,
) -> Result<Result<String, SignInError>, WebError> {
    let _turn = turn_to_hash().await?;
    let (db, now) = (caller.db().clone(), caller.now());
    tokio::task::spawn_blocking(move || {
        sign_in::with_password(&db, typed.email.as_str(), &typed.password, now)
    })
    .await
    .map_err(|cause| WebError::internal(&cause))
}

fn refuse(
    caller: &Caller,
    then: String,
    email: String,
    refusal: &SignInError,
) -> Result<HttpResponse, WebError> {
    let status = match refusal {
        SignInError::Db(error) => return Err(WebError::internal(error)),
        SignInError::Locked => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let errors = FormErrors::at("email", refusal.to_string());
    let page = SignInPage {
        page: caller.page(""),
        then,
        email,
        errors,
    };
    answer::with_status(status, &page)
}

/// Signs out, on this browser.
///
/// # Errors
/// When the database does not answer.
pub async fn end(
    caller: Caller,
    request: HttpRequest,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if submitted.check(caller.today()).is_ok() {
        end_session(&caller, &request).await?;
    }
    let start = match caller.signed_in().map(|signed_in| signed_in.role) {
        Some(Role::Parent) | None => "/start",
        Some(_) => "/sign-in",
    };
    let mut response = caller.see_other_with(start, &Flash::success("You are signed out"));
    response
        .add_cookie(&cookies::forget(cookies::SESSION))
        .map_err(|cause| WebError::internal(&cause))?;
    Ok(response)
}

async fn end_session(caller: &Caller, request: &HttpRequest) -> Result<(), WebError> {
    let Some(token) = cookies::read(request, cookies::SESSION) else {
        return Ok(());
    };
    caller
        .db()
        .write(move |tx| session::end(tx, &token))
        .await
        .map_err(|error: DbError| error.into())
}

/// The path to return to, if it is one of ours: nobody can use our sign-in page to lead people elsewhere.
fn local_path(then: &str) -> &str {
    let elsewhere = !then.starts_with('/')
        || then.starts_with("//")
        || then.starts_with("/sign-")
        || then.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii());
    if elsewhere { "/" } else { then }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn after_signing_in_one_stays_in_the_house() {
        for inside in ["/work", "/children?tier=red&page=2", "/"] {
            assert_eq!(local_path(inside), inside);
        }
        for outside in [
            "",
            "work",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "https://elsewhere.example/",
            "/work\r\nset-cookie: a=b",
            "/sign-out",
        ] {
            assert_eq!(local_path(outside), "/", "{outside}");
        }
    }
}
