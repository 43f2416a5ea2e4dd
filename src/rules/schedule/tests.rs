//! First checks, the checks after them, and their sentences.

use super::*;
use crate::rules::policy::defaults;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn policy() -> Policy {
    Policy::at(&defaults(), "884", day("2026-11-23"))
}

fn first(entry: Entry, tier: Tier) -> Vec<DutyOwed> {
    first_checks(&entry, tier, &policy(), &Calendar::england())
}

fn known(registered_on: &str, last_seen_on: Option<&str>) -> DutyOwed {
    let entry = Entry::AlreadyKnown {
        taken_on: day("2026-11-23"),
        registered_on: day(registered_on),
        last_seen_on: last_seen_on.map(day),
    };
    let [check] = first(entry, Tier::Green).try_into().unwrap();
    check
}

#[test]
fn a_notification_owes_four_checks_and_sooner_for_red() {
    let received_on = day("2026-11-23");
    let due = |tier| {
        first(Entry::Notified { received_on }, tier)
            .into_iter()
            .map(|check| (check.kind, check.due_on.to_string()))
            .collect::<Vec<_>>()
    };
    let dates = |acknowledged: &str, contacted: &str, met: &str, decided: &str| {
        vec![
            (DutyKind::Acknowledgement, acknowledged.to_owned()),
            (DutyKind::FirstContact, contacted.to_owned()),
            (DutyKind::FirstMeeting, met.to_owned()),
            (DutyKind::SuitabilityDecision, decided.to_owned()),
        ]
    };
    assert_eq!(
        due(Tier::Green),
        dates("2026-12-07", "2026-12-07", "2026-12-21", "2027-01-07")
    );
    assert_eq!(
        due(Tier::Red),
        dates("2026-11-30", "2026-11-25", "2026-11-30", "2026-12-21")
    );
}

#[test]
fn a_check_says_its_rule_its_value_and_its_source() {
    let received_on = day("2026-03-03");
    let checks = first(Entry::Notified { received_on }, Tier::Green);
    assert_eq!(
        checks[2].why,
        "First meeting: 20 working days after the notification was received on 3 March 2026 \
         (default policy, after Manchester and Lincolnshire practice)."
    );
}

#[test]
fn a_check_is_never_without_a_date() {
    let nothing = Policy::at(&[], "884", day("2026-11-23"));
    let entry = Entry::Notified {
        received_on: day("2026-11-23"),
    };
    let without = first_checks(&entry, Tier::Green, &nothing, &Calendar::england());
    let with = first(entry, Tier::Green);
    for (without, with) in without.iter().zip(&with) {
        assert_eq!(without.due_on, with.due_on);
        assert!(
            without.why.contains("no value is in force here"),
            "{}",
            without.why
        );
    }
}

#[test]
fn a_child_known_before_is_owed_the_recurring_check() {
    let seen_lately = known("2024-09-02", Some("2026-09-07"));
    assert_eq!(seen_lately.kind, DutyKind::RecurringCheck);
    assert_eq!(seen_lately.due_on, day("2027-09-07"));
    assert!(
        seen_lately
            .why
            .contains("12 months after the child was seen on 7 September 2026")
    );

    let registered_lately = known("2026-09-02", None);
    assert_eq!(registered_lately.due_on, day("2027-09-02"));
    assert!(
        registered_lately
            .why
            .contains("after the child was registered on 2 September 2026")
    );
}

#[test]
fn a_check_long_due_on_an_old_list_gets_the_time_of_a_first_meeting() {
    let overdue = known("2019-09-02", Some("2022-05-03"));
    assert_eq!(overdue.due_on, day("2026-12-21"));
    assert_eq!(overdue.counted_from, day("2026-11-23"));
    assert_eq!(
        overdue.why,
        "Recurring check: 20 working days after the list was taken over on 23 November 2026, as for a first meeting \
         (default policy, after Manchester and Lincolnshire practice); by the recurring period it was due on 3 May 2023."
    );
}

#[test]
fn each_check_of_seeing_the_child_is_followed_by_another() {
    let on = day("2026-11-23");
    let next = |kind, tier| {
        next_check(kind, on, tier, &policy(), &Calendar::england())
            .map(|check| (check.kind, check.due_on.to_string()))
    };
    let second = |due: &str| Some((DutyKind::SecondCheck, due.to_owned()));
    let recurring = |due: &str| Some((DutyKind::RecurringCheck, due.to_owned()));
    assert_eq!(
        next(DutyKind::FirstMeeting, Tier::Green),
        second("2027-02-23")
    );
    assert_eq!(
        next(DutyKind::FirstMeeting, Tier::Amber),
        second("2027-01-04")
    );
    assert_eq!(
        next(DutyKind::FirstMeeting, Tier::Red),
        second("2026-12-21")
    );
    assert_eq!(
        next(DutyKind::SecondCheck, Tier::Green),
        recurring("2027-11-23")
    );
    assert_eq!(
        next(DutyKind::RecurringCheck, Tier::Amber),
        recurring("2027-05-23")
    );
    assert_eq!(
        next(DutyKind::RecurringCheck, Tier::Red),
        recurring("2027-02-23")
    );
    for kind in [
        DutyKind::Acknowledgement,
        DutyKind::FirstContact,
        DutyKind::SuitabilityDecision,
    ] {
        assert_eq!(next(kind, Tier::Red), None);
    }
}

#[test]
fn a_new_attempt_keeps_the_purpose() {
    let attempt = new_attempt(
        Purpose::Contact,
        day("2026-11-23"),
        Tier::Amber,
        &policy(),
        &Calendar::england(),
    );
    assert_eq!(attempt.kind, DutyKind::NewAttempt);
    assert_eq!(attempt.purpose, Purpose::Contact);
    assert_eq!(attempt.due_on, day("2026-11-30"));
}

proptest! {
    #[test]
    fn a_higher_tier_is_never_due_later(days in 730_000..750_000i32) {
        let received_on = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        let due = |tier| first(Entry::Notified { received_on }, tier);
        let (green, amber, red) = (due(Tier::Green), due(Tier::Amber), due(Tier::Red));
        for ((green, amber), red) in green.iter().zip(&amber).zip(&red) {
            prop_assert!(received_on < red.due_on);
            prop_assert!(red.due_on <= amber.due_on && amber.due_on <= green.due_on);
        }
    }

    #[test]
    fn a_list_taken_over_lapses_nothing_on_its_first_day(
        days in 720_000..740_000i32,
        seen_after in prop::option::of(0..4_000u64),
        tier in prop::sample::select(Tier::ALL),
    ) {
        let registered_on = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        let taken_on = day("2026-11-23");
        let last_seen_on = seen_after.map(|days| registered_on + chrono::Days::new(days));
        let checks = first(Entry::AlreadyKnown { taken_on, registered_on, last_seen_on }, tier);
        prop_assert_eq!(checks.len(), 1);
        prop_assert!(checks[0].due_on > taken_on);
        prop_assert_eq!(checks[0].purpose, Purpose::SeeChild);
    }
}
