//! What is left for whoever tries the demonstration: an address to settle, a child whom nobody can find, a tier that the
//! manager decided, checks that rest, an officer who is going to be away, and the terms of the schools. Each stands on a page
//! that would be empty otherwise.

use chrono::{Datelike, Days, NaiveDate};
use hearth::access::absence::{self, NewAbsence};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::{Conn, DbError};
use hearth::duty::rest::{self, NewRest};
use hearth::policy::calendar_book::{self, SourcedTerm};
use hearth::policy::rulebook;
use hearth::register::{ChildKey, child, settlement};
use hearth::rules::terms::Term;
use hearth::rules::tier::Tier;
use hearth::standing::whereabouts;
use hearth::tier::decision::NewTierDecision;
use hearth::tier::{deciding, tiering};

use super::super::invented::families::{Family, Story};
use super::super::invented::refused;
use super::deeds::Scene;

/// Leaves the families of the demonstration with something to be settled.
pub fn leave(scene: &Scene, tx: &mut Conn, at: At) -> Result<(), DbError> {
    terms(scene, tx, at)?;
    let quiet = scene
        .families
        .iter()
        .enumerate()
        .filter(|(_, family)| family.story == Story::Quiet);
    let mut settled = quiet.filter(|(number, _)| scene.children.contains_key(number));
    if let Some((number, family)) = settled.next() {
        two_addresses(scene, tx, (number, family), at)?;
    }
    if let Some((number, _)) = settled.next() {
        lost(scene, tx, number, at)?;
    }
    let mut others = settled.filter_map(|(number, _)| scene.children.get(&number)?.first());
    if let Some((key, _)) = others.next() {
        decided(scene, tx, *key, at)?;
    }
    if let Some((key, _)) = others.next() {
        resting(scene, tx, *key, at)?;
    }
    away(scene, tx, at)
}

/// The list of another service has the family elsewhere.
fn two_addresses(
    scene: &Scene,
    tx: &mut Conn,
    (number, family): (usize, &Family),
    at: At,
) -> Result<(), DbError> {
    let viewer = Viewer::program(scene.staff.authority, "import");
    for (key, _) in scene.children.get(&number).into_iter().flatten() {
        settlement::hold_claim_of_list(&mut Act::new(tx, &viewer, at), *key, &family.next_home)?;
        tiering::reassess(&mut Act::new(tx, &viewer, at), *key)?;
    }
    Ok(())
}

/// The landlord says that they have gone, and nobody knows where.
fn lost(scene: &Scene, tx: &mut Conn, number: usize, at: At) -> Result<(), DbError> {
    let manager = &scene.staff.manager.viewer;
    let words = "The landlord says that they have left, and no neighbour knows where to";
    for (key, _) in scene.children.get(&number).into_iter().flatten() {
        if let Some(record) = child::by_key(tx, manager, *key)? {
            whereabouts::lose(&mut Act::new(tx, manager, at), &record, words)
                .map_err(|why| refused("say that a child is lost", why))?;
        }
    }
    Ok(())
}

/// The manager has heard something that no fact of the register says.
fn decided(scene: &Scene, tx: &mut Conn, key: ChildKey, at: At) -> Result<(), DbError> {
    let decision = NewTierDecision {
        tier: Tier::Amber,
        reason: "The school says that the parents are parting, and the child is torn".to_owned(),
        ends_on: at.today() + Days::new(60),
    };
    deciding::decide(
        &mut Act::new(tx, &scene.staff.manager.viewer, at),
        key,
        &decision,
    )
    .map_err(|why| refused("decide on a tier", why))
}

/// A hospital sees the child for some weeks.
fn resting(scene: &Scene, tx: &mut Conn, key: ChildKey, at: At) -> Result<(), DbError> {
    let rest = NewRest {
        reason: "In hospital, where the ward's teacher sees the child".to_owned(),
        lead_name: "Ward sister, 01632 960140".to_owned(),
        ends_on: at.today() + Days::new(30),
    };
    rest::begin(
        &mut Act::new(tx, &scene.staff.manager.viewer, at),
        key,
        &rest,
    )
    .map_err(|why| refused("let checks rest", why))?;
    Ok(())
}

/// The last officer has a week off, and the first one stands in.
fn away(scene: &Scene, tx: &mut Conn, at: At) -> Result<(), DbError> {
    let officers = &scene.staff.officers;
    let (Some(delegate), Some(away)) = (officers.first(), officers.last()) else {
        return Ok(());
    };
    let new = NewAbsence {
        account: away.reference.clone(),
        delegate: delegate.reference.clone(),
        starts_on: at.today() + Days::new(7),
        ends_on: at.today() + Days::new(13),
    };
    let act = &mut Act::new(tx, &scene.staff.manager.viewer, at);
    let latest = rulebook::of(act)?.longest_absence(new.starts_on).day;
    absence::add(act, &new, latest).map_err(|why| refused("say that somebody is away", why))
}

/// The terms of this school year and the next.
fn terms(scene: &Scene, tx: &mut Conn, at: At) -> Result<(), DbError> {
    let began = if at.today().month() >= 9 {
        at.today().year()
    } else {
        at.today().year() - 1
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
            calendar_book::add_term(&mut Act::new(tx, &viewer, at), &term)
                .map_err(|why| refused("add a term", why))?;
        }
    }
    Ok(())
}
