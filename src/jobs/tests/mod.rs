//! What happens to checks and lapses as the days go by: the real database, rules, outbox and jobs, and a clock that the
//! tests move.

mod absence;
mod bounces;
mod clocks;
mod doors;
mod ladder;
mod news;
mod notices;
mod outcomes;
mod proof;
mod rests;
mod returns;
mod runs;
mod store;
mod tiers;
mod weekly;

use std::cell::{Cell, RefCell};

use chrono::{NaiveDate, NaiveDateTime};

use super::{Services, runner};
use crate::access::accounts::{self, NewAccount};
use crate::access::{AccountKey, Act, AuthorityKey, Role, Viewer, authority};
use crate::clock::{At, Clock};
use crate::db::{Conn, DbError};
use crate::duty::lapse::{self, LapseRecord};
use crate::duty::owed;
use crate::fresh;
use crate::mail::transport::Posted;
use crate::policy::rulebook;
use crate::register::address::{self, Place};
use crate::register::child::{self, NewChild, Particulars};
use crate::register::episode::{self, Episode};
use crate::register::registration::{self, Registration};
use crate::register::{ChildKey, allocation};
use crate::rules::codes::{
    ChildStatus, EpisodeKind, PreviousSetting, PrimaryReason, RegisterBasis, Sex, Source,
};
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;
use crate::rules::identifiers::{EmailAddress, Postcode, Reference};
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::rules::schedule::{Entry, first_checks};
use crate::rules::tier::Tier;
use crate::shared::proving::{self, Ending};
use crate::shared::reading::Mail;
use crate::visit::check::{self, Check};
use crate::visit::outcome::{self, NewOutcome, OutcomeError, Recorded};

/// An authority with people in every post, and the jobs that run for it.
pub struct World {
    pub services: Services,
    pub authority: AuthorityKey,
    pub officer: Viewer,
    pub manager: Viewer,
    pub administrator: Viewer,
    pub ending: Ending,
    forms: Cell<u32>,
    children: Cell<u32>,
    weekly: RefCell<Vec<Posted>>,
    _folder: tempfile::TempDir,
}

pub const OFFICER: &str = "sam.reed@example.com";
pub const TEAM_LEADER: &str = "alex.moss@example.com";
pub const MANAGER: &str = "robin.vale@example.com";
pub const HEAD: &str = "kim.ford@example.com";
pub const SAFEGUARDING: &str = "jo.dale@example.com";
pub const DUTY: &str = "duty@example.com";

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Nine in the morning.
pub fn morning(text: &str) -> NaiveDateTime {
    day(text).and_hms_opt(9, 0, 0).unwrap()
}

impl World {
    /// On Monday 2 November 2026, with everybody in post.
    pub fn new() -> Self {
        let world = Self::without_posts();
        for (post, name) in [
            (Post::TeamLeader, "Alex Moss"),
            (Post::Manager, "Robin Vale"),
            (Post::HeadOfService, "Kim Ford"),
            (Post::SafeguardingLead, "Jo Dale"),
        ] {
            world.give_post(post, name);
        }
        let duty = EmailAddress::parse(DUTY).unwrap();
        world.run(|tx| {
            accounts::give_post_to_mailbox(
                &mut Act::new(tx, &world.installer(), At::of(world.now())),
                Post::DutyMailbox,
                &duty,
                day("2026-01-01"),
            )
        });
        world
    }

