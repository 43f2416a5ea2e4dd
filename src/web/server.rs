//! Starts the service on its port.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::app::App;
use super::gate::{guard, headers, trace};
use super::{error, metrics, routes};
use crate::mail::Courier;

/// How long requests under way may take to finish when the service stops.
const SHUTDOWN_SECONDS: u64 = 4;
/// How long the head of a request may take. Whoever sends half of one holds no connection for longer.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request, and how long it may take to be closed.
const IDLE_TIME: Duration = Duration::from_secs(15);
const CLOSING_TIME: Duration = Duration::from_secs(5);
/// No form of ours is longer; uploads of lists have a limit of their own.
const FORM_BYTES: usize = 256 * 1024;

/// A server on an open port; it runs when awaited, until [`stop_when_told`] or somebody else stops it.
///
/// # Errors
/// When the port cannot be listened on.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let https = app.config.is_https();
    let workers = app.config.workers;
    let app = web::Data::new(app);
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(app.clone())
            .app_data(web::PayloadConfig::new(FORM_BYTES))
            .configure(error::configure)
            .configure(routes::mount)
            .default_service(web::to(error::not_found))
            .wrap(from_fn(guard::guard))
            .wrap(headers::security_headers(https))
            .wrap(from_fn(metrics::count))
            .wrap(from_fn(trace::follow))
    })
    .workers(workers)
    .client_request_timeout(HEAD_TIME)
    .keep_alive(IDLE_TIME)
    .client_disconnect_timeout(CLOSING_TIME)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

/// Waits until it is told to stop, then stops the server when the requests under way are answered. A second time it does
/// not wait for them. (actix-web itself would drop them at the first Ctrl-C.)
///
/// From then on no mail is begun either: what is under way has as long as the requests.
pub async fn stop_when_told(server: ServerHandle, mut told: ToldToStop, courier: Courier) {
    told.wait().await;
    courier.close();
    tracing::info!("stopping when the requests under way are answered");
    tokio::select! {
        () = server.stop(true) => {}
        () = told.wait() => server.stop(false).await,
    }
}

/// Ctrl-C, or SIGTERM where there is one.
pub struct ToldToStop {
    #[cfg(unix)]
    interrupted: Signal,
    #[cfg(unix)]
    terminated: Signal,
}

impl ToldToStop {
    /// Listens from now on. To be called before the server runs: a signal that comes before anybody listens ends the program
    /// at once, with the requests under way.
    ///
    /// # Errors
    /// When the system does not let the program hear of signals.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupted: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminated: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
