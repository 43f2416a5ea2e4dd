//! Working days and periods: the arithmetic behind every due date.
//!
//! Every function is total. A result beyond the last date the program can hold is that last date.

mod bank_holidays;

use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

/// The days on which an authority works: Monday to Friday, less the bank holidays of England.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Calendar {
    /// Holidays that fall on a weekday, in order, each once. Shared, because a page needs the calendar and the holidays
    /// of two centuries do not change between two pages.
    holidays: Arc<[NaiveDate]>,
    /// Weekdays on which the authority works and its schools are closed, as far as its terms are known.
    schools_closed: Arc<[NaiveDate]>,
}

impl Calendar {
    /// The bank holidays of England: as published for the years for which they are, by their rules for other years
    /// from 1950 to 2150. Outside those years only weekends are known.
    #[must_use]
    pub fn england() -> Self {
        Self {
            holidays: Arc::clone(&bank_holidays::ALL),
            schools_closed: Arc::from([]),
        }
    }

    /// The same calendar with more days on which nobody works, such as a holiday proclaimed for one year.
    #[must_use]
    pub fn with_holidays(self, days: impl IntoIterator<Item = NaiveDate>) -> Self {
        let known = |day: &NaiveDate| self.holidays.binary_search(day).is_ok();
        let mut more = days.into_iter().filter(|day| !known(day)).peekable();
        if more.peek().is_none() {
            return self;
        }
        let holidays = self.holidays.iter().copied().chain(more);
        Self {
            holidays: on_weekdays(holidays),
            schools_closed: Arc::clone(&self.schools_closed),
        }
    }

    /// The same calendar with days on which schools are closed. They count for school days and for nothing else: a
    /// holiday stops no other period.
    #[must_use]
    pub fn with_schools_closed(self, days: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self {
            schools_closed: on_weekdays(days.into_iter()),
            ..self
        }
    }

    /// The same calendar with these holidays taken out, such as one that was moved.
    #[must_use]
    pub fn without(self, days: &[NaiveDate]) -> Self {
        let holidays = self.holidays.iter().copied();
        Self {
            holidays: holidays.filter(|day| !days.contains(day)).collect(),
            schools_closed: Arc::clone(&self.schools_closed),
        }
    }

    /// Whether the authority works on this day.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        is_weekday(day) && self.holidays.binary_search(&day).is_err()
    }

    /// Whether nobody expects a visit on this day, though it may be a weekday: a bank holiday, or Christmas.
    #[must_use]
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        let is_christmas = day.month() == 12 && matches!(day.day(), 25 | 26);
        is_christmas || (is_weekday(day) && !self.is_working_day(day))
    }

    /// This day if it is a working day, otherwise the next one.
    #[must_use]
    pub fn next_working_day_on_or_after(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days()
            .find(|day| self.is_working_day(*day))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The day `days` working days after `from`, where `from` itself is day 0. With 0 it is `from`, working day
    /// or not.
    #[must_use]
    pub fn add_working_days(&self, from: NaiveDate, days: u32) -> NaiveDate {
        let mut reached = from;
        let mut still_to_go = i64::from(days);
        while still_to_go > 0 && reached < NaiveDate::MAX {
            let ahead = add_weekdays(reached, still_to_go);
            still_to_go -= self.working_days_between(reached, ahead);
            reached = ahead;
        }
        reached
    }

    /// The last working day from which it is at least `days` working days to `to`: where a period ends that is counted
    /// backwards. With 0 it is `to`, or the last working day before.
    #[must_use]
    pub fn working_days_before(&self, to: NaiveDate, days: u32) -> NaiveDate {
        let wanted = i64::from(days);
        let mut reached = to;
        loop {
            let missing = wanted - self.working_days_between(reached, to);
            if missing <= 0 && self.is_working_day(reached) {
                return reached;
            }
            let back = Days::new(u64::try_from(missing.max(1)).unwrap_or(1));
            match reached.checked_sub_days(back) {
                Some(earlier) => reached = earlier,
                None => return NaiveDate::MIN,
            }
        }
    }

    /// The day `days` school days after `from`. Where no terms are known, working days count: that ends sooner, never
    /// later.
    #[must_use]
    pub fn add_school_days(&self, from: NaiveDate, days: u32) -> NaiveDate {
        let off = self.holidays.iter().chain(&*self.schools_closed);
        let schools = Self {
            holidays: on_weekdays(off.copied()),
            schools_closed: Arc::from([]),
        };
        schools.add_working_days(from, days)
    }

    /// How many working days lie after `from` up to and including `to`; negative when `to` is the earlier.
    #[must_use]
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let holidays = self.holidays_up_to(to) - self.holidays_up_to(from);
        weekdays_up_to(to) - weekdays_up_to(from) - holidays
    }

    fn holidays_up_to(&self, day: NaiveDate) -> i64 {
        let count = self.holidays.partition_point(|holiday| *holiday <= day);
        i64::try_from(count).unwrap_or(i64::MAX)
    }
}

