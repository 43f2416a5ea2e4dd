//! How much officers can do in a week, and where a backlog goes.

use super::*;
use crate::rules::policy::{Policy, defaults};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn england() -> Calendar {
    Calendar::england()
}

fn due(on: &str, kind: DutyKind, tier: Tier, count: u32) -> Due {
    Due {
        on: day(on),
        kind,
        tier,
        count,
    }
}

#[test]
fn a_week_is_monday_to_sunday_over_the_new_year_too() {
    for (of, monday) in [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-29", "2026-11-23"),
        ("2027-01-01", "2026-12-28"),
        ("2028-02-29", "2028-02-28"),
    ] {
        assert_eq!(week_of(day(of)), day(monday), "{of}");
    }
    let weeks = weeks(day("2026-12-31"), 3);
    assert_eq!(weeks, ["2026-12-28", "2027-01-04", "2027-01-11"].map(day));
}

#[test]
fn checks_are_sorted_into_their_weeks_and_followed_by_others() {
    let today = day("2026-11-25");
    let policy = Policy::at(&defaults(), "990", today);
    let weeks = weeks(today, 26);
    let checks = [
        due("2026-11-24", DutyKind::RecurringCheck, Tier::Red, 2),
        due("2026-11-25", DutyKind::FirstMeeting, Tier::Green, 3),
        due("2026-12-06", DutyKind::Acknowledgement, Tier::Amber, 4),
        due("2027-11-25", DutyKind::RecurringCheck, Tier::Green, 5),
    ];
    let load = load(&checks, &weeks, today, &policy, &england());
    assert_eq!(load.late.red, 2);
    assert_eq!(load.open[0].green, 3);
    assert_eq!(load.open[1].amber, 4);
    assert_eq!(load.later, 5);
    let follow: Vec<(NaiveDate, u32)> = weeks
        .iter()
        .zip(&load.to_follow)
        .filter(|(_, load)| load.total() > 0)
        .map(|(week, load)| (*week, load.total()))
        .collect();
    // Red: every three months from today. Green: the second check three months after the first meeting.
    assert_eq!(follow, [(day("2027-02-22"), 5)]);
}

#[test]
fn officers_do_fewer_checks_in_weeks_with_holidays_and_while_away() {
    let always = Vec::new();
    let away = vec![(day("2026-11-26"), day("2026-12-31"))];
    let (week, christmas) = (day("2026-11-23"), day("2026-12-21"));
    let of = |monday, from, officers: &[Vec<Away>]| capacity(monday, from, officers, 5, &england());
    assert_eq!(of(week, week, &[always.clone(), always.clone()]), 10);
    assert_eq!(of(week, week, &[always.clone(), away.clone()]), 8);
    assert_eq!(
        of(week, day("2026-11-27"), &[always.clone(), away.clone()]),
        1
    );
    assert_eq!(of(christmas, week, &[always, away]), 4);
    assert_eq!(of(week, week, &[]), 0);
}

#[test]
fn what_is_late_takes_the_room_of_the_first_weeks() {
    assert_eq!(rooms(&[4, 4, 4, 4], &[5, 0, 1, 0], 4), [0, 0, 2, 4]);
    assert_eq!(rooms(&[4, 4], &[1, 2], 0), [3, 2]);
}

/// Weeks from Monday 4 January 2027 on.
fn room(rooms: &[u32]) -> Vec<(NaiveDate, u32)> {
    weeks(day("2027-01-04"), rooms.len())
        .into_iter()
        .zip(rooms.iter().copied())
        .collect()
}

fn check(tier: Tier, due_on: &str) -> Movable {
    Movable {
        tier,
        due_on: day(due_on),
    }
}

#[test]
fn a_hump_becomes_flat_and_red_goes_first() {
    let hump = [
        check(Tier::Green, "2027-01-22"),
        check(Tier::Amber, "2027-01-22"),
        check(Tier::Red, "2027-01-22"),
    ];
    assert_eq!(
        spread(&hump, &room(&[1, 1, 1]), &england()),
        [
            Place::Stays,
            Place::Forward(day("2027-01-15")),
            Place::Forward(day("2027-01-08")),
        ]
    );
    assert_eq!(
        spread(&hump, &room(&[3, 0, 3]), &england()),
        [Place::Stays; 3]
    );
}

