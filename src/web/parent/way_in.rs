//! How a parent signs in: a link sent to their address proves the address, and there is no password to forget.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::page_of;
use crate::access::authority::{self, Authority};
use crate::access::invitation;
use crate::access::sign_in::{self, SignInError};
use crate::rules::identifiers::EmailAddress;
use crate::web::account::begin_session;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{ButtonPress, Form, FormErrors, Refused, Submitted};
use crate::web::page::{Flash, Page};

/// The address a parent wants the link sent to.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct EmailForm {
    #[validate(length(min = 1, message = "Enter your email address"))]
    email: String,
}

impl Form for EmailForm {
    type Parsed = EmailAddress;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<EmailAddress> {
        errors.keep("email", EmailAddress::parse(&self.email))
    }
}

#[derive(Template)]
#[template(path = "parent/email.html")]
struct EmailPage {
    page: Page,
    authority: Authority,
    form: EmailForm,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "parent/email_sent.html")]
struct SentPage {
    page: Page,
    authority: Authority,
}

#[derive(Template)]
#[template(path = "parent/link.html")]
struct LinkPage {
    page: Page,
}

#[derive(Template)]
#[template(path = "parent/old_link.html")]
struct OldLinkPage {
    page: Page,
}

/// Asks for the address.
///
/// # Errors
/// When the authority keeps no register here, or the database does not answer.
pub async fn show(caller: Caller, code: web::Path<String>) -> Result<HttpResponse, WebError> {
    let authority = in_service(&caller, code.into_inner()).await?;
    answer::show(&EmailPage {
        page: page_of(&caller, &authority),
        authority,
        form: EmailForm::default(),
        errors: FormErrors::default(),
    })
}

/// Sends the link. The answer is the same whether or not the address is known, and whether or not it has had enough
/// links for this hour.
///
/// # Errors
/// When the authority keeps no register here, or the database does not answer.
pub async fn create(
    caller: Caller,
    code: web::Path<String>,
    submitted: Submitted<EmailForm>,
) -> Result<HttpResponse, WebError> {
    let authority = in_service(&caller, code.into_inner()).await?;
    let email = match submitted.check(caller.today()) {
        Ok(email) => email,
        Err(Refused { form, errors }) => {
            return answer::refuse(&EmailPage {
                page: page_of(&caller, &authority),
                authority,
                form,
                errors,
            });
        }
    };
    let path = format!("/notify/{}/sent", authority.code);
    let told = format!("If {email} can be used here, an email is on its way to it");
    let (base_url, now) = (caller.app().config.base_url.clone(), caller.now());
    caller
        .db()
        .write(move |tx| invitation::send_parent_link(tx, &authority, &email, &base_url, now))
        .await?;
    Ok(caller.see_other_with(&path, &Flash::important(told)))
}

/// Says where the link is now.
///
/// # Errors
/// When the authority keeps no register here, or the database does not answer.
pub async fn sent(caller: Caller, code: web::Path<String>) -> Result<HttpResponse, WebError> {
    let authority = in_service(&caller, code.into_inner()).await?;
    answer::show(&SentPage {
        page: page_of(&caller, &authority),
        authority,
    })
}

/// One button: mail scanners open links, and a link works once.
///
/// # Errors
/// When the database does not answer.
pub async fn link(caller: Caller, link: web::Path<String>) -> Result<HttpResponse, WebError> {
    let now = caller.now();
    let works = caller
        .db()
        .read(move |conn| sign_in::parent_link_works(conn, &link, now))
        .await?;
    if !works {
        return old_link(&caller);
    }
    answer::show(&LinkPage {
        page: caller.page(""),
    })
}

/// Uses the link: a session begins.
///
/// # Errors
/// When the database does not answer.
pub async fn open(
    caller: Caller,
    link: web::Path<String>,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if submitted.check(caller.today()).is_err() {
        return old_link(&caller);
    }
    let now = caller.now();
    let opened = caller
        .db()
        .write(move |tx| sign_in::with_parent_link(tx, &link, now))
        .await;
    match opened {
        Ok(token) => begin_session(&caller, token, "/family"),
        Err(SignInError::Db(error)) => Err(error.into()),
        Err(_) => old_link(&caller),
    }
}

fn old_link(caller: &Caller) -> Result<HttpResponse, WebError> {
    let page = OldLinkPage {
        page: caller.page(""),
    };
    answer::with_status(StatusCode::GONE, &page)
}

/// The authority that the address names. What is no code is not asked for: a database may refuse to look for it.
async fn in_service(caller: &Caller, code: String) -> Result<Authority, WebError> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WebError::NotFound);
    }
    let found = caller
        .db()
        .read(move |conn| authority::by_code(conn, &code))
        .await?;
    found
        .filter(|authority| authority.in_service)
        .ok_or(WebError::NotFound)
}
