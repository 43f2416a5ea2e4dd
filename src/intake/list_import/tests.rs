//! Lists that are taken over while others write, and who may take one over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::register::testing::{day, now, world};

#[test]
fn only_who_works_with_children_takes_a_list_over() {
    let world = world();
    let taken = |viewer: &Viewer| {
        let mapping = Mapping::default();
        let list = b"Surname,Forename,DOB\nMoss,Ada,03/04/2015\n";
        let order = Order {
            dry_run: true,
            ..order(list, &mapping, viewer)
        };
        take(
            &world.db,
            &order,
            &Clock::Fixed(day(2026, 11, 23)),
            &mut |_| {},
        )
    };
    for other in [&world.administrator, &world.parent] {
        assert!(matches!(taken(other), Err(ImportError::NotAllowed)));
    }
    for viewer in [&world.officer, &world.manager, &world.program] {
        assert!(!matches!(taken(viewer), Err(ImportError::NotAllowed)));
    }
}

/// Twenty children, by surname, forename and year of birth, of whom nobody is like another.
fn child_of(number: usize) -> (&'static str, &'static str, i32) {
    const SURNAMES: [&str; 5] = ["Abbott", "Fenwick", "Kowalski", "Osei", "Underhill"];
    const FORENAMES: [&str; 4] = ["Ada", "Bruno", "Mei", "Tomasz"];
    let year = 2008 + i32::try_from(number / 2).unwrap();
    (SURNAMES[number % 5], FORENAMES[number % 4], year)
}

fn twenty() -> Vec<u8> {
    let mut list = String::from("Surname,Forename,DOB\n");
    for number in 0..20 {
        let (surname, forename, year) = child_of(number);
        let (month, day) = (number % 12 + 1, number + 1);
        list.push_str(&format!(
            "{surname},{forename},{day:02}/{month:02}/{year}\n"
        ));
    }
    list.into_bytes()
}

fn order<'a>(list: &'a [u8], mapping: &'a Mapping, viewer: &'a Viewer) -> Order<'a> {
    Order {
        file_name: "list.csv",
        bytes: list,
        mapping,
        whose: Whose::One(viewer),
        dry_run: false,
    }
}

#[test]
fn a_child_who_comes_onto_the_register_while_a_list_is_taken_over_is_found_in_it() {
    let world = world();
    let (list, mapping) = (twenty(), Mapping::default());
    let mut put = Vec::new();
    let mut meanwhile = |done: Progress| {
        // Whoever is next in the list, each time that others may write.
        let Progress::Taken(done, _) = done else {
            return;
        };
        if done < 20 {
            let (surname, forename, year) = child_of(done);
            let number = u32::try_from(done).unwrap();
            let born = day(year, number % 12 + 1, number + 1);
            let child = world.add(forename, surname, born);
            world.run(|tx| {
                Act::new(tx, &world.program, At::of(now())).note(
                    Action::ChildRegistered,
                    Subject::child(child.0),
                    "by hand",
                )
            });
            put.push(child.1);
        }
    };
    let clock = Clock::Fixed(day(2026, 11, 23));
    let report = take(
        &world.db,
        &order(&list, &mapping, &world.manager),
        &clock,
        &mut meanwhile,
    );
    let counts = report.unwrap().counts;
    assert!(put.len() > 1, "the list came in one part");
    assert_eq!(
        (counts.taken, counts.unchanged, counts.rows),
        (20 - put.len(), put.len(), 20)
    );
}

#[test]
fn a_list_is_taken_over_while_somebody_writes_all_the_time() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let world = world();
    let (list, mapping) = (twenty(), Mapping::default());
    let is_done = AtomicBool::new(false);
    let clock = Clock::Fixed(day(2026, 11, 23));
    let report = std::thread::scope(|scope| {
        let (db, program) = (&world.db, &world.program);
        let is_done = &is_done;
        scope.spawn(move || {
            let again = |tx: &mut Conn| {
                let act = &mut Act::new(tx, program, At::of(now()));
                act.note(Action::AuthorityDescribed, Subject::AUTHORITY, "again")
            };
            while !is_done.load(Ordering::Relaxed) {
                db.write_now(again).unwrap();
            }
        });
        let order = order(&list, &mapping, &world.manager);
        let report = take(&world.db, &order, &clock, &mut |_| {});
        is_done.store(true, Ordering::Relaxed);
        report
    });
    assert_eq!(report.unwrap().counts.taken, 20);
}
