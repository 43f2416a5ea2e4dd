//! Notices, day by day.

use super::*;
use crate::rules::policy::{Period, Unit, defaults};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn policy() -> Policy {
    Policy::at(&defaults(), "884", day("2026-11-23"))
}

/// A check due on Tuesday 29 December 2026, after Christmas, and owed for long.
fn check() -> Upcoming {
    Upcoming {
        due_on: day("2026-12-29"),
        created_on: day("2026-06-01"),
        tier: Tier::Green,
    }
}

fn owed_on(check: Upcoming, today: &str) -> Option<Notice> {
    owed(&check, &policy(), &Calendar::england(), day(today))
}

#[test]
fn the_first_comes_ten_working_days_before_and_the_last_five() {
    assert_eq!(owed_on(check(), "2026-12-10"), None);
    assert_eq!(owed_on(check(), "2026-12-11"), Some(Notice::First));
    assert_eq!(owed_on(check(), "2026-12-17"), Some(Notice::First));
    assert_eq!(owed_on(check(), "2026-12-18"), Some(Notice::Last));
    assert_eq!(owed_on(check(), "2026-12-29"), Some(Notice::Last));
    assert_eq!(owed_on(check(), "2026-12-30"), None);
}

#[test]
fn a_check_that_is_new_is_told_of_once_and_not_on_its_first_day() {
    let created = |on: &str| Upcoming {
        created_on: day(on),
        ..check()
    };
    assert_eq!(
        owed_on(created("2026-12-10"), "2026-12-11"),
        Some(Notice::First)
    );
    assert_eq!(owed_on(created("2026-12-11"), "2026-12-14"), None);
    assert_eq!(
        owed_on(created("2026-12-11"), "2026-12-18"),
        Some(Notice::Last)
    );
    assert_eq!(owed_on(created("2026-12-22"), "2026-12-22"), None);
    assert_eq!(
        owed_on(created("2026-12-22"), "2026-12-23"),
        Some(Notice::Last)
    );
}

#[test]
fn a_notice_says_why_it_comes_on_its_day() {
    assert_eq!(
        Notice::Last.why(day("2026-12-29"), Tier::Green, &policy()),
        "Last notice: 5 working days before the check is due on 29 December 2026 \
         (default policy; no published ladder was found)."
    );
}

#[test]
fn a_period_is_counted_backwards_to_a_working_day() {
    let calendar = Calendar::england();
    let before = |value, unit, to| Period { value, unit }.before(day(to), &calendar);
    for (value, unit, to, expected) in [
        (5, Unit::WorkingDay, "2026-12-29", "2026-12-18"),
        (1, Unit::WorkingDay, "2026-12-29", "2026-12-24"),
        (0, Unit::WorkingDay, "2026-12-29", "2026-12-29"),
        (0, Unit::WorkingDay, "2026-12-27", "2026-12-24"),
        (1, Unit::WorkingDay, "2026-12-27", "2026-12-23"),
        (1, Unit::WorkingDay, "2024-03-01", "2024-02-29"),
        (2, Unit::Week, "2027-01-04", "2026-12-21"),
        (1, Unit::Month, "2027-03-31", "2027-02-28"),
        (10, Unit::CalendarDay, "2027-01-05", "2026-12-26"),
    ] {
        assert_eq!(
            before(value, unit, to),
            day(expected),
            "{value} {unit:?} before {to}"
        );
    }
    assert_eq!(
        calendar.working_days_before(day("2026-12-29"), u32::MAX),
        NaiveDate::MIN
    );
    assert_eq!(
        calendar.working_days_before(NaiveDate::MIN, 1),
        NaiveDate::MIN
    );
}

proptest! {
    #[test]
    fn what_counts_from_a_day_counts_and_the_day_before_does_not(
        offset in 0..2000u64,
        value in 1..30u32,
        unit in prop::sample::select(vec![Unit::CalendarDay, Unit::WorkingDay, Unit::Week, Unit::Month]),
    ) {
        let (period, calendar) = (Period { value, unit }, Calendar::england());
        let today = day("2024-01-01") + chrono::Days::new(offset);
        let from = period.counts_from(today, &calendar);
        prop_assert!(period.after(from, &calendar) >= today);
        prop_assert!(period.after(from.pred_opt().unwrap(), &calendar) < today);
    }

    #[test]
    fn backwards_undoes_forwards(from in 0..4000u64, days in 0..300u32) {
        let calendar = Calendar::england();
        let to = day("2024-01-01") + chrono::Days::new(from);
        let begin = calendar.working_days_before(to, days);
        prop_assert!(calendar.is_working_day(begin));
        prop_assert!(calendar.working_days_between(begin, to) >= i64::from(days));
        let later = calendar.next_working_day_on_or_after(begin.succ_opt().unwrap());
        prop_assert!(later > to || calendar.working_days_between(later, to) < i64::from(days));
        if calendar.is_working_day(to) {
            prop_assert_eq!(calendar.add_working_days(begin, days), to);
        }
    }

    #[test]
    fn the_cut_off_misses_no_notice(ahead in 0..60u64, offset in 0..800u64) {
        let (policy, calendar) = (policy(), Calendar::england());
        let today = day("2026-01-01") + chrono::Days::new(offset);
        let check = Upcoming { due_on: today + chrono::Days::new(ahead), created_on: day("2020-01-01"), tier: Tier::Amber };
        if let Some(notice) = owed(&check, &policy, &calendar, today) {
            prop_assert!(check.due_on <= horizon(notice, &policy, &calendar, today));
        }
        let last_due = horizon(Notice::Last, &policy, &calendar, today);
        let on_it = Upcoming { due_on: last_due, ..check };
        prop_assert_eq!(owed(&on_it, &policy, &calendar, today), Some(Notice::Last));
    }

    #[test]
    fn once_owed_a_notice_stays_owed_until_the_due_day(ahead in 0..60u64, created in 0..40u64) {
        let (policy, calendar) = (policy(), Calendar::england());
        let created_on = day("2026-11-23") + chrono::Days::new(created);
        let check = Upcoming { due_on: created_on + chrono::Days::new(ahead), created_on, tier: Tier::Red };
        let rank = |today| match owed(&check, &policy, &calendar, today) {
            None => 0,
            Some(Notice::First) => 1,
            Some(Notice::Last) => 2,
        };
        let days: Vec<u8> = created_on.iter_days().take_while(|today| *today <= check.due_on).map(rank).collect();
        prop_assert!(days.is_sorted());
        prop_assert!(ahead == 0 || days.last() == Some(&2));
    }
}
