//! What time it is. No other file reads a clock, so every rule and test can choose its own day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};
use chrono_tz::Europe::London;

/// The source of the time, handed to whoever needs it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// Always this day, at the machine's time of day: for demonstrations (`HEARTH_TODAY`).
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

    /// Now, in UTC, to the whole second: PostgreSQL and SQLite keep different fractions.
    pub fn now(&self) -> NaiveDateTime {
        match self {
            Self::System => Utc::now().naive_utc().trunc_subsecs(0),
            Self::Fixed(day) => day.and_time(Utc::now().time().trunc_subsecs(0)),
            Self::Stepped(seconds) => DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0)
                .unwrap_or_default()
                .naive_utc(),
        }
    }

    /// The day it is in England: due dates are days in Europe/London, not in UTC.
    pub fn today(&self) -> NaiveDate {
        match self {
            Self::Fixed(day) => *day,
            _ => london_day(self.now()),
        }
    }
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
}
