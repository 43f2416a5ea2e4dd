//! The real program, killed at any moment while it tells people of lapses: no step of the ladder goes untold, and what
//! arrives twice has one Message-ID.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Days;
use diesel::RunQueryDsl;
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{Act, Role, Viewer};
use hearth::clock::At;
use hearth::db::DbError;
use hearth::rules::escalation::Post;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::app::{ASHDALE, BEGINNING, OFFICER, TestApp, moment};
use super::register_scene;
use super::servers::wanted;
use super::smtp::{Behaviour, SmtpServer};

/// As many runs are killed.
const KILLS: u32 = 100;
/// Some end before they are killed; a day each, this many are begun at most.
const DAYS: u64 = 300;
/// The moments of the kills are drawn from this.
const SEED: u64 = 20_261_123;
/// So many people lead the team, so that every day has as many mails.
const LEADERS: usize = 5;
/// A kill repeats at most what is on its way just then: one mail on each connection to the mail server.
const ON_THEIR_WAY: usize = 4;
/// Longer than any mail server here takes to put down what it took.
const PATIENCE: Duration = Duration::from_secs(30);

/// Messages that arrived, by Message-ID: to whom, each as often as it came.
type Arrived = BTreeMap<String, Vec<String>>;

#[test]
fn every_step_arrives_however_often_the_program_is_killed() {
    let server = SmtpServer::start(Behaviour::Accept);
    let url = server.url();
    hold_through_kills(&url, &|| {
        let mut arrived = Arrived::new();
        for mail in server.received() {
            let to = mail.to.first().cloned().unwrap_or_default();
            arrived
                .entry(mail.header("Message-ID"))
                .or_default()
                .push(to);
        }
        arrived
    });
}

#[test]
fn a_real_mail_server_gets_every_step_too() {
    let Some(url) = wanted("HEARTH_TEST_SMTP") else {
        return;
    };
    let Some(mailbox) = wanted("HEARTH_TEST_SMTP_MAILBOX") else {
        return;
    };
    hold_through_kills(&url, &|| in_mailbox(Path::new(&mailbox)));
}

/// Kills runs, a day each, every day with a new child whose check has lapsed.
fn hold_through_kills(mail_url: &str, arrived: &dyn Fn() -> Arrived) {
    let scene = Scene::new(mail_url);
    scene.lapse(0);
    let begun = Instant::now();
    scene.run(0);
    let mut span = begun.elapsed();
    let mut moments = StdRng::seed_from_u64(SEED);
    let (mut killed, mut day) = (0, 0);
    while killed < KILLS && day < DAYS {
        day += 1;
        scene.lapse(day);
        let pause = span.mul_f64(moments.random_range(0.0..1.0));
        let is_killed = scene.kill_after(day, pause);
        killed += u32::from(is_killed);
        // A machine is now fast, now slow: about a third of the runs come to their end, so that the kills of the others
        // lie everywhere between the beginning and the end.
        span = span.mul_f64(if is_killed { 1.1 } else { 0.8 });
    }
    assert_eq!(killed, KILLS, "of {day} runs");
    let mails = scene.sent().len();
    assert!(
        mails > 20 * LEADERS,
        "killed before there was mail: {mails}"
    );
    scene.run(day + 1);
    scene.run(day + 2);
    let owed = scene.told();
    assert_eq!(scene.unheard(day + 2, &owed), Vec::<String>::new());
    assert!(owed.len() > LEADERS * usize::try_from(day).unwrap());
    scene.verify(day + 2);

    let ours = scene.sent();
    let arrived = when_all_arrived(&owed, arrived);
    for told in &owed {
        let copies = arrived.get(&told.message_id);
        let copies = copies.unwrap_or_else(|| panic!("never arrived: {told:?}"));
        assert!(
            copies.iter().all(|to| *to == told.recipient),
            "{copies:?} for {told:?}"
        );
    }
    let host = scene.host();
    let strangers: Vec<&String> = arrived
        .keys()
        .filter(|id| id.ends_with(&host) && !ours.contains(*id))
        .collect();
    assert_eq!(strangers, Vec::<&String>::new());
    let copies: usize = ours
        .iter()
        .filter_map(|id| arrived.get(id))
        .map(Vec::len)
        .sum();
    let too_many = copies - ours.len();
    println!(
        "{killed} runs killed; {} steps owed in {} mails; {too_many} copies too many",
        owed.len(),
        ours.len(),
    );
    assert!(too_many <= usize::try_from(killed).unwrap() * ON_THEIR_WAY);
}

