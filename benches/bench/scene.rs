//! A register of a given size, made up from a seed: one authority of the largest kind (three in a hundred of all
//! children, as Kent has in England) among thirty others, each child with parents, a home and some years of checks.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{Act, Role, Viewer, authority, session};
use hearth::clock::At;
use hearth::db::schema::{self, duty};
use hearth::db::{Conn, Db, DbError};
use hearth::duty::owed;
use hearth::policy::rulebook;
use hearth::register::address::Place;
use hearth::register::bulk::{self, NewEntry, NewParent};
use hearth::register::child::{NewChild, Particulars};
use hearth::register::person::{NewPerson, NewRelation, PersonParticulars};
use hearth::register::registration::Registration;
use hearth::rules::codes::{
    ChildStatus, Confidentiality, PreviousSetting, PrimaryReason, RegisterBasis, Relationship, Sex,
    Source,
};
use hearth::rules::identifiers::{EmailAddress, Postcode};
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;
use hearth::shipped;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// The day every scene is set on.
pub const TODAY: &str = "2026-11-23";
/// The measured authority has this share of the children.
const LARGEST_IN_A_THOUSAND: usize = 30;
/// The others share the rest.
const OTHERS: usize = 30;

/// A register to be asked.
pub struct Scene {
    pub file: PathBuf,
    pub children: usize,
    pub cookie: String,
    pub references: Vec<String>,
    /// Open checks of the measured authority.
    pub checks: Vec<String>,
    pub names: Vec<String>,
}

pub const GIVEN: &[&str] = &[
    "Olivia", "Amelia", "Isla", "Ava", "Lily", "Freya", "Grace", "Poppy", "Maya", "Zara", "Noah",
    "Arthur", "Leo", "Oscar", "Theo", "Idris", "Yusuf", "Kit", "Rowan", "Jude", "Mabel", "Nia",
    "Orla", "Priya", "Reuben", "Tomos", "Una", "Wilf",
];
pub const FAMILY: &[&str] = &[
    "Ashdown",
    "Barrow",
    "Carver",
    "Dunmore",
    "Elwood",
    "Fenwick",
    "Garside",
    "Holloway",
    "Ingleby",
    "Jessop",
    "Kirkby",
    "Langdale",
    "Marlow",
    "Netherton",
    "Oakes",
    "Penrose",
    "Quill",
    "Ravensdale",
    "Selwyn",
    "Thorne",
    "Underhill",
    "Varley",
    "Wetherby",
    "Yarrow",
    "Smith",
    "Jones",
    "Patel",
    "Khan",
    "O'Hara",
    "Begum",
    "Nowak",
    "Okafor",
];

/// Makes the scene, or takes the one an earlier run made.
pub fn of(children: usize) -> Scene {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("register-{children}.db"));
    let mark = folder.join(format!("register-{children}.tables"));
    if std::fs::read_to_string(&mark).ok() != Some(tables()) {
        let _ = std::fs::remove_file(&mark);
        let _ = std::fs::remove_file(&file);
        make(&file, children);
        std::fs::write(&mark, tables()).expect("a mark");
    }
    look_up(file, children)
}

/// Tells the tables of one version, and how they are filled, from another's: an older register is made anew.
fn tables() -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    include_str!("scene.rs").hash(&mut hasher);
    include_str!("../../src/db/schema.rs").hash(&mut hasher);
    hasher.finish().to_string()
}

/// An empty register with its authorities, for imports.
pub fn empty(file: &Path) -> Db {
    let db = Db::open(&format!("sqlite:{}", file.display()), 2).expect("a database");
    shipped::bring_up(&db).expect("tables, authorities and policy");
    db
}

pub fn today() -> NaiveDate {
    TODAY.parse().expect("a day")
}

pub fn now() -> NaiveDateTime {
    today().and_hms_opt(9, 0, 0).expect("nine")
}

