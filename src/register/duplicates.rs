//! The same child must not be taken twice. Candidates are shown to a person; nothing is ever merged by itself.

use std::cmp::Reverse;

use super::list::Line;
use super::store::known::{self, KnownChild};
use super::store::search;
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::rules::names;
use crate::rules::same_child::{Comparison, Identity, Verdict, compare, days_of_birth};

/// A child who may be the one who is sought, and why.
#[derive(Debug)]
pub struct Candidate {
    pub line: Line,
    pub compared: Comparison,
}

impl Candidate {
    /// Why each may be the same: its reference, and the facts in words.
    #[must_use]
    pub fn reasons(candidates: &[Self]) -> Vec<(String, String)> {
        let why = |it: &Self| (it.line.reference.clone(), it.compared.in_words());
        candidates.iter().map(why).collect()
    }
}

/// How many are shown: beyond a handful, a person compares no more.
const SHOWN: usize = 20;

/// More children than any authority has of one birthday, or of one name: a bound, so that a mistake costs little.
const AT_MOST: i64 = 2_000;

/// Children who are or may be the one of whom this is said, the surest first ([`crate::rules::same_child`]); also those who have
/// a UPN or NHS number with them. `but_not` leaves out the child's own record.
///
/// # Errors
/// When the database does not answer.
pub fn candidates(
    conn: &mut Conn,
    viewer: &Viewer,
    sought: &Identity<'_>,
    but_not: Option<&str>,
) -> Result<Vec<Candidate>> {
    let mut found = known::with_number(conn, viewer, sought, AT_MOST)?;
    for day in days_of_birth(sought.date_of_birth) {
        found.extend(known::born_on(conn, viewer, day, AT_MOST)?);
    }
    let name_key = names::name_key(sought.given_names, sought.family_name);
    found.extend(known::named(conn, viewer, &name_key, AT_MOST)?);
    found.sort_by_key(|known| known.key);
    found.dedup_by_key(|known| known.key);
    let mut like: Vec<(KnownChild, Comparison)> = found
        .into_iter()
        .filter(|known| Some(known.reference.as_str()) != but_not)
        .map(|known| {
            let compared = compare(sought, &known.identity());
            (known, compared)
        })
        .filter(|(_, compared)| compared.verdict() != Verdict::Another || compared.shares_number())
        .collect();
    like.sort_by_key(|(known, compared)| (Reverse(compared.verdict()), known.key));
    like.truncate(SHOWN);
    let mut shown = Vec::with_capacity(like.len());
    for (known, compared) in like {
        let line = search::by_reference(conn, viewer, known.reference.as_str())?;
        shown.extend(line.into_iter().map(|line| Candidate { line, compared }));
    }
    Ok(shown)
}
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, new_child, particulars, world};
    use crate::rules::codes::Sex;
    use crate::rules::identifiers::Upn;

    fn names(
        world: &World,
        viewer: &Viewer,
        sought: &Identity<'_>,
        but_not: Option<&str>,
    ) -> Vec<String> {
        let found = world.run(|conn| candidates(conn, viewer, sought, but_not));
        found
            .iter()
            .map(|it| format!("{} {}", it.line.given_names, it.line.family_name))
            .collect()
    }

    fn sought<'a>(given_names: &'a str, family_name: &'a str) -> Identity<'a> {
        Identity {
            given_names,
            family_name,
            known_as: None,
            date_of_birth: day(2015, 4, 3),
            sex: Sex::Unknown,
            upn: None,
            nhs_number: None,
            other_reference: None,
            postcode: None,
        }
    }

    #[test]
    fn the_same_birthday_and_a_name_that_is_or_sounds_alike() {
        let world = world();
        world.add("Stephen James", "O'Brien", day(2015, 4, 3));
        world.add("Stephen", "Jones", day(2015, 4, 3));
        world.add("Stephen", "O'Brien", day(2015, 4, 4));
        let expected = ["Stephen James O'Brien"];
        assert_eq!(
            names(&world, &world.officer, &sought("Steven", "OBrien"), None),
            expected
        );
        assert_eq!(
            names(&world, &world.officer, &sought("O’Brien", "Stephen"), None),
            expected,
            "swapped columns"
        );
        assert_eq!(
            names(&world, &world.officer, &sought("Bea", "O'Brien"), None),
            Vec::<String>::new(),
            "a twin"
        );
    }

    #[test]
    fn the_surest_comes_first_and_an_identifier_alone_is_enough() {
        let world = world();
        let upn = Upn::parse("B801200005001").unwrap();
        world.add("Ada", "Moss", day(2015, 4, 3));
        let mut new = new_child(particulars("Bo", "Vale", day(2012, 1, 1)));
        new.particulars.upn = Some(upn.clone());
        let (_, reference) = world.add_child(&new);
        let asked = Identity {
            upn: Some(upn.as_str()),
            ..sought("Ada", "Moss")
        };
        assert_eq!(
            names(&world, &world.officer, &asked, None),
            ["Ada Moss", "Bo Vale"]
        );
        assert_eq!(
            names(&world, &world.officer, &asked, Some(reference.as_str())),
            ["Ada Moss"]
        );
    }

    #[test]
    fn who_may_not_see_a_child_is_not_told_of_them() {
        let world = world();
        let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
        world.restrict_to(&world.colleague, key);
        for viewer in [
            &world.officer,
            &world.parent,
            &world.administrator,
            &world.elsewhere,
        ] {
            assert!(
                names(&world, viewer, &sought("Ada", "Moss"), None).is_empty(),
                "{viewer:?}"
            );
        }
        assert_eq!(
            names(&world, &world.manager, &sought("Ada", "Moss"), None).len(),
            1
        );
    }
}
