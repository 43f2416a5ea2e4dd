//! Starts the service on its port.

use std::net::TcpListener;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};

use super::app::App;
use super::{error, guard, headers, routes};

/// How long requests under way may take to finish when the service stops.
const SHUTDOWN_SECONDS: u64 = 20;
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
    })
    .workers(workers)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

/// Waits for Ctrl-C or SIGTERM, then stops the server when the requests under way are answered. A second signal does not
/// wait for them. (actix-web itself would drop them at the first Ctrl-C.)
pub async fn stop_when_told(server: ServerHandle) {
    told_to_stop().await;
    tracing::info!("stopping when the requests under way are answered");
    tokio::select! {
        () = server.stop(true) => {}
        () = told_to_stop() => server.stop(false).await,
    }
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    let _ = interrupted.await;
}
