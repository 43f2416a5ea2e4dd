//! A thread that dies begins again: at first at once, then after growing pauses, so that a fault that stays costs little.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Watch, Watched};
use crate::clock::Clock;

/// What a thread is woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    Work,
    Stop,
}

/// The longest pause before a thread that died begins again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A thread that is watched: what it is, and what wakes it.
pub struct Thread {
    pub watched: Watched,
    pub woken: Receiver<Wake>,
    /// It works at least so often.
    pub every: Duration,
}

impl Thread {
    /// Does the work at once, whenever it is woken and at least every so often, until it is told to stop. Work that panics is begun
    /// again, and the watch knows.
    pub fn repeat(&self, watch: &Watch, clock: &Clock, mut work: impl FnMut()) {
        let mut pause = Duration::ZERO;
        loop {
            let wait = match catch_unwind(AssertUnwindSafe(&mut work)) {
                Ok(()) => {
                    watch.good(self.watched, clock.now());
                    pause = Duration::ZERO;
                    self.wait(self.every)
                }
                Err(_) => {
                    let times = watch.died(self.watched, clock.now());
                    tracing::error!(thread = self.watched.as_str(), times, "a thread died");
                    pause = (pause * 2).clamp(Duration::from_secs(1), LONGEST_PAUSE);
                    self.rest(pause)
                }
            };
            if wait == Wake::Stop {
                return;
            }
        }
    }

    fn wait(&self, longest: Duration) -> Wake {
        match self.woken.recv_timeout(longest) {
            Ok(Wake::Work) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return Wake::Stop,
        }
        // A hundred nudges that came meanwhile are one.
        while let Ok(wake) = self.woken.try_recv() {
            if wake == Wake::Stop {
                return Wake::Stop;
            }
        }
        Wake::Work
    }

    /// Waits the whole pause, however often it is woken.
    fn rest(&self, pause: Duration) -> Wake {
        let until = Instant::now() + pause;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match self.woken.recv_timeout(left) {
                Ok(Wake::Work) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return Wake::Stop,
            }
        }
        Wake::Work
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn work_that_panics_is_begun_again_and_the_watch_knows_until_it_is_done() {
        let (wake, woken) = channel();
        let thread = Thread {
            watched: Watched::MailThread,
            woken,
            every: Duration::from_secs(60),
        };
        let watch = Watch::default();
        let clock = Clock::System;
        let mut times = 0;
        thread.repeat(&watch, &clock, || {
            times += 1;
            if times == 1 {
                panic!("on purpose");
            }
            assert_eq!(watch.troubles(clock.now()).len(), 1);
            wake.send(Wake::Stop).unwrap();
        });
        assert_eq!(times, 2);
        assert_eq!(watch.troubles(clock.now()), Vec::new());
        assert_eq!(watch.restarts(), vec![("mail_thread", 1)]);
    }
}
