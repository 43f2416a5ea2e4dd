//! Registers as earlier versions left them: this program brings them up to date, proves them and works on them.
//!
//! Each version that is cut leaves one for each database in `tests/files/registers` (`.ci/cut` makes them). A new file there is
//! taken up without a line here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tempfile::TempDir;

use super::browser::Browser;
use super::serving::Serving;

/// Of those who work at the authority of the demonstration.
const OFFICER: &str = "officer@ashdale.example";
const PASSWORD: &str = "three invented words";

/// What a version left.
pub struct Register {
    pub version: String,
    /// The day on which it was made, and on which it is proved.
    pub day: NaiveDate,
    pub sql: String,
}

#[test]
fn a_register_of_every_version_is_kept_for_both_databases() {
    let versions = |database| -> BTreeSet<String> {
        let files = files(database).into_iter();
        files.map(|(version, _)| version).collect()
    };
    assert!(versions("sqlite").contains("0.2.0"));
    assert_eq!(versions("sqlite"), versions("postgres"));
}

#[test]
fn every_register_that_is_kept_lives_on_with_this_program() {
    for register in kept("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hearth.db").display().to_string();
        let mut conn = SqliteConnection::establish(&file).unwrap();
        conn.batch_execute(&register.sql).unwrap();
        drop(conn);
        live_on(&register, &folder, &format!("sqlite:{file}"));
    }
}

#[cfg(feature = "postgres")]
#[test]
fn every_register_that_is_kept_lives_on_with_this_program_on_postgresql() {
    for register in kept("postgres") {
        let Some(schema) = super::postgres::Schema::borrow() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut conn = diesel::PgConnection::establish(&schema.url).unwrap();
        conn.batch_execute(&register.sql).unwrap();
        drop(conn);
        live_on(&register, &folder, &schema.url);
    }
}

fn live_on(register: &Register, folder: &TempDir, url: &str) {
    let version = &register.version;
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
        command
            .current_dir(folder.path())
            .env_clear()
            .env("HEARTH_DATABASE_URL", url)
            .env("HEARTH_TODAY", register.day.to_string())
            // The last sweep was at another time of that day, and the jobs run when the test says so.
            .env("HEARTH_JOBS_EVERY", "0")
            .env("HEARTH_JOBS_LATE_AFTER", "1440")
            .env("HEARTH_LOG", "error");
        command
    };
    let run = |words: &[&str]| {
        let output = program().args(words).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{version}: {words:?}: {said}{complained}"
        );
        said
    };
    let said = if url.starts_with("sqlite:") {
        run(&["backup", "before.db"]);
        run(&["migrate"])
    } else {
        run(&["migrate", "--without-backup"])
    };
    assert!(
        said.starts_with("Done: ") || said == "The database is up to date.\n",
        "{version}: {said}"
    );
    assert_eq!(
        run(&["migrate"]),
        "The database is up to date.\n",
        "{version}"
    );
    assert!(run(&["verify"]).contains("promises hold."), "{version}");
    work_on(&Serving::start(program()));
    run(&["jobs", "run"]);
    assert!(run(&["verify"]).contains("promises hold."), "{version}");
}

/// An officer reads a child's page, and writes on it what another service does.
fn work_on(serving: &Serving) {
    let mut browser = serving.browser();
    sign_in(&mut browser);
    browser.open("/work").expect(200).says("My work");
    let child = browser.open("/children").expect(200).links("");
    let child = child.iter().find(|link| link.starts_with("/children/C-"));
    let child = child.expect("children are listed").clone();
    let contact = "Ines Invented, early help";
    let before = browser.open(&child).expect(200);
    assert!(!before.words().contains(contact));
    browser
        .open(&format!("{child}/episodes"))
        .expect(200)
        .form("/episodes")
        .set("kind", "early_help")
        .set_date("started_on", "2", "11", "2026")
        .set("source", "social_care")
        .set("contact", contact)
        .send(&mut browser)
        .expect(200);
    browser.open(&child).expect(200).says(contact);
}

fn sign_in(browser: &mut Browser) {
    let page = browser.open("/sign-in");
    page.form("/sign-in")
        .set("email", OFFICER)
        .set("password", PASSWORD)
        .send(browser)
        .expect(200);
}

pub fn kept(database: &str) -> Vec<Register> {
    let files = files(database).into_iter();
    files.map(|(version, file)| read(version, &file)).collect()
}

/// The versions of which there is a register for a database, with its file.
fn files(database: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/registers");
    let end = format!(".{database}.sql.gz");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if let Some(version) = name.strip_suffix(&end) {
            found.push((version.to_owned(), path.clone()));
        }
    }
    found.sort();
    found
}

fn read(version: String, file: &Path) -> Register {
    let mut gzip = Command::new("gzip");
    let unpacked = gzip.arg("-dc").arg(file).stderr(Stdio::inherit()).output();
    let sql = String::from_utf8(unpacked.unwrap().stdout).unwrap();
    let first = sql.lines().next().unwrap();
    let about = format!("-- A register of Hearth {version}, made by its demonstration on ");
    let day = first
        .strip_prefix(&about)
        .unwrap_or_else(|| panic!("{first}"));
    let day = day.trim_end_matches('.').parse().unwrap();
    Register { version, day, sql }
}
