//! Who leaves the register takes nothing along that somebody is still owed, and whoever has to hear of it does.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::rules::codes::ClosureReason;
use crate::standing::closure::{self, Closure, ClosureError, MovedTo};

impl World {
    fn close(&self, child: ChildKey, by: &Viewer, door: &Closure) -> Result<(), ClosureError> {
        let (record, now) = (self.record(child), self.now());
        self.services
            .db
            .write_now(|tx| closure::close(&mut Act::new(tx, by, At::of(now)), &record, door))
    }

    fn is_duplicate_of(&self, goes: ChildKey, stays: ChildKey) {
        let door = Closure {
            reason: ClosureReason::Duplicate,
            on: self.today(),
            named: self.record(stays).reference.to_string(),
            moved_to: None,
            evidence: "The same names, compared with the parent".to_owned(),
        };
        self.close(goes, &self.manager, &door).unwrap();
    }
}

fn moved(to: Option<MovedTo>, on: &str) -> Closure {
    Closure {
        reason: ClosureReason::Moved,
        on: day(on),
        named: String::new(),
        moved_to: to,
        evidence: "Dana Hill of the team there, by secure email".to_owned(),
    }
}

#[test]
fn a_duplicate_leaves_its_earlier_clock_to_the_record_that_stays() {
    let world = World::new();
    let goes = world.known_since_seen("2025-12-01");
    let stays = world.known_since_seen("2026-06-01");
    let before = world.check(stays, DutyKind::RecurringCheck);
    assert_eq!(before.due_on, day("2027-06-01"));
    world.on("2026-11-20").is_duplicate_of(goes, stays);
    let after = world.check(stays, DutyKind::RecurringCheck);
    assert_eq!(after.due_on, day("2026-12-01"));
    assert_eq!(after.original_due_on, before.original_due_on);
    assert!(
        after.why.contains("from 1 June 2027 to 1 December 2026")
            && after.why.contains("a duplicate of this record"),
        "{}",
        after.why
    );
    assert_eq!(world.record(stays).next_check_on, Some(day("2026-12-01")));
    assert!(world.open_kinds(goes).is_empty());
    world.on("2026-12-02").sweep();
    assert_eq!(world.lapses(stays).len(), 1, "it lapses as it would have");
}

#[test]
fn a_later_clock_of_a_duplicate_changes_nothing() {
    let world = World::new();
    let goes = world.known_since_seen("2026-06-01");
    let stays = world.known_since_seen("2025-12-01");
    let before = world.check(stays, DutyKind::RecurringCheck);
    world.on("2026-11-20").is_duplicate_of(goes, stays);
    let after = world.check(stays, DutyKind::RecurringCheck);
    assert_eq!((after.due_on, &after.why), (before.due_on, &before.why));
}

#[test]
fn an_open_lapse_of_a_duplicate_goes_on_with_all_who_were_told() {
    let world = World::new();
    let goes = world.known_since_seen("2025-12-01");
    let stays = world.known_since_seen("2026-06-01");
    assert_eq!(world.on("2026-12-02").sweep().len(), 2);
    let lapse = world.lapses(goes).remove(0);
    world.on("2026-12-03").is_duplicate_of(goes, stays);
    assert!(world.lapses(goes).is_empty());
    let carried = world.lapses(stays).remove(0);
    assert_eq!(carried.reference, lapse.reference);
    assert!(carried.closed.is_none());
    assert_eq!(carried.due_on, day("2026-12-01"));
    assert!(world.sweep().is_empty(), "nobody is told the same again");
    world.assert_green();
    let (mut told, mut on) = (Vec::new(), day("2026-12-04"));
    while told.is_empty() {
        told = world.on(&on.to_string()).sweep();
        on = on.succ_opt().unwrap();
    }
    assert!(recipients(&told).contains(&MANAGER), "the ladder goes on");
    world.assert_green();
}

#[test]
fn where_both_have_lapsed_the_older_clock_runs_on() {
    let world = World::new();
    let goes = world.known_since_seen("2025-11-20");
    let stays = world.known_since_seen("2025-12-01");
    world.on("2026-12-02").sweep();
    let own = world.lapses(stays).remove(0);
    world.is_duplicate_of(goes, stays);
    let after = world.lapses(stays);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].reference, own.reference);
    assert_eq!(after[0].due_on, day("2026-11-30"));
    assert!(world.lapses(goes)[0].closed.is_some());
}

#[test]
fn the_other_authority_is_one_of_the_list_and_not_the_own() {
    let world = World::new();
    let child = world.known_since_seen("2026-06-01");
    for nowhere in [
        None,
        Some(MovedTo::Listed("990".to_owned())),
        Some(MovedTo::Listed("000".to_owned())),
    ] {
        let refused = world.close(child, &world.officer, &moved(nowhere, "2026-11-02"));
        assert!(matches!(refused, Err(ClosureError::NoAuthority)));
    }
    let outside = moved(Some(MovedTo::OutsideEngland), "2026-11-02");
    let refused = world.close(child, &world.officer, &outside).unwrap_err();
    assert!(
        refused.to_string().starts_with("Name the authority"),
        "{refused}"
    );
    let camden = moved(Some(MovedTo::Listed("202".to_owned())), "2026-11-02");
    world.close(child, &world.officer, &camden).unwrap();
    let times = world.run(|conn| registration::of_child(conn, child));
    assert_eq!(
        times[0].evidence,
        "Camden (202). Dana Hill of the team there, by secure email"
    );
}

#[test]
fn behind_a_lapse_an_officer_closes_no_record_and_of_others_the_manager_hears() {
    let world = World::new();
    let lapsed = world.known_since_seen("2025-12-01");
    let seen = world.known_since_seen("2026-06-01");
    let unseen = world.notified();
    let wales = Closure {
        named: "Cardiff, Wales".to_owned(),
        ..moved(Some(MovedTo::OutsideEngland), "2026-12-02")
    };
    world.on("2026-12-02").sweep();
    for child in [lapsed, unseen] {
        let refused = world.close(child, &world.officer, &wales).unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("A manager closes this record, because"),
            "{refused}"
        );
        world.close(child, &world.manager, &wales).unwrap();
    }
    assert!(world.sweep().is_empty(), "the manager knows what they did");
    world.close(seen, &world.officer, &wales).unwrap();
    let mails = world.sweep();
    assert_eq!(recipients(&mails), [MANAGER]);
    let record = world.record(seen).reference;
    assert!(read(&mails[0]).says(&format!("Record {record} was closed")));
    assert!(!read(&mails[0]).mentions("Example"));
    assert!(world.sweep().is_empty(), "once");
}
