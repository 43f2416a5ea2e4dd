//! The ladder, day by day.

use super::*;
use crate::rules::policy::defaults;
use proptest::prelude::*;
use std::collections::HashSet;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A check that was due on Monday 23 November 2026.
fn lapse(tier: Tier) -> LapseState {
    LapseState {
        ladder: Ladder::Welfare,
        owner: Post::Officer,
        due_on: day("2026-11-23"),
        opened_on: day("2026-11-24"),
        tier,
        round: 0,
        plan_by: None,
        planned_on: None,
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
    owed(&lapse, &policy, &Calendar::england(), today).collect()
}

/// The same lapse, after as many plans, the last of them by a day.
fn planned(lapse: LapseState, plans: u32, by: &str) -> LapseState {
    LapseState {
        round: plans,
        plan_by: Some(day(by)),
        ..lapse
    }
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
    assert_eq!(steps(lapse, "2026-12-14"), Step::LADDER);
    assert_eq!(steps(lapse, "2030-01-01"), Step::LADDER);
}

#[test]
fn red_goes_to_everybody_on_the_first_day() {
    assert_eq!(steps(lapse(Tier::Red), "2026-11-23"), []);
    assert_eq!(steps(lapse(Tier::Red), "2026-11-24"), Step::LADDER);
}

#[test]
fn a_plan_that_is_not_kept_begins_another_round_one_rung_higher() {
    let once = planned(lapse(Tier::Green), 1, "2026-12-04");
    assert_eq!(steps(once, "2026-12-04"), []);
    assert_eq!(steps(once, "2026-12-05"), [Step::Lapsed, Step::Manager]);
    assert_eq!(steps(once, "2026-12-17"), [Step::Lapsed, Step::Manager]);
    assert_eq!(
        steps(once, "2026-12-18"),
        [Step::Lapsed, Step::Manager, Step::HeadOfService]
    );
    assert_eq!(steps(once, "2026-12-29"), Step::LADDER);
    let twice = planned(lapse(Tier::Green), 2, "2026-12-04");
    assert_eq!(
        steps(twice, "2026-12-05"),
        [Step::Lapsed, Step::Manager, Step::HeadOfService]
    );
    for plans in 3..10 {
        let often = planned(lapse(Tier::Green), plans, "2026-12-04");
        assert_eq!(steps(often, "2026-12-05"), Step::LADDER);
    }
    let red = planned(lapse(Tier::Red), 1, "2026-12-04");
    assert_eq!(steps(red, "2026-12-04"), []);
    assert_eq!(steps(red, "2026-12-05"), Step::LADDER);
}

#[test]
fn each_step_says_why_it_is_owed_on_its_day() {
    let policy = Policy::at(&defaults(), "884", day("2026-11-23"));
    let green = lapse(Tier::Green);
    let broken = planned(green, 1, "2026-12-04");
    for (step, lapse, sentence) in [
        (
            Step::Lapsed,
            green,
            "The day after the check was due on 23 November 2026: a lapse is told on the next day.",
        ),
        (
            Step::Manager,
            green,
            "5 working days after the check was due on 23 November 2026 (default policy; no published ladder was found).",
        ),
        (
            Step::DutyMailbox,
            lapse(Tier::Red),
            "The day after the check was due on 23 November 2026: a child in red climbs the whole ladder at once.",
        ),
        (
            Step::Manager,
            broken,
            "The day after the plan by 4 December 2026 was not kept: each plan that is not kept starts the ladder one step \
             higher, and there was one plan.",
        ),
        (
            Step::HeadOfService,
            broken,
            "10 working days after the plan by 4 December 2026 was not kept (default policy; no published ladder was found).",
        ),
    ] {
        assert_eq!(why(step, &lapse, &policy), sentence);
    }
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
    let (lapse, calendar) = (lapse(Tier::Green), Calendar::england());
    let owed = owed(&lapse, &nothing, &calendar, day("2026-12-14"));
    assert_eq!(owed.count(), Step::LADDER.len());
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

fn any_lapse() -> impl Strategy<Value = LapseState> {
    let plan = prop::option::of((1..6u32, 1..60u64));
    (prop::sample::select(Tier::ALL), plan).prop_map(|(tier, plan)| LapseState {
        round: plan.map_or(0, |(plans, _)| plans),
        plan_by: plan.map(|(_, days)| day("2026-11-23") + chrono::Days::new(days)),
        ..lapse(tier)
    })
}

proptest! {
    #[test]
    fn what_was_owed_once_stays_owed(lapse in any_lapse(), days in 0..250u64) {
        let today = day("2026-11-23") + chrono::Days::new(days);
        let (before, after) = (owed_on(lapse, today), owed_on(lapse, today + chrono::Days::new(1)));
        prop_assert!(after.starts_with(&before));
        prop_assert!(before.iter().all(|owed| lapse.counted_from() < owed.owed_on && owed.owed_on <= today));
    }

    #[test]
    fn each_step_is_owed_once_a_round_and_none_while_a_plan_stands(lapse in any_lapse(), days in 0..250u64) {
        let today = day("2026-11-23") + chrono::Days::new(days);
        let owed = owed_on(lapse, today);
        let mut steps: Vec<Step> = owed.iter().map(|owed| owed.step).collect();
        steps.dedup();
        prop_assert_eq!(steps.len(), owed.len());
        prop_assert!(owed.iter().all(|owed| owed.round == lapse.round));
        if lapse.plan_by.is_some_and(|plan_by| today <= plan_by) {
            prop_assert!(owed.is_empty());
        } else if lapse.tier == Tier::Red && today > lapse.counted_from() {
            prop_assert_eq!(owed.len(), Step::LADDER.len());
        }
    }

    #[test]
    fn nothing_more_is_owed_before_the_day_of_the_next_step(lapse in any_lapse(), days in 0..250u64, later in 0..400u64) {
        let today = day("2026-11-23") + chrono::Days::new(days);
        let policy = Policy::at(&defaults(), "884", today);
        let next = next_step_on(&lapse, &policy, &Calendar::england(), today);
        let then = today + chrono::Days::new(later);
        let grew = owed_on(lapse, then).len() > owed_on(lapse, today).len();
        prop_assert_eq!(grew, next.is_some_and(|next| next <= then));
    }

    #[test]
    fn one_more_broken_plan_is_never_later(lapse in any_lapse(), days in 0..250u64) {
        let today = day("2026-11-23") + chrono::Days::new(days);
        let harder = LapseState { round: lapse.round + 1, ..lapse };
        prop_assert!(owed_on(lapse, today).len() <= owed_on(harder, today).len());
    }
}

proptest! {
    #[test]
    fn from_the_plan_that_the_policy_names_on_a_manager_is_needed(plans in 0..50u32, number in 2..=3u32) {
        let today = day("2026-11-23");
        let mut rows = defaults();
        for row in rows.iter_mut().filter(|row| row.key == PolicyKey::PlansAlone) {
            row.period.value = number;
        }
        let policy = Policy::at(&rows, "884", today);
        prop_assert!(!next_plan_needs_manager(0, &policy), "an officer can answer");
        prop_assert_eq!(next_plan_needs_manager(plans, &policy), plans + 1 >= number);
    }
}

/// The same lapse with a plan that was made on a day.
fn answered(lapse: LapseState, plans: u32, on: &str, by: &str) -> LapseState {
    LapseState {
        planned_on: Some(day(on)),
        ..planned(lapse, plans, by)
    }
}

#[test]
fn plans_that_only_a_manager_makes_are_heard_higher_and_higher() {
    let green = lapse(Tier::Green);
    for (plans, on, by, told) in [
        (2, "2026-12-20", "2027-01-10", &[][..]),
        (3, "2027-01-10", "2027-02-07", &Step::RENEWALS[..1]),
        (4, "2027-02-01", "2027-02-07", Step::RENEWALS),
        (9, "2027-02-01", "2027-02-07", Step::RENEWALS),
        // A first plan beyond the ceiling (84 days from the opening), and beyond it by another longest plan.
        (1, "2027-02-01", "2027-02-16", &[]),
        (1, "2027-02-01", "2027-02-17", &Step::RENEWALS[..1]),
        (1, "2027-03-01", "2027-03-16", &Step::RENEWALS[..1]),
        (1, "2027-03-01", "2027-03-17", Step::RENEWALS),
    ] {
        let held = answered(green, plans, on, by);
        assert_eq!(steps(held, on), told, "plan {plans} by {by}");
        assert!(
            owed_on(held, day(on))
                .iter()
                .all(|owed| owed.owed_on == day(on))
        );
    }
    let done = LapseState {
        closed: true,
        ..answered(green, 9, "2027-02-01", "2027-02-07")
    };
    assert_eq!(steps(done, "2027-02-01"), []);
}

#[test]
fn who_hears_of_a_plan_is_said_before_it_is_made() {
    let (policy, calendar) = (
        Policy::at(&defaults(), "884", day("2026-11-24")),
        Calendar::england(),
    );
    let words = |plans| {
        who_hears(
            plans,
            day("2026-11-24"),
            Ladder::Welfare,
            Post::Officer,
            &policy,
            &calendar,
        )
        .unwrap()
    };
    assert_eq!(
        words(0),
        "A plan by a day after 16 February 2027 will be told to the head of service at once."
    );
    assert_eq!(
        words(2),
        "This is plan 3 for this lapse: the head of service will be told of it at once."
    );
    assert_eq!(
        words(3),
        "This is plan 4 for this lapse: the head of service, duty mailbox and safeguarding lead will be told of it at once."
    );
}

/// Everybody from the head of service up.
fn those_above() -> HashSet<Post> {
    let steps = Step::RENEWALS.iter();
    steps
        .flat_map(|step| step.posts(Ladder::Welfare, Post::Officer))
        .collect()
}

proptest! {
    /// Each answer waits some days and plans for some days, as people like it; the longest plan bounds the second.
    #[test]
    fn whatever_people_answer_everybody_above_hears_of_a_lapse_that_stays_open(
        tier in prop::sample::select(Tier::ALL),
        answers in prop::collection::vec((0..30u64, 0..=28u64), 40),
    ) {
        let policy = Policy::at(&defaults(), "884", day("2026-11-23"));
        let calendar = Calendar::england();
        // Four plans of 28 days, and between them as long as the ladder takes, over Christmas too.
        let bound = day("2026-11-24") + chrono::Days::new(5 * (28 + 30));
        let mut held = lapse(tier);
        let mut heard: HashSet<Post> = HashSet::new();
        let mut today = day("2026-11-24");
        let mut hear = |held: &LapseState, from: NaiveDate, to: NaiveDate| {
            for today in from.iter_days().take_while(|today| *today <= to.min(bound)) {
                let owed = owed(held, &policy, &calendar, today);
                heard.extend(owed.flat_map(|owed| owed.step.posts(Ladder::Welfare, Post::Officer)));
            }
        };
        for (waits, lasts) in answers {
            let next = today + chrono::Days::new(waits);
            hear(&held, today, next);
            today = next;
            held = LapseState {
                round: held.round + 1,
                planned_on: Some(today),
                plan_by: Some(today + chrono::Days::new(lasts)),
                ..held
            };
        }
        hear(&held, today, bound);
        prop_assert!(heard.is_superset(&those_above()), "{heard:?}");
    }
}
