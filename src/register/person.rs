//! Parents and carers as people of their own: a parent has several children, a child several parents, each with own
//! address and confidentiality.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::address::AddressRecord;
use super::store::person::Tie;
pub use super::store::person::{PersonParticulars, PersonRecord};
use super::{ChildKey, PersonKey, fresh_reference, resemblance, store};
use crate::access::{AccountKey, Act, Action, Role, Subject, Viewer};
use crate::db::{Conn, Result};
use crate::rules::codes::{Confidentiality, Relationship};
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};
use crate::rules::names;

/// A parent or carer of one child.
#[derive(Clone, Debug)]
pub struct ParentOf {
    pub person: PersonRecord,
    /// What they are to the child.
    pub relationship: Relationship,
    /// Whether they hold parental responsibility, where known.
    pub parental_responsibility: Option<bool>,
    /// Whether the child lives with them, where known.
    pub lives_with_child: Option<bool>,
    /// Their own address, where it is held and this viewer may see it.
    pub address: Option<AddressRecord>,
    /// False for a person whose details are restricted to named staff, of whom this viewer is none.
    pub may_be_reached: bool,
}

/// A person to be held.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their account, when they have proved their address.
    pub account: Option<AccountKey>,
    pub particulars: PersonParticulars,
}

/// What a person is to a child.
#[derive(Clone, Copy, Debug)]
pub struct NewRelation {
    pub relationship: Relationship,
    /// Whether they hold parental responsibility, where known.
    pub parental_responsibility: Option<bool>,
    /// Whether the child lives with them, where known.
    pub lives_with_child: Option<bool>,
    pub held_from: NaiveDate,
}

/// A sibling on the register.
#[derive(Clone, Debug)]
pub struct Sibling {
    pub reference: Reference,
    pub name: String,
}

/// Puts a person on the register; writes the audit event.
pub fn add(act: &mut Act<'_>, new: &NewPerson) -> Result<PersonKey> {
    let reference = fresh_reference(ReferenceKind::Person, |taken| {
        store::person::has_reference(act.tx, taken)
    })?;
    store::person::insert(
        act.tx,
        act.viewer.authority(),
        &reference,
        new,
        act.at.now(),
    )
}

/// Holds a person, unless one with the same email address and name is held already: that one is who is meant, and stays
/// as they are.
pub fn hold(act: &mut Act<'_>, new: &NewPerson) -> Result<PersonKey> {
    let folded = names::fold(&new.particulars.name);
    let beyond = beyond(act.tx, act.viewer)?;
    let same_address = match &new.particulars.email {
        Some(email) => store::person::with_email(act.tx, act.viewer.authority(), email)?,
        None => Vec::new(),
    };
    let same_person = same_address
        .into_iter()
        .find(|(key, name)| names::fold(name) == folded && !beyond.contains(key));
    match same_person {
        Some((held, _)) => Ok(held),
        None => add(act, new),
    }
}

/// The parents of children whom a viewer may not see. Whoever writes down somebody of the same name and address means, as far as they
/// can know, another person: what is held of these would be shown to them, or changed by them.
pub(super) fn beyond(conn: &mut Conn, viewer: &Viewer) -> Result<HashSet<PersonKey>> {
    let hidden = resemblance::hidden_from(conn, viewer)?;
    match hidden.is_empty() {
        true => Ok(HashSet::new()),
        false => store::person::tied_to(conn, &hidden),
    }
}

/// Ties a parent or carer to a child, as an officer writes them down. One of the same name and email address who is tied to
/// the child already is who is meant: then nothing changes, as after a double click. Gives whether it was new.
pub fn add_parent(
    act: &mut Act<'_>,
    child: ChildKey,
    new: &NewPerson,
    relation: &NewRelation,
) -> Result<bool> {
    let folded = names::fold(&new.particulars.name);
    let tied = store::person::names_of_tied(act.tx, child)?;
    let is_tied = |(name, email): &(String, Option<String>)| {
        names::fold(name) == folded
            && email.as_deref() == new.particulars.email.as_ref().map(EmailAddress::as_str)
    };
    if tied.iter().any(is_tied) {
        return Ok(false);
    }
    let person = hold(act, new)?;
    relate(act.tx, child, person, relation)?;
    Ok(true)
}

