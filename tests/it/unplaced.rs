//! A message that came back and that nobody can place: an administrator reads it and says what it was.

use std::time::Duration;

use hearth::jobs::{Services, bounces, runner};
use hearth::mail::Courier;
use hearth::mail::returned::Returned;

use super::app::{ASHDALE, MANAGER, OFFICER, TestApp};

const ADMINISTRATOR: &str = "admin@ashdale.example";

fn services(app: &TestApp) -> Services {
    let folder = app.folder().join("mail");
    Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings(folder.to_str().unwrap(), "hearth@ashdale.example")
            .unwrap(),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
    }
}

fn come_in(app: &TestApp, words: &str) -> String {
    let raw = format!(
        "From: postmaster@gateway.example\r\nSubject: Undeliverable\r\n\r\nNot delivered: {words}\r\n"
    );
    match bounces::take(&services(app), raw.as_bytes()).unwrap() {
        Returned::Unplaced(kept) => kept.reference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_administrator_reads_it_and_says_what_it_was() {
    let app = TestApp::start();
    let first = come_in(&app, "<script>alert(1)</script> one");
    let second = come_in(&app, "two");
    assert_eq!(come_in(&app, "two"), second, "kept once");
    runner::run_due(&services(&app), app.clock.now());
    assert_eq!(
        app.events(ASHDALE, "message_unplaced"),
        1,
        "one duty for all"
    );

    let mut browser = app.signed_in(ADMINISTRATOR);
    browser
        .open("/admin/mail")
        .says("Messages that nobody could place")
        .says(&first)
        .says(&second);
    let here = format!("/admin/mail/messages/{first}");
    app.signed_in(MANAGER).open(&here).expect(403);
    let page = browser.open(&here).expect(200);
    page.says("postmaster@gateway.example")
        .says("Undeliverable")
        .says("<script>alert(1)</script> one");
    let refused = page.form("/finding").send(&mut browser).expect(422);
    refused.says("Choose what the message was");
    let refused = page
        .form("/finding")
        .set("verdict", "this_mail")
        .set("mail", "M-0000-0000")
        .send(&mut browser)
        .expect(422);
    refused.says("Enter the reference of an email of ours");
    let page = page
        .form("/finding")
        .set("verdict", "not_ours")
        .send(&mut browser);
    page.says("It is noted what the message was")
        .keeps_quiet_about(&first);
    browser.open(&here).expect(404);
    browser
        .open(&format!("/admin/mail/messages/{second}"))
        .form("/finding")
        .set("verdict", "elsewhere")
        .send(&mut browser)
        .keeps_quiet_about("Messages that nobody could place");
    assert_eq!(app.events(ASHDALE, "message_placed"), 2);
}

#[test]
fn it_lapses_and_climbs_like_anything_else_that_is_owed() {
    let app = TestApp::start();
    come_in(&app, "one");
    for day in ["2026-11-24", "2026-11-27"] {
        app.go_to(day);
        runner::run_due(&services(&app), app.clock.now());
    }
    let mails: Vec<String> = std::fs::read_dir(app.folder().join("mail"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let told = mails
        .iter()
        .find(|raw| raw.contains(&format!("To: {ADMINISTRATOR}")) && raw.contains("lapsed"))
        .expect("the administrator is told of the lapse");
    let link = told.replace("=\r\n", "");
    let link = link.split("/told/").nth(1).expect("a link");
    let link = format!("/told/{}", &link[..11]);
    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open(&link).expect(200);
    page.says("Message that came in, to be placed");
    let duty = page.text.split("/duties/").nth(1).expect("the duty");
    let duty = format!("/duties/{}", &duty[..11]);
    browser.open(&duty).expect(200).says("Mail and jobs");
    app.signed_in(OFFICER).open(&duty).expect(200);
    app.signed_in("officer@brackwater.example")
        .open(&duty)
        .expect(404);

    app.go_to("2026-12-14");
    runner::run_due(&services(&app), app.clock.now());
    let is_for_manager = |raw: &str| raw.contains(&format!("To: {MANAGER}"));
    let mails = std::fs::read_dir(app.folder().join("mail")).unwrap();
    let raw = mails.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    assert!(raw.into_iter().any(|raw| is_for_manager(&raw)), "it climbs");
}
