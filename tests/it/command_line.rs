//! The program as whoever runs it meets it: the real binary, its words and its exit codes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use diesel::prelude::*;
use hearth::clock::Clock;
use hearth::config::SETTINGS;
use hearth::db::{Db, DbError, migrate};
use tempfile::TempDir;

use super::app::{BEGINNING, Place, moment};
use super::proving::Ending;

/// A folder of its own with a database that may not be there yet.
struct Machine {
    folder: TempDir,
    place: Place,
    ending: Ending,
}

#[derive(diesel::QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// What a run said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        Self {
            folder,
            place,
            ending: Ending::default(),
        }
    }

    /// With the tables made and an invented authority that has staff.
    fn ready() -> Self {
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
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

    fn run(&self, words: &[&str]) -> Said {
        Said::of(self.command(words).output().unwrap())
    }

    fn run_with(&self, words: &[&str], name: &str, value: &str) -> Said {
        Said::of(self.command(words).env(name, value).output().unwrap())
    }

    /// What no command does, or not on this day.
    fn change(&self, statement: &str) {
        let db = Db::open(&self.place.url, 1).unwrap();
        db.write_now(|tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx)?))
            .unwrap();
    }

    fn count(&self, table: &str) -> i64 {
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
        if matches!(migrate::is_pending(&db), Ok(false)) {
            self.ending.prove(&db, &Clock::stepped(moment(BEGINNING)));
        }
    }
}

impl Said {
    fn of(output: Output) -> Self {
        let said = Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }

    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    fn says(&self, words: &str) -> &Self {
        assert!(
            self.out.contains(words),
            "does not say {words:?}: {}",
            self.out
        );
        self
    }

