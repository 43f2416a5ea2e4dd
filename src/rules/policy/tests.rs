//! The shipped policy as printed, and which row wins.

use super::*;
use crate::rules::calendar::Calendar;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-23")
}

fn shipped() -> Policy {
    Policy::at(&defaults(), "884", today())
}

fn row(key: PolicyKey, value: u32) -> PolicyRow {
    PolicyRow {
        authority: None,
        key,
        tier: None,
        period: Period {
            value,
            unit: Unit::WorkingDay,
        },
        source: "test".to_owned(),
        set: PolicySet::Default,
        confirmed: true,
        effective_from: Some(day("2020-01-01")),
        effective_to: None,
    }
}

#[test]
fn the_shipped_file_is_whole() {
    let rows = read(include_str!("default.csv")).unwrap();
    for key in PolicyKey::ALL {
        let of_key: Vec<_> = rows.iter().filter(|row| row.key == *key).collect();
        let for_all = of_key.len() == 1 && of_key.iter().all(|row| row.tier.is_none());
        let by_tier = of_key.len() == 3 && of_key.iter().all(|row| row.tier.is_some());
        assert!(
            for_all || by_tier,
            "{key:?} has neither one row nor one for each tier"
        );
    }
    assert!(rows.iter().all(|row| !row.source.is_empty()));
}

#[test]
fn the_shipped_periods_are_those_of_the_printed_policy() {
    let policy = shipped();
    let words = |key| {
        Tier::ALL
            .iter()
            .map(|tier| policy.find(key, *tier).unwrap().period.words())
            .collect::<Vec<_>>()
    };
    let printed = [
        (
            PolicyKey::RecordAndCrossChecks,
            ["5 working days", "2 working days", "0 working days"],
        ),
        (
            PolicyKey::Acknowledgement,
            ["10 working days", "5 working days", "5 working days"],
        ),
        (
            PolicyKey::FirstContact,
            ["10 working days", "5 working days", "2 working days"],
        ),
        (
            PolicyKey::FirstMeeting,
            ["20 working days", "10 working days", "5 working days"],
        ),
        (
            PolicyKey::SuitabilityDecision,
            ["30 working days", "20 working days", "20 working days"],
        ),
        (PolicyKey::NotYetConfident, ["92 calendar days"; 3]),
        (PolicyKey::SecondCheck, ["3 months", "6 weeks", "4 weeks"]),
        (
            PolicyKey::RecurringCheck,
            ["12 months", "6 months", "3 months"],
        ),
        (
            PolicyKey::FailedVisitRebooked,
            ["10 working days", "5 working days", "2 working days"],
        ),
        (
            PolicyKey::ImprovementPeriod,
            ["6 weeks", "6 weeks", "4 weeks"],
        ),
        (PolicyKey::LapseToManager, ["5 working days"; 3]),
        (PolicyKey::LapseToHeadOfService, ["10 working days"; 3]),
        (PolicyKey::LapseToDutyMailbox, ["15 working days"; 3]),
        (PolicyKey::S437Notice, ["15 calendar days"; 3]),
    ];
    for (key, periods) in printed {
        assert_eq!(words(key), periods, "{key:?}");
    }
}

#[test]
fn thirteen_weeks_and_a_day_are_92_days() {
    let from = day("2026-11-23");
    let period = shipped()
        .find_for_all(PolicyKey::NotYetConfident)
        .unwrap()
        .period;
    assert_eq!(
        period.after(from, &Calendar::england()),
        crate::rules::calendar::add_weeks(from, 13)
            .succ_opt()
            .unwrap()
    );
}

#[test]
fn the_2026_act_is_off_until_a_date_is_entered() {
    let policy = shipped();
    let mut rows = defaults();
    for row in rows.iter_mut().filter(|row| row.set == PolicySet::Cnis2026) {
        assert!(!row.confirmed);
        assert_eq!(policy.find(row.key, Tier::Green), None, "{:?}", row.key);
        row.effective_from = Some(day("2027-09-01"));
    }
    let key = PolicyKey::PreliminaryNotice2026;
    assert!(
        Policy::at(&rows, "884", day("2027-08-31"))
            .find(key, Tier::Green)
            .is_none()
    );
    assert!(
        Policy::at(&rows, "884", day("2027-09-01"))
            .find(key, Tier::Green)
            .is_some()
    );
}

