//! What a digest told: the page behind its link, with exactly as many lines as the mail counts, and how each stands now.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::clock::london_day;
use crate::db::DbError;
use crate::duty::owed::DutyState;
use crate::duty::told::{self, ToldLine, ToldMail, ToldOf};
use crate::rules::dates::{short, spoken};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::Query;
use crate::web::named::Named;
use crate::web::officer::check::words::{self, plan_words};
use crate::web::officer::row::Officers;
use crate::web::page::{Crumb, Page};
use crate::web::pages::Pages;

/// What may be asked of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ToldFilter {
    page: String,
}

#[derive(Template)]
#[template(path = "officer/desk/told.html")]
struct ToldPage {
    page: Page,
    crumbs: Vec<Crumb>,
    heading: String,
    /// How many the reader may not see; none when there are none.
    restricted: Option<String>,
    is_lapses: bool,
    rows: Vec<Row>,
    pages: Pages,
}

struct Row {
    href: String,
    line: ToldLine,
    due: String,
    officer: String,
    now: String,
}

/// `GET /told/{reference}`
pub async fn show(
    caller: Caller,
    named: Named,
    Query(filter): Query<ToldFilter>,
) -> Result<HttpResponse, WebError> {
    let (today, address) = (caller.today(), format!("/told/{}", named.0));
    let found = caller
        .read(move |conn, viewer| {
            // To an administrator it is nothing but what they owe themselves.
            let is_theirs =
                |mail: &ToldMail| viewer.works_with_children() || mail.seen == mail.total;
            let Some(mail) = told::find(conn, viewer, &named.0)?.filter(is_theirs) else {
                return Ok(None);
            };
            let size = usize::try_from(told::PAGE).unwrap_or(1);
            let seen = usize::try_from(mail.seen).unwrap_or_default();
            let pages = Pages::new(&filter.page, size, seen, &address);
            let offset = i64::try_from(pages.offset()).unwrap_or_default();
            let lines = told::page(conn, viewer, &mail, offset)?;
            let officers = Officers::read(conn, viewer)?;
            let rows = lines.into_iter().map(|line| row(line, today, &officers));
            Ok::<_, DbError>(Some((mail, pages, rows.collect::<Vec<Row>>())))
        })
        .await?;
    let (mail, pages, rows) = found.ok_or(WebError::NotFound)?;
    answer::show(&ToldPage {
        page: caller.page("/work"),
        crumbs: vec![Crumb::to("My work", "/work")],
        heading: heading(&mail),
        restricted: restricted(mail.total - mail.seen),
        is_lapses: mail.of == ToldOf::Lapses,
        rows,
        pages,
    })
}

/// As the mail itself counts.
fn heading(mail: &ToldMail) -> String {
    let what = mail
        .called
        .counted(usize::try_from(mail.total).unwrap_or(usize::MAX));
    let is_one = mail.total == 1;
    let what = match (mail.of, is_one) {
        (ToldOf::Lapses, true) => format!("{what} has lapsed"),
        (ToldOf::Lapses, false) => format!("{what} have lapsed"),
        (ToldOf::DueSoon, true) => format!("{what} is due soon"),
        (ToldOf::DueSoon, false) => format!("{what} are due soon"),
    };
    format!("{what}: the email of {}", spoken(london_day(mail.at)))
}

fn restricted(hidden: i64) -> Option<String> {
    match hidden {
        ..=0 => None,
        1 => Some(
            "1 of them is not listed: the child’s record is restricted, and a manager can open it."
                .to_owned(),
        ),
        hidden => Some(format!(
            "{hidden} of them are not listed: the children’s records are restricted, and a manager can open them."
        )),
    }
}

fn row(line: ToldLine, today: NaiveDate, officers: &Officers) -> Row {
    Row {
        href: words::path(line.kind, &line.check_reference),
        due: short(line.due_on),
        officer: officers.of_duty(line.post, line.officer).to_owned(),
        now: standing(&line, today),
        line,
    }
}

/// How it stands since the mail.
fn standing(line: &ToldLine, today: NaiveDate) -> String {
    match &line.lapse {
        Some(lapse) => match (lapse.closed_at, lapse.plan_by) {
            (Some(at), _) => format!("Closed on {}", short(london_day(at))),
            (None, Some(plan_by)) => plan_words(plan_by, lapse.plans, today),
            (None, None) => "Lapsed: nobody has answered yet".to_owned(),
        },
        None if line.state != DutyState::Open => line.state.label().to_owned(),
        None if line.due_on < today => "Past its day".to_owned(),
        None => "Still due".to_owned(),
    }
}
