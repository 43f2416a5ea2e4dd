//! Children are added, found by whoever may see them, and amended by one person at a time.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::register::testing::{World, day, new_child, now, particulars, world};
use crate::rules::codes::Sex;

fn ada() -> Particulars {
    particulars("Ada", "Moss", day(2015, 4, 3))
}

fn amended(
    world: &World,
    of: &Reference,
    version: i32,
    to: &Particulars,
) -> Result<(), AmendError> {
    world.db.write_now(|tx| {
        amend(
            &mut Act::new(tx, &world.officer, At::of(now())),
            of,
            version,
            to,
        )
    })
}

fn last_event(world: &World, key: ChildKey) -> (String, String) {
    let events = world.run(|conn| crate::access::audit::timeline(conn, key.number(), 1));
    events
        .first()
        .map(|event| (event.action.as_str().to_owned(), event.detail.clone()))
        .unwrap()
}

fn timeline_length(world: &World, key: ChildKey) -> usize {
    world
        .run(|conn| crate::access::audit::timeline(conn, key.number(), 100))
        .len()
}

#[test]
fn what_was_added_is_found_by_those_who_may_see_it() {
    let world = world();
    let mut new = new_child(ada());
    new.particulars.upn = Some(Upn::parse("B801200005001").unwrap());
    new.particulars.nhs_number = Some(NhsNumber::parse("9990000018").unwrap());
    new.other_reference = Some("EHE/77".to_owned());
    let (key, reference) = world.add_child(&new);
    let found = |viewer: &Viewer| world.run(|conn| find(conn, viewer, &reference));
    let record = found(&world.officer).unwrap();
    assert_eq!(
        (record.key, &record.particulars, record.version),
        (key, &new.particulars, 1)
    );
    assert_eq!(record.other_reference.as_deref(), Some("EHE/77"));
    for viewer in [&world.elsewhere, &world.administrator, &world.parent] {
        assert!(found(viewer).is_none(), "{viewer:?}");
        assert!(
            world.run(|conn| by_key(conn, viewer, key)).is_none(),
            "{viewer:?}"
        );
    }
    world.make_parent(&world.parent, key);
    assert!(found(&world.parent).is_some());
}

#[test]
fn a_restricted_child_is_seen_by_its_officer_and_managers() {
    let world = world();
    let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
    world.restrict_to(&world.colleague, key);
    let seen = |viewer: &Viewer| world.run(|conn| find(conn, viewer, &reference)).is_some();
    assert!(seen(&world.colleague) && seen(&world.manager) && seen(&world.program));
    assert!(!seen(&world.officer));
    assert_eq!(last_event(&world, key).0, "child_restricted");
    let open_by = |viewer: &Viewer| {
        let opened = |tx: &mut Conn| restrict(&mut Act::new(tx, viewer, At::of(now())), key, false);
        world.db.write_now(opened)
    };
    for other in [
        &world.colleague,
        &world.officer,
        &world.administrator,
        &world.parent,
    ] {
        assert!(matches!(open_by(other), Err(AmendError::NotAllowed)));
    }
    open_by(&world.elsewhere).unwrap();
    assert!(
        !seen(&world.officer),
        "who may not see a record cannot open it"
    );
    open_by(&world.manager).unwrap();
    assert!(seen(&world.officer));
}

#[test]
fn an_amendment_says_what_changed() {
    let world = world();
    let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
    let mut new = particulars("Ada", "Moss-Hill", day(2015, 4, 4));
    new.sex = Sex::Female;
    amended(&world, &reference, 1, &new).unwrap();
    let detail = "Family name: Moss → Moss-Hill. Date of birth: 3 April 2015 → 4 April 2015. Sex: Unknown → Female";
    assert_eq!(
        last_event(&world, key),
        ("child_amended".to_owned(), detail.to_owned())
    );
    let record = world
        .run(|conn| find(conn, &world.officer, &reference))
        .unwrap();
    assert_eq!((record.particulars, record.version), (new, 2));
}

#[test]
fn the_second_of_two_who_save_is_told_and_shown_the_first() {
    let world = world();
    let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
    amended(
        &world,
        &reference,
        1,
        &particulars("Ada", "First", day(2015, 4, 3)),
    )
    .unwrap();
    let before = timeline_length(&world, key);
    match amended(
        &world,
        &reference,
        1,
        &particulars("Ada", "Second", day(2015, 4, 3)),
    ) {
        Err(AmendError::Changed(stored)) => assert_eq!(stored.particulars.family_name, "First"),
        other => panic!("{other:?}"),
    }
    assert_eq!(timeline_length(&world, key), before);
    assert!(matches!(
        world.db.write_now(|tx| amend(
            &mut Act::new(tx, &world.elsewhere, At::of(now())),
            &reference,
            2,
            &ada()
        )),
        Err(AmendError::NotFound)
    ));
}

#[test]
fn an_identifier_belongs_to_one_child_even_if_that_one_cannot_be_seen() {
    let world = world();
    let upn = Upn::parse("B801200005001").unwrap();
    let mut hidden = new_child(particulars("Bo", "Vale", day(2014, 1, 2)));
    hidden.particulars.upn = Some(upn.clone());
    let (key, _) = world.add_child(&hidden);
    world.restrict_to(&world.colleague, key);
    let (_, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
    let mut new = ada();
    new.upn = Some(upn);
    assert!(matches!(
        amended(&world, &reference, 1, &new),
        Err(AmendError::UpnTaken)
    ));
    new.upn = Some(Upn::parse("P207000016049").unwrap());
    amended(&world, &reference, 1, &new).unwrap();
    amended(&world, &reference, 2, &new).unwrap();
}

#[test]
fn the_latest_day_seen_stays() {
    let world = world();
    let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
    world.run(|tx| note_seen(tx, key, day(2026, 10, 1), "Sam Reed"));
    world.run(|tx| note_seen(tx, key, day(2026, 9, 1), "Alex Moss"));
    let record = world.run(|conn| by_key(conn, &world.officer, key)).unwrap();
    assert_eq!(
        (record.last_seen_on, record.last_seen_by.as_deref()),
        (Some(day(2026, 10, 1)), Some("Sam Reed"))
    );
}
