//! The capacity page: checks due in the weeks to come against what the officers can do, and how managers spread a backlog.

mod chart;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use validator::Validate;

use self::chart::{BOTTOM, Chart, Column, HEIGHT, WIDTH};
use crate::access::Role;
use crate::policy::rulebook;
use crate::rules::capacity::ByTier;
use crate::rules::dates::short;
use crate::visit::capacity::{self, Outlook, Plan, SpreadError, WEEKS};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/desk/capacity.html")]
struct CapacityPage {
    page: Page,
    outlook: Outlook,
    chart: Chart,
    rows: Vec<Row>,
    manages: bool,
    sees_all: bool,
}

/// A week as a line of the table.
struct Row {
    name: String,
    open: ByTier,
    to_follow: u32,
    capacity: Option<u32>,
    /// What would be due after a backlog was spread.
    after: u32,
}

impl Row {
    fn is_over(&self) -> bool {
        self.capacity
            .is_some_and(|capacity| self.open.total() > capacity)
    }

    fn is_over_after(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.after > capacity)
    }
}

/// `GET /capacity`
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let outlook = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            capacity::outlook(conn, viewer, &rulebook, WEEKS)
        })
        .await?;
    let viewer = caller.viewer()?;
    let rows = rows(&outlook, &outlook.load.open);
    answer::show(&CapacityPage {
        page: caller.page("/capacity"),
        chart: drawn("due", &rows),
        rows,
        manages: viewer.role() == Some(Role::Manager),
        sees_all: viewer.sees_restricted(),
        outlook,
    })
}

/// What is late, and then week after week.
fn rows(outlook: &Outlook, after: &[ByTier]) -> Vec<Row> {
    let late = Row {
        name: "Late".to_owned(),
        open: outlook.load.late,
        to_follow: 0,
        capacity: None,
        after: outlook.load.late.total(),
    };
    let weeks = outlook.weeks.iter().enumerate().map(|(at, monday)| Row {
        name: week_name(*monday),
        open: outlook.load.open[at],
        to_follow: outlook.load.to_follow[at].total(),
        capacity: Some(outlook.capacity[at]),
        after: after[at].total(),
    });
    std::iter::once(late).chain(weeks).collect()
}

/// "Week 48, from 23 Nov 2026".
fn week_name(monday: NaiveDate) -> String {
    format!("Week {}, from {}", monday.iso_week().week(), short(monday))
}

fn drawn(id: &'static str, rows: &[Row]) -> Chart {
    let columns: Vec<Column> = rows.iter().map(|row| column(row, row.open)).collect();
    Chart::of(id, description(&columns), &columns)
}

fn column(row: &Row, open: ByTier) -> Column {
    let due = open.total() + row.to_follow;
    let name = match row.capacity {
        None => format!("Late: {due}"),
        Some(capacity) => format!("{}: {due} due, {capacity} can be done", row.name),
    };
    let label = row.name.split_once(", from ").map_or("Late", |(week, _)| {
        week.strip_prefix("Week ").unwrap_or(week)
    });
    Column {
        label: label.to_owned(),
        name,
        open,
        to_follow: row.to_follow,
        capacity: row.capacity,
    }
}

/// What the picture shows, in two sentences.
fn description(columns: &[Column]) -> String {
    let weeks = columns.iter().filter(|column| column.capacity.is_some());
    let over = weeks.clone().filter(|column| {
        column
            .capacity
            .is_some_and(|capacity| column.open.total() > capacity)
    });
    let late = columns.first().map_or(0, |column| column.open.total());
    format!(
        "A bar for what is late ({late} checks) and one for each of {} weeks. In {} of them more open checks are due than the officers can do. The table below has the numbers.",
        weeks.count(),
        over.count(),
    )
}

#[derive(Template)]
#[template(path = "officer/desk/capacity/spreading.html")]
struct SpreadingPage {
    page: Page,
    crumbs: Vec<Crumb>,
    plan: Plan,
    before: Chart,
    after: Chart,
    rows: Vec<Row>,
    problem: Option<String>,
}

impl SpreadingPage {
    /// "3 red, 4 amber and 120 green".
    fn by_tier(number: ByTier) -> String {
        format!(
            "{} red, {} amber and {} green",
            number.red, number.amber, number.green
        )
    }
}

/// `GET /capacity/spreading`
pub async fn preview(caller: Caller) -> Result<HttpResponse, WebError> {
    answer::show(&spreading_page(&caller, None).await?)
}

/// The plan that a manager has looked at.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct SpreadForm {
    plan: String,
}

impl Form for SpreadForm {
    type Parsed = String;

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<String> {
        Some(self.plan.clone())
    }
}

/// `POST /capacity/spreading`
pub async fn carry_out(
    caller: Caller,
    submitted: Submitted<SpreadForm>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let seen = submitted.check(today).unwrap_or_default();
    let moved = caller
        .act(move |act| capacity::carry_out(act, &seen))
        .await?;
    match moved {
        Ok(moved) => {
            let checks = if moved == 1 { "check is" } else { "checks are" };
            let told = format!("{moved} {checks} brought forward. Each says why on its own page.");
            Ok(caller.see_other_with("/capacity", &Flash::success(told)))
        }
        Err(SpreadError::NotAllowed) => Err(WebError::Forbidden),
        Err(SpreadError::Db(error)) => Err(error.into()),
        Err(changed @ (SpreadError::Changed | SpreadError::Nothing | SpreadError::NotSeen)) => {
            let page = spreading_page(&caller, Some(changed.to_string())).await?;
            answer::with_status(StatusCode::CONFLICT, &page)
        }
    }
}

async fn spreading_page(
    caller: &Caller,
    problem: Option<String>,
) -> Result<SpreadingPage, WebError> {
    let today = caller.today();
    let plan = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            capacity::plan(conn, viewer, &rulebook)
        })
        .await?;
    let rows = rows(&plan.before, &plan.after);
    let before: Vec<Column> = rows.iter().map(|row| column(row, row.open)).collect();
    let late = std::iter::once(&plan.before.load.late);
    let after = late.chain(&plan.after);
    let after: Vec<Column> = rows
        .iter()
        .zip(after)
        .map(|(row, open)| column(row, *open))
        .collect();
    Ok(SpreadingPage {
        page: caller.page("/capacity"),
        crumbs: vec![Crumb::to("Capacity", "/capacity")],
        before: Chart::of("before", description(&before), &before),
        after: Chart::of("after", description(&after), &after),
        rows,
        plan,
        problem,
    })
}
