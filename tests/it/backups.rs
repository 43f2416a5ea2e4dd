//! A copy that is known to restore: made by the real program while others write, checked, encrypted, kept and restored.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::Value;

use super::command_line::{Machine, Said, list};
use super::serving::{PATIENCE, Serving};

#[test]
fn a_copy_made_while_others_write_restores_as_it_was() {
    let Some(machine) = register() else { return };
    let serving = Serving::start(with_folder(&machine, &[]));
    let mut browser = serving.browser();
    let until = Instant::now() + PATIENCE;
    while copies(&machine).is_empty() {
        assert!(Instant::now() < until, "the jobs of serve make one");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut imports = Vec::new();
    for (day, child) in ('a'..='t').enumerate() {
        let name = format!("{child}.csv");
        let rows = format!("Name,DOB\nWren Mo{child}s,{}/4/2014\n", day + 1);
        fs::write(machine.path(&name), rows).unwrap();
        imports.push(machine.command(&["import", &name, "--authority", "991"]));
    }
    let writing = std::thread::spawn(move || {
        for mut import in imports {
            Said::of(import.output().unwrap()).expect(0);
        }
    });
    let mut number = 0;
    while !writing.is_finished() || number < 3 {
        number += 1;
        let copy = format!("copy-{number}.db");
        machine.run(&["backup", &copy]).expect(0);
        restored(&machine, &copy, &[])
            .expect(0)
            .says("same    children: ");
    }
    writing.join().unwrap();
    assert!(machine.count("child") > 10);
    browser.open("/sign-in").expect(200);
    drop(serving);
}

#[test]
fn the_jobs_make_a_copy_when_it_is_due_and_say_what_keeps_them() {
    let Some(machine) = register() else { return };
    jobs(&machine, "2026-11-23", &[])
        .expect(0)
        .says("backup: 1 found, 1 done");
    assert!(
        !jobs(&machine, "2026-11-23", &[])
            .expect(0)
            .out
            .contains("backup:")
    );
    jobs(&machine, "2026-11-24", &[])
        .expect(0)
        .says("backup: 1 found, 1 done");
    let names: Vec<String> = copies(&machine).iter().map(|it| name(it)).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(
        names[1].starts_with("hearth-2026-11-24T") && names[1].ends_with(".db"),
        "{names:?}"
    );
    for copy in copies(&machine) {
        restored(&machine, copy.to_str().unwrap(), &[])
            .expect(0)
            .says("0 broken");
    }
    jobs(
        &machine,
        "2026-11-25",
        &[("HEARTH_BACKUP_FOLDER", "no/such/folder")],
    )
    .expect(1)
    .says("backup: 1 found, 0 done, 1 failed")
    .says("the folder of no/such/folder/hearth-2026-11-25T");
    assert_eq!(
        machine.count("job_run WHERE job = 'backup' AND problem <> ''"),
        1
    );
    assert_eq!(copies(&machine).len(), 2);
    machine
        .run(&["backup"])
        .complains("set HEARTH_BACKUP_FOLDER");
    let by_hand = with_folder(&machine, &["backup"])
        .env("HEARTH_TODAY", "2026-11-26")
        .output();
    Said::of(by_hand.unwrap())
        .expect(0)
        .says("checked the copy");
    assert_eq!(copies(&machine).len(), 3);
}

#[test]
fn nobody_else_may_read_a_copy_and_a_failed_one_leaves_nothing() {
    let Some(machine) = register() else { return };
    machine.run(&["backup", "copy.db"]).expect(0);
    jobs(&machine, "2026-11-23", &[]).expect(0);
    for file in [
        machine.path("copy.db"),
        machine.path("copy.db.json"),
        copies(&machine).remove(0),
    ] {
        assert_eq!(mode(&file) & 0o077, 0, "{}", file.display());
    }
    restored(&machine, "copy.db", &[]).expect(0);
    assert_eq!(mode(&machine.path("restored.db")) & 0o077, 0);
    machine
        .run(&["backup", "copy.db.age"])
        .complains("set HEARTH_BACKUP_AGE_RECIPIENT");
    let before = everything(&machine);
    fs::write(machine.path("other.db.json"), "of somebody else").unwrap();
    machine
        .run(&["backup", "other.db"])
        .complains("other.db.json is there already");
    fs::remove_file(machine.path("other.db.json")).unwrap();
    assert_eq!(everything(&machine), before);
}

#[test]
fn what_a_killed_run_left_is_cleared_away_and_two_at_once_are_refused() {
    let Some(machine) = register() else { return };
    fs::create_dir(machine.path("copies")).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 60 * 60);
    let left = [
        "copies/.hearth-2026-11-01T0900.db.0123456789abcdef.unfinished",
        ".hearth.db-copy.0123456789abcdef.unfinished",
    ];
    for left in left {
        fs::write(machine.path(left), "half").unwrap();
        let file = fs::File::options().write(true).open(machine.path(left));
        file.unwrap().set_modified(long_ago).unwrap();
    }
    // Somebody writes to this one: another register may have the same folder.
    let under_way = "copies/.hearth-2026-11-23T0900.db.fedcba9876543210.unfinished";
    fs::write(machine.path(under_way), "half").unwrap();
    let (_, public) = keys(&machine);
    let lock = fs::File::create(machine.path("hearth.db-backup-lock")).unwrap();
    lock.lock().unwrap();
    machine
        .run(&["backup", "copy.db"])
        .complains("another backup of this database is under way");
    drop(lock);
    jobs(
        &machine,
        "2026-11-23",
        &[("HEARTH_BACKUP_AGE_RECIPIENT", &public)],
    )
    .expect(0);
    assert!(machine.path(under_way).exists());
    fs::remove_file(machine.path(under_way)).unwrap();
    let left = everything(&machine);
    assert!(!left.iter().any(|it| it.contains("unfinished")), "{left:?}");
}