#[test]
fn the_authority_beats_the_default_and_the_later_beats_the_earlier() {
    let key = PolicyKey::FirstContact;
    let of_authority = |value, from: &str| PolicyRow {
        authority: Some("884".to_owned()),
        effective_from: Some(day(from)),
        ..row(key, value)
    };
    let default_for_green = PolicyRow {
        tier: Some(Tier::Green),
        ..row(key, 9)
    };
    let rows = [
        default_for_green,
        of_authority(8, "2025-01-01"),
        of_authority(7, "2026-11-23"),
        of_authority(6, "2026-11-24"),
    ];
    let value = |authority, on| {
        Policy::at(&rows, authority, on)
            .find(key, Tier::Green)
            .unwrap()
            .period
            .value
    };
    assert_eq!(value("885", today()), 9);
    assert_eq!(value("884", day("2026-11-22")), 8);
    assert_eq!(value("884", today()), 7);
    assert_eq!(value("884", day("2026-11-24")), 6);
}

#[test]
fn a_row_for_one_tier_beats_a_row_for_all() {
    let key = PolicyKey::FirstContact;
    let rows = [
        row(key, 10),
        PolicyRow {
            tier: Some(Tier::Red),
            ..row(key, 1)
        },
    ];
    let policy = Policy::at(&rows, "884", today());
    assert_eq!(policy.find(key, Tier::Red).unwrap().period.value, 1);
    assert_eq!(policy.find(key, Tier::Green).unwrap().period.value, 10);
    assert_eq!(policy.find_for_all(key).unwrap().period.value, 10);
}

#[test]
fn a_row_is_in_force_on_its_last_day_and_not_after() {
    let key = PolicyKey::FirstContact;
    let rows = [PolicyRow {
        effective_to: Some(today()),
        ..row(key, 10)
    }];
    assert!(
        Policy::at(&rows, "884", today())
            .find(key, Tier::Green)
            .is_some()
    );
    assert!(
        Policy::at(&rows, "884", day("2026-11-24"))
            .find(key, Tier::Green)
            .is_none()
    );
}

#[test]
fn what_must_never_be_without_a_period_takes_the_shipped_one() {
    let nothing = Policy::at(&[], "884", today());
    let holds = nothing.always(PolicyKey::FirstMeeting, Tier::Amber);
    assert_eq!(holds.period().words(), "10 working days");
    assert!(
        holds
            .source()
            .starts_with("no value is in force here, so the default policy")
    );
    assert_eq!(
        shipped()
            .always(PolicyKey::FirstMeeting, Tier::Amber)
            .period(),
        holds.period()
    );
}

#[test]
fn a_file_with_an_unknown_word_is_refused() {
    let heading = "key,tier,value,unit,source,set,confirmed,effective_from\n";
    let wrong = |line: &str| read(&format!("{heading}{line}")).unwrap_err().to_string();
    assert_eq!(
        wrong("first_contact,blue,1,week,x,default,yes,"),
        "the policy file cannot be read: “blue” is not in the list Tier"
    );
    assert!(wrong("first_contact,,many,week,x,default,yes,").contains("line: 2"));
}

#[test]
fn one_of_a_unit_is_said_so() {
    let words = |value, unit| Period { value, unit }.words();
    assert_eq!(words(1, Unit::Month), "1 month");
    assert_eq!(words(1, Unit::WorkingDay), "1 working day");
    assert_eq!(words(10, Unit::SchoolDay), "10 school days");
}

proptest! {
    #[test]
    fn a_longer_period_never_ends_sooner(
        unit in prop::sample::select(Unit::ALL).prop_filter("a time", |unit| !matches!(unit, Unit::Times | Unit::Thursday)),
        value in 0..600u32,
        days in 730_000..750_000i32,
    ) {
        let calendar = Calendar::england();
        let from = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        let ends = |value| Period { value, unit }.after(from, &calendar);
        prop_assert!(from <= ends(value));
        prop_assert!(ends(value) < ends(value + 1));
    }

    #[test]
    fn no_period_is_too_long(unit in prop::sample::select(Unit::ALL), value in any::<u32>()) {
        let ends = Period { value, unit }.after(today(), &Calendar::england());
        prop_assert!(ends >= today());
    }
}
