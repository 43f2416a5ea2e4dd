//! The things people do on a day, and what came of them. How families come is in `arrivals`, what happens to them
//! then in `happenings`; each is done through the room that does it in earnest.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use hearth::access::{Act, AuthorityKey};
use hearth::clock::At;
use hearth::db::{Conn, DbError};
use hearth::duty::owed::DutyState;
use hearth::duty::{DutyKey, lapse};
use hearth::register::ChildKey;
use hearth::rules::codes::EpisodeKind;
use hearth::rules::identifiers::{EmailAddress, Reference};
use hearth::rules::outcome::{AttemptResult, Judgement, Mode};
use hearth::visit::check::{self, Check};

use super::super::invented::colleagues::Colleague;
use super::super::invented::families::{Family, Story};
use super::super::invented::refused;
use super::staff::Staff;

/// Something that happens to a family on a day.
pub struct Deed {
    pub family: usize,
    pub what: What,
}

/// What happens to a family of the demonstration.
pub enum What {
    /// The family was on the register before the year that is told.
    Known,
    /// A parent notifies the authority.
    Notify,
    /// An officer accepts the notification.
    Accept,
    /// A check is done, or tried.
    Visit(Visit),
    /// Another service is involved from now on.
    Episode(EpisodeKind),
    /// The record is hidden from officers who do not answer for the child.
    Restrict,
    /// The family moves house.
    Move,
    /// Social care leads, and the checks rest.
    Rest,
}

/// A check that is done, tried, or only booked.
pub struct Visit {
    /// Which child of the family.
    pub child: usize,
    pub check: DutyKey,
    pub mode: Mode,
    pub result: AttemptResult,
    pub judgement: Judgement,
    pub note: usize,
    pub only_booked_for: Option<NaiveDate>,
}

/// What came of a deed: the children of the family with what they are owed now.
#[derive(Default)]
pub struct Done {
    pub(super) children: Vec<(ChildKey, Reference)>,
    pub(super) open: HashMap<ChildKey, Vec<Check>>,
    pub(super) notification: Option<Reference>,
    pub(super) parent: Option<EmailAddress>,
}

/// Everybody there is, and what has been made of them.
pub struct Scene {
    pub families: Vec<Family>,
    pub parent: Option<EmailAddress>,
    pub(super) staff: Staff,
    pub(super) base_url: String,
    pub(super) children: HashMap<usize, Vec<(ChildKey, Reference)>>,
    pub(super) open: HashMap<ChildKey, Vec<Check>>,
    pub(super) notifications: HashMap<usize, Reference>,
}

impl Scene {
    pub fn new(staff: Staff, families: Vec<Family>, base_url: String) -> Self {
        Self {
            families,
            parent: None,
            staff,
            base_url,
            children: HashMap::new(),
            open: HashMap::new(),
            notifications: HashMap::new(),
        }
    }

    pub fn family(&self, number: usize) -> &Family {
        &self.families[number]
    }

    /// What a child of a family is owed.
    pub fn open_checks(&self, family: usize, child: usize) -> &[Check] {
        let key = self
            .children
            .get(&family)
            .and_then(|children| children.get(child));
        key.and_then(|(key, _)| self.open.get(key))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Remembers what came of a deed.
    pub fn note(&mut self, deed: &Deed, done: Done) {
        if !done.children.is_empty() {
            self.children.insert(deed.family, done.children);
        }
        self.open.extend(done.open);
        if let Some(reference) = done.notification {
            self.notifications.insert(deed.family, reference);
        }
        let is_shown = matches!(self.families[deed.family].story, Story::Quiet | Story::Late);
        if self.parent.is_none() && is_shown {
            self.parent = done.parent;
        }
    }

    /// Does a deed.
    pub fn perform(
        &self,
        tx: &mut Conn,
        deed: &Deed,
        day: NaiveDate,
        now: NaiveDateTime,
    ) -> Result<Done, DbError> {
        let family = self.family(deed.family);
        let mut stage = Stage {
            scene: self,
            family,
            number: deed.family,
            day,
            now,
        };
        match &deed.what {
            What::Known => stage.known(tx),
            What::Notify => stage.notify(tx),
            What::Accept => stage.accept(tx),
            What::Visit(visit) => stage.visit(tx, visit),
            What::Episode(kind) => stage.episode(tx, *kind),
            What::Restrict => stage.restrict(tx),
            What::Move => stage.move_house(tx),
            What::Rest => stage.rest(tx),
        }
    }

    /// For every fourth open lapse, the officer says what they will do.
    pub fn answer_every_fourth(
        &self,
        tx: &mut Conn,
        plan_by: NaiveDate,
        at: At,
    ) -> Result<(), DbError> {
        let mut keys: Vec<_> = self
            .children
            .values()
            .flatten()
            .map(|(key, _)| *key)
            .collect();
        keys.sort();
        let mut found = 0;
        for key in keys {
            for held in lapse::of_child(tx, key)?
                .iter()
                .filter(|held| held.closed.is_none())
            {
                found += 1;
                if found % 4 == 0 {
                    let plan = "Visit agreed with the family by telephone.";
                    lapse::answer(
                        &mut Act::new(tx, &self.staff.manager.viewer, at),
                        held,
                        plan,
                        plan_by,
                    )
                    .map_err(|why| refused("answer a lapse", why))?;
                }
            }
        }
        Ok(())
    }
}

/// A family on a day.
pub(super) struct Stage<'a> {
    pub(super) scene: &'a Scene,
    pub(super) family: &'a Family,
    pub(super) number: usize,
    pub(super) day: NaiveDate,
    pub(super) now: NaiveDateTime,
}

impl Stage<'_> {
    pub(super) fn authority(&self) -> AuthorityKey {
        self.scene.staff.authority
    }

    pub(super) fn officer(&self) -> &Colleague {
        let officers = &self.scene.staff.officers;
        &officers[self.family.officer % officers.len()]
    }

    pub(super) fn children(&self) -> &[(ChildKey, Reference)] {
        self.scene
            .children
            .get(&self.number)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// What the children are owed now.
    pub(super) fn done(
        &self,
        tx: &mut Conn,
        children: &[(ChildKey, Reference)],
    ) -> Result<Done, DbError> {
        let mut done = Done::default();
        for (key, reference) in children {
            let mut checks = check::of_child(tx, *key)?;
            checks.retain(|check| check.state == DutyState::Open);
            done.open.insert(*key, checks);
            done.children.push((*key, reference.clone()));
        }
        Ok(done)
    }
}
