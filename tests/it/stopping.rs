//! The real binary is told to stop while a request is under way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::app::Place;

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
const FORM: &str = "email=sam%40council.example&password=three+random+words";

struct Serving {
    process: Child,
    address: SocketAddr,
    _place: Place,
    _folder: TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serving {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let command = |word: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
            command
                .arg(word)
                .current_dir(folder.path())
                .env_clear()
                .env("HEARTH_DATABASE_URL", &place.url)
                .env("HEARTH_BIND", address.to_string())
                .env("HEARTH_LOG", "error");
            command
        };
        assert!(command("migrate").status().unwrap().success());
        let process = command("serve").spawn().unwrap();
        Self {
            process,
            address,
            _place: place,
            _folder: folder,
        }
    }

    /// A connection, as soon as the program answers.
    fn connect(&self) -> TcpStream {
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

    fn tell(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        kill(pid, signal).unwrap();
    }

    fn wait_until_nobody_new_is_taken(&self) {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(self.address).is_ok() {
            assert!(Instant::now() < until, "it goes on taking connections");
            std::thread::yield_now();
        }
    }
}

fn status_line(answers: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    line
}

#[test]
fn a_request_under_way_is_answered_before_the_program_stops() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut serving = Serving::start();
        let mut sender = serving.connect();
        let mut answers = BufReader::new(sender.try_clone().unwrap());
        let (first, rest) = FORM.split_at(10);
        write!(
            sender,
            "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n{first}",
            serving.address,
            FORM.len()
        )
        .unwrap();
        assert!(status_line(&mut answers).contains(" 100 "), "{signal}");
        assert_eq!(status_line(&mut answers), "\r\n", "{signal}");
        serving.tell(signal);
        serving.wait_until_nobody_new_is_taken();
        sender.write_all(rest.as_bytes()).unwrap();
        let status = status_line(&mut answers);
        assert!(status.starts_with("HTTP/1.1 4"), "{signal}: {status}");
        let mut answer = String::new();
        answers.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("</html>"), "{signal}: {answer}");
        assert!(serving.process.wait().unwrap().success(), "{signal}");
    }
}
