//! Who changes a policy, from when, and what becomes of it and of the children.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use chrono::Days;

use crate::access::Act;
use crate::clock::At;
use crate::policy::rulebook;
use crate::register::testing::{World, day, now, world};
use crate::rules::policy::{Period, Unit};

fn today() -> NaiveDate {
    now().date()
}

fn contact(value: u32, from: NaiveDate) -> Change {
    Change {
        key: PolicyKey::FirstContact,
        tier: Some(Tier::Green),
        period: Period {
            value,
            unit: Unit::WorkingDay,
        },
        source: "cabinet of 3 November 2026".to_owned(),
        from,
        to: None,
    }
}

fn set_as(world: &World, viewer: &Viewer, change: &Change, reason: &str) -> Outcome<()> {
    world
        .db
        .write_now(|tx| set(&mut Act::new(tx, viewer, At::of(now())), change, reason))
}

fn in_force(world: &World, on: NaiveDate) -> String {
    let authority = world.administrator.authority();
    let book = world.run(|conn| rulebook::load(conn, authority, on));
    let holds = book.policy.always(PolicyKey::FirstContact, Tier::Green);
    format!("{} ({})", holds.period().words(), holds.source())
}

#[test]
fn an_administrator_sets_a_value_from_a_day_and_nobody_else_does() {
    let world = world();
    let change = contact(8, day(2026, 12, 1));
    for viewer in [&world.officer, &world.manager, &world.parent] {
        let refused = set_as(&world, viewer, &change, "cabinet");
        assert!(matches!(refused, Err(PolicyError::NotAllowed)));
    }
    let admin = &world.administrator;
    let refused = set_as(&world, admin, &change, " ");
    assert!(matches!(refused, Err(PolicyError::NoReason)));
    set_as(&world, admin, &change, "The cabinet decided").unwrap();
    assert!(in_force(&world, day(2026, 11, 30)).starts_with("10 working days"));
    assert_eq!(
        in_force(&world, day(2026, 12, 1)),
        "8 working days (cabinet of 3 November 2026)"
    );
    let held = world.run(|conn| all(conn, admin)).pop().unwrap();
    assert_eq!(held.by.as_deref(), Some("Chris Lane"));
    assert_eq!(held.reason, "The cabinet decided");
    let elsewhere = world.run(|conn| all(conn, &world.elsewhere));
    assert!(elsewhere.iter().all(|held| held.row.authority.is_none()));
}

#[test]
fn every_child_is_assessed_again_after_a_change() {
    let world = world();
    let (child, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let due = |world: &World| {
        let authority = world.administrator.authority();
        world.run(|conn| reassessment::due(conn, authority, today(), 10))
    };
    assert!(due(&world).is_empty());
    set_as(&world, &world.administrator, &contact(8, today()), "why").unwrap();
    assert_eq!(due(&world), [child]);
}

#[test]
fn a_value_to_come_is_withdrawn_and_what_held_goes_on() {
    let world = world();
    let admin = &world.administrator;
    set_as(&world, admin, &contact(9, today()), "first").unwrap();
    set_as(&world, admin, &contact(8, day(2026, 12, 1)), "second").unwrap();
    let take_back = |from| {
        world.db.write_now(|tx| {
            let which = (PolicyKey::FirstContact, Some(Tier::Green));
            withdraw(
                &mut Act::new(tx, admin, At::of(now())),
                which,
                from,
                "an error",
            )
        })
    };
    assert!(matches!(
        take_back(day(2026, 11, 30)),
        Err(PolicyError::NothingToCome)
    ));
    take_back(day(2026, 12, 1)).unwrap();
    assert!(in_force(&world, day(2027, 12, 1)).starts_with("9 working days"));
    assert!(matches!(
        take_back(day(2026, 12, 1)),
        Err(PolicyError::NothingToCome)
    ));
}

#[test]
fn a_wrong_value_is_put_right_on_the_day_it_was_entered_and_stays_on_record() {
    let world = world();
    let admin = &world.administrator;
    set_as(&world, admin, &contact(9, today()), "a slip").unwrap();
    set_as(&world, admin, &contact(2, today()), "another slip").unwrap();
    set_as(&world, admin, &contact(8, today()), "as decided").unwrap();
    assert!(in_force(&world, today()).starts_with("8 working days"));
    let held = world.run(|conn| all(conn, admin));
    let own: Vec<(u32, bool)> = held
        .iter()
        .filter(|held| held.row.authority.is_some())
        .map(|held| (held.row.period.value, held.corrected_at.is_some()))
        .collect();
    assert_eq!(own, [(9, true), (2, true), (8, false)]);

    let late = world.db.write_now(|tx| {
        let change = contact(7, today());
        set(
            &mut Act::new(tx, admin, At::of(now() + Days::new(1))),
            &change,
            "too late",
        )
    });
    assert!(matches!(late, Err(PolicyError::Change(_))), "{late:?}");
}

#[test]
fn what_was_entered_today_is_taken_back_and_what_held_goes_on() {
    let world = world();
    let admin = &world.administrator;
    let yesterday = today().pred_opt().unwrap();
    let before = now() - Days::new(1);
    world
        .db
        .write_now(|tx| {
            set(
                &mut Act::new(tx, admin, At::of(before)),
                &contact(9, yesterday),
                "first",
            )
        })
        .unwrap();
    set_as(&world, admin, &contact(2, today()), "a slip").unwrap();
    let take_back = |from| {
        world.db.write_now(|tx| {
            let which = (PolicyKey::FirstContact, Some(Tier::Green));
            withdraw(
                &mut Act::new(tx, admin, At::of(now())),
                which,
                from,
                "an error",
            )
        })
    };
    let refused = take_back(yesterday);
    assert!(matches!(refused, Err(PolicyError::NothingToCome)));
    take_back(today()).unwrap();
    assert!(in_force(&world, today()).starts_with("9 working days"));
    assert!(in_force(&world, day(2027, 12, 1)).starts_with("9 working days"));
}

#[test]
fn the_act_commences_in_one_authority_and_ends_again() {
    let world = world();
    let admin = &world.administrator;
    let commenced = |viewer: &Viewer, on| {
        let authority = viewer.authority();
        world
            .run(|conn| rulebook::load(conn, authority, on))
            .policy
            .has_commenced()
    };
    let far = day(2030, 1, 1);
    assert!(!commenced(admin, far));
    let begin = |from| {
        world
            .db
            .write_now(|tx| commence(&mut Act::new(tx, admin, At::of(now())), from, "SI 2027/1"))
    };
    let end = |last| {
        world.db.write_now(|tx| {
            end_commencement(&mut Act::new(tx, admin, At::of(now())), last, "an error")
        })
    };
    assert!(matches!(end(today()), Err(PolicyError::NotCommenced)));
    begin(day(2027, 4, 1)).unwrap();
    assert!(begin(day(2027, 5, 1)).is_err());
    assert!(!commenced(admin, day(2027, 3, 31)) && commenced(admin, far));
    assert!(!commenced(&world.elsewhere, far));
    end(day(2027, 6, 1)).unwrap();
    assert!(commenced(admin, day(2027, 6, 1)) && !commenced(admin, far));
    begin(day(2028, 1, 1)).unwrap();
    assert!(commenced(admin, far));
    end(today()).unwrap();
    assert!(!commenced(admin, far), "taken out before it began");
}
