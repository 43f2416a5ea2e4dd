//! Many children at once, for the list an authority already has: written in few statements, and what is needed to see
//! that a child is on the register already, read in one.

use chrono::NaiveDate;

use super::address::Place;
use super::child::NewChild;
use super::person::{NewPerson, NewRelation};
use super::registration::Registration;
use super::{ChildKey, person, store};
use crate::access::Act;
use crate::db::Result;
use crate::rules::codes::Source;
use crate::rules::identifiers::Reference;

/// Children in one go: few enough to keep what is read and written in the processor's reach, enough to pay for the way.
const CHUNK: usize = 1_000;

/// A child to be put on the register with all that a list says.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub child: NewChild,
    /// Why and since when on the register; of a closed record the last time.
    pub registration: Registration,
    /// Earlier times on the register.
    pub earlier: Vec<Registration>,
    /// Where they live, from the first day on the register.
    pub home: Option<Place>,
    /// Who told the authority where they live.
    pub home_source: Source,
    /// Parents and carers, and what they are to the child.
    pub parents: Vec<NewParent>,
    /// The sentences behind the child's tier.
    pub tier_reasons: Vec<String>,
    /// The earliest due day of the checks that whoever calls this will open, so that lists have it without another write.
    pub next_check_on: Option<NaiveDate>,
}

/// A parent or carer in a list.
#[derive(Clone, Debug)]
pub struct NewParent {
    pub person: NewPerson,
    /// What they are to the child.
    pub relation: NewRelation,
    /// Their own address, where the list has one.
    pub home: Option<Place>,
}

