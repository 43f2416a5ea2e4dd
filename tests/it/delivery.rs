//! The way of a mail from the outbox to a server that behaves, and to servers that do not.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::RunQueryDsl;
use hearth::clock::Clock;
use hearth::db::columns::Key;
use hearth::db::{Conn, Db, DbError, Result, migrate};
use hearth::mail::deliver::{self, LEASE, Summary, deliver_due};
use hearth::mail::messages::SignInLink;
use hearth::mail::{Courier, Letter, Letterhead, Rendered, Transport, Trust, outbox};
use hearth::rules::identifiers::{EmailAddress, Reference};

use crate::app::Place;
use crate::smtp::{Behaviour, SmtpServer};

mod tls;

/// An outbox of its own, with a clock that the test moves.
struct Office {
    db: Db,
    clock: Clock,
    courier: Courier,
    _place: Place,
    _folder: tempfile::TempDir,
}

struct Authority;

impl Office {
    fn sending_by(transport: Transport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::empty(&folder);
        let db = Db::open(&place.url, 4).unwrap();
        migrate::migrate(&db).unwrap();
        db.write_now(|tx| -> Result<()> {
            diesel::sql_query(
                "INSERT INTO authority (id, code, name) VALUES (1, '860', 'Wessex County Council')",
            )
            .execute(tx)?;
            Ok(())
        })
        .unwrap();
        let courier = Courier::new(transport, "hearth@wessex.example".parse().unwrap());
        Self {
            db,
            clock: Clock::stepped(nine_o_clock()),
            courier,
            _place: place,
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
        self.read(|conn| outbox::stuck(conn, self.clock.now()))
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
        kind: "lapse_digest",
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
    assert!(
        server
            .received()
            .iter()
            .all(|mail| mail.to.len() == 1 && !mail.raw.contains("Cc:"))
    );
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
fn a_server_that_says_later_is_asked_later() {
    let server = SmtpServer::start(Behaviour::Refuse4xx);
    let office = Office::sending_to(&server);
    office.put_one();

    assert_eq!(
        office.deliver(),
        Summary {
            retried: 1,
            ..Summary::default()
        }
    );
    assert_eq!(office.deliver(), Summary::default(), "not before its time");
    let overview = office.overview();
    assert_eq!(
        (overview.waiting, overview.retrying, overview.dead),
        (0, 1, 0)
    );
    assert!(overview.undelivered[0].last_answer.contains("greylisted"));
    assert!(
        !overview.undelivered[0].last_answer.contains('@'),
        "no address in what the server said"
    );
    assert!(overview.undelivered[0].next_try_at > office.clock.now());

    server.behave(Behaviour::Accept);
    office.clock.set(overview.undelivered[0].next_try_at);
    assert_eq!(office.deliver().sent, 1);
    assert_eq!(office.overview().undelivered, []);
}

#[test]
fn a_recipient_refused_for_good_is_dead_at_once_and_an_incident() {
    let server = SmtpServer::start(Behaviour::Refuse5xx(vec![
        "leader@wessex.example".to_owned(),
    ]));
    let office = Office::sending_to(&server);
    office.put_one();
    office.put("digest:2", "officer@wessex.example", &digest());

    assert_eq!(
        office.deliver(),
        Summary {
            sent: 1,
            dead: 1,
            ..Summary::default()
        }
    );
    let dead = office.overview().undelivered.remove(0);
    assert_eq!((dead.state.as_str(), dead.attempts), ("dead", 1));
    assert!(
        dead.last_answer.contains("User unknown"),
        "{}",
        dead.last_answer
    );
    assert_eq!(
        office.stuck().unreported,
        std::slice::from_ref(&dead.reference)
    );

    let report = Rendered {
        kind: "delivery_failed",
        ..digest()
    };
    office.put(
        &outbox::report_key(&dead.reference),
        "manager@wessex.example",
        &report,
    );
    assert_eq!(office.stuck_mails().len(), 0, "the manager is told");

    server.behave(Behaviour::Accept);
    let reference = Reference::parse(&dead.reference).unwrap();
    let again = office.db.write_now(|tx| {
        outbox::retry_now(tx, Key::<Authority>::new(1), &reference, office.clock.now())
    });
    assert!(again.unwrap());
    let elsewhere = office.db.write_now(|tx| {
        outbox::retry_now(tx, Key::<Authority>::new(2), &reference, office.clock.now())
    });
    assert!(
        !elsewhere.unwrap(),
        "another authority's mail is not ours to send"
    );
    assert_eq!(
        office.deliver(),
        Summary {
            sent: 2,
            ..Summary::default()
        }
    );
}

#[test]
fn a_server_that_turns_us_away_kills_no_mail() {
    let server = SmtpServer::start(Behaviour::RefuseUs);
    let office = Office::sending_to(&server);
    office.put_one();

    assert_eq!(
        office.deliver(),
        Summary {
            retried: 1,
            ..Summary::default()
        }
    );
    assert_eq!(office.overview().dead, 0);
}

#[test]
fn a_server_that_is_down_is_not_asked_for_every_mail() {
    let server = SmtpServer::start(Behaviour::Accept);
    let place = server.address();
    let office = Office::sending_to(&server);
    drop(server);
    for number in 0..10 {
        office.put(
            &format!("digest:{number}"),
            "leader@wessex.example",
            &digest(),
        );
    }

    assert_eq!(
        office.deliver(),
        Summary {
            retried: 3,
            gave_up: true,
            ..Summary::default()
        }
    );
    let overview = office.overview();
    assert_eq!((overview.waiting, overview.retrying), (7, 3));

    let server = SmtpServer::start_at(place, Behaviour::Accept);
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().sent, 10);
    assert_eq!(server.received().len(), 10);
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_long() {
    let server = SmtpServer::start(Behaviour::Stall);
    let office = Office::sending_to(&server);
    office.put_one();

    assert_eq!(
        office.deliver(),
        Summary {
            retried: 1,
            ..Summary::default()
        }
    );
    server.behave(Behaviour::Accept);
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().sent, 1);
}

#[test]
fn a_mail_whose_answer_was_lost_goes_again_with_the_same_message_id() {
    let server = SmtpServer::start(Behaviour::DropAfterData);
    let office = Office::sending_to(&server);
    office.put_one();

    assert_eq!(
        office.deliver(),
        Summary {
            retried: 1,
            ..Summary::default()
        }
    );
    server.behave(Behaviour::Accept);
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().sent, 1);

    let ids: Vec<_> = server
        .received()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn two_deliverers_at_once_send_each_mail_once() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    for number in 0..12 {
        office.put(
            &format!("digest:{number}"),
            "leader@wessex.example",
            &digest(),
        );
    }

    let sent: u32 = std::thread::scope(|threads| {
        let deliverers: Vec<_> = (0..3)
            .map(|_| threads.spawn(|| office.deliver().sent))
            .collect();
        deliverers
            .into_iter()
            .map(|deliverer| deliverer.join().unwrap())
            .sum()
    });

    assert_eq!(sent, 12);
    let ids: BTreeSet<_> = server
        .received()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!((server.received().len(), ids.len()), (12, 12));
}

#[test]
fn a_mail_that_was_claimed_before_a_crash_goes_after_the_lease() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    office.put_one();
    let now = office.clock.now();
    let claimed = office.db.write_now(|tx| deliver::claim(tx, now, LEASE, 10));
    assert_eq!(claimed.unwrap().len(), 1);

