//! Whether the service lives, and whether it is fit to serve: for whoever watches the watchman.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::NaiveDateTime;
use serde::Serialize;

use super::app::App;
use crate::db::DbError;
use crate::jobs::punctuality::{self, Punctuality};
use crate::jobs::watch::Standing;
use crate::mail::fault::{self, Fault};
use crate::shipped::{self, Standing as Tables};

#[derive(Serialize)]
struct Live {
    status: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    database: &'static str,
    jobs: &'static str,
    /// When the last completed sweep began, UTC.
    last_sweep: Option<String>,
    /// That mail does not arrive by our own fault, and what mail servers said of us; without addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailTrouble>,
    /// What else does not do its work, and since when, UTC; without words, which may name files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    troubles: Vec<TroubleSince>,
}

#[derive(Serialize)]
struct TroubleSince {
    what: &'static str,
    since: Option<String>,
}

#[derive(Serialize)]
struct MailTrouble {
    status: &'static str,
    /// How many addresses it does not reach. What the servers said is for administrators: it may name people.
    addresses: usize,
}

/// What was found out about the service.
#[derive(Default)]
struct Health {
    database: &'static str,
    jobs: Option<Punctuality>,
    fault: Option<Fault>,
    troubles: Vec<Standing>,
}

/// GET `/health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live {
        status: "live",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// GET `/health/ready`: the database answers and is still of this program's version, the jobs have run in time,
/// the last sweep told somebody all that was owed, our mail server does not refuse mail to several
/// addresses by our own fault, and all else that is watched does its work; 503 when not.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let (now, late_after) = (app.clock.now(), app.config.jobs_late_after);
    let asked = app
        .db
        .read(move |conn| {
            // First: of a database of another version the other questions may have no answer.
            let standing = shipped::standing(conn)?;
            let found = match standing {
                Tables::Ready => Some((
                    punctuality::of_the_sweep(conn, now, late_after)?,
                    fault::on_the_line(conn)?,
                )),
                Tables::Older | Tables::Newer(_) | Tables::Foreign => None,
            };
            Ok::<_, DbError>((standing, found))
        })
        .await;
    let troubles = app.watch.troubles(now);
    answer(Health {
        troubles,
        ..of_the_database(asked)
    })
}

type Asked = Result<(Tables, Option<(Punctuality, Fault)>), DbError>;

fn of_the_database(asked: Asked) -> Health {
    match asked {
        Ok((_, Some((punctuality, fault)))) => Health {
            database: "answers",
            jobs: Some(punctuality),
            fault: Some(fault),
            ..Health::default()
        },
        Ok((Tables::Newer(newer), None)) => {
            tracing::error!(%newer, "this program must be replaced by the newer one");
            trouble("newer than this program")
        }
        Ok((Tables::Foreign, None)) => {
            tracing::error!("the database is another program's");
            trouble("of another program")
        }
        Ok((Tables::Ready | Tables::Older, None)) => {
            tracing::error!("the database must be brought up to this program: hearth migrate");
            trouble("older than this program")
        }
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            trouble("does not answer")
        }
    }
}

fn trouble(database: &'static str) -> Health {
    Health {
        database,
        ..Health::default()
    }
}

fn answer(health: Health) -> HttpResponse {
    let mail = health.fault.filter(Fault::is_general);
    let is_ready = health.jobs.is_some_and(|jobs| !jobs.is_trouble())
        && mail.is_none()
        && health.troubles.is_empty();
    let (status, code) = if is_ready {
        ("ready", StatusCode::OK)
    } else {
        ("not ready", StatusCode::SERVICE_UNAVAILABLE)
    };
    let last = health.jobs.and_then(Punctuality::last);
    HttpResponse::build(code).json(Ready {
        status,
        database: health.database,
        jobs: health.jobs.map_or("unknown", Punctuality::as_str),
        last_sweep: last.map(in_utc),
        mail: mail.map(|fault| MailTrouble {
            status: "does not arrive by our own fault",
            addresses: fault.addresses,
        }),
        troubles: health.troubles.iter().map(TroubleSince::of).collect(),
    })
}

impl TroubleSince {
    fn of(standing: &Standing) -> Self {
        Self {
            what: standing.watched.as_str(),
            since: standing.trouble.as_ref().map(|it| in_utc(it.since)),
        }
    }
}

fn in_utc(at: NaiveDateTime) -> String {
    at.and_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