#[test]
fn two_registers_in_one_folder_let_go_of_their_own_copies_only() {
    let (Some(ours), Some(theirs)) = (register(), register()) else {
        return;
    };
    jobs(&theirs, "2026-11-01", &[]).expect(0);
    let folder = theirs.path("copies").display().to_string();
    let same_folder = ("HEARTH_BACKUP_FOLDER", folder.as_str());
    for day in ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"] {
        jobs(&ours, day, &[same_folder, ("HEARTH_BACKUP_KEEP", "1")]).expect(0);
    }
    let names: Vec<String> = copies(&theirs).iter().map(|it| name(it)).collect();
    assert!(names[0].starts_with("hearth-2026-11-01"), "{names:?}");
    assert!(names.len() < 5, "nothing was let go: {names:?}");
}

#[test]
fn a_copy_that_was_changed_cut_short_or_lost_a_row_is_refused() {
    let Some(machine) = register() else { return };
    machine.run(&["backup", "copy.db"]).expect(0);
    let whole = fs::read(machine.path("copy.db")).unwrap();
    let refused = |words: &str| {
        let said = restored(&machine, "copy.db", &[]);
        said.says(words);
        assert!(
            !machine.path("restored.db").exists(),
            "nothing was restored"
        );
        said.complains("copy.db is not what it was when it was made, and nothing was restored");
    };
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(machine.path("copy.db"), &flipped).unwrap();
    refused("DIFFERS the file: it was changed since it was made");

    fs::write(machine.path("copy.db"), &whole[..middle]).unwrap();
    refused("DIFFERS the file: ");

    fs::write(machine.path("copy.db"), &whole).unwrap();
    let file = machine.path("copy.db").display().to_string();
    let mut conn = SqliteConnection::establish(&file).unwrap();
    conn.batch_execute("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
        .unwrap();
    drop(conn);
    refused("DIFFERS audit events: ");
    // Without the comparison it is restored, for whoever has nothing better.
    machine
        .run(&["restore", "copy.db", "--into", "kept.db"])
        .expect(0);
    assert!(machine.path("kept.db").exists());
    fs::remove_file(machine.path("copy.db.json")).unwrap();
    machine
        .run(&["restore", "copy.db", "--into", "restored.db", "--verify"])
        .complains("copy.db.json cannot be read");
}

#[test]
fn a_restore_never_touches_what_is_there() {
    let Some(machine) = register() else { return };
    machine.run(&["backup", "copy.db"]).expect(0);
    let live = fs::read(machine.path("hearth.db")).unwrap();
    for more in [&[] as &[&str], &["--verify"]] {
        let words = ["restore", "copy.db", "--into", "hearth.db"];
        machine
            .run(&[&words[..], more].concat())
            .complains("hearth.db");
    }
    assert_eq!(fs::read(machine.path("hearth.db")).unwrap(), live);
    fs::write(machine.path("new.db-wal"), "of another database").unwrap();
    machine
        .run(&["restore", "copy.db", "--into", "new.db"])
        .complains("new.db-wal is there already");
    let said = restored(&machine, "copy.db", &[]).expect(0);
    said.says("Next: stop `hearth serve`")
        .says("same    steps of the tables: 0001");
    let restored = format!("sqlite:{}", machine.path("restored.db").display());
    machine
        .run_with(&["verify"], "HEARTH_DATABASE_URL", &restored)
        .expect(0);
}

#[test]
fn an_encrypted_copy_is_opened_by_its_key_and_by_no_other() {
    let Some(machine) = register() else { return };
    let (key, public) = keys(&machine);
    let (other, _) = keys(&machine);
    jobs(
        &machine,
        "2026-11-23",
        &[("HEARTH_BACKUP_AGE_RECIPIENT", &public)],
    )
    .expect(0);
    let copy = copies(&machine).remove(0);
    assert!(name(&copy).ends_with(".db.age"));
    let sealed = fs::read(&copy).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    assert!(
        !machine.path("hearth.db-copy").exists(),
        "nothing plain is left"
    );
    let copy = copy.to_str().unwrap();
    restored(&machine, copy, &[]).complains("is encrypted: name the file with the key");
    restored(&machine, copy, &["--age-identity", &other]).complains("none of these keys opens it");
    let said = restored(&machine, copy, &["--age-identity", &key]).expect(0);
    said.says("same    the database in it")
        .says("same    promises as of 2026-11-23");
    fs::remove_file(machine.path("restored.db")).unwrap();

    fs::write(copy, &sealed[..sealed.len() - 1]).unwrap();
    restored(&machine, copy, &["--age-identity", &key]).complains("is not what it was");
    machine
        .run(&[
            "restore",
            copy,
            "--into",
            "restored.db",
            "--age-identity",
            &key,
        ])
        .complains("cannot be decrypted to its end");
    assert!(!machine.path("restored.db").exists());
    machine
        .run_with(&["config"], "HEARTH_BACKUP_AGE_RECIPIENT", "age1nonsense")
        .expect(2);
}

#[test]
fn old_copies_are_let_go_and_what_is_no_copy_stays() {
    let Some(machine) = register() else { return };
    jobs(&machine, "2026-11-23", &[]).expect(0);
    let first = copies(&machine).remove(0);
    let text = fs::read_to_string(manifest(&first)).unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    let now: NaiveDateTime = made["made_at"].as_str().unwrap().parse().unwrap();
    for days in 1..30 {
        let then = now - TimeDelta::days(days);
        let older = machine.path(&format!(
            "copies/hearth-{}.db",
            then.format("%Y-%m-%dT%H%M")
        ));
        fs::copy(&first, &older).unwrap();
        let mut said = made.clone();
        said["made_at"] = then.format("%Y-%m-%dT%H:%M:%S").to_string().into();
        fs::write(manifest(&older), said.to_string()).unwrap();
    }
    let foreign = ["copies/hearth-2020-01-01T0900.db", "copies/letters.txt"];
    for file in foreign {
        fs::write(machine.path(file), "of somebody else").unwrap();
    }
    let no_folder = ("HEARTH_BACKUP_FOLDER", "no/such/folder");
    jobs(
        &machine,
        "2026-11-24",
        &[("HEARTH_BACKUP_KEEP", "3"), no_folder],
    )
    .expect(1);
    assert_eq!(
        copies(&machine).len(),
        31,
        "a backup that fails lets nothing go"
    );
    jobs(&machine, "2026-11-24", &[("HEARTH_BACKUP_KEEP", "3")]).expect(0);
    let kept: Vec<String> = copies(&machine).iter().map(|it| name(it)).collect();
    let days: Vec<&str> = kept
        .iter()
        .map(|it| it.split_once('T').unwrap().0)
        .collect();
    let sundays = [
        "hearth-2026-10-25",
        "hearth-2026-11-01",
        "hearth-2026-11-08",
        "hearth-2026-11-15",
    ];
    let last = [
        "hearth-2026-11-22",
        "hearth-2026-11-23",
        "hearth-2026-11-24",
    ];
    let expected: Vec<&str> = ["hearth-2020-01-01"]
        .into_iter()
        .chain(sundays)
        .chain(last)
        .collect();
    assert_eq!(days, expected, "three days, and the last of each week");
    assert!(foreign.iter().all(|it| machine.path(it).exists()));
}

/// A full disk of the size of a few pages. Only root may mount one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_there_is_no_copy_and_the_last_one_stays() {
    let Some(machine) = register() else { return };
    let Some(disk) = SmallDisk::mount(&machine, "copies") else {
        return;
    };
    let said = jobs(&machine, "2026-11-23", &[]).expect(1);
    said.says("backup: 1 found, 0 done, 1 failed").says("full");
    assert_eq!(
        fs::read_dir(&disk.folder).unwrap().count(),
        0,
        "no half file"
    );
    assert_eq!(
        machine.count("job_run WHERE job = 'backup' AND problem <> ''"),
        1
    );
}

