//! The way of a mail from the outbox to a server that behaves, and to servers that do not.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::RunQueryDsl;
use hearth::clock::Clock;
use hearth::db::columns::Key;
use hearth::db::{Conn, Db, Result};
use hearth::mail::deliver::{Summary, deliver_due};
use hearth::mail::returned::{self, Returned};
use hearth::mail::{
    Courier, Letter, Letterhead, MailKind, Rendered, Topic, Transport, Trust, outbox,
};
use hearth::rules::bounce::Cause;
use hearth::rules::identifiers::{EmailAddress, Reference};
use hearth::shipped;

use crate::app::Place;
use crate::smtp::{Behaviour, SmtpServer};

mod causes;
mod links;
mod once;
mod refusals;
mod tls;
mod unwritten;

/// An outbox of its own, with a clock that the test moves.
struct Office {
    db: Db,
    clock: Clock,
    courier: Courier,
    place: Place,
    _folder: tempfile::TempDir,
}

struct Authority;

impl Office {
    fn sending_by(transport: Transport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        let db = Db::open(&place.url, 4).unwrap();
        shipped::bring_up(&db).unwrap();
        db.write_now(|tx| -> Result<()> {
            diesel::sql_query("UPDATE authority SET name = 'Wessex County Council' WHERE id = 1")
                .execute(tx)?;
            Ok(())
        })
        .unwrap();
        let courier = Courier::new(transport, "hearth@wessex.example".parse().unwrap());
        Self {
            db,
            clock: Clock::stepped(nine_o_clock()),
            courier,
            place,
            _folder: folder,
        }
    }

    fn sending_to(server: &SmtpServer) -> Self {
        Self::sending_by(patient_for_a_second(&server.url()))
    }

    fn put(&self, key: &str, to: &str, message: &Rendered) {
        let now = self.clock.now();
        let (key, to) = (key.to_owned(), address(to));
        self.db
            .write_now(|tx| {
                let letter = Letter {
                    key: key.clone(),
                    authority: Key::<Authority>::new(1),
                    letterhead: &letterhead(),
                    to: to.clone(),
                    about: Topic::General,
                    message: message.clone(),
                };
                outbox::put(tx, &letter, now)
            })
            .unwrap();
    }

    fn put_one(&self) {
        self.put("digest:1", "leader@wessex.example", &digest());
    }

    fn deliver(&self) -> Summary {
        deliver_due(&self.db, &self.courier, &self.clock).unwrap()
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    fn overview(&self) -> outbox::Overview {
        self.read(|conn| outbox::overview(conn, Key::<Authority>::new(1)))
    }

    fn stuck(&self) -> outbox::Stuck {
        self.read(|conn| outbox::stuck(conn, self.clock.now(), TimeDelta::days(1)))
    }

    fn stuck_mails(&self) -> Vec<String> {
        let stuck = self.stuck();
        [stuck.overdue, stuck.abandoned, stuck.unreported].concat()
    }

    fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> T {
        self.db.read_now(f).unwrap()
    }
}

fn nine_o_clock() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 23)
        .unwrap()
        .and_hms_opt(9, 0, 0)
        .unwrap()
}

fn patient_for_a_second(url: &str) -> Transport {
    Transport::smtp(url, Duration::from_secs(1), &Trust::default()).unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn letterhead() -> Letterhead {
    Letterhead {
        authority: "Wessex County Council".to_owned(),
        reply_to: Some(address("home.education@wessex.example")),
        telephone: None,
        base_url: "https://hearth.wessex.example:8443/".to_owned(),
    }
}

fn digest() -> Rendered {
    Rendered {
        kind: MailKind::LapseDigest,
        subject: "3 welfare checks have lapsed".to_owned(),
        text: "Each needs a plan.\n".to_owned(),
        html: "<p>Each needs a plan.</p>".to_owned(),
    }
}

#[test]
fn a_mail_is_sent_once_and_says_what_mail_programs_need() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    office.put_one();
    office.put_one();

    assert_eq!(
        office.deliver(),
        Summary {
            sent: 1,
            ..Summary::default()
        }
    );
    assert_eq!(office.deliver(), Summary::default());

    let received = server.received();
    assert_eq!(received.len(), 1);
    let mail = &received[0];
    assert_eq!(mail.from, "hearth@wessex.example");
    assert_eq!(mail.to, ["leader@wessex.example"]);
    assert_eq!(
        mail.header("From"),
        "\"Wessex County Council\" <hearth@wessex.example>"
    );
    assert_eq!(
        mail.header("Reply-To"),
        "\"Wessex County Council\" <home.education@wessex.example>"
    );
    assert_eq!(mail.header("To"), "leader@wessex.example");
    assert_eq!(mail.header("Subject"), "3 welfare checks have lapsed");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Date"), "Mon, 23 Nov 2026 09:00:00 +0000");
    assert!(
        mail.header("Content-Type")
            .starts_with("multipart/alternative")
    );
    let id = mail.header("Message-ID");
    let reference = id
        .strip_prefix('<')
        .unwrap()
        .strip_suffix("@hearth.wessex.example>")
        .unwrap();
    assert_eq!(Reference::parse(reference).unwrap().as_str(), reference);
}

