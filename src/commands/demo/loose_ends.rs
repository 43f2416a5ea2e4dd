//! What is left for whoever tries the demonstration: an address to settle, a child whom nobody can find, and the terms of
//! the schools. Each stands on a page that would be empty otherwise.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use hearth::access::Viewer;
use hearth::db::{Conn, DbError};
use hearth::policy::calendar_book::{self, SourcedTerm};
use hearth::policy::rulebook;
use hearth::register::{child, claimed_address};
use hearth::rules::terms::Term;
use hearth::standing::whereabouts;
use hearth::tier::tiering;

use super::super::invented::families::{Family, Story};
use super::super::invented::refused;
use super::deeds::Scene;

/// Leaves the families of the demonstration with something to be settled.
pub fn leave(
    scene: &Scene,
    tx: &mut Conn,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    terms(scene, tx, today, now)?;
    let quiet = scene
        .families
        .iter()
        .enumerate()
        .filter(|(_, family)| family.story == Story::Quiet);
    let mut settled = quiet.filter(|(number, _)| scene.children.contains_key(number));
    if let Some((number, family)) = settled.next() {
        two_addresses(scene, tx, (number, family), today, now)?;
    }
    if let Some((number, _)) = settled.next() {
        lost(scene, tx, number, today, now)?;
    }
    Ok(())
}

/// The list of another service has the family elsewhere.
fn two_addresses(
    scene: &Scene,
    tx: &mut Conn,
    (number, family): (usize, &Family),
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let viewer = Viewer::program(scene.staff.authority, "import");
    let rulebook = rulebook::load(tx, scene.staff.authority, today)?;
    for (key, _) in scene.children.get(&number).into_iter().flatten() {
        claimed_address::hold_claim_of_list(tx, &viewer, *key, &family.next_home, now)?;
        tiering::reassess(tx, &viewer, *key, &rulebook, now)?;
    }
    Ok(())
}

/// The landlord says that they have gone, and nobody knows where.
fn lost(
    scene: &Scene,
    tx: &mut Conn,
    number: usize,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let manager = &scene.staff.manager.viewer;
    let words = "The landlord says that they have left, and no neighbour knows where to";
    for (key, _) in scene.children.get(&number).into_iter().flatten() {
        if let Some(record) = child::by_key(tx, manager, *key)? {
            whereabouts::lose(tx, manager, &record, words, today, now)
                .map_err(|why| refused("say that a child is lost", why))?;
        }
    }
    Ok(())
}

/// The terms of this school year and the next.
fn terms(
    scene: &Scene,
    tx: &mut Conn,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let began = if today.month() >= 9 {
        today.year()
    } else {
        today.year() - 1
    };
    let viewer = Viewer::program(scene.staff.authority, "demo");
    for year in [began, began + 1] {
        for (name, first, last) in [
            ("Autumn", (year, 9, 3), (year, 12, 18)),
            ("Spring", (year + 1, 1, 5), (year + 1, 3, 26)),
            ("Summer", (year + 1, 4, 13), (year + 1, 7, 21)),
        ] {
            let day = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day);
            let (Some(first_day), Some(last_day)) = (day(first), day(last)) else {
                continue;
            };
            let term = SourcedTerm {
                term: Term {
                    name: format!("{name} {}", first_day.year()),
                    first_day,
                    last_day,
                },
                source: "Invented for the demonstration".to_owned(),
            };
            calendar_book::add_term(tx, &viewer, &term, now, today)
                .map_err(|why| refused("add a term", why))?;
        }
    }
    Ok(())
}
