//! The mail server of a simulation: it is down, stalls, refuses for now or for good, and takes mail and then drops the
//! connection before it answers; some of what it took comes back later. It keeps a record of its own, which the end is
//! judged by. While the program waits for its answer, another program may be at work on the same database.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike};
use hearth::clock::Clock;
use hearth::db::Lifetime;
use hearth::mail::transport::{Play, Posted};
use hearth::rules::bounce::Command;
use hearth::rules::delivery::{Answer, Refusal};
use rand::RngExt;

use super::dice::dice;
use super::returned::{self, Returned, What};

/// The mailbox that is told when there is nobody else.
pub const DUTY: &str = "duty@ashdale.example";

/// How long the program waits for an answer that does not come.
const TIMEOUT: TimeDelta = TimeDelta::seconds(30);

/// Mail that the server took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub message_id: String,
    pub to: String,
    /// The lapses and mails that it names.
    pub names: HashSet<String>,
    /// How many more it says there are: a long digest names the first of them.
    pub more: usize,
    /// Whether it is the digest of a week, which repeats what was told before.
    pub is_weekly: bool,
    pub heard: Heard,
    /// Whether it came back, so that nobody has it.
    pub came_back: bool,
    /// Whether it came back by our own fault, so that it is sent again.
    pub goes_again: bool,
    /// How many writes of the program were kept by then; none for the second program, which lives on.
    kept: Option<u64>,
}

#[cfg(test)]
impl Taken {
    /// For the tests of whoever judges.
    pub fn of(message_id: &str, to: &str, names: HashSet<String>, heard: Heard) -> Self {
        Self {
            message_id: message_id.to_owned(),
            to: to.to_owned(),
            names,
            more: 0,
            is_weekly: false,
            heard,
            came_back: false,
            goes_again: false,
            kept: Some(0),
        }
    }
}

/// Whether the program heard that its mail was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The answer reached it.
    Yes,
    /// The connection was dropped before the answer.
    Dropped,
    /// The answer reached it, and it died before it wrote that down.
    Died,
}

/// What the server does for two hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fine,
    Down,
    Stalling,
    Greylisting,
    Busy,
    Dropping,
}

/// The server. Clones are one server.
#[derive(Clone)]
pub struct MailServer(Arc<Office>);

struct Office {
    seed: u64,
    clock: Clock,
    lifetime: Lifetime,
    calm: AtomicBool,
    record: Mutex<Record>,
    second: Mutex<Option<Second>>,
    second_is_at_work: AtomicBool,
}

/// What a second program does when it is its turn.
type Second = Box<dyn FnMut() + Send>;

/// Mail that the server will never take.
#[derive(Clone, Debug)]
pub struct RefusedMail {
    /// The mail's reference, `M-…`.
    pub mail: String,
    /// The lapses and mails that it names.
    pub names: HashSet<String>,
}

/// A mail that the register took for lost and that a person had tried again, and how many mails were taken by then.
#[derive(Clone, Debug)]
pub struct TriedAgain {
    /// The mail's reference, `M-…`.
    pub mail: String,
    pub after: usize,
}

#[derive(Default)]
struct Record {
    taken: Vec<Taken>,
    refused: Vec<RefusedMail>,
    returned: Vec<Returned>,
    tried_again: Vec<TriedAgain>,
    seen: HashSet<String>,
    refusals: Refusals,
}

/// How often it did not take a mail.
#[derive(Clone, Copy, Default)]
pub struct Refusals {
    pub unanswered: usize,
    pub for_now: usize,
    pub for_good: usize,
}

impl MailServer {
    pub fn new(seed: u64, clock: &Clock, lifetime: &Lifetime) -> Self {
        Self(Arc::new(Office {
            seed,
            clock: clock.clone(),
            lifetime: lifetime.clone(),
            calm: AtomicBool::new(false),
            record: Mutex::default(),
            second: Mutex::default(),
            second_is_at_work: AtomicBool::new(false),
        }))
    }

    /// How the program reaches it.
    pub fn play(&self) -> Play {
        let office = Arc::clone(&self.0);
        Play::new(move |mail| office.answer(&mail))
    }

    /// Another program on the same database, which is at work now and then while the first waits for an answer.
    pub fn beside(&self, work: impl FnMut() + Send + 'static) {
        let mut second = self.0.second.lock().unwrap_or_else(PoisonError::into_inner);
        *second = Some(Box::new(work));
    }

