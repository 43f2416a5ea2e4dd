//! News that does not arrive: mail that dies on its way and mail that comes back.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;
use crate::duty::posts::{HeardOf, Posts};
use crate::jobs::bounces;
use crate::mail::Transport;
use crate::mail::returned::Returned;
use crate::mail::transport::Play;
use crate::mail::unplaced;
use crate::mail::{fault, outbox};
use crate::rules::bounce::{Cause, Command};
use crate::rules::delivery::{Answer, Refusal};

/// What a mail server sends back about a mail.
fn bounce(mail: &Posted, to: &str, action: &str, status: &str) -> String {
    let id = message_id(mail);
    format!(
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 no such user\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{id}\r\n--b--\r\n"
    )
}

fn message_id(mail: &Posted) -> &str {
    let mut lines = mail.raw.lines();
    lines.find(|line| line.starts_with("Message-ID:")).unwrap()
}

impl World {
    fn take(&self, raw: &str) -> Returned {
        bounces::take(&self.services, raw.as_bytes()).unwrap()
    }

    fn failing(&self) -> Vec<String> {
        self.run(outbox::failing_addresses)
    }

    fn unplaced(&self) -> Vec<unplaced::Unplaced> {
        self.run(|conn| unplaced::open(conn, self.authority))
    }

    fn posts(&self) -> Posts {
        self.run(|conn| {
            let authority = authority::by_key(conn, self.authority)?;
            Posts::of(conn, &authority, self.today())
        })
    }

    fn promise_is_broken(&self, words: &str) -> bool {
        self.broken_promises().iter().any(|it| it.contains(words))
    }

    /// Mail comes back from one after the other, until the duty mailbox is told.
    fn pass_up_to_the_mailbox(&self, mut told: Vec<Posted>) -> Vec<Posted> {
        for (who, next) in [(TEAM_LEADER, MANAGER), (MANAGER, HEAD), (HEAD, DUTY)] {
            self.take(&bounce(to(&told, who), who, "failed", "5.1.1"));
            told = self.sweep();
            assert!(recipients(&told).contains(&next), "{:?}", recipients(&told));
        }
        told
    }

    fn dead(&self) -> i64 {
        self.run(|conn| outbox::overview(conn, self.authority)).dead
    }

    /// Runs what is due with a mail server that knows no such mailboxes; gives what it took.
    fn sweep_refusing(&mut self, gone: &'static [&str]) -> Vec<Posted> {
        let taken: Arc<Mutex<Vec<Posted>>> = Arc::default();
        let kept = Arc::clone(&taken);
        let play = Play::new(move |mail| {
            if gone.contains(&mail.to.as_str()) {
                return Answer::Refused(Refusal {
                    command: Some(Command::Rcpt),
                    code: 550,
                    words: "5.1.1 no such user".to_owned(),
                });
            }
            kept.lock().unwrap().push(mail);
            Answer::Accepted {
                reply: "250 ok".to_owned(),
            }
        });
        self.services.courier.transport = Transport::Played(play);
        runner::run_due(&self.services, self.now());
        std::mem::take(&mut *taken.lock().unwrap())
    }
}

fn to<'a>(mails: &'a [Posted], whom: &str) -> &'a Posted {
    mails.iter().find(|mail| mail.to == whom).unwrap()
}

/// A check has lapsed and two people were told; another lapses tomorrow.
fn world_with_a_lapse() -> (World, Vec<Posted>) {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    world.known_since_seen("2025-12-02");
    // What is due soon and how the week stands was told the day before.
    world.on("2026-12-01").sweep();
    let mails = world.on("2026-12-02").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER, OFFICER]);
    (world, mails)
}

#[test]
fn a_lapse_mail_that_dies_climbs_in_the_same_run_until_somebody_is_told() {
    let mut world = World::new();
    world.known_since_seen("2025-12-01");
    world.on("2026-12-01").sweep();
    world.on("2026-12-02");
    let mails = world.sweep_refusing(&[TEAM_LEADER, MANAGER]);
    assert_eq!(recipients(&mails), [HEAD, OFFICER]);
    assert!(read(to(&mails, HEAD)).says("could not be delivered"));
    assert_eq!(world.dead(), 2);
    assert_eq!(world.failing(), [TEAM_LEADER, MANAGER]);
    assert!(world.sweep_refusing(&[]).is_empty());
    world.assert_green();
}

