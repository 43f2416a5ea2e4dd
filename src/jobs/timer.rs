//! Runs the jobs inside `serve`: one thread for what is scheduled, another for the mail, so that a slow mail server
//! never keeps a lapse from being found.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Services, runner};
use crate::mail::Courier;

/// Mail that is due again is looked for at least so often.
const MAIL_EVERY: Duration = Duration::from_secs(60);

/// How often, and with which pauses, a stop looks whether work under way is done: five seconds in all. What is cut off
/// is done again by the next process.
const LOOKS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// What a thread is woken for.
enum Wake {
    Work,
    Stop,
}

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

/// The threads that run the jobs.
#[derive(Debug)]
pub struct Timer {
    courier: Courier,
    threads: Vec<(Sender<Wake>, JoinHandle<()>)>,
    nudge: Nudge,
}

impl Timer {
    /// Starts the threads: the scheduled jobs run at once and then every so often.
    ///
    /// # Errors
    /// If the machine gives no thread.
    pub fn start(services: &Services, every: Duration) -> std::io::Result<Self> {
        let (wake_mail, mail_woken) = channel();
        let (wake_jobs, jobs_woken) = channel();
        let nudge = Nudge(Some(wake_mail.clone()));
        let for_mail = services.clone();
        let mail = thread::Builder::new()
            .name("mail".to_owned())
            .spawn(move || {
                repeat(&mail_woken, MAIL_EVERY, || {
                    runner::deliver_mail(&for_mail);
                });
            })?;
        let (for_jobs, then_mail) = (services.clone(), nudge.clone());
        let jobs = thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || {
                repeat(&jobs_woken, every, || {
                    runner::run_scheduled(&for_jobs, for_jobs.clock.now());
                    then_mail.mail();
                });
            })?;
        Ok(Self {
            courier: services.courier.clone(),
            threads: vec![(wake_jobs, jobs), (wake_mail, mail)],
            nudge,
        })
    }

    /// What wakes the delivery of mail.
    pub fn nudge(&self) -> Nudge {
        self.nudge.clone()
    }

    /// Stops: no new work is begun, and work under way has a few seconds.
    pub fn stop(self) {
        self.courier.close();
        for (wake, _) in &self.threads {
            let _ = wake.send(Wake::Stop);
        }
        for _ in 0..LOOKS {
            if self.threads.iter().all(|(_, thread)| thread.is_finished()) {
                return;
            }
            thread::sleep(PAUSE);
        }
        tracing::warn!("stopped while a job was under way; it is done again at the next start");
    }
}

/// Does the work at once, whenever it is woken and at least every so often, until it is told to stop.
fn repeat(woken: &Receiver<Wake>, every: Duration, mut work: impl FnMut()) {
    loop {
        work();
        match woken.recv_timeout(every) {
            Ok(Wake::Work) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        }
        // A hundred nudges that came meanwhile are one.
        while let Ok(wake) = woken.try_recv() {
            if matches!(wake, Wake::Stop) {
                return;
            }
        }
    }
}
