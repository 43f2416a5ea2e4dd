//! Notices before a check is due: which is owed on a day, and why on that day.

use super::calendar::{Calendar, FirstDay, last_day};
use super::codes::code_list;
use super::dates::spoken;
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;
use chrono::NaiveDate;

code_list! {
    /// A notice that a check is due soon.
    pub enum Notice {
        First = "first", "First notice";
        Last = "last", "Last notice";
    }
}

impl Notice {
    /// The period of the policy, before the due day.
    const fn policy_key(self) -> PolicyKey {
        match self {
            Self::First => PolicyKey::DueSoonFirst,
            Self::Last => PolicyKey::DueSoonLast,
        }
    }

    /// The day on which the notice is owed.
    #[must_use]
    pub fn day(
        self,
        due_on: NaiveDate,
        tier: Tier,
        policy: &Policy,
        calendar: &Calendar,
    ) -> NaiveDate {
        let period = policy.always(self.policy_key(), tier).period();
        period.before(due_on, calendar)
    }

    /// Why the notice is owed on its day: the rule, its value and its source, in one sentence.
    #[must_use]
    pub fn why(self, due_on: NaiveDate, tier: Tier, policy: &Policy) -> String {
        let holds = policy.always(self.policy_key(), tier);
        format!(
            "{}: {} before the check is due on {} ({}).",
            self.label(),
            holds.period().words(),
            spoken(due_on),
            holds.source(),
        )
    }
}

/// An open check, as far as its notices depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upcoming {
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The day on which it came to be owed.
    pub created_on: NaiveDate,
    pub tier: Tier,
}

/// The notice owed up to today: the last, once its day has come, which then stands for the first too.
///
/// None once the due day has passed: then the check lapses. None on the day on which the check came to be owed, and no
/// first notice for one that came to be owed inside its time: whoever has a new check before them needs no two notices of
/// it.
#[must_use]
pub fn owed(
    check: &Upcoming,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Option<Notice> {
    if today > check.due_on || today <= check.created_on {
        return None;
    }
    let day = |notice: Notice| notice.day(check.due_on, check.tier, policy, calendar);
    if day(Notice::Last) <= today {
        return Some(Notice::Last);
    }
    let first_day = day(Notice::First);
    (first_day <= today && check.created_on < first_day).then_some(Notice::First)
}

/// The last due day for which a notice may be owed today, whatever the tier: the cut-off for a question of the database.
#[must_use]
pub fn horizon(
    notice: Notice,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> NaiveDate {
    let of = |tier: Tier| {
        let period = policy.always(notice.policy_key(), tier).period();
        let mut due_on = period.after(today, calendar);
        loop {
            let next = last_day(due_on, 1, FirstDay::DoesNotCount);
            if next == due_on || period.before(next, calendar) > today {
                return due_on;
            }
            due_on = next;
        }
    };
    Tier::ALL
        .iter()
        .map(|tier| of(*tier))
        .max()
        .unwrap_or(today)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
