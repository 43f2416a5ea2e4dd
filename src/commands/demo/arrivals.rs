//! How a family comes onto the register: with the list the team kept before, or by a parent's notification.

use chrono::NaiveDate;
use hearth::access::{Act, Action, Subject, Viewer};
use hearth::clock::At;
use hearth::db::{Conn, DbError};
use hearth::duty::owed;
use hearth::intake::notification;
use hearth::policy::rulebook;
use hearth::register::bulk::{self, NewEntry};
use hearth::register::{address, allocation, child};
use hearth::rules::codes::Source;
use hearth::rules::identifiers::Reference;
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;
use hearth::tier::tiering;

use super::super::invented::colleagues::parents_eyes;
use super::super::invented::families::{Child, Story};
use super::super::invented::{refused, words};
use super::deeds::{Done, Stage};

impl Stage<'_> {
    pub(super) fn known(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let viewer = Viewer::program(self.authority(), "import");
        let entries: Vec<NewEntry> = self
            .family
            .children
            .iter()
            .map(|child| self.entry(child))
            .collect();
        let children = bulk::add_all(&mut Act::new(tx, &viewer, At::of(self.now)), &entries)?;
        let rulebook = rulebook::load(tx, self.authority(), self.day)?;
        for (key, reference) in &children {
            Act::new(tx, &viewer, At::of(self.now)).note(
                Action::ChildImported,
                Subject::of_child(*key, reference.as_str()),
                "Taken over from the list the team kept before.",
            )?;
            if self.family.story == Story::BackToSchool {
                continue;
            }
            let entry = Entry::AlreadyKnown {
                taken_on: self.family.last_seen_on,
                registered_on: self.family.notified_on,
                last_seen_on: Some(self.family.last_seen_on),
            };
            let owed = first_checks(&entry, Tier::Green, &rulebook.policy, &rulebook.calendar);
            owed::owe(
                &mut Act::new(tx, &viewer, At::of(self.now)),
                *key,
                &owed,
                None,
            )?;
            if self.family.address_verified {
                address::verify(
                    &mut Act::new(tx, &self.officer().viewer, At::of(self.now)),
                    *key,
                    self.day,
                    "Seen at the last visit",
                )?;
            }
            let officer = self.officer();
            allocation::allocate(
                &mut Act::new(tx, &self.scene.staff.manager.viewer, At::of(self.now)),
                reference,
                &officer.reference,
            )
            .map_err(|why| refused("allocate a child", why))?;
            tiering::reassess(&mut Act::new(tx, &viewer, At::of(self.now)), *key)?;
        }
        self.done(tx, &children)
    }

    /// A child as its list has it; of one that came late it is said that it came with a list.
    fn entry(&self, child: &Child) -> NewEntry {
        let mut entry = self.family.entry(child, self.left_on());
        if self.family.story == Story::TakenOver {
            entry.registration.source = Source::Import;
        }
        entry
    }

    /// The day the children went back to school, for those who did.
    fn left_on(&self) -> Option<NaiveDate> {
        let left = self.family.story == Story::BackToSchool;
        left.then(|| self.day.max(self.family.notified_on))
    }

    pub(super) fn notify(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let Some(adult) = self.family.adults.first() else {
            return Ok(Done::default());
        };
        let viewer = match &adult.email {
            Some(email) => parents_eyes(tx, self.authority(), email, self.now)?,
            None => self.officer().viewer.clone(),
        };
        let message = words::MESSAGES[self.number % words::MESSAGES.len()];
        let form_key = format!("demo-{}", self.number);
        let sent = self
            .family
            .notification(adult, form_key, viewer.account(), self.day, message);
        let receipt = notification::receive(
            &mut Act::new(tx, &viewer, At::of(self.now)),
            &sent,
            &self.scene.base_url,
            self.day,
        )?;
        Ok(Done {
            notification: Some(receipt.reference),
            parent: adult.email.clone(),
            ..Done::default()
        })
    }

    pub(super) fn accept(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let Some(reference) = self.scene.notifications.get(&self.number) else {
            return Ok(Done::default());
        };
        let officer = self.officer();
        let viewer = &officer.viewer;
        notification::accept(
            &mut Act::new(tx, viewer, At::of(self.now)),
            reference,
            &officer.reference,
            &self.scene.base_url,
        )
        .map_err(|why| refused("accept a notification", why))?;
        let record = notification::find(tx, viewer, reference)?;
        let mut children = Vec::new();
        for line in record.map(|record| record.children).unwrap_or_default() {
            let reference = Reference::parse(&line.reference)
                .map_err(|why| refused("read a reference", why))?;
            if let Some(record) = child::find(tx, viewer, &reference)? {
                if self.family.address_verified {
                    address::verify(
                        &mut Act::new(tx, viewer, At::of(self.now)),
                        record.key,
                        self.day,
                        "Council tax record",
                    )?;
                }
                children.push((record.key, reference));
            }
        }
        self.done(tx, &children)
    }
}