/// The folded names of the parents of these children.
///
/// # Errors
/// When the database does not answer.
pub fn names_of_parents(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<HashMap<ChildKey, HashSet<String>>> {
    if children.is_empty() {
        return Ok(HashMap::new());
    }
    let mut parents: HashMap<ChildKey, HashSet<String>> = HashMap::new();
    for (child, name) in store::person::names_of_tied_to(conn, children)? {
        let folded = names::fold(&name);
        parents.entry(child).or_default().insert(folded);
    }
    Ok(parents)
}

/// Ties a person to a child; a tie that is there already is left as it is.
pub fn relate(
    tx: &mut Conn,
    child: ChildKey,
    person: PersonKey,
    relation: &NewRelation,
) -> Result<()> {
    if store::person::are_tied(tx, child, person)? {
        return Ok(());
    }
    store::person::tie(tx, child, person, relation)
}

/// The person an account belongs to, if one is held.
pub fn of_account(
    conn: &mut Conn,
    viewer: &Viewer,
    account: AccountKey,
) -> Result<Option<PersonRecord>> {
    store::person::of_account(conn, viewer.authority(), account)
}

/// Writes what a person says of themselves anew (a parent's second notification); writes the audit event, which says
/// what changed and not to what.
pub fn update(act: &mut Act<'_>, held: &PersonRecord, new: &NewPerson) -> Result<()> {
    store::person::update(act.tx, held.key, new)?;
    let changed = changes(held, new);
    if changed.is_empty() {
        return Ok(());
    }
    act.note(
        Action::PersonAmended,
        Subject::thing(held.reference.as_str()),
        &format!("Changed: {}", changed.join(", ")),
    )
}

/// Which of a person's details are said differently.
fn changes(held: &PersonRecord, new: &NewPerson) -> Vec<&'static str> {
    let told = [
        ("name", held.particulars.name != new.particulars.name),
        (
            "email address",
            held.particulars.email != new.particulars.email,
        ),
        (
            "telephone number",
            held.particulars.telephone != new.particulars.telephone,
        ),
        (
            "how to be in touch",
            held.particulars.contact_preference != new.particulars.contact_preference,
        ),
        (
            "who may see their details",
            held.particulars.confidentiality != new.particulars.confidentiality,
        ),
    ];
    let changed = told.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(detail, _)| detail).collect()
}

/// A child's parents and carers, those the child lives with first. How to reach a person whose details are `restricted`
/// to named staff comes to managers and to the child's own officer, who works with the family; a parent sees nothing of
/// how to reach another parent who does not want it.
pub fn parents_of(conn: &mut Conn, viewer: &Viewer, child: ChildKey) -> Result<Vec<ParentOf>> {
    let mut parents: Vec<ParentOf> = store::person::ties_of(conn, viewer, child)?
        .into_iter()
        .map(|tie| as_seen_by(viewer, tie))
        .collect();
    parents.sort_by_key(|parent| parent.lives_with_child != Some(true));
    Ok(parents)
}

fn as_seen_by(viewer: &Viewer, tie: Tie) -> ParentOf {
    let Tie {
        mut person,
        address,
        account,
        childs_officer,
        relationship,
        parental_responsibility,
        lives_with_child,
    } = tie;
    let oneself = account.is_some() && account == viewer.account();
    let another_parent = viewer.role() == Some(Role::Parent) && !oneself;
    let withheld = match person.particulars.confidentiality {
        Confidentiality::Normal => false,
        Confidentiality::WithholdFromOtherParents => another_parent,
        Confidentiality::Restricted => {
            let own_case = childs_officer.is_some() && childs_officer == viewer.account();
            !(oneself || own_case || viewer.sees_restricted())
        }
    };
    if withheld {
        person.particulars.email = None;
        person.particulars.telephone = None;
        person.particulars.contact_preference.clear();
    }
    ParentOf {
        person,
        relationship,
        parental_responsibility,
        lives_with_child,
        address: address.filter(|_| !withheld),
        may_be_reached: !withheld,
    }
}

