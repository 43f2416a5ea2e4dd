//! The notifications that nobody has accepted yet.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use crate::clock::london_day;
use crate::db::DbError;
use crate::intake::notification::{self, NotificationRecord};
use crate::policy::rulebook;
use crate::register::list::Line;
use crate::rules::calendar::Calendar;
use crate::rules::dates::short;
use crate::rules::names::full;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::officer::days;
use crate::web::page::Page;

#[derive(Template)]
#[template(path = "officer/intake/notifications.html")]
struct NotificationsPage {
    page: Page,
    waiting: Vec<Waiting>,
}

/// A notification in a list.
pub(in crate::web::officer) struct Waiting {
    pub reference: String,
    pub parent: String,
    pub source: &'static str,
    pub children: Vec<NamedChild>,
    pub received: String,
    pub acknowledge_by: String,
    pub days: String,
    pub is_late: bool,
}

/// A child to be linked to.
pub(in crate::web::officer) struct NamedChild {
    pub reference: String,
    pub name: String,
}

impl NamedChild {
    /// The child of a line of the register.
    pub fn of(line: &Line) -> Self {
        Self {
            reference: line.reference.clone(),
            name: full(&line.given_names, &line.family_name),
        }
    }
}

/// `GET /notifications`
pub async fn list(caller: Caller) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let waiting = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let records = notification::waiting(conn, viewer)?;
            Ok::<_, DbError>(
                records
                    .iter()
                    .map(|record| self::waiting(record, today, &rulebook.calendar))
                    .collect(),
            )
        })
        .await?;
    answer::show(&NotificationsPage {
        page: caller.page("/notifications"),
        waiting,
    })
}

/// How a notification stands in a list today.
pub(in crate::web::officer) fn waiting(
    record: &NotificationRecord,
    today: NaiveDate,
    calendar: &Calendar,
) -> Waiting {
    let by = record.acknowledge_by.as_ref().map(|due| due.on);
    Waiting {
        reference: record.reference.to_string(),
        parent: record.parent_name.clone(),
        source: record.source.label(),
        children: record.children.iter().map(NamedChild::of).collect(),
        received: short(london_day(record.received_at)),
        acknowledge_by: by.map(short).unwrap_or_default(),
        days: by
            .map(|day| days::against(day, today, calendar))
            .unwrap_or_default(),
        is_late: by.is_some_and(|day| day < today),
    }
}
