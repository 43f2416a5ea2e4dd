//! That mail does not arrive by our own fault, as whoever watches the service, the staff and the administrators meet it.

use std::time::Duration;

use hearth::access::{Act, Viewer, accounts, authority};
use hearth::clock::At as Moment;
use hearth::jobs::{Services, bounces, runner};
use hearth::mail::messages::Invitation;
use hearth::mail::{Courier, Letter, Topic, Transport, Trust, outbox};
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::EmailAddress;

use super::app::{ASHDALE, MANAGER, OFFICER, TestApp};
use super::smtp::{At, Behaviour, SmtpServer};

const ADMINISTRATOR: &str = "admin@ashdale.example";

fn services(app: &TestApp, server: &SmtpServer) -> Services {
    let transport =
        Transport::smtp(&server.url(), Duration::from_secs(5), &Trust::default()).unwrap();
    Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::new(transport, "hearth@ashdale.example".parse().unwrap()),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
    }
}

fn put(app: &TestApp, to: &str) {
    app.write(|tx| {
        let ashdale = authority::by_code(tx, ASHDALE)?.unwrap();
        let head = ashdale.letterhead(&app.url);
        let message = Invitation {
            role: "an officer".to_owned(),
            link: format!("{}/password/x", app.url),
            valid_for: "7 days".to_owned(),
        };
        let mut message = message.render(&head).unwrap();
        // One whose words are kept after it was sent.
        message.kind = hearth::mail::MailKind::Receipt;
        let letter = Letter {
            key: format!("test:{to}"),
            authority: ashdale.key,
            letterhead: &head,
            to: EmailAddress::parse(to).unwrap(),
            about: Topic::General,
            message,
        };
        outbox::put(tx, &letter, app.clock.now())
    });
}

#[test]
fn a_blocked_domain_alarms_fails_the_health_and_is_mended_with_one_button() {
    let app = TestApp::start();
    let server = SmtpServer::start(Behaviour::RefuseAt(
        At::Data,
        550,
        "5.7.26 sender domain fails DMARC",
    ));
    let services = services(&app, &server);
    runner::run_due(&services, app.clock.now());
    app.browser().open("/health/ready").expect(200);
    for number in 0..12 {
        put(&app, &format!("parent{number}@elsewhere.example"));
    }
    runner::deliver_mail(&services);

    let health = app.browser().open("/health/ready").expect(503);
    assert!(health.text.contains("does not arrive by our own fault"));
    assert!(health.text.contains("\"addresses\":13"), "{}", health.text);
    // What a server says may name people, and anybody reads this.
    assert!(!health.text.contains("DMARC"), "{}", health.text);
    let wanted = server.recipients();
    assert!(wanted.iter().any(|to| to == ADMINISTRATOR), "{wanted:?}");
    let mut officer = app.signed_in(OFFICER);
    officer
        .open("/work")
        .says("Mail is not arriving at 13 addresses")
        .says("Ade Admin");
    assert_eq!(app.read(outbox::failing_addresses), Vec::<String>::new());

    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open("/admin/mail");
    page.says("A fault of our own")
        .says("13 addresses do not get their mail")
        .says("Not delivered 0")
        .says("sender domain fails DMARC");
    server.behave(Behaviour::Accept);
    let page = page.form("/admin/mail/fault/repair").send(&mut browser);
    page.says("13 emails are tried again now");
    assert_eq!(app.events(ASHDALE, "mail_fault_mended"), 1);
    runner::deliver_mail(&services);
    assert_eq!(server.received().len(), 13);
    app.browser().open("/health/ready").expect(200);
    officer.open("/work").keeps_quiet_about("not arriving");
    let mailed = server.received();
    let alarm = mailed.iter().find(|it| it.to == [ADMINISTRATOR]).unwrap();
    assert!(alarm.header("Subject").contains("does not arrive"));
}

#[test]
fn reports_on_our_own_domain_silence_nobody() {
    let app = TestApp::start();
    let server = SmtpServer::start(Behaviour::Accept);
    let services = services(&app, &server);
    runner::run_due(&services, app.clock.now());
    let staff = [OFFICER, MANAGER, "duty@council.example"];
    staff.iter().for_each(|to| put(&app, to));
    runner::deliver_mail(&services);
    for mail in server.received() {
        let raw = format!(
            "From: MAILER-DAEMON@mx.example\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.7.26\r\n\
             Diagnostic-Code: smtp; 550-5.7.26 sender domain fails DMARC\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {}\r\nSubject: x\r\n\r\n--b--\r\n",
            mail.to[0],
            mail.header("Message-ID"),
        );
        bounces::take(&services, raw.as_bytes()).unwrap();
    }
    assert_eq!(app.read(outbox::failing_addresses), Vec::<String>::new());
    // Whoever has a mail of ours can write such reports.
    app.browser().open("/health/ready").expect(200);
    let mut browser = app.signed_in(ADMINISTRATOR);
    let page = browser.open("/admin/mail");
    page.says("3 addresses do not get their mail");

    let blocked = "5.7.26 sender domain fails DMARC";
    server.behave(Behaviour::RefuseAt(At::Data, 550, blocked));
    page.form("/admin/mail/fault/repair").send(&mut browser);
    runner::deliver_mail(&services);
    app.browser().open("/health/ready").expect(503);

    server.behave(Behaviour::Accept);
    let page = browser.open("/admin/mail");
    page.form("/admin/mail/fault/repair").send(&mut browser);
    runner::deliver_mail(&services);
    assert!(server.received().len() >= 6);
    app.browser().open("/health/ready").expect(200);
}

#[test]
fn every_page_says_for_which_posts_nobody_reads_any_more() {
    let app = TestApp::start();
    let server = SmtpServer::start(Behaviour::Accept);
    let services = services(&app, &server);
    runner::run_due(&services, app.clock.now());
    app.write(|tx| {
        let ashdale = authority::by_code(tx, ASHDALE)?.unwrap();
        let viewer = Viewer::program(ashdale.key, "test");
        let at = Moment::of(app.clock.now());
        let mailbox = EmailAddress::parse("team@ashdale.example").unwrap();
        let since = at.today();
        accounts::give_post_to_mailbox(
            &mut Act::new(tx, &viewer, at),
            Post::DataTeam,
            &mailbox,
            since,
        )
    });
    let mut officer = app.signed_in(OFFICER);
    officer
        .open("/work")
        .keeps_quiet_about("Mail has come back");
    server.behave(Behaviour::RefuseAt(At::Rcpt, 550, "5.1.1 User unknown"));
    put(&app, MANAGER);
    runner::deliver_mail(&services);
    // The authority's mailbox is above all posts.
    officer
        .open("/work")
        .keeps_quiet_about("Mail has come back");
    put(&app, "duty@council.example");
    runner::deliver_mail(&services);
    let failing = app.read(outbox::failing_addresses);
    assert_eq!(failing, [MANAGER, "duty@council.example"]);
    officer
        .open("/work")
        .says("Mail has come back from everybody who is told what is for the team leader, the manager, the head of service, the duty mailbox or the safeguarding lead")
        .says("nobody may read it")
        .says("Hearth still writes to the address that worked last")
        .says("Ade Admin");
    app.ending
        .leave_unproved("mail came back from everybody who is told");
}
