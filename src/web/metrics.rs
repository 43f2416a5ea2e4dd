//! Figures for whoever watches from outside, in the words of Prometheus, at an address of their own (HEARTH_METRICS_BIND): how many
//! requests and how fast, how the pools and queues stand, what was mailed, what is owed and lapsed, what is in trouble. No figure
//! names a person, and none an authority.

mod names;
mod process;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{App as ActixApp, Error, HttpResponse, HttpServer, web};
use chrono::NaiveDateTime;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::app::App;
use crate::clock::Clock;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::duty::figures::{self, Figures};
use crate::jobs::runner;
use crate::jobs::watch::Standing;
use crate::log;
use crate::mail::waiting::{self, HeldUp};

/// Seconds up to which requests are counted together.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How often what was measured is put into its buckets, whether or not somebody reads it: until then it takes up memory.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How long the database may take. Whoever reads the figures waits for ten seconds, and most of them hold without it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Begins to keep figures; to be called once in a process, before anything happens that they count.
///
/// # Errors
/// If somebody keeps them already.
pub fn begin() -> Result<PrometheusHandle, BuildError> {
    let kept = PrometheusBuilder::new()
        .set_buckets(SECONDS)?
        .install_recorder()?;
    names::describe();
    process::began(Clock::System.now());
    Ok(kept)
}

/// The server that gives the figures.
///
/// # Errors
/// When the port cannot be listened on.
pub fn server(app: App, kept: PrometheusHandle, listener: TcpListener) -> std::io::Result<Server> {
    let app = web::Data::new(app);
    let kept = web::Data::new(kept);
    actix_web::rt::spawn(keep_up(kept.clone()));
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
    .listen(listener)?;
    Ok(server.run())
}

async fn keep_up(kept: web::Data<PrometheusHandle>) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        kept.run_upkeep();
    }
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
    let method = method(request.method());
    let answer = next.call(request).await;
    let status = answer.as_ref().map_or_else(status_of, |it| it.status());
    let status = status.as_str().to_owned();
    histogram!("hearth_request_seconds", "route" => route, "method" => method, "status" => status)
        .record(begun.elapsed().as_secs_f64());
    answer
}

fn status_of(error: &Error) -> StatusCode {
    error.as_response_error().status_code()
}

/// A stranger may make up methods without end, and each would be a figure of its own.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// What the database says for the figures.
struct Read {
    owed: Figures,
    held_up: HeldUp,
    swept_at: Option<NaiveDateTime>,
    copied_at: Option<NaiveDateTime>,
}

impl Read {
    fn of(conn: &mut Conn, now: NaiveDateTime) -> DbResult<Self> {
        Ok(Self {
            owed: figures::all(conn)?,
            held_up: waiting::held_up(conn, now)?,
            swept_at: runner::last_sweep(conn)?,
            copied_at: runner::last_backup(conn)?,
        })
    }
}

/// GET `/metrics`
async fn show(app: web::Data<App>, kept: web::Data<PrometheusHandle>) -> HttpResponse {
    let now = app.clock.now();
    let read = app.db.read(move |conn| Read::of(conn, now));
    let read = tokio::time::timeout(PATIENCE, read).await;
    let read = read.ok().and_then(|read: Result<_, DbError>| read.ok());
    gauge!("hearth_database_answers").set(f64::from(u8::from(read.is_some())));
    if let Some(read) = read {
        of_the_database(&read, now);
        // Who keeps no copies any more does not want to hear how old the last one is.
        if let (Some(_), Some(at)) = (&app.config.backup.folder, read.copied_at) {
            gauge!("hearth_backup_age_seconds").set(seconds(at, now));
        }
    }
    of_the_connections(&app);
    of_the_watch(&app, now);
    counter!("hearth_log_lines_lost_total").absolute(log::lost());
    process::show();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(kept.render())
}

fn of_the_database(read: &Read, now: NaiveDateTime) {
    let Read { owed, held_up, .. } = read;
    gauge!("hearth_duties_open").set(number(owed.open_duties));
    for (step, lapses) in &owed.open_lapses {
        gauge!("hearth_lapses_open", "step" => *step).set(number(*lapses));
    }
    let ago = |at: Option<NaiveDateTime>| at.map_or(0.0, |at| seconds(at, now));
    gauge!("hearth_mail_waiting").set(number(held_up.waiting.unsigned_abs()));
    gauge!("hearth_mail_oldest_seconds").set(ago(held_up.oldest));
    gauge!("hearth_mail_held_up_seconds").set(ago(held_up.since));
    if let Some(at) = read.swept_at {
        gauge!("hearth_sweep_age_seconds").set(seconds(at, now));
    }
}

fn of_the_connections(app: &App) {
    let used = app.db.use_of_connections();
    gauge!("hearth_database_readers_in_use").set(f64::from(used.reading));
    gauge!("hearth_database_readers").set(f64::from(used.readers));
    gauge!("hearth_database_writers_waiting").set(number(used.waiting_to_write));
    gauge!("hearth_database_longest_write_seconds").set(app.db.take_longest_write().as_secs_f64());
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