#[cfg(target_os = "linux")]
struct SmallDisk {
    folder: PathBuf,
}

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(machine: &Machine, name: &str) -> Option<Self> {
        let folder = machine.path(name);
        fs::create_dir(&folder).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]);
        let mounted = mount.arg(&folder).status().is_ok_and(|it| it.success());
        if !mounted {
            assert!(
                std::env::var_os("HEARTH_TEST_ALL").is_none(),
                "HEARTH_TEST_ALL is set and no file system can be mounted here"
            );
            println!("skipped: no file system can be mounted here");
            return None;
        }
        Some(Self { folder })
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg(&self.folder)
            .status();
    }
}

/// A register with children and a sweep; PostgreSQL is not copied by Hearth, and says so.
fn register() -> Option<Machine> {
    let machine = Machine::ready();
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "991"])
        .expect(0);
    machine.run(&["jobs", "run"]).expect(0);
    if !machine.place.is_a_file() {
        let said = jobs(&machine, "2026-11-23", &[]).expect(2);
        assert!(
            said.err.contains("PostgreSQL is copied by pg_dump"),
            "{}",
            said.err
        );
        return None;
    }
    Some(machine)
}

fn with_folder(machine: &Machine, words: &[&str]) -> std::process::Command {
    let folder = machine.path("copies");
    if !folder.exists() {
        fs::create_dir(&folder).unwrap();
    }
    let mut command = machine.command(words);
    command.env("HEARTH_BACKUP_FOLDER", "copies");
    command
}

