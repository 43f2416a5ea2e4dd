//! Why a server refuses a mail, and what becomes of the mail and of its address.

use chrono::TimeDelta;
use hearth::mail::deliver::Summary;
use hearth::mail::{fault, outbox};
use hearth::rules::bounce::Cause;

use super::{Office, digest};
use crate::smtp::{At, Behaviour, SmtpServer};

impl Office {
    fn failing(&self) -> Vec<String> {
        self.read(outbox::failing_addresses)
    }

    fn put_many(&self, addresses: impl Iterator<Item = String>) {
        for address in addresses {
            self.put(&format!("digest:{address}"), &address, &digest());
        }
    }
}

#[test]
fn a_relay_that_refuses_everybody_kills_no_mail_and_marks_no_address() {
    for words in [
        "no",
        "5.1.1 User unknown",
        "5.7.1 Relay access denied",
        "5.4.1 Recipient address rejected: Access denied",
        "5.2.1 mailbox disabled",
    ] {
        let server = SmtpServer::start(Behaviour::RefuseAt(At::Rcpt, 550, words));
        let office = Office::sending_to(&server);
        office.put_many(
            (0..104).map(|number| format!("officer{number}@wessex{}.example", number % 7)),
        );
        let first = office.deliver();
        assert_eq!((first.sent, first.dead), (0, 0), "{words}");
        assert!(office.read(fault::of_all).is_general(), "{words}");
        for _ in 0..8 {
            office.pass(TimeDelta::hours(2));
            assert_eq!(office.deliver().dead, 0, "{words}");
        }
        assert_eq!(office.overview().dead, 0, "{words}");
        assert_eq!(office.failing(), Vec::<String>::new(), "{words}");
        assert!(office.stuck().unreported.is_empty(), "{words}");

        server.behave(Behaviour::Accept);
        office.pass(TimeDelta::days(2));
        assert_eq!(office.deliver().sent, 104, "{words}");
        assert!(!office.read(fault::of_all).is_any(), "{words}");
    }
}

#[test]
fn a_domain_that_lost_its_mailboxes_is_doubted_although_others_are_taken() {
    let lost: Vec<String> = (0..5)
        .map(|number| format!("officer{number}@wessex.example"))
        .collect();
    let server = SmtpServer::start(Behaviour::Refuse5xx(lost.clone()));
    let office = Office::sending_to(&server);
    office.put_many(lost.iter().cloned());
    office.put_many(["parent@elsewhere.example".to_owned()].into_iter());
    let first = office.deliver();
    assert_eq!((first.sent, first.retried, first.dead), (1, 5, 0));
    assert_eq!(office.failing(), Vec::<String>::new());

    // Once the domain takes something, what it refuses is believed.
    let gone = lost[..3].to_vec();
    server.behave(Behaviour::Refuse5xx(gone.clone()));
    office.pass(TimeDelta::hours(1));
    let second = office.deliver();
    assert_eq!((second.sent, second.dead), (2, 3));
    let mut failing = office.failing();
    failing.sort();
    assert_eq!(failing, gone);
    assert!(!office.read(fault::of_all).is_any());
}

#[test]
fn mailboxes_that_are_gone_are_believed_once_their_domain_took_a_mail_since() {
    let gone: Vec<String> = (0..3)
        .map(|number| format!("gone{number}@wessex.example"))
        .collect();
    let server = SmtpServer::start(Behaviour::Refuse5xx(gone.clone()));
    let office = Office::sending_to(&server);
    office.put_many(gone.iter().cloned());
    assert_eq!(office.deliver().retried, 3);
    office.pass(TimeDelta::seconds(10));
    office.put_many(["leader@wessex.example".to_owned()].into_iter());
    assert_eq!(office.deliver().sent, 1);
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().dead, 3);
    assert_eq!(office.failing().len(), 3);
}

