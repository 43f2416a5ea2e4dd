//! Figures for whoever watches from outside, in the words of Prometheus, at an address of their own (HEARTH_METRICS_BIND): how many
//! requests and how fast, how the pools and queues stand, what was mailed, what is owed and lapsed, what is in trouble. No figure
//! names a person, and none an authority.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{App as ActixApp, Error, HttpResponse, HttpServer, web};
use chrono::NaiveDateTime;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::app::App;
use crate::db::{DbError, Result as DbResult};
use crate::duty::figures::{self, Figures};
use crate::jobs::watch::{Standing, Watched};
use crate::mail::waiting::{self, HeldUp};

/// Seconds up to which requests are counted together.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Begins to keep figures; to be called once in a process.
///
/// # Errors
/// If somebody keeps them already.
pub fn begin() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets(SECONDS)?
        .install_recorder()
}

/// The server that gives the figures.
///
/// # Errors
/// When the address cannot be listened on.
pub fn server(app: App, kept: PrometheusHandle, bind: SocketAddr) -> std::io::Result<Server> {
    let app = web::Data::new(app);
    let kept = web::Data::new(kept);
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(app.clone())
            .app_data(kept.clone())
            .route("/metrics", web::get().to(show))
    })
    .workers(1)
    .client_request_timeout(Duration::from_secs(5))
    .shutdown_timeout(1)
    .disable_signals()
    .bind(bind)?;
    Ok(server.run())
}

/// The middleware that counts requests by the pattern of their route and the status of their answer.
///
/// # Errors
/// Only what the app behind it gives.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let pattern = request.match_pattern();
    let route = pattern.unwrap_or_else(|| "(none)".to_owned());
    let method = request.method().as_str().to_owned();
    let answer = next.call(request).await?;
    let status = answer.status().as_str().to_owned();
    histogram!("hearth_request_seconds", "route" => route, "method" => method, "status" => status)
        .record(begun.elapsed().as_secs_f64());
    Ok(answer)
}

/// What the database says for the figures.
struct Read {
    owed: Figures,
    held_up: HeldUp,
}

/// GET `/metrics`
async fn show(app: web::Data<App>, kept: web::Data<PrometheusHandle>) -> HttpResponse {
    let now = app.clock.now();
    let read = app
        .db
        .read(move |conn| {
            Ok::<_, DbError>(Read {
                owed: figures::all(conn)?,
                held_up: waiting::held_up(conn, now)?,
            })
        })
        .await;
    of_the_database(&read, now);
    of_the_watch(&app, now);
    let used = app.db.use_of_connections();
    gauge!("hearth_database_readers_in_use").set(f64::from(used.reading));
    gauge!("hearth_database_readers").set(f64::from(used.readers));
    gauge!("hearth_database_writers_waiting").set(number(used.waiting_to_write));
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(kept.render())
}

fn of_the_database(read: &DbResult<Read>, now: NaiveDateTime) {
    gauge!("hearth_database_answers").set(f64::from(u8::from(read.is_ok())));
    let Ok(Read { owed, held_up }) = read else {
        return;
    };
    gauge!("hearth_duties_open").set(number(owed.open_duties));
    for (step, lapses) in &owed.open_lapses {
        gauge!("hearth_lapses_open", "step" => *step).set(number(*lapses));
    }
    gauge!("hearth_mail_waiting").set(number(held_up.waiting.unsigned_abs()));
    let since = held_up.since.map_or(0.0, |since| seconds(since, now));
    gauge!("hearth_mail_waiting_seconds").set(since);
}

fn of_the_watch(app: &App, now: NaiveDateTime) {
    for standing in app.watch.standings(now) {
        let Standing {
            watched,
            good_at,
            trouble,
        } = standing;
        let what = watched.as_str();
        gauge!("hearth_trouble", "what" => what).set(f64::from(u8::from(trouble.is_some())));
        if let Some(at) = good_at {
            gauge!("hearth_good_seconds_ago", "what" => what).set(seconds(at, now));
        }
        if let (Watched::Sweep, Some(at)) = (watched, good_at) {
            gauge!("hearth_sweep_age_seconds").set(seconds(at, now));
        }
        if let (Watched::Backup, Some(at)) = (watched, good_at) {
            gauge!("hearth_backup_age_seconds").set(seconds(at, now));
        }
    }
    for (what, times) in app.watch.restarts() {
        counter!("hearth_thread_restarts_total", "thread" => what).absolute(times);
    }
}

fn seconds(since: NaiveDateTime, now: NaiveDateTime) -> f64 {
    let seconds = u32::try_from((now - since).num_seconds().max(0));
    f64::from(seconds.unwrap_or(u32::MAX))
}

fn number(of: impl TryInto<u32>) -> f64 {
    f64::from(of.try_into().unwrap_or(u32::MAX))
}