fn when_all_arrived(owed: &[StepTold], arrived: &dyn Fn() -> Arrived) -> Arrived {
    let until = Instant::now() + PATIENCE;
    loop {
        let there = arrived();
        if Instant::now() > until || owed.iter().all(|told| there.contains_key(&told.message_id)) {
            return there;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A step of the ladder that was told, and the mail it was told with.
#[derive(Debug, diesel::QueryableByName)]
struct StepTold {
    #[diesel(sql_type = diesel::sql_types::Text)]
    message_id: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    recipient: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    check_id: i64,
}

/// A mail that the program put down to be sent.
#[derive(diesel::QueryableByName)]
struct Sent {
    #[diesel(sql_type = diesel::sql_types::Text)]
    message_id: String,
}

/// A check that was due before a day and was not done.
#[derive(diesel::QueryableByName)]
struct Overdue {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    reference: String,
}

struct Scene {
    app: TestApp,
    mail_url: String,
}

impl Scene {
    fn new(mail_url: &str) -> Self {
        let app = TestApp::start();
        let installer = Viewer::program(app.authority(ASHDALE), "test");
        let now = moment(BEGINNING);
        app.write(|tx| {
            for number in 0..LEADERS {
                let new = NewAccount {
                    role: Role::Manager,
                    email: &leader(number),
                    name: "Lee Leader",
                    password_hash: None,
                };
                let account = accounts::add(&mut Act::new(tx, &installer, At::of(now)), &new)
                    .map_err(|_| DbError::Cancelled)?;
                accounts::give_post(
                    &mut Act::new(tx, &installer, At::of(now)),
                    Post::TeamLeader,
                    account,
                    now.date(),
                )
                .map_err(|_| DbError::Cancelled)?;
            }
            Ok::<_, DbError>(())
        });
        Self {
            app,
            mail_url: mail_url.to_owned(),
        }
    }

    /// Message-IDs end with this: a mailbox may hold the mail of other runs.
    fn host(&self) -> String {
        "@127.0.0.1>".to_owned()
    }

    fn lapse(&self, number: u64) {
        let name = format!("Ada{number}");
        register_scene::child(&self.app, OFFICER, &name, "Moss", "2016-05-06");
    }

    fn start(&self, day: u64, words: &[&str]) -> Child {
        let today = moment(BEGINNING).date() + Days::new(day);
        Command::new(env!("CARGO_BIN_EXE_hearth"))
            .args(words)
            .current_dir(self.app.folder())
            .env_clear()
            .env("HEARTH_DATABASE_URL", self.app.database_url())
            .env("HEARTH_TODAY", today.to_string())
            .env("HEARTH_MAIL", &self.mail_url)
            .env("HEARTH_LOG", "off")
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn run(&self, day: u64) {
        let status = self.start(day, &["jobs", "run"]).wait().unwrap();
        assert!(status.success(), "{status}");
    }

    fn verify(&self, day: u64) {
        let status = self.start(day, &["verify"]).wait().unwrap();
        assert!(status.success(), "`hearth verify` finds something broken");
    }

    /// Whether it was killed before it ended by itself.
    fn kill_after(&self, day: u64, pause: Duration) -> bool {
        let mut run = self.start(day, &["jobs", "run"]);
        std::thread::sleep(pause);
        run.kill().unwrap();
        run.wait().unwrap().code().is_none()
    }

    /// Overdue checks of which a team leader was not told, by the checks alone and not by what the program calls a lapse:
    /// these children have no officer, so every leader is owed every one.
    fn unheard(&self, day: u64, told: &[StepTold]) -> Vec<String> {
        let today = moment(BEGINNING).date() + Days::new(day);
        let overdue: Vec<Overdue> = self.app.read(|conn| {
            Ok(diesel::sql_query(format!(
                "SELECT id, reference FROM duty WHERE state = 'open' AND child_id IS NOT NULL AND due_on < '{today}'"
            ))
            .load(conn)?)
        });
        assert!(overdue.len() > usize::try_from(day).unwrap() / 2);
        let heard: BTreeSet<(i64, &str)> = told
            .iter()
            .map(|told| (told.check_id, told.recipient.as_str()))
            .collect();
        let leaders = (0..LEADERS).map(leader);
        leaders
            .flat_map(|leader| overdue.iter().map(move |check| (leader.clone(), check)))
            .filter(|(leader, check)| !heard.contains(&(check.id, leader.as_str())))
            .map(|(leader, check)| format!("{} to {leader}", check.reference))
            .collect()
    }

    fn told(&self) -> Vec<StepTold> {
        self.app.read(|conn| {
            Ok(diesel::sql_query(
                "SELECT outgoing_mail.message_id, lapse_step.recipient, lapse.duty_id AS check_id FROM lapse_step
                 JOIN lapse ON lapse.id = lapse_step.lapse_id
                 JOIN outgoing_mail ON outgoing_mail.id = lapse_step.mail_id",
            )
            .load(conn)?)
        })
    }

    fn sent(&self) -> BTreeSet<String> {
        let mails: Vec<Sent> = self
            .app
            .read(|conn| Ok(diesel::sql_query("SELECT message_id FROM outgoing_mail").load(conn)?));
        mails.into_iter().map(|mail| mail.message_id).collect()
    }
}

/// The address of a team leader.
fn leader(number: usize) -> String {
    format!("leader{number}@ashdale.example")
}

/// What a real server has delivered: a Maildir, or one file in which each message begins with "From ".
fn in_mailbox(mailbox: &Path) -> Arrived {
    let mut arrived = Arrived::new();
    for raw in messages(mailbox) {
        let head = raw.replace("\r\n", "\n");
        let head = head.split("\n\n").next().unwrap_or_default();
        let header = |name: &str| {
            let line = head.lines().find(|line| line.starts_with(name))?;
            Some(line[name.len()..].trim().to_owned())
        };
        let (Some(id), Some(to)) = (header("Message-ID:"), header("To:")) else {
            continue;
        };
        arrived.entry(id).or_default().push(to);
    }
    arrived
}

fn messages(mailbox: &Path) -> Vec<String> {
    let text =
        |file: &Path| String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned();
    if !mailbox.is_dir() {
        let all = format!("\n{}", text(mailbox));
        return all.split("\nFrom ").skip(1).map(str::to_owned).collect();
    }
    let files = fs::read_dir(mailbox.join("new"));
    let files = files.into_iter().flatten().map(|file| file.unwrap().path());
    files.map(|file| text(&file)).collect()
}