    /// An error is one plain sentence.
    fn complains(self, words: &str) {
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

fn list(name: &str) -> String {
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
fn config_lists_every_setting_and_keeps_secrets() {
    let machine = Machine::new();
    let secret = "0123456789abcdef0123456789abcdef";
    let said = machine
        .run_with(&["config"], "HEARTH_SECRET", secret)
        .expect(0);
    for setting in SETTINGS {
        said.says(setting.name).says(setting.purpose);
    }
    assert!(!said.out.contains(secret));
    said.says("now: 2026-11-23");
}

#[test]
fn config_names_every_setting_that_cannot_be_used() {
    let machine = Machine::new();
    let bad = [
        ("HEARTH_WORKERS", "many"),
        ("HEARTH_DATABASE_URL", "postgre://hearth:s3cret@host/name"),
        ("HEARTH_MAIL", "http://hearth:s3cret@host"),
        ("HEARTH_MAIL_FROM", "Hearth"),
        ("HEARTH_LOG", "hearth=loud"),
    ];
    for (name, value) in bad {
        machine.run_with(&["config"], name, value).complains(name);
    }
    let said = Said::of(machine.command(&["config"]).envs(bad).output().unwrap());
    for (name, _) in bad {
        assert!(said.err.contains(name), "{}", said.err);
    }
    assert!(!said.err.contains("s3cret"), "{}", said.err);
    said.complains("HEARTH_LOG=\"hearth=loud\" is not understood");
    let left = std::fs::read_dir(machine.folder.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_passed_over_or_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let machine = Machine::new();
    let noise = OsStr::from_bytes(b"caf\xe9");
    let with = |name: &OsStr| {
        let mut command = machine.command(&["config"]);
        Said::of(command.env(name, noise).output().unwrap())
    };
    with(OsStr::new("LESSOPEN")).expect(0);
    with(noise).expect(0);
    with(OsStr::new("HEARTH_MAIL"))
        .complains("HEARTH_MAIL is not understood: its value is not text");
    with(OsStr::from_bytes(b"HEARTH_M\xe4il")).complains("HEARTH_M");
}

#[test]
fn a_mistyped_setting_is_refused_before_anything_is_done() {
    let machine = Machine::new();
    machine
        .run_with(&["migrate"], "HEARTH_BNID", "127.0.0.1:80")
        .complains("HEARTH_BNID is not a setting of Hearth");
    machine
        .run_with(&["migrate"], "HEARTH_LOG", "hearth=loud")
        .complains("HEARTH_LOG");
    machine
        .run_with(&["migrate"], "HEARTH_DATABASE_URL", "postgre://typo")
        .complains("use sqlite:PATH");
    assert!(!machine.path("hearth.db").exists());
}

#[test]
fn the_manual_lists_the_settings_as_they_are() {
    let manual =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md"))
            .unwrap();
    let rows: String = SETTINGS
        .iter()
        .map(|setting| {
            format!(
                "| `{}` | {} | {} |\n",
                setting.name, setting.default, setting.purpose
            )
        })
        .collect();
    let table = format!("| Setting | Default | What it is for |\n|---|---|---|\n{rows}");
    assert!(
        manual.contains(&table),
        "docs/operating.md should hold:\n{table}"
    );
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
fn a_list_goes_in_and_what_is_wrong_with_it_is_told() {
    let machine = Machine::ready();
    let refused = machine.path("refused.csv");
    let said = machine
        .run(&[
            "import",
            &list("real_life.csv"),
            "--authority",
            "991",
            "--refused",
            refused.to_str().unwrap(),
        ])
        .expect(0);
    said.says("7 rows read")
        .says("3 taken, 1 of them a closed case")
        .says("1 not taken, because it repeats")
        .says("1 not taken, because it belongs to another authority")
        .says("2 refused")
        .says("line 10: D.O.B. ‘31/02/2015’: 31 February 2015 is not a real date")
        .says("The same child as on line 6");
    assert_eq!(
        (machine.count("child"), machine.count("welfare_check")),
        (3, 2)
    );

    let mended = std::fs::read_to_string(&refused).unwrap();
    assert!(
        mended.contains("What to mend") && !mended.contains("Moss"),
        "{mended}"
    );
    let mended = mended
        .replace("31/02/2015", "28/02/2015")
        .replace("NOT KNOWN", "");
    std::fs::write(&refused, mended).unwrap();
    machine
        .run(&["import", refused.to_str().unwrap(), "--authority", "991"])
        .expect(0)
        .says("2 taken");
    assert_eq!(machine.count("child"), 5);
}

#[test]
fn refused_rows_take_no_other_files_place() {
    let machine = Machine::ready();
    let mine = machine.path("mine.csv");
    let text = std::fs::read_to_string(list("real_life.csv")).unwrap();
    std::fs::write(&mine, &text).unwrap();
    let mine = mine.to_str().unwrap();
    std::fs::write(machine.path("other.csv"), "precious").unwrap();
    let import = |refused: &str, more: &[&str]| {
        let words = ["import", mine, "--authority", "991", "--refused", refused];
        machine.run(&[&words[..], more].concat())
    };
    for more in [&[] as &[&str], &["--dry-run"]] {
        import(mine, more).complains("is the list itself: give another name");
        import("./mine.csv", more).complains("is the list itself: give another name");
        import("other.csv", more).complains("other.csv is there already: give another name");
        import("no/such/folder/refused.csv", more).complains("cannot be written");
    }
    assert_eq!(std::fs::read_to_string(mine).unwrap(), text);
    assert_eq!(machine.count("child"), 0);
    let none = machine.path("none.csv");
    std::fs::write(machine.path("good.csv"), "Name,DOB\nAda Moss,03/04/2015\n").unwrap();
    let words = [
        "import",
        "good.csv",
        "--authority",
        "991",
        "--refused",
        "none.csv",
    ];
    machine.run(&words).expect(0).says("1 taken");
    assert!(!none.exists(), "nothing was refused");
    machine
        .run(&[
            "import",
            "gone.csv",
            "--authority",
            "991",
            "--refused",
            "none.csv",
        ])
        .complains("gone.csv cannot be read");
    machine
        .run(&[
            "import",
            "good.csv",
            "--authority",
            "991",
            "--map",
            "X=upn",
            "--refused",
            "none.csv",
        ])
        .complains("has no heading");
    assert!(!none.exists(), "nothing was read");
}

#[test]
fn the_same_list_twice_changes_nothing() {
    let machine = Machine::ready();
    let words = ["import", &list("real_life.csv"), "--authority", "991"];
    machine.run(&words).expect(0);
    let before = (
        machine.count("child"),
        machine.count("welfare_check"),
        machine.count("address"),
    );
    machine
        .run(&words)
        .expect(0)
        .says("0 taken")
        .says("3 on the register already")
        .says("1 not taken, because it repeats");
    assert_eq!(
        before,
        (
            machine.count("child"),
            machine.count("welfare_check"),
            machine.count("address")
        )
    );
}

#[test]
fn a_trial_says_the_same_and_changes_nothing() {
    let machine = Machine::ready();
    machine
        .run(&[
            "import",
            &list("real_life.csv"),
            "--authority",
            "991",
            "--dry-run",
        ])
        .expect(0)
        .says("This was a trial")
        .says("3 taken, 1 of them a closed case")
        .says("2 refused");
    assert_eq!(
        (machine.count("child"), machine.count("list_import")),
        (0, 0)
    );
}

#[test]
fn a_list_of_several_authorities_goes_to_each() {
    let machine = Machine::ready();
    machine
        .run(&["import", &list("real_life.csv"), "--by-authority-column"])
        .expect(0)
        .says("4 taken");
    assert_eq!(
        (machine.count("child"), machine.count("list_import")),
        (4, 2)
    );
}

#[test]
fn the_column_of_codes_may_hold_names_and_codes_of_nobody() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "LA code,Name,DOB\nAshdale Council,Ada Moss,3/4/2014\nDevon,Bo Lee,3/4/2015\n\
        999,Cy Fen,3/4/2016\n878,Di Ash,3/4/2013\n";
    std::fs::write(&file, list).unwrap();
    let words = ["import", file.to_str().unwrap(), "--dry-run"];
    let said = machine
        .run(&[&words[..], &["--authority", "991"]].concat())
        .expect(0);
    said.says("1 taken")
        .says("line 3: This child belongs to the authority with the code 878")
        .says("line 4: No local authority has the code 999. Check the three digits")
        .says("line 5: This child belongs to the authority with the code 878");
    machine
        .run(&[&words[..], &["--by-authority-column"]].concat())
        .expect(0)
        .says("3 taken")
        .says("line 4: No local authority has the code 999");
}

#[test]
fn one_of_a_kind_is_told_as_one() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    std::fs::write(
        &file,
        "Name,DOB,Status\nAda Moss,3/4/2014,returned to school\n",
    )
    .unwrap();
    let words = ["import", file.to_str().unwrap(), "--authority", "991"];
    machine
        .run(&words)
        .expect(0)
        .says(" 1 row read (UTF-8, comma)")
        .says(" 1 taken, a closed case\n")
        .says(" 0 on the register already, left as they are");
    machine
        .run(&words)
        .expect(0)
        .says(" 1 on the register already, left as it is");
}

#[test]
fn headings_can_be_mapped_by_hand() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    std::fs::write(&file, "Wee one,Arrived\nMoss Ada,03/04/2015\n").unwrap();
    let file = file.to_str().unwrap();
    let words = ["import", file, "--authority", "991"];
    machine
        .run(&words)
        .complains("No line of headings was found");
    let mapped = [
        &words[..],
        &[
            "--map",
            "Wee one=full_name_family_first",
            "--map",
            "Arrived=date_of_birth",
        ],
    ]
    .concat();
    machine.run(&mapped).expect(0).says("1 taken");
    let wrong = [&words[..], &["--map", "Wee one=name"]].concat();
    machine
        .run(&wrong)
        .complains("‘name’ is not a column that Hearth reads");
}

#[test]
fn columns_that_are_not_read_are_named() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "First name,First name,Surname,DOB,Wibble\nAda,Wren,Moss,03/04/2015,7\n";
    std::fs::write(&file, list).unwrap();
    machine
        .run(&["import", file.to_str().unwrap(), "--authority", "991"])
        .expect(0)
        .says(
            "not read: First name (an earlier column is read as given names), Wibble (not known)",
        );
}

#[test]
fn american_dates_are_not_taken_without_a_word() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "Name,DOB\nAda Moss,3/4/2014\nBo Lee,1/25/2014\n";
    std::fs::write(&file, list).unwrap();
    let said = machine
        .run(&["import", file.to_str().unwrap(), "--authority", "991"])
        .expect(0);
    said.says("Taken, but to be checked:\n  line 2: DOB ‘3/4/2014’: Other dates of this column have the month first")
        .says("line 3: DOB ‘1/25/2014’: “1/25/2014” looks like month/day/year");
}

