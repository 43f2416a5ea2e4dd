//! What `hearth config` and every command say of settings that are there, wrong or missing.

use std::path::Path;

use hearth::config::SETTINGS;

use super::{Machine, Said};

#[test]
fn config_lists_every_setting_and_keeps_secrets() {
    let machine = Machine::new();
    let secret = "9f2c61d07be84a35c0d1e7f6a2b85934";
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
        machine.run_with(&["config"], name, value).refuses(&[name]);
    }
    let said = Said::of(machine.command(&["config"]).envs(bad).output().unwrap());
    assert!(!said.err.contains("s3cret"), "{}", said.err);
    said.refuses(&bad.map(|(name, _)| name));
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
        .refuses(&["HEARTH_MAIL is not understood: its value is not text"]);
    with(OsStr::from_bytes(b"HEARTH_M\xe4il")).refuses(&["HEARTH_M"]);
}

#[test]
fn a_mistyped_setting_is_refused_before_anything_is_done() {
    let machine = Machine::new();
    machine
        .run_with(&["migrate"], "HEARTH_BNID", "127.0.0.1:80")
        .refuses(&["HEARTH_BNID is not a setting of Hearth"]);
    machine
        .run_with(&["migrate"], "HEARTH_LOG", "hearth=loud")
        .refuses(&["HEARTH_LOG=\"hearth=loud\" is not understood"]);
    machine
        .run_with(&["migrate"], "HEARTH_DATABASE_URL", "postgre://typo")
        .refuses(&["use sqlite:PATH"]);
    assert!(!machine.path("hearth.db").exists());
}

/// Settings of production of which most are wrong, and what is said of each.
const WRONG: &[(&str, &str, &str)] = &[
    ("HEARTH_ENV", "production", ""),
    (
        "HEARTH_LOG",
        "loud",
        "HEARTH_LOG=\"loud\" is not understood",
    ),
    (
        "HEARTH_BASE_URL",
        "https://hearth.example/x",
        "HEARTH_BASE_URL is not understood",
    ),
    (
        "HEARTH_SECRET",
        "0123456789abcdef0123456789abcdef",
        "HEARTH_SECRET can be guessed",
    ),
    (
        "HEARTH_BIND",
        "127.0.0.1:0",
        "production needs HEARTH_BIND with a port",
    ),
    (
        "HEARTH_DATABASE_URL",
        "sqlite:./folder",
        "HEARTH_DATABASE_URL names ./folder, which is no file",
    ),
    (
        "HEARTH_MAIL",
        "smtps://sam@mail.example",
        "a user and a password",
    ),
    (
        "HEARTH_MAIL_CA",
        "./not-there.pem",
        "HEARTH_MAIL_CA=./not-there.pem cannot be used",
    ),
    (
        "HEARTH_MAIL_FROM",
        "hearth@localhost",
        "production needs HEARTH_MAIL_FROM",
    ),
    (
        "HEARTH_MAIL_BOUNCES",
        "./not-there",
        "HEARTH_MAIL_BOUNCES=./not-there is no Maildir",
    ),
    (
        "HEARTH_BNID",
        "127.0.0.1:80",
        "HEARTH_BNID is not a setting of Hearth",
    ),
    ("HEARTH_TODAY", "2026-11-23", "HEARTH_TODAY fixes the date"),
];

#[test]
fn every_command_refuses_every_setting_that_cannot_be_meant_in_one_run() {
    let machine = Machine::new();
    std::fs::create_dir(machine.path("folder")).unwrap();
    let wrong = WRONG.iter().map(|(name, value, _)| (*name, *value));
    let sentences: Vec<&str> = WRONG[1..].iter().map(|(_, _, words)| *words).collect();
    for line in [
        "serve",
        "migrate",
        "jobs run",
        "verify",
        "backup copy.db",
        "demo --only-make",
        "mail bounce",
        "user list --authority 991",
        "config",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = machine.command(&words);
        Said::of(command.envs(wrong.clone()).output().unwrap()).refuses(&sentences);
    }
    let left = std::fs::read_dir(machine.folder.path()).unwrap().count();
    assert_eq!(left, 1, "nothing was made");
}

#[test]
fn files_and_folders_that_cannot_be_meant_are_refused() {
    let machine = Machine::new();
    let file = machine.path("file");
    std::fs::write(&file, "no certificate").unwrap();
    std::fs::create_dir_all(machine.path("no-maildir/cur")).unwrap();
    std::fs::create_dir_all(machine.path("maildir/new")).unwrap();
    for (name, value, words) in [
        (
            "HEARTH_DATABASE_URL",
            "sqlite:./no-maildir",
            "which is no file",
        ),
        ("HEARTH_DATABASE_URL", "sqlite:./var/", "which is no file"),
        (
            "HEARTH_DATABASE_URL",
            "sqlite:./file/hearth.db",
            "the folder ./file for the database cannot be made",
        ),
        (
            "HEARTH_DATABASE_URL",
            "sqlite::memory:",
            "HEARTH_DATABASE_URL is not understood",
        ),
        (
            "HEARTH_DATABASE_URL",
            "sqlite:file:hearth.db",
            "HEARTH_DATABASE_URL is not understood",
        ),
        (
            "HEARTH_DATABASE_URL",
            "sqllite:./hearth.db",
            "HEARTH_DATABASE_URL is not understood",
        ),
        (
            "HEARTH_DATABASE_URL",
            "sqlite:./hearth.db?mode=ro",
            "HEARTH_DATABASE_URL is not understood",
        ),
        (
            "HEARTH_MAIL",
            "./file",
            "the folder ./file for mail cannot be made",
        ),
        (
            "HEARTH_MAIL",
            "./file/mail",
            "the folder ./file/mail for mail cannot be made",
        ),
        (
            "HEARTH_MAIL",
            "mail.example:587",
            "HEARTH_MAIL is not understood",
        ),
        (
            "HEARTH_MAIL",
            "sam@mail.example",
            "HEARTH_MAIL is not understood",
        ),
        (
            "HEARTH_MAIL",
            "smtp:mail.example",
            "HEARTH_MAIL is not understood",
        ),
        (
            "HEARTH_MAIL",
            "smtp://mail.example/inbox",
            "HEARTH_MAIL is not understood",
        ),
        (
            "HEARTH_MAIL",
            "smtp://mail.example?tsl=none",
            "the only parameter is tls",
        ),
        (
            "HEARTH_MAIL",
            "smtps://mail.example?tls=none",
            "remove tls=",
        ),
        (
            "HEARTH_MAIL",
            "smtp://mail.example:465",
            "port 465 is for smtps://",
        ),
        ("HEARTH_MAIL", "smtps://mail.example:587", "are for smtp://"),
        ("HEARTH_MAIL_CA", "./file", "there is no certificate in it"),
        ("HEARTH_MAIL_BOUNCES", "./no-maildir", "is no Maildir"),
        ("HEARTH_MAIL_BOUNCES", "./file", "is no Maildir"),
    ] {
        machine
            .run_with(&["migrate"], name, value)
            .refuses(&[words]);
    }
    machine
        .run_with(&["config"], "HEARTH_MAIL_BOUNCES", "./maildir")
        .expect(0);
    assert!(!machine.path("maildir/cur").exists(), "nothing was made");
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
