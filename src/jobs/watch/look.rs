//! Looks at everything that is watched, again and again. What it saw is written into the database, a real small write, which proves
//! that one is possible; `hearth verify` reads it there.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};

use super::alarm::Alarm;
use super::machine::{self, Pace};
use super::{Standing, Watch, Watched};
use crate::clock::Clock;
use crate::db::{Conn, DbError, Result};
use crate::jobs::{Services, punctuality, runner, store};
use crate::log;
use crate::mail::Transport;
use crate::mail::waiting::{self, HeldUp};
use crate::shipped::{self, Standing as Tables};

/// How often is looked.
pub const EVERY: Duration = Duration::from_secs(15);

/// A job that is not run at each turn runs at least so often.
const LONGEST_BETWEEN: &[(Watched, TimeDelta)] = &[
    (Watched::Housekeeping, TimeDelta::days(2)),
    (Watched::Integrity, TimeDelta::days(2)),
    (Watched::WeeklyDigest, TimeDelta::days(9)),
    (Watched::Bounces, TimeDelta::hours(26)),
];

/// The first run of a job ends within so long, or is in trouble.
const FIRST_ENDS_WITHIN: TimeDelta = TimeDelta::hours(2);

/// So much later than it is due a copy is missed.
const A_COPY_MAY_BE_LATE: TimeDelta = TimeDelta::hours(2);

/// Whoever looks, with what they remember from one look to the next.
pub struct Looker {
    services: Services,
    watch: Watch,
    alarm: Alarm,
    pace: Pace,
    /// Lines of the log that were lost until the look before.
    lost: u64,
}

/// What the record of a job says.
struct Runs {
    /// When the last run that was completed began.
    completed: Option<NaiveDateTime>,
    /// How much that run could not do.
    failed: i64,
    /// When the newest run that came to an end began, and what its problem was, if it had one.
    problem: Option<(NaiveDateTime, String)>,
    /// When the oldest run since then began that has not come to an end.
    unended: Option<NaiveDateTime>,
}

/// What the database says.
struct Records {
    tables: Tables,
    /// None while the tables are not those of this program: then nobody knows what the others would mean.
    found: Option<Found>,
    their_clock: Option<NaiveDateTime>,
}

struct Found {
    sweep: Option<String>,
    swept_at: Option<NaiveDateTime>,
    jobs: Vec<(Watched, Runs)>,
    held_up: HeldUp,
}

impl Looker {
    /// Looks at what these services do, and tells the alarm.
    pub fn new(services: Services, watch: Watch, alarm: Alarm) -> Self {
        Self {
            services,
            watch,
            alarm,
            pace: Pace::default(),
            lost: 0,
        }
    }

    /// Looks once at everything.
    pub fn look(&mut self) {
        let now = self.services.clock.now();
        self.machine(now);
        self.log(now, log::lost());
        let read = self.services.db.read_now(|conn| self.records(conn, now));
        let their_clock = read.as_ref().ok().and_then(|it| it.their_clock);
        self.clock(their_clock, now);
        match read {
            Ok(records) => self.judge(records, now),
            Err(cause) => {
                let words = format!("The database cannot be read: {cause}.");
                self.watch.bad(Watched::Reading, now, words);
            }
        }
        self.write(now);
        self.alarm.tell(&self.watch, &self.services.clock);
        self.watch.looked(self.services.clock.now());
    }

    fn machine(&mut self, now: NaiveDateTime) {
        let same = self.services.db.must_be_the_file_that_was_opened();
        let same = same.map_err(|cause| format!("{cause}."));
        self.watch.found(Watched::File, now, same);
        let database = self.services.db.file().and_then(Path::parent);
        let mail = match &self.services.courier.transport {
            Transport::Folder(folder) => Some(folder.as_path()),
            _ => None,
        };
        let places = database.into_iter().chain(mail);
        let full = places.map(|it| match it.as_os_str().is_empty() {
            true => machine::room(Path::new(".")),
            false => machine::room(it),
        });
        self.watch.found(Watched::Disk, now, full.collect());
    }

    /// Whether our clock keeps time, and agrees with those of others who say what time it is.
    fn clock(&mut self, theirs: Option<NaiveDateTime>, now: NaiveDateTime) {
        if !matches!(self.services.clock, Clock::System) {
            return;
        }
        let keeps = self.pace.keeps(Instant::now(), now);
        let theirs = theirs.map_or(Ok(()), |it| machine::agrees(now, it, "the database"));
        let found = keeps.and(theirs).and(self.alarm.clock_agrees());
        self.watch.found(Watched::Clock, now, found);
    }

    /// A log of which lines are lost is looked at with a line of its own: none may come for days, and nobody would know.
    fn log(&mut self, now: NaiveDateTime, lost: u64) {
        let more = lost.saturating_sub(self.lost);
        self.lost = lost;
        if more == 0 {
            self.watch.good(Watched::Log, now);
            return;
        }
        let words = match more {
            1 => "A line of the log could not be written.".to_owned(),
            more => format!("{more} lines of the log could not be written."),
        };
        self.watch.bad(Watched::Log, now, words);
        tracing::error!("looks whether the log can be written again");
    }

