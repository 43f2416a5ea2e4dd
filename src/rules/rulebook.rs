//! The policy and the calendar of an authority on a day: what the rules need to know besides the facts of a case.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;

/// What the rules need to know besides the facts of a case.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The policy in force.
    pub policy: Policy,
    pub calendar: Calendar,
    pub today: NaiveDate,
}

/// The last day that a person may choose today, and why not a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDay {
    pub day: NaiveDate,
    /// The rule, its value and its source, in one sentence.
    pub why: String,
}

impl Rulebook {
    /// How many working days lie between today and a day, before or after it.
    #[must_use]
    pub fn working_days_from_today(&self, day: NaiveDate) -> i64 {
        (self.calendar).working_days_between(self.today, day).abs()
    }

    /// The last day of a period that begins today and is the same for every tier.
    #[must_use]
    pub fn last_day(&self, key: PolicyKey) -> LastDay {
        self.last_day_from(self.today, key)
    }

    /// The last day of an absence that begins on a day.
    #[must_use]
    pub fn longest_absence(&self, starts_on: NaiveDate) -> LastDay {
        self.last_day_from(starts_on, PolicyKey::LongestAbsence)
    }

    fn last_day_from(&self, from: NaiveDate, key: PolicyKey) -> LastDay {
        let holds = self.policy.always(key, Tier::Green);
        LastDay {
            day: holds.period().after(from, &self.calendar),
            why: format!("{}: {}.", key.label(), holds.in_words()),
        }
    }
}
