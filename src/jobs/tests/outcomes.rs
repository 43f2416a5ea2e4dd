//! What follows from an outcome.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::duty::owed::DutyState;
use crate::duty::{DutyKey, lapse};
use crate::rules::dates::spoken;
use crate::standing::whereabouts;
use crate::visit::booking::{self, Appointment, Booked, BookingError, BookingState, NewBooking};
use crate::visit::check::Check;

#[test]
fn a_failed_visit_leaves_the_clock_running_and_owes_an_attempt() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);

    world.on("2026-11-09");
    let recorded = world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);

    assert!(!recorded.satisfied);
    assert_eq!(
        recorded.next.as_deref(),
        Some("New attempt by 23 November 2026")
    );
    let after = world.check(child, DutyKind::FirstMeeting);
    assert_eq!(after.original_due_on, meeting.original_due_on);
    assert_eq!(after.due_on, meeting.due_on);
    let attempt = world.check(child, DutyKind::NewAttempt);
    assert_eq!(attempt.follows, Some(meeting.key));
    assert_eq!(attempt.purpose, meeting.purpose);
}

#[test]
fn a_later_attempt_takes_the_place_of_the_one_before_with_its_booking() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let first = world.check(child, DutyKind::NewAttempt);
    world.book(&first, "2026-11-12", "").unwrap();

    world.on("2026-11-04");
    world.attempt(&first, Mode::Unannounced, AttemptResult::AdultOnly);

    let second = world.check(child, DutyKind::NewAttempt);
    assert_ne!(first.key, second.key);
    assert_eq!(second.follows, Some(meeting.key));
    let bookings = world.run(|conn| booking::of_check(conn, second.key));
    assert_eq!(
        bookings.first().map(|b| b.state),
        Some(BookingState::Booked)
    );
    let closed = world
        .checks(child)
        .into_iter()
        .find(|check| check.key == first.key)
        .unwrap();
    assert_eq!(closed.state, DutyState::Cancelled);
}

#[test]
fn a_row_of_failed_visits_climbs_the_ladder_as_one_lapse() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let first = world.check(child, DutyKind::NewAttempt);
    world.on("2026-11-24").sweep();
    let of_attempt = |check: DutyKey| {
        let lapse = world.run(|conn| lapse::of_duty(conn, check));
        lapse.unwrap_or_else(|| panic!("no open lapse"))
    };
    let lapsed = of_attempt(first.key);
    let steps = || world.run(|conn| lapse::told(conn, lapsed.key)).len();
    let at_first = steps();

    let mut latest = first;
    for day in ["2026-11-30", "2026-12-08", "2026-12-16", "2026-12-28"] {
        world.on(day).sweep();
        world.attempt(&latest, Mode::HomeVisit, AttemptResult::NobodyIn);
        let next = world.check(child, DutyKind::NewAttempt);
        assert_ne!(next.key, latest.key);
        latest = next;
        let held = of_attempt(latest.key);
        assert_eq!(held.reference, lapsed.reference, "{day}");
        assert_eq!(held.due_on, lapsed.due_on, "the day it was due first");
        world.assert_green();
    }
    world.on("2026-12-29").sweep();
    assert!(steps() > at_first, "the ladder was climbed");
    let recorded = world.attempt(&latest, Mode::HomeVisit, AttemptResult::ChildSeen);
    assert!(recorded.satisfied);
    assert!(
        world
            .lapses(child)
            .iter()
            .all(|lapse| { lapse.reference != lapsed.reference || lapse.closed.is_some() })
    );
    world.assert_green();
}

#[test]
fn postponements_are_counted_over_a_row_of_attempts() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.book(&meeting, "2026-11-03", "").unwrap();
    world.book(&meeting, "2026-11-04", "They asked").unwrap();
    world.on("2026-11-04");
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let attempt = world.check(child, DutyKind::NewAttempt);
    world.book(&attempt, "2026-11-09", "").unwrap();
    let second = world.book(&attempt, "2026-11-10", "They asked").unwrap();
    assert!(!second.tells_manager);
    let third = world.book(&attempt, "2026-11-11", "They asked").unwrap();
    assert!(third.tells_manager, "the third of the row");
    let times: Vec<i32> = world
        .run(|conn| booking::of_check(conn, attempt.key))
        .into_iter()
        .map(|booking| booking.postponement)
        .collect();
    assert_eq!(times, [3, 2, 0]);

    let mails = world.sweep();
    assert_eq!(mails.len(), 1, "one mail a check");
    assert!(read(&mails[0]).says("11 November 2026"));
    world.assert_green();
}

