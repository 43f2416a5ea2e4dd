//! Finding a child by what somebody on the telephone can say: part of a name as it sounds, a date of birth, a
//! postcode, a UPN, a reference.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::list::Line;
use super::store::search as store;
use super::store::search::Sought;
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::rules::dates;
use crate::rules::identifiers::{NhsNumber, Postcode, Reference, Upn, UpnProblem};
use crate::rules::names;

/// How many are shown at once; more means the question should be narrowed.
pub const SHOWN: usize = 50;

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// How the question was understood: "name", "date of birth", "postcode", "UPN", "NHS number", "reference".
    pub understood_as: &'static str,
    /// The first [`SHOWN`] matches, exact ones first.
    pub lines: Vec<Line>,
    /// Whether there are more.
    pub more: bool,
    /// Whether nothing matched as typed and these only sound alike.
    pub sounds_alike: bool,
}

/// More words than this are not needed to find anybody, and each costs a look.
const WORDS: usize = 6;
/// So few children share a word at most that going through all of them is quick.
const FEW: i64 = 200;
/// What is asked of the database: one more than is shown tells whether there are more.
const LIMIT: i64 = SHOWN as i64 + 1;

impl Found {
    fn of(understood_as: &'static str, mut lines: Vec<Line>) -> Self {
        let more = lines.len() > SHOWN;
        lines.truncate(SHOWN);
        Self {
            understood_as,
            lines,
            more,
            sounds_alike: false,
        }
    }
}

/// Looks for children this viewer may see, closed records included.
pub fn search(conn: &mut Conn, viewer: &Viewer, typed: &str) -> Result<Found> {
    let typed = typed.trim();
    if typed.chars().any(|letter| letter.is_ascii_digit())
        && let Some(found) = by_number(conn, viewer, typed)?
    {
        return Ok(found);
    }
    // A reference can be all letters, and then looks like a name: "Catherine" does.
    if let Ok(reference) = Reference::parse(typed) {
        let lines = store::by_reference(conn, viewer, reference.as_str())?;
        if !lines.is_empty() {
            return Ok(Found::of("reference", lines));
        }
    }
    by_name(conn, viewer, typed)
}

/// What has a digit in it, by its shape; none if it has the shape of nothing we know.
fn by_number(conn: &mut Conn, viewer: &Viewer, typed: &str) -> Result<Option<Found>> {
    let lines = store::by_other_reference(conn, viewer, typed, LIMIT)?;
    if !lines.is_empty() {
        return Ok(Some(Found::of("reference", lines)));
    }
    let found = match shape(typed) {
        None => return Ok(None),
        Some(Shape::Reference(reference)) => Found::of(
            "reference",
            store::by_reference(conn, viewer, reference.as_str())?,
        ),
        Some(Shape::Upn(upn)) => Found::of("UPN", store::by_upn(conn, viewer, &upn)?),
        Some(Shape::MistypedUpn) => Found::of("UPN", Vec::new()),
        Some(Shape::NhsNumber(number)) => {
            Found::of("NHS number", store::by_nhs_number(conn, viewer, &number)?)
        }
        Some(Shape::Postcode(postcode)) => Found::of(
            "postcode",
            store::by_postcode(conn, viewer, postcode.as_str(), LIMIT)?,
        ),
        Some(Shape::Outward(outward)) => Found::of(
            "postcode",
            store::by_outward_postcode(conn, viewer, &outward, LIMIT)?,
        ),
        Some(Shape::DateOfBirth(day)) => Found::of(
            "date of birth",
            store::by_date_of_birth(conn, viewer, day, LIMIT)?,
        ),
    };
    Ok(Some(found))
}

/// What a text with digits can be.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    Reference(Reference),
    Upn(Upn),
    MistypedUpn,
    NhsNumber(NhsNumber),
    Postcode(Postcode),
    /// The part of a postcode that names its district.
    Outward(String),
    DateOfBirth(NaiveDate),
}

