//! Servers that say later, never, or nothing at all.

use chrono::TimeDelta;
use hearth::db::columns::Key;
use hearth::mail::deliver::{self, LEASE, Summary};
use hearth::mail::outbox::MailState;
use hearth::mail::{MailKind, Rendered, outbox};
use hearth::rules::identifiers::Reference;

use super::{Authority, Office, digest};
use crate::smtp::{Behaviour, SmtpServer};

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
    assert_eq!((dead.state, dead.tries), (MailState::Dead, 1));
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
        kind: MailKind::DeliveryFailed,
        ..digest()
    };
    office.put(&dead.reference, "manager@wessex.example", &report);
    let noted = office.db.write_now(|tx| {
        let unreported = outbox::dead_without_report(tx)?;
        outbox::note_reported(tx, unreported[0].id, office.clock.now())
    });
    noted.unwrap();
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
            unanswered: true,
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
            unanswered: true,
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
            unanswered: true,
            ..Summary::default()
        }
    );
    server.behave(Behaviour::Accept);
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().sent, 1);
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
        .write_now(|tx| deliver::lease(tx, now, LEASE, 10))
        .unwrap();
    office.pass(TimeDelta::hours(2));
    assert_eq!(
        office.stuck_mails().len(),
        1,
        "one mail is one, for whatever reason"
    );
}
