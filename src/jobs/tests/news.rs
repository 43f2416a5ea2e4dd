//! News of the same day that did not arrive: each kind of it says on the child's timeline what it was about.

use super::*;
use crate::access::{Act, audit, mail_upkeep};
use crate::clock::At;
use crate::duty::rest::{self, NewRest};
use crate::mail::{MailKind, outbox};
use crate::rules::codes::ClosureReason;
use crate::standing::closure::{self, Closure};
use crate::visit::booking::{self, Appointment, NewBooking};

/// The kinds that this room's tests must know of: what has to arrive and is no digest or report.
const NEWS: [MailKind; 5] = [
    MailKind::FailedVisit,
    MailKind::RecordClosed,
    MailKind::Postponed,
    MailKind::BookedElsewhere,
    MailKind::RestDecided,
];

#[test]
fn a_visit_that_failed() {
    let world = World::new();
    let (child, check) = world.failed_in_red();
    world.says_what_was_not_heard(
        MailKind::FailedVisit,
        child,
        &format!("check {}", check.reference),
    );
}

#[test]
fn a_check_that_was_put_off() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    for day in ["2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06"] {
        world.books(&meeting, day);
    }
    world.says_what_was_not_heard(
        MailKind::Postponed,
        child,
        &format!("check {}", meeting.reference),
    );
}

#[test]
fn a_visit_that_is_booked_for_another_address() {
    let world = World::new();
    let child = world.notified();
    let meeting = world.check(child, DutyKind::FirstMeeting);
    world.books(&meeting, "2026-11-06");
    world
        .on("2026-11-03")
        .moves(child, "3 New Road", "2026-11-03");
    world.says_what_was_not_heard(
        MailKind::BookedElsewhere,
        child,
        &format!("check {}", meeting.reference),
    );
}

#[test]
fn checks_that_rest() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    world.on("2026-12-02").sweep();
    let rest = NewRest {
        reason: "Children’s social care is leading".to_owned(),
        lead_name: "Lee Park".to_owned(),
        ends_on: day("2026-12-20"),
    };
    let now = world.now();
    let rests =
        |tx: &mut Conn| rest::begin(&mut Act::new(tx, &world.manager, At::of(now)), child, &rest);
    world.services.db.write_now(rests).unwrap();
    world.says_what_was_not_heard(MailKind::RestDecided, child, "the rest of these checks");
}

#[test]
fn a_record_that_was_closed() {
    let world = World::new();
    let child = world.known_since_seen("2026-06-01");
    let (record, today, now) = (world.record(child), world.today(), world.now());
    let door = Closure {
        reason: ClosureReason::ReturnedToSchool,
        on: today,
        named: "Testford Primary School".to_owned(),
        moved_to: None,
        evidence: "The school confirmed the first attendance".to_owned(),
    };
    let close = |tx: &mut Conn| {
        closure::close(
            &mut Act::new(tx, &world.officer, At::of(now)),
            &record,
            &door,
        )
    };
    world.services.db.write_now(close).unwrap();
    world.says_what_was_not_heard(MailKind::RecordClosed, child, "the closing of this record");
}

#[test]
fn no_kind_of_news_is_forgotten_here() {
    let digests_and_reports = [
        MailKind::LapseDigest,
        MailKind::DueSoon,
        MailKind::WeeklyDigest,
        MailKind::DeliveryFailed,
    ];
    for kind in MailKind::ALL.iter().filter(|kind| kind.must_arrive()) {
        assert!(
            NEWS.contains(kind) || digests_and_reports.contains(kind),
            "{kind:?}: what does the child's timeline say when it does not arrive?"
        );
    }
}

#[test]
fn what_dies_again_after_it_was_tried_again_is_told_again() {
    let world = World::new();
    let (child, _) = world.failed_in_red();
    world.sweep();
    let dies = "UPDATE outgoing_mail SET state = 'dead' WHERE kind = 'failed_visit'";
    world.break_by_hand(dies);
    assert_eq!(recipients(&world.sweep()), [HEAD]);
    let authority = world.authority;
    let overview = world.run(|conn| outbox::overview(conn, authority));
    let mail = Reference::parse(&overview.undelivered[0].reference).unwrap();
    let tried = world.run(|tx| {
        mail_upkeep::retry_now(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            &mail,
        )
    });
    assert!(tried);

    world.break_by_hand(dies);
    assert_eq!(
        recipients(&world.sweep()),
        [HEAD],
        "with a letter of its own"
    );
    world.break_by_hand("UPDATE outgoing_mail SET state = 'dead' WHERE kind = 'delivery_failed'");
    world.sweep();
    assert_eq!(
        world.not_delivered(child).len(),
        4,
        "twice the news, and each report on it"
    );
    world.assert_green();
}

impl World {
    fn failed_in_red(&self) -> (ChildKey, Check) {
        let child = self.known_since_seen("2025-12-01");
        self.social_care_opens(child, EpisodeKind::CpPlan);
        let check = self.check(child, DutyKind::RecurringCheck);
        self.attempt(&check, Mode::HomeVisit, AttemptResult::NobodyIn);
        (child, check)
    }

    fn books(&self, check: &Check, on: &str) {
        let now = self.now();
        let new = NewBooking {
            what: Appointment {
                mode: Mode::HomeVisit,
                booked_for: day(on),
                at_time: None,
                place: String::new(),
                reason: "They asked".to_owned(),
                address_reason: String::new(),
            },
            holiday_meant: true,
        };
        let book = |tx: &mut Conn| {
            booking::book(&mut Act::new(tx, &self.officer, At::of(now)), check, &new)
        };
        self.services.db.write_now(book).unwrap();
    }

    /// Tells the news, lets the mail die, and looks what the timeline says.
    fn says_what_was_not_heard(&self, kind: MailKind, child: ChildKey, about: &str) {
        self.sweep();
        let kind = kind.as_str();
        self.break_by_hand(&format!(
            "UPDATE outgoing_mail SET state = 'dead' WHERE kind = '{kind}'"
        ));
        self.sweep();
        let line = format!("An email about {about} could not be delivered; the ");
        let written = self.not_delivered(child);
        assert!(
            written.len() == 1 && written[0].starts_with(&line),
            "{kind}: {written:?}"
        );
        self.assert_green();
    }

    fn not_delivered(&self, child: ChildKey) -> Vec<String> {
        let timeline = self.run(|conn| audit::timeline(conn, child.number(), 50));
        let lines = timeline.into_iter();
        let undelivered =
            lines.filter(|entry| entry.action == crate::access::Action::MailNotDelivered);
        undelivered.map(|entry| entry.detail).collect()
    }
}
