//! The real binary over a register with one account, with whatever a test puts in the place of standard error.

use std::io::PipeReader;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::app::Place;
use crate::serving::{PATIENCE, Serving};

/// How long the end may take when nothing is under way.
const END: Duration = Duration::from_secs(10);

/// The real binary over a register with one account.
pub struct Program {
    pub serving: Serving,
    pub place: Place,
    pub folder: TempDir,
}

impl Program {
    /// Starts with this in the place of standard error.
    pub fn start(log: impl Into<Stdio>, settings: &[(&str, &str)]) -> Self {
        Self::start_as(Command::new(env!("CARGO_BIN_EXE_hearth")), log, settings)
    }

    pub fn start_as(command: Command, log: impl Into<Stdio>, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        Self::begin(folder, place, command, log, settings)
    }

    /// Over a register in a place of one's own.
    #[cfg(feature = "postgres")]
    pub fn over(
        place: Place,
        command: Command,
        log: impl Into<Stdio>,
        settings: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::begin(folder, place, command, log, settings)
    }

    fn begin(
        folder: TempDir,
        place: Place,
        mut command: Command,
        log: impl Into<Stdio>,
        settings: &[(&str, &str)],
    ) -> Self {
        for words in [
            "migrate",
            "user add --email sam@council.example --name Sam --role officer --authority 878",
        ] {
            let mut prepared = prepare(Command::new(env!("CARGO_BIN_EXE_hearth")), &folder, &place);
            let done = prepared.args(words.split(' ')).output().unwrap();
            assert!(done.status.success(), "{done:?}");
        }
        prepare(&mut command, &folder, &place);
        command.envs(settings.iter().copied()).stderr(log);
        Self {
            serving: Serving::start(command),
            place,
            folder,
        }
    }

    /// Waits until `/health/ready` answers so, by its status and its words.
    #[cfg(feature = "postgres")]
    pub fn wait_until(&self, what: &str, is_so: impl Fn(u16, &str) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            let page = self.serving.browser().open("/health/ready");
            if is_so(page.status, &page.text) {
                return;
            }
            assert!(
                Instant::now() < until,
                "{what}: {} {}",
                page.status,
                page.text
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Has a mail written by another process, and waits until this one has sent it.
    pub fn must_send_a_mail(&self) {
        let link = "user link --email sam@council.example --authority 878";
        let mut command = prepare(
            Command::new(env!("CARGO_BIN_EXE_hearth")),
            &self.folder,
            &self.place,
        );
        let done = command.args(link.split(' ')).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        let until = Instant::now() + PATIENCE;
        while self.mails() == 0 {
            assert!(Instant::now() < until, "no mail goes out any more");
            // Whatever is sent wakes the delivery of mail.
            self.serving.browser().post("/sign-in", "email=x");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn mails(&self) -> usize {
        let found = std::fs::read_dir(self.folder.path().join("mail"));
        let files = found.into_iter().flatten().flatten();
        files
            .filter(|file| file.path().extension().is_some_and(|it| it == "eml"))
            .count()
    }

    pub fn must_end(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.serving.process.id()).unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
        let until = Instant::now() + END;
        loop {
            if let Some(status) = self.serving.process.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(Instant::now() < until, "it goes on after SIGTERM");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub fn prepare<C: std::borrow::BorrowMut<Command>>(
    mut command: C,
    folder: &TempDir,
    place: &Place,
) -> C {
    command
        .borrow_mut()
        .current_dir(folder.path())
        .env_clear()
        .env("HEARTH_DATABASE_URL", &place.url)
        .env("HEARTH_MAIL", folder.path().join("mail"))
        .env("HEARTH_LOG", "debug");
    command
}

/// A pipe that is full, and whoever should read it.
pub fn full_pipe() -> (PipeReader, std::io::PipeWriter) {
    use std::io::Write;
    let (reader, writer) = std::io::pipe().unwrap();
    let mut filling = writer.try_clone().unwrap();
    // Ends when the reader goes away.
    std::thread::spawn(move || while filling.write_all(&[b'.'; 4096]).is_ok() {});
    std::thread::sleep(Duration::from_millis(200));
    (reader, writer)
}