#[test]
fn a_mail_that_came_back_for_good_climbs_and_its_address_holds_no_post() {
    let (world, mails) = world_with_a_lapse();
    let raw = bounce(to(&mails, TEAM_LEADER), TEAM_LEADER, "failed", "5.1.1");
    let taken = world.take(&raw);
    assert!(matches!(taken, Returned::Lost(_, Cause::Gone)), "{taken:?}");
    assert_eq!(world.failing(), [TEAM_LEADER]);
    assert_eq!(recipients(&world.sweep()), [MANAGER]);
    world.assert_green();

    assert!(matches!(world.take(&raw), Returned::KnownBefore(_)));
    assert!(world.sweep().is_empty(), "nobody is told of it twice");

    let mails = world.on("2026-12-03").sweep();
    assert_eq!(recipients(&mails), [MANAGER, OFFICER]);
    world.assert_green();
}

#[test]
fn an_officer_whose_mail_comes_back_is_passed_over() {
    let (world, mails) = world_with_a_lapse();
    let raw = bounce(to(&mails, OFFICER), OFFICER, "failed", "5.1.1");
    world.take(&raw);
    assert_eq!(recipients(&world.sweep()), [TEAM_LEADER]);
    assert_eq!(recipients(&world.on("2026-12-03").sweep()), [TEAM_LEADER]);
    world.assert_green();
}

#[test]
fn what_the_server_gave_up_climbs_and_the_address_stays() {
    let (world, mails) = world_with_a_lapse();
    let raw = bounce(to(&mails, TEAM_LEADER), TEAM_LEADER, "failed", "4.4.7");
    let taken = world.take(&raw);
    assert!(
        matches!(taken, Returned::Lost(_, Cause::Moment)),
        "{taken:?}"
    );
    assert_eq!(world.failing(), Vec::<String>::new());
    assert_eq!(recipients(&world.sweep()), [MANAGER]);
}

#[test]
fn what_proves_nothing_changes_nothing() {
    let (world, mails) = world_with_a_lapse();
    let mail = to(&mails, TEAM_LEADER);
    let good = bounce(mail, TEAM_LEADER, "failed", "5.1.1");
    let is_no_mail_of_ours = good
        .replace("Message-ID: <M-", "Message-ID: <M-9")
        .replace(TEAM_LEADER, "stranger@elsewhere.example");
    assert_eq!(world.take(&is_no_mail_of_ours), Returned::NotOurs);
    let delayed = world.take(&bounce(mail, TEAM_LEADER, "delayed", "4.4.1"));
    assert!(matches!(delayed, Returned::Delayed(_)));
    let arrived = world.take(&bounce(mail, TEAM_LEADER, "relayed", "2.0.0"));
    assert!(matches!(arrived, Returned::NotLost(_)));
    let stranger = bounce(mail, MANAGER, "failed", "5.1.1").replace(
        "Final-Recipient",
        &format!("Original-Recipient: rfc822; {MANAGER}\r\nFinal-Recipient"),
    );
    let stranger = world.take(&stranger);
    assert!(matches!(stranger, Returned::OtherAddress(_)));
    let away = "Subject: I am away\r\nAuto-Submitted: auto-replied\r\n";
    let id = message_id(mail).replace("Message-ID", "In-Reply-To");
    let taken = world.take(&format!("{away}{id}\r\n\r\nBack on Monday."));
    assert!(matches!(taken, Returned::Away(_)));
    let of_nothing = world.take(&format!("{away}\r\nBack on Monday."));
    assert_eq!(of_nothing, Returned::Automatic);
    assert_eq!(world.take(""), Returned::Unreadable);

    assert_eq!(world.failing(), Vec::<String>::new());
    assert_eq!(world.dead(), 0);
    assert!(world.unplaced().is_empty());
    assert!(world.sweep().is_empty());
}

#[test]
fn a_report_on_an_address_it_was_sent_on_to_is_about_the_one_that_we_wrote_to() {
    let (world, mails) = world_with_a_lapse();
    let raw = bounce(
        to(&mails, TEAM_LEADER),
        "private@elsewhere.example",
        "failed",
        "5.1.1",
    );
    let taken = world.take(&raw);
    assert!(
        matches!(taken, Returned::Lost(_, Cause::Unclear)),
        "{taken:?}"
    );
    assert_eq!(
        world.failing(),
        Vec::<String>::new(),
        "others behind that address may have read it"
    );
    assert_eq!(recipients(&world.sweep()), [MANAGER]);
}

