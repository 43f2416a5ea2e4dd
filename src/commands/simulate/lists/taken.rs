//! Who comes onto the register by a list, or comes back: from then on they live in the town like everybody else.

use chrono::{Days, NaiveDate};
use hearth::intake::list_import;
use hearth::intake::list_import::AccountLine;
use hearth::intake::list_import::account::Became;
use hearth::register::child::{self, ChildRecord};
use hearth::rules::identifiers::Reference;
use rand::RngExt;

use super::super::super::Failure;
use super::super::decisions::parsed;
use super::super::dice::dice;
use super::super::program::Program;
use super::super::tally::Happening;
use super::super::world::{Presence, World};

impl World {
    /// Looks at the accounts of the imports that came of a list and that nobody has looked at; more than one where the program was
    /// killed meanwhile.
    pub(super) fn look_at_imports(
        &mut self,
        program: &mut Program,
        turn: u32,
    ) -> Result<(), Failure> {
        let manager = self.staff.manager.viewer.clone();
        let earlier = program.read(|conn| Ok(list_import::earlier(conn, &manager)?))?;
        // The newest come first.
        for import in earlier.iter().rev() {
            if !self.lists.seen.insert(import.reference.clone()) {
                continue;
            }
            self.tally
                .add(Happening::ListCutOff, usize::from(!import.ended));
            let reference = parsed(&import.reference)?;
            let account =
                program.read(|conn| Ok(list_import::account(conn, &manager, &reference)?))?;
            if let Some(list) = self.lists.sent.get_mut(&turn) {
                list.imports.push(reference);
            }
            for line in account.unwrap_or_default() {
                self.look_at_line(program, &line)?;
            }
        }
        Ok(())
    }

    fn look_at_line(&mut self, program: &mut Program, line: &AccountLine) -> Result<(), Failure> {
        self.tally.add(became(line.became), 1);
        match (line.became, &line.child) {
            (Became::New | Became::Changed | Became::Closed, Some(child)) => {
                let reference = parsed(child)?;
                self.welcome_by_list(program, &reference)
            }
            _ => Ok(()),
        }
    }

    /// A list or an answer to one of its rows has said that this child is on the register, or was.
    pub(super) fn welcome_by_list(
        &mut self,
        program: &mut Program,
        reference: &Reference,
    ) -> Result<(), Failure> {
        let today = program.services.clock.today();
        let manager = &self.staff.manager.viewer;
        let Some(record) = program.read(|conn| Ok(child::find(conn, manager, reference)?))? else {
            return Ok(());
        };
        let is_open = record.status.is_open();
        let known = self.pupils.iter().position(|pupil| pupil.key == record.key);
        let (family, child) = match known {
            Some(_) if !is_open => return Ok(()),
            Some(pupil) => (self.pupils[pupil].family, self.pupils[pupil].child),
            None => self
                .whose(&record)
                .ok_or_else(|| Failure::because(format!("nobody in the town knows {reference}")))?,
        };
        self.welcome(family, vec![(record.key, record.reference, child)], today);
        let pupil = known.unwrap_or(self.pupils.len() - 1);
        if is_open {
            let days = dice(self.seed, ("first look after a list", pupil)).random_range(1..20);
            self.look_after(&[pupil], today + Days::new(days));
        } else {
            self.pupils[pupil].presence = Presence::Left;
        }
        Ok(())
    }

    /// The family of a child whom a list has put on the register, and which of its children it is, if that can be said.
    fn whose(&self, record: &ChildRecord) -> Option<(usize, Option<usize>)> {
        let own = &record.particulars;
        let is_born =
            |day: NaiveDate| day == own.date_of_birth || swapped(day) == Some(own.date_of_birth);
        let place = |family: usize| {
            let mut children = self.families[family].family.children.iter();
            children.position(|child| {
                child.given_names == own.given_names && child.date_of_birth == own.date_of_birth
            })
        };
        let is_theirs = |family: &usize| {
            let mut children = self.families[*family].family.children.iter();
            children
                .any(|child| child.family_name == own.family_name && is_born(child.date_of_birth))
        };
        let family = (0..self.families.len()).rev().find(is_theirs)?;
        Some((family, place(family)))
    }
}

/// A day with day and month the wrong way round.
fn swapped(day: NaiveDate) -> Option<NaiveDate> {
    let written = day.format("%Y-%d-%m").to_string();
    NaiveDate::parse_from_str(&written, "%Y-%m-%d").ok()
}

/// What it is counted as.
const fn became(became: Became) -> Happening {
    match became {
        Became::New => Happening::RowNew,
        Became::Changed => Happening::RowChanged,
        Became::Known => Happening::RowKnown,
        Became::Closed => Happening::RowClosed,
        Became::LookAt => Happening::RowToLookAt,
        Became::Refused => Happening::RowRefused,
    }
}
