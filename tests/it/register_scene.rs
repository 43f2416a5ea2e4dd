//! Children for tests to meet on pages: written through the rooms, as an import or a notification would.

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use hearth::access::{AccountKey, Act, Viewer, session};
use hearth::clock::At;
use hearth::db::schema::{lapse, lapse_step, outgoing_mail};
use hearth::db::{Conn, DbError};
use hearth::duty::{ladder, owed};
use hearth::intake::notification::{self, Notification, NotifiedChild, NotifyingParent};
use hearth::policy::rulebook;
use hearth::register::address::{self, Place};
use hearth::register::child::{self, NewChild, Particulars};
use hearth::register::person::{self, NewPerson, NewRelation, PersonParticulars};
use hearth::register::registration::{self, Registration};
use hearth::register::{ChildKey, allocation};
use hearth::rules::codes::{
    ChildStatus, Confidentiality, PreviousSetting, PrimaryReason, RegisterBasis, Relationship, Sex,
    Source,
};
use hearth::rules::duty::DutyKind;
use hearth::rules::identifiers::{EmailAddress, Postcode, Reference};
use hearth::rules::outcome::Mode;
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;
use hearth::visit::booking::{self, Appointment, NewBooking};
use hearth::visit::check::{self, Check};
use hearth::visit::ending;

use super::app::{BEGINNING, OFFICER, TestApp, moment};

/// A child of a scene.
pub struct SceneChild {
    pub key: ChildKey,
    pub reference: Reference,
}

impl SceneChild {
    /// The address of the child's page, or of one below it.
    pub fn path(&self, below: &str) -> String {
        format!("/children/{}{below}", self.reference)
    }
}

/// A day as a test writes it.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Puts a child on the register of the authority where this member of staff works: with a mother, a home, and the
/// checks that a notification forty days before the beginning owes.
pub fn child(app: &TestApp, staff: &str, given: &str, family: &str, born: &str) -> SceneChild {
    let viewer = app.eyes(staff);
    let now = moment(BEGINNING);
    let (key, reference) = app.write(|tx| add(tx, &viewer, &particulars(given, family, born), now));
    SceneChild { key, reference }
}

/// Makes this member of staff the officer of the child.
pub fn allocate(app: &TestApp, child: &SceneChild, staff: &str) {
    let viewer = app.eyes(staff);
    let officer: AccountKey = app.account(staff);
    let officer = app.read(|conn| hearth::access::accounts::by_key(conn, officer));
    let officer = Reference::parse(&officer.reference).unwrap();
    let now = moment(BEGINNING);
    app.write(|tx| {
        allocation::allocate(
            &mut Act::new(tx, &viewer, At::of(now)),
            &child.reference,
            &officer,
        )
    });
}

/// Opens the lapses that are due at the beginning, and leaves them as they would be if nobody could be told.
pub fn sweep(app: &TestApp, staff: &str) {
    let authority = app.eyes(staff).authority();
    let now = moment(BEGINNING);
    app.write(|tx| {
        let book = rulebook::load(tx, authority, now.date())?;
        ladder::climb(tx, authority, &book, &app.url, At::of(now))?;
        diesel::delete(lapse_step::table).execute(tx)?;
        diesel::delete(outgoing_mail::table.filter(outgoing_mail::kind.eq("lapse_digest")))
            .execute(tx)?;
        diesel::update(lapse::table)
            .set(lapse::next_step_on.eq(lapse::opened_on))
            .execute(tx)?;
        Ok::<_, DbError>(())
    });
}

/// Books a home visit for the child's first meeting, in this officer's name.
pub fn book_first_meeting(app: &TestApp, child: &SceneChild, staff: &str, on: &str) {
    let meeting = checks(app, child)
        .into_iter()
        .find(|check| check.kind == DutyKind::FirstMeeting)
        .unwrap();
    let account = app.account(staff);
    let now = moment(BEGINNING);
    let token = app.write(|tx| session::begin(tx, account, now));
    let signed_in = app.read(|conn| session::find(conn, &token, now)).unwrap();
    let visit = NewBooking {
        what: Appointment {
            mode: Mode::HomeVisit,
            booked_for: day(on),
            at_time: None,
            place: String::new(),
            reason: "The family asked for this day".to_owned(),
            address_reason: "They gave this address on the telephone".to_owned(),
        },
        holiday_meant: true,
    };
    app.write(|tx| {
        booking::book(
            &mut Act::new(tx, &signed_in.viewer, At::of(now)),
            &meeting,
            &visit,
        )
    });
}

/// The child's checks.
pub fn checks(app: &TestApp, child: &SceneChild) -> Vec<Check> {
    app.read(|conn| check::of_child(conn, child.key))
}

/// Notifies two children at the beginning, in the name of a parent who may have an account.
pub fn notify(app: &TestApp, account: Option<AccountKey>) -> Reference {
    let told = notification("a-form-of-a-test", account);
    let (viewer, now) = (app.eyes(OFFICER), moment(BEGINNING));
    let url = app.url.clone();
    let receipt = app.write(|tx| {
        notification::receive(
            &mut Act::new(tx, &viewer, At::of(now)),
            &told,
            &url,
            now.date(),
        )
    });
    receipt.reference
}

