//! The census return: a duty about no child, on the same clock as every check.

use super::*;
use crate::access::{Act, Viewer};
use crate::clock::At;
use crate::desk::diary;
use crate::duty::owed::{self, Duty, DutyState};
use crate::duty::whose::Whose;
use crate::duty::{lapse, lapse_list};
use crate::policy::policy_book;
use crate::returns::census::{self, SendingError};
use crate::rules::policy::change::Change;
use crate::rules::policy::{Period, PolicyKey, Unit};

const DATA_TEAM: &str = "kim.ford@example.com";

/// The return of the spring census of 21 January 2027, due on Friday 19 February, with Kim Ford in the data team.
fn world_with_a_data_team() -> World {
    let world = World::without_posts();
    world.give_post(Post::DataTeam, "Kim Ford");
    world.give_post(Post::Manager, "Robin Vale");
    world.give_post(Post::HeadOfService, "Jo Dale");
    world.sweep();
    world
}

impl World {
    /// The returns that were ever owed, the newest first.
    fn returns(&self) -> Vec<Duty> {
        self.run(|conn| owed::about_no_child(conn, self.authority))
    }

    /// Somebody sends every return whose census was taken.
    pub fn send_returns(&self) {
        for duty in self.returns() {
            if duty.state == DutyState::Open && duty.counted_from <= self.today() {
                let today = self.today().to_string();
                self.note_sent(&self.manager, &duty, &today).unwrap();
            }
        }
    }

    /// How many lapses are somebody's own: on their desk, and in the list.
    fn lapsed_on_desk_of(&self, viewer: &Viewer) -> (i64, i64) {
        let today = self.today();
        self.run(|conn| {
            let book = rulebook::load(conn, self.authority, today)?;
            let whose = Whose::Of(viewer.account().unwrap());
            let desk = diary::desk(conn, viewer, &book, whose)?;
            let open = lapse_list::count(conn, viewer, whose, today)?;
            Ok((desk.lapsed_total, open.total))
        })
    }

    /// An administrator sets a value from a day on.
    pub fn set_policy(&self, key: PolicyKey, value: u32, unit: Unit, from: &str) {
        let change = Change {
            key,
            tier: None,
            period: Period { value, unit },
            source: "letter of the Department".to_owned(),
            from: day(from),
            to: None,
        };
        let now = self.now();
        self.run(|tx| {
            let act = &mut Act::new(tx, &self.administrator, At::of(now));
            policy_book::set(act, &change, "The Department wrote").unwrap();
            Ok(())
        });
    }

    fn note_sent(&self, viewer: &Viewer, duty: &Duty, on: &str) -> Result<(), SendingError> {
        let now = self.now();
        let send =
            |tx: &mut Conn| census::send(&mut Act::new(tx, viewer, At::of(now)), duty, day(on));
        self.services.db.write_now(send)
    }
}

#[test]
fn a_return_is_told_of_in_time_lapses_and_climbs_until_it_is_sent() {
    let world = world_with_a_data_team();
    let spring = world.returns().remove(0);
    assert_eq!(spring.due_on, day("2027-02-19"));
    assert!(spring.why.contains("the spring census on 21 January 2027"));
    for (on, told) in [
        ("2027-02-04", None),
        ("2027-02-05", Some((DATA_TEAM, "1 return is due soon"))),
        ("2027-02-12", Some((DATA_TEAM, "1 return is due soon"))),
        ("2027-02-19", None),
        ("2027-02-20", Some((DATA_TEAM, "1 return has lapsed"))),
        ("2027-02-26", Some((MANAGER, "1 return has lapsed"))),
    ] {
        let mails = world.on(on).sweep();
        match told {
            None => assert!(mails.is_empty(), "{on}"),
            Some((recipient, words)) => {
                assert_eq!(recipients(&mails), [recipient], "{on}");
                assert!(mails[0].raw.contains(words), "{on}: {}", mails[0].raw);
                assert!(mails[0].raw.contains("Census return"), "{on}");
            }
        }
        world.assert_green();
    }

    let held = world.run(|conn| lapse::of_duty(conn, spring.key)).unwrap();
    world
        .answer_as(
            &world.manager,
            &held,
            "Kim sends it on Friday",
            "2027-03-05",
        )
        .unwrap();
    assert!(world.on("2027-03-05").sweep().is_empty(), "the plan stands");
    let mails = world.on("2027-03-06").sweep();
    assert_eq!(recipients(&mails), [DATA_TEAM, MANAGER], "one rung higher");

    let officer = world.officer.clone();
    let refused = world.note_sent(&officer, &spring, "2027-01-20");
    assert!(
        matches!(refused, Err(SendingError::Day(_))),
        "before the census"
    );
    let refused = world.note_sent(&officer, &spring, "2027-03-07");
    assert!(matches!(refused, Err(SendingError::Day(_))), "not yet");
    world.note_sent(&officer, &spring, "2027-03-06").unwrap();
    let again = world.note_sent(&officer, &spring, "2027-03-06");
    assert!(matches!(again, Err(SendingError::Closed)));

    let sent = world.run(|conn| owed::by_key(conn, spring.key));
    assert_eq!(sent.state, DutyState::Done);
    assert!(sent.closed_because.unwrap().contains("Sam Reed"));
    assert_eq!(
        world
            .run(|conn| lapse::of_duty(conn, spring.key))
            .map(|it| it.key),
        None
    );
    world.sweep();
    assert_eq!(
        world.returns()[0].due_on,
        day("2027-06-18"),
        "the next one is owed"
    );
    world.assert_green();
}

