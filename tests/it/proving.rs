//! The proof with which a test of the running program ends: once the jobs that are due have run, every promise of
//! `hearth verify` holds.

use std::cell::Cell;
use std::time::Duration;

use hearth::clock::Clock;
use hearth::db::Db;
use hearth::jobs::{Services, runner};
use hearth::mail::{Courier, Transport};
use hearth::proof::verify;

/// The jobs as a test runs them: nothing leaves the machine.
pub fn services(db: &Db, clock: &Clock) -> Services {
    Services {
        db: db.clone(),
        clock: clock.clone(),
        courier: Courier::new(
            Transport::memory(),
            "hearth@hearth.example".parse().unwrap(),
        ),
        base_url: "https://hearth.example".to_owned(),
        late_after: Duration::from_secs(24 * 3600),
    }
}

/// Asked for when the test's register is dropped, so that no test can forget.
#[derive(Default)]
pub struct Ending {
    unproved: Cell<Option<&'static str>>,
}

impl Ending {
    /// This test leaves the register as the program never does, and says why it may.
    pub fn leave_unproved(&self, why: &'static str) {
        assert!(why.len() > 10, "say why in a sentence");
        self.unproved.set(Some(why));
    }

    /// Runs what is due and proves every promise.
    pub fn prove(&self, db: &Db, clock: &Clock) {
        if std::thread::panicking() || self.unproved.get().is_some() {
            return;
        }
        let services = services(db, clock);
        let now = clock.now();
        runner::deliver_mail(&services);
        for summary in runner::run_due(&services, now) {
            assert!(summary.is_complete(), "{summary:?}");
        }
        let broken = broken_promises(&services);
        assert_eq!(
            broken,
            Vec::<String>::new(),
            "the promises when the test ends"
        );
    }
}

/// Every promise that does not hold, with its offenders.
pub fn broken_promises(services: &Services) -> Vec<String> {
    let (now, today) = (services.clock.now(), services.clock.today());
    let proof = services
        .db
        .read_now(|conn| verify::verify(conn, None, today, now, services.late_after))
        .unwrap();
    let broken = proof.into_iter().filter(|promise| !promise.holds());
    broken
        .map(|promise| format!("{}: {:?}", promise.promise, promise.broken))
        .collect()
}
