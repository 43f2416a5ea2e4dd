//! Who is listed as out of sight, in what order, and for whom.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::register::address::{self, Place};
use crate::register::testing::{World, day, new_child, now, particulars, world};
use crate::register::{ChildKey, child, claimed_address, settlement};
use crate::rules::calendar::Calendar;
use crate::rules::codes::{ChildStatus, Source};
use crate::rules::policy::{Policy, defaults};

fn add(world: &World, name: &str, seen: Option<NaiveDate>, status: ChildStatus) -> ChildKey {
    let mut new = new_child(particulars(name, "Moss", day(2015, 4, 3)));
    new.last_seen_on = seen;
    new.status = status;
    world
        .run(|tx| child::add(&mut Act::new(tx, &world.program, At::of(now())), &new))
        .0
}

fn listed(
    world: &World,
    viewer: &Viewer,
    worry: Worry,
    officer: Option<AccountKey>,
) -> Vec<String> {
    let asked = SightFilter { worry, officer };
    let (count, lines) = world.run(|conn| {
        let count = count(conn, viewer, &asked)?;
        let page = page(conn, viewer, &Counts::default(), 0, &asked, 1)?;
        assert_eq!(page.total, count);
        Ok((count, page.lines))
    });
    assert_eq!(i64::try_from(lines.len()).unwrap(), count, "{worry:?}");
    lines.into_iter().map(|line| line.given_names).collect()
}

fn since() -> VerifiedSince {
    let today = now().date();
    let policy = Policy::at(&defaults(), "990", today);
    VerifiedSince::by(&policy, &Calendar::england(), today)
}

fn place(lines: &str) -> Place {
    Place {
        lines: lines.to_owned(),
        town: "Testford".to_owned(),
        postcode: None,
        uprn: None,
    }
}

fn house(world: &World, child: ChildKey, verified_on: Option<NaiveDate>) {
    let from = day(2026, 1, 1);
    world.run(|tx| {
        address::move_child(
            tx,
            child,
            &place("1 High Street"),
            Source::Parent,
            from,
            now(),
        )?;
        if let Some(on) = verified_on {
            address::verify(
                &mut Act::new(tx, &world.program, At::of(now())),
                child,
                on,
                "",
            )?;
        }
        Ok(())
    });
}

#[test]
fn the_longest_unseen_come_first_and_closed_records_do_not_come() {
    let world = world();
    add(
        &world,
        "Seen lately",
        Some(day(2026, 11, 1)),
        ChildStatus::Active,
    );
    add(
        &world,
        "Seen in May",
        Some(day(2025, 5, 1)),
        ChildStatus::Active,
    );
    add(
        &world,
        "Seen in April",
        Some(day(2025, 4, 1)),
        ChildStatus::Notified,
    );
    add(
        &world,
        "On the day",
        Some(day(2025, 11, 23)),
        ChildStatus::Active,
    );
    add(&world, "Gone", Some(day(2024, 4, 1)), ChildStatus::Closed);
    add(&world, "Never", None, ChildStatus::Active);
    add(&world, "Gone unseen", None, ChildStatus::Closed);
    let long = Worry::NotSeenSince(day(2025, 11, 23));
    assert_eq!(
        listed(&world, &world.manager, long, None),
        ["Seen in April", "Seen in May"]
    );
    assert_eq!(
        listed(&world, &world.manager, Worry::NeverSeen, None),
        ["Never"]
    );
}

#[test]
fn what_a_list_did_not_record_is_a_list_of_its_own() {
    let world = world();
    add(&world, "Never", None, ChildStatus::Active);
    let mut new = new_child(particulars("Imported", "Moss", day(2015, 4, 3)));
    new.seen_recorded = false;
    world.run(|tx| child::add(&mut Act::new(tx, &world.program, At::of(now())), &new));
    assert_eq!(
        listed(&world, &world.manager, Worry::NeverSeen, None),
        ["Never"]
    );
    assert_eq!(
        listed(&world, &world.manager, Worry::SeenNotRecorded, None),
        ["Imported"]
    );
}

#[test]
fn an_address_is_verified_in_time_or_its_child_is_listed() {
    let world = world();
    let green = since().of(crate::rules::tier::Tier::Green);
    for (name, verified_on) in [
        ("In time", Some(green)),
        ("A day too long", green.pred_opt()),
        ("Not verified", None),
    ] {
        let child = add(&world, name, None, ChildStatus::Active);
        house(&world, child, verified_on);
    }
    add(&world, "No address", None, ChildStatus::Active);
    let moved = add(&world, "Moved since", None, ChildStatus::Active);
    house(&world, moved, Some(green));
    let on = day(2026, 11, 20);
    world
        .run(|tx| address::move_child(tx, moved, &place("2 Mill Lane"), Source::Parent, on, now()));
    assert_eq!(
        listed(&world, &world.manager, Worry::Unverified(since()), None),
        [
            "A day too long",
            "Not verified",
            "No address",
            "Moved since"
        ]
    );
}

#[test]
fn two_addresses_are_listed_until_somebody_settles_which_is_right() {
    let world = world();
    let child = add(&world, "Two homes", None, ChildStatus::Active);
    add(&world, "Another", None, ChildStatus::Active);
    house(&world, child, Some(day(2026, 11, 1)));
    let (program, other, on) = (&world.program, place("9 Elm Road"), now().date());
    let take = |tx: &mut Conn| {
        settlement::hold_claim(
            &mut Act::new(tx, program, At::of(now())),
            child,
            &other,
            Source::Parent,
            on,
        )
    };
    world.run(take);
    assert_eq!(
        listed(&world, &world.manager, Worry::TwoAddresses, None),
        ["Two homes"]
    );
    world.run(|tx| {
        claimed_address::note_settled(&mut Act::new(tx, program, At::of(now())), child, "Settled")
    });
    assert!(listed(&world, &world.manager, Worry::TwoAddresses, None).is_empty());
}

#[test]
fn a_restricted_child_is_listed_and_counted_only_for_whom_may_see_it() {
    let world = world();
    let child = add(&world, "Hidden", None, ChildStatus::WhereaboutsUnknown);
    add(&world, "Open", None, ChildStatus::WhereaboutsUnknown);
    world.restrict_to(&world.colleague, child);
    for worry in [Worry::NeverSeen, Worry::Lost, Worry::Unverified(since())] {
        let seen_by = |viewer| listed(&world, viewer, worry, None).len();
        assert_eq!(seen_by(&world.manager), 2, "{worry:?}");
        assert_eq!(seen_by(&world.colleague), 2, "{worry:?}");
        assert_eq!(seen_by(&world.officer), 1, "{worry:?}");
        assert_eq!(seen_by(&world.administrator), 0, "{worry:?}");
        assert_eq!(seen_by(&world.elsewhere), 0, "{worry:?}");
        let own = world.colleague.account();
        assert_eq!(listed(&world, &world.manager, worry, own), ["Hidden"]);
    }
}

#[test]
fn a_count_is_remembered_until_the_revision_moves() {
    let world = world();
    let counts = Counts::default();
    let asked = SightFilter {
        worry: Worry::NeverSeen,
        officer: None,
    };
    let counted = |revision| {
        world.run(|conn| remembered_count(conn, &world.officer, &counts, revision, &asked))
    };
    assert_eq!(counted(1), 0);
    add(&world, "New", None, ChildStatus::Active);
    assert_eq!((counted(1), counted(2)), (0, 1));
}
