//! What `hearth config` and every command say of settings that are there, wrong or missing.

use std::path::Path;

use hearth::config::SETTINGS;

use super::{Machine, Said};

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
