//! The termly census of elective home education: its days, and by when its return is sent. The days are policy values: the
//! Department for Education has confirmed them for 2022/23 only, and an administrator corrects them.

use super::calendar::Calendar;
use super::codes::code_list;
use super::dates::spoken;
use super::duty::DutyKind;
use super::policy::{Policy, PolicyKey};
use super::schedule::DutyOwed;
use super::tier::Tier;
use chrono::{Datelike, NaiveDate, Weekday};

code_list! {
    /// The censuses of a year, in the order of the calendar year.
    pub enum Census {
        Spring = "spring", "spring";
        Summer = "summer", "summer";
        Autumn = "autumn", "autumn";
    }
}

impl Census {
    /// The policy that says which Thursday of the month it is.
    const fn policy_key(self) -> PolicyKey {
        match self {
            Self::Spring => PolicyKey::CensusSpring,
            Self::Summer => PolicyKey::CensusSummer,
            Self::Autumn => PolicyKey::CensusAutumn,
        }
    }

    /// The month in which the school census of the term is taken.
    const fn month(self) -> u32 {
        match self {
            Self::Spring => 1,
            Self::Summer => 5,
            Self::Autumn => 10,
        }
    }

    /// The census day in a year.
    #[must_use]
    pub fn day(self, year: i32, policy: &Policy) -> Option<NaiveDate> {
        let which = u8::try_from(policy.count(self.policy_key())).ok()?;
        NaiveDate::from_weekday_of_month_opt(year, self.month(), Weekday::Thu, which)
    }
}

/// A return that is owed, and for which census.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnOwed {
    /// The census day: it tells one return from another.
    pub census_day: NaiveDate,
    pub owed: DutyOwed,
}

/// The returns owed by `today` after the one that was owed last: each census that has passed since, however long nothing ran,
/// and the next that comes. Of an authority that was owed none yet, only the next: nobody is late for a return of a time before
/// the register was theirs.
#[must_use]
pub fn returns_owed(
    last_census: Option<NaiveDate>,
    today: NaiveDate,
    policy: &Policy,
    calendar: &Calendar,
) -> Vec<ReturnOwed> {
    let first_year = last_census.unwrap_or(today).year();
    let censuses = (first_year..=today.year().saturating_add(1)).flat_map(|year| {
        Census::ALL
            .iter()
            .filter_map(move |census| Some((*census, census.day(year, policy)?)))
    });
    let mut owed = Vec::new();
    for (census, day) in censuses {
        let due = return_for(census, day, policy, calendar);
        let is_to_come = due.owed.due_on >= today;
        let is_written = last_census.is_some_and(|last| day <= last || same_census(last, day));
        let is_of_before = last_census.is_none() && !is_to_come;
        if !is_written && !is_of_before {
            owed.push(due);
        }
        if is_to_come {
            break;
        }
    }
    owed
}

/// Whether two days are of one census: a policy that moves a census day within its month makes no second return.
fn same_census(one: NaiveDate, other: NaiveDate) -> bool {
    (one.year(), one.month()) == (other.year(), other.month())
}

/// The day of the census that a return is for, as the policy says today: another than the one from which the return was
/// counted, if an administrator has corrected the policy since.
#[must_use]
pub fn day_of_census(counted_from: NaiveDate, policy: &Policy) -> NaiveDate {
    of_month(counted_from)
        .and_then(|census| census.day(counted_from.year(), policy))
        .unwrap_or(counted_from)
}

/// A return as the policy has it today, for one that is open and was counted from a day of this census. Nobody is made late
/// for a day that nobody knew: it is due today at the earliest.
#[must_use]
pub fn as_of_today(
    counted_from: NaiveDate,
    today: NaiveDate,
    policy: &Policy,
    calendar: &Calendar,
) -> Option<ReturnOwed> {
    let census = of_month(counted_from)?;
    let day = census.day(counted_from.year(), policy)?;
    let mut due = return_for(census, day, policy, calendar);
    if due.owed.due_on < today {
        due.owed.due_on = today;
        due.owed
            .why
            .push_str(" Not sooner than the day on which the policy was changed.");
    }
    Some(due)
}

fn of_month(day: NaiveDate) -> Option<Census> {
    Census::ALL
        .iter()
        .copied()
        .find(|census| census.month() == day.month())
}

/// The return for a census. Its period does not depend on the tier of any child.
fn return_for(census: Census, day: NaiveDate, policy: &Policy, calendar: &Calendar) -> ReturnOwed {
    let kind = DutyKind::CensusReturn;
    let holds = policy.always(kind.policy_key(), Tier::Green);
    let dated = policy.always(census.policy_key(), Tier::Green);
    ReturnOwed {
        census_day: day,
        owed: DutyOwed {
            kind,
            purpose: kind.purpose(),
            counted_from: day,
            due_on: holds.period().after(day, calendar),
            why: format!(
                "{}: {} after the {} census on {} ({}; the day: {}).",
                kind.label(),
                holds.period().words(),
                census.label(),
                spoken(day),
                holds.source(),
                dated.source(),
            ),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::policy::defaults;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days_owed(last: Option<&str>, today: &str) -> Vec<String> {
        let today = day(today);
        let policy = Policy::at(&defaults(), "884", today);
        let calendar = Calendar::england();
        returns_owed(last.map(day), today, &policy, &calendar)
            .iter()
            .map(|it| format!("{} by {}", it.census_day, it.owed.due_on))
            .collect()
    }

    #[test]
    fn the_days_of_2022_and_2023_are_those_that_the_department_published() {
        assert_eq!(days_owed(None, "2022-10-01"), ["2022-10-06 by 2022-11-04"]);
        assert_eq!(
            days_owed(Some("2022-10-06"), "2022-11-05"),
            ["2023-01-19 by 2023-02-17"]
        );
        assert_eq!(
            days_owed(Some("2023-01-19"), "2023-02-18"),
            ["2023-05-18 by 2023-06-16"]
        );
    }

    #[test]
    fn an_authority_that_begins_owes_the_next_return_and_none_from_before() {
        assert_eq!(days_owed(None, "2026-10-30"), ["2026-10-01 by 2026-10-30"]);
        assert_eq!(days_owed(None, "2026-10-31"), ["2027-01-21 by 2027-02-19"]);
    }

    #[test]
    fn a_year_without_a_run_forgets_no_return() {
        assert_eq!(
            days_owed(Some("2026-10-01"), "2027-11-30"),
            [
                "2027-01-21 by 2027-02-19",
                "2027-05-20 by 2027-06-18",
                "2027-10-07 by 2027-11-05",
                "2028-01-20 by 2028-02-18"
            ]
        );
    }

    #[test]
    fn what_is_owed_is_owed_once() {
        assert_eq!(days_owed(Some("2027-01-21"), "2026-11-30"), [] as [&str; 0]);
    }

    proptest! {
        #[test]
        fn a_register_in_use_always_owes_a_return_that_is_to_come(days in 0_u64..4_000) {
            let today = day("2024-01-01") + chrono::Days::new(days);
            let policy = Policy::at(&defaults(), "884", today);
            let owed = returns_owed(None, today, &policy, &Calendar::england());
            prop_assert_eq!(owed.len(), 1);
            prop_assert!(owed[0].owed.due_on >= today);
            prop_assert!(owed[0].census_day <= owed[0].owed.due_on);
        }
    }
}