/// The bank holidays of England in a year, with their names; none outside the years that the calendar knows.
#[must_use]
pub fn bank_holidays_of(year: i32) -> Vec<(NaiveDate, &'static str)> {
    bank_holidays::of(year)
}

/// The weekdays among some days, in order, each once.
fn on_weekdays(days: impl Iterator<Item = NaiveDate>) -> Arc<[NaiveDate]> {
    let mut weekdays: Vec<NaiveDate> = days.filter(|day| is_weekday(*day)).collect();
    weekdays.sort_unstable();
    weekdays.dedup();
    weekdays.into()
}

fn is_weekday(day: NaiveDate) -> bool {
    day.weekday().num_days_from_monday() < 5
}

/// Weekdays since Monday 1 January of the year 1, that day included.
fn weekdays_up_to(day: NaiveDate) -> i64 {
    let days_before = i64::from(day.num_days_from_ce()) - 1;
    let whole_weeks = days_before.div_euclid(7);
    let in_this_week = days_before.rem_euclid(7) + 1;
    whole_weeks * 5 + in_this_week.min(5)
}

fn add_weekdays(from: NaiveDate, weekdays: i64) -> NaiveDate {
    let into_week = i64::from(from.weekday().num_days_from_monday()).min(4);
    let to_go = into_week + weekdays;
    let monday = -i64::from(from.weekday().num_days_from_monday());
    add_days(from, monday + to_go.div_euclid(5) * 7 + to_go.rem_euclid(5))
}

fn add_days(from: NaiveDate, days: i64) -> NaiveDate {
    TimeDelta::try_days(days)
        .and_then(|delta| from.checked_add_signed(delta))
        .unwrap_or(NaiveDate::MAX)
}

/// Whether the day from which a period is counted is its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstDay {
    /// "Beginning with the day on which the notice is served" (s.437(2) EA 1996): that day is day 1.
    Counts,
    /// "Within so many days of": the day after is day 1.
    DoesNotCount,
}

/// The last day of a period of calendar days. What was asked for lapses on the day after.
///
/// A period of no days ends on `from`.
#[must_use]
pub fn last_day(from: NaiveDate, calendar_days: u32, first_day: FirstDay) -> NaiveDate {
    let days_after = match first_day {
        FirstDay::Counts => calendar_days.saturating_sub(1),
        FirstDay::DoesNotCount => calendar_days,
    };
    from.checked_add_days(Days::new(u64::from(days_after)))
        .unwrap_or(NaiveDate::MAX)
}

/// The same day of a later month, or that month's last day where it has no such day: 31 January and one month is
/// 28 or 29 February.
#[must_use]
pub fn add_months(from: NaiveDate, months: u32) -> NaiveDate {
    from.checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

/// The same day of the week, so many weeks later.
#[must_use]
pub fn add_weeks(from: NaiveDate, weeks: u32) -> NaiveDate {
    add_days(from, i64::from(weeks) * 7)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