    /// What has come back by now.
    pub fn came_back(&self, now: NaiveDateTime) -> Vec<Returned> {
        let mut record = self.0.record();
        let (now, later) = std::mem::take(&mut record.returned)
            .into_iter()
            .partition(|returned| returned.at <= now);
        record.returned = later;
        now
    }

    /// From now on it takes everything.
    pub fn calm_down(&self) {
        self.0.calm.store(true, Ordering::SeqCst);
    }

    /// The program has died: what it had not written down by then, it has not heard.
    pub fn the_program_died(&self) {
        let kept = self.0.lifetime.kept();
        let mut record = self.0.record();
        for taken in record.taken.iter_mut().rev() {
            let Some(kept_then) = taken.kept else {
                continue;
            };
            if kept_then < kept {
                return;
            }
            if taken.heard == Heard::Yes {
                taken.heard = Heard::Died;
            }
        }
    }

    /// All that it took, in the order in which it came.
    pub fn taken(&self) -> Vec<Taken> {
        self.0.record().taken.clone()
    }

    /// A person has a mail that is dead tried again: from now on it may come once more.
    pub fn a_person_tries_again(&self, mail: &str) {
        let mut record = self.0.record();
        let after = record.taken.len();
        let mail = mail.to_owned();
        record.tried_again.push(TriedAgain { mail, after });
    }

    /// What people had tried again, in the order in which they did.
    pub fn tried_again(&self) -> Vec<TriedAgain> {
        self.0.record().tried_again.clone()
    }

    /// All that it refused for good.
    pub fn refused(&self) -> Vec<RefusedMail> {
        self.0.record().refused.clone()
    }

    pub fn refusals(&self) -> Refusals {
        self.0.record().refusals
    }
}

impl Office {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, mail: &Posted) -> Answer {
        let now = self.clock.now();
        self.let_the_second_work(&mail.to, now);
        let mut record = self.record();
        if self.calm.load(Ordering::SeqCst) {
            return self.take(&mut record, mail, Heard::Yes);
        }
        if self.mailbox_is_gone(&mail.to, now) {
            record.refusals.for_good += 1;
            record.refused.push(RefusedMail {
                mail: reference_of(&header(mail, "Message-ID")).to_owned(),
                names: names(mail),
            });
            return refuse_for_good();
        }
        // Half of the mail, so that there is always some that goes through and some that does not.
        let is_hit = dice(self.seed, ("hit", &mail.to, slot(now))).random_ratio(1, 2);
        match self.weather(now) {
            Weather::Down => {
                record.refusals.unanswered += 1;
                unreachable("connection refused")
            }
            Weather::Stalling => {
                record.refusals.unanswered += 1;
                self.clock.set(now + TIMEOUT);
                unreachable("timed out")
            }
            Weather::Greylisting if record.seen.insert(header(mail, "Message-ID")) => {
                record.refusals.for_now += 1;
                refuse_for_now("4.7.1 greylisted, come back later")
            }
            Weather::Busy if is_hit => {
                record.refusals.for_now += 1;
                refuse_for_now("4.3.1 too busy")
            }
            Weather::Dropping if is_hit => {
                self.take(&mut record, mail, Heard::Dropped);
                unreachable("the connection was dropped")
            }
            _ => self.take(&mut record, mail, Heard::Yes),
        }
    }

    /// Now and then the other program does all that is due, just before this one hears an answer.
    fn let_the_second_work(&self, to: &str, now: NaiveDateTime) {
        let is_its_turn = dice(self.seed, ("second", to, slot(now))).random_ratio(1, 25);
        if !is_its_turn || self.calm.load(Ordering::SeqCst) {
            return;
        }
        if self.second_is_at_work.swap(true, Ordering::SeqCst) {
            return;
        }
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(work) = second.as_mut() {
            work();
        }
        self.second_is_at_work.store(false, Ordering::SeqCst);
    }

    /// Whether the mail comes back. What is for the duty mailbox does not: nobody is told after that.
    fn comes_back(&self, record: &mut Record, mail: &Posted) -> Option<What> {
        let now = self.clock.now();
        let mut dice = dice(self.seed, ("returned", &mail.to, slot(now)));
        if self.calm.load(Ordering::SeqCst) || mail.to == DUTY || !dice.random_ratio(1, 40) {
            return None;
        }
        let message_id = header(mail, "Message-ID");
        let returned = returned::of(&mut dice, &mail.to, &message_id, now);
        let what = returned.what;
        if what.is_lost() {
            record.refused.push(RefusedMail {
                mail: reference_of(&message_id).to_owned(),
                names: names(mail),
            });
        }
        record.returned.push(returned);
        Some(what)
    }

    fn take(&self, record: &mut Record, mail: &Posted, heard: Heard) -> Answer {
        let came_back = self.comes_back(record, mail);
        let is_seconds = self.second_is_at_work.load(Ordering::SeqCst);
        record.taken.push(Taken {
            message_id: header(mail, "Message-ID"),
            to: mail.to.clone(),
            names: names(mail),
            more: more(mail),
            is_weekly: header(mail, "Subject").starts_with("The week of "),
            heard,
            came_back: came_back.is_some_and(|it| it.is_lost() || it.goes_again()),
            goes_again: came_back.is_some_and(What::goes_again),
            kept: (!is_seconds).then(|| self.lifetime.kept()),
        });
        Answer::Accepted {
            reply: "250 taken".to_owned(),
        }
    }

    /// The weather of these two hours. Once in some weeks there is a storm, in which nothing is reached for days.
    fn weather(&self, now: NaiveDateTime) -> Weather {
        let week = now.date().num_days_from_ce() / 7;
        let mut storm = dice(self.seed, ("storm", week));
        if storm.random_ratio(1, 8) {
            let begins = storm.random_range(0..100);
            let ends = begins + storm.random_range(6..60);
            let hour = now.date().num_days_from_ce() % 7 * 24 + now.hour().cast_signed();
            if (begins..ends).contains(&hour) {
                return Weather::Down;
            }
        }
        match dice(self.seed, ("weather", slot(now))).random_range(0..100) {
            0..70 => Weather::Fine,
            70..76 => Weather::Down,
            76..80 => Weather::Stalling,
            80..88 => Weather::Greylisting,
            88..94 => Weather::Busy,
            _ => Weather::Dropping,
        }
    }

    /// Some mailboxes are unknown for some days of a season. The duty mailbox is there always: when even that is gone
    /// there is nobody left to tell, and `hearth verify` says so.
    fn mailbox_is_gone(&self, to: &str, now: NaiveDateTime) -> bool {
        let day = now.date().num_days_from_ce();
        let (season, day) = (day / 60, day % 60);
        day < 12 && to != DUTY && dice(self.seed, ("gone", to, season)).random_ratio(1, 15)
    }
}