#[test]
fn what_is_no_list_is_told_in_one_sentence() {
    let machine = Machine::ready();
    let nonsense: &[(&str, &[u8], &str)] = &[
        ("empty.csv", b"", "The file is empty"),
        (
            "list.xlsx",
            b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
            "workbook",
        ),
        ("list.pdf", b"%PDF-1.7\n", "PDF"),
        (
            "noise.csv",
            &[0x80, 0x00, 0x01, 0x02, 0xff, 0xfe, 0x03],
            "not text",
        ),
        (
            "prose.csv",
            b"Dear all,\nplease find attached.\n",
            "No line of headings",
        ),
    ];
    for (name, bytes, words) in nonsense {
        let file = machine.path(name);
        std::fs::write(&file, bytes).unwrap();
        machine
            .run(&["import", file.to_str().unwrap(), "--authority", "991"])
            .complains(words);
    }
    machine
        .run(&["import", "missing.csv", "--authority", "991"])
        .complains("cannot be read");
    machine
        .run(&["import", ".", "--authority", "991"])
        .complains("cannot be read");
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "007"])
        .complains("no local authority with the code");
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

#[test]
fn an_account_gets_a_link_or_a_password() {
    let machine = Machine::ready();
    let sam = [
        "user",
        "add",
        "--email",
        "sam@ashdale.example",
        "--name",
        "Sam Lee",
        "--role",
        "manager",
        "--authority",
        "991",
    ];
    machine
        .run(&sam)
        .expect(0)
        .says("http://127.0.0.1:8080/password/");
    machine
        .run(&sam)
        .complains("sam@ashdale.example already has an account");
    let mut child = machine
        .command(&[
            "user",
            "add",
            "--email",
            "jo@ashdale.example",
            "--name",
            "Jo",
            "--role",
            "officer",
            "--authority",
            "991",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"short\n").unwrap();
    Said::of(child.wait_with_output().unwrap()).complains("12 characters or more");
    machine
        .run(&[
            "user",
            "add",
            "--email",
            "p@x.example",
            "--name",
            "P",
            "--role",
            "parent",
            "--authority",
            "991",
        ])
        .complains("a parent's account is made by the link");
}

/// The words of `hearth user add` for somebody at the invented authority.
fn add_user<'a>(email: &'a str, role: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["user", "add", "--email", email, "--name", "Sam Lee"];
    words.extend(["--role", role, "--authority", "991"]);
    words.extend(more);
    words
}

