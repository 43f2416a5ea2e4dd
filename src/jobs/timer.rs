//! Runs the jobs inside `serve`, each on a thread that is watched: one for what is scheduled, another for the mail, so that a slow
//! mail server never keeps a lapse from being found, and one that looks at everything.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::runner::{RunSummary, Stopping};
use super::watch::alarm::Alarm;
use super::watch::look::{self, Looker};
use super::watch::threads::{Thread, Wake};
use super::watch::{Watch, Watched};
use super::{Services, runner};
use crate::mail::Courier;

/// Mail that is due again is looked for at least so often.
const MAIL_EVERY: Duration = Duration::from_secs(60);

/// How often, and with which pauses, a stop looks whether work under way is done: a second and a half, after the seconds that
/// requests under way had. What is cut off is done again by the next process.
const LOOKS: u32 = 150;
const PAUSE: Duration = Duration::from_millis(10);
/// How long a stop waits for the database to take that leases are given back.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Wakes the delivery of mail, after something was put into the outbox. It may be cloned and kept by every request.
#[derive(Clone, Debug)]
pub struct Nudge(Option<Sender<Wake>>);

impl Nudge {
    /// Delivers soon; where no timer runs, the mail waits for `hearth jobs run`.
    pub fn mail(&self) {
        if let Some(sender) = &self.0 {
            // The thread is gone only when the program stops; the mail then waits for the next start.
            let _ = sender.send(Wake::Work);
        }
    }

    /// A nudge that wakes nobody, for programs without a timer.
    pub fn nobody() -> Self {
        Self(None)
    }
}

/// The threads that run the jobs and look whether all do their work.
pub struct Timer {
    services: Services,
    threads: Vec<(Sender<Wake>, JoinHandle<()>)>,
    nudge: Nudge,
    stopping: Stopping,
}

impl Timer {
    /// Starts the threads. The scheduled jobs run at once and then every so often; where cron runs them (`every` is none), only
    /// the watch is kept.
    ///
    /// # Errors
    /// If the machine gives no thread.
    pub fn start(
        services: &Services,
        every: Option<Duration>,
        watch: &Watch,
        alarm: Alarm,
    ) -> std::io::Result<Self> {
        let mut timer = Self {
            services: services.clone(),
            threads: Vec::new(),
            nudge: Nudge::nobody(),
            stopping: Stopping::default(),
        };
        if let Some(every) = every {
            timer.start_mail(watch)?;
            timer.start_jobs(every, watch)?;
        }
        timer.start_watch(watch, alarm)?;
        Ok(timer)
    }

    fn start_mail(&mut self, watch: &Watch) -> std::io::Result<()> {
        let (services, told) = (self.services.clone(), watch.clone());
        let work = move || {
            faults::die_if_asked(Watched::MailThread);
            tell_of_mail(&told, &runner::deliver_mail(&services));
        };
        let wake = self.begin(Watched::MailThread, MAIL_EVERY, watch, work)?;
        self.nudge = Nudge(Some(wake));
        Ok(())
    }

    fn start_jobs(&mut self, every: Duration, watch: &Watch) -> std::io::Result<()> {
        let (services, then_mail) = (self.services.clone(), self.nudge.clone());
        let stopping = self.stopping.clone();
        let work = move || {
            faults::die_if_asked(Watched::JobsThread);
            runner::run_scheduled(&services, services.clock.now(), &stopping);
            then_mail.mail();
        };
        self.begin(Watched::JobsThread, every, watch, work)?;
        Ok(())
    }

    fn start_watch(&mut self, watch: &Watch, alarm: Alarm) -> std::io::Result<()> {
        let mut looker = Looker::new(self.services.clone(), watch.clone(), alarm);
        watch.begins_to_look();
        let work = move || {
            faults::die_if_asked(Watched::WatchThread);
            looker.look();
        };
        self.begin(Watched::WatchThread, faults::look_every(), watch, work)?;
        Ok(())
    }

