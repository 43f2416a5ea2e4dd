//! Each mail goes once, whoever else delivers and wherever the program stops.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hearth::db::columns::Key;
use hearth::db::{DbError, Result};
use hearth::mail::deliver::{self, LEASE, Summary};
use hearth::mail::{Courier, Letter, Topic, Transport, outbox};
use hearth::rules::identifiers::Reference;

use super::{Authority, Office, address, digest, letterhead, nine_o_clock, patient_for_a_second};
use crate::smtp::{Behaviour, SmtpServer};

#[test]
fn a_mail_whose_answer_was_lost_goes_again_with_the_same_message_id() {
    let server = SmtpServer::start(Behaviour::DropAfterData);
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
    let leased = office.db.write_now(|tx| deliver::lease(tx, now, LEASE, 10));
    assert_eq!(leased.unwrap().len(), 1);

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
    let leased = office.db.write_now(|tx| deliver::lease(tx, now, LEASE, 10));
    assert_eq!(leased.unwrap().len(), 1);

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
fn nothing_is_put_by_a_transaction_that_fails() {
    let office = Office::sending_by(Transport::memory());
    let failed = office.db.write_now(|tx| -> Result<()> {
        let letter = Letter {
            key: "digest:1".to_owned(),
            authority: Key::<Authority>::new(1),
            letterhead: &letterhead(),
            to: address("leader@wessex.example"),
            about: Topic::General,
            message: digest(),
        };
        outbox::put(tx, &letter, nine_o_clock())?;
        Err(DbError::Cancelled)
    });
    assert!(failed.is_err());
    assert_eq!(office.deliver(), Summary::default());
}

#[test]
fn a_clock_that_was_ahead_keeps_no_mail_back() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    let right = office.clock.now();
    let ahead = right + TimeDelta::days(30);
    office.clock.set(ahead);
    office.put_one();
    office.put("digest:2", "officer@wessex.example", &digest());
    let leased = office
        .db
        .write_now(|tx| deliver::lease(tx, ahead, LEASE, 1));
    assert_eq!(leased.unwrap().len(), 1);

    office.clock.set(right);
    assert_eq!(
        office.deliver().sent,
        2,
        "one was leased, and both put, in the future"
    );
    assert_eq!(server.received().len(), 2);
}
