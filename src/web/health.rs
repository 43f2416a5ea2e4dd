//! Whether the service lives, and whether it is fit to serve: for whoever watches the watchman.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::app::App;
use crate::db::DbError;
use crate::jobs::punctuality::{self, Punctuality};
use crate::mail::fault::{self, Fault};
use crate::shipped::{self, Standing};

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
}

#[derive(Serialize)]
struct MailTrouble {
    status: &'static str,
    said: Vec<String>,
}

/// What was found out about the service.
#[derive(Default)]
struct Health {
    database: &'static str,
    jobs: Option<Punctuality>,
    fault: Option<Fault>,
}

/// GET `/health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live {
        status: "live",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// GET `/health/ready`: the database answers and is still of this program's version, the jobs have run in time,
/// the last sweep told somebody all that was owed, and our mail server does not refuse mail to several
/// addresses by our own fault; 503 when not.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let (now, late_after) = (app.clock.now(), app.config.jobs_late_after);
    let asked = app
        .db
        .read(move |conn| {
            // First: of a database of another version the other questions may have no answer.
            let standing = shipped::standing(conn)?;
            let found = match standing {
                Standing::Ready => Some((
                    punctuality::of_the_sweep(conn, now, late_after)?,
                    fault::on_the_line(conn)?,
                )),
                Standing::Older | Standing::Newer(_) | Standing::Foreign => None,
            };
            Ok::<_, DbError>((standing, found))
        })
        .await;
    answer(match asked {
        Ok((_, Some((punctuality, fault)))) => Health {
            database: "answers",
            jobs: Some(punctuality),
            fault: Some(fault),
        },
        Ok((Standing::Newer(newer), None)) => {
            tracing::error!(%newer, "this program must be replaced by the newer one");
            trouble("newer than this program")
        }
        Ok((Standing::Foreign, None)) => {
            tracing::error!("the database is another program's");
            trouble("of another program")
        }
        Ok((Standing::Ready | Standing::Older, None)) => {
            tracing::error!("the database must be brought up to this program: hearth migrate");
            trouble("older than this program")
        }
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            trouble("does not answer")
        }
    })
}

fn trouble(database: &'static str) -> Health {
    Health {
        database,
        ..Health::default()
    }
}

fn answer(health: Health) -> HttpResponse {
    let mail = health.fault.filter(Fault::is_general);
    let is_ready = health.jobs.is_some_and(|jobs| !jobs.is_trouble()) && mail.is_none();
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
        last_sweep: last.map(|at| at.and_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        mail: mail.map(|fault| MailTrouble {
            status: "does not arrive by our own fault",
            said: fault.words,
        }),
    })
}
