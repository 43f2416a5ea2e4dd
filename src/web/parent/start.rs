//! Where a family begins: what notifying is and is not, and which council it is for.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::authority::{self, Authority};
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::page::Page;
use crate::web::visit::Visit;

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
pub async fn show(visit: Visit) -> Result<HttpResponse, WebError> {
    let authorities = visit.db().read(authority::in_service).await?;
    let page = match authorities.as_slice() {
        [only] => super::page_of(&visit, only),
        _ => visit.page(""),
    };
    answer::show(&StartPage { page, authorities })
}
