//! The digest of the week.

use super::*;

use crate::access::Act;
use crate::clock::At;

/// A child whose check is due on Tuesday 1 December 2026, never mind by whom.
fn world() -> (World, ChildKey) {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    (world, child)
}

impl World {
    /// Sweeps, and gives the digests of the week that went out.
    fn week(&self) -> Vec<Posted> {
        self.sweep();
        self.weekly.borrow().clone()
    }
}

#[test]
fn the_team_leader_hears_once_a_week_and_on_the_first_day_that_anything_runs() {
    let (world, _) = world();
    for (today, sent) in [
        ("2026-11-04", 0),
        ("2026-11-18", 1),
        ("2026-11-19", 0),
        ("2026-11-22", 0),
        ("2026-11-23", 1),
        ("2026-12-02", 1),
    ] {
        let mails = world.on(today).week();
        assert_eq!(mails.len(), sent, "{today}");
        assert!(mails.iter().all(|mail| mail.to == TEAM_LEADER), "{today}");
        assert!(world.week().is_empty(), "{today}, again");
    }
}

#[test]
fn a_lapse_is_repeated_each_week_until_a_person_answers_for_it() {
    let (world, child) = world();
    world.on("2026-12-02").sweep();
    let lapse = world.lapses(child).remove(0);
    for monday in ["2026-12-07", "2026-12-14"] {
        let mails = world.on(monday).week();
        let said = read(&mails[0]);
        assert!(said.says("1 lapse without an answer"), "{said}");
        assert!(said.says(lapse.reference.as_str()), "{said}");
        assert!(
            said.text
                .contains("Open lapses that nobody has answered for: 1"),
            "{said}"
        );
        assert!(!said.mentions("Example"), "{said}");
    }
    let now = world.now();
    world
        .services
        .db
        .write_now(|tx| {
            lapse::answer(
                &mut Act::new(tx, &world.officer, At::of(now)),
                &lapse,
                "Visit",
                day("2026-12-24"),
            )
        })
        .unwrap();
    let mails = world.on("2026-12-21").week();
    let said = read(&mails[0]);
    assert!(
        said.text.contains("Open lapses: 1") && !said.mentions(lapse.reference.as_str()),
        "{said}"
    );
    let mails = world.on("2026-12-28").week();
    assert!(
        read(&mails[0]).says(lapse.reference.as_str()),
        "the plan was not kept"
    );
}

#[test]
fn without_a_team_leader_the_next_above_hears() {
    let world = World::without_posts();
    world.give_post(Post::Manager, "Robin Vale");
    world.known_since_seen("2025-12-01");
    let mails = world.on("2026-11-23").week();
    assert_eq!(recipients(&mails), [MANAGER]);
    assert!(read(&mails[0]).says("Nobody holds the post of team leader"));
}

#[test]
fn who_was_not_seen_and_where_nobody_made_sure_is_counted() {
    let (world, child) = world();
    world.notified();
    let said = |today| read(&world.on(today).week()[0]);
    let first = said("2026-11-23");
    assert!(
        first.text.contains("Children never seen in person: 1"),
        "{first}"
    );
    assert!(
        first.text.contains("not seen in person for 12 months: 0"),
        "{first}"
    );
    assert!(first.text.contains("address is not verified: 0"), "{first}");
    assert!(first.says("/children/unseen?which=never"), "{first}");
    world.break_by_hand(&format!(
        "UPDATE child SET last_seen_on = '2025-11-29' WHERE id = {}",
        child.number()
    ));
    let second = said("2026-11-30");
    assert!(
        second.text.contains("not seen in person for 12 months: 1"),
        "{second}"
    );
    let later = said("2027-02-08");
    assert!(later.text.contains("address is not verified: 2"), "{later}");
}
