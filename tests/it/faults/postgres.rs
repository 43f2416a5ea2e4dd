//! The server that keeps the database is stopped under the program and started again, or answers nobody any more.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::is_thorough;
use super::program::Program;
use crate::app::Place;

/// A PostgreSQL server of this test alone; PostgreSQL does not run as root.
struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// None where PostgreSQL is not installed.
    fn start() -> Option<Self> {
        let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let newest = installed.flatten().map(|it| it.path().join("bin")).max();
        let Some(programs) = newest.filter(|it| it.join("initdb").exists()) else {
            assert!(
                !is_thorough(),
                "HEARTH_TEST_ALL is set and there is no PostgreSQL here"
            );
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let cluster = Self {
            programs,
            folder: tempfile::tempdir().unwrap(),
            port,
        };
        let given = Command::new("chown")
            .arg("postgres")
            .arg(cluster.folder.path())
            .status();
        assert!(given.unwrap().success());
        let data = cluster.data();
        cluster.run(
            "initdb",
            &["--no-sync", "-D", &data, "-U", "postgres", "--auth=trust"],
        );
        cluster.begin();
        Some(cluster)
    }

    fn begin(&self) {
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
            self.port
        );
        let log = self.folder.path().join("log").display().to_string();
        let data = self.data();
        self.run(
            "pg_ctl",
            &["-D", &data, "-w", "-l", &log, "-o", &settings, "start"],
        );
    }

    fn end(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, words: &[&str]) {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(self.programs.join(program))
            .args(words)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let done = command.status().unwrap();
        assert!(done.success(), "{program} {words:?}: {done}");
    }

    /// The server and all its processes.
    fn tell_all(&self, signal: Signal) {
        let said = fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        let postmaster: i32 = said.lines().next().unwrap().parse().unwrap();
        let all = fs::read_dir("/proc").unwrap().flatten();
        let all = all.filter_map(|it| it.file_name().to_string_lossy().parse::<i32>().ok());
        let ours = all.filter(|pid| *pid == postmaster || parent_of(*pid) == Some(postmaster));
        for pid in ours.collect::<Vec<_>>() {
            // One that has ended meanwhile need not be told.
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.tell_all(Signal::SIGKILL);
        }
    }
}

fn parent_of(pid: i32) -> Option<i32> {
    let said = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_the_name) = said.rsplit_once(')')?;
    after_the_name.split_whitespace().nth(1)?.parse().ok()
}

fn program(cluster: &Cluster) -> Program {
    Program::over(
        Place::at(&cluster.url()),
        Command::new(env!("CARGO_BIN_EXE_hearth")),
        Stdio::null(),
        &[("TESTING_HEARTH_LOOKS", "1")],
    )
}

#[test]
fn a_server_that_is_stopped_and_started_again_is_used_again_without_a_restart() {
    let Some(cluster) = Cluster::start() else {
        println!("skipped: PostgreSQL is not installed here");
        return;
    };
    let program = program(&cluster);
    program.must_send_a_mail();
    let mut visitor = program.serving.browser();
    let here = "/notify/878";
    let form = visitor.open(here);
    cluster.end();
    program.wait_until("the trouble is told", |status, said| {
        status == 503 && said.contains("\"what\":\"reading\"")
    });
    let sent = form.form(here).set("email", "while@home.example");
    sent.send(&mut visitor)
        .expect(503)
        .says("Nothing was saved");
    cluster.begin();
    program.wait_until("all is well", |status, _| status == 200);
    for number in 0..4 {
        // Each connection that writes was broken, and nobody has to try twice.
        let email = format!("after{number}@home.example");
        let mut visitor = program.serving.browser();
        let form = visitor.open(here);
        let sent = form.form(here).set("email", &email).send(&mut visitor);
        sent.expect(200);
    }
}

#[test]
fn a_server_that_answers_nobody_keeps_no_program_from_stopping() {
    let Some(cluster) = Cluster::start() else {
        println!("skipped: PostgreSQL is not installed here");
        return;
    };
    let mut program = program(&cluster);
    program.must_send_a_mail();
    cluster.tell_all(Signal::SIGSTOP);
    program.must_end();
    cluster.tell_all(Signal::SIGCONT);
}
