//! Clocks that jump, nights on which they change, and days that come once in four years are ordinary; what was missed
//! meanwhile is made good.

use super::*;

impl World {
    /// It is this moment, UTC.
    fn at(&self, moment: &str) -> &Self {
        self.services.clock.set(moment.parse().unwrap());
        self
    }

    /// On which days the child's lapses were opened.
    fn opened(&self, child: ChildKey) -> Vec<NaiveDate> {
        let lapses = self.lapses(child);
        lapses.iter().map(|lapse| lapse.opened_on).collect()
    }
}

#[test]
fn a_clock_that_jumps_back_an_hour_tells_nobody_twice() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    // The notice that it is due soon is given before.
    world.on("2026-12-01").sweep();
    assert_eq!(world.at("2026-12-02T00:30:00").sweep().len(), 2);
    for moment in [
        "2026-12-01T23:30:00",
        "2026-12-02T00:15:00",
        "2026-12-02T00:45:00",
    ] {
        assert!(world.at(moment).sweep().is_empty(), "{moment}");
        assert_eq!(world.opened(child), [day("2026-12-02")], "{moment}");
        world.assert_green();
    }
}

#[test]
fn a_job_that_died_under_a_clock_ahead_of_time_does_not_hold_up_the_next() {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    let ahead = morning("2031-01-01");
    let until = ahead + chrono::TimeDelta::minutes(5);
    assert!(
        world.run(|tx| crate::jobs::store::runner::take_lease(tx, "sweep", "dead", ahead, until))
    );
    assert_eq!(world.on("2026-12-02").sweep().len(), 2);
    world.assert_green();
}

#[test]
fn a_check_lapses_at_midnight_in_england_when_summer_time_begins_and_ends() {
    for (seen, before, after, opened) in [
        (
            "2026-03-28",
            "2027-03-28T22:59:59",
            "2027-03-28T23:00:00",
            "2027-03-29",
        ),
        (
            "2025-10-31",
            "2026-10-31T23:59:59",
            "2026-11-01T00:00:00",
            "2026-11-01",
        ),
    ] {
        let world = World::new();
        world.on("2026-03-30");
        let child = world.known_since_seen(seen);
        world.at(before).sweep();
        assert!(world.opened(child).is_empty(), "{before}");
        world.at(after).sweep();
        assert_eq!(world.opened(child), [day(opened)], "{after}");
        world.assert_green();
    }
}

#[test]
fn the_29th_of_february_and_the_31st_of_december_are_ordinary_days() {
    for (seen, due, lapsed) in [
        ("2027-02-28", "2028-02-28", "2028-02-29"),
        ("2028-02-29", "2029-02-28", "2029-03-01"),
        ("2026-12-31", "2027-12-31", "2028-01-01"),
        ("2027-12-31", "2028-12-31", "2029-01-01"),
    ] {
        let world = World::new();
        let child = world.on(seen).known_since_seen(seen);
        assert_eq!(
            world.check(child, DutyKind::RecurringCheck).due_on,
            day(due)
        );
        world.on(due).sweep();
        assert!(world.opened(child).is_empty(), "{due}");
        world.on(lapsed).sweep();
        assert_eq!(world.opened(child), [day(lapsed)], "{due}");
        world.assert_green();
    }
}

#[test]
fn after_days_off_everybody_has_been_told_what_they_would_have_been_day_by_day() {
    let told_after = |days: &[&str]| {
        let world = World::new();
        let children = [
            world.known_since_seen("2025-12-01"),
            world.known_since_seen("2025-12-07"),
            world.known_since_seen("2025-12-14"),
        ];
        let mut letters = Vec::new();
        for today in days {
            letters.push(recipients(&world.on(today).sweep()).len());
        }
        world.assert_green();
        assert!(world.sweep().is_empty());
        let told = children.map(|child| {
            let [lapse] = world.lapses(child).try_into().unwrap();
            let told = world.run(|conn| lapse::told(conn, lapse.key));
            let mut steps: Vec<String> = told
                .iter()
                .map(|told| format!("{:?} {:?}", told.step, told.post))
                .collect();
            steps.sort();
            (lapse.due_on, steps)
        });
        (told, letters)
    };
    let every_day: Vec<String> = (1..=23).map(|day| format!("2026-12-{day:02}")).collect();
    let every_day: Vec<&str> = every_day.iter().map(String::as_str).collect();
    let (day_by_day, _) = told_after(&every_day);
    let (at_once, letters) = told_after(&["2026-12-23"]);
    assert_eq!(at_once, day_by_day);
    // Six recipients, a letter each, however much there is to say.
    assert_eq!(letters, [6]);
}
