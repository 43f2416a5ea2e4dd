//! What an administrator sees of mail and jobs, and what they can do about it.

use std::time::Duration;

use hearth::jobs::{Services, runner};
use hearth::mail::messages::Invitation;
use hearth::mail::{Courier, Letter, Letterhead, outbox};
use hearth::rules::identifiers::EmailAddress;

use super::app::{ASHDALE, BRACKWATER, TestApp};

const ADMINISTRATOR: &str = "admin@ashdale.example";

fn services(app: &TestApp, mail: &str) -> Services {
    Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings(mail, "hearth@ashdale.example").unwrap(),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
    }
}

fn put(app: &TestApp, code: &str, to: &str) {
    let authority = app.authority(code);
    let letterhead = Letterhead {
        authority: "Ashdale Council".to_owned(),
        reply_to: None,
        telephone: None,
        base_url: app.url.clone(),
    };
    let message = Invitation {
        role: "an officer".to_owned(),
        link: format!("{}/password/x", app.url),
        valid_for: "7 days".to_owned(),
    };
    let letter = Letter {
        key: format!("test:{to}"),
        authority,
        letterhead: &letterhead,
        to: EmailAddress::parse(to).unwrap(),
        message: message.render(&letterhead),
    };
    let now = app.clock.now();
    app.write(|tx| outbox::put(tx, &letter, now));
}

#[test]
fn what_is_held_up_is_shown_and_tried_again() {
    let app = TestApp::start();
    put(&app, ASHDALE, "new@ashdale.example");
    put(&app, BRACKWATER, "new@brackwater.example");
    let nobody_listens = "smtp://127.0.0.1:1";
    runner::deliver_mail(&services(&app, nobody_listens));
    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open("/admin/mail").expect(200);
    assert_eq!(page.h1(), "Mail and jobs");
    page.says("To be tried again 1")
        .says("new@ashdale.example")
        .says("Invitation");
    page.keeps_quiet_about("new@brackwater.example");
    let page = page.form("/retry").send(&mut browser).expect(200);
    page.says("is tried again now");
    assert_eq!(app.events(ASHDALE, "mail_retried"), 1);
    let folder = app.folder().join("mail");
    runner::deliver_mail(&services(&app, folder.to_str().unwrap()));
    let page = browser.open("/admin/mail").expect(200);
    page.says("Nothing is held up").says("Last delivered Mail");
}

#[test]
fn a_sweep_that_does_not_run_is_told() {
    let app = TestApp::start();
    let mut browser = app.signed_in(ADMINISTRATOR);
    browser.open("/admin/mail").says("has not run in time");
    let folder = app.folder().join("mail");
    runner::run_due(&services(&app, folder.to_str().unwrap()), app.clock.now());
    let page = browser.open("/admin/mail");
    page.says("23 November 2026, 09:00").says("Sweep");
    assert!(!page.words().contains("has not run in time"));
}

#[test]
fn only_administrators_come_in() {
    let app = TestApp::start();
    app.signed_in("officer@ashdale.example")
        .open("/admin/mail")
        .expect(403);
    let page = app.browser().open("/admin/mail");
    assert_eq!(page.h1(), "Sign in");
}
