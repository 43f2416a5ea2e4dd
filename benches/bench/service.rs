//! Running servers to be measured: Hearth itself, and a bare actix-web server that sends as many bytes.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};
use hearth::web::app::App;
use hearth::web::server;

use super::cores;

/// A server on the core of the service, until it is dropped.
pub struct Running {
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        let stopping = self.handle.stop(false);
        actix_web::rt::System::new().block_on(stopping);
    }
}

/// Hearth.
pub fn hearth(app: App) -> Running {
    start(move |listener| server::server(app, listener).expect("a server"))
}

/// A server that does nothing but send the same body.
pub fn bare(bytes: usize) -> Running {
    let body = web::Bytes::from(vec![b'x'; bytes]);
    start(move |listener| {
        HttpServer::new(move || {
            let body = body.clone();
            ActixApp::new().default_service(web::to(move || {
                let body = body.clone();
                async move {
                    HttpResponse::Ok()
                        .content_type("text/html; charset=utf-8")
                        .body(body)
                }
            }))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("a server")
        .run()
    })
}

fn start(make: impl FnOnce(TcpListener) -> Server + Send + 'static) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        cores::stay_on(cores::SERVICE);
        actix_web::rt::System::new().block_on(async move {
            let server = make(listener);
            tell.send(server.handle()).expect("the bench waits");
            server.await.expect("it ran");
        });
    });
    Running {
        address,
        handle: told.recv().expect("the server started"),
    }
}
