//! What keeps the program at its work is watched, and each says since when it does not do it: a watchman who can be blinded is none.
//!
//! - [`threads`]: a thread that dies begins again, and that is counted.
//! - [`look`]: looks at everything, again and again, and writes down what it saw.
//! - [`machine`]: what the machine under the program can tell: room on the disk, the clock.
//! - [`alarm`]: tells somebody by another way than the one that may be broken.

pub mod alarm;
pub mod look;
pub mod machine;
pub mod threads;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;

use crate::clock::{london_day, london_time};
use crate::rules::codes::code_list;
use crate::rules::dates::spoken;

code_list! {
    /// What is watched.
    pub enum Watched {
        MailThread = "mail_thread", "The thread that sends mail";
        JobsThread = "jobs_thread", "The thread that runs the jobs";
        WatchThread = "watch_thread", "The thread that watches the others";
        Mail = "mail", "Mail is sent";
        Sweep = "sweep", "The sweep for lapses";
        Tiers = "tiers", "The assessment of tiers";
        Bounces = "bounces", "Mail that came back is read";
        Housekeeping = "housekeeping", "What is of no more use is forgotten";
        WeeklyDigest = "weekly_digest", "The digest of the week";
        Backup = "backup", "The backup";
        Integrity = "integrity", "The database is whole";
        Tables = "tables", "The tables are those of this program";
        Reading = "reading", "The database can be read";
        Writing = "writing", "The database can be written";
        File = "file", "The database file is the one that was opened";
        Disk = "disk", "There is room on the disk";
        Clock = "clock", "The clock is right";
        Alarm = "alarm", "The alarm reaches somebody";
        Log = "log", "The log can be written";
    }
}

crate::text_column!(Watched);

impl Watched {
    /// The threads that are begun again when they die.
    pub const THREADS: &[Self] = &[Self::MailThread, Self::JobsThread, Self::WatchThread];
}

/// How something that is watched stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub watched: Watched,
    /// When it was last seen to do its work, UTC.
    pub good_at: Option<NaiveDateTime>,
    pub trouble: Option<Trouble>,
}

/// That something does not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Since when, UTC.
    pub since: NaiveDateTime,
    /// What is the matter, in a sentence without names of people.
    pub words: String,
}

impl Standing {
    /// What is wrong, in a sentence for the staff.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let trouble = self.trouble.as_ref()?;
        Some(format!(
            "Since {} at {}: {}",
            spoken(london_day(trouble.since)),
            london_time(trouble.since).format("%H:%M"),
            trouble.words
        ))
    }
}

/// What a running program knows of itself. Clones are one watch.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    standings: BTreeMap<&'static str, Standing>,
    /// How often each thread died and was begun again.
    restarts: BTreeMap<&'static str, u64>,
    /// When everything was last looked at; none where no thread looks.
    looked: Option<Instant>,
}

/// After so long without a look the watch itself does not do its work: a few looks were missed.
const LOOKS_WITHIN: Duration = Duration::from_secs(90);

impl Watch {
    /// Something did its work.
    pub fn good(&self, watched: Watched, at: NaiveDateTime) {
        let standing = Standing {
            watched,
            good_at: Some(at),
            trouble: None,
        };
        let before = self.state().standings.insert(watched.as_str(), standing);
        if before.is_some_and(|before| before.trouble.is_some()) {
            tracing::info!(what = watched.as_str(), "does its work again");
        }
    }

    /// Something does not do its work. It is in trouble since it was first said.
    pub fn bad(&self, watched: Watched, since: NaiveDateTime, words: impl Into<String>) {
        let words = words.into();
        let mut state = self.state();
        let standing = state.standings.entry(watched.as_str()).or_insert(Standing {
            watched,
            good_at: None,
            trouble: None,
        });
        match &mut standing.trouble {
            Some(trouble) => trouble.words = words,
            None => {
                tracing::error!(what = watched.as_str(), words, "does not do its work");
                standing.trouble = Some(Trouble { since, words });
            }
        }
    }

    /// As [`Watch::good`] or [`Watch::bad`], by what was found.
    pub fn found(&self, watched: Watched, at: NaiveDateTime, found: Result<(), String>) {
        match found {
            Ok(()) => self.good(watched, at),
            Err(words) => self.bad(watched, at, words),
        }
    }

    /// A thread died; gives how often it did.
    fn died(&self, thread: Watched, at: NaiveDateTime) -> u64 {
        let times = {
            let mut state = self.state();
            let times = state.restarts.entry(thread.as_str()).or_default();
            *times += 1;
            *times
        };
        self.bad(
            thread,
            at,
            format!(
                "{} has stopped by a mistake of the program and is begun again.",
                thread.label()
            ),
        );
        times
    }

    /// Everything was looked at.
    fn looked(&self, at: NaiveDateTime) {
        self.state().looked = Some(Instant::now());
        self.good(Watched::WatchThread, at);
    }

    /// How everything stands that was seen so far.
    #[must_use]
    pub fn standings(&self, now: NaiveDateTime) -> Vec<Standing> {
        let state = self.state();
        let seen = |it: &Watched| state.standings.get(it.as_str()).cloned();
        let mut standings: Vec<Standing> = Watched::ALL.iter().filter_map(seen).collect();
        let is_blind = state.looked.is_some_and(|at| at.elapsed() > LOOKS_WITHIN);
        for standing in &mut standings {
            if standing.watched == Watched::WatchThread && is_blind && standing.trouble.is_none() {
                standing.trouble = Some(Trouble {
                    since: standing.good_at.unwrap_or(now),
                    words: "Nobody watches whether mail, jobs and database do their work."
                        .to_owned(),
                });
            }
        }
        standings
    }

    /// Those that do not do their work.
    #[must_use]
    pub fn troubles(&self, now: NaiveDateTime) -> Vec<Standing> {
        let mut standings = self.standings(now);
        standings.retain(|standing| standing.trouble.is_some());
        standings
    }

    /// How often each thread was begun again.
    #[must_use]
    pub fn restarts(&self) -> Vec<(&'static str, u64)> {
        let state = self.state();
        state.restarts.iter().map(|(it, n)| (*it, *n)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
