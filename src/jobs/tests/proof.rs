//! `hearth verify` is green after everything the program does, and red for each thing it never does.

use super::*;
use crate::clock::At;
use crate::db::columns::Key;
use crate::proof::verify;
use crate::rules::policy::{PolicyKey, Unit};

/// One child with a lapse that was told, and one whose check is not due yet; all is well.
fn world() -> World {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    world.known_since_seen("2026-06-01");
    world.on("2026-12-02").sweep();
    world.assert_green();
    world
}

/// Breaks something and gives the promises that are broken now.
fn broken_by(statement: &str) -> Vec<String> {
    let world = world();
    world
        .ending
        .leave_unproved("the promises are broken to see that the proof finds it");
    world.break_by_hand(statement);
    world.broken_promises()
}

#[test]
fn each_broken_row_breaks_the_promise_that_is_about_it() {
    for (statement, promise) in [
        ("DELETE FROM lapse_step; DELETE FROM lapse; DELETE FROM duty", "open check"),
        ("UPDATE child SET next_check_on = '2030-01-01' WHERE id = 1", "next check in lists"),
        ("DELETE FROM lapse_step; DELETE FROM lapse", "exactly one open lapse"),
        (
            "UPDATE duty SET state = 'done', closed_on = '2026-12-02', closed_because = 'x' WHERE id = 1",
            "Every open lapse is of an open duty",
        ),
        ("UPDATE lapse SET closed_at = '2026-12-02 09:00:00'", "Every closed lapse"),
        (
            "UPDATE lapse SET closed_at = '2026-12-02 09:00:00', closed_because = 'No longer wanted'",
            "Every closed lapse",
        ),
        ("UPDATE duty SET due_on = '2027-12-01' WHERE id = 2", "due later than it first was"),
        ("UPDATE duty SET closed_on = '2026-12-01' WHERE id = 2", "says when and why"),
        ("DELETE FROM lapse_step WHERE post = 'team_leader'", "Every step"),
        ("UPDATE outgoing_mail SET state = 'waiting', next_try_at = '2026-11-30 09:00:00'", "No mail is stuck"),
        ("UPDATE outgoing_mail SET state = 'dead'", "No mail is stuck"),
        ("UPDATE job_run SET ended_at = NULL", "sweep"),
        ("UPDATE job_run SET problem = 'broken'", "sweep"),
        ("UPDATE job_run SET started_at = '2026-12-01 08:59:59'", "sweep"),
        ("DELETE FROM registration WHERE child_id = 2", "registration"),
        ("UPDATE child SET status = 'closed', is_open = FALSE WHERE id = 2", "registration"),
        (
            "INSERT INTO address (reference, child_id, lines, source, lived_from, recorded_at)
             VALUES ('D-0000-0000', 1, '2 High Street', 'parent', '2026-12-01', '2026-12-01 09:00:00')",
            "one current address",
        ),
        (
            "INSERT INTO address (reference, child_id, lines, source, lived_from, lived_to, recorded_at)
             VALUES ('D-0000-0000', 1, '2 High Street', 'parent', '2020-12-01', '2026-12-01', '2026-12-01 09:00:00')",
            "overlap",
        ),
        (
            "INSERT INTO address (reference, child_id, lines, source, lived_from, lived_to, recorded_at)
             VALUES ('D-0000-0000', 1, '2 High Street', 'parent', '2019-12-02', '2019-12-01', '2026-12-01 09:00:00')",
            "none ends before it begins",
        ),
        ("UPDATE child SET postcode = 'ZZ9 9ZZ' WHERE id = 1", "postcode"),
        ("UPDATE child SET postcode = NULL WHERE id = 1", "postcode"),
    ] {
        let broken = broken_by(statement);
        assert!(broken.iter().any(|text| text.contains(promise)), "{statement}: {broken:?}");
    }
}

#[test]
fn offenders_are_named_by_reference() {
    let world = world();
    world
        .ending
        .leave_unproved("the promises are broken to see that the proof finds it");
    world.break_by_hand("UPDATE child SET postcode = NULL WHERE id = 1");
    let broken = world.broken_promises();
    let reference = world.record(Key::new(1)).reference;
    assert!(broken[0].contains(reference.as_str()));
}

#[test]
fn one_register_can_be_proved_alone() {
    let world = world();
    world
        .ending
        .leave_unproved("the promises are broken to see that the proof finds it");
    world.break_by_hand("UPDATE child SET postcode = NULL WHERE id = 1");
    let now = world.now();
    let other = world.run(|tx| authority::add(tx, "991", "Elsewhere"));
    let proof =
        world.run(|conn| verify::verify(conn, Some(other), At::of(now), world.services.late_after));
    assert!(proof.iter().all(verify::Invariant::holds));
}

#[test]
fn what_was_written_after_the_sweep_the_sweep_is_not_blamed_for() {
    let world = world();
    world.on("2026-12-02");
    world
        .services
        .clock
        .set(morning("2026-12-02") + chrono::TimeDelta::hours(2));
    let child = Key::new(2);
    let mut form = world.form(Mode::HomeVisit, AttemptResult::NobodyIn);
    form.happened_on = day("2026-11-01");
    world
        .try_attempt(&world.check(child, DutyKind::RecurringCheck), &form)
        .unwrap();
    assert!(world.check(child, DutyKind::NewAttempt).due_on < world.today());
    world.assert_green();
    world.sweep();
    assert_eq!(world.lapses(child).len(), 1);
    world.assert_green();
}

#[test]
fn the_proof_holds_directly_after_an_administrator_changed_the_rules() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    let due = world.checks(child).first().unwrap().due_on;
    let two_days_late = (due + chrono::Days::new(2)).to_string();
    world.on(&two_days_late).sweep();
    world.assert_green();
    let later = world.now() + chrono::TimeDelta::minutes(1);
    world.services.clock.set(later);
    // By the new rule the manager was to hear yesterday; the next sweep tells them.
    world.set_policy(
        PolicyKey::LapseToManager,
        1,
        Unit::CalendarDay,
        &two_days_late,
    );
    world.assert_green();
    let told = world.sweep();
    assert!(!told.is_empty(), "the manager hears of it");
    world.assert_green();
}
