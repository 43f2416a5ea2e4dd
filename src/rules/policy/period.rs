//! A length of time as a policy states it.

use crate::rules::calendar::{Calendar, FirstDay, add_months, add_weeks, last_day};
use crate::rules::codes::code_list;
use chrono::NaiveDate;

code_list! {
    /// What a period is counted in.
    pub enum Unit {
        CalendarDay = "calendar_day", "calendar days";
        WorkingDay = "working_day", "working days";
        /// Counted as working days: the register holds no term dates of an authority yet. Outside term that ends
        /// sooner than school days would, never later.
        SchoolDay = "school_day", "school days";
        Week = "week", "weeks";
        Month = "month", "months";
        /// Not a length of time but a number: so many in a row, or so many a week.
        Times = "times", "times";
    }
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// "10 working days", "1 month".
    #[must_use]
    pub fn words(self) -> String {
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
            Unit::WorkingDay | Unit::SchoolDay => calendar.add_working_days(from, self.value),
            Unit::Week => add_weeks(from, self.value),
            Unit::Month => add_months(from, self.value),
            // A number is no length of time, and `bounds` keeps one from where a time belongs.
            Unit::Times => from,
        }
    }
}
