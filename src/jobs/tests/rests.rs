//! Checks that rest while social care leads: heard by those above when that matters, hidden from nobody, and never over
//! the search for a child.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::desk::diary;
use crate::duty::lapse_list;
use crate::duty::rest::{self, NewRest, Outlook, RestError};
use crate::duty::whose::Whose;
use crate::standing::whereabouts;

impl World {
    fn rest(&self, child: ChildKey, until: &str) -> Result<bool, RestError> {
        let rest = NewRest {
            reason: "Children’s social care is leading".to_owned(),
            lead_name: "Lee Park".to_owned(),
            ends_on: day(until),
        };
        let now = self.now();
        let begin = |tx: &mut Conn| {
            rest::begin(&mut Act::new(tx, &self.manager, At::of(now)), child, &rest)
        };
        self.services.db.write_now(begin)
    }
}

#[test]
fn a_rest_over_a_lapse_is_told_above_at_once_and_hides_nothing() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    world.on("2026-12-02").sweep();
    assert!(world.rest(child, "2026-12-20").unwrap());
    world.assert_green();

    let mails = world.sweep();
    assert_eq!(recipients(&mails), [HEAD]);
    assert!(read(&mails[0]).says("A check is overdue"));
    assert!(!read(&mails[0]).mentions("Example") && !read(&mails[0]).mentions("Lee Park"));
    assert!(world.sweep().is_empty(), "once");

    let today = world.today();
    let (open, lapses) = world.run(|conn| {
        let open = lapse_list::count(conn, &world.officer, Whose::Team, today)?;
        let lapses = lapse_list::page(conn, &world.officer, Whose::Team, today, false, 0)?;
        Ok::<_, DbError>((open, lapses))
    });
    assert_eq!((open.total, open.resting, open.unanswered()), (1, 1, 0));
    assert_eq!(
        lapses[0].rests.as_deref(),
        Some("rests until 20 December 2026, Lee Park leads")
    );
    assert!(world.on("2026-12-20").sweep().is_empty());
    world.assert_green();
    assert_eq!(
        recipients(&world.on("2026-12-21").sweep()),
        [HEAD, MANAGER],
        "the ladder goes on with the days that it has by then"
    );
    world.assert_green();
}

#[test]
fn the_lapse_of_an_attempt_that_failed_is_on_the_desk_and_no_rest_hides_it() {
    let world = World::new();
    let child = world.known_since_seen("2026-06-01");
    let visit = world.check(child, DutyKind::RecurringCheck);
    world.attempt(&visit, Mode::HomeVisit, AttemptResult::NobodyIn);
    world.on("2026-11-24").sweep();
    let attempt = world.check(child, DutyKind::NewAttempt);
    world.attempt(&attempt, Mode::HomeVisit, AttemptResult::NobodyIn);
    let today = world.today();
    let next = world.check(child, DutyKind::NewAttempt);
    assert!(
        next.due_on > today && visit.due_on > today,
        "nothing is overdue"
    );

    let desk = world.run(|conn| {
        let book = rulebook::load(conn, world.authority, today)?;
        diary::desk(conn, &world.officer, &book, Whose::Team)
    });
    assert_eq!(desk.lapsed_total, 1);
    assert_eq!(desk.lapsed[0].due_on, attempt.due_on);
    assert!(
        desk.lapsed[0]
            .why
            .starts_with("An attempt failed that was due on")
    );

    assert!(world.rest(child, "2026-12-20").unwrap(), "told above");
    let mails = world.sweep();
    assert_eq!(recipients(&mails), [HEAD]);
    world.assert_green();
}

#[test]
fn rests_that_go_on_and_on_are_counted_and_told_above() {
    let world = World::new();
    let child = world.known_since_seen("2026-10-01");
    assert!(!world.rest(child, "2027-01-20").unwrap());
    assert!(world.sweep().is_empty());
    world.on("2027-01-20");
    let words = world.run(|conn| {
        let rulebook = rulebook::load(conn, world.authority, world.today())?;
        Ok::<_, DbError>(Outlook::of(conn, child, &rulebook)?.in_words(&rulebook))
    });
    assert_eq!(
        words,
        [
            "This would be renewal 1 of the rest that began on 2 November 2026. With a last day after 2 February 2027 the head of service will be told at once."
        ]
    );
    assert!(!world.rest(child, "2027-02-02").unwrap());
    assert!(world.sweep().is_empty());
    assert!(world.rest(child, "2027-02-03").unwrap());
    assert_eq!(recipients(&world.sweep()), [HEAD]);
    let today = world.today();
    let rest = world.run(|conn| rest::on(conn, child, today));
    assert_eq!(rest.unwrap().renewal, 2);
    world.assert_green();
}

#[test]
fn whoever_decided_on_the_rest_is_not_the_one_who_hears_of_it() {
    let world = World::new();
    world.give_post(Post::HeadOfService, "Robin Vale");
    let child = world.known_since_seen("2025-12-01");
    world.on("2026-12-02").sweep();
    world.rest(child, "2026-12-20").unwrap();
    assert_eq!(recipients(&world.sweep()), [DUTY]);
}

#[test]
fn looking_for_a_child_never_rests() {
    let world = World::new();
    let child = world.known_since_seen("2026-10-01");
    let (record, now) = (world.record(child), world.now());
    let lost = |tx: &mut Conn| {
        whereabouts::lose(
            &mut Act::new(tx, &world.officer, At::of(now)),
            &record,
            "The flat is empty",
        )
    };
    world.services.db.write_now(lost).unwrap();
    world.rest(child, "2027-01-31").unwrap();
    world.sweep();
    let search = world.check(child, DutyKind::FindChild);
    world.on(&search.due_on.succ_opt().unwrap().to_string());
    assert_eq!(
        recipients(&world.sweep())
            .into_iter()
            .filter(|to| [TEAM_LEADER, OFFICER].contains(to))
            .count(),
        2
    );
    let lapses = world.lapses(child);
    assert!(lapses.iter().any(|lapse| lapse.duty == search.key));
    world.assert_green();
}

#[test]
fn a_rest_that_nobody_above_could_be_told_is_shown_and_stays_owed() {
    let world = World::without_posts();
    let child = world.known_since_seen("2025-12-01");
    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            Some(DUTY),
        )
    });
    world.on("2026-12-02").sweep();
    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            None,
        )
    });
    world.rest(child, "2026-12-20").unwrap();
    world.on("2026-12-03").sweep();
    let broken = world.broken_promises();
    assert!(
        broken.iter().any(|it| it.contains("Every rest over")
            && it.contains(world.record(child).reference.as_str())),
        "{broken:?}"
    );
    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            Some(DUTY),
        )
    });
    assert_eq!(recipients(&world.sweep()), [DUTY]);
    world.assert_green();
}
