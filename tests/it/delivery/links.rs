//! Mails with a link that signs in, which are of use for a time only.

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use hearth::db::columns::Key;
use hearth::mail::messages::SignInLink;
use hearth::mail::{Letter, Topic, Transport, outbox};

use super::{Authority, Office, address, digest, letterhead, nine_o_clock};
use crate::shared::reading::Mail;
use crate::smtp::{Behaviour, SmtpServer};

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
                    about: Topic::General,
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
    assert_eq!(office.deliver().dead, 2, "the next try would be too late");

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
        about: Topic::General,
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
fn a_link_that_signs_in_is_forgotten_once_it_is_sent() {
    let office = Office::sending_by(Transport::memory());
    let link = "https://hearth.wessex.example/sign-in/secret".to_owned();
    let message = SignInLink {
        link,
        valid_for: "1 hour".to_owned(),
    }
    .render(&letterhead())
    .unwrap();
    office.put("sign-in:1", "parent@example.org", &message);
    assert_eq!(office.deliver().sent, 1);
    let posted = office.courier.transport.posted();
    assert!(Mail::of(&posted[0].raw).says("sign-in/secret"));

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