    fn records(&self, conn: &mut Conn, now: NaiveDateTime) -> Result<Records> {
        let their_clock = store::watch::clock_of_the_server(conn)?;
        let tables = shipped::standing(conn)?;
        if tables != Tables::Ready {
            return Ok(Records {
                tables,
                found: None,
                their_clock,
            });
        }
        let punctuality = punctuality::of_the_sweep(conn, now, self.services.late_after)?;
        let mut jobs = Vec::new();
        // What a job could not do while it was wanted is no trouble once it is not.
        let wanted = JOBS
            .iter()
            .filter(|job| runner::is_wanted(&self.services, job.as_str()));
        for job in wanted {
            let last = store::runner::last_completed_with_failures(conn, job.as_str())?;
            let completed = last.map(|(began, _)| began);
            let runs = Runs {
                completed,
                failed: last.map_or(0, |(_, failed)| failed),
                problem: store::runner::last_problem(conn, job.as_str())?,
                unended: store::runner::unended(conn, job.as_str(), completed)?,
            };
            jobs.push((*job, runs));
        }
        let found = Found {
            sweep: punctuality.warning(),
            swept_at: punctuality.last(),
            jobs,
            held_up: waiting::held_up(conn, now)?,
        };
        Ok(Records {
            tables,
            found: Some(found),
            their_clock,
        })
    }

    fn judge(&self, records: Records, now: NaiveDateTime) {
        self.watch.good(Watched::Reading, now);
        let tables = match records.tables {
            Tables::Ready => Ok(()),
            Tables::Older => {
                Err("The tables are older than this program: hearth migrate has to run.".to_owned())
            }
            Tables::Foreign => Err("The database is another program’s.".to_owned()),
            Tables::Newer(_) => Err(
                "A newer program has brought the tables up: this one has to be replaced."
                    .to_owned(),
            ),
        };
        self.watch.found(Watched::Tables, now, tables);
        let Some(found) = records.found else {
            return;
        };
        match (found.sweep, found.swept_at) {
            (Some(words), at) => self.watch.bad(Watched::Sweep, at.unwrap_or(now), words),
            (None, Some(at)) => self.watch.good(Watched::Sweep, at),
            (None, None) => {}
        }
        for (job, runs) in found.jobs {
            self.job(job, &runs, now);
        }
        self.mail(&found.held_up, now);
    }

    fn job(&self, job: Watched, runs: &Runs, now: NaiveDateTime) {
        let folder = self.services.backups.as_ref().map(|it| &it.folder);
        if job == Watched::Backup && folder.is_some_and(|folder| !folder.is_dir()) {
            let words = "The folder of the copies is not there.";
            return self.watch.bad(job, now, words);
        }
        if let Some((began, problem)) = &runs.problem {
            let since = runs.completed.unwrap_or(*began);
            self.watch.bad(job, since, format!("{problem}."));
            return;
        }
        let Some(completed) = runs.completed else {
            // The first run of all may hang, or be killed each time.
            if let Some(began) = runs
                .unended
                .filter(|began| now - *began > FIRST_ENDS_WITHIN)
            {
                let words = "It was begun and has not come to an end.";
                self.watch.bad(job, began, words);
            }
            return;
        };
        let longest = LONGEST_BETWEEN.iter().find(|(it, _)| *it == job);
        let longest = longest.map(|(_, longest)| *longest);
        let backups = self.services.backups.as_ref();
        let longest = match job {
            Watched::Backup => backups.map(|it| it.every + A_COPY_MAY_BE_LATE),
            _ => longest,
        };
        if job == Watched::Backup && runs.failed > 0 {
            let words = "A copy was made, and older ones that are of no more use cannot be removed: the log says why.";
            return self.watch.bad(job, completed, words);
        }
        let is_late = longest.is_some_and(|longest| now - completed > longest);
        match is_late {
            true => self.watch.bad(job, completed, "It has not run since."),
            false => self.watch.good(job, completed),
        }
    }

    fn mail(&self, held_up: &HeldUp, now: NaiveDateTime) {
        let late_after = TimeDelta::from_std(self.services.late_after).unwrap_or(TimeDelta::MAX);
        let Some(since) = held_up.since else {
            // What could not be sent was withdrawn, or went out.
            self.watch.tell_of_delivery(None);
            let good_at = held_up.sent_at.unwrap_or(now);
            return self.watch.good(Watched::Mail, good_at);
        };
        if now - since > late_after {
            let words = format!("No mail has been sent, and {} waits.", held_up.waiting);
            return self.watch.bad(Watched::Mail, since, words);
        }
        match self.watch.problem_of_delivery() {
            Some(problem) => {
                let words = format!("Mail is not sent: {problem}.");
                self.watch.bad(Watched::Mail, now, words);
            }
            None => {
                let good_at = held_up.sent_at.unwrap_or(since);
                self.watch.good(Watched::Mail, good_at);
            }
        }
    }

    fn write(&self, now: NaiveDateTime) {
        let mut standings = self.watch.standings(now);
        // What stands there was written.
        standings.retain(|it| it.watched != Watched::Writing);
        standings.push(Standing {
            watched: Watched::Writing,
            good_at: Some(now),
            trouble: None,
        });
        let written = self
            .services
            .db
            .write_soon(|tx| store::watch::write(tx, &standings, now));
        let written = written.map_err(|cause: DbError| match cause {
            DbError::Busy => {
                "Others keep the database from being written: nothing can be saved.".to_owned()
            }
            cause => format!("Nothing can be saved: {cause}."),
        });
        self.watch.found(Watched::Writing, now, written);
    }
}

/// Nobody looks any more, because the program stops.
pub fn end(services: &Services) {
    // When it cannot be said, the rows say by their age that nobody looks.
    let _ = services.db.write_at_once(store::watch::end);
}

/// The jobs whose record is looked at; the sweep is late by a rule of its own.
const JOBS: &[Watched] = &[
    Watched::Tiers,
    Watched::Bounces,
    Watched::Housekeeping,
    Watched::WeeklyDigest,
    Watched::Backup,
    Watched::Integrity,
];
