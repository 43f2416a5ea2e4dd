//! Worked examples, and properties that must hold for every date.

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn working_days_skip_weekends_and_bank_holidays() {
    let calendar = Calendar::england();
    let add = |from, days| calendar.add_working_days(day(from), days).to_string();
    assert_eq!(add("2026-12-18", 5), "2026-12-29");
    assert_eq!(add("2026-12-18", 10), "2027-01-06");
    assert_eq!(add("2026-11-23", 20), "2026-12-21");
    assert_eq!(add("2026-11-21", 0), "2026-11-21");
    assert_eq!(add("2026-11-21", 1), "2026-11-23");
}

#[test]
fn the_notice_period_begins_with_the_day_of_service() {
    let served = day("2026-11-23");
    assert_eq!(last_day(served, 15, FirstDay::Counts), day("2026-12-07"));
    assert_eq!(last_day(served, 10, FirstDay::Counts), day("2026-12-02"));
    assert_eq!(
        last_day(served, 15, FirstDay::DoesNotCount),
        day("2026-12-08")
    );
    assert_eq!(last_day(served, 0, FirstDay::Counts), served);
}

#[test]
fn months_end_on_the_last_day_there_is() {
    assert_eq!(add_months(day("2027-01-31"), 1), day("2027-02-28"));
    assert_eq!(add_months(day("2024-02-29"), 12), day("2025-02-28"));
    assert_eq!(add_weeks(day("2026-11-23"), 6), day("2027-01-04"));
}

#[test]
fn an_administrator_can_add_and_take_out_holidays() {
    let moved = Calendar::england()
        .without(&[day("2026-05-04")])
        .with_holidays([day("2026-05-08"), day("2026-05-09")]);
    assert!(moved.is_working_day(day("2026-05-04")));
    assert!(!moved.is_working_day(day("2026-05-08")));
    assert_eq!(
        moved.working_days_between(day("2026-05-01"), day("2026-05-11")),
        5
    );
}

#[test]
fn the_next_working_day_may_be_today() {
    let calendar = Calendar::england();
    let next = |from| calendar.next_working_day_on_or_after(day(from)).to_string();
    assert_eq!(next("2026-11-23"), "2026-11-23");
    assert_eq!(next("2026-12-25"), "2026-12-29");
}

#[test]
fn dates_beyond_the_end_of_time_are_the_end_of_time() {
    let calendar = Calendar::england();
    let today = day("2026-11-23");
    assert_eq!(calendar.add_working_days(today, u32::MAX), NaiveDate::MAX);
    assert_eq!(calendar.add_working_days(NaiveDate::MAX, 1), NaiveDate::MAX);
    assert_eq!(
        calendar.next_working_day_on_or_after(NaiveDate::MAX),
        NaiveDate::MAX
    );
    assert_eq!(last_day(today, u32::MAX, FirstDay::Counts), NaiveDate::MAX);
    assert_eq!(add_months(today, u32::MAX), NaiveDate::MAX);
    assert_eq!(add_weeks(today, u32::MAX), NaiveDate::MAX);
    assert!(calendar.working_days_between(NaiveDate::MIN, NaiveDate::MAX) > 0);
}

prop_compose! {
    fn any_date()(days in 700_000..780_000i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(days).unwrap()
    }
}

proptest! {
    #[test]
    fn adding_then_counting_gives_the_same_number(from in any_date(), days in 0..2_000u32) {
        let calendar = Calendar::england();
        let reached = calendar.add_working_days(from, days);
        prop_assert_eq!(calendar.working_days_between(from, reached), i64::from(days));
        prop_assert_eq!(calendar.working_days_between(reached, from), -i64::from(days));
        prop_assert!(days == 0 || calendar.is_working_day(reached));
    }

    #[test]
    fn counting_agrees_with_a_finger_on_the_wall_calendar(from in any_date(), length in 0..400u64) {
        let calendar = Calendar::england();
        let to = from + Days::new(length);
        let by_finger = from.iter_days().skip(1).take_while(|day| *day <= to)
            .filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(calendar.working_days_between(from, to), by_finger as i64);
    }

    #[test]
    fn more_days_never_end_sooner(from in any_date(), days in 0..500u32, more in 1..50u32) {
        let calendar = Calendar::england();
        prop_assert!(calendar.add_working_days(from, days) < calendar.add_working_days(from, days + more));
        prop_assert!(calendar.add_working_days(from, days) <= calendar.add_working_days(from + Days::new(1), days));
    }
}
