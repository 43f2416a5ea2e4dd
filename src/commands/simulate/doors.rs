//! Children who leave the register through its doors, and children of whom nobody knows where they are.

use chrono::{Days, NaiveDate};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::register::{child, registration};
use hearth::rules::codes::ClosureReason;
use hearth::standing::closure::{self, Closure, MovedTo};
use hearth::standing::whereabouts;
use rand::RngExt;

use super::super::Failure;
use super::program::Program;
use super::tally::Happening;
use super::world::{Deed, Errand, Presence, World};

/// A second try at a closure, which has all that the door asks for.
const WITH_EVERYTHING: u32 = 1_000;

impl World {
    /// Somebody tells that a child leaves. Some let them leave in a hurry first, and are refused.
    pub fn leave(&mut self, program: &mut Program, pupil: usize, turn: u32) -> Result<(), Failure> {
        let errand = Errand::Leave { pupil, turn };
        let mut dice = self.dice(errand, "what");
        let today = program.services.clock.today();
        // The same door on the second try.
        let own = Errand::Leave {
            pupil,
            turn: turn % WITH_EVERYTHING,
        };
        let reason = a_door(self.dice(own, "door").random_range(0..100));
        let on = today - Days::new(dice.random_range(0..10));
        let evidence = format!("On the telephone, note {pupil} of {today}");
        let mut closure = Closure {
            reason,
            on: self.not_before_registration(program, pupil, on)?,
            named: "Hill Academy".to_owned(),
            moved_to: Some(MovedTo::OutsideEngland),
            evidence,
        };
        let is_second = turn >= WITH_EVERYTHING;
        let is_hasty = !is_second && dice.random_ratio(1, 3);
        let officer = self.officer_of(program, pupil)?;
        // Where a check has lapsed or the child was never seen, the officer is sent to the manager.
        let mut viewer = match is_second || reason.needs().manager {
            true => self.staff.manager.viewer.clone(),
            false => officer.clone(),
        };
        if is_hasty {
            match dice.random_range(0..3) {
                0 => closure.evidence.clear(),
                1 if reason.needs().manager => viewer = officer,
                _ => closure.on = today + Days::new(1),
            }
        }
        if !self.let_leave(program, pupil, &closure, &viewer)? && !is_second {
            let turn = turn + WITH_EVERYTHING;
            let day = today + Days::new(dice.random_range(1..12));
            self.plan(day, Errand::Leave { pupil, turn });
        }
        if self.pupils[pupil].presence == Presence::Left && dice.random_ratio(2, 3) {
            let family = self.pupils[pupil].family;
            let day = today + Days::new(dice.random_range(15..200));
            self.plan(day, Errand::Notify { family });
        }
        Ok(())
    }

    /// One of two records of the same child gives way to the other.
    pub fn merge(
        &mut self,
        program: &mut Program,
        pupil: usize,
        stays: usize,
    ) -> Result<(), Failure> {
        let today = program.services.clock.today();
        let closure = Closure {
            reason: ClosureReason::Duplicate,
            on: self.not_before_registration(program, pupil, today)?,
            named: self.pupils[stays].reference.to_string(),
            moved_to: None,
            evidence: format!("The same names and date of birth, compared on {today}"),
        };
        let manager = self.staff.manager.viewer.clone();
        self.let_leave(program, pupil, &closure, &manager)?;
        Ok(())
    }

    /// Compulsory school age is over.
    pub fn grow_up(
        &mut self,
        program: &mut Program,
        pupil: usize,
        viewer: &Viewer,
    ) -> Result<(), Failure> {
        let today = program.services.clock.today();
        let closure = Closure {
            reason: ClosureReason::LeftCompulsoryAge,
            on: today,
            named: "An apprenticeship".to_owned(),
            moved_to: None,
            evidence: format!("The young person's own word on {today}"),
        };
        self.let_leave(program, pupil, &closure, viewer)?;
        Ok(())
    }