#[test]
fn what_has_no_room_before_its_day_stays_and_is_said() {
    let two = [
        check(Tier::Green, "2027-01-08"),
        check(Tier::Green, "2027-01-08"),
    ];
    assert_eq!(
        spread(&two, &room(&[1, 9]), &england()),
        [Place::NoRoom, Place::Stays]
    );
}

#[test]
fn red_does_not_take_the_only_week_of_a_green_check_when_another_will_do() {
    let checks = [
        check(Tier::Green, "2027-01-15"),
        check(Tier::Red, "2027-01-29"),
        check(Tier::Green, "2027-01-29"),
    ];
    assert_eq!(
        spread(&checks, &room(&[1, 0, 1, 1]), &england()),
        [
            Place::Forward(day("2027-01-08")),
            Place::Forward(day("2027-01-22")),
            Place::Stays,
        ]
    );
}

fn tier() -> impl Strategy<Value = Tier> {
    prop_oneof![Just(Tier::Red), Just(Tier::Amber), Just(Tier::Green)]
}

const WEEKS: usize = 12;

fn backlog() -> impl Strategy<Value = (Vec<Movable>, Vec<u32>)> {
    let check = (tier(), 0..WEEKS as u64 * 7).prop_map(|(tier, days)| Movable {
        tier,
        due_on: day("2027-01-04") + Days::new(days),
    });
    (
        prop::collection::vec(check, 0..80),
        prop::collection::vec(0_u32..9, WEEKS),
    )
}

fn is_in(week: NaiveDate, check: &Movable, place: &Place) -> bool {
    match place {
        Place::Forward(on) => week_of(*on) == week,
        Place::Stays | Place::NoRoom => week_of(check.due_on) == week,
    }
}

proptest! {
    #[test]
    fn nothing_is_put_off_nor_brought_before_the_first_week((checks, rooms) in backlog()) {
        let places = spread(&checks, &room(&rooms), &england());
        prop_assert_eq!(places.len(), checks.len());
        for (check, place) in checks.iter().zip(&places) {
            if let Place::Forward(on) = place {
                prop_assert!(week_of(*on) < week_of(check.due_on));
                prop_assert!(*on >= day("2027-01-04"));
                prop_assert!(england().is_working_day(*on));
            }
        }
    }

    #[test]
    fn no_week_has_more_than_its_room_but_for_what_is_said_to_have_none((checks, rooms) in backlog()) {
        let room = room(&rooms);
        let places = spread(&checks, &room, &england());
        for (week, room) in &room {
            let placed = checks.iter().zip(&places).filter(|(check, place)| {
                **place != Place::NoRoom && is_in(*week, check, place)
            });
            prop_assert!(placed.count() <= usize::try_from(*room).unwrap());
        }
    }

    /// By Hall's theorem, as many are left over as there are too many up to some week.
    #[test]
    fn room_is_found_for_as_many_as_can_have_it((checks, rooms) in backlog()) {
        let room = room(&rooms);
        let left_over = spread(&checks, &room, &england())
            .iter()
            .filter(|place| **place == Place::NoRoom)
            .count();
        let mut sum = 0_usize;
        let too_many = room.iter().map(|(week, room)| {
            sum += usize::try_from(*room).unwrap();
            let due = checks.iter().filter(|check| week_of(check.due_on) <= *week).count();
            due.saturating_sub(sum)
        });
        prop_assert_eq!(left_over, too_many.max().unwrap_or_default());
    }

    #[test]
    fn of_one_week_red_goes_before_amber_before_green((checks, rooms) in backlog()) {
        let places = spread(&checks, &room(&rooms), &england());
        for (one, one_place) in checks.iter().zip(&places) {
            for (other, other_place) in checks.iter().zip(&places) {
                let same_week = week_of(one.due_on) == week_of(other.due_on);
                let (Place::Forward(_), Place::Stays) = (one_place, other_place) else {
                    continue;
                };
                prop_assert!(!same_week || one.tier >= other.tier, "{one:?} {other:?}");
            }
        }
        let moved = |tier| checks.iter().zip(&places).filter_map(move |(check, place)| match place {
            Place::Forward(on) if check.tier == tier => Some((week_of(check.due_on), *on)),
            _ => None,
        });
        for (week, red) in moved(Tier::Red) {
            for (other_week, green) in moved(Tier::Green) {
                prop_assert!(week != other_week || red <= green);
            }
        }
    }

    #[test]
    fn the_same_backlog_is_spread_the_same_way((checks, rooms) in backlog()) {
        let again = || spread(&checks, &room(&rooms), &england());
        prop_assert_eq!(again(), again());
    }
}
