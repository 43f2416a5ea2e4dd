//! "My work today": what has lapsed, what is due soon, who has notified us; the first page of the morning.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::out_of_sight::{self, Figure};
use crate::access::Viewer;
use crate::db::DbError;
use crate::desk::diary::{self, DeskLine, VisitElsewhere};
use crate::duty::owed::NamedChild;
use crate::duty::whose::Whose;
use crate::intake::notification;
use crate::policy::rulebook;
use crate::rules::dates::{short, spoken};
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::Query;
use crate::web::officer::check::words::{self, plan_words};
use crate::web::officer::days;
use crate::web::officer::intake::notifications::{self, Waiting};
use crate::web::officer::row::Officers;
use crate::web::page::Page;
use crate::web::{answer, filters};

/// New notifications shown here; the rest is a page of its own.
const NOTIFICATIONS_SHOWN: usize = 10;

/// What may be asked of this page and of the list of lapses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WhoseFilter {
    /// "team" for everybody's, "mine" for one's own; without a word, what the viewer answers for.
    pub whose: String,
}

impl WhoseFilter {
    /// Whose work that is for this viewer: a manager answers for everybody's.
    pub fn of(&self, viewer: &Viewer) -> Whose {
        let is_team = match self.whose.as_str() {
            "team" => true,
            "mine" => false,
            _ => viewer.manages(),
        };
        match viewer.account() {
            Some(account) if !is_team => Whose::Of(account),
            _ => Whose::Team,
        }
    }
}

#[derive(Template)]
#[template(path = "officer/desk/work.html")]
struct WorkPage {
    page: Page,
    is_team: bool,
    lapsed_total: i64,
    resting_lapses: i64,
    due_soon_total: i64,
    soon: String,
    unallocated_total: i64,
    lapsed: Vec<Row>,
    due_soon: Vec<Row>,
    waiting: Vec<Waiting>,
    /// Visits to be confirmed for the child's address as it is now.
    elsewhere: Vec<VisitElsewhere>,
    waiting_total: usize,
    out_of_sight: Vec<Figure>,
}

/// A check on the desk, in words.
struct Row {
    href: String,
    kind: &'static str,
    /// The child whom it is about; none: the authority owes it.
    child: Option<NamedChild>,
    due: String,
    why: String,
    days: String,
    booked: Option<String>,
    officer: String,
    lapse: Option<String>,
    plan: Option<String>,
}

/// `GET /work`
pub async fn show(
    caller: Caller,
    Query(filter): Query<WhoseFilter>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let whose = filter.of(caller.viewer()?);
    let counts = caller.app().sight_counts.clone();
    let revision = caller.signed_in().map_or(0, |signed_in| signed_in.revision);
    let (desk, waiting, officers, figures) = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let desk = diary::desk(conn, viewer, &rulebook, whose)?;
            let waiting: Vec<Waiting> = notification::waiting(conn, viewer)?
                .iter()
                .map(|waiting| notifications::waiting(waiting, today, &rulebook.calendar))
                .collect();
            let officer = match whose {
                Whose::Of(officer) => Some(officer),
                Whose::Team => None,
            };
            let counted = (counts.as_ref(), revision);
            let figures = out_of_sight::figures(conn, viewer, &rulebook, counted, officer)?;
            Ok::<_, DbError>((desk, waiting, Officers::read(conn, viewer)?, figures))
        })
        .await?;
    let rows = |lines: &[DeskLine]| {
        lines
            .iter()
            .map(|line| row(line, today, &officers))
            .collect()
    };
    answer::show(&WorkPage {
        page: caller.page("/work"),
        is_team: matches!(whose, Whose::Team),
        lapsed_total: desk.lapsed_total,
        resting_lapses: desk.resting_lapses,
        due_soon_total: desk.due_soon_total,
        soon: spoken(desk.soon),
        unallocated_total: desk.unallocated_total,
        lapsed: rows(&desk.lapsed),
        due_soon: rows(&desk.due_soon),
        elsewhere: desk.elsewhere,
        out_of_sight: figures,
        waiting_total: waiting.len(),
        waiting: waiting.into_iter().take(NOTIFICATIONS_SHOWN).collect(),
    })
}

fn row(line: &DeskLine, today: NaiveDate, officers: &Officers) -> Row {
    Row {
        href: words::path(line.kind, &line.check_reference),
        kind: line.kind.label(),
        child: line.child.clone(),
        due: short(line.due_on),
        why: line.why.clone(),
        days: if line.due_on < today {
            days::over_in_column(line.working_days)
        } else {
            days::left_in_column(line.working_days, line.due_on == today)
        },
        booked: line.booked_for.map(short),
        officer: officers.of_duty(line.post, line.officer).to_owned(),
        lapse: line.lapse.as_ref().map(|lapse| lapse.reference.clone()),
        plan: line
            .lapse
            .as_ref()
            .and_then(|lapse| Some(plan_words(lapse.plan_by?, lapse.plans, today))),
    }
}
