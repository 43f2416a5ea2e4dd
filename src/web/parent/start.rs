//! Where a family begins: what notifying is and is not, and which council it is for.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::authority::{self, Authority};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::page::Page;

#[derive(Template)]
#[template(path = "parent/start.html")]
struct StartPage {
    page: Page,
    authorities: Vec<Authority>,
}

/// The page to start from.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let authorities = caller.db().read(authority::in_service).await?;
    let page = match authorities.as_slice() {
        [only] => super::page_of(&caller, only),
        _ => caller.page(""),
    };
    answer::show(&StartPage { page, authorities })
}