fn make(file: &Path, children: usize) {
    let db = empty(file);
    let largest = (children * LARGEST_IN_A_THOUSAND / 1000)
        .max(60)
        .min(children);
    let rest = (children - largest) / OTHERS;
    for place in 0..=OTHERS {
        let size = if place == 0 { largest } else { rest };
        let code = format!("{}", 950 + place);
        let seed = 20_261_123 + place as u64;
        db.write_now(|tx| fill(tx, &code, size, &mut StdRng::seed_from_u64(seed)))
            .expect("an authority");
    }
    drop(db);
    write_history(file);
}

fn fill(tx: &mut Conn, code: &str, size: usize, random: &mut StdRng) -> Result<(), DbError> {
    let key = authority::add(tx, code, &format!("Authority {code}"))?;
    let viewer = Viewer::program(key, "bench");
    authority::take_into_service(
        &mut Act::new(tx, &viewer, At::of(now())),
        Some("duty@council.example"),
    )?;
    add_officer(tx, &viewer, code);
    let rules = rulebook::load(tx, key, today())?;
    let mut made = Vec::new();
    let mut owed = Vec::new();
    for number in 0..size {
        let entry = child(random, number, code);
        let known = Entry::AlreadyKnown {
            taken_on: today() - Days::new(random.random_range(20..70)),
            registered_on: entry.child.registered_on,
            last_seen_on: entry.child.last_seen_on,
        };
        owed.push(first_checks(
            &known,
            entry.child.tier,
            &rules.policy,
            &rules.calendar,
        ));
        made.push(entry);
    }
    for (entry, owed) in made.iter_mut().zip(&owed) {
        entry.next_check_on = owed.iter().map(|check| check.due_on).min();
    }
    let added = bulk::add_all(&mut Act::new(tx, &viewer, At::of(now())), &made)?;
    let owed: Vec<_> = added
        .iter()
        .zip(&owed)
        .map(|((child, _), owed)| (*child, owed.as_slice()))
        .collect();
    owed::owe_first(&mut Act::new(tx, &viewer, At::of(now())), &owed)?;
    Ok(())
}

fn add_officer(tx: &mut Conn, viewer: &Viewer, code: &str) {
    let email = format!("officer@{code}.example");
    let new = NewAccount {
        role: Role::Officer,
        email: &email,
        name: "Olu Officer",
        password_hash: None,
    };
    accounts::add(&mut Act::new(tx, viewer, At::of(now())), &new).expect("an officer");
}

fn child(random: &mut StdRng, number: usize, code: &str) -> NewEntry {
    let family_name = (*FAMILY.choose(random).expect("a name")).to_owned();
    let given_names = (*GIVEN.choose(random).expect("a name")).to_owned();
    let registered_on = today() - Days::new(random.random_range(30..900));
    let home = Place {
        lines: format!("{} Mill Lane", random.random_range(1..240)),
        town: "Ashdale".to_owned(),
        postcode: Postcode::parse(&format!(
            "LS{} {}AB",
            random.random_range(1..29),
            random.random_range(1..10)
        ))
        .ok(),
        uprn: None,
    };
    NewEntry {
        earlier: Vec::new(),
        child: NewChild {
            particulars: Particulars {
                given_names,
                family_name: family_name.clone(),
                known_as: None,
                date_of_birth: today() - Days::new(random.random_range(5 * 365 + 30..16 * 365)),
                sex: if random.random_bool(0.5) {
                    Sex::Female
                } else {
                    Sex::Male
                },
                upn: None,
                nhs_number: None,
                ethnicity: None,
                language: None,
                sen_provision: None,
                sen_type: None,
                second_sen_type: None,
            },
            other_reference: None,
            status: ChildStatus::Active,
            registered_on,
            tier: *[
                Tier::Green,
                Tier::Green,
                Tier::Green,
                Tier::Amber,
                Tier::Red,
            ]
            .choose(random)
            .expect("a tier"),
            last_seen_on: random
                .random_bool(0.7)
                .then(|| today() - Days::new(random.random_range(10..400))),
            seen_recorded: true,
        },
        registration: Registration {
            basis: RegisterBasis::Ehe,
            primary_reason: PrimaryReason::Lifestyle,
            secondary_reasons: Vec::new(),
            previous_setting: PreviousSetting::Maintained,
            previous_school: None,
            source: Source::Import,
            started_on: registered_on,
            ended: None,
            evidence: String::new(),
        },
        home: Some(home),
        home_source: Source::Import,
        parents: (0..=usize::from(random.random_bool(0.6)))
            .map(|which| {
                parent(
                    &family_name,
                    &format!("parent{which}.{number}@{code}.example"),
                    registered_on,
                )
            })
            .collect(),
        tier_reasons: Vec::new(),
        next_check_on: None,
    }
}

