//! What time it is. No other file reads a clock, so every rule and test can choose its own day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Europe::London;

/// A moment and the day that it belongs to, which is always the day in England: what is due is due by days there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    now: NaiveDateTime,
    today: NaiveDate,
}

impl At {
    /// A moment given in UTC that no clock has told: for tests, simulations and rehearsals.
    pub fn of(now: NaiveDateTime) -> Self {
        Self {
            now,
            today: london_day(now),
        }
    }

    /// The moment, in UTC.
    pub fn now(self) -> NaiveDateTime {
        self.now
    }

    /// The day in England.
    pub fn today(self) -> NaiveDate {
        self.today
    }
}

/// The source of the time, handed to whoever needs it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// Always this day in England, at the time of day that it is there: for demonstrations (`HEARTH_TODAY`).
    Fixed(NaiveDate),
    /// A clock that stands still until [`Clock::set`] moves it: seconds since 1970, UTC. For tests and simulations.
    Stepped(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now` (UTC).
    pub fn stepped(now: NaiveDateTime) -> Self {
        Self::Stepped(Arc::new(AtomicI64::new(now.and_utc().timestamp())))
    }

    /// Moves a stepped clock; the other clocks cannot be moved and stay as they are.
    pub fn set(&self, now: NaiveDateTime) {
        if let Self::Stepped(seconds) = self {
            seconds.store(now.and_utc().timestamp(), Ordering::SeqCst);
        }
    }

    /// The moment and its day, read once, so that they agree at midnight too.
    pub fn at(&self) -> At {
        At::of(self.now())
    }

    /// Another day in England, as late as it is now: for a rehearsal of what is to come.
    pub fn on(&self, day: NaiveDate) -> At {
        At::of(on_day(day, self.now()))
    }

    /// Now, in UTC, to the whole second: PostgreSQL and SQLite keep different fractions.
    pub fn now(&self) -> NaiveDateTime {
        match self {
            Self::System => Utc::now().naive_utc().trunc_subsecs(0),
            Self::Fixed(day) => on_day(*day, Utc::now().naive_utc().trunc_subsecs(0)),
            Self::Stepped(seconds) => DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0)
                .unwrap_or_default()
                .naive_utc(),
        }
    }

    /// The day it is in England: due dates are days in Europe/London, not in UTC.
    pub fn today(&self) -> NaiveDate {
        self.at().today()
    }
}

/// The moment in UTC at which it is on `day`, in England, as late as it is there at `moment`. In the hour that is left out
/// when clocks go forward, as late as in UTC.
fn on_day(day: NaiveDate, moment: NaiveDateTime) -> NaiveDateTime {
    let late = day.and_time(london_time(moment));
    let in_england = London.from_local_datetime(&late).earliest();
    in_england.map_or(late, |it| it.naive_utc())
}

/// The day in England at a moment given in UTC.
pub fn london_day(moment: NaiveDateTime) -> NaiveDate {
    moment.and_utc().with_timezone(&London).date_naive()
}

/// The time of day in England at a moment given in UTC.
pub fn london_time(moment: NaiveDateTime) -> NaiveTime {
    moment.and_utc().with_timezone(&London).time()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Clock {
        Clock::stepped(text.parse().unwrap_or_default())
    }

    #[test]
    fn an_hour_before_midnight_utc_in_summer_is_already_tomorrow_in_england() {
        assert_eq!(at("2026-07-01T23:00:00").today().to_string(), "2026-07-02");
        assert_eq!(at("2026-12-01T23:59:59").today().to_string(), "2026-12-01");
    }

    #[test]
    fn the_nights_when_clocks_change_belong_to_one_day_each() {
        assert_eq!(at("2026-03-29T00:59:59").today().to_string(), "2026-03-29");
        assert_eq!(at("2026-03-29T01:00:00").today().to_string(), "2026-03-29");
        assert_eq!(at("2026-10-24T23:00:00").today().to_string(), "2026-10-25");
        assert_eq!(at("2026-10-25T23:59:59").today().to_string(), "2026-10-25");
    }

    #[test]
    fn today_is_the_day_of_now_on_both_sides_of_midnight() {
        for (now, today) in [
            ("2026-07-01T22:59:59", "2026-07-01"),
            ("2026-07-01T23:00:00", "2026-07-02"),
            ("2026-12-01T23:59:59", "2026-12-01"),
            ("2026-12-02T00:00:00", "2026-12-02"),
        ] {
            let at = at(now).at();
            assert_eq!(at.now().and_utc().timestamp(), {
                let now: NaiveDateTime = now.parse().unwrap_or_default();
                now.and_utc().timestamp()
            });
            assert_eq!(at.today().to_string(), today, "{now}");
        }
    }

    #[test]
    fn a_fixed_day_is_the_day_of_its_own_now_at_every_hour() {
        for day in ["2026-07-01", "2026-12-01", "2026-03-29", "2026-10-25"] {
            let day: NaiveDate = day.parse().unwrap_or_default();
            for real in ["2026-11-30", "2026-06-15", "2026-03-29"] {
                let midnight: NaiveDate = real.parse().unwrap_or_default();
                for hour in 0..24 {
                    let moment = midnight.and_hms_opt(hour, 30, 0).unwrap_or_default();
                    let now = on_day(day, moment);
                    assert_eq!(london_day(now), day, "{day} as late as {moment}");
                }
            }
            assert_eq!(Clock::Fixed(day).at().today(), day);
        }
    }
}
