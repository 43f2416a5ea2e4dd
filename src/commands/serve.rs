//! `hearth serve`: the pages, and the jobs on their timer, until Ctrl-C or SIGTERM.

use std::net::TcpListener;
use std::process::ExitCode;

use hearth::clock::Clock;
use hearth::config::Config;
use hearth::db::Db;
use hearth::jobs::Timer;
use hearth::jobs::watch::Watch;
use hearth::jobs::watch::alarm::{Alarm, Ways};
use hearth::web::app::App;
use hearth::web::metrics;
use hearth::web::server::{self, ToldToStop};

use super::{Failure, Outcome, clock, jobs, open_ready, settings};

pub fn run() -> Outcome {
    let config = settings()?;
    let listener = listen(&config)?;
    let db = open_ready(&config)?;
    serve(db, clock(&config), config, listener)
}

/// Takes the port before anything else is done, so that a second `serve` says so at once.
pub fn listen(config: &Config) -> Result<TcpListener, Failure> {
    TcpListener::bind(config.bind).map_err(|cause| {
        Failure::because(format!(
            "{} cannot be listened on ({cause}): stop the program that uses it, or set HEARTH_BIND to another port",
            config.bind
        ))
    })
}

/// Serves until told to stop; requests and jobs under way are finished first.
pub fn serve(db: Db, clock: Clock, config: Config, listener: TcpListener) -> Outcome {
    let services = jobs::services(&config, db.clone(), clock.clone())?;
    let watch = Watch::default();
    let alarm = Alarm::by(Ways::from_config(&config)?);
    let timer = Timer::start(&services, config.jobs_every, &watch, alarm)?;
    tracing::info!(address = config.base_url, "serving");
    let metrics_bind = config.metrics_bind;
    let app = App::new(db, clock, config).beside(&timer, &watch);
    let served = actix_web::rt::System::new().block_on(async {
        let told = ToldToStop::listen()?;
        if let Some(bind) = metrics_bind {
            let kept = metrics::begin().map_err(std::io::Error::other)?;
            actix_web::rt::spawn(metrics::server(app.clone(), kept, bind)?);
        }
        let server = server::server(app, listener)?;
        let stopping = server::stop_when_told(server.handle(), told, timer.courier().clone());
        actix_web::rt::spawn(stopping);
        server.await
    });
    timer.stop();
    tracing::info!("stopped");
    served?;
    Ok(ExitCode::SUCCESS)
}
