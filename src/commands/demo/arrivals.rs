//! How a family comes onto the register: with the list the team kept before, or by a parent's notification.

use chrono::NaiveDate;
use hearth::access::Viewer;
use hearth::access::audit::{self, Event};
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
        let children = bulk::add_all(tx, &viewer, &entries, self.now)?;
        let rulebook = rulebook::load(tx, self.authority(), self.day)?;
        for (key, reference) in &children {
            audit::record(
                tx,
                &viewer,
                &Event {
                    action: "child_imported",
                    child: Some(key.number()),
                    subject: reference.as_str(),
                    detail: "Taken over from the list the team kept before.",
                },
                self.now,
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
            owed::owe(tx, &viewer, *key, &owed, None, self.now)?;
            if self.family.address_verified {
                address::verify(
                    tx,
                    &self.officer().viewer,
                    *key,
                    self.day,
                    "Seen at the last visit",
                    self.now,
                )?;
            }
            let officer = self.officer();
            allocation::allocate(
                tx,
                &self.scene.staff.manager.viewer,
                reference,
                &officer.reference,
                self.now,
            )
            .map_err(|why| refused("allocate a child", why))?;
            tiering::reassess(tx, &viewer, *key, &rulebook, self.now)?;
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
        let receipt =
            notification::receive(tx, &viewer, &sent, &self.scene.base_url, self.day, self.now)?;
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
            tx,
            viewer,
            reference,
            &officer.reference,
            &self.scene.base_url,
            self.day,
            self.now,
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
                        tx,
                        viewer,
                        record.key,
                        self.day,
                        "Council tax record",
                        self.now,
                    )?;
                }
                children.push((record.key, reference));
            }
        }
        self.done(tx, &children)
    }
}
