//! Families who notify the authority, the first time or again, and officers who accept that.

use chrono::{Days, NaiveDate};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::Conn;
use hearth::intake::notification;
use hearth::register::ChildKey;
use hearth::register::child;
use hearth::rules::age::compulsory_school_age;
use hearth::rules::identifiers::Reference;
use rand::RngExt;

use super::super::Failure;
use super::super::invented::colleagues::parents_eyes;
use super::super::invented::families::Family;
use super::super::invented::refused;
use super::program::{Hitch, Program};
use super::tally::Happening;
use super::world::{Deed, Errand, Presence, World};

/// A record of a child: its key, its reference, and which of the family's children it is.
type Known = (ChildKey, Reference, Option<usize>);

impl World {
    pub fn notify(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let (authority, base_url) = (self.staff.authority, program.services.base_url.clone());
        let turn = self.families[number].notifications.len();
        let mut dice = self.dice(Errand::Notify { family: number }, &format!("{turn}"));
        let is_first = self.families[number].pupils.is_empty();
        // Some say it because they have moved; some send an old form, with where they lived before.
        let (has_moved, is_old_form) = match dice.random_range(0..4) {
            _ if is_first => (false, false),
            0..2 => (true, false),
            2 => (false, true),
            _ => (false, false),
        };
        if has_moved {
            let household = &mut self.families[number];
            std::mem::swap(&mut household.family.home, &mut household.family.next_home);
        }
        let told_of = self.told_of(number, today);
        let family = &self.families[number].family;
        let Some(adult) = family.adults.first().filter(|_| !told_of.is_empty()) else {
            return Ok(());
        };
        let officer = &self.staff.any_officer(&mut dice).viewer;
        let received = program.write(|tx| {
            let viewer = match &adult.email {
                Some(email) => parents_eyes(tx, authority, email, now)?,
                None => officer.clone(),
            };
            let key = format!("simulation-{number}-{turn}");
            let mut sent = family.notification(adult, key, viewer.account(), today, "");
            let children = std::mem::take(&mut sent.children).into_iter().enumerate();
            let told = children.filter(|(place, _)| told_of.contains(place));
            sent.children = told.map(|(_, child)| child).collect();
            if is_old_form {
                sent.parent.home = family.next_home.clone();
            }
            Ok(notification::receive(
                &mut Act::new(tx, &viewer, At::of(now)),
                &sent,
                &base_url,
                today,
            )?
            .reference)
        })?;
        self.tally.once(Happening::Notified, &received);
        let Some(reference) = received else {
            return Ok(());
        };
        if !is_first {
            self.tally.add(Happening::NotifiedAgain, 1);
        }
        let children = self.told_in(program, number, &reference)?;
        self.welcome(number, children, today);
        self.families[number].notifications.push(reference);
        let days = match dice.random_range(0..10) {
            0 => dice.random_range(12..40),
            _ => dice.random_range(0..9),
        };
        let accept = Errand::Accept {
            family: number,
            turn,
        };
        self.plan(today + Days::new(days), accept);
        // Some are not sure whether the first form arrived.
        if dice.random_ratio(1, 6) {
            let day = today + Days::new(dice.random_range(5..120));
            self.plan(day, Errand::Notify { family: number });
        }
        Ok(())
    }

    /// Which of the children a family tells of: nobody who left for good or is past school age.
    fn told_of(&self, number: usize, today: NaiveDate) -> Vec<usize> {
        let household = &self.families[number];
        let is_gone = |place: usize| {
            let records = household.pupils.iter().map(|pupil| &self.pupils[*pupil]);
            let mut own = records
                .filter(|pupil| pupil.child == Some(place))
                .peekable();
            own.peek().is_some() && own.all(|pupil| pupil.presence == Presence::Gone)
        };
        let children = household.family.children.iter().enumerate();
        children
            .filter(|(_, child)| compulsory_school_age(child.date_of_birth).ends >= today)
            .map(|(place, _)| place)
            .filter(|place| !is_gone(*place))
            .collect()
    }

    /// The children of whom a notification tells.
    fn told_in(
        &self,
        program: &mut Program,
        number: usize,
        reference: &Reference,
    ) -> Result<Vec<Known>, Failure> {
        let manager = &self.staff.manager.viewer;
        let family = &self.families[number].family;
        program.read(|conn| told_in(conn, manager, family, reference))
    }

    pub fn accept(
        &mut self,
        program: &mut Program,
        number: usize,
        turn: usize,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let Some(reference) = self.families[number].notifications.get(turn).cloned() else {
            return Ok(());
        };
        let base_url = program.services.base_url.clone();
        let errand = Errand::Accept {
            family: number,
            turn,
        };
        let mut dice = self.dice(errand, "by");
        let officer = self.staff.any_officer(&mut dice);
        let viewer = &officer.viewer;
        // The second time, after the program has died, it was accepted already.
        let _ = program.write(|tx| {
            let officer = &officer.reference;
            notification::accept(
                &mut Act::new(tx, viewer, At::of(now)),
                &reference,
                officer,
                &base_url,
            )?;
            Ok(())
        })?;
        let children = self.told_in(program, number, &reference)?;
        let first = today + Days::new(dice.random_range(0..8));
        let told = |pupil: &usize| children.iter().any(|it| it.0 == self.pupils[*pupil].key);
        let pupils = self.families[number].pupils.iter().copied();
        let pupils: Vec<usize> = pupils.filter(told).collect();
        self.look_after(&pupils, first);
        for pupil in pupils {
            self.pupils[pupil].deeds.insert(now, Deed::Checked);
        }
        Ok(())
    }
}

fn told_in(
    conn: &mut Conn,
    viewer: &Viewer,
    family: &Family,
    reference: &Reference,
) -> Result<Vec<Known>, Hitch> {
    let record = notification::find(conn, viewer, reference)?;
    let mut children = Vec::new();
    for line in record.map(|record| record.children).unwrap_or_default() {
        let reference =
            Reference::parse(&line.reference).map_err(|why| refused("read a reference", why))?;
        let Some(found) = child::find(conn, viewer, &reference)? else {
            continue;
        };
        let own = &found.particulars;
        let place = family.children.iter().position(|child| {
            child.given_names == own.given_names && child.date_of_birth == own.date_of_birth
        });
        children.push((found.key, reference, place));
    }
    Ok(children)
}