fn parent(family_name: &str, email: &str, held_from: NaiveDate) -> NewParent {
    let person = NewPerson {
        account: None,
        particulars: PersonParticulars {
            name: format!("Sam {family_name}"),
            email: EmailAddress::parse(email).ok(),
            telephone: None,
            contact_preference: String::new(),
            confidentiality: Confidentiality::Normal,
        },
    };
    let relation = NewRelation {
        relationship: Relationship::Mother,
        parental_responsibility: Some(true),
        lives_with_child: Some(true),
        held_from,
    };
    NewParent {
        person,
        relation,
        home: None,
    }
}

/// Checks of which the outcome is recorded in one measurement.
const CHECKS: i64 = 1_500;
/// Children whose history is written in one transaction: a journal of all of them would outgrow the register.
const HISTORY_AT_ONCE: i64 = 20_000;

/// Five checks that were done, their outcomes and six lines of the timeline for every child. Their references begin with a
/// small z, which chance never gives out.
fn write_history(file: &Path) {
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the database");
    conn.batch_execute(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;
         CREATE TEMP TABLE step (n INTEGER); INSERT INTO step VALUES (1), (2), (3), (4), (5);
         UPDATE child SET officer_id = (SELECT min(id) FROM account WHERE account.authority_id = child.authority_id);",
    )
    .expect("officers");
    let children: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "(SELECT max(id) FROM child)",
    ))
    .get_result(&mut conn)
    .expect("how many children");
    for first in (0..=children).step_by(usize::try_from(HISTORY_AT_ONCE).expect("a step")) {
        let last = first + HISTORY_AT_ONCE - 1;
        conn.batch_execute(&history_of(first, last))
            .expect("a history");
    }
    conn.batch_execute(SWEPT).expect("runs");
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")
        .expect("a whole file");
}

/// The runs of the jobs that watch over the register, as their runner writes them down: without them each page warns.
const SWEPT: &str = "INSERT INTO job_run (job, day, started_at, ended_at)
    VALUES ('sweep', '2026-11-23', '2026-11-23 08:59:59', '2026-11-23 09:00:00'),
           ('tiers', '2026-11-23', '2026-11-23 08:59:59', '2026-11-23 09:00:00')";

