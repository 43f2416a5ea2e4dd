//! The ladder, day by day.

use super::*;
use crate::rules::policy::defaults;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A check that was due on Monday 23 November 2026.
fn lapse(tier: Tier) -> LapseState {
    LapseState {
        due_on: day("2026-11-23"),
        tier,
        acknowledged_plan_by: None,
        closed: false,
    }
}

fn steps(lapse: LapseState, today: &str) -> Vec<Step> {
    owed_on(lapse, day(today))
        .into_iter()
        .map(|owed| owed.step)
        .collect()
}

fn owed_on(lapse: LapseState, today: NaiveDate) -> Vec<StepOwed> {
    let policy = Policy::at(&defaults(), "884", today);
    owed(&lapse, &policy, &Calendar::england(), today)
}

#[test]
fn a_lapse_climbs_by_working_days() {
    let lapse = lapse(Tier::Green);
    assert_eq!(steps(lapse, "2026-11-23"), []);
    assert_eq!(steps(lapse, "2026-11-24"), [Step::Lapsed]);
    assert_eq!(steps(lapse, "2026-11-29"), [Step::Lapsed]);
    assert_eq!(steps(lapse, "2026-11-30"), [Step::Lapsed, Step::Manager]);
    assert_eq!(
        steps(lapse, "2026-12-07"),
        [Step::Lapsed, Step::Manager, Step::HeadOfService]
    );
    assert_eq!(steps(lapse, "2026-12-14"), Step::ALL);
    assert_eq!(steps(lapse, "2030-01-01"), Step::ALL);
}

#[test]
fn red_goes_to_everybody_on_the_first_day() {
    assert_eq!(steps(lapse(Tier::Red), "2026-11-23"), []);
    assert_eq!(steps(lapse(Tier::Red), "2026-11-24"), Step::ALL);
}

#[test]
fn a_plan_holds_the_ladder_until_its_day_has_passed() {
    let planned = LapseState {
        acknowledged_plan_by: Some(day("2026-12-04")),
        ..lapse(Tier::Green)
    };
    assert_eq!(steps(planned, "2026-12-04"), []);
    assert_eq!(steps(planned, "2026-12-05"), [Step::Lapsed, Step::Manager]);
}

#[test]
fn a_check_that_is_done_owes_no_step() {
    let done = LapseState {
        closed: true,
        ..lapse(Tier::Red)
    };
    assert_eq!(steps(done, "2027-11-24"), []);
}

#[test]
fn a_ladder_with_every_period_switched_off_is_the_shipped_one() {
    let nothing = Policy::at(&[], "884", day("2026-11-23"));
    let owed = owed(
        &lapse(Tier::Green),
        &nothing,
        &Calendar::england(),
        day("2026-12-14"),
    );
    assert_eq!(owed.len(), Step::ALL.len());
}

#[test]
fn above_every_post_there_is_another_up_to_the_duty_mailbox() {
    for post in Post::ALL {
        let mut reached = *post;
        let mut climbed = 0;
        while let Some(above) = reached.next_above() {
            reached = above;
            climbed += 1;
            assert!(climbed < Post::ALL.len(), "{post:?} goes round in circles");
        }
        assert_eq!(reached, Post::DutyMailbox);
    }
}

proptest! {
    #[test]
    fn what_was_owed_once_stays_owed(days in 0..200u64, tier in prop::sample::select(Tier::ALL)) {
        let today = day("2026-11-23") + chrono::Days::new(days);
        let (before, after) = (owed_on(lapse(tier), today), owed_on(lapse(tier), today + chrono::Days::new(1)));
        prop_assert!(after.starts_with(&before));
        prop_assert!(before.iter().all(|owed| day("2026-11-23") < owed.owed_on && owed.owed_on <= today));
    }
}
