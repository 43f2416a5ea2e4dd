//! `hearth migrate` as somebody meets it who has a register: not without a copy, one at a time, wholly or not at all, and what
//! the program before wrote is still taken. That registers of every version live on is in `registers.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use hearth::db::{Db, DbError, migrate};
use hearth::shipped::{self, Standing};
use tempfile::TempDir;

use super::app::Place;
use super::command_line::{Machine, Said};
use super::registers::{Register, kept};

/// As many runs are killed, at moments spread over the time that one takes.
const KILLS: u32 = 12;

/// What an earlier version left, in a file.
struct Earlier {
    folder: TempDir,
    register: Register,
}

impl Earlier {
    fn new() -> Self {
        let register = kept("sqlite").remove(0);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hearth.db").display().to_string();
        let mut conn = SqliteConnection::establish(&file).unwrap();
        conn.batch_execute(&register.sql).unwrap();
        Self { folder, register }
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("hearth.db").display())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HEARTH_DATABASE_URL", self.url())
            .env("HEARTH_TODAY", self.register.day.to_string())
            .env("HEARTH_JOBS_LATE_AFTER", "1440")
            .env("HEARTH_LOG", "error")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        Said::of(self.command(words).output().unwrap())
    }

    fn standing(&self) -> Standing {
        let db = Db::open(&self.url(), 1).unwrap();
        db.read_now(shipped::standing).unwrap()
    }
}

#[test]
fn a_register_is_not_brought_up_without_a_fresh_copy() {
    let earlier = Earlier::new();
    let refused =
        "there is no copy of the last 24 hours to go back to: make one with `hearth backup FILE`";
    earlier.run(&["migrate"]).complains(refused);
    assert_eq!(earlier.standing(), Standing::Older, "nothing was changed");
    earlier.run(&["backup", "before.db"]).expect(0);
    let day_after = (earlier.register.day + chrono::Days::new(2)).to_string();
    let mut late = earlier.command(&["migrate"]);
    let late = late.env("HEARTH_TODAY", day_after).output().unwrap();
    Said::of(late).complains(refused);
    earlier.run(&["migrate"]).expect(0).says("Done: ");
    earlier.run(&["migrate"]).expect(0).says("up to date");
    earlier.run(&["verify"]).expect(0).says("promises hold");
}

#[test]
fn a_copy_of_the_schedule_will_do_and_one_of_another_register_will_not() {
    let earlier = Earlier::new();
    fs::create_dir(earlier.folder.path().join("copies")).unwrap();
    let with_folder = |words: &[&str]| {
        let mut command = earlier.command(words);
        Said::of(
            command
                .env("HEARTH_BACKUP_FOLDER", "copies")
                .output()
                .unwrap(),
        )
    };
    with_folder(&["backup"]).expect(0).says("checked the copy");
    earlier
        .run(&["migrate"])
        .complains("no copy of the last 24 hours");
    let db = Db::open(&earlier.url(), 1).unwrap();
    let written =
        "UPDATE audit_event SET id = id + 1000000 WHERE id = (SELECT max(id) FROM audit_event)";
    db.write_now(|tx| Ok::<_, DbError>(diesel::sql_query(written).execute(tx)?))
        .unwrap();
    with_folder(&["migrate"]).complains("no copy of the last 24 hours");
    let back = written.replace("+ 1000000", "- 1000000");
    db.write_now(|tx| Ok::<_, DbError>(diesel::sql_query(&back).execute(tx)?))
        .unwrap();
    drop(db);
    with_folder(&["migrate"]).expect(0).says("Done: ");
}

#[test]
fn a_copy_itself_is_brought_up_when_that_is_said() {
    let earlier = Earlier::new();
    earlier
        .run(&["migrate", "--without-backup"])
        .expect(0)
        .says("Done: ");
    earlier.run(&["verify"]).expect(0).says("promises hold");
}

#[test]
fn of_migrations_at_once_one_does_the_work() {
    let earlier = Earlier::new();
    one_of_three_works(|| earlier.command(&["migrate", "--without-backup"]));
    earlier.run(&["verify"]).expect(0).says("promises hold");
    let machine = Machine::new();
    one_of_three_works(|| machine.command(&["migrate"]));
}

fn one_of_three_works(command: impl Fn() -> Command) {
    let begun = [(); 3].map(|()| {
        let mut command = command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    });
    let said = begun.map(|it| Said::of(it.wait_with_output().unwrap()).expect(0).out);
    let working = said.iter().filter(|it| it.starts_with("Done: ")).count();
    assert_eq!(working, 1, "{said:?}");
}