fn jobs(machine: &Machine, day: &str, settings: &[(&str, &str)]) -> Said {
    let mut command = with_folder(machine, &["jobs", "run"]);
    command.env("HEARTH_TODAY", day).env("HEARTH_LOG", "off");
    command.envs(settings.iter().copied()).stdin(Stdio::null());
    Said::of(command.output().unwrap())
}

fn restored(machine: &Machine, copy: &str, more: &[&str]) -> Said {
    let _ = fs::remove_file(machine.path("restored.db"));
    let words = ["restore", copy, "--into", "restored.db", "--verify"];
    machine.run(&[&words[..], more].concat())
}

/// The copies in the folder, without their manifests, the oldest first.
fn copies(machine: &Machine) -> Vec<PathBuf> {
    let entries = fs::read_dir(machine.path("copies")).unwrap();
    let mut found: Vec<PathBuf> = entries
        .map(|it| it.unwrap().path())
        .filter(|it| name(it).ends_with(".db") || name(it).ends_with(".age"))
        .collect();
    found.sort();
    found
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_str().unwrap().to_owned()
}

fn manifest(copy: &Path) -> PathBuf {
    copy.with_file_name(format!("{}.json", name(copy)))
}

/// Every file of the machine but those that SQLite makes and takes away.
fn everything(machine: &Machine) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "copies"] {
        let folder = machine.path(folder);
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        found.extend(entries.map(|it| name(&it.unwrap().path())));
    }
    found.retain(|it| !it.ends_with("-wal") && !it.ends_with("-shm"));
    found.sort();
    found
}

#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).unwrap().permissions().mode()
}

/// A new key: the file that holds it, and its public half.
fn keys(machine: &Machine) -> (String, String) {
    let key = age::x25519::Identity::generate();
    let public = key.to_public().to_string();
    let file = machine.path(&format!("{}.key", &public[..12]));
    let mut written = fs::File::create(&file).unwrap();
    writeln!(
        written,
        "# public key: {public}\n{}",
        key.to_string().expose_secret()
    )
    .unwrap();
    (file.to_str().unwrap().to_owned(), public)
}