fn slot(now: NaiveDateTime) -> i64 {
    now.and_utc().timestamp() / 7_200
}

fn unreachable(reason: &str) -> Answer {
    Answer::Unreachable {
        reason: reason.to_owned(),
    }
}

fn refuse_for_now(reply: &str) -> Answer {
    refuse(Command::Rcpt, 451, reply)
}

fn refuse_for_good() -> Answer {
    refuse(Command::Rcpt, 550, "5.1.1 user unknown")
}

fn refuse(command: Command, code: u16, words: &str) -> Answer {
    Answer::Refused(Refusal {
        command: Some(command),
        code,
        words: words.to_owned(),
    })
}

fn header(mail: &Posted, name: &str) -> String {
    let headers = mail.raw.split("\r\n\r\n").next().unwrap_or_default();
    let mut lines = headers.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim().to_owned()
}

/// "M-7K4M-2QXD" of "<M-7K4M-2QXD@hearth.example>".
pub fn reference_of(message_id: &str) -> &str {
    let words = message_id.trim_start_matches('<').split('@');
    words.into_iter().next().unwrap_or_default()
}

/// The references of lapses and of other mails in a message, such as `L-7K4M-2QXD`; a line of a body may be folded
/// anywhere.
fn names(mail: &Posted) -> HashSet<String> {
    let text = mail.raw.replace("=\r\n", "");
    let own = header(mail, "Message-ID");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let references = words.filter(|word| {
        word.len() == 11
            && (word.starts_with("L-") || word.starts_with("M-"))
            && *word != reference_of(&own)
    });
    references.map(str::to_owned).collect()
}