#[test]
fn what_was_to_be_told_the_same_day_is_told_after_any_stop() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.book(&meeting, "2026-11-03", "").unwrap();
    for day in ["2026-11-04", "2026-11-05", "2026-11-06"] {
        world.book(&meeting, day, "They asked").unwrap();
    }
    let put_off = |mails: &[Posted]| {
        let told = mails.iter().filter(|mail| read(mail).says("put off"));
        told.count()
    };
    assert_eq!(put_off(&world.on("2027-01-20").sweep()), 1);
    assert_eq!(put_off(&world.on("2027-01-21").sweep()), 0);
    world.assert_green();
}

#[test]
fn a_bank_holiday_is_booked_only_by_somebody_who_means_it() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    let christmas = NewBooking {
        what: Appointment {
            mode: Mode::Phone,
            booked_for: day("2026-12-25"),
            at_time: None,
            place: String::new(),
            reason: "The family is away until then".to_owned(),
            address_reason: String::new(),
        },
        holiday_meant: false,
    };
    let now = world.now();
    let book = |new: &NewBooking| {
        let book = |tx: &mut Conn| {
            booking::book(
                &mut Act::new(tx, &world.manager, At::of(now)),
                &meeting,
                new,
            )
        };
        world.services.db.write_now(book)
    };
    assert!(matches!(book(&christmas), Err(BookingError::Holiday(_))));
    let meant = NewBooking {
        holiday_meant: true,
        ..christmas
    };
    let booked = book(&meant).unwrap();
    assert!(
        !booked.tells_manager,
        "the days between have no terms, but the manager who booked it knows"
    );
}

#[test]
fn each_check_has_an_attempt_of_its_own() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let attempt = world.check(child, DutyKind::NewAttempt);

    world.attempt(
        &world.check(child, DutyKind::FirstContact),
        Mode::Phone,
        AttemptResult::Refused,
    );

    let attempts = || -> Vec<Check> {
        let mut open = world.checks(child);
        open.retain(|it| it.kind == DutyKind::NewAttempt && it.state == DutyState::Open);
        open
    };
    let open = attempts();
    assert_eq!(open.len(), 2, "of the meeting and of the contact");
    assert!(open.iter().any(|it| it.key == attempt.key));
    world.sweep();
    world.assert_green();

    world.on("2026-11-10").sweep();
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::ChildSeen);
    assert_eq!(
        attempts().len(),
        0,
        "a visit at which the child is seen does both"
    );
    world.assert_green();
}

#[test]
fn the_attempt_to_find_a_child_ends_when_the_child_is_found() {
    let world = World::new();
    let child = world.notified();
    let lost = world.record(child);
    let now = world.now();
    let lose = |tx: &mut Conn| {
        whereabouts::lose(
            &mut Act::new(tx, &world.officer, At::of(now)),
            &lost,
            "An empty house",
        )
    };
    world.services.db.write_now(lose).unwrap();
    let search = world.check(child, DutyKind::FindChild);
    world.attempt(&search, Mode::HomeVisit, AttemptResult::NobodyIn);
    let attempt = world.check(child, DutyKind::NewAttempt);
    assert_eq!(attempt.follows, Some(search.key));

    let lost = world.record(child);
    let find = |tx: &mut Conn| {
        whereabouts::find(
            &mut Act::new(tx, &world.officer, At::of(now)),
            &lost,
            "The aunt rang",
        )
    };
    world.services.db.write_now(find).unwrap();
    let kinds = world.open_kinds(child);
    assert!(!kinds.contains(&DutyKind::FindChild) && !kinds.contains(&DutyKind::NewAttempt));
    world.sweep();
    world.assert_green();
}

