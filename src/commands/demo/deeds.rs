//! The things people do on a day, each done through the room that does it in earnest.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveDateTime};
use hearth::access::audit::{self, Event};
use hearth::access::session;
use hearth::access::{AuthorityKey, Viewer, sign_in};
use hearth::checks::booking::{self, NewBooking};
use hearth::checks::check::{self, CheckRecord, CheckState};
use hearth::checks::outcome::{self, NewOutcome};
use hearth::checks::suspension::{self, Suspension};
use hearth::checks::{CheckKey, lapse, rulebook, tiering};
use hearth::db::{Conn, DbError};
use hearth::intake::notification::{self, Notification, NotifiedChild, NotifyingParent};
use hearth::register::bulk::{self, NewEntry};
use hearth::register::child::{NewChild, Particulars};
use hearth::register::episode::{self, Episode};
use hearth::register::person::{NewPerson, NewRelation};
use hearth::register::registration::Registration;
use hearth::register::{ChildKey, address, child};
use hearth::rules::codes::{
    AbuseCategory, ChildStatus, ClosureReason, Confidentiality, EpisodeKind, RegisterBasis, Source,
};
use hearth::rules::identifiers::{EmailAddress, Reference};
use hearth::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;

use super::families::{Adult, Child, Family, Story};
use super::staff::{Colleague, Staff};
use super::{refused, words};

/// Something that happens to a family on a day.
pub struct Deed {
    pub family: usize,
    pub what: What,
}

/// What happens.
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
    pub check: CheckKey,
    pub mode: Mode,
    pub result: AttemptResult,
    pub judgement: Judgement,
    pub note: usize,
    pub only_booked_for: Option<NaiveDate>,
}

/// What came of a deed: the children of the family with what they are owed now.
#[derive(Default)]
pub struct Done {
    children: Vec<(ChildKey, Reference)>,
    open: HashMap<ChildKey, Vec<CheckRecord>>,
    notification: Option<Reference>,
    parent: Option<EmailAddress>,
}

/// Everybody there is, and what has been made of them.
pub struct Scene {
    pub families: Vec<Family>,
    pub parent: Option<EmailAddress>,
    staff: Staff,
    base_url: String,
    children: HashMap<usize, Vec<(ChildKey, Reference)>>,
    open: HashMap<ChildKey, Vec<CheckRecord>>,
    notifications: HashMap<usize, Reference>,
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
    pub fn open_checks(&self, family: usize, child: usize) -> &[CheckRecord] {
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
    pub fn acknowledge_every_fourth(
        &self,
        tx: &mut Conn,
        plan_by: NaiveDate,
        today: NaiveDate,
        now: NaiveDateTime,
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
                    lapse::acknowledge(
                        tx,
                        &self.staff.manager.viewer,
                        held,
                        plan,
                        plan_by,
                        today,
                        now,
                    )
                    .map_err(|why| refused("acknowledge a lapse", why))?;
                }
            }
        }
        Ok(())
    }
}

/// A family on a day.
struct Stage<'a> {
    scene: &'a Scene,
    family: &'a Family,
    number: usize,
    day: NaiveDate,
    now: NaiveDateTime,
}