#[test]
fn some_who_left_one_domain_are_no_fault_of_ours_and_are_believed_within_hours() {
    let server = SmtpServer::start(Behaviour::RefuseAt(At::Rcpt, 550, "5.1.1 User unknown"));
    let office = Office::sending_to(&server);
    office.put_many((0..3).map(|number| format!("gone{number}@wessex.example")));
    let first = office.deliver();
    assert_eq!((first.retried, first.dead), (3, 0), "doubted once");
    assert!(!office.read(fault::of_all).is_any());
    office.pass(TimeDelta::hours(1));
    assert_eq!(office.deliver().dead, 0);
    assert_eq!(office.failing(), Vec::<String>::new());
    office.pass(TimeDelta::hours(4));
    assert_eq!(office.deliver().dead, 3);
    assert_eq!(office.failing().len(), 3);
    assert!(!office.read(fault::of_all).is_any());
}

#[test]
fn some_refused_without_a_reason_are_taken_for_a_fault_of_ours() {
    let server = SmtpServer::start(Behaviour::RefuseAt(At::Rcpt, 550, "no"));
    let office = Office::sending_to(&server);
    office.put_many((0..3).map(|number| format!("officer{number}@wessex.example")));
    assert_eq!(office.deliver().dead, 0);
    assert!(office.read(fault::of_all).is_general());
}

#[test]
fn a_refusal_is_read_by_the_command_it_answers() {
    for (at, code, words, is_dead, cause) in [
        (At::Mail, 550, "5.1.0 no", false, Cause::OurFault),
        (At::Mail, 552, "5.3.4 too big", true, Cause::TooBig),
        (
            At::Rcpt,
            554,
            "5.7.1 blocked using zen.spamhaus.example",
            false,
            Cause::OurFault,
        ),
        (At::Rcpt, 552, "5.2.2 mailbox full", false, Cause::Full),
        (At::Rcpt, 550, "5.1.1 user unknown", true, Cause::Gone),
        (
            At::Data,
            550,
            "5.7.26 sender domain fails DMARC",
            false,
            Cause::OurFault,
        ),
        (
            At::Data,
            554,
            "5.7.1 this looks like spam",
            true,
            Cause::Content,
        ),
        (At::Data, 451, "4.3.0 try later", false, Cause::Moment),
    ] {
        let server = SmtpServer::start(Behaviour::RefuseAt(at, code, words));
        let office = Office::sending_to(&server);
        office.put_one();
        office.deliver();
        let mail = office.overview().undelivered.remove(0);
        assert_eq!(mail.cause, Some(cause), "{at:?} {words}");
        assert_eq!(mail.is_dead(), is_dead, "{at:?} {words}");
        let marked = office.failing().len();
        assert_eq!(marked, usize::from(cause == Cause::Gone), "{at:?} {words}");

        server.behave(Behaviour::Accept);
        office.pass(TimeDelta::hours(1));
        let sent = if is_dead { 0 } else { 1 };
        assert_eq!(office.deliver().sent, sent, "{at:?} {words}");
    }
}

#[test]
fn an_address_beyond_ascii_goes_where_it_is_taken_and_is_refused_with_a_reason_elsewhere() {
    let server = SmtpServer::start(Behaviour::Accept);
    let office = Office::sending_to(&server);
    office.put("digest:1", "zo\u{eb}@wessex.example", &digest());
    office.put("digest:2", "leader@wessex.example", &digest());
    let first = office.deliver();
    assert_eq!((first.sent, first.dead), (1, 1));
    let mail = office.overview().undelivered.remove(0);
    assert!(
        mail.last_answer.contains("SMTPUTF8"),
        "{}",
        mail.last_answer
    );
    assert_eq!(office.failing(), Vec::<String>::new());

    let server = SmtpServer::start(Behaviour::AcceptUtf8);
    let office = Office::sending_to(&server);
    office.put("digest:1", "zo\u{eb}@wessex.example", &digest());
    assert_eq!(
        office.deliver(),
        Summary {
            sent: 1,
            ..Summary::default()
        }
    );
    assert_eq!(server.received()[0].to, ["zo\u{eb}@wessex.example"]);
}
