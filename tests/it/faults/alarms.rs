//! Alarms leave the machine by another way than the one that may be broken.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Scene;

/// Somebody who takes heartbeats, and how many there were.
fn monitor() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ping/secret", listener.local_addr().unwrap());
    let beats = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&beats);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            for line in lines.by_ref() {
                if line.unwrap().is_empty() {
                    break;
                }
            }
            assert_eq!(first, "GET /ping/secret HTTP/1.1");
            counted.fetch_add(1, Ordering::SeqCst);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK")
                .unwrap();
        }
    });
    (url, beats)
}

#[test]
fn a_heartbeat_goes_out_and_stops_in_trouble_which_a_command_and_a_second_server_tell() {
    let (url, beats) = monitor();
    let folder = tempfile::tempdir().unwrap();
    let (told, kill) = (folder.path().join("told"), folder.path().join("kill"));
    let command = folder.path().join("alarm");
    let script = format!(
        "#!/bin/sh\necho \"$1\" >> {0}\ncat >> {0}\n",
        told.display()
    );
    fs::write(&command, script).unwrap();
    fs::set_permissions(&command, fs::Permissions::from_mode(0o700)).unwrap();
    let mails = folder.path().join("mails");
    let kills = format!("mail_thread={}", kill.display());
    let scene = Scene::start_with(&[
        ("HEARTH_ALARM_HEARTBEAT", &url),
        ("HEARTH_ALARM_COMMAND", &command.display().to_string()),
        ("HEARTH_ALARM_MAIL", &mails.display().to_string()),
        ("HEARTH_ALARM_TO", "on-call@council.example"),
        ("TESTING_HEARTH_KILLS", &kills),
    ]);
    scene.wait_until("a heartbeat", || beats.load(Ordering::SeqCst) > 0);
    fs::write(&kill, "").unwrap();
    super::ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    let read = || fs::read_to_string(&told).unwrap_or_default();
    scene.wait_until("the command", || read().starts_with("trouble\n"));
    // It writes the word first, and then what there is to say.
    scene.wait_until("its words", || {
        read().contains("The thread that sends mail")
    });
    let mailed = || -> Vec<String> {
        let files = fs::read_dir(&mails).unwrap();
        files
            .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    };
    scene.wait_until("the mail", || !mailed().is_empty());
    let mail = mailed().concat();
    assert!(mail.contains("To: on-call@council.example"), "{mail}");
    assert!(
        mail.contains("Subject: Hearth does not do all of its work"),
        "{mail}"
    );
    assert!(!mail.contains("home.example"), "nobody's address: {mail}");
    fs::remove_file(&kill).unwrap();
    scene.wait_until_well();
    scene.wait_until("the end is told", || read().contains("\nwell\n"));
}

#[test]
fn an_alarm_that_does_not_get_through_is_trouble_itself() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", nobody.local_addr().unwrap());
    drop(nobody);
    let scene = Scene::starting_with(&[("HEARTH_ALARM_HEARTBEAT", &url)]);
    scene.wait_for_trouble("alarm");
}