/// Other open children who have a parent or carer of this child, for the sibling panel; the eldest first.
pub fn siblings_of(conn: &mut Conn, viewer: &Viewer, child: ChildKey) -> Result<Vec<Sibling>> {
    store::person::siblings_of(conn, viewer, child)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::address::{self, Place};
    use crate::register::child;
    use crate::register::testing::{World, day, now, world};
    use crate::rules::codes::{ChildStatus, Source};

    fn siblings(world: &World, viewer: &Viewer, of: ChildKey) -> Vec<String> {
        let siblings = world.run(|conn| siblings_of(conn, viewer, of));
        siblings.into_iter().map(|sibling| sibling.name).collect()
    }

    fn a_family(world: &World) -> (ChildKey, ChildKey) {
        let (ada, _) = world.add("Ada", "Hill", day(2015, 4, 3));
        let (bo, _) = world.add("Bo", "Hill", day(2012, 4, 3));
        world.add("Cy", "Hill", day(2013, 4, 3));
        let parent = world.make_parent(&world.parent, ada);
        let tie = NewRelation {
            relationship: Relationship::Father,
            parental_responsibility: None,
            lives_with_child: None,
            held_from: day(2026, 9, 1),
        };
        world.run(|tx| relate(tx, bo, parent, &tie));
        world.run(|tx| relate(tx, bo, parent, &tie));
        (ada, bo)
    }

    #[test]
    fn siblings_share_a_parent() {
        let world = world();
        let (ada, bo) = a_family(&world);
        for viewer in [&world.officer, &world.parent, &world.program] {
            assert_eq!(siblings(&world, viewer, ada), ["Bo Hill"]);
        }
        assert_eq!(siblings(&world, &world.officer, bo), ["Ada Hill"]);
        world.run(|tx| child::set_status(tx, bo, ChildStatus::Closed, now()));
        assert!(siblings(&world, &world.officer, ada).is_empty());
    }

    #[test]
    fn siblings_that_may_not_be_seen_are_not_named() {
        let world = world();
        let (ada, bo) = a_family(&world);
        world.restrict_to(&world.colleague, bo);
        for viewer in [&world.officer, &world.administrator, &world.elsewhere] {
            assert!(siblings(&world, viewer, ada).is_empty(), "{viewer:?}");
        }
        assert_eq!(siblings(&world, &world.manager, ada), ["Bo Hill"]);
    }

    #[test]
    fn parents_are_shown_to_those_who_see_the_child() {
        let world = world();
        let (ada, bo) = a_family(&world);
        let names = |viewer: &Viewer, of| {
            let parents = world.run(|conn| parents_of(conn, viewer, of));
            parents
                .iter()
                .map(|parent| parent.person.particulars.name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&world.officer, ada), ["Pat Hill"]);
        assert_eq!(names(&world.parent, bo), ["Pat Hill"]);
        assert!(
            names(&world.administrator, ada).is_empty() && names(&world.elsewhere, ada).is_empty()
        );
    }

    #[test]
    fn what_a_person_wants_withheld_is_withheld() {
        let world = world();
        let (ada, _) = a_family(&world);
        let father = |confidentiality| NewPerson {
            account: None,
            particulars: PersonParticulars {
                name: "Jo Hill".to_owned(),
                email: Some(EmailAddress::parse("jo@example.com").unwrap()),
                telephone: None,
                contact_preference: String::new(),
                confidentiality,
            },
        };
        let tie = NewRelation {
            relationship: Relationship::Father,
            parental_responsibility: Some(true),
            lives_with_child: Some(false),
            held_from: day(2026, 9, 1),
        };
        let home = Place {
            lines: "2 Low Road".to_owned(),
            town: String::new(),
            postcode: None,
            uprn: None,
        };
        world.run(|tx| {
            let key = add(
                &mut Act::new(tx, &world.program, At::of(now())),
                &father(Confidentiality::Normal),
            )?;
            relate(tx, ada, key, &tie)?;
            let since = day(2026, 9, 1);
            address::move_person(
                &mut Act::new(tx, &world.program, At::of(now())),
                key,
                &home,
                Source::Parent,
                since,
            )
        });
        let seen = |viewer: &Viewer| {
            let parents = world.run(|conn| parents_of(conn, viewer, ada));
            let father = parents.last().unwrap();
            assert_eq!(father.person.particulars.name, "Jo Hill");
            (
                father.address.is_some(),
                father.person.particulars.email.is_some(),
            )
        };
        let as_viewers_see_it = || {
            (
                seen(&world.parent),
                seen(&world.officer),
                seen(&world.manager),
            )
        };
        let all = (true, true);
        assert_eq!(as_viewers_see_it(), (all, all, all));
        let say = |confidentiality| {
            let held = world.run(|conn| parents_of(conn, &world.manager, ada));
            let held = &held.last().unwrap().person;
            let new = father(confidentiality);
            world.run(|tx| update(&mut Act::new(tx, &world.officer, At::of(now())), held, &new));
        };
        say(Confidentiality::WithholdFromOtherParents);
        assert_eq!(as_viewers_see_it(), ((false, false), all, all));
        say(Confidentiality::Restricted);
        let nothing = (false, false);
        assert_eq!(as_viewers_see_it(), (nothing, nothing, all));
        world.allocate(ada, &world.officer);
        assert_eq!(as_viewers_see_it(), (nothing, all, all));
    }

    #[test]
    fn the_same_name_at_the_same_address_is_the_same_person() {
        let world = world();
        let said = |name: &str, email: Option<&str>| NewPerson {
            account: None,
            particulars: PersonParticulars {
                name: name.to_owned(),
                email: email.map(|email| EmailAddress::parse(email).unwrap()),
                telephone: None,
                contact_preference: String::new(),
                confidentiality: Confidentiality::Normal,
            },
        };
        let held = |viewer: &Viewer, name, email| {
            world.run(|tx| hold(&mut Act::new(tx, viewer, At::of(now())), &said(name, email)))
        };
        let jo = held(&world.officer, "Jo O'Hara", Some("jo@example.com"));
        assert_eq!(held(&world.officer, "JO OHARA", Some("Jo@example.com")), jo);
        for other in [
            held(&world.officer, "Sam O'Hara", Some("jo@example.com")),
            held(&world.officer, "Jo O'Hara", None),
            held(&world.officer, "Jo O'Hara", None),
            held(&world.elsewhere, "Jo O'Hara", Some("jo@example.com")),
        ] {
            assert_ne!(other, jo);
        }
    }

    #[test]
    fn an_account_has_its_person_in_its_own_authority() {
        let world = world();
        let (ada, _) = world.add("Ada", "Hill", day(2015, 4, 3));
        world.make_parent(&world.parent, ada);
        let account = world.parent.account().unwrap();
        let held = |viewer: &Viewer| world.run(|conn| of_account(conn, viewer, account));
        assert_eq!(
            held(&world.parent)
                .map(|person| person.particulars.name)
                .as_deref(),
            Some("Pat Hill")
        );
        assert!(held(&world.elsewhere).is_none());
    }

    #[test]
    fn whoever_may_not_see_a_child_means_another_person_than_a_parent_of_that_child() {
        let world = world();
        let (ada, _) = world.add("Ada", "Hill", day(2015, 4, 3));
        let new = NewPerson {
            account: None,
            particulars: PersonParticulars {
                name: "Stefan Hill".to_owned(),
                email: EmailAddress::parse("stefan@home.example").ok(),
                telephone: None,
                contact_preference: String::new(),
                confidentiality: Confidentiality::Normal,
            },
        };
        let tie = NewRelation {
            relationship: Relationship::Father,
            parental_responsibility: None,
            lives_with_child: None,
            held_from: day(2026, 9, 1),
        };
        let held_by =
            |viewer: &Viewer| world.run(|tx| hold(&mut Act::new(tx, viewer, At::of(now())), &new));
        let stefan = held_by(&world.manager);
        world.run(|tx| relate(tx, ada, stefan, &tie));
        assert_eq!(held_by(&world.colleague), stefan);
        world.restrict_to(&world.officer, ada);
        assert_eq!(held_by(&world.officer), stefan);
        assert_ne!(held_by(&world.colleague), stefan);
    }
}
