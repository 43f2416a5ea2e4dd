//! What keeps the program at its work is watched, and each says since when it does not do it: a watchman who can be blinded is none.
//!
//! - [`threads`]: a thread that dies begins again, and that is counted.
//! - [`look`]: looks at everything, again and again, and writes down what it saw.
//! - [`machine`]: what the machine under the program can tell: room on the disk, the clock.
//! - [`alarm`]: when somebody is told by another way than the one that may be broken, and [`ways`]: by which.

pub mod alarm;
pub mod look;
pub mod machine;
pub mod threads;
pub mod ways;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};

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
    /// What is the matter when it is in trouble, in a few words for the staff.
    #[must_use]
    pub const fn in_trouble(self) -> &'static str {
        match self {
            Self::MailThread => "The part of Hearth that sends mail has stopped",
            Self::JobsThread => "The part of Hearth that runs the jobs has stopped",
            Self::WatchThread => "Nobody watches whether Hearth does its work",
            Self::Mail => "Mail is not sent",
            Self::Sweep => "Nobody looks for lapses",
            Self::Tiers => "Tiers are not assessed",
            Self::Bounces => "Mail that came back is not read",
            Self::Housekeeping => "What is of no more use is not forgotten",
            Self::WeeklyDigest => "The digest of the week does not go out",
            Self::Backup => "No copy of the register is made",
            Self::Integrity => "The database is damaged",
            Self::Tables => "The tables of the database are of another version",
            Self::Reading => "The database cannot be read",
            Self::Writing => "Nothing can be saved",
            Self::File => "The database file is not the one that was opened: nothing can be saved",
            Self::Disk => "The disk is nearly full",
            Self::Clock => "The clock of the machine is wrong",
            Self::Alarm => "The alarm of Hearth reaches nobody",
            Self::Log => "The log of Hearth cannot be written",
        }
    }

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
    /// What is wrong, in a sentence for the staff. The words of a trouble may hold paths and what a database server says, so they
    /// are for whoever can do something about it.
    #[must_use]
    pub fn warning(&self, is_for_administrators: bool) -> Option<String> {
        let trouble = self.trouble.as_ref()?;
        let since = spoken(london_day(trouble.since));
        let at = london_time(trouble.since).format("%H:%M");
        Some(match is_for_administrators {
            true => format!("Since {since} at {at}: {}", trouble.words),
            false => format!("Since {since} at {at}: {}.", self.watched.in_trouble()),
        })
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
    /// When everything was last looked at, or was to be for the first time; none where no thread looks.
    looked: Option<Instant>,
    /// Why the last delivery of mail could not do its work.
    delivery: Option<String>,
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

    /// A thread begins to look at everything.
    pub fn begins_to_look(&self) {
        self.state().looked = Some(Instant::now());
    }

    /// How the last delivery of mail that tried any went: why it could not do its work, if it could not.
    pub fn tell_of_delivery(&self, problem: Option<String>) {
        self.state().delivery = problem;
    }

    fn problem_of_delivery(&self) -> Option<String> {
        self.state().delivery.clone()
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
        let unseen = state.looked.map(|at| at.elapsed());
        if let Some(unseen) = unseen.filter(|unseen| *unseen > LOOKS_WITHIN) {
            blind(&mut standings, now, unseen);
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

/// Nobody has looked for so long: the watch itself does not do its work, whatever it saw of the others.
fn blind(standings: &mut Vec<Standing>, now: NaiveDateTime, unseen: Duration) {
    let of_the_watch = |it: &Standing| it.watched == Watched::WatchThread;
    let place = standings.iter().position(of_the_watch);
    let before = place.map(|place| standings.remove(place));
    let good_at = before.as_ref().and_then(|it| it.good_at);
    let since = good_at.unwrap_or(now - TimeDelta::from_std(unseen).unwrap_or_default());
    let trouble = before.and_then(|it| it.trouble).unwrap_or(Trouble {
        since,
        words: "Nobody watches whether mail, jobs and database do their work.".to_owned(),
    });
    standings.push(Standing {
        watched: Watched::WatchThread,
        good_at,
        trouble: Some(trouble),
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn noon() -> NaiveDateTime {
        "2026-11-23T12:00:00".parse().unwrap()
    }

    #[test]
    fn a_watch_that_hangs_in_its_first_look_is_blind() {
        let mut standings = Vec::new();
        blind(&mut standings, noon(), LOOKS_WITHIN);
        let trouble = standings[0].trouble.as_ref().unwrap();
        assert_eq!(trouble.since, noon() - TimeDelta::seconds(90));
        let watch = Watch::default();
        watch.begins_to_look();
        assert!(watch.troubles(noon()).is_empty(), "it has only begun");
    }

    #[test]
    fn only_administrators_read_the_words_of_a_trouble() {
        let watch = Watch::default();
        watch.bad(Watched::File, noon(), "/srv/hearth.db was deleted.");
        let standing = watch.troubles(noon()).remove(0);
        assert_eq!(
            standing.warning(true).unwrap(),
            "Since 23 November 2026 at 12:00: /srv/hearth.db was deleted."
        );
        assert_eq!(
            standing.warning(false).unwrap(),
            "Since 23 November 2026 at 12:00: The database file is not the one that was opened: nothing can be saved."
        );
    }
}
