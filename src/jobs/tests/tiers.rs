//! A tier follows what is on record, and the passing of days.

use super::*;

use crate::access::Act;
use crate::clock::At;

impl World {
    /// The child lives somewhere else since a day, and an officer made sure of it.
    pub fn moves(&self, child: ChildKey, lines: &str, since: &str) {
        let (today, now) = (self.today(), self.now());
        let place = Place {
            lines: lines.to_owned(),
            town: "Testford".to_owned(),
            postcode: Postcode::parse("AB1 2DE").ok(),
            uprn: None,
        };
        self.run(|tx| {
            address::move_child(tx, child, &place, Source::Parent, day(since), now)?;
            address::verify(
                &mut Act::new(tx, &self.officer, At::of(now)),
                child,
                today,
                "by letter",
            )?;
            crate::tier::tiering::reassess(&mut Act::new(tx, &self.officer, At::of(now)), child)?;
            Ok(())
        });
    }
}

#[test]
fn a_second_move_within_the_policy_s_time_counts_until_it_has_passed() {
    let world = World::new();
    let child = world.known_since_seen("2026-06-01");
    let tier = || world.record(child).tier;
    world.moves(child, "2 Low Road", "2026-01-10");
    assert_eq!(tier(), Tier::Green, "families move");
    world.moves(child, "3 New Road", "2026-10-01");
    assert_eq!(tier(), Tier::Amber);
    world.on("2027-01-10").sweep();
    assert_eq!(tier(), Tier::Amber);
    world.on("2027-01-11").sweep();
    assert_eq!(tier(), Tier::Green);
    let told = world.run(|conn| crate::access::audit::timeline(conn, child.number(), 50));
    let why =
        "more than once within the time that the policy takes into account, last on 1 October 2026";
    assert!(told.iter().any(|event| event.detail.contains(why)));
}
