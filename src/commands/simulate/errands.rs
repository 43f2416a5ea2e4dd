//! What people do on a day, through the rooms that do it in earnest: who does what, and what families bring about. To let
//! the world do more: a new [`Errand`], planned in `fate`, an arm here, and a `Happening` that counts it.

use chrono::{Days, NaiveDate};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::Conn;
use hearth::duty::rest::{self, NewRest};
use hearth::register::address;
use hearth::register::child::{self, ChildRecord};
use hearth::register::episode::{self, Episode};
use hearth::rules::codes::{AbuseCategory, EpisodeKind, Source};
use hearth::tier::tiering;
use rand::RngExt;

use super::super::Failure;
use super::counts::Counts;
use super::program::{Hitch, Program};
use super::tally::Happening;
use super::world::{Errand, Presence, World};

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
            Errand::Accept { family, turn } => self.accept(program, family, turn),
            Errand::Look { pupil, turn } => self.look(program, pupil, turn, counts),
            Errand::Move { family, .. } => self.move_house(program, family, errand),
            Errand::EpisodeBegins { family, kind } => self.episode_begins(program, family, kind),
            Errand::EpisodeEnds { family, kind } => self.episode_ends(program, family, kind),
            Errand::Rest { family } => {
                let ends_on = today + Days::new(dice.random_range(20..80));
                self.rest(program, family, ends_on)
            }
            Errand::Leave { pupil, turn } => self.leave(program, pupil, turn),
            Errand::Merge { pupil, stays } => self.merge(program, pupil, stays),
            Errand::Lose { pupil, turn } => self.lose(program, pupil, turn),
            Errand::Find { pupil, .. } => self.find(program, pupil),
            Errand::Decide { pupil, turn } => self.decide_tier(program, pupil, turn),
            Errand::GiveBack { pupil, .. } => self.give_tier_back(program, pupil),
            Errand::GoAway { turn } => self.go_away(program, turn),
            Errand::ComeHome { turn } => self.come_home(program, turn),
            Errand::EmptyTheTray { turn } => self.empty_the_tray(program, turn),
            Errand::Spread { turn } => self.spread(program, turn),
            Errand::ChangePolicy { turn } => self.change_policy(program, turn),
            Errand::SendList { turn } => self.send_list(program, turn),
            Errand::SendListAgain { turn } => self.send_list_again(program, turn),
            Errand::MendRows { turn } => self.mend_rows(program, turn),
            Errand::AnswerRows { turn, round } => self.answer_rows(program, turn, round),
            Errand::Hire { .. } => self.staff.hire(program),
            Errand::OfficerLeaves { .. } => {
                let left = self.staff.an_officer_leaves(program, &mut dice)?;
                self.tally.add(Happening::OfficerLeft, usize::from(left));
                Ok(())
            }
            Errand::HolderLeaves { post, .. } => {
                let left = self.staff.a_holder_leaves(program, post)?;
                self.tally.add(Happening::HolderLeft, usize::from(left));
                Ok(())
            }
            Errand::Appoint { post, .. } => self.staff.appoint_to(program, post, today),
        }
    }

    fn move_house(
        &mut self,
        program: &mut Program,
        number: usize,
        errand: Errand,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let household = &mut self.families[number];
        std::mem::swap(&mut household.family.home, &mut household.family.next_home);
        let home = self.families[number].family.home.clone();
        let told = match self.dice(errand, "told by").random_ratio(1, 2) {
            true => Source::Parent,
            false => Source::SocialCare,
        };
        let moved = self.of_each_child(program, number, |tx, manager, record| {
            address::write_down(
                &mut Act::new(tx, manager, At::of(now)),
                record,
                &home,
                told,
                today,
            )?;
            reassess(&mut Act::new(tx, manager, At::of(now)), record)
        })?;
        self.tally.add(Happening::Moved, moved);
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
            contact: "Check social worker, 01632 960110".to_owned(),
        };
        let began = self.of_each_child(program, number, |tx, manager, record| {
            episode::write_down(&mut Act::new(tx, manager, At::of(now)), record, &what)?;
            reassess(&mut Act::new(tx, manager, At::of(now)), record)
        })?;
        self.tally.add(Happening::AnotherServiceBegan, began);
        Ok(())
    }

    fn episode_ends(
        &mut self,
        program: &mut Program,
        number: usize,
        kind: EpisodeKind,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        self.of_each_child(program, number, |tx, manager, record| {
            for held in episode::of_child(tx, manager, record.key)? {
                if held.what.kind == kind && held.what.ended_on.is_none() {
                    episode::end(
                        &mut Act::new(tx, manager, At::of(now)),
                        record.key,
                        &held,
                        today,
                    )?;
                }
            }
            reassess(&mut Act::new(tx, manager, At::of(now)), record)
        })?;
        Ok(())
    }

    fn rest(
        &mut self,
        program: &mut Program,
        number: usize,
        ends_on: NaiveDate,
    ) -> Result<(), Failure> {
        let now = program.now();
        let rest = NewRest {
            reason: "Children's social care sees the children every week".to_owned(),
            lead_name: "Check social worker".to_owned(),
            ends_on,
        };
        let rested = self.of_each_child(program, number, |tx, manager, record| {
            rest::begin(&mut Act::new(tx, manager, At::of(now)), record.key, &rest)?;
            Ok(())
        })?;
        self.tally.add(Happening::Rested, rested);
        Ok(())
    }

    /// A manager does something about every child of a family who is on the register; gives for how many it was done.
    fn of_each_child(
        &self,
        program: &mut Program,
        family: usize,
        act: impl Fn(&mut Conn, &Viewer, &ChildRecord) -> Result<(), Hitch>,
    ) -> Result<usize, Failure> {
        let manager = &self.staff.manager.viewer;
        let mut done = 0;
        for pupil in &self.families[family].pupils {
            let pupil = &self.pupils[*pupil];
            if pupil.presence != Presence::Here {
                continue;
            }
            let acted = program.write(|tx| match child::by_key(tx, manager, pupil.key)? {
                Some(record) => act(tx, manager, &record),
                None => Ok(()),
            })?;
            done += usize::from(acted.is_some());
        }
        Ok(done)
    }
}

pub fn reassess(act: &mut Act<'_>, child: &ChildRecord) -> Result<(), Hitch> {
    tiering::reassess_family(act, child.key)?;
    Ok(())
}
