//! `hearth serve`: the pages, and the jobs on their timer, until Ctrl-C or SIGTERM.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use hearth::clock::Clock;
use hearth::config::Config;
use hearth::db::Db;
use hearth::jobs::Timer;
use hearth::jobs::watch::Watch;
use hearth::jobs::watch::alarm::Alarm;
use hearth::jobs::watch::ways::Ways;
use hearth::web::app::App;
use hearth::web::metrics;
use hearth::web::server::{self, ToldToStop};

use super::{Failure, Outcome, clock, jobs, open_ready, settings};

/// The ports that `serve` has taken.
pub struct Listening {
    pages: TcpListener,
    metrics: Option<TcpListener>,
}

pub fn run() -> Outcome {
    let config = settings()?;
    let listening = listen(&config)?;
    let db = open_ready(&config)?;
    serve(db, clock(&config), config, listening)
}

/// Takes the ports before anything else is done, so that a second `serve` says so at once.
pub fn listen(config: &Config) -> Result<Listening, Failure> {
    let metrics = config.metrics_bind;
    Ok(Listening {
        pages: listen_on("HEARTH_BIND", config.bind)?,
        metrics: metrics
            .map(|bind| listen_on("HEARTH_METRICS_BIND", bind))
            .transpose()?,
    })
}

fn listen_on(setting: &str, bind: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(bind).map_err(|cause| {
        Failure::because(format!(
            "{bind} cannot be listened on ({cause}): stop the program that uses it, or set {setting} to another port"
        ))
    })
}

/// Serves until told to stop; requests and jobs under way are finished first.
pub fn serve(db: Db, clock: Clock, config: Config, listening: Listening) -> Outcome {
    let services = jobs::services(&config, db.clone(), clock.clone())?;
    let watch = Watch::default();
    let alarm = Alarm::by(Ways::from_config(&config)?);
    let figures = match listening.metrics {
        Some(listener) => Some((metrics::begin().map_err(std::io::Error::other)?, listener)),
        None => None,
    };
    let timer = Timer::start(&services, config.jobs_every, &watch, alarm)?;
    tracing::info!(address = config.base_url, "serving");
    let app = App::new(db, clock, config).beside(&timer, &watch);
    let served = actix_web::rt::System::new().block_on(async {
        let told = ToldToStop::listen()?;
        if let Some((kept, listener)) = figures {
            let figures = metrics::server(app.clone(), kept, listener)?;
            actix_web::rt::spawn(async {
                // Whoever reads the figures sees by that (`up == 0`) that there are none.
                let ended = figures.await;
                tracing::error!(?ended, "no figures are given any more");
            });
        }
        let server = server::server(app, listening.pages)?;
        let stopping = server::stop_when_told(server.handle(), told, timer.courier().clone());
        actix_web::rt::spawn(stopping);
        server.await
    });
    timer.stop();
    tracing::info!("stopped");
    served?;
    Ok(ExitCode::SUCCESS)
}
