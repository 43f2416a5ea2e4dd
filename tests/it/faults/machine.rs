//! The machine under the program: no more descriptors, a full disk, a process that is stopped for a while.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::{Scene, ask_for_a_link, is_thorough};

#[test]
fn without_descriptors_nobody_new_is_served_and_afterwards_everybody() {
    let mut few = Command::new("sh");
    few.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]);
    few.arg(env!("CARGO_BIN_EXE_hearth"));
    let scene = Scene::starting_as(few, &[]);
    scene.wait_until_well();
    let held: Vec<TcpStream> = (0..120)
        .filter_map(|_| TcpStream::connect(scene.serving.address).ok())
        .collect();
    assert!(held.len() > 64, "more than it has descriptors for");
    drop(held);
    scene.wait_until_well();
    let before = scene.sent();
    ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    scene.wait_until("the mail went", || scene.sent() == before + 1);
}

#[test]
fn a_process_that_is_stopped_for_a_while_goes_on_as_before() {
    let scene = Scene::start();
    let before = scene.sent();
    let mut browser = scene.browser();
    scene.tell(Signal::SIGSTOP);
    // As long as leases last, where there is time for that.
    if is_thorough() {
        std::thread::sleep(Duration::from_secs(57));
    }
    let asking = std::thread::spawn({
        let address = scene.serving.address;
        move || {
            let mut other = crate::browser::Browser::new(&format!("http://{address}"));
            ask_for_a_link(&mut other, "parent@home.example").status
        }
    });
    // Longer than several looks of the watch, as a test has them.
    std::thread::sleep(Duration::from_secs(3));
    scene.tell(Signal::SIGCONT);
    assert_eq!(asking.join().unwrap(), 200);
    browser.open("/privacy").expect(200);
    scene.wait_until_well();
    scene.wait_until("the mail went", || scene.sent() == before + 1);
}

/// What makes a program believe in another time; none where it is not installed.
fn faketime() -> Option<&'static str> {
    let found = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ];
    let found = found.into_iter().find(|it| Path::new(it).exists());
    assert!(
        found.is_some() || !is_thorough(),
        "HEARTH_TEST_ALL is set and there is no faketime here"
    );
    found
}

#[test]
fn a_clock_that_stands_still_is_trouble_and_stops_nothing_else() {
    let Some(faketime) = faketime().filter(|_| is_thorough()) else {
        println!("skipped: it takes most of a minute, and faketime");
        return;
    };
    let kept = tempfile::tempdir().unwrap();
    let said = kept.path().join("time");
    fs::write(&said, "+0").unwrap();
    let said_in = said.display().to_string();
    let scene = Scene::start_with(&[
        ("LD_PRELOAD", faketime),
        ("FAKETIME_TIMESTAMP_FILE", &said_in),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("HEARTH_TODAY", ""),
    ]);
    scene
        .app
        .ending
        .leave_unproved("the program works by the machine's clock, and the test by its own");
    let now = chrono::Local::now().format("%Y-%m-%d %H:%M:%S");
    fs::write(&said, now.to_string()).unwrap();
    scene.wait_for_trouble("clock");
    let before = scene.sent();
    ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    scene.wait_until("the mail went", || scene.sent() == before + 1);
}

/// A disk of this many megabytes; none where nobody may mount one.
fn small_disk(folder: &Path, megabytes: u32) -> bool {
    fs::create_dir(folder).unwrap();
    let size = format!("size={megabytes}m");
    let mut mount = Command::new("mount");
    mount
        .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
        .arg(folder);
    let is_mounted = mount.status().is_ok_and(|it| it.success());
    assert!(
        is_mounted || !is_thorough(),
        "HEARTH_TEST_ALL is set and no file system can be mounted here"
    );
    is_mounted
}

/// Takes the disk away when the test ends.
struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn on_a_full_disk_nothing_is_said_to_be_saved_that_is_not_and_with_room_all_is_well() {
    let kept = tempfile::tempdir().unwrap();
    let disk = kept.path().join("disk");
    if !small_disk(&disk, 24) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let _mounted = Mounted(&disk);
    let app = crate::app::TestApp::start();
    if !app.database_url().starts_with("sqlite:") {
        return;
    }
    let file = disk.join("hearth.db");
    app.db.backup_to(&file.display().to_string()).unwrap();
    let url = format!("sqlite:{}", file.display());
    let scene = Scene::starting_with(&[("HEARTH_DATABASE_URL", &url)]);
    scene.wait_for_trouble("disk");
    ask_for_a_link(&mut scene.browser(), "before@home.example").expect(200);
    let filling = disk.join("filling");
    // Until nothing more goes onto it.
    let _ = Command::new("dd")
        .args([
            "if=/dev/zero",
            "bs=64k",
            &format!("of={}", filling.display()),
        ])
        .stderr(std::process::Stdio::null())
        .status();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for number in 0..200 {
        let email = format!("full{number}@home.example");
        let page = ask_for_a_link(&mut scene.browser(), &email);
        match page.status {
            200 => acknowledged.push(email),
            _ => {
                page.expect(503);
                refused += 1;
                break;
            }
        }
    }
    assert_eq!(refused, 1, "the disk is full at some time");
    scene.wait_for_trouble("writing");
    fs::remove_file(&filling).unwrap();
    scene.wait_until("it is written again", || {
        let said = scene.ready().unwrap_or_else(|said| said);
        !said.contains("\"what\":\"writing\"")
    });
    ask_for_a_link(&mut scene.browser(), "after@home.example").expect(200);
    acknowledged.push("after@home.example".to_owned());
    acknowledged.push("before@home.example".to_owned());
    let db = hearth::db::Db::open_existing(&url, 1).unwrap();
    let kept: Vec<String> = db
        .read_now(|conn| {
            use diesel::prelude::*;
            use hearth::db::schema::outgoing_mail;
            Ok::<_, hearth::db::DbError>(
                outgoing_mail::table
                    .select(outgoing_mail::recipient)
                    .load(conn)?,
            )
        })
        .unwrap();
    for email in &acknowledged {
        assert!(kept.contains(email), "{email} was acknowledged");
    }
}