/// Puts children on the register of the viewer's authority; gives their keys and references in the same order. The caller
/// writes the audit events. A UPN or NHS number that another child has fails the whole: ask [`super::resemblance::known`] first.
///
/// Parents with the same email address and the same name are one person, within the list and with those who are held
/// already.
pub fn add_all(act: &mut Act<'_>, entries: &[NewEntry]) -> Result<Vec<(ChildKey, Reference)>> {
    let beyond = person::beyond(act.tx, act.viewer)?;
    let mut added = Vec::with_capacity(entries.len());
    for chunk in entries.chunks(CHUNK) {
        let children =
            store::bulk::insert_children(act.tx, act.viewer.authority(), chunk, act.at.now())?;
        store::bulk::insert_registrations(act.tx, chunk, &children)?;
        store::bulk::insert_name_tokens(act.tx, act.viewer.authority(), chunk, &children)?;
        store::bulk::insert_tiers(act.tx, chunk, &children, act.at.now())?;
        store::bulk::insert_homes(act.tx, chunk, &children, act.at.now())?;
        store::bulk::insert_parents(
            act.tx,
            act.viewer.authority(),
            (chunk, &children),
            &beyond,
            act.at.now(),
        )?;
        added.extend(children);
    }
    Ok(added)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::person::PersonParticulars;
    use crate::register::testing::{World, day, new_child, now, particulars, world};
    use crate::register::{address, child, person, registration, search, tier};
    use crate::rules::codes::{
        Confidentiality, PreviousSetting, PrimaryReason, RegisterBasis, Relationship,
    };
    use crate::rules::identifiers::{EmailAddress, Postcode};

    fn entry(given_names: &str, family_name: &str) -> NewEntry {
        NewEntry {
            child: new_child(particulars(given_names, family_name, day(2015, 4, 3))),
            registration: Registration {
                basis: RegisterBasis::Ehe,
                primary_reason: PrimaryReason::Unknown,
                secondary_reasons: Vec::new(),
                previous_setting: PreviousSetting::None,
                previous_school: None,
                source: Source::Import,
                started_on: day(2026, 9, 1),
                ended: None,
                evidence: String::new(),
            },
            earlier: Vec::new(),
            home: None,
            home_source: Source::Import,
            parents: Vec::new(),
            tier_reasons: Vec::new(),
            next_check_on: None,
        }
    }

    fn mother(name: &str, email: Option<&str>) -> NewParent {
        let person = NewPerson {
            account: None,
            particulars: PersonParticulars {
                name: name.to_owned(),
                email: email.map(|email| EmailAddress::parse(email).unwrap()),
                telephone: None,
                contact_preference: String::new(),
                confidentiality: Confidentiality::Normal,
            },
        };
        let relation = NewRelation {
            relationship: Relationship::Mother,
            parental_responsibility: None,
            lives_with_child: None,
            held_from: day(2026, 9, 1),
        };
        NewParent {
            person,
            relation,
            home: None,
        }
    }

    fn added(world: &World, entries: &[NewEntry]) -> Vec<(ChildKey, Reference)> {
        world.run(|tx| add_all(&mut Act::new(tx, &world.program, At::of(now())), entries))
    }

    #[test]
    fn all_that_a_list_says_is_held() {
        let world = world();
        let mut full = entry("Anne-Marie", "O'Brien");
        full.home = Some(Place {
            lines: "1 High Street".to_owned(),
            town: "Testford".to_owned(),
            postcode: Some(Postcode::parse("M1 1AE").unwrap()),
            uprn: None,
        });
        full.registration.secondary_reasons =
            vec![PrimaryReason::Religious, PrimaryReason::Religious];
        full.tier_reasons = vec!["One reason".to_owned(), "Another".to_owned()];
        full.next_check_on = Some(day(2027, 3, 4));
        full.parents = vec![NewParent {
            home: full.home.clone(),
            ..mother("Pat O'Brien", None)
        }];
        let children = added(&world, &[entry("Ada", "Moss"), full.clone()]);
        let (key, reference) = children.last().unwrap();
        let held = world
            .run(|conn| child::find(conn, &world.officer, reference))
            .unwrap();
        assert_eq!(
            (held.key, &held.particulars),
            (*key, &full.child.particulars)
        );
        assert_eq!(
            (held.postcode.as_deref(), held.next_check_on),
            (Some("M1 1AE"), full.next_check_on)
        );
        let home = world.run(|conn| address::of_child(conn, *key)).unwrap();
        assert_eq!(
            (Some(home.place), home.lived_from),
            (full.home.clone(), day(2026, 9, 1))
        );
        let times = world.run(|conn| registration::of_child(conn, *key));
        assert_eq!(
            times.first().unwrap().secondary_reasons,
            [PrimaryReason::Religious]
        );
        assert_eq!(
            world.run(|conn| tier::reasons(conn, *key)),
            full.tier_reasons
        );
        let parents = world.run(|conn| person::parents_of(conn, &world.officer, *key));
        let pat = parents.first().unwrap();
        assert_eq!(pat.person.particulars.name, "Pat O'Brien");
        let lives_at = pat.address.as_ref().map(|address| address.place.clone());
        assert!(lives_at.is_some() && lives_at == full.home);
        let found = world.run(|conn| search::search(conn, &world.officer, "obrien"));
        assert_eq!(found.lines.first().unwrap().reference, reference.as_str());
    }

    #[test]
    fn a_thousand_and_more_come_back_in_order() {
        let world = world();
        let entries: Vec<_> = (0..CHUNK + 300)
            .map(|n| entry(&format!("Child {n}"), "Moss"))
            .collect();
        let children = added(&world, &entries);
        assert_eq!(children.len(), entries.len());
        for n in [0, 249, 250, CHUNK, CHUNK + 299] {
            let (key, reference) = children.get(n).unwrap();
            let held = world
                .run(|conn| child::by_key(conn, &world.officer, *key))
                .unwrap();
            assert_eq!(
                (held.particulars.given_names, &held.reference),
                (format!("Child {n}"), reference)
            );
        }
    }

    #[test]
    fn a_parent_mentioned_twice_is_one_person() {
        let world = world();
        let (mut ada, mut bo, mut cy, mut di) = (
            entry("Ada", "Hill"),
            entry("Bo", "Hill"),
            entry("Cy", "Hill"),
            entry("Di", "Hill"),
        );
        let email = Some("pat@example.com");
        ada.parents = vec![mother("Pat Hill", email), mother("PAT HILL", email)];
        bo.parents = vec![mother("pat hill", email)];
        cy.parents = vec![mother("Jo Hill", email)];
        let children = added(&world, &[ada, bo, cy]);
        di.parents = vec![mother("Pat Hill", email)];
        added(&world, &[di]);
        let (ada, _) = children.first().unwrap();
        let siblings = world.run(|conn| person::siblings_of(conn, &world.officer, *ada));
        let names: Vec<_> = siblings
            .iter()
            .map(|sibling| sibling.name.as_str())
            .collect();
        assert_eq!(names, ["Bo Hill", "Di Hill"]);
    }
}
