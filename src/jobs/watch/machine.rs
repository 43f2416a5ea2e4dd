//! What only the machine under the program can tell: room on the disk, and whether its clock goes as fast as time does.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};

/// With less room than this, what grows (the log of the database, a copy of it, mail in a folder) may not fit soon.
const LEAST_ROOM: u64 = 256 * 1024 * 1024;

/// Whether there is room on the disk of a file or folder.
///
/// # Errors
/// That there is not, in a sentence.
pub fn room(place: &Path) -> Result<(), String> {
    let free = match free_bytes(place) {
        Ok(free) => free,
        Err(cause) => {
            return Err(format!(
                "Nobody knows how much room there is on the disk: {cause}."
            ));
        }
    };
    match free < LEAST_ROOM {
        true => Err(format!(
            "The disk is nearly full: {} MB are free.",
            free / 1_000_000
        )),
        false => Ok(()),
    }
}

#[cfg(unix)]
fn free_bytes(place: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(place)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_place: &Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}

/// Compares the clock with the time that passes by itself: a clock that stands still, or was set anew, is wrong now or was before.
#[derive(Debug, Default)]
pub struct Pace {
    seen: VecDeque<(Instant, NaiveDateTime)>,
}

/// How far back is looked: so long after it was set, a clock is taken to be right.
const REMEMBERED: Duration = Duration::from_secs(10 * 60);

/// Clocks are set by a little all the time.
const TOLERATED: TimeDelta = TimeDelta::seconds(30);

impl Pace {
    /// The clock says `now` at this instant.
    ///
    /// # Errors
    /// That it does not keep pace, in a sentence.
    pub fn keeps(&mut self, at: Instant, now: NaiveDateTime) -> Result<(), String> {
        while let Some((first, _)) = self.seen.front()
            && at.saturating_duration_since(*first) > REMEMBERED
        {
            self.seen.pop_front();
        }
        self.seen.push_back((at, now));
        for (before, said) in &self.seen {
            let passed = TimeDelta::from_std(at.saturating_duration_since(*before));
            let off = now - *said - passed.unwrap_or(TimeDelta::MAX);
            if off.abs() > TOLERATED {
                return Err(format!(
                    "The clock of the machine does not keep time: it is off by {} seconds since a few minutes ago.",
                    off.num_seconds()
                ));
            }
        }
        Ok(())
    }
}

/// How far the clock of another machine may be from ours.
const FAR: TimeDelta = TimeDelta::minutes(2);

/// Whether the clock of another machine says about the same; `whose` names it in words.
///
/// # Errors
/// That it does not, in a sentence.
pub fn agrees(ours: NaiveDateTime, theirs: NaiveDateTime, whose: &str) -> Result<(), String> {
    let off = theirs - ours;
    match off.abs() > FAR {
        true => Err(format!(
            "The clock of this machine and that of {whose} are {} minutes apart.",
            off.num_minutes().abs()
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_stands_still_or_jumps_is_found_out_and_forgiven_later() {
        let begun = Instant::now();
        let noon = moment("2026-11-23T12:00:00");
        let after = |seconds: u64| begun + Duration::from_secs(seconds);
        let mut pace = Pace::default();
        assert!(pace.keeps(begun, noon).is_ok());
        assert!(pace.keeps(after(20), noon).is_ok(), "a little is nothing");
        assert!(pace.keeps(after(40), noon).is_err(), "it stands still");
        let mut pace = Pace::default();
        for minute in 0..20_u64 {
            let jumped = TimeDelta::hours(if minute < 2 { 0 } else { 1 });
            let passed = TimeDelta::seconds(i64::try_from(minute * 60).unwrap());
            let kept = pace.keeps(after(minute * 60), noon + passed + jumped);
            assert_eq!(kept.is_err(), (2..=11).contains(&minute), "minute {minute}");
        }
    }

    #[test]
    fn a_disk_with_room_is_well_and_a_place_that_is_not_there_is_not() {
        assert_eq!(room(Path::new("/")), Ok(()));
        assert!(room(Path::new("/no/such/place")).is_err());
    }
}
