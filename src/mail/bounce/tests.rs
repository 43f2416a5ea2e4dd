//! Reports of many servers, of our own making after their wordings (`tests/files/bounces/CAUSE/SERVER.eml`), and damage to them.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::rules::bounce::{Became, Cause};
use proptest::prelude::*;

const OURS: &str = "<M-7K4M-2QXD@hearth.example>";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/bounces")
}

/// Every message of the corpus with the name of its folder and its own.
fn corpus() -> Vec<(String, String, Vec<u8>)> {
    let mut found = Vec::new();
    for class in fs::read_dir(folder()).unwrap() {
        let class = class.unwrap().path();
        for message in fs::read_dir(&class).unwrap() {
            let message = message.unwrap().path();
            let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            found.push((name(&class), name(&message), fs::read(&message).unwrap()));
        }
    }
    found.sort();
    found
}

fn message(class: &str, name: &str) -> String {
    let file = folder().join(class).join(format!("{name}.eml"));
    String::from_utf8(fs::read(file).unwrap()).unwrap()
}

fn read_bounce(raw: &str) -> Bounce {
    match read(raw.as_bytes()) {
        Read::Bounce(bounce) => bounce,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_message_of_the_corpus_is_read_by_its_meaning() {
    let corpus = corpus();
    assert!(corpus.len() > 60);
    for (class, name, raw) in &corpus {
        let (kind, about) = match read(raw) {
            Read::Bounce(bounce) => {
                let [report] = bounce.reports.as_slice() else {
                    panic!("{class}/{name}: {bounce:?}");
                };
                let kind = match report.became {
                    Became::Lost => report.cause.as_str(),
                    Became::Delayed => "delayed",
                    other => panic!("{class}/{name}: {other:?}"),
                };
                (kind, bounce.about)
            }
            Read::Automatic(about) => (Cause::Absence.as_str(), about),
            Read::Letter(about) => ("letter", about),
            Read::Unreadable => panic!("{class}/{name} is unreadable"),
        };
        assert_eq!(kind, class, "{class}/{name}");
        if name != "spam" {
            assert_eq!(about.message_ids, [OURS], "{class}/{name}");
        }
    }
}

#[test]
fn every_cause_has_messages_of_its_own() {
    let corpus = corpus();
    for cause in Cause::ALL {
        let of = corpus.iter().filter(|(class, ..)| class == cause.as_str());
        assert!(of.count() >= 3, "{cause:?}");
    }
}

#[test]
fn a_report_says_of_which_mail_and_whose_and_why() {
    let bounce = read_bounce(&message("gone", "forwarded_with_original"));
    let report = &bounce.reports[0];
    assert_eq!(report.original.as_deref(), Some("leader@wessex.example"));
    assert_eq!(report.last.as_deref(), Some("l.moss@other.example"));
    let raw = message("gone", "postfix");
    assert_eq!(
        read_bounce(&raw).reports[0].words,
        "came back: 5.1.1 550 5.1.1 (address) Recipient address rejected: User unknown in virtual mailbox table"
    );
    let other_line_ends = raw.replace("\r\n", "\n");
    assert_eq!(read_bounce(&other_line_ends), read_bounce(&raw));
}

#[test]
fn a_mail_is_named_by_the_address_it_came_to_or_anywhere_in_the_words() {
    let by_address = "From: MAILER-DAEMON@mx.example\r\nTo: bounces+m-7k4m-2qxd@ashdale.example\r\n\
        Subject: Undelivered\r\n\r\nno such user\r\n";
    let about = read_bounce(by_address).about;
    assert_eq!(about.references, ["M-7K4M-2QXD"]);
    assert_eq!(about.message_ids, Vec::<String>::new());
    let by_words = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n\r\n\
        Your mail M-7K4M-2QXD@hearth.example (id) had no such user. X-M-7K4M-2QXD@x M-7@x\r\n";
    let about = read_bounce(by_words).about;
    assert_eq!(about.message_ids, [OURS]);
    assert_eq!(about.references, Vec::<String>::new());
}

#[test]
fn what_no_person_wrote_is_no_letter_and_a_receipt_is_no_bounce() {
    let newsletter = b"From: news@elsewhere.example\r\nPrecedence: list\r\n\r\nNews\r\n";
    assert!(matches!(read(newsletter), Read::Automatic(_)));
    let submitted_by_hand = b"From: a@b.example\r\nAuto-Submitted: no\r\n\r\nHello\r\n";
    assert!(matches!(read(submitted_by_hand), Read::Letter(_)));
    let receipt = message("gone", "postfix").replace(
        "message/delivery-status",
        "message/disposition-notification",
    );
    assert!(matches!(read(receipt.as_bytes()), Read::Automatic(_)));
    let answer = b"From: a@b.example\r\nSubject: Re: Undelivered mail\r\n\r\nWhat is this?\r\n";
    assert!(matches!(read(answer), Read::Letter(_)));
    assert_eq!(read(b""), Read::Unreadable);
}

proptest! {
    #[test]
    fn nothing_that_comes_in_stops_the_reader(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&raw);
    }

    #[test]
    fn no_words_stop_the_reader(subject in "\\PC{0,40}", words in "(\\PC|\r\n){0,400}") {
        let raw = format!("From: postmaster@x.example\r\nSubject: {subject}\r\n\r\n{words}");
        let _ = read(raw.as_bytes());
    }

    #[test]
    fn no_damage_to_a_message_stops_the_reader(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let corpus = corpus();
        let (.., raw) = which.get(&corpus);
        let mut raw = raw.clone();
        let place = at.index(raw.len());
        raw[place] = with;
        raw.truncate(cut.index(raw.len()));
        let _ = read(&raw);
    }
}
