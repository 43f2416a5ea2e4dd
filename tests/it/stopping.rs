//! The real binary is told to stop while a request is under way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::app::Place;
use super::serving::{PATIENCE, Serving};

const FORM: &str = "email=sam%40council.example&password=three+random+words";

/// A program with an empty register.
struct Program {
    serving: Serving,
    _place: Place,
    _folder: TempDir,
}

impl Program {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
            command
                .current_dir(folder.path())
                .env_clear()
                .env("HEARTH_DATABASE_URL", &place.url)
                .env("HEARTH_LOG", "error");
            command
        };
        assert!(command().arg("migrate").status().unwrap().success());
        Self {
            serving: Serving::start(command()),
            _place: place,
            _folder: folder,
        }
    }

    fn tell(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.serving.process.id()).unwrap());
        kill(pid, signal).unwrap();
    }

    fn wait_until_nobody_new_is_taken(&self) {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(self.serving.address).is_ok() {
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
        let mut program = Program::start();
        let mut sender = program.serving.connect();
        let mut answers = BufReader::new(sender.try_clone().unwrap());
        let (first, rest) = FORM.split_at(10);
        write!(
            sender,
            "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n{first}",
            program.serving.address,
            FORM.len()
        )
        .unwrap();
        assert!(status_line(&mut answers).contains(" 100 "), "{signal}");
        assert_eq!(status_line(&mut answers), "\r\n", "{signal}");
        program.tell(signal);
        program.wait_until_nobody_new_is_taken();
        sender.write_all(rest.as_bytes()).unwrap();
        let status = status_line(&mut answers);
        assert!(status.starts_with("HTTP/1.1 4"), "{signal}: {status}");
        let mut answer = String::new();
        answers.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("</html>"), "{signal}: {answer}");
        assert!(
            program.serving.process.wait().unwrap().success(),
            "{signal}"
        );
    }
}