#[test]
fn seeing_the_child_closes_the_meeting_its_attempts_and_the_contact_and_the_next_check_appears() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let attempt = world.check(child, DutyKind::NewAttempt);

    world.on("2026-11-10");
    let recorded = world.attempt(&attempt, Mode::HomeVisit, AttemptResult::ChildSeen);

    assert!(recorded.satisfied);
    assert_eq!(
        world.open_kinds(child),
        [
            DutyKind::Acknowledgement,
            DutyKind::SuitabilityDecision,
            DutyKind::SecondCheck
        ]
    );
    assert_eq!(
        world.check(child, DutyKind::SecondCheck).due_on,
        day("2027-02-10")
    );
    let record = world.record(child);
    assert_eq!(record.last_seen_on, Some(day("2026-11-10")));
    assert_eq!(record.last_seen_by.as_deref(), Some("Sam Reed"));
    assert_eq!(
        record.next_check_on,
        Some(world.check(child, DutyKind::Acknowledgement).due_on)
    );
}

#[test]
fn an_adult_at_the_door_is_a_contact_but_not_a_meeting() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);

    let recorded = world.attempt(&meeting, Mode::HomeVisit, AttemptResult::AdultOnly);

    assert!(!recorded.satisfied);
    assert!(!world.open_kinds(child).contains(&DutyKind::FirstContact));
    assert!(world.open_kinds(child).contains(&DutyKind::FirstMeeting));
}

#[test]
fn a_judgement_given_at_the_meeting_is_the_decision() {
    let world = World::new();
    let child = world.notified();
    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.judgement = Judgement::Suitable;

    world
        .try_attempt(&world.check(child, DutyKind::FirstMeeting), &form)
        .unwrap();

    assert_eq!(
        world.open_kinds(child),
        [DutyKind::Acknowledgement, DutyKind::SecondCheck]
    );
}

#[test]
fn a_visit_for_something_else_does_not_use_up_a_check_that_is_not_due() {
    let world = World::new();
    let child = world.notified();
    world.attempt(
        &world.check(child, DutyKind::FirstMeeting),
        Mode::HomeVisit,
        AttemptResult::ChildSeen,
    );
    let second = world.check(child, DutyKind::SecondCheck);

    world.on("2026-11-16");
    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.judgement = Judgement::Suitable;
    world
        .try_attempt(&world.check(child, DutyKind::SuitabilityDecision), &form)
        .unwrap();

    assert_eq!(world.check(child, DutyKind::SecondCheck).key, second.key);
}

#[test]
fn the_same_form_twice_is_one_outcome() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    let form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);

    let first = world.try_attempt(&meeting, &form).unwrap();
    let again = world.try_attempt(&meeting, &form).unwrap();

    assert_eq!(first.reference, again.reference);
    assert_eq!(first.next, again.next);
    assert_eq!(world.run(|conn| outcome::of_child(conn, child)).len(), 1);
}

#[test]
fn what_cannot_be_is_refused() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    let seen_on_the_telephone = world.form(Mode::Phone, AttemptResult::ChildSeen);
    assert!(matches!(
        world.try_attempt(&meeting, &seen_on_the_telephone),
        Err(OutcomeError::Contradiction(_))
    ));
    let mut tomorrow = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    tomorrow.happened_on = day("2026-11-03");
    assert!(matches!(
        world.try_attempt(&meeting, &tomorrow),
        Err(OutcomeError::InTheFuture)
    ));
    let seen = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    let acknowledgement = world.check(child, DutyKind::Acknowledgement);
    assert!(matches!(
        world.try_attempt(&acknowledgement, &seen),
        Err(OutcomeError::AcceptInstead)
    ));
    world.try_attempt(&meeting, &seen).unwrap();
    let late = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    assert!(matches!(
        world.try_attempt(&meeting, &late),
        Err(OutcomeError::Closed)
    ));
}

#[test]
fn a_wrong_address_is_no_longer_verified() {
    let world = World::new();
    let child = world.notified();
    world.attempt(
        &world.check(child, DutyKind::FirstMeeting),
        Mode::HomeVisit,
        AttemptResult::WrongAddress,
    );
    let home = world.run(|conn| address::of_child(conn, child)).unwrap();
    assert_eq!(home.verified_on, None);
}

