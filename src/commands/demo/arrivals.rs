//! How a family comes onto the register: with the list the team kept before, or by a parent's notification.

use chrono::NaiveDate;
use hearth::access::audit::{self, Event};
use hearth::access::{Viewer, session, sign_in};
use hearth::checks::{check, rulebook, tiering};
use hearth::db::{Conn, DbError};
use hearth::intake::notification::{self, Notification, NotifiedChild, NotifyingParent};
use hearth::register::bulk::{self, NewEntry, NewParent};
use hearth::register::child::{NewChild, Particulars};
use hearth::register::person::{NewPerson, NewRelation};
use hearth::register::registration::Registration;
use hearth::register::{address, allocation, child};
use hearth::rules::codes::{ChildStatus, ClosureReason, Confidentiality, RegisterBasis, Source};
use hearth::rules::identifiers::{EmailAddress, Reference};
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;

use super::deeds::{Done, Stage};
use super::families::{Adult, Child, Story};
use super::{refused, words};

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
            check::owe(tx, &viewer, *key, &owed, None, self.now)?;
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

    fn entry(&self, child: &Child) -> NewEntry {
        let closed = self.family.story == Story::BackToSchool;
        NewEntry {
            child: NewChild {
                particulars: Particulars {
                    given_names: child.given_names.clone(),
                    family_name: child.family_name.clone(),
                    known_as: None,
                    date_of_birth: child.date_of_birth,
                    sex: child.sex,
                    upn: child.upn.clone(),
                    nhs_number: child.nhs_number.clone(),
                    ethnicity: child.ethnicity,
                    language: None,
                    sen_provision: Some(child.sen),
                    sen_type: None,
                    second_sen_type: None,
                },
                other_reference: None,
                status: if closed {
                    ChildStatus::Closed
                } else {
                    ChildStatus::Active
                },
                registered_on: self.family.notified_on,
                tier: Tier::Green,
                last_seen_on: Some(self.family.last_seen_on),
                seen_recorded: true,
            },
            registration: Registration {
                basis: RegisterBasis::Ehe,
                primary_reason: child.reason,
                secondary_reasons: Vec::new(),
                previous_setting: child.previous_setting,
                previous_school: child.previous_school.clone(),
                source: Source::Parent,
                started_on: self.family.notified_on,
                ended: closed.then_some((
                    self.day.max(self.family.notified_on),
                    ClosureReason::ReturnedToSchool,
                )),
                evidence: String::new(),
            },
            home: Some(self.family.home.clone()),
            home_source: Source::Parent,
            parents: self
                .family
                .adults
                .iter()
                .map(|adult| self.tied(adult))
                .collect(),
            tier_reasons: Vec::new(),
            next_check_on: None,
        }
    }

    fn tied(&self, adult: &Adult) -> NewParent {
        let person = NewPerson {
            account: None,
            name: adult.name.clone(),
            email: adult.email.clone(),
            telephone: adult.telephone.clone(),
            contact_preference: String::new(),
            confidentiality: Confidentiality::Normal,
        };
        let relation = NewRelation {
            relationship: adult.relationship,
            parental_responsibility: Some(true),
            lives_with_child: Some(adult.elsewhere.is_none()),
            held_from: self.family.notified_on,
        };
        NewParent {
            person,
            relation,
            home: None,
        }
    }

    pub(super) fn notify(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let Some(adult) = self.family.adults.first() else {
            return Ok(Done::default());
        };
        let viewer = match &adult.email {
            Some(email) => self.parents_eyes(tx, email)?,
            None => self.officer().viewer.clone(),
        };
        let message = words::MESSAGES[self.number % words::MESSAGES.len()];
        let sent = Notification {
            form_key: format!("demo-{}", self.number),
            source: Source::Parent,
            parent: NotifyingParent {
                account: adult.email.as_ref().and_then(|_| viewer.account()),
                name: adult.name.clone(),
                email: adult.email.clone(),
                telephone: adult.telephone.clone(),
                contact_preference: String::new(),
                home: self.family.home.clone(),
            },
            children: self
                .family
                .children
                .iter()
                .map(|child| notified(child, adult, self.day))
                .collect(),
            message: message.to_owned(),
        };
        let receipt =
            notification::receive(tx, &viewer, &sent, &self.scene.base_url, self.day, self.now)?;
        Ok(Done {
            notification: Some(receipt.reference),
            parent: adult.email.clone(),
            ..Done::default()
        })
    }

    /// A parent proves the address by the link sent to it.
    fn parents_eyes(&self, tx: &mut Conn, email: &EmailAddress) -> Result<Viewer, DbError> {
        let link = sign_in::parent_link(tx, self.authority(), email, self.now)?;
        let link = link.ok_or_else(|| refused("send a link", "there were too many"))?;
        let token = sign_in::with_parent_link(tx, &link, self.now)
            .map_err(|why| refused("sign a parent in", why))?;
        let found = session::find(tx, &token, self.now)?;
        session::end(tx, &token)?;
        found
            .map(|signed_in| signed_in.viewer)
            .ok_or_else(|| refused("sign a parent in", "the session was not kept"))
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

fn notified(child: &Child, adult: &Adult, day: NaiveDate) -> NotifiedChild {
    NotifiedChild {
        given_names: child.given_names.clone(),
        family_name: child.family_name.clone(),
        known_as: None,
        date_of_birth: child.date_of_birth,
        sex: child.sex,
        relationship: adult.relationship,
        other_home: None,
        educated_at_home_since: Some(day),
        previous_setting: child.previous_setting,
        previous_school: child.previous_school.clone(),
        reason: child.reason,
    }
}
