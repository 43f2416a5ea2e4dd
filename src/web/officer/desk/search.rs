//! Finding a child by what somebody on the telephone can say: `/search?q=`. One match is still a list: a page that
//! sometimes leads elsewhere cannot be trusted while somebody waits.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use crate::db::DbError;
use crate::register::search;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::Query;
use crate::web::officer::row::{Officers, Row};
use crate::web::page::Page;

/// Longer questions find nothing; a pasted letter is cut off here.
const LONGEST: usize = 200;

/// The question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    q: String,
}

impl Question {
    fn typed(&self) -> String {
        self.q.trim().chars().take(LONGEST).collect()
    }
}

#[derive(Template)]
#[template(path = "officer/desk/search.html")]
struct SearchPage {
    page: Page,
    typed: String,
    understood_as: &'static str,
    sounds_alike: bool,
    more: bool,
    caption: &'static str,
    rows: Vec<Row>,
}

impl SearchPage {
    fn heading(&self) -> String {
        match (self.rows.len(), self.more) {
            (_, true) => format!("The first {} children found", search::SHOWN),
            (0, _) => "No children found".to_owned(),
            (1, _) => "1 child found".to_owned(),
            (several, _) => format!("{several} children found"),
        }
    }
}

/// GET `/search`.
///
/// # Errors
/// When the database fails.
pub async fn show(
    caller: Caller,
    Query(question): Query<Question>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let typed = question.typed();
    let mut page = caller.page("/children");
    page.searched.clone_from(&typed);
    let mut shown = SearchPage {
        page,
        understood_as: "",
        sounds_alike: false,
        more: false,
        caption: "Children found",
        rows: Vec::new(),
        typed,
    };
    if shown.typed.is_empty() {
        return answer::show(&shown);
    }
    let asked = shown.typed.clone();
    let (found, officers) = caller
        .read(move |conn, viewer| {
            let found = search::search(conn, viewer, &asked)?;
            Ok::<_, DbError>((found, Officers::read(conn, viewer)?))
        })
        .await?;
    shown.understood_as = found.understood_as;
    shown.sounds_alike = found.sounds_alike;
    shown.more = found.more;
    shown.rows = Row::all(found.lines, &officers, today);
    answer::show(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_letter_is_cut_off() {
        let question = Question {
            q: format!("  {}", "é".repeat(5_000)),
        };
        assert_eq!(question.typed().chars().count(), LONGEST);
    }
}
