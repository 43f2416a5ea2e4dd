//! The program as whoever runs it meets it: the real binary, its words and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use diesel::prelude::*;
use hearth::clock::Clock;
use hearth::db::{Db, DbError};
use hearth::shipped::{self, Standing};
use tempfile::TempDir;

use super::app::{BEGINNING, Place, moment};
use super::shared::proving::{self, Ending};

mod lists;
mod newer;
mod people;
mod policy;
mod settings;

/// A folder of its own with a database that may not be there yet.
pub struct Machine {
    folder: TempDir,
    pub place: Place,
    ending: Ending,
}

#[derive(diesel::QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// What a run said.
pub struct Said {
    code: i32,
    pub out: String,
    pub err: String,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        Self {
            folder,
            place,
            ending: Ending::default(),
        }
    }

    /// With the tables made and an invented authority that has staff.
    pub fn ready() -> Self {
        let machine = Self::new();
        machine.run(&["migrate"]).expect(0);
        machine.add_authorities();
        machine
    }

    /// Authorities that are on no list cannot be made from the command line.
    fn add_authorities(&self) {
        let db = Db::open(&self.place.url, 1).unwrap();
        db.write_now(|tx| {
            hearth::access::authority::add(tx, "991", "Ashdale Council")?;
            hearth::access::authority::add(tx, "992", "Brackwater Council")?;
            Ok::<_, DbError>(())
        })
        .unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HEARTH_DATABASE_URL", &self.place.url)
            .env("HEARTH_TODAY", "2026-11-23")
            .env("HEARTH_LOG", "error");
        command
    }

    pub fn run(&self, words: &[&str]) -> Said {
        Said::of(self.command(words).output().unwrap())
    }

    pub fn run_with(&self, words: &[&str], name: &str, value: &str) -> Said {
        Said::of(self.command(words).env(name, value).output().unwrap())
    }

    /// What no command does, or not on this day.
    pub fn change(&self, statement: &str) {
        let db = Db::open(&self.place.url, 1).unwrap();
        db.write_now(|tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx)?))
            .unwrap();
    }

    pub fn count(&self, table: &str) -> i64 {
        let asked = diesel::sql_query(format!("SELECT COUNT(*) AS number FROM {table}"));
        let db = Db::open(&self.place.url, 1).unwrap();
        db.read_now(|conn| Ok::<_, DbError>(asked.get_result::<Counted>(conn)?))
            .unwrap()
            .number
    }
}

impl Drop for Machine {
    /// Where the commands made a register, it keeps its promises on the day on which they ran.
    fn drop(&mut self) {
        let Ok(db) = Db::open_existing(&self.place.url, 1) else {
            return;
        };
        if matches!(db.read_now(shipped::standing), Ok(Standing::Ready)) {
            let clock = Clock::stepped(moment(BEGINNING));
            self.ending.prove(&proving::services(db, clock));
        }
    }
}

impl Said {
    pub fn of(output: Output) -> Self {
        let said = Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }

    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    pub fn says(&self, words: &str) -> &Self {
        assert!(
            self.out.contains(words),
            "does not say {words:?}: {}",
            self.out
        );
        self
    }

    /// An error is one plain sentence.
    pub fn complains(self, words: &str) {
        let said = self.expect(1);
        assert!(said.err.starts_with("hearth: "), "{}", said.err);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
        assert!(
            said.err.contains(words),
            "does not say {words:?}: {}",
            said.err
        );
    }
}

