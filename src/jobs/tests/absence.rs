//! Whoever is away has somebody who hears in their place.

use super::*;
use crate::access::Act;
use crate::access::absence::{self, AbsenceError, NewAbsence};
use crate::clock::At;

/// The recurring check of a child seen on 1 December 2025 is due on 1 December 2026, a Tuesday.
fn world_with_one_due() -> World {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    world
}

impl World {
    fn reference_of(&self, email: &str) -> Reference {
        let email = EmailAddress::parse(email).unwrap();
        let account = self.run(|conn| accounts::by_email(conn, self.authority, &email));
        Reference::parse(&account.unwrap().reference).unwrap()
    }

    fn away(
        &self,
        viewer: &Viewer,
        who: &str,
        delegate: &str,
        (from, to): (&str, &str),
    ) -> Result<(), AbsenceError> {
        let new = NewAbsence {
            account: self.reference_of(who),
            delegate: self.reference_of(delegate),
            starts_on: day(from),
            ends_on: day(to),
        };
        let (today, now) = (self.today(), self.now());
        let add = |tx: &mut Conn| {
            let rulebook = rulebook::load(tx, self.authority, today)?;
            let latest = rulebook.longest_absence(new.starts_on).day;
            absence::add(&mut Act::new(tx, viewer, At::of(now)), &new, latest)
        };
        self.services.db.write_now(add)
    }
}

const DECEMBER: (&str, &str) = ("2026-12-01", "2026-12-31");

#[test]
fn the_delegate_hears_in_the_place_of_an_officer_and_of_a_post_s_holder() {
    let world = world_with_one_due();
    world
        .away(&world.officer, OFFICER, MANAGER, DECEMBER)
        .unwrap();
    world
        .away(&world.manager, TEAM_LEADER, HEAD, DECEMBER)
        .unwrap();
    let mails = world.on("2026-12-02").sweep();
    assert_eq!(recipients(&mails), [HEAD, MANAGER]);
    let to = |who: &str| read(mails.iter().find(|mail| mail.to == who).unwrap());
    assert!(to(MANAGER).says("Sam Reed is away"));
    assert!(to(HEAD).says("Alex Moss is away"));
    world.assert_green();
    assert!(world.sweep().is_empty());
}

#[test]
fn a_delegate_who_is_away_too_passes_it_on_to_the_next_post_above() {
    let world = world_with_one_due();
    world.away(&world.manager, OFFICER, HEAD, DECEMBER).unwrap();
    world.away(&world.manager, HEAD, MANAGER, DECEMBER).unwrap();
    let mails = world.on("2026-12-02").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER]);
    assert!(read(&mails[0]).says("or whoever does is away"));
    world.assert_green();
}

#[test]
fn an_absence_covers_its_days_and_no_other() {
    let world = world_with_one_due();
    world
        .away(&world.officer, OFFICER, HEAD, ("2026-11-02", "2026-12-01"))
        .unwrap();
    assert_eq!(
        recipients(&world.on("2026-12-02").sweep()),
        [TEAM_LEADER, OFFICER]
    );
}

#[test]
fn whoever_comes_back_early_hears_again() {
    let world = world_with_one_due();
    world
        .away(&world.officer, OFFICER, HEAD, ("2026-11-02", "2026-12-31"))
        .unwrap();
    world.on("2026-11-20");
    let (today, now) = (world.today(), world.now());
    let listed = world.run(|conn| absence::list(conn, world.authority, today));
    let reference = Reference::parse(&listed[0].reference).unwrap();
    let end =
        |tx: &mut Conn| absence::end(&mut Act::new(tx, &world.officer, At::of(now)), &reference);
    world.services.db.write_now(end).unwrap();
    assert!(
        world
            .run(|conn| absence::list(conn, world.authority, today))
            .is_empty()
    );
    world.services.db.write_now(end).unwrap();
    assert_eq!(
        recipients(&world.on("2026-12-02").sweep()),
        [TEAM_LEADER, OFFICER]
    );
}

#[test]
fn an_absence_that_makes_no_sense_is_refused_with_the_reason() {
    let world = World::new();
    let away = |who, delegate, days| world.away(&world.officer, who, delegate, days);
    let refused = |answer: Result<(), AbsenceError>| answer.unwrap_err().to_string();
    for (who, delegate, days, says) in [
        (OFFICER, OFFICER, DECEMBER, "nobody covers for themselves"),
        (MANAGER, HEAD, DECEMBER, "Only a manager"),
        (
            OFFICER,
            HEAD,
            ("2026-12-31", "2026-12-01"),
            "the first day or later",
        ),
        (
            OFFICER,
            HEAD,
            ("2026-10-01", "2026-11-01"),
            "today or later",
        ),
        (
            OFFICER,
            HEAD,
            ("2026-12-01", "2027-03-04"),
            "must be 3 March 2027 or before",
        ),
    ] {
        let said = refused(away(who, delegate, days));
        assert!(said.contains(says), "{said}");
    }
    let said = refused(world.away(&world.manager, HEAD, OFFICER, DECEMBER));
    assert!(said.contains("only a manager stands in"), "{said}");
    away(OFFICER, HEAD, DECEMBER).unwrap();
    let said = refused(away(OFFICER, MANAGER, ("2026-12-31", "2027-01-05")));
    assert_eq!(
        said,
        "Sam Reed is recorded as away from 1 December 2026 to 31 December 2026 already"
    );
    away(OFFICER, MANAGER, ("2027-01-01", "2027-01-05")).unwrap();
    let (today, now) = (world.today(), world.now());
    let listed = world.run(|conn| absence::list(conn, world.authority, today));
    for planned in &listed {
        let reference = Reference::parse(&planned.reference).unwrap();
        let end = |tx: &mut Conn| {
            absence::end(&mut Act::new(tx, &world.officer, At::of(now)), &reference)
        };
        world.services.db.write_now(end).unwrap();
    }
    away(OFFICER, MANAGER, ("2026-12-01", "2027-01-05")).unwrap();

    world.run(|tx| {
        let head = EmailAddress::parse(HEAD).unwrap();
        let head = accounts::by_email(tx, world.authority, &head)?.unwrap();
        accounts::leave(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            &head,
        )
    });
    let said = refused(away(OFFICER, HEAD, ("2027-02-01", "2027-02-05")));
    assert!(
        said.contains("somebody who works with children here"),
        "{said}"
    );
    let other = world.run(|tx| authority::add(tx, "992", "Elsewhere"));
    let stranger = Viewer::of_person(
        other,
        world.manager.account().unwrap(),
        Role::Manager,
        "Robin Vale".to_owned(),
    );
    let said = refused(world.away(&stranger, OFFICER, MANAGER, ("2027-02-01", "2027-02-05")));
    assert!(
        said.contains("somebody who works with children here"),
        "{said}"
    );
}