#[test]
fn a_report_of_qmail_names_the_address_in_words() {
    for (named, failing) in [
        (TEAM_LEADER, vec![TEAM_LEADER]),
        ("member@elsewhere.example", vec![]),
    ] {
        let (world, mails) = world_with_a_lapse();
        let id = message_id(to(&mails, TEAM_LEADER));
        let raw = format!(
            "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n\
             Hi. This is the qmail-send program at mx.example.\r\n\
             I'm afraid I wasn't able to deliver your message.\r\n\r\n\
             <{named}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n\
             --- Below this line is a copy of the message.\r\n\r\n\
             {id}\r\nTo: {TEAM_LEADER}\r\n\r\nText\r\n"
        );
        assert!(matches!(world.take(&raw), Returned::Lost(..)));
        assert_eq!(world.failing(), failing);
        assert_eq!(recipients(&world.sweep()), [MANAGER]);
    }
}

#[test]
fn what_comes_back_before_it_is_written_down_as_sent_waits_for_that() {
    let (mut world, mails) = world_with_a_lapse();
    let folder = tempfile::tempdir().unwrap();
    world.services.courier.bounces = Some(folder.path().to_owned());
    let mail = to(&mails, TEAM_LEADER);
    let raw = bounce(mail, TEAM_LEADER, "failed", "5.1.1");
    fs::create_dir_all(folder.path().join("new")).unwrap();
    fs::write(folder.path().join("new").join("1.a"), &raw).unwrap();
    let (_, reference) = message_id(mail).split_once('<').unwrap();
    let (reference, _) = reference.split_once('@').unwrap();
    let of_it = format!("WHERE reference = '{reference}'");
    let soon = (world.now() + chrono::Duration::minutes(5)).format("%Y-%m-%d %H:%M:%S");
    world.break_by_hand(&format!(
        "UPDATE outgoing_mail SET state = 'waiting', leased_until = '{soon}' {of_it}"
    ));
    let work = bounces::run(&world.services).unwrap();
    assert_eq!((work.found, work.did, work.failed), (1, 0, 0));
    assert_eq!(names(&folder.path().join("new")), ["1.a"]);

    world.break_by_hand(&format!(
        "UPDATE outgoing_mail SET state = 'sent', leased_until = NULL {of_it}"
    ));
    let work = bounces::run(&world.services).unwrap();
    assert_eq!((work.found, work.did, work.failed), (1, 1, 0));
    assert_eq!(world.failing(), [TEAM_LEADER]);
    assert_eq!(recipients(&world.sweep()), [MANAGER]);
}

#[test]
fn a_letter_is_for_the_authority_whose_mail_it_answers() {
    let (world, mails) = world_with_a_lapse();
    let earlier = world.run(|tx| {
        let key = authority::add(tx, "989", "Othershire")?;
        let viewer = Viewer::program(key, "test");
        authority::take_into_service(&mut Act::new(tx, &viewer, At::of(world.now())), None)?;
        Ok(key)
    });
    let first = world.run(|conn| Ok(authority::in_service(conn)?.remove(0).key));
    assert_eq!(first, earlier, "the other one is the first in service");
    let answers = message_id(to(&mails, OFFICER)).replace("Message-ID", "In-Reply-To");
    let letter =
        format!("From: parent@elsewhere.example\r\nSubject: Re: x\r\n{answers}\r\n\r\nHello.");
    let Returned::Unplaced(kept) = world.take(&letter) else {
        panic!("it is a letter");
    };
    assert_eq!(kept.authority, world.authority.number());
}

#[test]
fn only_gone_marks_an_address_whatever_the_code() {
    for (status, words, cause) in [
        ("5.2.2", "552 5.2.2 mailbox full", Cause::Full),
        ("5.3.4", "552 5.3.4 message too big", Cause::TooBig),
        ("5.7.1", "554 5.7.1 spam", Cause::Content),
        ("5.0.0", "no", Cause::Unclear),
        ("5.4.7", "expired", Cause::Moment),
    ] {
        let (world, mails) = world_with_a_lapse();
        let raw = bounce(to(&mails, TEAM_LEADER), TEAM_LEADER, "failed", status);
        let raw = raw.replace("550 no such user", words);
        let taken = world.take(&raw);
        assert!(
            matches!(taken, Returned::Lost(_, it) if it == cause),
            "{taken:?}"
        );
        assert_eq!(world.failing(), Vec::<String>::new());
        assert_eq!(recipients(&world.sweep()), [MANAGER], "{status}");
        world.assert_green();
    }
}

