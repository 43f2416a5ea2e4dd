//! Everything that ever happened about a child: `/children/{reference}/timeline`.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::audit::{self, Entry};
use crate::db::DbError;
use crate::intake::list_import::{self, FoundInList};
use crate::register::child::{self, ChildRecord};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::named::Named;
use crate::web::page::Page;

/// As many events as anybody reads; far more than a childhood holds.
const EVERY_EVENT: i64 = 5_000;

#[derive(Template)]
#[template(path = "officer/child/timeline.html")]
struct TimelinePage {
    page: Page,
    child: ChildRecord,
    events: Vec<Entry>,
    /// The lists in which the child was found, the newest first.
    found: Vec<FoundInList>,
}

/// GET `/children/{reference}/timeline`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn show(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let (child, events, found) = caller
        .read(move |conn, viewer| {
            let Some(child) = child::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let events = audit::timeline(conn, child.key.number(), EVERY_EVENT)?;
            let found = list_import::found_in(conn, child.key)?;
            Ok::<_, DbError>(Some((child, events, found)))
        })
        .await?
        .ok_or(WebError::NotFound)?;
    answer::show(&TimelinePage {
        page: caller.page("/children"),
        child,
        events,
        found,
    })
}
