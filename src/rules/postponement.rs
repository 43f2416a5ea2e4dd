//! A check can be moved, but not away. In August 2023 a visit was put off to September, over the summer holiday, and nobody
//! who could have said no was told; the child was killed the next day.

use super::calendar::Calendar;
use super::dates::spoken;
use super::policy::{Policy, PolicyKey};
use super::terms::{Holiday, Term, holiday_between, is_unknown};
use super::tier::Tier;
use chrono::NaiveDate;

/// A booking that was made before, for the check itself, the one it follows or another attempt at that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// The day on which it was made.
    pub booked_on: NaiveDate,
    /// The day it is for.
    pub booked_for: NaiveDate,
    /// Which time the check was put off by it; 0 when it was not.
    pub postponement: u32,
}

/// What a booking depends on: a check with the attempts at it is one visit, however often it is put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The day the check was first due; of a new attempt, the day the first of its row was.
    pub first_due_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The day of the booking that stands, if one does.
    pub instead_of: Option<NaiveDate>,
    /// Every booking of the row.
    pub earlier: Vec<Earlier>,
}

impl Chain {
    fn put_off_before(&self) -> u32 {
        let times = self.earlier.iter().map(|booking| booking.postponement);
        times.max().unwrap_or_default()
    }
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
    /// Whether nobody has entered the terms of the days between, so that a holiday may lie there.
    pub terms_unknown: bool,
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

/// The last day for which an officer can book, and why, in one sentence.
///
/// It is the ceiling counted from the first due day, or the day a new attempt is due where that is later. When that has
/// passed, a check can still be done by whoever is free first: within the days of a new attempt, counted from the first
/// booking that was so late and not anew each day. A booking that stands can always be moved to a sooner day.
#[must_use]
pub fn latest(
    chain: &Chain,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> (NaiveDate, String) {
    let ceiling = policy.always(PolicyKey::PostponementCeiling, tier);
    let attempt = policy.always(PolicyKey::FailedVisitRebooked, tier);
    let counted = ceiling.period().after(chain.first_due_on, calendar);
    let in_time = counted.max(chain.due_on);
    let late = chain.earlier.iter().filter(|it| it.booked_for > in_time);
    let first_late = late.map(|it| it.booked_on).min();
    let soon = attempt
        .period()
        .after(first_late.unwrap_or(today), calendar);
    let standing = chain.instead_of.unwrap_or(in_time);
    if standing > in_time.max(soon) && standing >= today {
        let why = format!(
            "It is booked for {} already: an officer moves it to a sooner day, and not to a later one.",
            spoken(standing)
        );
        return (standing, why);
    }
    if soon > in_time {
        let from = first_late.map_or_else(
            || "today, and once".to_owned(),
            |day| {
                format!(
                    "{}, when it was booked so late for the first time",
                    spoken(day)
                )
            },
        );
        let why = format!(
            "The ceiling after the first due day has passed, so an officer books within the time of a new attempt: {} from {from}.",
            attempt.in_words()
        );
        return (soon, why);
    }
    if in_time > counted {
        let why = format!(
            "The ceiling after the first due day has passed, so an officer books this attempt up to the day it is due, {}.",
            spoken(in_time)
        );
        return (in_time, why);
    }
    let due = spoken(chain.first_due_on);
    let why = format!(
        "An officer books no later than {} after the first due day, {due}.",
        ceiling.in_words()
    );
    (in_time, why)
}

/// Weighs a booking. A check is put off when a booking is moved to a later day, and when it is first booked for a day
/// after the one on which it is due. Where nobody entered the terms, nobody knows that no holiday is jumped, and the
/// manager hears of that too.
#[must_use]
pub fn weigh(
    booked_for: NaiveDate,
    chain: &Chain,
    tier: Tier,
    (policy, calendar): (&Policy, &Calendar),
    terms: &[Term],
    today: NaiveDate,
) -> Weighed {
    let before = chain.instead_of.unwrap_or(chain.due_on);
    let is_later = booked_for > before;
    let postponement = if is_later {
        chain.put_off_before().saturating_add(1)
    } else {
        0
    };
    let after = before.max(today);
    let jumps = is_later
        .then(|| holiday_between(terms, after, booked_for))
        .flatten();
    let terms_unknown = is_later && jumps.is_none() && is_unknown(terms, after, booked_for);
    Weighed {
        postponement,
        latest: latest(chain, tier, policy, calendar, today).0,
        tell_manager: postponement >= policy.count(PolicyKey::PostponementsAlone)
            || jumps.is_some()
            || terms_unknown,
        terms_unknown,
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

    fn chain(due: &str, instead_of: Option<&str>, put_off_before: u32) -> Chain {
        let before = Earlier {
            booked_on: day(due),
            booked_for: day(due),
            postponement: put_off_before,
        };
        Chain {
            first_due_on: day(due),
            due_on: day(due),
            instead_of: instead_of.map(day),
            earlier: vec![before],
        }
    }

    fn weighed(booked_for: &str, chain: &Chain, today: &str) -> Weighed {
        let policy = Policy::at(&defaults(), "947", day(today));
        weigh(
            day(booked_for),
            chain,
            Tier::Red,
            (&policy, &Calendar::england()),
            &[],
            day(today),
        )
    }

    const DUE: &str = "2026-11-27";

    #[test]
    fn a_booking_in_time_puts_nothing_off() {
        let booked = weighed("2026-11-27", &chain(DUE, None, 0), "2026-11-23");
        assert_eq!(booked.postponement, 0);
        assert!(!booked.tell_manager);
        assert!(!booked.needs_manager(day("2026-11-27")));
    }

    #[test]
    fn past_the_ceiling_only_a_manager_can() {
        let booked = weighed(
            "2026-12-04",
            &chain(DUE, Some("2026-11-26"), 0),
            "2026-11-23",
        );
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
    fn a_check_long_late_can_be_booked_soon_but_not_day_after_day() {
        let mut late = chain(DUE, None, 5);
        let policy = Policy::at(&defaults(), "947", day("2027-03-01"));
        let latest_on = |late: &Chain, today: &str| {
            latest(late, Tier::Red, &policy, &Calendar::england(), day(today))
        };
        let (first, why) = latest_on(&late, "2027-03-01");
        assert_eq!(
            first,
            day("2027-03-03"),
            "two working days, as for a new attempt in red"
        );
        assert!(why.contains("from today, and once"), "{why}");
        late.earlier.push(Earlier {
            booked_on: day("2027-03-01"),
            booked_for: first,
            postponement: 6,
        });
        late.instead_of = Some(first);
        for today in ["2027-03-02", "2027-03-03", "2027-03-04", "2027-04-01"] {
            let (again, why) = latest_on(&late, today);
            assert_eq!(again, first, "{today}");
            assert!(why.contains("1 March 2027"), "{why}");
        }
    }

    #[test]
    fn an_attempt_is_booked_in_its_time_and_keeps_the_ceiling_of_the_first() {
        let attempt = Chain {
            due_on: day("2027-03-03"),
            ..chain(DUE, None, 2)
        };
        let booked = weighed("2027-03-03", &attempt, "2027-03-01");
        assert_eq!((booked.postponement, booked.latest), (0, day("2027-03-03")));
        let later = weighed("2027-03-04", &attempt, "2027-03-01");
        assert_eq!(later.postponement, 3, "counted on from the visits before");
        assert!(later.tell_manager && later.needs_manager(day("2027-03-04")));
    }

    #[test]
    fn what_a_manager_booked_late_an_officer_moves_sooner() {
        let far = chain(DUE, Some("2027-05-10"), 1);
        let sooner = weighed("2027-05-03", &far, "2027-03-01");
        assert!(!sooner.needs_manager(day("2027-05-03")));
        assert!(sooner.needs_manager(day("2027-05-11")));
    }

    #[test]
    fn the_third_postponement_tells_the_manager() {
        let times = |before| {
            weighed(
                "2026-11-27",
                &chain(DUE, Some("2026-11-26"), before),
                "2026-11-23",
            )
        };
        assert!(!times(1).tell_manager);
        assert!(times(2).tell_manager);
        let sooner = weighed(
            "2026-11-25",
            &chain(DUE, Some("2026-11-26"), 2),
            "2026-11-23",
        );
        assert!(!sooner.tell_manager, "sooner is no postponement");
    }

    #[test]
    fn over_christmas_without_terms_the_manager_hears_that_nobody_can_know() {
        let put_off = chain("2026-12-18", Some("2026-12-18"), 0);
        let booked = weighed("2027-01-05", &put_off, "2026-12-17");
        assert!(booked.terms_unknown && booked.tell_manager);
        let a_few_days = weighed("2026-12-22", &put_off, "2026-12-17");
        assert!(!a_few_days.tell_manager);
        let term = |name: &str, first: &str, last: &str| Term {
            name: name.to_owned(),
            first_day: day(first),
            last_day: day(last),
        };
        let terms = [
            term("Autumn 2", "2026-11-02", "2026-12-18"),
            term("Spring 1", "2027-01-04", "2027-02-12"),
        ];
        let policy = Policy::at(&defaults(), "947", day("2026-11-02"));
        let known = weigh(
            day("2026-11-20"),
            &chain("2026-11-03", None, 0),
            Tier::Red,
            (&policy, &Calendar::england()),
            &terms,
            day("2026-11-02"),
        );
        assert!(
            !known.terms_unknown && !known.tell_manager,
            "all of it is school time"
        );
    }

    #[test]
    fn the_visit_of_august_2023_tells_the_manager_at_once() {
        let put_off = chain("2023-08-07", Some("2023-08-07"), 0);
        // The published periods of that year do not matter: the default policy holds from 2019.
        let booked = weighed("2023-09-05", &put_off, "2023-08-07");
        assert!(booked.tell_manager && booked.jumps.is_some());
        assert!(booked.needs_manager(day("2023-09-05")));
    }

    #[test]
    fn a_late_booking_that_nobody_kept_is_no_last_day() {
        let mut kept_by_nobody = chain("2026-06-01", Some("2026-11-20"), 0);
        kept_by_nobody.earlier = Vec::new();
        let (policy, today) = (
            Policy::at(&defaults(), "947", day("2026-11-23")),
            day("2026-11-23"),
        );
        let (last, why) = latest(
            &kept_by_nobody,
            Tier::Amber,
            &policy,
            &Calendar::england(),
            today,
        );
        assert!(last > today, "{last}: {why}");
        assert!(!why.contains("20 November 2026"), "{why}");
    }

    proptest! {
        #[test]
        fn a_later_day_is_never_easier(
            due in 739_000..741_000i32, ahead in 0..200i32, more in 0..200i32, before in 0..5u32, back in 0..100i32,
        ) {
            let at = |day| NaiveDate::from_num_days_from_ce_opt(day).unwrap();
            let today = at(due - back);
            let policy = Policy::at(&defaults(), "947", today);
            let chain = Chain {
                first_due_on: at(due),
                due_on: at(due),
                ..chain(DUE, None, before)
            };
            let of = |booked_for| {
                weigh(booked_for, &chain, Tier::Green, (&policy, &Calendar::england()), &[], today)
            };
            let (sooner, later) = (of(at(due + ahead)), of(at(due + ahead + more)));
            prop_assert_eq!(sooner.latest, later.latest);
            prop_assert!(sooner.postponement <= later.postponement);
            prop_assert!(!sooner.tell_manager || later.tell_manager);
        }

        #[test]
        fn booking_day_after_day_never_moves_the_last_day(
            due in 739_000..741_000i32, days in proptest::collection::vec(0..6u64, 1..30),
        ) {
            let due = NaiveDate::from_num_days_from_ce_opt(due).unwrap();
            let policy = Policy::at(&defaults(), "947", due);
            let mut chain = Chain {
                first_due_on: due,
                due_on: due,
                instead_of: None,
                earlier: Vec::new(),
            };
            let mut today = due;
            let mut last_ever: Option<NaiveDate> = None;
            for pause in days {
                today = today + chrono::Days::new(pause);
                let (last, _) = latest(&chain, Tier::Amber, &policy, &Calendar::england(), today);
                if let Some(granted) = last_ever {
                    prop_assert!(last <= granted, "{last} after {granted}");
                }
                if last < today {
                    break;
                }
                let ceiling = policy.always(PolicyKey::PostponementCeiling, Tier::Amber);
                if last > ceiling.period().after(due, &Calendar::england()) {
                    last_ever = Some(last);
                }
                chain.earlier.push(Earlier { booked_on: today, booked_for: last, postponement: 0 });
                chain.instead_of = Some(last);
            }
        }
    }
}
