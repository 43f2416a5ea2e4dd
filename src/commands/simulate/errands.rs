//! What people do on a day, through the rooms that do it in earnest. To let the world do more: a new [`Errand`], planned
//! in `world`, and an arm here.

use chrono::Days;
use hearth::checks::suspension::{self, Suspension};
use hearth::checks::{rulebook, tiering};
use hearth::intake::notification;
use hearth::register::episode::{self, Episode};
use hearth::register::{address, child};
use hearth::rules::codes::{AbuseCategory, EpisodeKind, Source};
use hearth::rules::identifiers::Reference;
use rand::RngExt;

use super::super::Failure;
use super::super::invented::colleagues::parents_eyes;
use super::super::invented::refused;
use super::program::Program;
use super::run::Counts;
use super::world::{Errand, World};

impl World {
    /// Does an errand.
    pub fn perform(
        &mut self,
        program: &mut Program,
        errand: Errand,
        counts: &mut Counts,
    ) -> Result<(), Failure> {
        let today = program.services.clock.today();
        let mut dice = self.dice(errand, "what");
        match errand {
            Errand::Notify { family } => self.notify(program, family),
            Errand::Accept { family } => self.accept(program, family),
            Errand::Look { pupil, turn } => self.look(program, pupil, turn, counts),
            Errand::Move { family, .. } => self.move_house(program, family),
            Errand::EpisodeBegins { family, kind } => self.episode_begins(program, family, kind),
            Errand::EpisodeEnds { family, kind } => self.episode_ends(program, family, kind),
            Errand::Rest { family } => {
                let ends_on = today + Days::new(dice.random_range(20..80));
                self.rest(program, family, ends_on)
            }
            Errand::Hire { .. } => self.staff.hire(program),
            Errand::OfficerLeaves { .. } => self.staff.an_officer_leaves(program, &mut dice, today),
            Errand::HolderLeaves { post, .. } => self.staff.a_holder_leaves(program, post, today),
            Errand::Appoint { post, .. } => self.staff.appoint_to(program, post, today),
        }
    }

    fn notify(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let errand = Errand::Notify { family: number };
        let (today, now) = (program.services.clock.today(), program.now());
        let (authority, base_url) = (self.staff.authority, program.services.base_url.clone());
        let family = &self.families[number].family;
        let Some(adult) = family.adults.first() else {
            return Ok(());
        };
        let mut dice = self.dice(errand, "read by");
        let officer = &self.staff.any_officer(&mut dice).viewer;
        let received = program.write(|tx| {
            let viewer = match &adult.email {
                Some(email) => parents_eyes(tx, authority, email, now)?,
                None => officer.clone(),
            };
            let key = format!("simulation-{number}");
            let sent = family.notification(adult, key, viewer.account(), today, "");
            Ok(notification::receive(tx, &viewer, &sent, &base_url, today, now)?.reference)
        })?;
        self.families[number].notification = received;
        let days = match dice.random_range(0..10) {
            0 => dice.random_range(12..40),
            _ => dice.random_range(0..9),
        };
        self.plan(today + Days::new(days), Errand::Accept { family: number });
        Ok(())
    }

    fn accept(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let Some(reference) = self.families[number].notification.clone() else {
            return Ok(());
        };
        let base_url = program.services.base_url.clone();
        let mut dice = self.dice(Errand::Accept { family: number }, "by");
        let officer = self.staff.any_officer(&mut dice);
        let viewer = &officer.viewer;
        // The second time, after the program has died, it was accepted already.
        let _ = program.write(|tx| {
            let officer = &officer.reference;
            notification::accept(tx, viewer, &reference, officer, &base_url, today, now)?;
            Ok(())
        })?;
        let children = program.read(|conn| {
            let record = notification::find(conn, viewer, &reference)?;
            let mut children = Vec::new();
            for line in record.map(|record| record.children).unwrap_or_default() {
                let reference = Reference::parse(&line.reference)
                    .map_err(|why| refused("read a reference", why))?;
                let found = child::find(conn, viewer, &reference)?;
                children.extend(found.map(|child| (child.key, reference)));
            }
            Ok(children)
        })?;
        let first = today + Days::new(dice.random_range(0..8));
        self.welcome(number, children, first);
        for pupil in self.families[number].pupils.clone() {
            self.pupils[pupil].moments.insert(now);
        }
        Ok(())
    }

    fn move_house(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let household = &mut self.families[number];
        std::mem::swap(&mut household.family.home, &mut household.family.next_home);
        let home = &self.families[number].family.home;
        let manager = &self.staff.manager.viewer;
        for pupil in &self.families[number].pupils {
            let key = self.pupils[*pupil].key;
            program.write(|tx| {
                let Some(record) = child::by_key(tx, manager, key)? else {
                    return Ok(());
                };
                let told = Source::Parent;
                address::write_down(tx, manager, &record, home, told, today, now)?;
                let book = rulebook::load(tx, manager.authority(), today)?;
                tiering::reassess(tx, manager, key, &book, now)?;
                Ok(())
            })?;
        }
        self.somebody_acted(program, number);
        Ok(())
    }

    fn episode_begins(
        &mut self,
        program: &mut Program,
        number: usize,
        kind: EpisodeKind,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let what = Episode {
            kind,
            category: (kind == EpisodeKind::CpPlan).then_some(AbuseCategory::Neglect),
            started_on: today,
            ended_on: None,
            source: Source::SocialCare,
            contact: "Duty social worker, 01632 960110".to_owned(),
        };
        let manager = &self.staff.manager.viewer;
        for pupil in &self.families[number].pupils {
            let key = self.pupils[*pupil].key;
            program.write(|tx| {
                let Some(record) = child::by_key(tx, manager, key)? else {
                    return Ok(());
                };
                episode::write_down(tx, manager, &record, &what, now)?;
                let book = rulebook::load(tx, manager.authority(), today)?;
                tiering::reassess(tx, manager, key, &book, now)?;
                Ok(())
            })?;
        }
        self.somebody_acted(program, number);
        Ok(())
    }

    fn episode_ends(
        &mut self,
        program: &mut Program,
        number: usize,
        kind: EpisodeKind,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let manager = &self.staff.manager.viewer;
        for pupil in &self.families[number].pupils {
            let key = self.pupils[*pupil].key;
            program.write(|tx| {
                for held in episode::of_child(tx, manager, key)? {
                    if held.what.kind == kind && held.what.ended_on.is_none() {
                        episode::end(tx, manager, key, &held, today, now)?;
                    }
                }
                let book = rulebook::load(tx, manager.authority(), today)?;
                tiering::reassess(tx, manager, key, &book, now)?;
                Ok(())
            })?;
        }
        self.somebody_acted(program, number);
        Ok(())
    }

    fn rest(
        &mut self,
        program: &mut Program,
        number: usize,
        ends_on: chrono::NaiveDate,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let rest = Suspension {
            reason: "Children's social care sees the children every week".to_owned(),
            lead_name: "Duty social worker".to_owned(),
            starts_on: today,
            ends_on,
        };
        let manager = &self.staff.manager.viewer;
        for pupil in &self.families[number].pupils {
            let key = self.pupils[*pupil].key;
            program.write(|tx| {
                suspension::suspend(tx, manager, key, &rest, today, now)?;
                Ok(())
            })?;
        }
        self.somebody_acted(program, number);
        Ok(())
    }

    fn somebody_acted(&mut self, program: &Program, number: usize) {
        for pupil in self.families[number].pupils.clone() {
            self.pupils[pupil].moments.insert(program.now());
        }
    }
}