fn shape(typed: &str) -> Option<Shape> {
    if let Ok(reference) = Reference::parse(typed) {
        return Some(Shape::Reference(reference));
    }
    match Upn::parse(typed) {
        Ok(upn) => return Some(Shape::Upn(upn)),
        Err(UpnProblem::CheckLetter { .. }) => return Some(Shape::MistypedUpn),
        Err(_) => {}
    }
    if let Ok(number) = NhsNumber::parse(typed) {
        return Some(Shape::NhsNumber(number));
    }
    if let Ok(postcode) = Postcode::parse(typed) {
        return Some(Shape::Postcode(postcode));
    }
    // What becomes a postcode when any inward part is added is an outward part.
    if let Ok(postcode) = Postcode::parse(&format!("{typed} 1AA")) {
        return Some(Shape::Outward(postcode.outward().to_owned()));
    }
    dates::parse_uk(typed).ok().map(Shape::DateOfBirth)
}

/// As typed; then as if particles were written as one with the name; then by how it sounds.
fn by_name(conn: &mut Conn, viewer: &Viewer, typed: &str) -> Result<Found> {
    let folded = names::fold(typed);
    let words: Vec<String> = folded
        .split(' ')
        .filter(|w| !w.is_empty())
        .take(WORDS)
        .map(str::to_owned)
        .collect();
    let mut lines = with_words(conn, viewer, words.iter().cloned().map(Sought::Beginning))?;
    if lines.is_empty()
        && let Some(joined) = names::with_particles_joined(&words)
    {
        lines = with_words(conn, viewer, joined.into_iter().map(Sought::Beginning))?;
    }
    if !lines.is_empty() {
        return Ok(Found::of("name", lines));
    }
    let sounds = words
        .into_iter()
        .map(|word| Sought::Exactly(names::sound(&word).unwrap_or(word)));
    let lines = with_words(conn, viewer, sounds)?;
    Ok(Found {
        sounds_alike: !lines.is_empty(),
        ..Found::of("name", lines)
    })
}

