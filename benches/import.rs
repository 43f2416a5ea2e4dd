//! How many rows of a list one core takes in a second: read and validated, compared with the register, written. `cargo
//! bench --bench import`; `-- 5000` for lists of other lengths, `-- FILE` for a list of several authorities from a file.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bench/cores.rs"]
mod cores;
#[path = "bench/scene.rs"]
#[allow(dead_code)]
mod scene;
#[path = "bench/yardstick.rs"]
mod yardstick;

use std::fmt::Write;
use std::time::{Duration, Instant};

use hearth::clock::Clock;
use hearth::db::Db;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::list_import::report::Counts;
use hearth::intake::list_import::{Order, Whose, take};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds; the median counts, because machines are noisy.
const ROUNDS: usize = 3;
/// The authorities of a list that nobody gave, each with the same share of the rows.
const AUTHORITIES: &[&str] = &["203", "301", "335", "380", "420", "815", "885", "931"];

fn main() {
    let asked = std::env::args().skip(1).find(|it| !it.starts_with('-'));
    let list = match asked.as_deref().map(|asked| (asked, asked.parse())) {
        None => list_of(20_000),
        Some((_, Ok(rows))) => list_of(rows),
        Some((file, Err(_))) => std::fs::read(file).expect("the list"),
    };
    cores::stay_on(cores::SERVICE);
    let plain_rows = yardstick::rows_per_second();
    println!(
        "| import | rows | taken | unchanged | refused | rows/s | plain rows for each | longest write |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut rounds: Vec<[Timed; 3]> = (0..ROUNDS).map(|_| round(&list)).collect();
    for (which, name) in ["said what would happen", "taken", "again"]
        .iter()
        .enumerate()
    {
        rounds.sort_by(|a, b| a[which].per_second.total_cmp(&b[which].per_second));
        let median = &rounds[ROUNDS / 2][which];
        let Counts {
            rows,
            taken,
            unchanged,
            refused,
            ..
        } = median.counts;
        println!(
            "| {name} | {rows} | {taken} | {unchanged} | {refused} | {:.0} | {:.1} | {:.0} ms |",
            median.per_second,
            plain_rows / median.per_second,
            median.longest_write.as_secs_f64() * 1e3
        );
    }
}

struct Timed {
    counts: Counts,
    per_second: f64,
    /// For which others had to wait.
    longest_write: Duration,
}

/// Into an empty register: a dry run, the import, the same list again.
fn round(list: &[u8]) -> [Timed; 3] {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let db = scene::empty(&folder.path().join("register.db"));
    [true, false, false].map(|dry_run| timed(&db, list, dry_run))
}

fn timed(db: &Db, list: &[u8], dry_run: bool) -> Timed {
    let mapping = Mapping::default();
    let order = Order {
        file_name: "list.csv",
        bytes: list,
        mapping: &mapping,
        whose: Whose::ByColumn,
        dry_run,
    };
    db.take_longest_write();
    let began = Instant::now();
    let report = take(db, &order, &Clock::stepped(scene::now()), &mut |_| ()).expect("a list");
    Timed {
        per_second: report.counts.rows as f64 / began.elapsed().as_secs_f64(),
        counts: report.counts,
        longest_write: db.take_longest_write(),
    }
}

/// A list as a spreadsheet saves it, with the untidy case and spacing of real ones.
fn list_of(rows: usize) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(20_261_123);
    let mut list = String::from(
        "LA code,Case no,Forename,Surname,Date of birth,Sex,Address,Town,Postcode,Status,Reason,SEN,Registered on\n",
    );
    for row in 0..rows {
        let mut one_of = |words: &[&str]| (*words.choose(&mut random).expect("a word")).to_owned();
        let authority = AUTHORITIES[row % AUTHORITIES.len()];
        let forename = one_of(scene::GIVEN);
        let surname = match row % 5 {
            0 => one_of(scene::FAMILY).to_uppercase(),
            1 => format!("{}-{}", one_of(scene::FAMILY), one_of(scene::FAMILY)),
            _ => one_of(scene::FAMILY),
        };
        let sex = one_of(&["F", "M", "female", "Male "]);
        let reason = one_of(&["philosophical", "health", "lifestyle", "exclusion_risk", ""]);
        let born = scene::today() - chrono::Days::new(random.random_range(1_900..5_700));
        let registered = scene::today() - chrono::Days::new(random.random_range(30..900));
        let postcode = format!("s{} {}ab", row % 30 + 1, row % 9 + 1);
        writeln!(
            list,
            "{authority},C-{row},{forename},{surname},{},{sex},{} Mill Lane,Ashdale,{postcode},current,{reason},none,{}",
            born.format("%d/%m/%Y"),
            row % 240 + 1,
            registered.format("%d/%m/%Y"),
        )
        .expect("a line");
    }
    list.into_bytes()
}
