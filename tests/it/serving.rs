//! The real binary, serving in a process of its own.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::browser::Browser;

/// Longer than anything takes on the slowest machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A process that serves until it is told to stop, or dropped.
pub struct Serving {
    pub process: Child,
    pub address: SocketAddr,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serving {
    /// Starts `serve` on a free port, with the folder and the settings of a command that has no words yet.
    pub fn start(mut command: Command) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        command.arg("serve").env("HEARTH_BIND", address.to_string());
        Self {
            process: command.spawn().unwrap(),
            address,
        }
    }

    /// A connection, as soon as the program answers.
    pub fn connect(&self) -> TcpStream {
        let until = Instant::now() + PATIENCE;
        loop {
            match TcpStream::connect(self.address) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    return stream;
                }
                Err(cause) => assert!(Instant::now() < until, "it does not answer: {cause}"),
            }
            std::thread::yield_now();
        }
    }

    /// A browser nobody is signed in with, as soon as the program answers.
    pub fn browser(&self) -> Browser {
        drop(self.connect());
        Browser::new(&format!("http://{}", self.address))
    }
}
