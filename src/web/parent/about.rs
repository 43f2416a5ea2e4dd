//! What people may want to know before they tell a council anything: what is done with it, and who can use the pages.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::authority::{self, Authority};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::page::Page;

#[derive(Template)]
#[template(path = "parent/privacy.html")]
struct PrivacyPage {
    page: Page,
    authority: Option<Authority>,
}

#[derive(Template)]
#[template(path = "parent/accessibility.html")]
struct AccessibilityPage {
    page: Page,
    authority: Option<Authority>,
}

/// What is held, why, who sees it, and whom to ask.
///
/// # Errors
/// When the database does not answer.
pub async fn privacy(caller: Caller) -> Result<HttpResponse, WebError> {
    let authority = own_authority(&caller).await?;
    answer::show(&PrivacyPage {
        page: caller.page(""),
        authority,
    })
}

/// How the pages are built for everybody, what is not proven, and whom to tell.
///
/// # Errors
/// When the database does not answer.
pub async fn accessibility(caller: Caller) -> Result<HttpResponse, WebError> {
    let authority = own_authority(&caller).await?;
    answer::show(&AccessibilityPage {
        page: caller.page(""),
        authority,
    })
}

/// The authority of whoever is signed in: its people are the ones to ask.
async fn own_authority(caller: &Caller) -> Result<Option<Authority>, WebError> {
    if caller.signed_in().is_none() {
        return Ok(None);
    }
    let found = caller
        .read(|conn, viewer| authority::by_key(conn, viewer.authority()))
        .await?;
    Ok(Some(found))
}
