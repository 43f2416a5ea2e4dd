//! A length of time as a policy states it.

use crate::rules::calendar::{Calendar, FirstDay, add_months, add_weeks, last_day};
use crate::rules::codes::code_list;
use chrono::{Days, Months, NaiveDate};

code_list! {
    /// What a period is counted in.
    pub enum Unit {
        CalendarDay = "calendar_day", "calendar days";
        WorkingDay = "working_day", "working days";
        /// Weekdays of a term that are no bank holiday and on which the authority works. Days for which the authority
        /// entered no terms count as working days: that ends sooner, never later. Only what concerns the education
        /// alone may be counted so (`bounds`): schools rest in August, and no welfare clock does.
        SchoolDay = "school_day", "school days";
        Week = "week", "weeks";
        Month = "month", "months";
        /// Not a length of time but a number: so many in a row, or so many a week.
        Times = "times", "times";
        /// Not a length of time but a day: so many Thursdays into the month.
        Thursday = "thursday", "Thursdays of the month";
    }
}

/// "1st", "2nd", "3rd", "4th": what a month has of one weekday.
fn ordinal(number: u32) -> String {
    let ending = match number {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    pub value: u32,
    pub unit: Unit,
}

impl Period {
    /// "10 working days", "1 month".
    #[must_use]
    pub fn words(self) -> String {
        if self.unit == Unit::Thursday {
            return format!("{} Thursday of the month", ordinal(self.value));
        }
        let units = self.unit.label();
        let unit = match self.value {
            1 => units.strip_suffix('s').unwrap_or(units),
            _ => units,
        };
        format!("{} {unit}", self.value)
    }

    /// The last day of the period after `from`; the day of `from` does not count. Weeks and months end where they
    /// end, on a weekend or a bank holiday too. (A notice's period counts the day of service: see
    /// [`last_day`].)
    #[must_use]
    pub fn after(self, from: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self.unit {
            Unit::CalendarDay => last_day(from, self.value, FirstDay::DoesNotCount),
            Unit::WorkingDay => calendar.add_working_days(from, self.value),
            Unit::SchoolDay => calendar.add_school_days(from, self.value),
            Unit::Week => add_weeks(from, self.value),
            Unit::Month => add_months(from, self.value),
            // A number is no length of time, and `bounds` keeps one from where a time belongs.
            Unit::Times | Unit::Thursday => from,
        }
    }

    /// The first day of an event that still counts on `today`, when it counts until the period after it is over.
    #[must_use]
    pub fn counts_from(self, today: NaiveDate, calendar: &Calendar) -> NaiveDate {
        let mut day = self.before(today, calendar);
        while day < today && self.after(day, calendar) < today {
            day = last_day(day, 1, FirstDay::DoesNotCount);
        }
        day
    }

    /// The day so long before `to`: for working days the last working day from which there are as many.
    #[must_use]
    pub fn before(self, to: NaiveDate, calendar: &Calendar) -> NaiveDate {
        let days = |days: u32| to.checked_sub_days(Days::new(u64::from(days)));
        let reached = match self.unit {
            Unit::CalendarDay => days(self.value),
            Unit::WorkingDay | Unit::SchoolDay => {
                Some(calendar.working_days_before(to, self.value))
            }
            Unit::Week => days(self.value.saturating_mul(7)),
            Unit::Month => to.checked_sub_months(Months::new(self.value)),
            Unit::Times | Unit::Thursday => Some(to),
        };
        reached.unwrap_or(NaiveDate::MIN)
    }
}