    assert_eq!(office.deliver(), Summary::default());
    office.pass(LEASE + TimeDelta::seconds(1));
    assert_eq!(office.deliver().sent, 1);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_mail_on_its_way_is_not_made_due_by_whoever_wants_it_tried_again() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    office.put_one();
    let now = office.clock.now();
    let claimed = office.db.write_now(|tx| deliver::claim(tx, now, LEASE, 10));
    assert_eq!(claimed.unwrap().len(), 1);

    let on_its_way = office.overview().undelivered.remove(0);
    let reference = Reference::parse(&on_its_way.reference).unwrap();
    let try_again = || {
        let (ours, now) = (Key::<Authority>::new(1), office.clock.now());
        let again = office
            .db
            .write_now(|tx| outbox::retry_now(tx, ours, &reference, now));
        again.unwrap()
    };
    assert!(!try_again(), "somebody is sending it");
    assert_eq!(office.deliver(), Summary::default(), "it would go twice");
    office.pass(LEASE + TimeDelta::seconds(1));
    assert!(try_again(), "whoever was sending it is gone");
    assert_eq!(office.deliver().sent, 1);
}

#[test]
fn what_was_claimed_and_not_begun_when_the_program_stops_goes_at_the_next_start() {
    let server = SmtpServer::start(Behaviour::Accept);
    let mut office = Office::sending_to(&server);
    office.put_one();
    office.courier.close();
    assert_eq!(office.deliver(), Summary::default());
    let overview = office.overview();
    assert_eq!((overview.waiting, overview.retrying), (1, 0));

    office.courier = Courier::new(patient_for_a_second(&server.url()), office.courier.from);
    assert_eq!(office.deliver().sent, 1, "without waiting for the lease");
}

