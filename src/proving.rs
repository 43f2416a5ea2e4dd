//! What the tests of every room share: a database to begin with, and the proof with which they end. It stands in no room,
//! because a test may see the whole house; none of it is in the program.

use std::cell::Cell;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::clock::Clock;
use crate::db::{Db, migrate};
use crate::jobs::{Services, runner};
use crate::mail::{Courier, Transport};
use crate::policy::rulebook;
use crate::proof::verify;

/// A database with the tables and the policy in it, and nothing else.
pub(crate) fn database(folder: &TempDir) -> Db {
    static TEMPLATE: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("first.db"), 1);
        migrate::migrate(&db).unwrap();
        db.write_now(rulebook::seed).unwrap();
        let whole = folder.path().join("template.db");
        db.backup_to(&whole.display().to_string()).unwrap();
        folder
    });
    let file = folder.path().join("test.db");
    std::fs::copy(TEMPLATE.path().join("template.db"), &file).unwrap();
    open(&file, 2)
}

fn open(file: &Path, connections: u32) -> Db {
    Db::open(&format!("sqlite:{}", file.display()), connections).unwrap()
}

/// The jobs as a test runs them: nothing leaves the machine.
pub(crate) fn services(db: Db, clock: Clock) -> Services {
    Services {
        db,
        clock,
        courier: Courier::new(Transport::memory(), "hearth@example.com".parse().unwrap()),
        base_url: "https://hearth.example.com".to_owned(),
        late_after: Duration::from_secs(24 * 3600),
    }
}

/// The proof with which a test ends: once the jobs that are due have run, every promise of `hearth verify` holds. A world
/// of tests asks for it when it is dropped, so that no test can forget.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    unproved: Cell<Option<&'static str>>,
    absent: &'static [&'static str],
}

impl Ending {
    /// This test leaves the register as the program never does, and says why it may.
    pub(crate) fn leave_unproved(&self, why: &'static str) {
        assert!(why.len() > 10, "say why in a sentence");
        self.unproved.set(Some(why));
    }

    /// For a world whose children do not have what these promises are about, each named by the words it begins with.
    pub(crate) fn without(absent: &'static [&'static str]) -> Self {
        Self {
            absent,
            ..Self::default()
        }
    }

    /// Runs what is due, with a mail server that takes everything, and proves every promise.
    pub(crate) fn prove(&self, services: &Services) {
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
pub(crate) fn broken_promises(services: &Services) -> Vec<String> {
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
