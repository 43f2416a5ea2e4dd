//! Twenty minutes of mixed work: 64 browsers that read and record, jobs each minute, a list of the same authority every four
//! minutes, a copy every three; and whether anything grows or fails: ends with 1 if anything was not answered as it was asked, or a
//! promise is broken. `cargo bench --bench soak -- 20` for so many minutes. The program runs in a process of its
//! own, whose memory, descriptors and queue are looked at each minute.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bench/cores.rs"]
#[allow(dead_code)]
mod cores;
#[path = "bench/load.rs"]
#[allow(dead_code)]
mod load;
#[path = "bench/scene.rs"]
#[allow(dead_code)]
mod scene;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hearth::access::{accounts, authority, session};
use hearth::clock::Clock;
use hearth::db::{Db, DbError};
use hearth::rules::identifiers::EmailAddress;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::RngExt;
use rand::seq::IndexedRandom;

/// Browsers that ask at once.
const BROWSERS: usize = 64;
/// How long a person looks at a page, in milliseconds: a thousand pages a second between them.
const LOOKS: std::ops::Range<u64> = 20..110;
/// Of so many pages one is an outcome that is recorded.
const ONE_OUTCOME_IN: u32 = 900;
/// Rows of a list.
const ROWS: usize = 2_000;

fn main() {
    let asked = std::env::args().skip(1).find_map(|it| it.parse().ok());
    let minutes: u64 = asked.unwrap_or(20);
    let scene = scene::of(20_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let register = folder.path().join("register.db");
    std::fs::copy(&scene.file, &register).expect("a copy");
    let cookie = signed_in(&register);
    let program = Program::start(folder.path());
    let until = Instant::now() + Duration::from_secs(minutes * 60);
    println!(
        "| minute | pages | others than asked for | p50 ms | p99 ms | longest ms | own memory MB | with the file MB | descriptors | threads | waiting to write |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let seen = Seen::default();
    std::thread::scope(|scope| {
        scope.spawn(|| beside(folder.path(), until));
        scope.spawn(|| {
            let target = load::Target::as_a_browser(program.address, &cookie);
            browse(&target, &scene, &seen, until);
        });
        for minute in 1..=minutes {
            std::thread::sleep(Duration::from_secs(60));
            seen.tell(minute, &program);
        }
    });
    let others = seen.others.lock().expect("it");
    for (what, times) in others.iter() {
        println!("{times} times: {what}");
    }
    let proved = command(folder.path()).arg("verify").output();
    let proved = proved.expect("it runs");
    println!("{}", String::from_utf8_lossy(&proved.stdout));
    if !others.is_empty() || !proved.status.success() {
        std::process::exit(1);
    }
}

/// What came back in the last minute, and what else than was asked for came back at all.
#[derive(Default)]
struct Seen {
    took: Mutex<Vec<Duration>>,
    others: Mutex<BTreeMap<String, usize>>,
}

impl Seen {
    fn other(&self, what: String) {
        *self.others.lock().expect("it").entry(what).or_default() += 1;
    }

    fn tell(&self, minute: u64, program: &Program) {
        let mut took = std::mem::take(&mut *self.took.lock().expect("it"));
        took.sort_unstable();
        let at = |share: f64| {
            let place = (took.len() as f64 * share) as usize;
            let took = took.get(place.min(took.len().saturating_sub(1)));
            took.map_or(0.0, |it| it.as_secs_f64() * 1e3)
        };
        let others: usize = self.others.lock().expect("it").values().sum();
        println!(
            "| {minute} | {} | {others} | {:.1} | {:.1} | {:.0} | {} | {} | {} | {} | {} |",
            took.len(),
            at(0.5),
            at(0.99),
            at(1.0),
            program.memory("RssAnon"),
            program.memory("VmRSS"),
            program.descriptors(),
            program.status("Threads"),
            program.waiting_to_write(),
        );
    }
}

/// The real program.
struct Program {
    process: Child,
    address: SocketAddr,
    figures: SocketAddr,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [address, figures] = free
            .each_ref()
            .map(|it| it.local_addr().expect("an address"));
        drop(free);
        let mut command = command(folder);
        let process = command
            .arg("serve")
            .env("HEARTH_BIND", address.to_string())
            .env("HEARTH_METRICS_BIND", figures.to_string())
            .stdout(Stdio::null());
        let program = Self {
            process: process.spawn().expect("it starts"),
            address,
            figures,
        };
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(address).is_err() {
            assert!(Instant::now() < until, "it does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        program
    }

    /// A line of `/proc/PID/status`, in kilobytes where it is of memory.
    fn status(&self, what: &str) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let said = std::fs::read_to_string(path).expect("it runs");
        let line = said.lines().find(|line| line.starts_with(what));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.and_then(|it| it.parse().ok()).unwrap_or_default()
    }

    fn memory(&self, what: &str) -> u64 {
        self.status(what) / 1024
    }

    /// As its figures say.
    fn waiting_to_write(&self) -> String {
        let target = load::Target {
            address: self.figures,
            cookie: String::new(),
        };
        let (_, figures) = target.ask(&target.get("/metrics"), 200);
        let line = figures
            .lines()
            .find_map(|line| line.strip_prefix("hearth_database_writers_waiting "));
        line.unwrap_or("?").to_owned()
    }

    fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.process.id());
        std::fs::read_dir(path).map_or(0, Iterator::count)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    let url = format!("sqlite:{}", folder.join("register.db").display());
    command
        .current_dir(folder)
        .env_clear()
        .env("HEARTH_DATABASE_URL", url)
        .env("HEARTH_TODAY", scene::TODAY)
        .env("HEARTH_MAIL", folder.join("mail"))
        .env("HEARTH_JOBS_EVERY", "1")
        .env("HEARTH_LOG", "warn")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

/// The officer's session, by the clock of the program.
fn signed_in(register: &Path) -> String {
    let db = Db::open(&format!("sqlite:{}", register.display()), 1).expect("the database");
    let now = Clock::Fixed(scene::today()).now();
    db.write_now(|tx| {
        let authority = authority::by_code(tx, "950")?.expect("the authority").key;
        let email = EmailAddress::parse("officer@950.example").expect("an address");
        let officer = accounts::by_email(tx, authority, &email)?;
        let token = session::begin(tx, officer.expect("the officer").key, now)?;
        Ok::<_, DbError>(format!("hearth_session={token}"))
    })
    .expect("a session")
}

/// Lists and copies, as other processes of the same machine make them.
fn beside(folder: &Path, until: Instant) {
    let mut minute = 0;
    while Instant::now() + Duration::from_secs(60) < until {
        minute += 1;
        std::thread::sleep(Duration::from_secs(60));
        if minute % 4 == 0 {
            let list = folder.join(format!("list-{minute}.csv"));
            std::fs::write(&list, list_of(minute)).expect("a list");
            let words = ["import", "--authority", "950"];
            run(
                folder,
                &[&words[..], &[&list.display().to_string()]].concat(),
            );
        }
        if minute % 3 == 0 {
            run(folder, &["backup", &format!("copy-{minute}.db")]);
        }
    }
}

fn run(folder: &Path, words: &[&str]) {
    let done = command(folder).args(words).output().expect("it runs");
    if !done.status.success() {
        println!("{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

fn list_of(seed: u64) -> String {
    let mut random = rand::rng();
    let mut list = String::from("Case no,Forename,Surname,Date of birth,Postcode,Registered on\n");
    for row in 0..ROWS {
        let given = scene::GIVEN.choose(&mut random).expect("a name");
        let family = scene::FAMILY.choose(&mut random).expect("a name");
        let other = scene::FAMILY.choose(&mut random).expect("a name");
        let born = scene::today() - chrono::Days::new(random.random_range(1_900..5_700));
        list.push_str(&format!(
            "S{seed}-{row},{given},{family}-{other},{},S{} 1AB,01/09/2026\n",
            born.format("%d/%m/%Y"),
            row % 30 + 1
        ));
    }
    list
}

/// Every browser asks for one page after the other, and now and then records an outcome.
fn browse(target: &load::Target, scene: &scene::Scene, seen: &Seen, until: Instant) {
    let checks = Arc::new(AtomicUsize::new(0));
    let token = token(target, &scene.checks[0]);
    load::runtime().block_on(async {
        let all = (0..BROWSERS).map(|_| async {
            let mut connection = load::Connection::open(target.address).await.ok();
            while Instant::now() < until {
                let (request, expected) = next(target, scene, &checks, &token);
                let Some(open) = connection.as_mut() else {
                    seen.other("no connection".to_owned());
                    tokio::time::sleep(Duration::from_millis(LOOKS.end)).await;
                    connection = load::Connection::open(target.address).await.ok();
                    continue;
                };
                let begun = Instant::now();
                let answer = open.exchange(&request).await;
                seen.took.lock().expect("it").push(begun.elapsed());
                let other = match answer {
                    Ok(answer) if answer.status == expected => None,
                    Ok(answer) => Some(format!("{} in the place of {expected}", answer.status)),
                    Err(cause) => {
                        connection = None;
                        Some(cause.to_string())
                    }
                };
                if let Some(other) = other {
                    seen.other(other);
                }
                let looks = rand::rng().random_range(LOOKS);
                tokio::time::sleep(Duration::from_millis(looks)).await;
            }
        });
        futures_util::future::join_all(all).await;
    });
}

fn token(target: &load::Target, check: &str) -> String {
    let form = format!("/checks/{check}/outcomes/new");
    let (_, page) = target.ask(&target.get(&form), 200);
    let token = page.split("name=\"csrf\" value=\"").nth(1);
    let token = token.and_then(|rest| rest.split('"').next());
    token.expect("a token").to_owned()
}

fn next(
    target: &load::Target,
    scene: &scene::Scene,
    checks: &AtomicUsize,
    token: &str,
) -> (Vec<u8>, u16) {
    let mut random = rand::rng();
    if random.random_ratio(1, ONE_OUTCOME_IN) {
        let number = checks.fetch_add(1, Ordering::Relaxed);
        if let Some(check) = scene.checks.get(number) {
            let body = format!(
                "csrf={token}&form_key=soak-{number}&result=child_seen&day-day=23&day-month=11&day-year=2026\
                 &mode=home_visit&place=At+home&present=Sam+and+the+child&spoken_alone=accepted&home_seen=yes\
                 &judgement=suitable&note=Work+samples+seen."
            );
            return (
                target.post(&format!("/checks/{check}/outcomes"), &body),
                303,
            );
        }
    }
    let one_of = |some: &[String]| some.choose(&mut rand::rng()).expect("one").clone();
    let path = match random.random_range(0..10) {
        0..4 => format!("/children?status=active&page={}", random.random_range(1..8)),
        4..6 => {
            let name = one_of(&scene.names);
            format!("/search?q={}", utf8_percent_encode(&name, NON_ALPHANUMERIC))
        }
        6..9 => format!("/children/{}", one_of(&scene.references)),
        _ => "/work".to_owned(),
    };
    (target.get(&path), 200)
}