/// A list among the files of the tests.
pub fn list(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/list");
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn help_names_every_command_and_wrong_usage_is_told() {
    let machine = Machine::new();
    let help = machine.run(&["--help"]).expect(0);
    for command in [
        "serve",
        "demo",
        "migrate",
        "import",
        "jobs",
        "user",
        "authority",
        "verify",
        "backup",
        "restore",
        "config",
    ] {
        assert!(
            help.out.contains(&format!("\n  {command} ")),
            "{command}: {}",
            help.out
        );
    }
    machine.run(&[]).expect(2);
    machine.run(&["sevre"]).expect(2);
    machine.run(&["import", "list.csv"]).expect(2);
    machine.run(&["user", "add", "--role", "king"]).expect(2);
}

#[test]
fn what_needs_tables_says_that_they_are_not_made() {
    let machine = Machine::new();
    for words in [&["verify"] as &[&str], &["jobs", "run"], &["serve"]] {
        let said = Said::of(
            machine
                .command(words)
                .env("HEARTH_BIND", "127.0.0.1:0")
                .output()
                .unwrap(),
        );
        said.complains("run `hearth migrate` first");
    }
    machine.run(&["migrate"]).expect(0);
    machine.run(&["migrate"]).expect(0).says("up to date");
}

#[test]
fn a_database_that_is_not_there_is_missed_and_not_made() {
    let machine = Machine::new();
    let account = "user add --email a@b.example --name A --role officer --authority 991";
    let import = format!("import {} --authority 991", list("real_life.csv"));
    for line in [
        "backup copy.db",
        "verify",
        "jobs run",
        "serve",
        "authority 991",
        account,
        &import,
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = machine.command(&words);
        command
            .env("HEARTH_DATABASE_URL", "sqlite:./no/such/hearth.db")
            .env("HEARTH_BIND", "127.0.0.1:0");
        Said::of(command.output().unwrap())
            .complains("there is no database at ./no/such/hearth.db");
    }
    let left = std::fs::read_dir(machine.folder.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");
}

#[test]
fn verify_ends_with_one_until_the_sweep_has_run() {
    let machine = Machine::ready();
    machine.run(&["verify"]).expect(0).says("promises hold");
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "991"])
        .expect(0);
    machine
        .run(&["verify"])
        .expect(1)
        .says("BROKEN The sweep for lapses");
    machine.run(&["jobs", "run"]).expect(0).says("sweep:");
    machine.run(&["verify"]).expect(0).says("promises hold");
}

#[test]
fn a_backup_is_a_register_that_can_be_proved() {
    let machine = Machine::ready();
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "991"])
        .expect(0);
    machine.run(&["jobs", "run"]).expect(0);
    let copy = machine.path("copy.db");
    let copy = copy.to_str().unwrap();
    if !machine.place.is_a_file() {
        machine.run(&["backup", copy]).complains("pg_dump");
        assert!(!Path::new(copy).exists(), "nothing to be taken for a copy");
        return;
    }
    machine.run(&["backup", copy]).expect(0);
    machine.run(&["backup", copy]).complains("is there already");
    machine
        .run(&["backup", "no/such/folder/copy.db"])
        .complains("make it first");
    machine
        .run_with(
            &["verify"],
            "HEARTH_DATABASE_URL",
            &format!("sqlite:{copy}"),
        )
        .expect(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else may read a copy");
    }
}

const SAM: &str = "sam@ashdale.example";

#[test]
fn a_demonstration_keeps_its_folder_from_another() {
    let machine = Machine::new();
    let folder = machine.path("var/demo");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("hearth.db"), "in use").unwrap();
    let lock = std::fs::File::create(machine.path("var/demo.lock")).unwrap();
    lock.try_lock().unwrap();
    for words in [&["demo"] as &[&str], &["demo", "--only-make"]] {
        let mut command = machine.command(words);
        command.env("HEARTH_BIND", "127.0.0.1:0");
        Said::of(command.output().unwrap()).complains("another `hearth demo` is using ./var/demo");
    }
    let left = std::fs::read_to_string(folder.join("hearth.db")).unwrap();
    assert_eq!(left, "in use");
}

#[test]
fn a_demonstration_is_made_where_it_is_asked_for_if_nothing_is_there() {
    let machine = Machine::new();
    let kept = machine.path("var/demo/kept.txt");
    std::fs::create_dir_all(machine.path("var/demo")).unwrap();
    std::fs::write(&kept, "of the last demonstration").unwrap();
    let demo = format!(
        "demo --only-make --children 40 --into {}",
        machine.place.url
    );
    let demo: Vec<&str> = demo.split(' ').collect();
    machine.run(&demo).expect(0).says("of 40 children");
    assert_eq!(machine.count("child"), 40);
    for left in ["tier_decision", "rest", "absence"] {
        assert!(machine.count(left) > 0, "no {left}");
    }
    machine.run(&["verify"]).expect(0);
    machine
        .run(&demo)
        .complains("there is something in that database");
    assert_eq!(machine.count("child"), 40);
    assert!(kept.exists());
    machine
        .run(&["demo", "--into", &machine.place.url])
        .expect(2);
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let machine = Machine::new();
    let mut child = machine
        .command(&["config"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let said = Said::of(child.wait_with_output().unwrap());
    assert_eq!(said.err, "");
}