#[test]
fn a_migration_that_is_killed_has_changed_everything_or_nothing() {
    let earlier = Earlier::new();
    let file = earlier.folder.path().join("hearth.db");
    let before = fs::read(&file).unwrap();
    let began = Instant::now();
    earlier.run(&["migrate", "--without-backup"]).expect(0);
    let span = began.elapsed();
    let mut untouched = 0;
    for kill in 0..KILLS {
        for beside in ["hearth.db-wal", "hearth.db-shm"] {
            let _ = fs::remove_file(earlier.folder.path().join(beside));
        }
        fs::write(&file, &before).unwrap();
        let mut command = earlier.command(&["migrate", "--without-backup"]);
        let mut process = command.stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(span * kill / KILLS + Duration::from_millis(1));
        let _ = process.kill();
        process.wait().unwrap();
        match earlier.standing() {
            Standing::Ready => {}
            Standing::Older => {
                untouched += 1;
                let db = Db::open(&earlier.url(), 1).unwrap();
                let steps = db.read_now(migrate::had).unwrap();
                assert_eq!(steps, ["0001", "0002"], "killed after {kill}/{KILLS}");
                earlier.run(&["migrate", "--without-backup"]).expect(0);
            }
            other => panic!("{other:?}"),
        }
        earlier.run(&["verify"]).expect(0).says("promises hold");
    }
    assert!(
        untouched > 0,
        "every one was killed too late to prove anything"
    );
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tables: String,
    #[diesel(sql_type = Text)]
    columns: String,
}

/// A program that still runs when the next version migrates goes on writing until it is stopped: every row that it wrote must
/// still be taken, by the columns that it knows.
#[test]
fn what_the_version_before_writes_is_still_taken() {
    for register in kept("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.db").display().to_string();
        let mut conn = SqliteConnection::establish(&old).unwrap();
        conn.batch_execute(&register.sql).unwrap();
        let asked = "SELECT m.name AS tables, group_concat('\"' || c.name || '\"') AS columns
            FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '__diesel_schema_migrations'
            GROUP BY m.name ORDER BY m.name";
        let known: Vec<Column> = diesel::sql_query(asked).load(&mut conn).unwrap();
        assert!(known.len() > 20);
        drop(conn);

        let new = folder.path().join("new.db").display().to_string();
        migrate::migrate(&Db::open(&format!("sqlite:{new}"), 1).unwrap(), |_| Ok(())).unwrap();
        let mut conn = SqliteConnection::establish(&new).unwrap();
        let attach = format!("PRAGMA foreign_keys = OFF; ATTACH '{old}' AS old");
        conn.batch_execute(&attach).unwrap();
        let mut refused = BTreeMap::new();
        for Column { tables, columns } in known {
            let write =
                format!("INSERT INTO main.{tables} ({columns}) SELECT {columns} FROM old.{tables}");
            if let Err(cause) = conn.batch_execute(&write) {
                refused.insert(tables, cause.to_string());
            }
        }
        assert_eq!(refused, BTreeMap::new(), "{}", register.version);
    }
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let machine = Machine::new();
    machine.change("CREATE TABLE invoice (id BIGINT NOT NULL)");
    for line in [
        "migrate",
        "migrate --without-backup",
        "serve",
        "jobs run",
        "verify",
        "backup copy.db",
        "user list --authority 991",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = machine.command(&words);
        command.env("HEARTH_BIND", "127.0.0.1:0");
        Said::of(command.output().unwrap()).complains("the database belongs to another program");
    }
    assert!(!machine.path("copy.db").exists());
    let db = Db::open(&machine.place.url, 1).unwrap();
    assert_eq!(db.read_now(migrate::had).unwrap(), Vec::<String>::new());
    machine.change("DROP TABLE invoice");
    machine.run(&["migrate"]).expect(0).says("Done: 0001");
}

#[test]
fn a_database_in_which_nothing_was_finished_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::empty(&folder);
    let db = Db::open(&place.url, 1).unwrap();
    let record =
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
        run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
    db.write_now(|tx| Ok::<_, DbError>(diesel::sql_query(record).execute(tx)?))
        .unwrap();
    assert_eq!(db.read_now(shipped::standing).unwrap(), Standing::Older);
    assert!(!shipped::bring_up(&db).unwrap().is_empty());
}
