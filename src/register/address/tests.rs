//! Moves, corrections and what was made sure of, each with its dates.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::register::child;
use crate::register::testing::{World, day, now, world};

fn place(lines: &str, postcode: &str) -> Place {
    Place {
        lines: lines.to_owned(),
        town: "Testford".to_owned(),
        postcode: Some(Postcode::parse(postcode).unwrap()),
        uprn: None,
    }
}

fn moved(world: &World, child: ChildKey, to: &Place, from: NaiveDate) -> bool {
    world
        .run(|tx| move_child(tx, child, to, Source::Parent, from, now()))
        .is_some()
}

#[test]
fn a_letter_without_an_address_moves_nobody() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let nowhere = Place {
        lines: " ".to_owned(),
        town: String::new(),
        postcode: None,
        uprn: None,
    };
    assert!(!moved(&world, key, &nowhere, day(2026, 9, 1)));
    assert!(world.run(|conn| of_child(conn, key)).is_none());
}

#[test]
fn a_move_ends_the_old_home_and_keeps_it() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let (old, new) = (
        place("1 High Street", "M1 1AE"),
        place("2 Low Road", "M2 2BB"),
    );
    assert!(moved(&world, key, &old, day(2026, 9, 1)));
    assert!(
        !moved(&world, key, &old, day(2026, 10, 1)),
        "the same place is no move"
    );
    assert!(moved(&world, key, &new, day(2026, 11, 1)));
    let homes = world.run(|conn| history(conn, key));
    let known: Vec<_> = homes
        .iter()
        .map(|home| (&home.place, home.lived_from, home.lived_to))
        .collect();
    let expected = [
        (&new, day(2026, 11, 1), None),
        (&old, day(2026, 9, 1), Some(day(2026, 10, 31))),
    ];
    assert_eq!(known, expected);
    let record = world
        .run(|conn| child::by_key(conn, &world.officer, key))
        .unwrap();
    assert_eq!(record.postcode.as_deref(), Some("M2 2BB"));
}

#[test]
fn an_older_address_goes_into_the_history_where_it_belongs() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let (now_here, before, between) = (
        place("1 High Street", "M1 1AE"),
        place("2 Low Road", "M2 2BB"),
        place("3 Mill Lane", "M3 3AA"),
    );
    assert!(moved(&world, key, &now_here, day(2026, 9, 1)));
    assert!(moved(&world, key, &before, day(2024, 1, 1)));
    assert!(moved(&world, key, &between, day(2025, 1, 1)));
    assert!(
        !moved(&world, key, &between, day(2025, 1, 1)),
        "written down twice, held once"
    );
    assert!(!moved(&world, key, &now_here, day(2026, 8, 1)));
    let homes = world.run(|conn| history(conn, key));
    let known: Vec<_> = homes
        .iter()
        .map(|home| (&home.place, home.lived_from, home.lived_to))
        .collect();
    let expected = [
        (&now_here, day(2026, 9, 1), None),
        (&between, day(2025, 1, 1), Some(day(2026, 8, 31))),
        (&before, day(2024, 1, 1), Some(day(2024, 12, 31))),
    ];
    assert_eq!(known, expected);
    let record = world
        .run(|conn| child::by_key(conn, &world.officer, key))
        .unwrap();
    assert_eq!(record.postcode.as_deref(), Some("M1 1AE"));
}

#[test]
fn an_address_corrected_on_its_first_day_ends_on_it() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    moved(
        &world,
        key,
        &place("1 High Street", "M1 1AE"),
        day(2026, 9, 1),
    );
    moved(
        &world,
        key,
        &place("11 High Street", "M1 1AE"),
        day(2026, 9, 1),
    );
    let homes = world.run(|conn| history(conn, key));
    assert_eq!(homes.last().unwrap().lived_to, Some(day(2026, 9, 1)));
}

#[test]
fn moves_are_counted_without_corrections() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let days = || moves(&world.run(|conn| history(conn, key)));
    let to = |lines: &str, from| moved(&world, key, &place(lines, "M1 1AE"), from);
    to("1 High Street", day(2026, 3, 1));
    assert_eq!(days(), [], "the first home is no move");
    to("11 High Street", day(2026, 3, 1));
    assert_eq!(days(), [], "nor is its correction");
    to("2 Low Road", day(2026, 6, 1));
    to("22 Low Road", day(2026, 6, 1));
    to("11 High Street", day(2026, 9, 1));
    assert_eq!(days(), [day(2026, 6, 1), day(2026, 9, 1)]);
    to("3 New Road", day(2025, 1, 1));
    assert_eq!(
        days(),
        [day(2026, 3, 1), day(2026, 6, 1), day(2026, 9, 1)],
        "an earlier home makes the first one a move"
    );
}

#[test]
fn an_address_is_verified_until_a_visit_finds_it_wrong() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    let verified = |how: &str| {
        world.run(|tx| {
            verify(
                &mut Act::new(tx, &world.officer, At::of(now())),
                key,
                day(2026, 11, 20),
                how,
            )
        })
    };
    assert!(!verified("Home visit"), "there is nothing to verify yet");
    moved(
        &world,
        key,
        &place("1 High Street", "M1 1AE"),
        day(2026, 9, 1),
    );
    assert!(verified("Home visit"));
    let home = world.run(|conn| of_child(conn, key)).unwrap();
    assert_eq!(
        (home.verified_on, home.verified_by.as_deref()),
        (Some(day(2026, 11, 20)), Some("Sam Reed"))
    );
    let events = world.run(|conn| crate::access::audit::timeline(conn, key.number(), 1));
    assert_eq!(
        events.first().unwrap().detail,
        "Address verified on 20 November 2026: Home visit"
    );
    world.run(|tx| doubt(&mut Act::new(tx, &world.officer, At::of(now())), key));
    let home = world.run(|conn| of_child(conn, key)).unwrap();
    assert_eq!((home.verified_on, home.verified_by), (None, None));
}

#[test]
fn a_place_on_one_line_leaves_out_what_is_not_known() {
    let mut place = place("Flat 2\n1 High Street", "M1 1AE");
    assert_eq!(
        place.on_one_line(),
        "Flat 2, 1 High Street, Testford, M1 1AE"
    );
    place.town.clear();
    place.postcode = None;
    assert_eq!(place.on_one_line(), "Flat 2, 1 High Street");
}