#[test]
fn a_link_is_given_up_when_it_has_run_out() {
    let server = SmtpServer::start(Behaviour::Refuse4xx);
    let office = Office::sending_to(&server);
    for key in ["link:1", "link:2"] {
        let end = office.clock.now() + TimeDelta::hours(1);
        office
            .db
            .write_now(|tx| {
                let letter = Letter {
                    key: key.to_owned(),
                    authority: Key::<Authority>::new(1),
                    letterhead: &letterhead(),
                    to: address("parent@wessex.example"),
                    message: digest(),
                };
                outbox::put_until(tx, &letter, end, office.clock.now())
            })
            .unwrap();
    }
    assert_eq!(office.deliver().retried, 2);
    office.pass(TimeDelta::minutes(50));
    assert_eq!(office.deliver().retried, 2);
    office.pass(TimeDelta::minutes(8));
    assert_eq!(
        office.deliver().dead,
        2,
        "the next attempt would be too late"
    );

    office.put_one();
    server.behave(Behaviour::Accept);
    assert_eq!(office.deliver().sent, 1);
    let words = &office.overview().undelivered[0].last_answer;
    assert!(words.contains("greylisted"), "{words}");
}

#[test]
fn a_link_that_nobody_tried_in_time_is_not_sent() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    let end = office.clock.now() + TimeDelta::hours(1);
    let letter = |key: &str| Letter {
        key: key.to_owned(),
        authority: Key::<Authority>::new(1),
        letterhead: Box::leak(Box::new(letterhead())),
        to: address("parent@wessex.example"),
        message: digest(),
    };
    office
        .db
        .write_now(|tx| outbox::put_until(tx, &letter("link:1"), end, nine_o_clock()))
        .unwrap();
    office.pass(TimeDelta::minutes(61));
    assert_eq!(office.deliver().dead, 1);
    assert_eq!(server.received().len(), 0);
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
fn an_outbox_that_nobody_empties_is_stuck() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    office.put_one();
    office.pass(TimeDelta::hours(23));
    assert_eq!(office.stuck_mails().len(), 0);
    office.pass(TimeDelta::hours(2));
    assert_eq!(office.stuck().overdue.len(), 1);

    let now = office.clock.now();
    office
        .db
        .write_now(|tx| deliver::claim(tx, now, LEASE, 10))
        .unwrap();
    office.pass(TimeDelta::hours(2));
    assert_eq!(
        office.stuck_mails().len(),
        1,
        "one mail is one, for whatever reason"
    );
}

#[test]
fn nothing_is_put_by_a_transaction_that_fails() {
    let office = Office::sending_by(Transport::memory());
    let failed = office.db.write_now(|tx| -> Result<()> {
        let letter = Letter {
            key: "digest:1".to_owned(),
            authority: Key::<Authority>::new(1),
            letterhead: &letterhead(),
            to: address("leader@wessex.example"),
            message: digest(),
        };
        outbox::put(tx, &letter, nine_o_clock())?;
        Err(DbError::Cancelled)
    });
    assert!(failed.is_err());
    assert_eq!(office.deliver(), Summary::default());
}

#[test]
fn a_link_that_signs_in_is_forgotten_once_it_is_sent() {
    let office = Office::sending_by(Transport::memory());
    let link = "https://hearth.wessex.example/sign-in/secret".to_owned();
    let message = SignInLink {
        link,
        valid_for: "1 hour".to_owned(),
    }
    .render(&letterhead());
    office.put("sign-in:1", "parent@example.org", &message);
    assert_eq!(office.deliver().sent, 1);
    assert!(
        office.courier.transport.posted()[0]
            .raw
            .contains("sign-in/secret")
    );

    let stored = office.read(|conn| {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            all: String,
        }
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT subject || body_text || body_html || last_answer AS \"all\" FROM outgoing_mail",
        )
        .load(conn)?;
        Ok(rows.into_iter().map(|row| row.all).collect::<String>())
    });
    assert!(!stored.contains("secret"), "{stored}");
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