/// What that parent notifies.
pub fn notification(form_key: &str, account: Option<AccountKey>) -> Notification {
    Notification {
        form_key: form_key.to_owned(),
        source: Source::Parent,
        parent: NotifyingParent {
            person: NewPerson {
                account,
                particulars: PersonParticulars {
                    name: "Sam Moss".to_owned(),
                    email: Some(EmailAddress::parse("sam.moss@example.com").unwrap()),
                    telephone: None,
                    contact_preference: String::new(),
                    confidentiality: Confidentiality::Normal,
                },
            },
            home: Place {
                lines: "7 Mill Lane".to_owned(),
                town: "Ashdale".to_owned(),
                postcode: Some(Postcode::parse("AA3 2AB").unwrap()),
                uprn: None,
            },
        },
        children: vec![
            notified("Ben", "2014-02-01"),
            notified("Dilys", "2016-05-06"),
        ],
        message: "We begin after half-term.\nThank you".to_owned(),
    }
}

fn notified(given: &str, born: &str) -> NotifiedChild {
    NotifiedChild {
        given_names: given.to_owned(),
        family_name: "Moss".to_owned(),
        known_as: None,
        date_of_birth: day(born),
        sex: Sex::Unknown,
        relationship: Relationship::Father,
        other_home: None,
        educated_at_home_since: None,
        previous_setting: PreviousSetting::Academy,
        previous_school: None,
        reason: PrimaryReason::NotGiven,
    }
}

fn particulars(given: &str, family: &str, born: &str) -> Particulars {
    Particulars {
        given_names: given.to_owned(),
        family_name: family.to_owned(),
        known_as: None,
        date_of_birth: day(born),
        sex: Sex::Female,
        upn: None,
        nhs_number: None,
        ethnicity: None,
        language: None,
        sen_provision: None,
        sen_type: None,
        second_sen_type: None,
    }
}

fn add(
    tx: &mut Conn,
    viewer: &Viewer,
    particulars: &Particulars,
    now: NaiveDateTime,
) -> Result<(ChildKey, Reference), DbError> {
    let since = now.date() - Days::new(40);
    let new = NewChild {
        particulars: particulars.clone(),
        other_reference: None,
        status: ChildStatus::Active,
        registered_on: since,
        tier: Tier::Green,
        last_seen_on: None,
        seen_recorded: true,
    };
    let (key, reference) = child::add(&mut Act::new(tx, viewer, At::of(now)), &new)?;
    registration::begin(tx, key, &registration(since))?;
    let mother = person::add(
        &mut Act::new(tx, viewer, At::of(now)),
        &mother(&particulars.family_name),
    )?;
    person::relate(tx, key, mother, &relation(since))?;
    address::move_child(tx, key, &home(), Source::Parent, since, now)?;
    let book = rulebook::load(tx, viewer.authority(), now.date())?;
    let entry = Entry::Notified { received_on: since };
    let owed = first_checks(&entry, Tier::Green, &book.policy, &book.calendar);
    owed::owe(&mut Act::new(tx, viewer, At::of(now)), key, &owed, None)?;
    Ok((key, reference))
}

fn registration(since: NaiveDate) -> Registration {
    Registration {
        basis: RegisterBasis::Ehe,
        primary_reason: PrimaryReason::NotGiven,
        secondary_reasons: Vec::new(),
        previous_setting: PreviousSetting::Academy,
        previous_school: Some("Ashdale Academy".to_owned()),
        source: Source::Parent,
        started_on: since,
        ended: None,
        evidence: String::new(),
    }
}

fn mother(family: &str) -> NewPerson {
    NewPerson {
        account: None,
        particulars: PersonParticulars {
            name: format!("Jo {family}"),
            email: None,
            telephone: Some("01632 960 001".parse().unwrap()),
            contact_preference: String::new(),
            confidentiality: Confidentiality::Normal,
        },
    }
}

fn relation(since: NaiveDate) -> NewRelation {
    NewRelation {
        relationship: Relationship::Mother,
        parental_responsibility: Some(true),
        lives_with_child: Some(true),
        held_from: since,
    }
}

fn home() -> Place {
    Place {
        lines: "1 High Street".to_owned(),
        town: "Ashdale".to_owned(),
        postcode: Some(Postcode::parse("AA3 1AB").unwrap()),
        uprn: None,
    }
}

/// At the beginning an officer does an open check of a kind by an act that is no attempt.
pub fn complete(app: &TestApp, child: &SceneChild, kind: DutyKind, because: &str) {
    let (viewer, at) = (app.eyes(OFFICER), At::of(moment(BEGINNING)));
    app.write(|tx| {
        let act = &mut Act::new(tx, &viewer, at);
        ending::complete(act, child.key, kind, at.today(), because)
    });
}