/// The statements that write the history of the children with these keys.
fn history_of(first: i64, last: i64) -> String {
    format!(
        "BEGIN;
         INSERT INTO duty (reference, authority_id, child_id, kind, purpose, post, may_rest, counted_from, original_due_on,
             due_on, why, state, closed_on, closed_because, created_at)
         SELECT printf('W-z%03d-%04d', (c.id * 5 + n) / 10000, (c.id * 5 + n) % 10000), c.authority_id, c.id,
             'recurring_check', 'see_child', 'officer', TRUE, date('2026-10-01', (-200 * n) || ' days'),
             date('2026-10-01', (-150 * n) || ' days'), date('2026-10-01', (-150 * n) || ' days'),
             'Recurring check: 12 months after the child was seen.', 'done',
             date('2026-10-01', (-152 * n) || ' days'), 'Home visit: child seen in person', '2024-01-01 09:00:00'
         FROM child c, step WHERE c.id BETWEEN {first} AND {last} ORDER BY c.id, n DESC;
         INSERT INTO outcome (reference, check_id, child_id, form_key, happened_on, mode, result, spoken_alone, judgement,
             note, satisfied, recorded_by, recorded_at)
         SELECT 'O' || substr(k.reference, 2), k.id, k.child_id, 'history-' || k.id, k.closed_on,
             'home_visit', 'child_seen', 'not_offered', 'suitable', 'Work samples seen; plan for the year discussed.', TRUE,
             (SELECT min(id) FROM account a WHERE a.authority_id = k.authority_id), '2024-01-01 09:00:00'
         FROM duty k WHERE k.state = 'done' AND k.child_id BETWEEN {first} AND {last};
         INSERT INTO closed_by_outcome (check_id, outcome_id)
         SELECT check_id, id FROM outcome WHERE child_id BETWEEN {first} AND {last};
         INSERT INTO audit_event (at, authority_id, account_id, actor, action, child_id, subject, detail)
         SELECT o.recorded_at, c.authority_id, o.recorded_by, 'officer', 'outcome_recorded', c.id, o.reference,
             'Home visit: child seen in person. Recurring check: done'
         FROM outcome o JOIN child c ON c.id = o.child_id WHERE c.id BETWEEN {first} AND {last};
         COMMIT;"
    )
}

fn look_up(file: PathBuf, children: usize) -> Scene {
    let db = Db::open(&format!("sqlite:{}", file.display()), 2).expect("the database");
    let (cookie, lines) = db
        .write_now(|tx| {
            let authority = authority::by_code(tx, "950")?
                .expect("the largest authority")
                .key;
            let email = EmailAddress::parse("officer@950.example").expect("an address");
            let officer = accounts::by_email(tx, authority, &email)?
                .expect("the officer")
                .key;
            let token = session::begin(tx, officer, now())?;
            let viewer = Viewer::program(authority, "bench");
            let counts = hearth::register::counts::Counts::default();
            let mut lines = Vec::new();
            for page in 1..=8 {
                let listing = hearth::register::list::Listing {
                    page,
                    ..Default::default()
                };
                lines
                    .extend(hearth::register::list::page(tx, &viewer, &counts, 0, &listing)?.lines);
            }
            Ok::<_, DbError>((format!("hearth_session={token}"), lines))
        })
        .expect("the scene");
    let mut names: Vec<String> = lines
        .iter()
        .take(60)
        .map(|line| line.family_name.clone())
        .collect();
    names.extend(
        lines
            .iter()
            .skip(60)
            .take(30)
            .map(|line| line.given_names.clone()),
    );
    names.extend(
        lines
            .iter()
            .skip(90)
            .take(30)
            .map(|line| line.family_name.chars().take(4).collect()),
    );
    names.extend(
        lines
            .iter()
            .take(40)
            .map(|line| format!("{} {}", line.given_names, line.family_name)),
    );
    let checks = open_checks(&file);
    Scene {
        file,
        checks,
        children,
        cookie,
        references: lines.into_iter().map(|line| line.reference).collect(),
        names,
    }
}

/// Open checks of the measured authority.
fn open_checks(file: &Path) -> Vec<String> {
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the database");
    let largest: i64 = schema::authority::table
        .filter(schema::authority::code.eq("950"))
        .select(schema::authority::id)
        .first(&mut conn)
        .expect("the largest authority");
    duty::table
        .filter(duty::authority_id.eq(largest))
        .filter(duty::state.eq("open"))
        .filter(duty::kind.eq("recurring_check"))
        .order(duty::id)
        .select(duty::reference)
        .limit(CHECKS)
        .load(&mut conn)
        .expect("checks")
}
