//! Runs what is due, one process at a time, and writes down that it ran. A run that was missed is made up for at once:
//! what is due is asked of the record, not of the hour.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

pub use super::store::runner::RunRecord;
use super::{
    Services, Work, backup, bounces, deliver, housekeeping, integrity, store, sweep, tiers, weekly,
};
use crate::clock::{At, london_day};
use crate::db::{Conn, Result};
use crate::desk::weekly::monday;
use crate::proof::verify::{SWEEP, TIERS};

/// What became of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    pub job: &'static str,
    /// What it came to; none when another process is running it.
    pub work: Option<Work>,
}

impl RunSummary {
    /// Whether the job did all it had to, or another process is at it.
    pub fn is_complete(&self) -> bool {
        self.work
            .as_ref()
            .is_none_or(|work| work.problem.is_empty())
    }
}

struct Job {
    name: &'static str,
    every: Every,
    /// Whether there is anything to run, as the settings are.
    is_wanted: fn(&Services) -> bool,
    run: fn(&Services, At) -> Result<Work>,
}

/// When the next run is due.
enum Every {
    /// Whenever somebody asks.
    Time,
    /// So long after a completed run.
    So(TimeDelta),
    /// As long after one as the settings say.
    Set(fn(&Services) -> TimeDelta),
    /// When no run has been completed since Monday.
    Week,
}

/// What came back is read first, so that the sweep knows which addresses fail; tiers before the sweep, so that one that
/// rises today climbs today's ladder.
const JOBS: &[Job] = &[
    Job {
        name: "bounces",
        every: Every::Time,
        is_wanted: bounces::is_wanted,
        run: |services, _| bounces::run(services),
    },
    Job {
        name: TIERS,
        every: Every::Time,
        is_wanted: |_| true,
        run: tiers::run,
    },
    Job {
        name: SWEEP,
        every: Every::Time,
        is_wanted: |_| true,
        run: sweep::run,
    },
    Job {
        name: "housekeeping",
        every: Every::So(TimeDelta::days(1)),
        is_wanted: |_| true,
        run: |services, at| housekeeping::run(services, at.now()),
    },
    Job {
        name: "integrity",
        every: Every::So(TimeDelta::days(1)),
        is_wanted: integrity::is_wanted,
        run: |services, _| integrity::run(services),
    },
    Job {
        name: "weekly_digest",
        every: Every::Week,
        is_wanted: |_| true,
        run: weekly::run,
    },
    BACKUP,
];

/// After all others, so that a copy holds what they did.
const BACKUP: Job = Job {
    name: backup::BACKUP,
    every: Every::Set(backup::every),
    is_wanted: backup::is_wanted,
    run: backup::run,
};

/// The delivery of mail, which needs no schedule and no lease.
const DELIVER: &str = "deliver";

/// A process that dies holds its lease for so long at most, and one that lives renews it. Every job may run twice without harm;
/// the lease saves work.
const LEASE: TimeDelta = TimeDelta::seconds(50);
/// How often a lease is renewed while its job runs.
const RENEWED_EVERY: Duration = Duration::from_secs(15);

/// How the names of this process begin under which it holds leases.
static PROCESS: LazyLock<String> = LazyLock::new(|| format!("{:016x}-", rand::random::<u64>()));

/// Whether the program stops: then no lease is taken any more. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// The program stops.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Gives back every lease of this process, because it ends: what it was at is cut off, and the next process may begin at once.
pub fn give_back_all(services: &Services) {
    let given_back = services
        .db
        .write_at_once(|tx| store::runner::give_back_all(tx, &PROCESS));
    if let Err(cause) = given_back {
        tracing::warn!(%cause, "the leases could not be given back; they run out by themselves");
    }
}

/// Runs every job that is due and then delivers the mail, as `hearth jobs run` does.
pub fn run_due(services: &Services, now: NaiveDateTime) -> Vec<RunSummary> {
    let mut summaries = run_scheduled(services, now, &Stopping::default());
    summaries.push(deliver_mail(services));
    summaries
}

/// Delivers the mail that is due.
pub fn deliver_mail(services: &Services) -> RunSummary {
    RunSummary {
        job: DELIVER,
        work: Some(guarded(DELIVER, || deliver::run(services))),
    }
}

/// Runs every job that is due, without the delivery of mail, until the program stops.
pub fn run_scheduled(
    services: &Services,
    now: NaiveDateTime,
    stopping: &Stopping,
) -> Vec<RunSummary> {
    let wanted = JOBS.iter().filter(|job| (job.is_wanted)(services));
    let due = wanted.filter(|job| !stopping.has_begun() && is_due(services, job, now));
    due.map(|job| run_one(services, job, now, stopping))
        .collect()
}