#[test]
fn where_nobody_is_in_the_data_team_the_manager_is_told_and_has_it_on_their_desk() {
    let world = World::without_posts();
    world.give_post(Post::Manager, "Robin Vale");
    world.sweep();
    let mails = world.on("2027-02-20").sweep();
    assert_eq!(recipients(&mails), [MANAGER]);
    assert!(
        mails[0].raw.contains("data team"),
        "and why they are: {}",
        mails[0].raw
    );

    assert_eq!(world.lapsed_on_desk_of(&world.manager), (1, 1));
    assert_eq!(world.lapsed_on_desk_of(&world.officer), (0, 0));
    world.assert_green();
}

#[test]
fn where_there_is_no_manager_either_it_is_on_the_desk_of_the_head_of_service() {
    let world = World::without_posts();
    world.give_post(Post::HeadOfService, "Kim Ford");
    world.sweep();
    assert_eq!(recipients(&world.on("2027-02-20").sweep()), [HEAD]);
    let staff = world.run(|conn| accounts::staff(conn, world.authority));
    let kim = staff.iter().find(|it| it.name == "Kim Ford").unwrap();
    let head = Viewer::of_person(world.authority, kim.key, Role::Manager, kim.name.clone());
    assert_eq!(world.lapsed_on_desk_of(&head), (1, 1));
    assert_eq!(world.lapsed_on_desk_of(&world.manager), (0, 0), "no post");
    world.assert_green();
}

#[test]
fn a_duty_about_a_child_that_is_of_a_post_is_its_holders_and_not_the_officers() {
    let world = world_with_a_data_team();
    let child = world.known_since_seen("2026-06-01");
    // No kind is such a duty yet: a return that is about a child stands for one.
    let of_child = format!(
        "INSERT INTO duty (reference, authority_id, child_id, kind, purpose, post, may_rest, counted_from,
            original_due_on, due_on, why, state, created_at)
         SELECT 'W-7K4M-2QXD', authority_id, {}, kind, purpose, 'head_of_service', may_rest, counted_from,
            original_due_on, due_on, why, state, created_at
         FROM duty WHERE kind = 'census_return' AND state = 'open' ORDER BY due_on LIMIT 1",
        child.number()
    );
    world.break_by_hand(&of_child);
    world.run(|tx| owed::copy_next(tx, child));
    world.send_returns();
    world.on("2027-02-23").sweep();
    let staff = world.run(|conn| accounts::staff(conn, world.authority));
    let jo = staff.iter().find(|it| it.name == "Jo Dale").unwrap();
    let head = Viewer::of_person(world.authority, jo.key, Role::Manager, jo.name.clone());
    assert_eq!(world.lapsed_on_desk_of(&head), (1, 1));
    assert_eq!(world.lapsed_on_desk_of(&world.officer), (0, 0));
    let checks = world.run(|conn| crate::visit::check::of_child(conn, child));
    assert!(
        checks.iter().all(|check| check.kind.is_check()),
        "and it is no check"
    );
}

#[test]
fn a_year_in_which_nothing_ran_forgets_no_return_and_none_is_owed_twice() {
    let world = World::new();
    world.give_post(Post::DataTeam, "Kim Ford");
    world.sweep();
    world.on("2027-11-30").sweep();
    let days: Vec<String> = world
        .returns()
        .iter()
        .map(|it| it.due_on.to_string())
        .collect();
    assert_eq!(
        days,
        ["2028-02-18", "2027-11-05", "2027-06-18", "2027-02-19"]
    );
    world.sweep();
    assert_eq!(world.returns().len(), 4);
    world.assert_green();
}

