//! Stands before every page: finds out who is asking, refuses forms from elsewhere, and opens a route only to the roles
//! that `routes.rs` names.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::ORIGIN;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;

use super::csrf::CsrfToken;
use super::{cookies, pace, seal};
use crate::access::Role;
use crate::access::session::{self, SignedIn};
use crate::db::DbError;
use crate::web::app::App;
use crate::web::error::WebError;
use crate::web::page::Page;
use crate::web::routes::{self, Who};
use crate::web::watchman::{self, Warning};
use crate::web::{answer, caller};

/// The middleware; wrapped around the whole app.
///
/// # Errors
/// Only what the app behind it gives: a refusal is an answer, so that it carries the headers of every answer.
pub async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    pace::keep(&mut request);
    let pattern = request.match_pattern();
    let who = pattern
        .as_deref()
        .and_then(|path| routes::who(request.method(), path));
    if matches!(who, None | Some(Who::Machine)) {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body);
    }
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Ok(refuse(
            request,
            &WebError::Unavailable("The service is starting.".into()),
        ));
    };
    let token = cookies::read_early(&request, cookies::SESSION);
    let signed_in = match find_session(&app, token).await {
        Ok(found) => found,
        Err(error) => return Ok(refuse(request, &WebError::from(error))),
    };
    match watchman::look(&app, signed_in.as_ref()).await {
        Ok(Some(late)) => drop(request.extensions_mut().insert(late)),
        Ok(None) => {}
        Err(error) => return Ok(refuse(request, &WebError::from(error))),
    }
    let (browser, fresh_browser) = browser_of(&request);
    let csrf = form_token(&app.config.secret, signed_in.as_ref(), &browser);
    request.extensions_mut().insert(csrf);
    let admitted = admit(&request, &app, who, signed_in.as_ref());
    let is_signed_in = signed_in.is_some();
    if let Some(signed_in) = signed_in {
        request.extensions_mut().insert(signed_in);
    }
    if let Err(refusal) = admitted {
        return Ok(refuse_or_sign_in(request, &refusal, is_signed_in));
    }
    let request_only_reads = request.method().is_safe();
    // Nobody reads the answer to a HEAD, so what there is to tell waits.
    let was_told = *request.method() != Method::HEAD && request.cookie(cookies::FLASH).is_some();
    let mut response = in_their_frame(next.call(request).await?.map_into_boxed_body());
    if !request_only_reads {
        app.nudge.mail();
    }
    if was_told && !response.status().is_redirection() {
        response
            .response_mut()
            .add_cookie(&cookies::forget(cookies::FLASH))?;
    }
    if fresh_browser {
        let cookie = cookies::make(cookies::BROWSER, browser, app.config.is_https());
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}

async fn find_session(app: &App, token: Option<String>) -> Result<Option<SignedIn>, DbError> {
    let Some(token) = token else {
        return Ok(None);
    };
    let now = app.clock.now();
    let asked = token.clone();
    let found = app
        .db
        .read(move |conn| session::find(conn, &asked, now))
        .await?;
    if found.as_ref().is_some_and(|signed_in| signed_in.stale) {
        let touched = app.db.write(move |tx| session::touch(tx, &token, now));
        // Whoever reads a page does not wait for those who write, nor read less because nothing can be written: a later page is
        // noted in its place.
        match tokio::time::timeout(TOUCHED_WITHIN, touched).await {
            Ok(Ok(_)) | Err(_) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the use of a session was not noted"),
        }
    }
    Ok(found)
}

/// So long a page waits for its session's use to be noted, which goes on behind it.
const TOUCHED_WITHIN: Duration = Duration::from_millis(200);

/// The browser's own random value, and whether it has to be given one now.
fn browser_of(request: &ServiceRequest) -> (String, bool) {
    match cookies::read_early(request, cookies::BROWSER) {
        Some(value) if value.len() >= 16 => (value, false),
        _ => (seal::random(), true),
    }
}

/// The token of this browser's forms. It belongs to the account and not to the session, so that a form which was opened
/// before the session ended is still good after the same person has signed in again. Without our secret nobody can make
/// it, whatever they put into the browser's cookie: the two purposes keep a browser's token apart from an account's.
fn form_token(secret: &str, signed_in: Option<&SignedIn>, browser: &str) -> CsrfToken {
    let account = signed_in.and_then(|signed_in| signed_in.viewer.account());
    CsrfToken::new(match account {
        Some(account) => {
            let bound_to = format!("{} {browser}", account.number());
            seal::of(secret, "form of an account", &bound_to)
        }
        None => seal::of(secret, "form", browser),
    })
}