impl Stage<'_> {
    fn authority(&self) -> AuthorityKey {
        self.scene.staff.authority
    }

    fn officer(&self) -> &Colleague {
        let officers = &self.scene.staff.officers;
        &officers[self.family.officer % officers.len()]
    }

    fn children(&self) -> &[(ChildKey, Reference)] {
        self.scene
            .children
            .get(&self.number)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// What the children are owed now.
    fn done(&self, tx: &mut Conn, children: &[(ChildKey, Reference)]) -> Result<Done, DbError> {
        let mut done = Done::default();
        for (key, reference) in children {
            let mut checks = check::of_child(tx, *key)?;
            checks.retain(|check| check.state == CheckState::Open);
            done.open.insert(*key, checks);
            done.children.push((*key, reference.clone()));
        }
        Ok(done)
    }

    fn known(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
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
            child::allocate(
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

    fn tied(&self, adult: &Adult) -> (NewPerson, NewRelation) {
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
        (person, relation)
    }

    fn notify(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
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

    fn accept(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
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

    fn visit(&mut self, tx: &mut Conn, visit: &Visit) -> Result<Done, DbError> {
        let Some((key, reference)) = self.children().get(visit.child).cloned() else {
            return Ok(Done::default());
        };
        let viewer = &self.officer().viewer;
        let open = check::of_child(tx, key)?;
        let due = open
            .iter()
            .find(|check| check.key == visit.check && check.state == CheckState::Open);
        let Some(due) = due else {
            return self.done(tx, &[(key, reference)]);
        };
        if suspension::on(tx, key, self.day)?.is_some() {
            return Ok(Done::default());
        }
        if let Some(day) = visit.only_booked_for {
            self.book(tx, viewer, due, visit.mode, day)?;
            return Ok(Done::default());
        }
        let seen = visit.result == AttemptResult::ChildSeen;
        let new = NewOutcome {
            form_key: format!("demo-{}-{}", due.reference, self.day),
            happened_on: self.day,
            mode: visit.mode,
            result: visit.result,
            place: if visit.mode == Mode::OtherVenue {
                "Weirbridge library".to_owned()
            } else {
                String::new()
            },
            present: if seen {
                self.family
                    .adults
                    .first()
                    .map(|adult| adult.name.clone())
                    .unwrap_or_default()
            } else {
                String::new()
            },
            home_seen: seen.then_some(visit.mode == Mode::HomeVisit),
            spoken_alone: if seen && visit.note.is_multiple_of(2) {
                SpokenAlone::Accepted
            } else {
                SpokenAlone::NotOffered
            },
            judgement: visit.judgement,
            note: if seen {
                words::NOTES[visit.note % words::NOTES.len()].to_owned()
            } else {
                String::new()
            },
        };
        outcome::record(tx, viewer, due, &new, self.day, self.now)
            .map_err(|why| refused("record an outcome", why))?;
        if seen && visit.mode == Mode::HomeVisit && self.family.address_verified {
            address::verify(tx, viewer, key, self.day, "Home visit", self.now)?;
        }
        let mut done = self.done(tx, &[(key, reference)])?;
        done.children.clear();
        Ok(done)
    }

    fn book(
        &self,
        tx: &mut Conn,
        viewer: &Viewer,
        due: &CheckRecord,
        mode: Mode,
        day: NaiveDate,
    ) -> Result<(), DbError> {
        let new = NewBooking {
            mode,
            booked_for: day,
            at_time: chrono::NaiveTime::from_hms_opt(10, 30, 0),
            place: String::new(),
            reason: "The day that suited the family".to_owned(),
            unverified: String::new(),
        };
        match booking::book(tx, viewer, due, &new, self.day, self.now) {
            Ok(_) => Ok(()),
            Err(booking::BookingError::Db(error)) => Err(error),
            // An address that nobody has verified, say: then it stays unbooked, as it would in earnest.
            Err(_) => Ok(()),
        }
    }

    fn episode(&mut self, tx: &mut Conn, kind: EpisodeKind) -> Result<Done, DbError> {
        let rulebook = rulebook::load(tx, self.authority(), self.day)?;
        let viewer = &self.officer().viewer;
        for (key, _) in self.children() {
            let what = Episode {
                kind,
                category: (kind == EpisodeKind::CpPlan).then_some(AbuseCategory::Neglect),
                started_on: self.day,
                ended_on: None,
                source: Source::SocialCare,
                contact: "Duty social worker, 01632 960110".to_owned(),
            };
            episode::add(tx, viewer, *key, &what, self.now)?;
            tiering::reassess(tx, viewer, *key, &rulebook, self.now)?;
        }
        Ok(Done::default())
    }

    fn restrict(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        for (key, _) in self.children() {
            child::restrict(tx, &self.scene.staff.manager.viewer, *key, true, self.now)?;
        }
        Ok(Done::default())
    }

    fn move_house(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let new_home = &self.family.next_home;
        let rulebook = rulebook::load(tx, self.authority(), self.day)?;
        let viewer = &self.officer().viewer;
        for (key, reference) in self.children() {
            address::move_child(tx, *key, new_home, Source::Parent, self.day, self.now)?;
            audit::record(
                tx,
                viewer,
                &Event {
                    action: "address_changed",
                    child: Some(key.number()),
                    subject: reference.as_str(),
                    detail: "The family wrote that they have moved.",
                },
                self.now,
            )?;
            tiering::reassess(tx, viewer, *key, &rulebook, self.now)?;
        }
        Ok(Done::default())
    }

    fn rest(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let rest = Suspension {
            reason: "Children's social care sees the children every week".to_owned(),
            lead_name: "Duty social worker".to_owned(),
            starts_on: self.day,
            ends_on: self.day + Days::new(60),
        };
        for (key, _) in self.children() {
            suspension::suspend(
                tx,
                &self.scene.staff.manager.viewer,
                *key,
                &rest,
                self.day,
                self.now,
            )
            .map_err(|why| refused("let checks rest", why))?;
        }
        Ok(Done::default())
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