    /// Gives whether the door opened: then there is evidence on record, the same that was given.
    fn let_leave(
        &mut self,
        program: &mut Program,
        number: usize,
        closure: &Closure,
        viewer: &Viewer,
    ) -> Result<bool, Failure> {
        let now = program.now();
        let pupil = &self.pupils[number];
        if pupil.presence != Presence::Here {
            return Ok(false);
        }
        let key = pupil.key;
        let manager = &self.staff.manager.viewer;
        program.write(|tx| {
            if let Some(record) = child::by_key(tx, manager, key)? {
                closure::close(&mut Act::new(tx, viewer, At::of(now)), &record, closure)?;
            }
            Ok(())
        })?;
        // Asked and not remembered: when the program died, nobody heard its answer.
        let times = program.read(|conn| Ok(registration::of_child(conn, key)?))?;
        let over = (closure.on, closure.reason);
        let evidence = closure.evidence.trim();
        let is_out = times.iter().any(|time| {
            time.ended == Some(over) && !evidence.is_empty() && time.evidence.ends_with(evidence)
        });
        if !is_out {
            self.tally.add(Happening::DoorShut, 1);
            return Ok(false);
        }
        let (happening, presence) = through(closure.reason);
        self.tally.add(happening, 1);
        let pupil = &mut self.pupils[number];
        pupil.presence = presence;
        let deed = Deed::LetLeave(closure.evidence.clone());
        pupil.deeds.insert(now, deed);
        Ok(true)
    }

    fn not_before_registration(
        &self,
        program: &mut Program,
        pupil: usize,
        day: NaiveDate,
    ) -> Result<NaiveDate, Failure> {
        let (manager, key) = (&self.staff.manager.viewer, self.pupils[pupil].key);
        let record = program.read(|conn| Ok(child::by_key(conn, manager, key)?))?;
        Ok(record.map_or(day, |record| record.registered_on.max(day)))
    }

    fn officer_of(&self, program: &mut Program, pupil: usize) -> Result<Viewer, Failure> {
        let (manager, key) = (&self.staff.manager.viewer, self.pupils[pupil].key);
        let record = program.read(|conn| Ok(child::by_key(conn, manager, key)?))?;
        let officer = record.and_then(|record| record.officer);
        Ok(self.staff.eyes_of(officer).clone())
    }

    pub fn lose(&mut self, program: &mut Program, pupil: usize, turn: u32) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        if self.pupils[pupil].presence != Presence::Here {
            return Ok(());
        }
        let viewer = self.officer_of(program, pupil)?;
        let key = self.pupils[pupil].key;
        let lost = program.write(|tx| {
            if let Some(record) = child::by_key(tx, &viewer, key)? {
                let words = "The landlord says that they have left without a word";
                whereabouts::lose(&mut Act::new(tx, &viewer, At::of(now)), &record, words)?;
            }
            Ok(())
        })?;
        self.tally.once(Happening::Lost, &lost);
        let find = Errand::Find { pupil, turn };
        let days = self.dice(find, "when").random_range(2..60);
        self.plan(today + Days::new(days), find);
        Ok(())
    }

    /// Unless somebody has seen the child meanwhile.
    pub fn find(&mut self, program: &mut Program, pupil: usize) -> Result<(), Failure> {
        let now = program.now();
        let viewer = self.officer_of(program, pupil)?;
        let key = self.pupils[pupil].key;
        let found = program.write(|tx| {
            if let Some(record) = child::by_key(tx, &viewer, key)? {
                let how = "The housing office has their address";
                whereabouts::find(&mut Act::new(tx, &viewer, At::of(now)), &record, how)?;
            }
            Ok(())
        })?;
        self.tally.once(Happening::Found, &found);
        self.pupils[pupil].deeds.insert(now, Deed::Checked);
        Ok(())
    }
}

fn a_door(chance: u32) -> ClosureReason {
    match chance {
        0..50 => ClosureReason::ReturnedToSchool,
        50..72 => ClosureReason::Moved,
        72..80 => ClosureReason::Emigrated,
        80..85 => ClosureReason::Died,
        85..93 => ClosureReason::EotasOrSection19,
        _ => ClosureReason::Ineligible,
    }
}

/// What it is counted as, and whether a family notifies of a child again who left through this door.
const fn through(door: ClosureReason) -> (Happening, Presence) {
    match door {
        ClosureReason::ReturnedToSchool => (Happening::Attended, Presence::Left),
        ClosureReason::Moved => (Happening::MovedAway, Presence::Left),
        ClosureReason::LeftCompulsoryAge => (Happening::LeftSchoolAge, Presence::Gone),
        ClosureReason::Emigrated => (Happening::Emigrated, Presence::Gone),
        ClosureReason::Died => (Happening::Died, Presence::Gone),
        ClosureReason::EotasOrSection19 | ClosureReason::Adopted => {
            (Happening::Arranged, Presence::Gone)
        }
        ClosureReason::Ineligible => (Happening::Ineligible, Presence::Gone),
        ClosureReason::Duplicate => (Happening::Duplicate, Presence::Gone),
    }
}
