//! A database with two authorities, people of every role and a few children, for the tests of this room.

use chrono::{NaiveDate, NaiveDateTime};

use super::ChildKey;
use super::child::{self, NewChild, Particulars};
use super::person::{self, NewPerson, NewRelation, PersonParticulars};
use crate::access::accounts::{self, NewAccount};
use crate::access::{AccountKey, Act, AuthorityKey, Role, Viewer, authority};
use crate::clock::{At, Clock};
use crate::db::{Conn, Db, DbError};
use crate::fresh;
use crate::rules::codes::{ChildStatus, Confidentiality, Relationship, Sex};
use crate::rules::identifiers::Reference;
use crate::rules::tier::Tier;
use crate::shared::proving::{self, Ending};

/// A world to test in; its database goes with it.
pub struct World {
    pub db: Db,
    pub officer: Viewer,
    pub colleague: Viewer,
    pub manager: Viewer,
    pub administrator: Viewer,
    pub parent: Viewer,
    pub elsewhere: Viewer,
    pub program: Viewer,
    pub ending: Ending,
    _folder: tempfile::TempDir,
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Noon of the day on which the tests play.
pub fn now() -> NaiveDateTime {
    day(2026, 11, 23).and_hms_opt(12, 0, 0).unwrap()
}

pub fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let db = fresh::database(&folder);
    let (home, away) = db
        .write_now(|tx| {
            let home = authority::add(tx, "990", "Testshire")?;
            let away = authority::add(tx, "991", "Elsewhere")?;
            for kept_here in [home, away] {
                let installer = Viewer::program(kept_here, "test");
                let mailbox = Some("duty@example.com");
                authority::take_into_service(
                    &mut Act::new(tx, &installer, At::of(now())),
                    mailbox,
                )?;
            }
            Ok::<_, DbError>((home, away))
        })
        .unwrap();
    let viewer = |authority, role, name: &'static str| {
        let account = db
            .write_now(|tx| add_account(tx, authority, role, name))
            .unwrap();
        Viewer::of_person(authority, account, role, name.to_owned())
    };
    let mut ending = Ending::default();
    ending.absent = OWED_IN_LATER_ROOMS;
    World {
        officer: viewer(home, Role::Officer, "Sam Reed"),
        colleague: viewer(home, Role::Officer, "Alex Moss"),
        manager: viewer(home, Role::Manager, "Robin Vale"),
        administrator: viewer(home, Role::Administrator, "Chris Lane"),
        parent: viewer(home, Role::Parent, "Pat Hill"),
        elsewhere: viewer(away, Role::Manager, "Kim Ford"),
        program: Viewer::program(home, "test"),
        ending,
        db,
        _folder: folder,
    }
}

fn add_account(
    tx: &mut Conn,
    authority: AuthorityKey,
    role: Role,
    name: &str,
) -> Result<AccountKey, accounts::AccountError> {
    let email = format!("{}@example.com", name.replace(' ', ".").to_lowercase());
    let new = NewAccount {
        role,
        email: &email,
        name,
        password_hash: None,
    };
    accounts::add(
        &mut Act::new(tx, &Viewer::program(authority, "test"), At::of(now())),
        &new,
    )
}

pub fn particulars(given_names: &str, family_name: &str, date_of_birth: NaiveDate) -> Particulars {
    Particulars {
        given_names: given_names.to_owned(),
        family_name: family_name.to_owned(),
        known_as: None,
        date_of_birth,
        sex: Sex::Unknown,
        upn: None,
        nhs_number: None,
        ethnicity: None,
        language: None,
        sen_provision: None,
        sen_type: None,
        second_sen_type: None,
    }
}

pub fn new_child(particulars: Particulars) -> NewChild {
    NewChild {
        particulars,
        other_reference: None,
        status: ChildStatus::Active,
        registered_on: day(2026, 9, 1),
        tier: Tier::Green,
        last_seen_on: None,
        seen_recorded: true,
    }
}

/// What the other rooms see to: a child that the tests of this room put there by hand is no more than its rows.
const OWED_IN_LATER_ROOMS: &[&str] = &[
    "Every child on the register has an open check",
    "The next check in lists is the earliest open check",
    "Every child on the register has one open registration",
    "Every child whose whereabouts are unknown is owed being found",
];

impl Drop for World {
    fn drop(&mut self) {
        let clock = Clock::stepped(now());
        self.ending
            .prove(&proving::services(self.db.clone(), clock));
    }
}

impl World {
    /// Runs a read or a change; what fails, fails the test.
    pub fn run<T>(&self, f: impl Fn(&mut Conn) -> Result<T, DbError>) -> T {
        self.db.write_now(f).unwrap()
    }

    /// Puts a child on the register of the home authority.
    pub fn add(
        &self,
        given_names: &str,
        family_name: &str,
        born: NaiveDate,
    ) -> (ChildKey, Reference) {
        self.add_child(&new_child(particulars(given_names, family_name, born)))
    }

    pub fn add_child(&self, new: &NewChild) -> (ChildKey, Reference) {
        self.run(|tx| child::add(&mut Act::new(tx, &self.program, At::of(now())), new))
    }

    /// Gives a child to an officer and hides it from the others.
    pub fn restrict_to(&self, officer: &Viewer, child: ChildKey) {
        self.allocate(child, officer);
        let restrict = |tx: &mut Conn| {
            child::restrict(&mut Act::new(tx, &self.program, At::of(now())), child, true)
        };
        self.db.write_now(restrict).unwrap();
    }

    /// Gives a child to an officer.
    pub fn allocate(&self, child: ChildKey, officer: &Viewer) {
        let officer = officer.account().unwrap();
        self.run(|tx| super::store::child::set_officer(tx, child, officer, now()));
    }

    /// Makes the account of `parent` a parent of a child.
    pub fn make_parent(&self, parent: &Viewer, child: ChildKey) -> super::PersonKey {
        let new = NewPerson {
            account: parent.account(),
            particulars: PersonParticulars {
                name: parent.name().to_owned(),
                email: None,
                telephone: None,
                contact_preference: String::new(),
                confidentiality: Confidentiality::Normal,
            },
        };
        let relation = NewRelation {
            relationship: Relationship::Mother,
            parental_responsibility: Some(true),
            lives_with_child: Some(true),
            held_from: day(2026, 9, 1),
        };
        self.run(|tx| {
            let person = person::add(&mut Act::new(tx, &self.program, At::of(now())), &new)?;
            person::relate(tx, child, person, &relation)?;
            Ok(person)
        })
    }
}