/// Children with all these words. The search is driven by a rare one, so that it does not go through every Oliver to
/// find the one Oliver Sparrowhawk; where all are common, by the longest.
fn with_words(
    conn: &mut Conn,
    viewer: &Viewer,
    words: impl Iterator<Item = Sought>,
) -> Result<Vec<Line>> {
    let mut words: Vec<Sought> = words.collect();
    words.sort_by_key(|word| Reverse(word.length()));
    if words.len() > 1 {
        for place in 0..words.len() {
            let rare = words
                .get(place)
                .map(|word| store::is_rare(conn, viewer.authority(), word, FEW))
                .transpose()?;
            if rare == Some(true) {
                words.swap(0, place);
                break;
            }
        }
    }
    store::by_name(conn, viewer, &words, LIMIT)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, new_child, particulars, world};
    use crate::register::{address, address::Place};
    use crate::rules::codes::Source;

    fn found(world: &World, viewer: &Viewer, typed: &str) -> Found {
        world.run(|conn| search(conn, viewer, typed))
    }

    fn names(world: &World, typed: &str) -> Vec<String> {
        let found = found(world, &world.officer, typed);
        found
            .lines
            .iter()
            .map(|line| format!("{} {}", line.given_names, line.family_name))
            .collect()
    }

    fn some_children() -> World {
        let world = world();
        for (given_names, family_name) in [
            ("Anne-Marie", "O'Brien"),
            ("Ann", "Smithson"),
            ("Bea", "Smith"),
            ("Łukasz", "Nowak"),
            ("Catherine", "Vale"),
        ] {
            world.add(given_names, family_name, day(2015, 4, 3));
        }
        world
    }

    #[test]
    fn every_word_typed_begins_a_word_of_the_name() {
        let world = some_children();
        assert_eq!(names(&world, "obr"), ["Anne-Marie O'Brien"]);
        assert_eq!(names(&world, "O'BRIEN anne"), ["Anne-Marie O'Brien"]);
        assert_eq!(names(&world, "annemarie"), ["Anne-Marie O'Brien"]);
        assert_eq!(names(&world, "anne-marie o’brien"), ["Anne-Marie O'Brien"]);
        assert_eq!(names(&world, "lukasz"), ["Łukasz Nowak"]);
        assert_eq!(names(&world, "Catherine"), ["Catherine Vale"]);
        assert_eq!(names(&world, "anne smith"), Vec::<String>::new());
    }

    #[test]
    fn the_exact_name_comes_first_and_each_child_once() {
        let world = some_children();
        assert_eq!(names(&world, "smith"), ["Bea Smith", "Ann Smithson"]);
        assert_eq!(names(&world, "ann"), ["Ann Smithson", "Anne-Marie O'Brien"]);
    }

    #[test]
    fn particles_may_stand_alone() {
        let world = some_children();
        assert_eq!(names(&world, "o brien"), ["Anne-Marie O'Brien"]);
        assert_eq!(names(&world, "marie o brien"), ["Anne-Marie O'Brien"]);
    }

    #[test]
    fn what_is_not_found_as_typed_is_found_by_its_sound() {
        let world = some_children();
        let by_sound = found(&world, &world.officer, "kathryn vail");
        assert!(by_sound.sounds_alike);
        assert_eq!(names(&world, "kathryn vail"), ["Catherine Vale"]);
        assert!(!found(&world, &world.officer, "smith").sounds_alike);
        let nobody = found(&world, &world.officer, "zzyzx");
        assert_eq!(
            (
                nobody.lines.len(),
                nobody.sounds_alike,
                nobody.understood_as
            ),
            (0, false, "name")
        );
    }

    #[test]
    fn an_empty_question_has_an_empty_answer() {
        let world = some_children();
        for typed in ["", "  ", "-", "'"] {
            assert!(
                found(&world, &world.officer, typed).lines.is_empty(),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn a_question_is_understood_by_its_shape() {
        let world = world();
        let mut new = new_child(particulars("Ada", "Moss", day(2015, 4, 3)));
        new.particulars.upn = Some(Upn::parse("B801200005001").unwrap());
        new.particulars.nhs_number = Some(NhsNumber::parse("9990000018").unwrap());
        new.other_reference = Some("EHE/77".to_owned());
        let (key, reference) = world.add_child(&new);
        let home = Place {
            lines: "1 High Street".to_owned(),
            town: String::new(),
            postcode: Some(Postcode::parse("AB12 3ED").unwrap()),
            uprn: None,
        };
        let postcode = home.postcode.clone().unwrap();
        world.run(|tx| {
            address::move_child(
                tx,
                key,
                &home,
                Source::Parent,
                day(2026, 9, 1),
                crate::register::testing::now(),
            )
        });
        let compact = postcode.as_str().replace(' ', "").to_lowercase();
        for (typed, understood_as) in [
            (reference.as_str().to_lowercase().as_str(), "reference"),
            ("EHE/77", "reference"),
            ("b801200005001", "UPN"),
            ("999 000 0018", "NHS number"),
            (postcode.as_str(), "postcode"),
            (&compact, "postcode"),
            ("ab12", "postcode"),
            ("3/4/2015", "date of birth"),
            ("3 April 2015", "date of birth"),
            ("moss", "name"),
        ] {
            let found = found(&world, &world.officer, typed);
            assert_eq!(
                (found.understood_as, found.lines.len()),
                (understood_as, 1),
                "{typed}"
            );
        }
        for (typed, understood_as) in [
            ("A801200005001", "UPN"),
            ("AB1", "postcode"),
            ("4/4/2015", "date of birth"),
        ] {
            let found = found(&world, &world.officer, typed);
            assert_eq!(
                (found.understood_as, found.lines.len()),
                (understood_as, 0),
                "{typed}"
            );
        }
    }

    #[test]
    fn who_may_not_see_a_child_does_not_find_them() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        world.restrict_to(&world.colleague, key);
        for typed in [reference.as_str(), "moss", "mos ada", "mosse", "3/4/2015"] {
            for viewer in [
                &world.officer,
                &world.parent,
                &world.administrator,
                &world.elsewhere,
            ] {
                assert!(
                    found(&world, viewer, typed).lines.is_empty(),
                    "{typed} {viewer:?}"
                );
            }
            for viewer in [&world.colleague, &world.manager, &world.program] {
                assert_eq!(
                    found(&world, viewer, typed).lines.len(),
                    1,
                    "{typed} {viewer:?}"
                );
            }
        }
    }

    #[test]
    fn more_than_a_page_is_said_to_be_more() {
        let world = world();
        for n in 0..=SHOWN {
            world.add(&format!("Ada {n}"), "Moss", day(2015, 4, 3));
        }
        let found = found(&world, &world.officer, "moss");
        assert_eq!((found.lines.len(), found.more), (SHOWN, true));
    }
}
