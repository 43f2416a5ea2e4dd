//! What happens to a family on the register: checks that are done or tried, other services, a move, a rest.

use chrono::{Days, NaiveDate};
use hearth::access::{Act, Action, Subject, Viewer};
use hearth::clock::At;
use hearth::db::{Conn, DbError};
use hearth::duty::owed::DutyState;
use hearth::duty::rest::{self, NewRest};
use hearth::register::episode::{self, Episode};
use hearth::register::{address, child};
use hearth::rules::codes::{AbuseCategory, EpisodeKind, Source};
use hearth::rules::outcome::{AttemptResult, Mode, SpokenAlone};
use hearth::tier::tiering;
use hearth::visit::booking::{self, Appointment, NewBooking};
use hearth::visit::check::{self, Check};
use hearth::visit::outcome::{self, NewOutcome};

use super::super::invented::{refused, words};
use super::deeds::{Done, Stage, Visit};

impl Stage<'_> {
    pub(super) fn visit(&mut self, tx: &mut Conn, visit: &Visit) -> Result<Done, DbError> {
        let Some((key, reference)) = self.children().get(visit.child).cloned() else {
            return Ok(Done::default());
        };
        let viewer = &self.officer().viewer;
        let open = check::of_child(tx, key)?;
        let due = open
            .iter()
            .find(|check| check.key == visit.check && check.state == DutyState::Open);
        let Some(due) = due else {
            return self.done(tx, &[(key, reference)]);
        };
        if rest::on(tx, key, self.day)?.is_some() {
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
        outcome::record(&mut Act::new(tx, viewer, At::of(self.now)), due, &new)
            .map_err(|why| refused("record an outcome", why))?;
        if seen && visit.mode == Mode::HomeVisit && self.family.address_verified {
            address::verify(
                &mut Act::new(tx, viewer, At::of(self.now)),
                key,
                self.day,
                "Home visit",
            )?;
        }
        let mut done = self.done(tx, &[(key, reference)])?;
        done.children.clear();
        Ok(done)
    }

    fn book(
        &self,
        tx: &mut Conn,
        viewer: &Viewer,
        due: &Check,
        mode: Mode,
        day: NaiveDate,
    ) -> Result<(), DbError> {
        let new = NewBooking {
            what: Appointment {
                mode,
                booked_for: day,
                at_time: chrono::NaiveTime::from_hms_opt(10, 30, 0),
                place: String::new(),
                reason: "The day that suited the family".to_owned(),
                address_reason: String::new(),
            },
            holiday_meant: true,
        };
        match booking::book(&mut Act::new(tx, viewer, At::of(self.now)), due, &new) {
            Ok(_) => Ok(()),
            Err(booking::BookingError::Db(error)) => Err(error),
            // An address that nobody has verified, say: then it stays unbooked, as it would in earnest.
            Err(_) => Ok(()),
        }
    }

    pub(super) fn episode(&mut self, tx: &mut Conn, kind: EpisodeKind) -> Result<Done, DbError> {
        let viewer = &self.officer().viewer;
        for (key, _) in self.children() {
            let what = Episode {
                kind,
                category: (kind == EpisodeKind::CpPlan).then_some(AbuseCategory::Neglect),
                started_on: self.day,
                ended_on: None,
                source: Source::SocialCare,
                contact: "Check social worker, 01632 960110".to_owned(),
            };
            episode::add(&mut Act::new(tx, viewer, At::of(self.now)), *key, &what)?;
            tiering::reassess(&mut Act::new(tx, viewer, At::of(self.now)), *key)?;
        }
        Ok(Done::default())
    }

    pub(super) fn restrict(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        for (key, _) in self.children() {
            let manager = &self.scene.staff.manager.viewer;
            child::restrict(&mut Act::new(tx, manager, At::of(self.now)), *key, true)
                .map_err(|why| refused("restrict a record", why))?;
        }
        Ok(Done::default())
    }

    pub(super) fn move_house(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let new_home = &self.family.next_home;
        let viewer = &self.officer().viewer;
        for (key, reference) in self.children() {
            address::move_child(tx, *key, new_home, Source::Parent, self.day, self.now)?;
            Act::new(tx, viewer, At::of(self.now)).note(
                Action::AddressChanged,
                Subject::of_child(*key, reference.as_str()),
                "The family wrote that they have moved.",
            )?;
            tiering::reassess(&mut Act::new(tx, viewer, At::of(self.now)), *key)?;
        }
        Ok(Done::default())
    }

    pub(super) fn rest(&mut self, tx: &mut Conn) -> Result<Done, DbError> {
        let rest = NewRest {
            reason: "Children's social care sees the children every week".to_owned(),
            lead_name: "Check social worker".to_owned(),
            ends_on: self.day + Days::new(60),
        };
        for (key, _) in self.children() {
            rest::begin(
                &mut Act::new(tx, &self.scene.staff.manager.viewer, At::of(self.now)),
                *key,
                &rest,
            )
            .map_err(|why| refused("let checks rest", why))?;
        }
        Ok(Done::default())
    }
}