#[test]
fn many_mails_go_one_by_one_over_the_connections_there_may_be() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    for number in 0..8 {
        office.put(
            &format!("digest:{number}"),
            &format!("officer{number}@wessex.example"),
            &digest(),
        );
    }

    assert_eq!(office.deliver().sent, 8);
    assert!(server.received().iter().all(|mail| mail.to.len() == 1
        && mail.header("Cc").is_empty()
        && mail.header("Bcc").is_empty()));
    let recipients: BTreeSet<_> = server
        .received()
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    assert_eq!(recipients.len(), 8);
    assert!((1..=office.courier.connections).contains(&server.connections()));
    office.put_one();
    let before = server.connections();
    office.deliver();
    assert_eq!(server.connections(), before, "connections are kept");
}

#[test]
fn what_cannot_be_delivered_comes_back_to_the_address_for_that() {
    let server = SmtpServer::start(Behaviour::Accept);
    let mut office = Office::sending_to(&server);
    office.courier.bounces_to = "bounces@wessex.example".parse().unwrap();
    office.put_one();
    office.deliver();
    let mail = &server.received()[0];
    assert_eq!(mail.from, "bounces@wessex.example");
    assert!(mail.header("From").contains("<hearth@wessex.example>"));
}

#[test]
fn a_mail_names_itself_in_the_address_it_comes_back_to_and_is_known_by_that_alone() {
    let server = SmtpServer::start(Behaviour::Accept);
    let mut office = Office::sending_to(&server);
    office.courier.bounces_to = "bounces@wessex.example".parse().unwrap();
    office.courier.tagged = true;
    office.put_one();
    office.deliver();
    let from = server.received()[0].from.clone();
    assert!(
        from.starts_with("bounces+M-") && from.ends_with("@wessex.example"),
        "{from}"
    );
    let raw = format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: {}\r\nSubject: Undelivered\r\n\r\nNo such user.\r\n",
        from.to_lowercase()
    );
    let now = office.clock.now();
    let nobody = None::<Key<Authority>>;
    let taken = office
        .db
        .write_now(|tx| returned::take(tx, raw.as_bytes(), nobody, now))
        .unwrap();
    assert!(
        matches!(taken, Returned::Lost(_, Cause::Unclear)),
        "it names no address that is gone: {taken:?}"
    );
}

#[test]
fn a_folder_gets_files_that_mail_programs_read() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("var/mail");
    let office = Office::sending_by(
        Transport::from_setting(mails.to_str().unwrap(), &Trust::default()).unwrap(),
    );
    office.put_one();
    assert_eq!(office.deliver().sent, 1);

    let files: Vec<_> = std::fs::read_dir(&mails)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "no unfinished file is left: {files:?}");
    let name = files[0].file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with("2026-11-23T090000-M-") && name.ends_with(".eml"),
        "{name}"
    );
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(
        text.starts_with("From: \"Wessex County Council\" <hearth@wessex.example>\r\n"),
        "{text}"
    );
    assert!(text.contains("Content-Type: text/plain") && text.contains("Content-Type: text/html"));
}

#[test]
fn settings_that_would_send_in_the_open_or_nowhere_are_refused_without_repeating_the_password() {
    let refusals = [
        (
            "smtp://user:geheim@mail.example?tls=none",
            "may go unencrypted only to this machine",
        ),
        (
            "smtp://user:geheim@mail.example?tls=opportunistic",
            "remove tls=opportunistic",
        ),
        ("smtp://user:geheim@mail.example?tls=maybe", "tls=maybe"),
        ("https://user:geheim@mail.example", "begins with https://"),
        ("smtp://user:geheim@:99999", "not understood"),
    ];
    for (setting, words) in refusals {
        let refusal = Transport::from_setting(setting, &Trust::default())
            .unwrap_err()
            .to_string();
        assert!(refusal.contains(words), "{refusal}");
        assert!(!refusal.contains("geheim"), "{refusal}");
    }
    let refusal = Courier::from_settings("smtp://localhost", "Hearth").unwrap_err();
    assert!(
        refusal.to_string().contains("HEARTH_MAIL_FROM"),
        "{refusal}"
    );
    assert!(Courier::from_settings("smtp://localhost", "hearth@localhost").is_ok());
    let settings = [
        "smtp://user:geheim@mail.example",
        "smtp://localhost:2525?tls=opportunistic",
        "smtps://user:geheim@mail.example",
        "smtp://127.0.0.1:2525",
        "smtp://localhost:2525?tls=none",
    ];
    for setting in settings {
        let transport = Transport::from_setting(setting, &Trust::default()).unwrap();
        assert!(
            !format!("{transport} {transport:?}").contains("geheim"),
            "{transport:?}"
        );
    }
}