const SAM: &str = "sam@ashdale.example";

#[test]
fn who_leaves_is_out_and_their_children_wait_for_another() {
    let machine = Machine::ready();
    machine.run(&add_user(SAM, "manager", &[])).expect(0);
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "991"])
        .expect(0);
    machine.change("UPDATE child SET officer_id = (SELECT id FROM account)");
    machine.change(
        "INSERT INTO session (token_hash, account_id, created_at, seen_at, expires_at)
         SELECT 'x', id, created_at, created_at, created_at FROM account",
    );
    let leave = ["user", "leave", "--email", SAM, "--authority", "991"];
    machine
        .run(&leave)
        .expect(0)
        .says("can no longer sign in")
        .says("have ended: 2.")
        .says("now have none: 2.");
    assert_eq!(machine.count("session"), 0);
    assert_eq!(machine.count("child WHERE officer_id IS NOT NULL"), 0);
    assert_eq!(machine.count("account WHERE left_on = '2026-11-23'"), 1);
    assert_eq!(
        machine.count("post_holder WHERE held_to = '2026-11-22'"),
        2,
        "the last day of a post is the day before"
    );
    for (action, times) in [
        ("account_added", 1),
        ("post_given", 2),
        ("account_left", 1),
        ("child_without_officer", 3),
    ] {
        let rows = format!("audit_event WHERE actor = 'command line' AND action = '{action}'");
        assert_eq!(machine.count(&rows), times, "{action}");
    }
    machine.run(&leave).complains("nobody who works there");
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "991"])
        .complains("nobody who works there");
    machine.run(&add_user(SAM, "officer", &[])).expect(0);
    assert_eq!(machine.count("account WHERE left_on IS NULL"), 1);
}

#[test]
fn a_new_password_link_is_mailed_and_ends_the_ones_before() {
    let machine = Machine::ready();
    machine.run(&add_user(SAM, "officer", &[])).expect(0);
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "991"])
        .expect(0)
        .says("on its way to sam@ashdale.example");
    assert_eq!(
        machine.count(
            "outgoing_mail WHERE kind = 'invitation' AND recipient = 'sam@ashdale.example'
             AND body_text LIKE '%/password/%'"
        ),
        1
    );
    assert_eq!(machine.count("sign_in_link WHERE used_at IS NULL"), 1);
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "992"])
        .complains("nobody who works there");
}

#[test]
fn a_post_with_one_holder_passes_to_the_next() {
    let machine = Machine::ready();
    let head = ["--post", "head_of_service"];
    machine.run(&add_user(SAM, "manager", &head)).expect(0);
    machine
        .run(&add_user("jo@ashdale.example", "manager", &head))
        .expect(0)
        .says("Whoever was head of service before is that no longer");
    for mailbox in ["old@ashdale.example", "new@ashdale.example"] {
        machine
            .run(&["authority", "991", "--mailbox", mailbox])
            .expect(0);
    }
    for (post, holder) in [
        ("head_of_service", "account_id IS NOT NULL"),
        ("duty_mailbox", "email = 'new@ashdale.example'"),
    ] {
        let held = format!("post_holder WHERE post = '{post}' AND held_to IS NULL");
        assert_eq!(machine.count(&held), 1, "{post}");
        assert_eq!(machine.count(&format!("{held} AND {holder}")), 1, "{post}");
    }
    machine
        .run(&["user", "list", "--authority", "991"])
        .expect(0)
        .says("sam@ashdale.example\tSam Lee\tmanager\t\n")
        .says("jo@ashdale.example\tSam Lee\tmanager\thead_of_service\n")
        .says("new@ashdale.example\t\tmailbox\tduty_mailbox\n");
}

