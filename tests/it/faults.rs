//! What stands around the program breaks, for real: pages, `/health/ready`, the banner and the administrator's page tell the truth
//! soon, nothing that was acknowledged is lost, and all is whole when the fault ends, without a restart.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use hearth::db::schema::watch_standing;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::app::{ASHDALE, TestApp};
use super::browser::{Browser, Page};
use super::serving::Serving;

mod alarms;
mod database;
mod log;
mod machine;
#[cfg(feature = "postgres")]
mod postgres;
mod program;
mod reference;
mod threads;

use program::{Program, full_pipe};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether nothing may be left out, however long it takes.
fn is_thorough() -> bool {
    std::env::var_os("HEARTH_TEST_ALL").is_some()
}

/// A register, and the real program that serves it in a process of its own, with its jobs on their timer.
pub struct Scene {
    pub serving: Serving,
    app: TestApp,
}

impl Scene {
    fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let scene = Self::starting_with(settings);
        scene.wait_until_well();
        scene
    }

    fn starting_with(settings: &[(&str, &str)]) -> Self {
        Self::starting_as(Command::new(env!("CARGO_BIN_EXE_hearth")), settings)
    }

    /// As a command begins that has no words of the program's yet.
    fn starting_as(mut command: Command, settings: &[(&str, &str)]) -> Self {
        let app = TestApp::start();
        command
            .current_dir(app.folder())
            .env_clear()
            .env("HEARTH_DATABASE_URL", app.database_url())
            .env("HEARTH_MAIL", app.folder().join("sent"))
            .env("HEARTH_TODAY", "2026-11-23")
            .env("HEARTH_LOG", "error")
            .env("TESTING_HEARTH_LOOKS", "1")
            .stderr(Stdio::null())
            .envs(settings.iter().copied());
        let serving = Serving::start(command);
        Self { serving, app }
    }

    pub fn browser(&self) -> Browser {
        self.serving.browser()
    }

    /// What `/health/ready` says: whether it is ready, and in which words.
    fn ready(&self) -> Result<String, String> {
        let page = self.browser().open("/health/ready");
        match page.status {
            200 => Ok(page.text),
            _ => Err(page.text),
        }
    }

    /// Waits until it is not ready and names something.
    fn wait_for_trouble(&self, what: &str) {
        let named = format!("\"what\":\"{what}\"");
        self.wait_until(what, || {
            self.ready().is_err_and(|said| said.contains(&named))
        });
    }

    /// Waits until it says that all is well, and has written that down for `hearth verify`.
    pub fn wait_until_well(&self) {
        self.wait_until("all is well", || self.ready().is_ok());
        self.wait_until("all is written down as well", || {
            self.app.read(|conn| {
                let troubled = watch_standing::table
                    .filter(watch_standing::trouble_since.is_not_null())
                    .count();
                Ok(troubled.get_result::<i64>(conn)? == 0)
            })
        });
    }

    pub fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so() {
            let said = format!("{:?}", self.ready());
            assert!(Instant::now() < until, "{what}: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Mails that left the program.
    fn sent(&self) -> usize {
        let folder = std::fs::read_dir(self.app.folder().join("sent"));
        folder.map_or(0, |files| {
            files
                .filter(|file| {
                    let name = file.as_ref().unwrap().file_name();
                    name.to_string_lossy().ends_with(".eml")
                })
                .count()
        })
    }

    fn database_file(&self) -> PathBuf {
        PathBuf::from(self.app.database_url().trim_start_matches("sqlite:"))
    }

    fn tell(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.serving.process.id()).unwrap());
        kill(pid, signal).unwrap();
    }

    /// Tells it to stop; how long it took.
    fn stop(&mut self) -> Duration {
        let told = Instant::now();
        self.tell(Signal::SIGTERM);
        while self.serving.process.try_wait().unwrap().is_none() {
            assert!(told.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        told.elapsed()
    }
}

/// A parent asks for a link to notify by, which puts a mail into the outbox.
pub fn ask_for_a_link(browser: &mut Browser, email: &str) -> Page {
    let here = format!("/notify/{ASHDALE}");
    let page = browser.open(&here);
    page.form(&here).set("email", email).send(browser)
}
