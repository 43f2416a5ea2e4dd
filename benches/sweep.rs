//! How long the sweep takes on a register of 200,000 children when 13,000 checks lapse in one night, and again when nothing
//! new has; the same for 13,000 notices of checks that are due soon; and how long `verify` takes to prove every promise
//! for it. `cargo bench --bench sweep`; `-- 20000` for another size, `-- 200000 0.60 0.17` to print ratios beside the
//! seconds of a first and a second run of another program, measured in the same minutes. Beside the seconds stands how many plain
//! rows SQLite takes in that time, which is much the same on a slow day.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bench/cores.rs"]
mod cores;
#[path = "bench/scene.rs"]
#[allow(dead_code)]
mod scene;
#[path = "bench/yardstick.rs"]
mod yardstick;

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use hearth::clock::{At, Clock};
use hearth::db::Db;
use hearth::jobs::{Services, Work, sweep};
use hearth::mail::{Courier, Transport};
use hearth::proof::verify;

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds, each on a fresh copy; the median counts, because machines are noisy.
const ROUNDS: usize = 3;
/// Of so many checks one lapses tonight.
const ONE_IN: usize = 15;

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let number = |place: usize| asked.get(place).and_then(|it| it.parse::<f64>().ok());
    let children = asked.first().and_then(|it| it.parse().ok());
    let scene = scene::of(children.unwrap_or(200_000));
    cores::stay_on(cores::SERVICE);
    let plain_rows = yardstick::rows_per_second();
    let mut rounds: Vec<[Timed; 4]> = (0..ROUNDS).map(|_| round(&scene.file)).collect();
    println!(
        "| sweep of {} children | found | done | seconds | plain rows in that time | longest write | other/Hearth |",
        scene.children
    );
    println!("|---|---|---|---|---|---|---|");
    let names = ["new lapses", "again", "new notices", "again"];
    for (which, name) in names.iter().enumerate() {
        rounds.sort_by_key(|round| round[which].took);
        let Timed {
            work,
            took,
            longest_write,
        } = &rounds[ROUNDS / 2][which];
        let seconds = took.as_secs_f64();
        let ratio =
            number(which + 1).map_or("–".to_owned(), |other| format!("{:.1}", other / seconds));
        println!(
            "| {name} | {} | {} | {seconds:.3} | {:.0} | {:.0} ms | {ratio} |",
            work.found,
            work.did,
            seconds * plain_rows,
            longest_write.as_secs_f64() * 1e3
        );
    }
    let proof = proof(&scene.file);
    let in_that_time = proof.took.as_secs_f64() * plain_rows;
    println!("| {} | {in_that_time:.0} | – | – |", proof.words());
}

/// What `verify` looked at, and how long it took.
struct Proof {
    promises: usize,
    held: usize,
    looked_at: i64,
    took: Duration,
}

impl Proof {
    fn words(&self) -> String {
        let Self {
            promises,
            held,
            looked_at,
            took,
        } = self;
        let seconds = took.as_secs_f64();
        format!(
            "verify | {looked_at} looked at | {held} of {promises} promises hold | {seconds:.3}"
        )
    }
}

/// Proves every promise of a register that was swept; the median of the rounds counts.
fn proof(register: &Path) -> Proof {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = folder.path().join("register.db");
    std::fs::copy(register, &file).expect("a copy");
    let services = services(&file);
    sweep::run(&services, At::of(scene::now())).expect("a sweep");
    let mut rounds: Vec<Proof> = (0..ROUNDS).map(|_| proof_of(&services)).collect();
    rounds.sort_by_key(|round| round.took);
    rounds.swap_remove(ROUNDS / 2)
}

fn proof_of(services: &Services) -> Proof {
    let began = Instant::now();
    let late_after = services.late_after;
    let proven = services
        .db
        .read_now(|conn| verify::verify(conn, None, At::of(scene::now()), late_after))
        .expect("a proof");
    let took = began.elapsed();
    for broken in proven.iter().filter(|it| !it.holds()) {
        eprintln!("{}: {:?}", broken.promise, broken.broken.first());
    }
    Proof {
        promises: proven.len(),
        held: proven.iter().filter(|it| it.holds()).count(),
        looked_at: proven.iter().map(|it| it.checked).sum(),
        took,
    }
}

struct Timed {
    work: Work,
    took: Duration,
    /// For which others had to wait.
    longest_write: Duration,
}

/// A night in which checks lapse, the next sweep, and the same for notices.
fn round(register: &Path) -> [Timed; 4] {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = folder.path().join("register.db");
    std::fs::copy(register, &file).expect("a copy");
    by_hand(&file, STAFF);
    by_hand(&file, &due_on("2026-11-20", 0));
    let services = services(&file);
    let [first, again] = [timed(&services), timed(&services)];
    by_hand(&file, &due_on("2026-11-27", 1));
    [first, again, timed(&services), timed(&services)]
}

fn timed(services: &Services) -> Timed {
    services.db.take_longest_write();
    let began = Instant::now();
    let work = sweep::run(services, At::of(scene::now())).expect("a sweep");
    let took = began.elapsed();
    assert_eq!(work.problem, "");
    let longest_write = services.db.take_longest_write();
    Timed {
        work,
        took,
        longest_write,
    }
}

fn services(file: &Path) -> Services {
    Services {
        db: Db::open(&format!("sqlite:{}", file.display()), 2).expect("the database"),
        clock: Clock::stepped(scene::now()),
        courier: Courier::new(
            Transport::memory(),
            "hearth@example.com".parse().expect("an address"),
        ),
        base_url: "https://hearth.example.com".to_owned(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
    }
}

/// Every authority gets a team leader and sixteen officers who share its children; nothing is due.
const STAFF: &str = "
    CREATE TEMP TABLE step (n INTEGER);
    INSERT INTO step SELECT value FROM json_each('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]');
    INSERT INTO account (reference, authority_id, role, email, name, created_at)
    SELECT printf('A-%04d-%04d', a.id, n), a.id, 'officer', printf('officer%d@%d.example', n, a.code), 'Olu Officer', '2026-01-01 09:00:00'
    FROM authority a, step WHERE a.uses_service;
    INSERT INTO post_holder (authority_id, post, account_id, held_from)
    SELECT authority_id, 'team_leader', id, '2026-01-01' FROM account WHERE email LIKE 'officer16@%';
    UPDATE child SET officer_id = (SELECT min(id) + child.id % 16 FROM account
        WHERE account.authority_id = child.authority_id AND account.email LIKE 'officer0@%');
    UPDATE duty SET due_on = '2027-06-01' WHERE state = 'open';";

/// A share of the open checks, owed for a while, is due on a day.
fn due_on(day: &str, share: usize) -> String {
    format!(
        "UPDATE duty SET due_on = '{day}', created_at = '2026-10-01 09:00:00'
         WHERE state = 'open' AND id % {ONE_IN} = {share}"
    )
}

fn by_hand(file: &Path, statements: &str) {
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the database");
    conn.batch_execute(&format!(
        "BEGIN; {statements}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"
    ))
    .expect("a night");
}
