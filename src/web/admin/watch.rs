//! Whether everything that keeps Hearth at its work does its own, each with when it was last seen to: `/admin/watch`.

use actix_web::HttpResponse;
use askama::Template;

use crate::jobs::watch::Standing;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::page::Page;

#[derive(Template)]
#[template(path = "admin/watch.html")]
struct WatchPage {
    page: Page,
    standings: Vec<Standing>,
    /// How often a thread died and was begun again since the program was started.
    restarts: u64,
}

/// `GET /admin/watch`
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let watch = &caller.app().watch;
    let mut standings = watch.standings(caller.now());
    standings.sort_by_key(|it| it.trouble.is_none());
    answer::show(&WatchPage {
        page: caller.page("/admin/mail"),
        standings,
        restarts: watch.restarts().iter().map(|(_, times)| times).sum(),
    })
}