fn admit(
    request: &ServiceRequest,
    app: &App,
    who: Option<Who>,
    signed_in: Option<&SignedIn>,
) -> Result<(), WebError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) && is_from_elsewhere(request, app) {
        return Err(WebError::StaleForm);
    }
    let role = signed_in.map(|signed_in| signed_in.role);
    match who {
        Some(who) if who.admits(role) => Ok(()),
        _ => Err(WebError::Forbidden),
    }
}

/// Browsers say where a form came from; whoever says nothing still needs the form's token.
fn is_from_elsewhere(request: &ServiceRequest, app: &App) -> bool {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let site = header("sec-fetch-site");
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    header(ORIGIN.as_str()).is_some_and(|origin| origin != app.config.base_url)
}

#[derive(Template)]
#[template(path = "account/sign_in_again.html")]
struct SignInAgainPage {
    page: Page,
    is_parent: bool,
}

/// A form that came after the session had ended. It cannot be taken, and a way to the sign-in page would throw away what was
/// typed; so the page stays where it is, with the form behind the Back button.
fn ask_to_sign_in_again(request: &HttpRequest) -> Result<HttpResponse, WebError> {
    answer::with_status(
        StatusCode::FORBIDDEN,
        &SignInAgainPage {
            page: frame_of(request),
            is_parent: request.path().starts_with("/family"),
        },
    )
}

/// Who is not signed in is led to the sign-in page; who is, is told.
fn refuse_or_sign_in(
    request: ServiceRequest,
    refusal: &WebError,
    signed_in: bool,
) -> ServiceResponse {
    if *refusal == WebError::Forbidden && !signed_in {
        if !request.method().is_safe() {
            return match ask_to_sign_in_again(request.request()) {
                Ok(response) => request.into_response(response),
                Err(error) => refuse(request, &error),
            };
        }
        let back = request.uri().to_string();
        let sign_in = format!(
            "/sign-in?then={}",
            percent_encoding::utf8_percent_encode(&back, percent_encoding::NON_ALPHANUMERIC)
        );
        let response: HttpResponse = answer::see_other(&sign_in);
        return request.into_response(response);
    }
    refuse(request, refusal)
}

fn refuse(request: ServiceRequest, refusal: &WebError) -> ServiceResponse {
    let response = refusal.shown_in(frame_of(request.request()));
    request.into_response(response)
}

/// An error keeps the header and the ways on of whoever met it: they are still signed in.
fn in_their_frame(response: ServiceResponse) -> ServiceResponse {
    let shown = response
        .response()
        .error()
        .and_then(|error| error.as_error::<WebError>())
        .map(|error| error.shown_in(frame_of(response.request())));
    match shown {
        Some(shown) => response.into_response(shown),
        None => response,
    }
}

fn frame_of(request: &HttpRequest) -> Page {
    let extensions = request.extensions();
    let csrf = extensions.get::<CsrfToken>().map(CsrfToken::as_str);
    let late = extensions.get::<Warning>();
    caller::frame(
        extensions.get::<SignedIn>(),
        csrf.unwrap_or_default(),
        late,
        "",
    )
}

impl Who {
    /// Whether somebody with this role (none: not signed in) may come in.
    pub fn admits(self, role: Option<Role>) -> bool {
        match self {
            Self::Anybody | Self::Machine => true,
            Self::SignedIn => role.is_some(),
            Self::Parent => role == Some(Role::Parent),
            Self::Staff => role.is_some_and(|role| role != Role::Parent),
            Self::Officer => role.is_some_and(Role::works_with_children),
            Self::Manager => role == Some(Role::Manager),
            Self::Administrator => role == Some(Role::Administrator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_is_an_officer_too_and_an_administrator_is_not() {
        assert!(Who::Officer.admits(Some(Role::Manager)));
        assert!(!Who::Officer.admits(Some(Role::Administrator)));
        assert!(!Who::Officer.admits(Some(Role::Parent)));
        assert!(Who::Staff.admits(Some(Role::Administrator)));
        assert!(!Who::Staff.admits(Some(Role::Parent)));
        assert!(!Who::Manager.admits(Some(Role::Officer)));
        assert!(!Who::SignedIn.admits(None));
    }
}
