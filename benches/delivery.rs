//! How many mails a second leave the outbox, each claimed before it is sent and marked on its own after, beside lettre
//! alone with as many connections and without a database (lettre writes a message in two pieces, and the second waits until
//! the server confirms the first), and beside Hearth's own connections without a database. `cargo bench --bench delivery`; `-- 20000` for so many mails,
//! `-- 20000 2525` for a mail server on that port of this machine as well as the one in this process.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hearth::access::authority;
use hearth::clock::Clock;
use hearth::db::{Db, DbError};
use hearth::mail::messages::{LapseDigest, LapseLine};
use hearth::mail::{Courier, Letter, Letterhead, Rendered, Topic, deliver, outbox};
use hearth::rules::delivery::Answer;
use hearth::rules::escalation::{Post, Step};
use hearth::rules::identifiers::EmailAddress;
use hearth::shipped;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::{Message, SmtpTransport, Transport};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// lettre alone is measured for so long at most.
const PATIENCE: Duration = Duration::from_secs(5);
/// Rounds; the median counts, because machines are noisy.
const ROUNDS: usize = 3;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let count = numbers.first().copied().unwrap_or(10_000);
    let mut servers = vec![("in this process", sink())];
    if let Some(port) = numbers.get(1) {
        servers.push(("given", u16::try_from(*port).expect("a port")));
    }
    println!("| mail server | mails | mails/s | lettre alone/s | ratio | no database/s | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for (name, port) in servers {
        let url = format!("smtp://127.0.0.1:{port}");
        let connections = Courier::from_settings(&url, FROM)
            .expect("settings")
            .connections;
        let ours = median(|| from_the_outbox(&url, count));
        let bare = median(|| lettre_alone(port, connections, count));
        let sending = median(|| without_a_database(&url, connections, count));
        println!(
            "| {name} | {count} | {ours:.0} | {bare:.0} | {:.2} | {sending:.0} | {:.2} |",
            ours / bare,
            ours / sending
        );
    }
}

const FROM: &str = "hearth@ashdale.example";

fn median(measure: impl Fn() -> f64) -> f64 {
    let mut measured: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    measured.sort_by(f64::total_cmp);
    measured[ROUNDS / 2]
}

/// A digest of five lapses, as a team leader gets it.
fn digest(head: &Letterhead) -> Rendered {
    let day = "2026-11-20".parse().expect("a day");
    let line = |number: usize| LapseLine {
        reference: format!("L-0000-000{number}"),
        kind: hearth::rules::duty::DutyKind::FirstMeeting,
        due_on: day,
        working_days_over: 2,
        step: Step::Lapsed,
        since: day,
        broken_plan: None,
        plan: None,
        vacant_post: None,
    };
    LapseDigest {
        in_place_of: std::collections::BTreeSet::new(),
        told_as: vec![Post::TeamLeader],
        lines: (0..5).map(line).collect(),
        link: format!("{}/lapses", head.base_url),
    }
    .render(head)
    .expect("words")
}

fn head() -> Letterhead {
    Letterhead {
        authority: "Ashdale Council".to_owned(),
        reply_to: EmailAddress::parse("duty@ashdale.example").ok(),
        telephone: None,
        base_url: "https://hearth.ashdale.example".to_owned(),
    }
}

fn from_the_outbox(url: &str, count: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bench.db");
    let db = Db::open(&format!("sqlite:{}", file.display()), 4).expect("a database");
    shipped::bring_up(&db).expect("tables");
    let clock = Clock::System;
    let (head, now) = (head(), clock.now());
    let message = digest(&head);
    db.write_now(|tx| {
        let authority = authority::add(tx, "991", "Ashdale Council")?;
        for number in 0..count {
            let letter = Letter {
                key: format!("lapse:{number}"),
                authority,
                letterhead: &head,
                to: EmailAddress::parse(&format!("leader{number}@ashdale.example"))
                    .expect("an address"),
                about: Topic::General,
                message: message.clone(),
            };
            outbox::put(tx, &letter, now)?;
        }
        Ok::<_, DbError>(())
    })
    .expect("letters");
    let courier = Courier::from_settings(url, FROM).expect("settings");
    let begun = Instant::now();
    let summary = deliver::deliver_due(&db, &courier, &clock).expect("delivered");
    let per_second = count as f64 / begun.elapsed().as_secs_f64();
    assert_eq!(summary.sent as usize, count, "{summary:?}");
    per_second
}

fn lettre_alone(port: u16, connections: usize, count: usize) -> f64 {
    let pool = PoolConfig::new().max_size(u32::try_from(connections).expect("few"));
    let transport = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .pool_config(pool)
        .build();
    each_alone(connections, count, |message| {
        transport.send(message).expect("sent");
    })
}

fn without_a_database(url: &str, connections: usize, count: usize) -> f64 {
    let transport = Courier::from_settings(url, FROM)
        .expect("settings")
        .transport;
    each_alone(connections, count, |message| {
        let answer = transport.send(message, "");
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    })
}

/// Mails a second, made and sent from as many threads as there are connections.
fn each_alone(connections: usize, count: usize, send: impl Fn(&Message) + Sync) -> f64 {
    let message = digest(&head());
    let (next, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begun = Instant::now();
    std::thread::scope(|threads| {
        for _ in 0..connections {
            threads.spawn(|| {
                while begun.elapsed() < PATIENCE {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= count {
                        return;
                    }
                    send(&compose(
                        &message,
                        &format!("leader{number}@ashdale.example"),
                    ));
                    sent.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    sent.load(Ordering::SeqCst) as f64 / begun.elapsed().as_secs_f64()
}

fn compose(message: &Rendered, to: &str) -> Message {
    let from = Mailbox::new(
        Some("Ashdale Council".to_owned()),
        FROM.parse().expect("ours"),
    );
    let bodies = MultiPart::alternative_plain_html(message.text.clone(), message.html.clone());
    Message::builder()
        .from(from)
        .to(to.parse().expect("an address"))
        .subject(&message.subject)
        .message_id(None)
        .multipart(bodies)
        .expect("a message")
}

/// A mail server that takes everything and keeps nothing; gives its port.
fn sink() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || take(stream));
        }
    });
    port
}

fn take(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    stream.write_all(b"220 sink ESMTP\r\n").ok()?;
    let (mut line, mut is_message) = (Vec::new(), false);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match (is_message, line.as_slice()) {
            (true, b".\r\n") => {
                is_message = false;
                b"250 OK\r\n"
            }
            (true, _) => continue,
            (false, said) if said.starts_with(b"EHLO") => b"250-sink\r\n250 8BITMIME\r\n",
            (false, said) if said.starts_with(b"DATA") => {
                is_message = true;
                b"354 go\r\n"
            }
            (false, said) if said.starts_with(b"QUIT") => b"221 bye\r\n",
            (false, _) => b"250 OK\r\n",
        };
        stream.write_all(answer).ok()?;
    }
}
