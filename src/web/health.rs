//! Whether the service lives, and whether it is fit to serve: for whoever watches the watchman.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::app::App;
use crate::db::DbError;
use crate::jobs::punctuality::{self, Punctuality};
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
}

/// GET `/health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live {
        status: "live",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// GET `/health/ready`: the database answers and is still of this program's version, the jobs have run in time,
/// and the last sweep told somebody all that was owed; 503 when not.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let (now, late_after) = (app.clock.now(), app.config.jobs_late_after);
    let asked = app
        .db
        .read(move |conn| {
            // First: of a database of another version the other question may have no answer.
            let standing = shipped::standing(conn)?;
            let punctuality = match standing {
                Standing::Ready => Some(punctuality::of_the_sweep(conn, now, late_after)?),
                Standing::Older | Standing::Newer(_) => None,
            };
            Ok::<_, DbError>((standing, punctuality))
        })
        .await;
    let punctuality = match asked {
        Ok((_, Some(punctuality))) => punctuality,
        Ok((Standing::Newer(newer), None)) => {
            tracing::error!(%newer, "this program must be replaced by the newer one");
            return answer(false, "newer than this program", "unknown", None);
        }
        Ok((Standing::Ready | Standing::Older, None)) => {
            tracing::error!("the database must be brought up to this program: hearth migrate");
            return answer(false, "older than this program", "unknown", None);
        }
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            return answer(false, "does not answer", "unknown", None);
        }
    };
    let is_ready = !punctuality.is_trouble();
    answer(is_ready, "answers", punctuality.as_str(), punctuality)
}

fn answer(
    is_ready: bool,
    database: &'static str,
    jobs: &'static str,
    punctuality: impl Into<Option<Punctuality>>,
) -> HttpResponse {
    let (status, code) = if is_ready {
        ("ready", StatusCode::OK)
    } else {
        ("not ready", StatusCode::SERVICE_UNAVAILABLE)
    };
    let last = punctuality.into().and_then(Punctuality::last);
    HttpResponse::build(code).json(Ready {
        status,
        database,
        jobs,
        last_sweep: last.map(|at| at.and_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()),
    })
}