#[test]
fn our_own_fault_silences_no_post_and_its_mail_is_tried_again() {
    let (world, mails) = world_with_a_lapse();
    let refuse = |mail: &Posted| {
        let raw = bounce(mail, &mail.to, "failed", "5.7.26");
        world.take(&raw.replace("550 no such user", "550-5.7.26 sender domain fails DMARC"))
    };
    for mail in &mails {
        assert!(matches!(refuse(mail), Returned::Held(_)));
        assert!(matches!(refuse(mail), Returned::KnownBefore(_)));
    }
    assert_eq!(world.failing(), Vec::<String>::new());
    assert_eq!(world.dead(), 0);
    let fault = world.run(fault::of_all);
    assert_eq!((fault.addresses, fault.is_general()), (2, true));
    assert!(fault.words[0].contains("sender domain fails DMARC"));

    let again = world
        .run(|conn| fault::retry_all(conn, world.authority, world.now()))
        .due;
    assert_eq!(again, 2);
    assert!(!world.run(fault::of_all).is_any());
    assert_eq!(recipients(&world.sweep()), [TEAM_LEADER, OFFICER]);
    world.assert_green();
}

#[test]
fn bounces_alone_never_leave_nobody_to_write_to() {
    let (world, mails) = world_with_a_lapse();
    world.take(&bounce(to(&mails, OFFICER), OFFICER, "failed", "5.1.1"));
    let told = world.pass_up_to_the_mailbox(mails);
    world.take(&bounce(to(&told, DUTY), DUTY, "failed", "5.1.1"));
    let told = world.sweep();
    world.take(&bounce(
        to(&told, SAFEGUARDING),
        SAFEGUARDING,
        "failed",
        "5.1.1",
    ));
    assert_eq!(world.failing().len(), 6);
    let posts = world.posts();
    assert!(posts.silenced().contains(&Post::SafeguardingLead));
    for (post, last) in [
        (Post::TeamLeader, DUTY),
        (Post::HeadOfService, DUTY),
        (Post::SafeguardingLead, SAFEGUARDING),
    ] {
        let heard = posts.who(post, HeardOf::default()).unwrap();
        assert_eq!(heard.people.len(), 1, "{post:?}");
        assert_eq!(heard.people[0].email.as_str(), last, "{post:?}");
    }
    world
        .ending
        .leave_unproved("the last mail of all came back, and nobody is left who was not tried");
}

#[test]
fn a_post_that_nobody_reads_for_is_said_although_another_post_works() {
    let (world, mails) = world_with_a_lapse();
    world.give_post(Post::DataTeam, "Sam Reed");
    let told = world.pass_up_to_the_mailbox(mails);
    assert_eq!(world.posts().silenced(), []);
    assert!(!world.promise_is_broken("somebody who can be told"));
    world.take(&bounce(to(&told, DUTY), DUTY, "failed", "5.1.1"));
    let silent = [
        Post::TeamLeader,
        Post::Manager,
        Post::HeadOfService,
        Post::DutyMailbox,
    ];
    assert_eq!(world.posts().silenced(), silent);
    assert!(world.promise_is_broken("somebody who can be told"));
    world
        .ending
        .leave_unproved("mail came back from everybody above the team leader");
}

#[test]
fn the_folder_is_read_once_and_what_cannot_be_read_stays() {
    let (mut world, mails) = world_with_a_lapse();
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, raw: &str| {
        fs::create_dir_all(folder.path().join("new")).unwrap();
        fs::write(folder.path().join("new").join(name), raw).unwrap();
    };
    let raw = bounce(to(&mails, TEAM_LEADER), TEAM_LEADER, "failed", "5.1.1");
    put("1.a", &raw);
    let away = "Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.";
    put("2.b", away);
    put("3.c", "");
    world.services.courier.bounces = Some(folder.path().to_owned());

    let run = || bounces::run(&world.services).unwrap();
    let work = run();
    assert_eq!((work.found, work.did, work.failed), (3, 1, 1));
    assert!(
        work.problem.contains("3.c: this is no email"),
        "{}",
        work.problem
    );
    assert_eq!(names(&folder.path().join("new")), ["3.c"]);
    assert_eq!(names(&folder.path().join("cur")), ["1.a:2,S", "2.b:2,S"]);
    assert_eq!(world.failing(), [TEAM_LEADER]);

    put("1.a", &raw);
    let again = run();
    assert_eq!(
        (again.found, again.failed),
        (2, 1),
        "killed before it was moved"
    );
    let mails = {
        runner::deliver_mail(&world.services);
        world.services.courier.transport.posted()
    };
    let told = mails.iter().filter(|mail| mail.to == MANAGER).count();
    assert_eq!(told, 1);

    world.services.courier.bounces = Some(folder.path().join("nowhere"));
    let work = bounces::run(&world.services).unwrap();
    assert!(work.problem.contains("cannot be read"), "{}", work.problem);
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