#[test]
fn a_child_who_was_seen_before_the_loss_is_still_lost() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.on("2026-11-04").loses(child);

    world.on("2026-11-05");
    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.happened_on = day("2026-11-03");
    let recorded = world.try_attempt(&meeting, &form).unwrap();

    assert!(recorded.satisfied, "the meeting did take place");
    assert!(world.open_kinds(child).contains(&DutyKind::FindChild));
    assert_eq!(world.record(child).status, ChildStatus::WhereaboutsUnknown);
    world.assert_green_but_unswept();
}

#[test]
fn a_child_who_was_seen_since_the_loss_is_found() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.on("2026-11-04").loses(child);

    world.on("2026-11-05");
    let mut form = world.form(Mode::OtherVenue, AttemptResult::ChildSeen);
    form.happened_on = day("2026-11-04");
    world.try_attempt(&meeting, &form).unwrap();

    assert!(!world.open_kinds(child).contains(&DutyKind::FindChild));
    assert_eq!(world.record(child).status, ChildStatus::Active);
    world.assert_green_but_unswept();
}

#[test]
fn a_visit_to_the_old_home_is_not_the_visit_after_the_move() {
    let world = World::new();
    let child = world.known_since_seen("2026-08-03");
    world
        .on("2026-11-10")
        .moves(child, "3 New Road", "2026-11-09");
    let owed = world.check(child, DutyKind::AfterMove);

    world.on("2026-11-11");
    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.happened_on = day("2026-10-05");
    assert!(matches!(
        world.try_attempt(&owed, &form),
        Err(OutcomeError::BeforeTheCheck(_))
    ));
    let seen = world.attempt(&owed, Mode::HomeVisit, AttemptResult::ChildSeen);
    assert!(seen.satisfied);
}

#[test]
fn a_visit_from_before_the_move_that_is_written_down_late_leaves_the_new_home_to_be_visited() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    let recurring = world.check(child, DutyKind::RecurringCheck);
    world
        .on("2026-11-17")
        .moves(child, "3 New Road", "2026-11-16");
    assert!(!world.open_kinds(child).contains(&DutyKind::AfterMove));

    world.on("2026-11-18");
    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.happened_on = day("2026-11-10");
    let recorded = world.try_attempt(&recurring, &form).unwrap();

    assert!(recorded.satisfied);
    let owed = world.check(child, DutyKind::AfterMove);
    assert_eq!(
        owed.counted_from,
        day("2026-11-17"),
        "the day the move was heard of"
    );
    assert_eq!(world.record(child).next_check_on, Some(owed.due_on));
    assert_eq!(
        recorded.next,
        Some(format!("Visit after a move by {}", spoken(owed.due_on)))
    );
    world.assert_green_but_unswept();
}

#[test]
fn a_visit_from_before_the_telephone_calls_leaves_a_meeting_owed() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    let recurring = world.check(child, DutyKind::RecurringCheck);
    for date in ["2026-11-17", "2026-11-18"] {
        world.on(date);
        world.attempt(&recurring, Mode::Phone, AttemptResult::OnlineOnly);
    }
    assert!(!world.open_kinds(child).contains(&DutyKind::SeeInPerson));

    let mut form = world.form(Mode::HomeVisit, AttemptResult::ChildSeen);
    form.happened_on = day("2026-11-10");
    world.try_attempt(&recurring, &form).unwrap();

    assert!(world.open_kinds(child).contains(&DutyKind::SeeInPerson));
    world.assert_green_but_unswept();
}

#[test]
fn when_the_tier_rises_checks_come_sooner_and_their_first_day_stays() {
    let world = World::new();
    let child = world.notified();
    let before = world.check(child, DutyKind::FirstMeeting);

    world
        .on("2026-11-04")
        .social_care_opens(child, EpisodeKind::S47);

    assert_eq!(world.record(child).tier, Tier::Red);
    let after = world.check(child, DutyKind::FirstMeeting);
    assert_eq!(after.due_on, day("2026-11-09"));
    assert_eq!(after.original_due_on, before.original_due_on);
    assert!(after.why.contains("tier rose to red"), "{}", after.why);
    assert_eq!(
        world.check(child, DutyKind::FirstContact).due_on,
        day("2026-11-06")
    );
    world.assert_green_but_unswept();
}

