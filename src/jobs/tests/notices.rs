//! Notices before a check is due.

use super::*;
use crate::mail::outbox;

/// A recurring check due on Tuesday 29 December 2026, owed since 2 November.
fn world_with_one_due_after_christmas() -> (World, ChildKey) {
    let world = World::new();
    let child = world.known_since_seen("2025-12-29");
    let check = world.check(child, DutyKind::RecurringCheck);
    assert_eq!(check.due_on, day("2026-12-29"));
    (world, child)
}

#[test]
fn the_officer_is_told_ten_and_five_working_days_before_and_each_once() {
    let (world, child) = world_with_one_due_after_christmas();
    let check = world.check(child, DutyKind::RecurringCheck);
    for (today, left) in [
        ("2026-12-10", None),
        ("2026-12-11", Some("10 working days left")),
        ("2026-12-14", None),
        ("2026-12-18", Some("5 working days left (last notice)")),
        ("2026-12-29", None),
    ] {
        let mails = world.on(today).sweep();
        match left {
            None => assert!(mails.is_empty(), "{today}"),
            Some(left) => {
                assert_eq!(recipients(&mails), [OFFICER], "{today}");
                let mail = read(&mails[0]);
                assert!(mail.says(check.reference.as_str()), "{today}");
                assert!(mail.text.contains(left), "{today}: {mail}");
                assert!(!mail.mentions("Example"), "{today}");
            }
        }
        assert!(world.sweep().is_empty(), "{today}, again");
        world.assert_green();
    }
}

#[test]
fn after_nights_off_only_the_last_notice_is_given_and_several_are_one_digest() {
    let (world, _) = world_with_one_due_after_christmas();
    world.known_since_seen("2025-12-31");
    world.known_since_seen("2026-01-08");
    let mails = world.on("2026-12-24").sweep();
    assert_eq!(recipients(&mails), [OFFICER]);
    assert!(read(&mails[0]).says("3 welfare checks are due soon"));
    let mail = read(&mails[0]);
    assert_eq!(mail.text.matches("(last notice)").count(), 2, "{mail}");
    assert_eq!(mail.html.matches("Last notice").count(), 2, "{mail}");
    world.assert_green();
    assert!(world.on("2026-12-28").sweep().is_empty());
}

#[test]
fn a_check_that_rests_or_is_done_gives_no_notice() {
    let (world, child) = world_with_one_due_after_christmas();
    let check = world.check(child, DutyKind::RecurringCheck);
    world
        .on("2026-12-10")
        .attempt(&check, Mode::HomeVisit, AttemptResult::ChildSeen);
    assert!(world.on("2026-12-18").sweep().is_empty());
    world.assert_green();
}

#[test]
fn without_an_officer_the_team_leader_hears_of_it() {
    let (world, _) = world_with_one_due_after_christmas();
    world.break_by_hand("UPDATE child SET officer_id = NULL");
    let mails = world.on("2026-12-18").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER]);
    assert!(read(&mails[0]).says("(no officer)"));
}

#[test]
fn a_notice_that_was_never_given_breaks_its_promise() {
    let (world, child) = world_with_one_due_after_christmas();
    world.on("2026-12-18").sweep();
    world.assert_green();
    world.break_by_hand("DELETE FROM notice");
    let broken = world.broken_promises();
    let check = world.check(child, DutyKind::RecurringCheck);
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].contains("notice") && broken[0].contains(check.reference.as_str()));
}

#[test]
fn a_notice_that_died_is_told_to_the_team_leader() {
    let (world, _) = world_with_one_due_after_christmas();
    world.on("2026-12-18").sweep();
    world.break_by_hand("UPDATE outgoing_mail SET state = 'dead' WHERE kind = 'due_soon'");
    let mails = world.sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER]);
    assert!(read(&mails[0]).says("a welfare check that is due soon"));
    world.assert_green();
}

#[test]
fn a_notice_to_somebody_who_has_left_is_given_to_whoever_follows() {
    let (world, child) = world_with_one_due_after_christmas();
    let mails = world.on("2026-12-18").sweep();
    assert_eq!(recipients(&mails), [OFFICER]);
    let sam = world.officer.account().unwrap();
    world.break_by_hand(&format!(
        "UPDATE account SET left_on = '2026-12-21' WHERE id = {}",
        sam.number()
    ));
    let mails = world.on("2026-12-21").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER]);
    let check = world.check(child, DutyKind::RecurringCheck);
    assert!(read(&mails[0]).says(check.reference.as_str()));
    assert!(world.sweep().is_empty(), "once");
    world.assert_green();
}

#[test]
fn a_mail_that_a_person_tries_again_and_that_dies_again_is_told_again() {
    let (world, _) = world_with_one_due_after_christmas();
    world.on("2026-12-18").sweep();
    let kill = "UPDATE outgoing_mail SET state = 'dead' WHERE kind = 'due_soon'";
    world.break_by_hand(kill);
    assert_eq!(recipients(&world.sweep()), [TEAM_LEADER]);
    let dead = world.run(|conn| outbox::overview(conn, world.authority));
    let reference = Reference::parse(&dead.undelivered[0].reference).unwrap();
    assert!(world.run(|tx| outbox::retry_now(tx, world.authority, &reference, world.now())));
    world.break_by_hand(kill);
    assert!(
        !world.broken_promises().is_empty(),
        "nobody was told of this death"
    );
    assert_eq!(recipients(&world.sweep()), [TEAM_LEADER]);
    assert!(world.sweep().is_empty());
    world.assert_green();
}