    /// Begins a thread that is watched; gives what wakes it.
    fn begin(
        &mut self,
        watched: Watched,
        every: Duration,
        watch: &Watch,
        work: impl FnMut() + Send + 'static,
    ) -> std::io::Result<Sender<Wake>> {
        let (wake, woken): (Sender<Wake>, Receiver<Wake>) = channel();
        let thread = Thread {
            watched,
            woken,
            every,
        };
        let (watch, clock) = (watch.clone(), self.services.clock.clone());
        let begun = thread::Builder::new()
            .name(watched.as_str().to_owned())
            .spawn(move || thread.repeat(&watch, &clock, work))?;
        self.threads.push((wake.clone(), begun));
        Ok(wake)
    }

    /// What wakes the delivery of mail.
    pub fn nudge(&self) -> Nudge {
        self.nudge.clone()
    }

    /// What carries the mail; closed, it takes no more.
    pub fn courier(&self) -> &Courier {
        &self.services.courier
    }

    /// Stops: no new work is begun, and work under way has a few seconds. What is cut off gives back what it held, so that the next
    /// process need not wait for it; a database that does not answer is not waited for either.
    pub fn stop(self) {
        self.services.courier.close();
        self.stopping.stop();
        for (wake, _) in &self.threads {
            let _ = wake.send(Wake::Stop);
        }
        let is_done = (0..LOOKS).any(|_| {
            let is_done = self.threads.iter().all(|(_, thread)| thread.is_finished());
            if !is_done {
                thread::sleep(PAUSE);
            }
            is_done
        });
        if !is_done {
            let still = self.threads.iter();
            let still = still.filter(|(_, thread)| !thread.is_finished());
            let still: Vec<&str> = still
                .filter_map(|(_, thread)| thread.thread().name())
                .collect();
            tracing::warn!(
                threads = still.join(", "),
                "stopped while work was under way; it is done again at the next start"
            );
        }
        let services = self.services;
        let (ends, ended) = channel::<()>();
        let ending = thread::Builder::new().spawn(move || {
            runner::give_back_all(&services);
            look::end(&services);
            drop(ends);
        });
        if ending.is_ok() && ended.recv_timeout(LAST_WORDS) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the leases could not be given back; they run out by themselves");
        }
    }
}

/// What the thread itself saw of the mail server is known before any mail has waited for long. Where there was nothing to send, it
/// saw nothing.
fn tell_of_mail(watch: &Watch, summary: &RunSummary) {
    let Some(work) = &summary.work else {
        return;
    };
    match (work.problem.as_str(), work.did) {
        ("", 0) => {}
        ("", _) => watch.tell_of_delivery(None),
        (problem, _) => watch.tell_of_delivery(Some(problem.to_owned())),
    }
}

/// Faults that a test asks for; only in builds for tests.
mod faults {
    use std::time::Duration;

    use super::{Watched, look};

    /// Dies if the variable `TESTING_HEARTH_KILLS` names this thread and the file beside it is there: a test takes the file away.
    #[cfg(debug_assertions)]
    #[allow(clippy::panic)]
    pub(super) fn die_if_asked(thread: Watched) {
        let asked = std::env::var("TESTING_HEARTH_KILLS").unwrap_or_default();
        if let Some((name, file)) = asked.split_once('=')
            && name == thread.as_str()
            && std::path::Path::new(file).exists()
        {
            panic!("a test asked for it");
        }
    }

    /// A test does not wait for long: `TESTING_HEARTH_LOOKS` has the seconds from one look to the next.
    #[cfg(debug_assertions)]
    pub(super) fn look_every() -> Duration {
        let asked = std::env::var("TESTING_HEARTH_LOOKS").ok();
        let seconds = asked.and_then(|seconds| seconds.parse().ok());
        seconds.map_or(look::EVERY, Duration::from_secs)
    }

    #[cfg(not(debug_assertions))]
    pub(super) fn look_every() -> Duration {
        look::EVERY
    }

    #[cfg(not(debug_assertions))]
    pub(super) fn die_if_asked(_thread: Watched) {}
}
