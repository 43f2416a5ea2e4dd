//! Mail that came back, as whoever runs the program and an administrator meet it.

use std::io::Write;
use std::process::{Command, Stdio};

use hearth::access::authority;
use hearth::mail::messages::Invitation;
use hearth::mail::{Courier, Letter, Topic, Transport, deliver, outbox};
use hearth::rules::identifiers::EmailAddress;

use super::app::{ASHDALE, OFFICER, TestApp};

const ADMINISTRATOR: &str = "admin@ashdale.example";
const PARENT: &str = "parent@ashdale.example";

/// Sends a letter to an address; gives the letter's Message-ID.
fn sent(app: &TestApp, to: &str) -> String {
    let transport = Transport::memory();
    let courier = Courier::new(transport, "hearth@ashdale.example".parse().unwrap());
    app.write(|tx| {
        let ashdale = authority::by_code(tx, ASHDALE)?.unwrap();
        let head = ashdale.letterhead(&app.url);
        let message = Invitation {
            role: "an officer".to_owned(),
            link: format!("{}/password/x", app.url),
            valid_for: "7 days".to_owned(),
        };
        let letter = Letter {
            key: format!("test:{to}"),
            authority: ashdale.key,
            letterhead: &head,
            to: EmailAddress::parse(to).unwrap(),
            about: Topic::General,
            message: message.render(&head).unwrap(),
        };
        outbox::put(tx, &letter, app.clock.now())
    });
    deliver::deliver_due(&app.db, &courier, &app.clock).unwrap();
    let posted = courier.transport.posted();
    let raw = &posted[0].raw;
    let line = raw.lines().find(|line| line.starts_with("Message-ID:"));
    line.unwrap().to_owned()
}

fn bounce(message_id: &str, to: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <{to}>: User unknown\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{message_id}\r\n\r\nText\r\n--b--\r\n"
    )
}

/// What `hearth mail bounce` says of a message, and its exit code.
fn hand_in(app: &TestApp, raw: &str) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearth"))
        .args(["mail", "bounce"])
        .current_dir(app.folder())
        .env_clear()
        .env("HEARTH_DATABASE_URL", app.database_url())
        .env("HEARTH_TODAY", "2026-11-23")
        .env("HEARTH_LOG", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(raw.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), said)
}

#[test]
fn an_address_that_mail_comes_back_from_is_shown_until_it_works_again() {
    let app = TestApp::start();
    let id = sent(&app, PARENT);
    let mut browser = app.signed_in(ADMINISTRATOR);
    browser
        .open("/admin/mail")
        .says("No mail has come back for good");
    let (code, said) = hand_in(&app, &bounce(&id, PARENT));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("came back for good"), "{said}");

    let page = browser.open("/admin/mail");
    page.says("Failing addresses Mail came back")
        .says("parent@ashdale.example 23 November 2026")
        .says("550 5.1.1 (address) User unknown")
        .says("Not delivered 1");
    let neighbour = app.signed_in("officer@brackwater.example").open("/");
    neighbour.keeps_quiet_about(PARENT);
    let page = page.form("/address-works").send(&mut browser);
    page.says("is told again from now on")
        .says("No mail has come back for good");
    assert_eq!(app.events(ASHDALE, "address_works_again"), 1);

    let (code, said) = hand_in(&app, &bounce(&id, PARENT));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("was known"), "{said}");
    browser
        .open("/admin/mail")
        .says("No mail has come back for good");
}

#[test]
fn what_changes_nothing_says_so_with_a_code_of_its_own() {
    let app = TestApp::start();
    let id = sent(&app, PARENT);
    for (raw, words) in [
        (String::new(), "this is no email"),
        (
            "Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nOn Monday".to_owned(),
            "no report",
        ),
        (
            bounce("Message-ID: <M-1@elsewhere.example>", "x@elsewhere.example"),
            "did not send",
        ),
        (
            bounce(&id, OFFICER).replace("Final-", "Original-"),
            "was not sent to",
        ),
        (
            bounce(&id, PARENT).replace("failed", "delayed"),
            "is delayed only",
        ),
    ] {
        let (code, said) = hand_in(&app, &raw);
        assert_eq!(code, 3, "{said}");
        assert!(
            said.contains(words) && said.contains("nothing is changed"),
            "{said}"
        );
    }
    let overview = app.read(|conn| outbox::overview(conn, app.authority(ASHDALE)));
    assert_eq!(overview.dead, 0);
}
