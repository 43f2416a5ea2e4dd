//! A check can be moved, but not away. In August 2023 a visit was put off to September, over the summer holiday, and nobody
//! who could have said no was told; the child was killed the next day.

use super::calendar::Calendar;
use super::dates::spoken;
use super::policy::{Policy, PolicyKey};
use super::terms::{Holiday, Term, holiday_between};
use super::tier::Tier;
use chrono::NaiveDate;

/// A booking that somebody wants to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// The day of the booking.
    pub booked_for: NaiveDate,
    /// The day of the booking that it takes the place of, if one stands.
    pub instead_of: Option<NaiveDate>,
    /// The day the check was first due.
    pub original_due_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// How often the check was put off before.
    pub put_off_before: u32,
}

/// What a booking does to a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// Which time the check is put off; 0 when it is not.
    pub postponement: u32,
    /// The last day for which an officer can book; past it only a manager can.
    pub latest: NaiveDate,
    /// The school holiday that is jumped, if one is.
    pub jumps: Option<Holiday>,
    /// Whether a manager hears of it.
    pub tell_manager: bool,
}

impl Weighed {
    /// Whether only a manager can book so late.
    #[must_use]
    pub fn needs_manager(&self, booked_for: NaiveDate) -> bool {
        booked_for > self.latest
    }
}

/// The last day for which an officer can book: the ceiling counted from the first due day; when that has passed, within the
/// days of a new attempt from today, so that a check that is long late can still be done by whoever is free first.
#[must_use]
pub fn latest(
    original_due_on: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> NaiveDate {
    let after = |key, from| policy.always(key, tier).period().after(from, calendar);
    let ceiling = after(PolicyKey::PostponementCeiling, original_due_on);
    ceiling.max(after(PolicyKey::FailedVisitRebooked, today))
}

/// Why an officer books no later than [`latest`], in one sentence.
#[must_use]
pub fn why_latest(
    original_due_on: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> String {
    let ceiling = policy.always(PolicyKey::PostponementCeiling, tier);
    let attempt = policy.always(PolicyKey::FailedVisitRebooked, tier);
    let from_due = ceiling.period().after(original_due_on, calendar);
    if from_due >= attempt.period().after(today, calendar) {
        let due = spoken(original_due_on);
        return format!(
            "An officer books no later than {} after the first due day, {due}.",
            ceiling.in_words()
        );
    }
    format!(
        "The ceiling after the first due day has passed, so an officer books within the time of a new attempt: {} from today.",
        attempt.in_words()
    )
}

/// Weighs a booking. A check is put off when a booking is moved to a later day, and when it is first booked for a day
/// after the one on which it is due.
#[must_use]
pub fn weigh(
    proposed: &Proposed,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
    terms: &[Term],
    today: NaiveDate,
) -> Weighed {
    let before = proposed.instead_of.unwrap_or(proposed.due_on);
    let is_later = proposed.booked_for > before;
    let postponement = if is_later {
        proposed.put_off_before.saturating_add(1)
    } else {
        0
    };
    let jumps = is_later
        .then(|| holiday_between(terms, before.max(today), proposed.booked_for))
        .flatten();
    Weighed {
        postponement,
        latest: latest(proposed.original_due_on, tier, policy, calendar, today),
        tell_manager: postponement >= policy.count(PolicyKey::PostponementsAlone)
            || jumps.is_some(),
        jumps,
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

    fn weighed(proposed: &Proposed, today: &str) -> Weighed {
        let policy = Policy::at(&defaults(), "947", day(today));
        weigh(
            proposed,
            Tier::Red,
            &policy,
            &Calendar::england(),
            &[],
            day(today),
        )
    }

    fn proposed(booked_for: &str, instead_of: Option<&str>, put_off_before: u32) -> Proposed {
        Proposed {
            booked_for: day(booked_for),
            instead_of: instead_of.map(day),
            original_due_on: day("2026-11-27"),
            due_on: day("2026-11-27"),
            put_off_before,
        }
    }

    #[test]
    fn a_booking_in_time_puts_nothing_off() {
        let booked = weighed(&proposed("2026-11-27", None, 0), "2026-11-23");
        assert_eq!(booked.postponement, 0);
        assert!(!booked.tell_manager);
        assert!(!booked.needs_manager(day("2026-11-27")));
    }

    #[test]
    fn past_the_ceiling_only_a_manager_can() {
        let booked = weighed(&proposed("2026-12-04", Some("2026-11-26"), 0), "2026-11-23");
        assert_eq!(booked.postponement, 1);
        assert_eq!(
            booked.latest,
            day("2026-12-04"),
            "five working days after the first due day"
        );
        assert!(!booked.needs_manager(day("2026-12-04")));
        assert!(booked.needs_manager(day("2026-12-05")));
    }

    #[test]
    fn a_check_long_late_can_still_be_booked_soon() {
        let booked = weighed(&proposed("2027-03-02", None, 5), "2027-03-01");
        assert_eq!(
            booked.latest,
            day("2027-03-03"),
            "two working days, as for a new attempt in red"
        );
    }

    #[test]
    fn the_third_postponement_tells_the_manager() {
        let times = |before| {
            weighed(
                &proposed("2026-11-27", Some("2026-11-26"), before),
                "2026-11-23",
            )
        };
        assert!(!times(1).tell_manager);
        assert!(times(2).tell_manager);
        let sooner = weighed(&proposed("2026-11-25", Some("2026-11-26"), 2), "2026-11-23");
        assert!(!sooner.tell_manager, "sooner is no postponement");
    }

    #[test]
    fn the_visit_of_august_2023_tells_the_manager_at_once() {
        let put_off = Proposed {
            booked_for: day("2023-09-05"),
            instead_of: Some(day("2023-08-07")),
            original_due_on: day("2023-08-07"),
            due_on: day("2023-08-07"),
            put_off_before: 0,
        };
        // The published periods of that year do not matter: the default policy holds from 2019.
        let booked = weighed(&put_off, "2023-08-07");
        assert!(booked.tell_manager);
        assert!(booked.needs_manager(put_off.booked_for));
    }

    proptest! {
        #[test]
        fn a_later_day_is_never_easier(
            due in 739_000..741_000i32, ahead in 0..200i32, more in 0..200i32, before in 0..5u32, back in 0..100i32,
        ) {
            let at = |day| NaiveDate::from_num_days_from_ce_opt(day).unwrap();
            let today = at(due - back);
            let policy = Policy::at(&defaults(), "947", today);
            let of = |booked_for| {
                let proposed = Proposed {
                    booked_for, instead_of: None, original_due_on: at(due), due_on: at(due), put_off_before: before,
                };
                weigh(&proposed, Tier::Green, &policy, &Calendar::england(), &[], today)
            };
            let (sooner, later) = (of(at(due + ahead)), of(at(due + ahead + more)));
            prop_assert_eq!(sooner.latest, later.latest);
            prop_assert!(sooner.postponement <= later.postponement);
            prop_assert!(!sooner.tell_manager || later.tell_manager);
        }
    }
}
