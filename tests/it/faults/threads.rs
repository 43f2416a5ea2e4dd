//! A part of the program dies, or a mail server keeps it waiting.

use std::fs;
use std::time::Duration;

use super::super::app::PASSWORD;
use super::super::smtp::{Behaviour, SmtpServer};
use super::{Scene, ask_for_a_link};

const ADMIN: &str = "admin@ashdale.example";

#[test]
fn a_thread_that_dies_is_begun_again_and_everybody_knows_since_when() {
    for thread in ["mail_thread", "jobs_thread", "watch_thread"] {
        let killer = tempfile::tempdir().unwrap();
        let file = killer.path().join("kill");
        let kills = format!("{thread}={}", file.display());
        let scene = Scene::start_with(&[("TESTING_HEARTH_KILLS", &kills)]);
        let mut admin = scene.browser();
        let page = admin.open("/sign-in");
        page.form("/sign-in")
            .set("email", ADMIN)
            .set("password", PASSWORD)
            .send(&mut admin);
        admin.open("/admin/watch").expect(200).says("Well");
        if thread == "jobs_thread" {
            // It is woken each quarter of an hour only.
            continue;
        }
        fs::write(&file, "").unwrap();
        let before = scene.sent();
        ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
        scene.wait_for_trouble(thread);
        let page = admin.open("/admin/watch").expect(200);
        page.says("has stopped by a mistake of the program");
        let banner = admin.open("/admin/mail").words();
        assert!(banner.contains("Since 23 November 2026"), "{banner}");
        fs::remove_file(&file).unwrap();
        scene.wait_until_well();
        scene.wait_until("the mail went", || scene.sent() == before + 1);
        let page = admin.open("/admin/watch").expect(200);
        page.says("begun again").keeps_quiet_about("Trouble");
    }
}

#[test]
fn a_mail_server_that_never_answers_is_known_soon_and_keeps_nobody_from_stopping() {
    let server = SmtpServer::start(Behaviour::Stall);
    let url = server.url();
    let mut scene = Scene::start_with(&[("HEARTH_MAIL", &url)]);
    for number in 0..4 {
        ask_for_a_link(
            &mut scene.browser(),
            &format!("parent{number}@home.example"),
        )
        .expect(200);
    }
    scene.wait_for_trouble("mail");
    server.behave(Behaviour::Accept);
    scene
        .app
        .db
        .write_now(|tx| {
            use diesel::prelude::*;
            use hearth::db::schema::outgoing_mail;
            // An administrator's button does the same: it is tried again now.
            diesel::update(outgoing_mail::table)
                .set(
                    outgoing_mail::next_try_at.eq(super::super::app::moment("2026-11-23T00:00:00")),
                )
                .execute(tx)?;
            Ok::<_, hearth::db::DbError>(())
        })
        .unwrap();
    ask_for_a_link(&mut scene.browser(), "parent4@home.example").expect(200);
    scene.wait_until("all arrived", || server.received().len() >= 5);
    scene.wait_until_well();
    server.behave(Behaviour::Stall);
    ask_for_a_link(&mut scene.browser(), "parent5@home.example").expect(200);
    let took = scene.stop();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn it_stops_in_time_whatever_is_in_the_way() {
    let server = SmtpServer::start(Behaviour::Stall);
    let url = server.url();
    let mut scene = Scene::start_with(&[("HEARTH_MAIL", &url)]);
    if !scene.app.database_url().starts_with("sqlite:") {
        return;
    }
    ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    let other = super::database::hold(&scene);
    let address = scene.serving.address;
    // Somebody has sent half of a form.
    let mut half = std::net::TcpStream::connect(address).unwrap();
    let form = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nemail=";
    std::io::Write::write_all(&mut half, form.as_bytes()).unwrap();
    let took = scene.stop();
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop((half, other));
}