/// 7 of "- and 7 more".
fn more(mail: &Posted) -> usize {
    let said = mail.raw.split("\r\n- and ").nth(1);
    let number = said.and_then(|said| said.split(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn server(seed: u64, now: &str) -> (MailServer, Clock, Lifetime) {
        let clock = Clock::stepped(now.parse().unwrap());
        let lifetime = Lifetime::default();
        (MailServer::new(seed, &clock, &lifetime), clock, lifetime)
    }

    fn mail(number: u32) -> Posted {
        Posted {
            to: format!("officer{number}@ashdale.example"),
            raw: format!(
                "Message-ID: <M-0000-{number:04}@x>\r\n\r\nL-7K4M-2Q=\r\nXD, and X-7K4M-2QXD"
            ),
        }
    }

    #[test]
    fn in_a_year_everything_happens_that_can_and_the_same_with_the_same_seed() {
        let year = || {
            let (server, clock, _) = server(7, "2027-01-01T00:00:00");
            for hour in 0..24 * 365 {
                clock.set(
                    NaiveDateTime::default() + TimeDelta::days(20_820) + TimeDelta::hours(hour),
                );
                server.0.answer(&mail(u32::try_from(hour).unwrap() % 9));
            }
            let taken = server.taken();
            let dropped = taken.iter().filter(|it| it.heard == Heard::Dropped).count();
            let Refusals {
                unanswered,
                for_now,
                for_good,
            } = server.refusals();
            [taken.len(), dropped, unanswered, for_now, for_good]
        };
        let first = year();
        assert!(first.iter().all(|count| *count > 0), "{first:?}");
        assert_eq!(first, year());
    }

    #[test]
    fn the_record_has_what_is_needed_to_judge() {
        let (server, ..) = server(1, "2027-01-01T00:00:00");
        server.calm_down();
        server.0.answer(&mail(4));
        let taken = server.taken();
        assert_eq!(taken[0].message_id, "<M-0000-0004@x>");
        let names: Vec<&String> = taken[0].names.iter().collect();
        assert_eq!(names, ["L-7K4M-2QXD"]);
    }

    #[test]
    fn what_was_not_written_down_before_the_program_died_it_has_not_heard() {
        let (server, ..) = server(1, "2027-01-01T00:00:00");
        server.calm_down();
        server.0.answer(&mail(4));
        server.the_program_died();
        assert_eq!(server.taken()[0].heard, Heard::Died);
    }

    #[test]
    fn another_program_works_while_the_first_waits_and_what_it_heard_it_has_heard() {
        let (server, clock, _) = server(1, "2027-01-01T00:00:00");
        let (beside, times) = (server.clone(), Arc::new(Mutex::new(0)));
        let counted = Arc::clone(&times);
        server.beside(move || {
            *counted.lock().unwrap() += 1;
            beside.0.answer(&mail(1_000));
        });
        for hour in 0..24 * 60 {
            clock.set(
                "2027-01-01T00:00:00".parse::<NaiveDateTime>().unwrap() + TimeDelta::hours(hour),
            );
            server.0.answer(&mail(u32::try_from(hour).unwrap() % 9));
        }
        assert!(*times.lock().unwrap() > 0);
        server.the_program_died();
        let by_second = |taken: &Taken| taken.message_id == "<M-0000-1000@x>";
        let died = |taken: &Taken| taken.heard == Heard::Died;
        assert!(server.taken().iter().any(by_second));
        assert!(!server.taken().iter().any(|it| by_second(it) && died(it)));
    }

    #[test]
    fn some_of_what_was_taken_comes_back_and_never_from_the_duty_mailbox() {
        let (server, clock, _) = server(3, "2027-01-01T00:00:00");
        for hour in 0..24 * 365 {
            clock.set(
                "2027-01-01T00:00:00".parse::<NaiveDateTime>().unwrap() + TimeDelta::hours(hour),
            );
            server.0.answer(&mail(u32::try_from(hour).unwrap() % 9));
            let to_duty = Posted {
                to: DUTY.to_owned(),
                ..mail(9)
            };
            server.0.answer(&to_duty);
        }
        let back = server.came_back(clock.now() + TimeDelta::days(3));
        assert!(back.iter().any(|it| it.what.is_lost()));
        assert!(back.iter().any(|it| !it.what.is_lost()));
        assert!(!back.iter().any(|it| it.raw.contains(DUTY)));
        let is_missing = |it: &&Returned| it.what.is_lost() || it.what.goes_again();
        let lost = back.iter().filter(is_missing).count();
        assert_eq!(
            server.taken().iter().filter(|it| it.came_back).count(),
            lost
        );
        assert!(
            server
                .came_back(clock.now() + TimeDelta::days(3))
                .is_empty()
        );
    }
}
