//! The proof with which a test ends, of a room or of the running program: once the jobs that are due have run, every promise
//! of `hearth verify` holds.

use std::cell::Cell;
use std::time::Duration;

use hearth::clock::{At, Clock};
use hearth::db::Db;
use hearth::jobs::{Services, runner};
use hearth::mail::{Courier, Transport};
use hearth::proof::verify;

/// The jobs as a test runs them: nothing leaves the machine.
pub fn services(db: Db, clock: Clock) -> Services {
    Services {
        db,
        clock,
        courier: Courier::new(
            Transport::memory(),
            "hearth@hearth.example".parse().unwrap(),
        ),
        base_url: "https://hearth.example".to_owned(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
    }
}

/// The proof with which a test ends: once the jobs that are due have run, every promise of `hearth verify` holds. A world
/// of tests asks for it when it is dropped, so that no test can forget.
#[derive(Debug, Default)]
pub struct Ending {
    unproved: Cell<Option<&'static str>>,
    /// What the promises that are left out are about, each by the words it begins with: for a world whose children have
    /// nothing of the kind.
    pub absent: &'static [&'static str],
}

impl Ending {
    /// This test leaves the register as the program never does, and says why it may.
    pub fn leave_unproved(&self, why: &'static str) {
        assert!(why.len() > 10, "say why in a sentence");
        self.unproved.set(Some(why));
    }

    /// Runs what is due, with a mail server that takes everything, and proves every promise.
    pub fn prove(&self, services: &Services) {
        if std::thread::panicking() || self.unproved.get().is_some() {
            return;
        }
        let services = Services {
            courier: self::services(services.db.clone(), services.clock.clone()).courier,
            ..services.clone()
        };
        let now = services.clock.now();
        runner::deliver_mail(&services);
        for summary in runner::run_due(&services, now) {
            assert!(summary.is_complete(), "{summary:?}");
        }
        let broken = broken_promises(&services);
        let broken: Vec<String> = broken
            .into_iter()
            .filter(|said| !self.absent.iter().any(|words| said.starts_with(words)))
            .collect();
        assert_eq!(
            broken,
            Vec::<String>::new(),
            "the promises when the test ends"
        );
    }
}

/// Every promise that does not hold, with its offenders.
pub fn broken_promises(services: &Services) -> Vec<String> {
    let now = services.clock.now();
    let proof = services
        .db
        .read_now(|conn| verify::verify(conn, None, At::of(now), services.late_after))
        .unwrap();
    let broken = proof.into_iter().filter(|promise| !promise.holds());
    broken
        .map(|promise| format!("{}: {:?}", promise.promise, promise.broken))
        .collect()
}
