//! Lapses that are open: the list that the lapse mail links to.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::work::WhoseFilter;
use crate::db::DbError;
use crate::duty::lapse_list::{self, Open, OpenLapse};
use crate::policy::rulebook;
use crate::rules::calendar::Calendar;
use crate::rules::dates::short;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::Query;
use crate::web::officer::check::words::plan_words;
use crate::web::officer::days;
use crate::web::page::Page;
use crate::web::pages::Pages;

/// What may be asked of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LapseFilter {
    whose: String,
    /// "no" for those only that nobody has answered for.
    answered: String,
    page: String,
}

#[derive(Template)]
#[template(path = "officer/desk/lapses.html")]
struct LapsesPage {
    page: Page,
    is_mine: bool,
    only_unanswered: bool,
    open: Open,
    lapses: Vec<LapseRow>,
    pages: Pages,
}

struct LapseRow {
    lapse: OpenLapse,
    officer: String,
    due: String,
    over: String,
    plan: Option<String>,
}

/// `GET /lapses`
pub async fn list(
    caller: Caller,
    Query(filter): Query<LapseFilter>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let is_mine = filter.whose == "mine";
    let only_unanswered = filter.answered == "no";
    let whose = WhoseFilter {
        whose: if is_mine { "mine" } else { "team" }.to_owned(),
    }
    .of(caller.viewer()?);
    let (open, lapses, pages) = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let open = lapse_list::count(conn, viewer, whose, today)?;
            let pages = pages(&filter.page, open, (is_mine, only_unanswered));
            let offset = i64::try_from(pages.offset()).unwrap_or_default();
            let lapses = lapse_list::page(conn, viewer, whose, today, only_unanswered, offset)?;
            let rows = lapses
                .into_iter()
                .map(|lapse| row(lapse, today, &rulebook.calendar));
            Ok::<_, DbError>((open, rows.collect(), pages))
        })
        .await?;
    answer::show(&LapsesPage {
        page: caller.page("/work"),
        is_mine,
        only_unanswered,
        open,
        lapses,
        pages,
    })
}

fn pages(asked: &str, open: Open, (is_mine, only_unanswered): (bool, bool)) -> Pages {
    let size = usize::try_from(lapse_list::PAGE).unwrap_or(1);
    let total = if only_unanswered {
        open.unanswered()
    } else {
        open.total
    };
    let total = usize::try_from(total).unwrap_or_default();
    let address = match (is_mine, only_unanswered) {
        (true, true) => "/lapses?whose=mine&answered=no",
        (true, false) => "/lapses?whose=mine",
        (false, true) => "/lapses?answered=no",
        (false, false) => "/lapses",
    };
    Pages::new(asked, size, total, address)
}

fn row(lapse: OpenLapse, today: NaiveDate, calendar: &Calendar) -> LapseRow {
    LapseRow {
        officer: match (&lapse.child, &lapse.officer) {
            (None, _) => lapse.post.label().to_owned(),
            (Some(_), Some(officer)) => officer.clone(),
            (Some(_), None) => "Nobody yet".to_owned(),
        },
        due: short(lapse.due_on),
        over: days::over_in_column(calendar.working_days_between(lapse.due_on, today)),
        plan: lapse.plan_by.map(|day| plan_words(day, lapse.plans, today)),
        lapse,
    }
}