#[test]
fn the_original_due_day_cannot_be_overwritten() {
    let world = World::new();
    world.notified();
    let refused = world.try_by_hand("UPDATE duty SET original_due_on = '2027-01-01'");
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("never overwritten")
    );
}

#[test]
fn a_booking_is_moved_only_with_a_reason_and_moves_no_due_day() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    assert!(matches!(
        world.book(&meeting, "2026-11-01", ""),
        Err(BookingError::InThePast)
    ));
    assert!(matches!(
        world.book(&meeting, "2026-12-01", ""),
        Err(BookingError::NeedsReason)
    ));
    world.book(&meeting, "2026-11-12", "").unwrap();
    assert!(matches!(
        world.book(&meeting, "2026-11-13", " "),
        Err(BookingError::NeedsReason)
    ));
    world
        .book(&meeting, "2026-11-13", "The family is away")
        .unwrap();

    let states: Vec<BookingState> = world
        .run(|conn| booking::of_check(conn, meeting.key))
        .into_iter()
        .map(|booking| booking.state)
        .collect();
    assert_eq!(states, [BookingState::Booked, BookingState::Moved]);
    assert_eq!(
        world.check(child, DutyKind::FirstMeeting).due_on,
        meeting.due_on
    );

    world.on("2026-11-13");
    world.attempt(&meeting, Mode::HomeVisit, AttemptResult::NobodyIn);
    let bookings = world.run(|conn| booking::of_check(conn, meeting.key));
    assert_eq!(
        bookings.first().map(|b| b.state),
        Some(BookingState::Failed)
    );
}

#[test]
fn a_child_is_not_owed_the_same_thing_twice() {
    let world = World::new();
    let child = world.notified();
    let owed = world.check(child, DutyKind::FirstMeeting);
    world.break_by_hand("DELETE FROM duty; UPDATE child SET next_check_on = NULL");
    let again = crate::rules::schedule::DutyOwed {
        kind: owed.kind,
        purpose: owed.purpose,
        due_on: owed.due_on,
        counted_from: owed.counted_from,
        why: owed.why.clone(),
    };
    let now = world.now();
    for _ in 0..2 {
        world.run(|tx| {
            owed::owe(
                &mut Act::new(tx, &world.officer, At::of(now)),
                child,
                std::slice::from_ref(&again),
                None,
            )
        });
    }
    assert_eq!(world.open_kinds(child), [DutyKind::FirstMeeting]);
    assert_eq!(world.record(child).next_check_on, Some(again.due_on));
}

impl World {
    /// Nobody knows where the child is any longer.
    fn loses(&self, child: ChildKey) {
        let now = self.now();
        let record = self.record(child);
        let lost = self.services.db.write_now(|tx| {
            whereabouts::lose(
                &mut Act::new(tx, &self.officer, At::of(now)),
                &record,
                "An empty house",
            )
        });
        lost.unwrap();
    }

    fn book(&self, check: &Check, on: &str, reason: &str) -> Result<Booked, BookingError> {
        let now = self.now();
        let new = NewBooking {
            what: Appointment {
                mode: Mode::HomeVisit,
                booked_for: day(on),
                at_time: None,
                place: String::new(),
                reason: reason.to_owned(),
                address_reason: String::new(),
            },
            holiday_meant: true,
        };
        self.services.db.write_now(|tx| {
            booking::book(&mut Act::new(tx, &self.officer, At::of(now)), check, &new)
        })
    }

    /// All promises hold but those of the sweep, which has not run yet.
    fn assert_green_but_unswept(&self) {
        let broken = self.broken_promises();
        assert!(
            broken
                .iter()
                .all(|promise| promise.contains("sweep") || promise.contains("notice")),
            "{broken:?}"
        );
    }
}