/// Makes the scheduled copy now, whether it is due or not.
pub fn back_up(services: &Services, now: NaiveDateTime) -> RunSummary {
    run_one(services, &BACKUP, now, &Stopping::default())
}

/// When the last sweep began that was completed.
pub fn last_sweep(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    store::runner::last_completed(conn, SWEEP)
}

/// Whether a job has anything to do, as the settings are.
pub(super) fn is_wanted(services: &Services, name: &str) -> bool {
    JOBS.iter()
        .any(|job| job.name == name && (job.is_wanted)(services))
}

/// When the last scheduled copy began that was completed.
pub fn last_backup(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    store::runner::last_completed(conn, backup::BACKUP)
}

/// When the last sweep began that was completed, and how many steps of the ladder it could tell to nobody.
pub(super) fn last_sweep_with_untold(conn: &mut Conn) -> Result<Option<(NaiveDateTime, i64)>> {
    store::runner::last_completed_with_failures(conn, SWEEP)
}

/// When tiers were last assessed to the end, on which the next sweep depends.
pub(super) fn last_assessment(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    store::runner::last_completed(conn, TIERS)
}

/// The newest runs, the newest first.
pub fn newest(conn: &mut Conn, limit: i64) -> Result<Vec<RunRecord>> {
    store::runner::newest(conn, limit)
}

/// A job whose record cannot be read is due: better twice than not at all.
fn is_due(services: &Services, job: &Job, now: NaiveDateTime) -> bool {
    let is_done = |at: NaiveDateTime| match job.every {
        Every::Time => false,
        Every::So(every) => now - at < every,
        Every::Set(every) => now - at < every(services),
        Every::Week => monday(london_day(at)) == monday(services.clock.today()),
    };
    let last = services
        .db
        .read_now(|conn| store::runner::last_completed(conn, job.name));
    !matches!(last, Ok(Some(at)) if at <= now && is_done(at))
}

fn run_one(services: &Services, job: &Job, now: NaiveDateTime, stopping: &Stopping) -> RunSummary {
    let work = match with_lease(services, job, now, stopping) {
        Ok(work) => work,
        Err(cause) => Some(broken(job.name, &cause.to_string())),
    };
    RunSummary {
        job: job.name,
        work,
    }
}

/// `now` is the moment of the turn, by which a job works; its lease counts from when it is taken, which is later when the jobs before
/// it took their time.
fn with_lease(
    services: &Services,
    job: &Job,
    now: NaiveDateTime,
    stopping: &Stopping,
) -> Result<Option<Work>> {
    let db = &services.db;
    let holder = format!("{}{:016x}", *PROCESS, rand::random::<u64>());
    let at = At::of(now);
    let begun = db.write_now(|tx| {
        let from = services.clock.now();
        if stopping.has_begun()
            || !store::runner::take_lease(tx, job.name, &holder, from, from + LEASE)?
        {
            return Ok(None);
        }
        store::runner::begin(tx, job.name, at.today(), now).map(Some)
    })?;
    let Some(run) = begun else {
        return Ok(None);
    };
    let work = while_renewed(services, job, &holder, || {
        guarded(job.name, || (job.run)(services, at))
    });
    let ended_at = services.clock.now();
    db.write_now(|tx| {
        store::runner::end(tx, run, &work, ended_at)?;
        store::runner::give_back(tx, job.name, &holder)
    })?;
    Ok(Some(work))
}

/// Runs a job, and renews its lease beside it for as long as it runs. A renewal that fails costs nothing: another one follows, and
/// the job may run twice.
fn while_renewed(services: &Services, job: &Job, holder: &str, run: impl FnOnce() -> Work) -> Work {
    let (running, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let renewing = thread::Builder::new().spawn_scoped(scope, move || {
            while ended.recv_timeout(RENEWED_EVERY) == Err(RecvTimeoutError::Timeout) {
                let until = services.clock.now() + LEASE;
                let renewed = services
                    .db
                    .write_now(|tx| store::runner::renew(tx, job.name, holder, until));
                if let Err(cause) = renewed {
                    tracing::warn!(job = job.name, %cause, "the lease could not be renewed");
                }
            }
        });
        if let Err(cause) = renewing {
            tracing::warn!(job = job.name, %cause, "no thread renews the lease");
        }
        let work = run();
        drop(running);
        work
    })
}

/// What goes wrong in a job, even a panic, is its problem and ends nothing else.
fn guarded(job: &str, run: impl FnOnce() -> Result<Work>) -> Work {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(work)) => work,
        Ok(Err(cause)) => broken(job, &cause.to_string()),
        Err(_) => broken(job, "the program made a mistake; see the log"),
    }
}

fn broken(job: &str, problem: &str) -> Work {
    tracing::error!(job, problem, "the job could not be completed");
    Work {
        failed: 1,
        problem: problem.to_owned(),
        ..Work::default()
    }
}
