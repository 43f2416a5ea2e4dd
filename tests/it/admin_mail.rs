//! What an administrator sees of mail and jobs, and what they can do about it.

use std::time::Duration;

use hearth::jobs::{Services, runner};
use hearth::mail::messages::Invitation;
use hearth::mail::{Courier, Letter, Letterhead, MailKind, Topic, outbox};
use hearth::rules::identifiers::EmailAddress;

use super::app::{ASHDALE, BRACKWATER, OFFICER, TestApp};

const ADMINISTRATOR: &str = "admin@ashdale.example";

fn services(app: &TestApp, mail: &str) -> Services {
    Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings(mail, "hearth@ashdale.example").unwrap(),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
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
        about: Topic::General,
        message: message.render(&letterhead).unwrap(),
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
    browser
        .open("/admin/mail")
        .says("Nobody has looked for lapsed checks");
    let folder = app.folder().join("mail");
    runner::run_due(&services(&app, folder.to_str().unwrap()), app.clock.now());
    let page = browser.open("/admin/mail");
    page.says("23 November 2026, 09:00").says("Sweep");
    assert!(!page.words().contains("Nobody has looked for lapsed checks"));
}

#[test]
fn only_administrators_come_in() {
    let app = TestApp::start();
    app.signed_in(OFFICER).open("/admin/mail").expect(403);
    let page = app.browser().open("/admin/mail");
    assert_eq!(page.h1(), "Sign in");
}

#[test]
fn a_day_is_rehearsed_and_leaves_nothing_behind() {
    let app = TestApp::start();
    let ada = super::register_scene::child(&app, OFFICER, "Ada", "Field", "2015-04-03");
    super::register_scene::allocate(&app, &ada, OFFICER);
    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open("/admin/mail").expect(200);
    let page =
        browser.open(&page.link("Rehearse a day: what would lapse and who would be written to"));
    let early = page
        .form("/admin/rehearsal")
        .set_date("on", "1", "1", "2020");
    early
        .send(&mut browser)
        .expect(422)
        .says("Choose today or a later day");
    let rehearse = |browser: &mut super::browser::Browser| {
        page.form("/admin/rehearsal")
            .set_date("on", "21", "12", "2026")
            .send(browser)
            .expect(200)
    };
    let rehearsed = rehearse(&mut browser);
    rehearsed
        .says("On 21 December 2026")
        .says(OFFICER)
        .says("Lapse digest")
        .says("Weekly digest")
        .keeps_quiet_about("were assessed for this rehearsal");
    assert_eq!(
        rehearse(&mut browser).words(),
        rehearsed.words(),
        "nothing was left behind"
    );
    let authority = app.eyes(OFFICER).authority();
    let outbox = app.read(|conn| hearth::mail::outbox::overview(conn, authority));
    assert_eq!(outbox.waiting, 0);
    assert!(
        app.read(|conn| hearth::duty::lapse::of_child(conn, ada.key))
            .is_empty()
    );
}

#[test]
fn an_administrator_reads_what_is_written_and_sends_themselves_a_test() {
    let app = TestApp::start();
    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open("/admin/mail/samples").expect(200);
    page.says("Lapse digest")
        .says("Weekly digest")
        .says("Sign in link")
        .says("L-0000-0000");
    let forms = page.text.matches("Send it to me").count();
    assert_eq!(forms, MailKind::ALL.len() - 1, "all but the sample itself");
    let sent = page
        .form("/admin/mail/samples")
        .send(&mut browser)
        .expect(200);
    sent.says(&format!("The sample is on its way to {ADMINISTRATOR}"));
    let authority = app.eyes(OFFICER).authority();
    let put = app.read(|conn| hearth::mail::outbox::put_since(conn, authority, None));
    assert_eq!(put.len(), 1);
    assert_eq!(
        (put[0].kind, put[0].recipient.as_str()),
        (MailKind::Sample, ADMINISTRATOR)
    );
    assert!(put[0].subject.starts_with("Test: "));
}
