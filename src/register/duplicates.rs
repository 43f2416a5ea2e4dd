//! The same child must not be taken twice. Candidates are shown to a person; nothing is ever merged by itself.

use chrono::NaiveDate;

use super::list::Line;
use super::store::search as store;
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::rules::identifiers::{NhsNumber, Upn};
use crate::rules::names;

/// What is known of a child who may be on the register already.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    pub given_names: &'a str,
    pub family_name: &'a str,
    pub date_of_birth: NaiveDate,
    pub upn: Option<&'a Upn>,
    /// NHS number, where known.
    pub nhs_number: Option<&'a NhsNumber>,
}

/// How many are shown: beyond a handful, a person compares no more.
const SHOWN: usize = 20;

/// Children who may be the same: the same UPN or NHS number, or the same date of birth and a name that is or sounds alike.
/// `but_not` leaves out the child's own record.
pub fn candidates(
    conn: &mut Conn,
    viewer: &Viewer,
    sought: &Sought<'_>,
    but_not: Option<&str>,
) -> Result<Vec<Line>> {
    let mut found = Vec::new();
    if let Some(upn) = sought.upn {
        found.extend(store::by_upn(conn, viewer, upn)?);
    }
    if let Some(number) = sought.nhs_number {
        found.extend(store::by_nhs_number(conn, viewer, number)?);
    }
    let name = Heard::of(sought.given_names, sought.family_name);
    let born_then = store::by_date_of_birth(conn, viewer, sought.date_of_birth, ONE_BIRTHDAY)?;
    found.extend(
        born_then
            .into_iter()
            .filter(|line| name.is_like(&Heard::of(&line.given_names, &line.family_name))),
    );
    Ok(each_once(found, but_not))
}

/// More children than any authority has of one birthday: a bound, so that a mistake costs little.
const ONE_BIRTHDAY: i64 = 2_000;

/// The words of a name and how they sound.
struct Heard {
    given: Vec<String>,
    family: Vec<String>,
}

impl Heard {
    fn of(given_names: &str, family_name: &str) -> Self {
        Self {
            given: names::searchable(given_names, None, ""),
            family: names::searchable("", None, family_name),
        }
    }

    /// Whether a given and a family name are alike; in lists they are sometimes in each other's column.
    fn is_like(&self, other: &Self) -> bool {
        let alike = share(&self.given, &other.given) && share(&self.family, &other.family);
        alike || (share(&self.given, &other.family) && share(&self.family, &other.given))
    }
}

fn share(some: &[String], others: &[String]) -> bool {
    some.iter().any(|word| others.contains(word))
}

fn each_once(found: Vec<Line>, but_not: Option<&str>) -> Vec<Line> {
    let mut once: Vec<Line> = Vec::new();
    for line in found {
        let shown = once.iter().any(|other| other.reference == line.reference);
        if !shown && Some(line.reference.as_str()) != but_not && once.len() < SHOWN {
            once.push(line);
        }
    }
    once
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, new_child, particulars, world};

    fn names(
        world: &World,
        viewer: &Viewer,
        sought: &Sought<'_>,
        but_not: Option<&str>,
    ) -> Vec<String> {
        let found = world.run(|conn| candidates(conn, viewer, sought, but_not));
        found
            .iter()
            .map(|line| format!("{} {}", line.given_names, line.family_name))
            .collect()
    }

    fn sought<'a>(given_names: &'a str, family_name: &'a str) -> Sought<'a> {
        Sought {
            given_names,
            family_name,
            date_of_birth: day(2015, 4, 3),
            upn: None,
            nhs_number: None,
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
    fn an_identifier_alone_is_enough_and_comes_first() {
        let world = world();
        let upn = Upn::parse("B801200005001").unwrap();
        world.add("Ada", "Moss", day(2015, 4, 3));
        let mut new = new_child(particulars("Bo", "Vale", day(2012, 1, 1)));
        new.particulars.upn = Some(upn.clone());
        let (_, reference) = world.add_child(&new);
        let asked = Sought {
            upn: Some(&upn),
            ..sought("Ada", "Moss")
        };
        assert_eq!(
            names(&world, &world.officer, &asked, None),
            ["Bo Vale", "Ada Moss"]
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