#[test]
fn an_authority_says_how_it_is_reached() {
    let machine = Machine::ready();
    machine
        .run(&[
            "authority",
            "991",
            "--mailbox",
            "duty@ashdale.example",
            "--colour",
            "#1d70b8",
        ])
        .expect(0)
        .says("Ashdale Council keeps its register here");
    let unsaid = "authority WHERE telephone IS NULL AND complaints_to IS NULL AND code = '991'";
    assert_eq!(
        machine.count(unsaid),
        1,
        "what was not said is not empty words"
    );
    let noted = "audit_event WHERE action = 'authority_described' AND actor = 'command line'";
    assert_eq!(machine.count(noted), 1);
    machine
        .run(&["authority", "991", "--colour", "blue"])
        .complains("is not a colour");
}

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

#[test]
fn the_policy_and_the_terms_are_kept_from_the_command_line_too() {
    let machine = Machine::ready();
    let set = |value: &str| {
        machine.run(&[
            "policy",
            "set",
            "recurring_check",
            value,
            "month",
            "--tier",
            "green",
            "--authority",
            "991",
            "--source",
            "Cabinet, 3 November 2026",
            "--reason",
            "More officers",
        ])
    };
    let refused = set("13").expect(1);
    assert!(
        refused.err.contains("must be 12 months or less"),
        "{}",
        refused.err
    );
    set("9").expect(0);
    let listed = machine
        .run(&["policy", "list", "--authority", "991"])
        .expect(0);
    assert!(
        listed.out.contains("Cabinet, 3 November 2026"),
        "{}",
        listed.out
    );
    assert!(listed.out.contains("The 2026 Act: not in force here."));
    let other = machine
        .run(&["policy", "list", "--authority", "992"])
        .expect(0);
    assert!(!other.out.contains("Cabinet"));
    set("8").expect(0);
    let today = "2026-11-23";
    let withdraw = || {
        machine.run(&[
            "policy",
            "withdraw",
            "recurring_check",
            "--tier",
            "green",
            "--authority",
            "991",
            "--from",
            today,
            "--reason",
            "A slip",
        ])
    };
    withdraw().expect(0).says("is withdrawn");
    withdraw()
        .expect(1)
        .complains("there is nothing to withdraw");

    let act = |words: &[&str]| {
        let reason = ["--authority", "991", "--reason", "SI 2027/1"];
        machine.run(&[&["policy"], words, &reason].concat())
    };
    act(&["end-commencement"])
        .expect(1)
        .complains("has no day of commencement here");
    act(&["commence", "--from", "2027-09-01"]).expect(0);
    act(&["end-commencement"])
        .expect(0)
        .says("not to be in force here after 23 November 2026");
    let listed = machine
        .run(&["policy", "list", "--authority", "991"])
        .expect(0);
    listed.says("The 2026 Act: not in force here.");

    let terms = machine.path("terms.csv");
    let file = terms.to_str().unwrap();
    let read = || machine.run(&["calendar", "terms", file, "--authority", "991"]);
    std::fs::write(
        &terms,
        "name,first_day,last_day,source\nAutumn,2/9/2026,1/9/2026,web\n",
    )
    .unwrap();
    let refused = read().expect(1);
    assert!(
        refused.out.contains("line 2, last_day: "),
        "{}",
        refused.out
    );
    std::fs::write(
        &terms,
        "name,first_day,last_day,source\nAutumn,2/9/2026,23/10/2026,web\n",
    )
    .unwrap();
    assert!(read().expect(0).out.contains("Added: 1."));
    assert!(read().expect(0).out.contains("On the calendar already: 1."));

    let episodes = machine.path("episodes.csv");
    std::fs::write(
        &episodes,
        "child,kind,started_on,source\nC-0000-0000,cin,1/3/2026,social_care\n",
    )
    .unwrap();
    let file = episodes.to_str().unwrap();
    let refused = machine
        .run(&["import", "episodes", file, "--authority", "991"])
        .expect(1);
    assert!(
        refused
            .out
            .contains("line 2, child: No child of this authority has it"),
        "{}",
        refused.out
    );
}
