//! Tells somebody by another way than the one that may be broken: a heartbeat that stops, a command, a second mail server. A
//! heartbeat is for whoever watches from outside (the usual monitors of cron take it): it goes out while all is well, so that a
//! program that is dead, or a machine that is, is missed too.

use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};

use super::ways::Ways;
use super::{Standing, Watch, Watched, machine};
use crate::clock::Clock;

/// What was told, and what is still to be told.
#[derive(Debug, Default)]
pub struct Alarm {
    ways: Ways,
    beaten: Option<Instant>,
    /// That whoever took the last heartbeat had another clock than ours. It is so until one who takes a heartbeat agrees; they are
    /// asked again after a while, although no heartbeat goes out in trouble.
    their_clock: Option<String>,
    /// What was in trouble at the look before: what is so twice in a row is told.
    before: Vec<Watched>,
    told: Told,
    /// A way that failed, and until when none is tried again: the others would tell the same at each look.
    failed: Option<(Instant, String)>,
}

/// What somebody was told last, and when.
#[derive(Debug, Default)]
struct Told {
    troubles: Vec<Watched>,
    at: Option<NaiveDateTime>,
}

/// How often the heartbeat goes out.
const BEAT_EVERY: Duration = Duration::from_secs(55);
/// After so long ways of which one failed are tried again.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
/// After so long the clock of whoever takes the heartbeat is asked again.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
/// What lasts is told again.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(24);

impl Alarm {
    /// Tells by these ways.
    pub fn by(ways: Ways) -> Self {
        Self {
            ways,
            ..Self::default()
        }
    }

    /// Tells what has changed. That the alarm itself does not get through is trouble too, and keeps no heartbeat back: that is for
    /// whoever takes it to miss.
    pub fn tell(&mut self, watch: &Watch, clock: &Clock) {
        let now = clock.now();
        let troubles: Vec<Standing> = watch
            .troubles(now)
            .into_iter()
            .filter(|it| it.watched != Watched::Alarm)
            .collect();
        let beaten = match troubles.is_empty() || self.may_ask_for_the_time(&troubles) {
            true => self.beat(clock),
            false => Ok(()),
        };
        let told = self.tell_people(&troubles, now);
        let went_out = match (beaten, told) {
            (Ok(()), Ok(())) => Ok(()),
            (Err(words), _) | (_, Err(words)) => Err(words),
        };
        if went_out.is_err() || self.ways.is_any() {
            watch.found(Watched::Alarm, now, went_out);
        }
        self.before = troubles.iter().map(|it| it.watched).collect();
    }

    /// Whether nothing but their clock keeps the heartbeat back, and has for a while.
    fn may_ask_for_the_time(&self, troubles: &[Standing]) -> bool {
        let is_clock = troubles.iter().all(|it| it.watched == Watched::Clock);
        let asked = self
            .beaten
            .is_none_or(|at| at.elapsed() > ASKED_AGAIN_AFTER);
        is_clock && self.their_clock.is_some() && asked
    }

    /// Whether the clock of whoever takes the heartbeat agrees with ours, as far as they say.
    ///
    /// # Errors
    /// That it does not, in a sentence.
    pub fn clock_agrees(&self) -> Result<(), String> {
        self.their_clock.clone().map_or(Ok(()), Err)
    }

    fn beat(&mut self, clock: &Clock) -> Result<(), String> {
        if self.ways.heartbeat.is_none() {
            return Ok(());
        }
        if self.beaten.is_some_and(|at| at.elapsed() < BEAT_EVERY) {
            return Ok(());
        }
        let theirs = self.ways.beat()?;
        self.beaten = Some(Instant::now());
        let theirs = theirs.filter(|_| matches!(clock, Clock::System));
        self.their_clock = theirs.and_then(|theirs| {
            machine::agrees(clock.now(), theirs, "whoever takes the heartbeat").err()
        });
        Ok(())
    }

    fn tell_people(&mut self, troubles: &[Standing], now: NaiveDateTime) -> Result<(), String> {
        let lasting: Vec<&Standing> = troubles
            .iter()
            .filter(|it| self.before.contains(&it.watched))
            .collect();
        let is_over = troubles.is_empty() && !self.told.troubles.is_empty();
        // What has ended and comes back is told again.
        let lasts = |it: &Watched| troubles.iter().any(|trouble| trouble.watched == *it);
        if !is_over {
            self.told.troubles.retain(lasts);
        }
        let which: Vec<Watched> = lasting.iter().map(|it| it.watched).collect();
        let is_told = which.iter().all(|it| self.told.troubles.contains(it));
        let is_again = self.told.at.is_some_and(|at| now - at > AGAIN_AFTER);
        let is_due = is_over || (!which.is_empty() && (!is_told || is_again));
        if !is_due {
            return Ok(());
        }
        if let Some((until, words)) = &self.failed
            && Instant::now() < *until
        {
            return Err(words.clone());
        }
        let told = self.ways.tell(is_over, &in_words(&lasting));
        self.failed = told
            .as_ref()
            .err()
            .map(|words| (Instant::now() + TRIED_AGAIN_AFTER, words.clone()));
        told?;
        self.told = Told {
            troubles: which,
            at: Some(now),
        };
        Ok(())
    }
}

fn in_words(troubles: &[&Standing]) -> String {
    if troubles.is_empty() {
        return "All that is watched does its work again.\n".to_owned();
    }
    let line = |it: &&Standing| {
        let words = it.warning(true).unwrap_or_default();
        format!("{}: {words}\n", it.watched.label())
    };
    troubles.iter().map(line).collect()
}