#[test]
fn a_return_is_brought_forward_when_its_census_is_and_may_be_sent_from_that_day() {
    let world = world_with_a_data_team();
    world.set_policy(PolicyKey::CensusSpring, 1, Unit::Thursday, "2027-01-04");
    world.on("2027-01-03").sweep();
    let spring = world.returns().remove(0);
    assert_eq!(spring.due_on, day("2027-02-19"), "not in force yet");

    world.on("2027-01-04").sweep();
    let sooner = world.returns().remove(0);
    assert_eq!(sooner.due_on, day("2027-02-05"));
    assert_eq!(sooner.original_due_on, day("2027-02-19"));
    assert!(
        sooner
            .why
            .contains("Brought forward on 4 January 2027 from 19 February 2027"),
        "{}",
        sooner.why
    );
    world.set_policy(PolicyKey::CensusSpring, 3, Unit::Thursday, "2027-01-05");
    world.on("2027-01-05").sweep();
    assert_eq!(
        world.returns()[0].due_on,
        day("2027-02-19"),
        "a slip is taken back"
    );
    world.set_policy(PolicyKey::CensusSpring, 1, Unit::Thursday, "2027-01-06");
    world.on("2027-01-06").sweep();
    let sooner = world.returns().remove(0);
    world.sweep();
    let again = world.returns();
    assert_eq!((again.len(), &again[0].why), (1, &sooner.why), "and once");
    world.assert_green();

    world.on("2027-01-12").sweep();
    let officer = world.officer.clone();
    let refused = world.note_sent(&officer, &sooner, "2027-01-06");
    assert!(
        matches!(refused, Err(SendingError::Day(from)) if from == "7 January 2027"),
        "before the census"
    );
    world.note_sent(&officer, &sooner, "2027-01-11").unwrap();
    world.assert_green();
}

#[test]
fn what_an_administrator_changed_since_the_sweep_is_no_broken_promise() {
    let world = world_with_a_data_team();
    world.on("2027-01-25").sweep();
    let later = world.now() + chrono::TimeDelta::minutes(5);
    world.services.clock.set(later);
    world.set_policy(PolicyKey::CensusReturn, 1, Unit::CalendarDay, "2027-01-25");
    world.assert_green();
    world.sweep();
    world.assert_green();
    assert_eq!(
        world.returns().len(),
        2,
        "the next is owed by the new value"
    );
}

#[test]
fn a_return_follows_the_policy_and_nobody_is_late_for_a_day_that_was_moved_to_before_today() {
    let world = world_with_a_data_team();
    world.set_policy(PolicyKey::CensusSpring, 4, Unit::Thursday, "2027-01-20");
    world.on("2027-01-20").sweep();
    let days: Vec<_> = world
        .returns()
        .iter()
        .map(|it| (it.state, it.due_on))
        .collect();
    assert_eq!(
        days,
        [
            (DutyState::Open, day("2027-02-26")),
            (DutyState::Cancelled, day("2027-02-19"))
        ],
        "no day is put off: one duty ends and another is owed"
    );
    assert!(
        world.sweep().is_empty() && world.returns().len() == 2,
        "and once"
    );
    world.assert_green();
    world.set_policy(PolicyKey::CensusSpring, 1, Unit::Thursday, "2027-02-15");
    world.on("2027-02-15").sweep();
    let open = world.returns().into_iter();
    let open = open.filter(|it| it.state == DutyState::Open);
    let days: Vec<_> = open.map(|it| it.due_on).collect();
    assert_eq!(days, [day("2027-06-18"), day("2027-02-15")]);
    world.assert_green();
    world.on("2027-02-16").sweep();
    let late = |it: &Duty| it.due_on == day("2027-02-15");
    let spring = world.returns().into_iter().find(late).unwrap();
    let lapsed = world.run(|conn| lapse::of_duty(conn, spring.key));
    assert!(lapsed.is_some());
    world.assert_green();
}

#[test]
fn a_return_that_was_never_written_down_breaks_a_promise() {
    let world = world_with_a_data_team();
    world
        .ending
        .leave_unproved("the return of a census was taken away by hand");
    world.on("2027-11-30").sweep();
    world.break_by_hand(
        "DELETE FROM notice; DELETE FROM lapse_step; DELETE FROM lapse;
        DELETE FROM duty WHERE occasion > '2027-10-01'",
    );
    let broken = world.broken_promises();
    assert!(
        broken.iter().any(|it| it.contains("census return")),
        "{broken:?}"
    );
}