    /// As [`World::new`], but nobody holds a post.
    pub fn without_posts() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = fresh::database(&folder);
        let now = morning("2026-11-02");
        let authority = db
            .write_now(|tx| {
                let key = authority::add(tx, "990", "Testshire")?;
                authority::take_into_service(
                    &mut Act::new(tx, &Viewer::program(key, "test"), At::of(now)),
                    None,
                )?;
                Ok::<_, DbError>(key)
            })
            .unwrap();
        let person = |name: &str, role| {
            let account = db
                .write_now(|tx| add_account(tx, authority, role, name, now))
                .unwrap();
            Viewer::of_person(authority, account, role, name.to_owned())
        };
        let officer = person("Sam Reed", Role::Officer);
        let manager = person("Robin Vale", Role::Manager);
        let administrator = person("Chris Lane", Role::Administrator);
        for name in ["Alex Moss", "Kim Ford", "Jo Dale"] {
            person(name, Role::Manager);
        }
        Self {
            services: proving::services(db, Clock::stepped(now)),
            ending: Ending::default(),
            authority,
            officer,
            manager,
            administrator,
            forms: Cell::new(0),
            children: Cell::new(0),
            weekly: RefCell::default(),
            _folder: folder,
        }
    }

    pub fn give_post(&self, post: Post, name: &str) {
        let staff = self.run(|conn| accounts::staff(conn, self.authority));
        let key = staff
            .iter()
            .find(|account| account.name == name)
            .unwrap()
            .key;
        let from = day("2026-01-01");
        let give = |tx: &mut Conn| {
            accounts::give_post(
                &mut Act::new(tx, &self.installer(), At::of(self.now())),
                post,
                key,
                from,
            )
        };
        self.services.db.write_now(give).unwrap();
    }

    pub fn installer(&self) -> Viewer {
        Viewer::program(self.authority, "test")
    }

    pub fn run<T>(&self, f: impl Fn(&mut Conn) -> Result<T, DbError>) -> T {
        self.services.db.write_now(f).unwrap()
    }

    pub fn now(&self) -> NaiveDateTime {
        self.services.clock.now()
    }

    pub fn today(&self) -> NaiveDate {
        self.services.clock.today()
    }

    /// It is nine in the morning of another day; nothing has run yet.
    pub fn on(&self, text: &str) -> &Self {
        self.services.clock.set(morning(text));
        self
    }

    /// Runs everything that is due and delivers the mail; gives what the mail server got, but for the digests of the
    /// week, which it keeps in `weekly`.
    pub fn sweep(&self) -> Vec<Posted> {
        let before = self.services.courier.transport.posted().len();
        for summary in runner::run_due(&self.services, self.now()) {
            assert!(summary.is_complete(), "{summary:?}");
        }
        let mails = self.services.courier.transport.posted().split_off(before);
        let (weekly, others): (Vec<Posted>, _) = mails
            .into_iter()
            .partition(|mail| read(mail).says("Subject: The week of "));
        self.weekly.replace(weekly);
        others
    }

    /// Every promise that does not hold.
    pub fn broken_promises(&self) -> Vec<String> {
        proving::broken_promises(&self.services)
    }

    pub fn assert_green(&self) {
        assert_eq!(self.broken_promises(), Vec::<String>::new());
    }

    /// A child of whom the authority is notified today, with Sam as officer and the first checks owed.
    pub fn notified(&self) -> ChildKey {
        self.child(Tier::Green, |today| Entry::Notified { received_on: today })
    }

    /// A child the authority has known for a year and last saw on a day: one recurring check.
    pub fn known_since_seen(&self, last_seen: &str) -> ChildKey {
        let last_seen_on = Some(day(last_seen));
        self.child(Tier::Green, |today| Entry::AlreadyKnown {
            taken_on: today,
            registered_on: day("2025-09-01"),
            last_seen_on,
        })
    }

    fn child(&self, tier: Tier, entry: impl Fn(NaiveDate) -> Entry) -> ChildKey {
        let (today, now) = (self.today(), self.now());
        let entry = entry(today);
        let (registered_on, last_seen_on) = match entry {
            Entry::Notified { received_on } => (received_on, None),
            Entry::AlreadyKnown {
                registered_on,
                last_seen_on,
                ..
            } => (registered_on, last_seen_on),
        };
        self.children.set(self.children.get() + 1);
        let new = NewChild {
            particulars: particulars(self.children.get()),
            other_reference: None,
            status: ChildStatus::Active,
            registered_on,
            tier,
            last_seen_on,
            seen_recorded: true,
        };
        let registration = Registration {
            basis: RegisterBasis::Ehe,
            primary_reason: PrimaryReason::Unknown,
            secondary_reasons: Vec::new(),
            previous_setting: PreviousSetting::Maintained,
            previous_school: None,
            source: Source::Parent,
            started_on: registered_on,
            ended: None,
            evidence: String::new(),
        };
        let home = Place {
            lines: "1 High Street".to_owned(),
            town: "Testford".to_owned(),
            postcode: Postcode::parse("AB1 2DE").ok(),
            uprn: None,
        };
        let program = Viewer::program(self.authority, "test");
        let key = self.run(|tx| {
            let (key, _) = child::add(&mut Act::new(tx, &program, At::of(now)), &new)?;
            registration::begin(tx, key, &registration)?;
            address::move_child(tx, key, &home, Source::Parent, registered_on, now)?;
            address::verify(
                &mut Act::new(tx, &program, At::of(now)),
                key,
                today,
                "by letter",
            )?;
            let book = rulebook::load(tx, self.authority, today)?;
            let owed = first_checks(&entry, tier, &book.policy, &book.calendar);
            owed::owe(&mut Act::new(tx, &program, At::of(now)), key, &owed, None)?;
            Ok(key)
        });
        self.allocate(key, &self.officer);
        key
    }

    pub fn allocate(&self, child: ChildKey, to: &Viewer) {
        let (now, account) = (self.now(), to.account().unwrap());
        let record = self.record(child);
        let officer = self.run(|conn| accounts::by_key(conn, account));
        let officer = Reference::parse(&officer.reference).unwrap();
        let allocated = self.services.db.write_now(|tx| {
            allocation::allocate(
                &mut Act::new(tx, &self.manager, At::of(now)),
                &record.reference,
                &officer,
            )
        });
        allocated.unwrap();
    }

    pub fn record(&self, child: ChildKey) -> child::ChildRecord {
        self.run(|conn| child::by_key(conn, &self.manager, child))
            .unwrap()
    }

    pub fn checks(&self, child: ChildKey) -> Vec<Check> {
        self.run(|conn| check::of_child(conn, child))
    }

    /// The open check of a kind.
    pub fn check(&self, child: ChildKey, kind: DutyKind) -> Check {
        let open = |check: &Check| check.kind == kind && check.state == owed::DutyState::Open;
        self.checks(child).into_iter().find(open).unwrap()
    }

    pub fn open_kinds(&self, child: ChildKey) -> Vec<DutyKind> {
        let checks = self.checks(child);
        let open = checks
            .iter()
            .filter(|check| check.state == owed::DutyState::Open);
        open.map(|check| check.kind).collect()
    }

    pub fn lapses(&self, child: ChildKey) -> Vec<LapseRecord> {
        self.run(|conn| lapse::of_child(conn, child))
    }

    /// Sam records what came of an attempt today.
    pub fn attempt(&self, check: &Check, mode: Mode, result: AttemptResult) -> Recorded {
        self.try_attempt(check, &self.form(mode, result)).unwrap()
    }

    pub fn form(&self, mode: Mode, result: AttemptResult) -> NewOutcome {
        self.forms.set(self.forms.get() + 1);
        NewOutcome {
            form_key: format!("form-{}", self.forms.get()),
            happened_on: self.today(),
            mode,
            result,
            place: String::new(),
            present: String::new(),
            home_seen: None,
            spoken_alone: SpokenAlone::NotOffered,
            judgement: Judgement::NotConsidered,
            note: String::new(),
        }
    }

    pub fn try_attempt(&self, check: &Check, form: &NewOutcome) -> Result<Recorded, OutcomeError> {
        let now = self.now();
        self.services.db.write_now(|tx| {
            outcome::record(&mut Act::new(tx, &self.officer, At::of(now)), check, form)
        })
    }

    /// Children's social care begins to work with the child.
    pub fn social_care_opens(&self, child: ChildKey, kind: EpisodeKind) {
        let (today, now) = (self.today(), self.now());
        let episode = Episode {
            kind,
            category: None,
            started_on: today,
            ended_on: None,
            source: Source::SocialCare,
            contact: String::new(),
        };
        self.run(|tx| {
            episode::add(
                &mut Act::new(tx, &self.manager, At::of(now)),
                child,
                &episode,
            )?;
            crate::tier::tiering::reassess(&mut Act::new(tx, &self.manager, At::of(now)), child)?;
            Ok(())
        });
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.ending.prove(&self.services);
    }
}

fn add_account(
    tx: &mut Conn,
    authority: AuthorityKey,
    role: Role,
    name: &str,
    now: NaiveDateTime,
) -> Result<AccountKey, accounts::AccountError> {
    let email = format!("{}@example.com", name.replace(' ', ".").to_lowercase());
    let new = NewAccount {
        role,
        email: &email,
        name,
        password_hash: None,
    };
    accounts::add(
        &mut Act::new(tx, &Viewer::program(authority, "test"), At::of(now)),
        &new,
    )
}

fn particulars(number: u32) -> Particulars {
    Particulars {
        given_names: format!("Child {number}"),
        family_name: "Example".to_owned(),
        known_as: None,
        date_of_birth: day("2016-03-04"),
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

/// What a person reads of a mail.
pub fn read(mail: &Posted) -> Mail {
    Mail::of(&mail.raw)
}

/// Whom these mails went to, each as often as they got one.
pub fn recipients(mails: &[Posted]) -> Vec<&str> {
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    to
}
