//! The database is held by somebody else, deleted, replaced, spoiled, or on a disk that is full.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::super::app::{ASHDALE, MANAGER, PASSWORD};
use super::{Scene, ask_for_a_link};

/// Another process that holds SQLite's lock to write.
pub fn hold(scene: &Scene) -> SqliteConnection {
    let file = scene.database_file();
    let mut other = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    other
        .batch_execute("PRAGMA busy_timeout = 20000; BEGIN IMMEDIATE")
        .unwrap();
    other
}

#[test]
fn while_another_process_holds_the_lock_pages_are_read_and_what_is_refused_is_not_saved_later() {
    let scene = Scene::start();
    if !scene.app.database_url().starts_with("sqlite:") {
        return;
    }
    let mut reader = scene.browser();
    let page = reader.open("/sign-in");
    page.form("/sign-in")
        .set("email", MANAGER)
        .set("password", PASSWORD)
        .send(&mut reader)
        .expect(200);
    let before = mails(&scene);
    let mut other = hold(&scene);
    let writers = 12;
    let address = scene.serving.address;
    let refused = std::thread::scope(|threads| {
        let writing: Vec<_> = (0..writers)
            .map(|number| {
                threads.spawn(move || {
                    let mut browser = crate::browser::Browser::new(&format!("http://{address}"));
                    let email = format!("parent{number}@home.example");
                    let page = ask_for_a_link(&mut browser, &email);
                    (page.status, page.words())
                })
            })
            .collect();
        // Meanwhile pages are read, from before anybody waits to write until it is known for seconds that nothing can be written.
        scene.wait_until("it is known that nothing can be written", || {
            reader.open("/children").expect(200);
            let said = scene.ready();
            said.is_err_and(|said| said.contains("\"what\":\"writing\""))
        });
        let answers = writing.into_iter().map(|it| it.join().unwrap());
        answers.collect::<Vec<_>>()
    });
    for (status, words) in &refused {
        assert_eq!(*status, 503, "{words}");
        assert!(words.contains("It was not saved"), "{words}");
    }
    other.batch_execute("ROLLBACK").unwrap();
    drop(other);
    scene.wait_until_well();
    assert_eq!(mails(&scene), before, "nothing of it is saved later");
    ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    assert_eq!(mails(&scene), before + 1);
}

fn mails(scene: &Scene) -> i64 {
    crate::doors::count(&scene.app, "outgoing_mail")
}

#[test]
fn a_database_file_that_is_deleted_or_replaced_is_written_no_more() {
    for replaced in [false, true] {
        let scene = Scene::start();
        if !scene.app.database_url().starts_with("sqlite:") {
            return;
        }
        scene
            .app
            .ending
            .leave_unproved("the file is taken away, so there is nothing left to prove it from");
        let file = scene.database_file();
        match replaced {
            true => {
                // Of the same tables, with another name of the authority.
                let copy = scene.app.folder().join("copy.db");
                scene.app.db.backup_to(&copy.display().to_string()).unwrap();
                let mut other = SqliteConnection::establish(&copy.to_string_lossy()).unwrap();
                other
                    .batch_execute("UPDATE authority SET name = 'Wrongshire'")
                    .unwrap();
                drop(other);
                std::fs::rename(&copy, &file).unwrap();
            }
            false => std::fs::remove_file(&file).unwrap(),
        }
        let page = ask_for_a_link(&mut scene.browser(), "parent@home.example");
        page.expect(503).says("It was not saved");
        // Nor is any other file read, or made in its place, however many ask at once.
        let (here, address) = (format!("/notify/{ASHDALE}"), scene.serving.address);
        std::thread::scope(|threads| {
            for _ in 0..24 {
                threads.spawn(|| {
                    let mut browser = crate::browser::Browser::new(&format!("http://{address}"));
                    let page = browser.open(&here);
                    assert!(!page.words().contains("Wrongshire"), "{}", page.words());
                });
            }
        });
        assert_eq!(file.exists(), replaced, "a new file was made");
        scene.wait_for_trouble("file");
    }
}

#[test]
fn a_spoiled_page_is_found_though_nobody_asks_for_it() {
    let scene = Scene::start();
    if !scene.app.database_url().starts_with("sqlite:") {
        return;
    }
    scene
        .app
        .ending
        .leave_unproved("a page of the database is spoiled");
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path();
    let spoiled = folder.join("hearth.db");
    scene
        .app
        .db
        .backup_to(&spoiled.display().to_string())
        .unwrap();
    drop(scene);
    let mut bytes = std::fs::read(&spoiled).unwrap();
    let page = 4096;
    let pages = bytes.len() / page;
    for number in (pages / 2)..(pages / 2 + 6) {
        bytes[number * page..number * page + 64].fill(0xFF);
    }
    std::fs::write(&spoiled, bytes).unwrap();
    let said = Command::new(env!("CARGO_BIN_EXE_hearth"))
        .args(["jobs", "run"])
        .env_clear()
        .current_dir(folder)
        .env(
            "HEARTH_DATABASE_URL",
            format!("sqlite:{}", spoiled.display()),
        )
        .env("HEARTH_TODAY", "2026-11-23")
        .env("HEARTH_LOG", "error")
        .output()
        .unwrap();
    let out =
        String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{out}");
    assert!(
        out.contains("damaged") || out.contains("malformed"),
        "{out}"
    );
}

#[test]
fn files_are_made_for_their_owner_only_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("sh")
        .args(["-c", "umask 022; exec \"$0\" migrate"])
        .arg(env!("CARGO_BIN_EXE_hearth"))
        .current_dir(folder.path())
        .env_clear()
        .env("HEARTH_DATABASE_URL", "sqlite:hearth.db")
        .env("HEARTH_LOG", "error")
        .status()
        .unwrap();
    assert!(status.success());
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is {mode:o}", file.file_name());
    }
}

#[test]
fn two_programs_on_one_file_are_one_service() {
    let scene = Scene::start();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command
        .current_dir(scene.app.folder())
        .env_clear()
        .env("HEARTH_DATABASE_URL", scene.app.database_url())
        .env("HEARTH_MAIL", scene.app.folder().join("sent"))
        .env("HEARTH_TODAY", "2026-11-23")
        .env("HEARTH_LOG", "error");
    let second = crate::serving::Serving::start(command);
    let before = scene.sent();
    for (number, mut browser) in [scene.browser(), second.browser()].into_iter().enumerate() {
        ask_for_a_link(&mut browser, &format!("parent{number}@home.example")).expect(200);
    }
    scene.wait_until("both mails went", || scene.sent() == before + 2);
    scene.browser().open("/health/ready").expect(200);
    second.browser().open("/health/ready").expect(200);
}
