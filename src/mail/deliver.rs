//! Delivers what the outbox holds: lease, send, record. Leases are taken some at a time and committed before anybody is
//! spoken to; several connections send; each mail is marked on its own as soon as its answer is there, together with the
//! answers that came meanwhile. What the server took while the database could not be written is kept in mind (`unwritten`). A crash between any two steps loses nothing: a mail that was leased goes when the lease
//! is over, and one that the server took in the moment before, without our having written it down, goes again with the
//! same Message-ID; SMTP allows no better.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use chrono::{Duration, NaiveDateTime};

use super::compose::compose;
use super::courier::Courier;
use super::doubts::{Doubts, Handled};
use super::outbox::forget_secrets;
use super::server_words;
use super::store::leases::Failure;
use super::store::{OutgoingMail, failing, leases};
use crate::clock::Clock;
use crate::db::{Conn, Db, DbError, Result};
use crate::rules::bounce::{Cause, Command};
use crate::rules::delivery::{self, Answer, Next, Tried};

/// What became of all that was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Taken by the server.
    pub sent: u32,
    /// To be tried again.
    pub retried: u32,
    pub dead: u32,
    /// The server seems to be down, so the rest was left for the next run.
    pub gave_up: bool,
    /// No mail had an answer, few as they may have been.
    pub unanswered: bool,
}

/// How long a lease lasts: longer than the slowest server takes for what is begun under it.
pub const LEASE: Duration = Duration::minutes(10);

/// Nothing is begun so long after it was leased: every answer waited for in full, it would not end within the lease.
const BEGUN_WITHIN: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// After so many mails without any answer, or with none but that we are not welcome, the server is taken to be down: 500 mails must not wait for 500
/// time-outs.
const PATIENCE: u32 = 3;

/// Sends whatever is due, until nothing is or the server seems to be down. Waits for the server: call it from a
/// thread that may wait.
///
/// # Errors
/// If the database refuses; what was sent is recorded by the next run, before it sends anything.
pub fn deliver_due(db: &Db, courier: &Courier, clock: &Clock) -> Result<Summary> {
    courier.unwritten.write(db)?;
    let leased_at = Instant::now();
    let first = db.write_now(|tx| lease(tx, clock.now(), LEASE, risked(courier)))?;
    if first.is_empty() {
        return Ok(Summary::default());
    }
    let stop = AtomicBool::new(false);
    let (hand_out, to_send) = channel();
    let (hand_in, answered) = channel();
    let to_send = Mutex::new(to_send);
    thread::scope(|threads| {
        for _ in 0..courier.connections {
            let (hand_in, to_send, stop) = (hand_in.clone(), &to_send, &stop);
            threads.spawn(move || send_all(to_send, &hand_in, stop, courier, clock));
        }
        let mut round = Round {
            db,
            courier,
            clock,
            hand_out,
            answered,
            stop: &stop,
            under_way: 0,
            at_most: courier.leased_at_once,
            unanswered: 0,
            reached: false,
            doubts: Doubts::default(),
            summary: Summary::default(),
        };
        round.give(first, leased_at);
        let outcome = round.work();
        stop.store(true, Ordering::SeqCst);
        if outcome.is_err() {
            round.hear_the_rest();
        }
        if round.summary.gave_up {
            tracing::warn!(server = %courier.transport, "no answer, or nothing but refusals; the rest of the mail is left for the next run");
        }
        round.summary.unanswered = !round.reached && round.unanswered > 0;
        outcome.map(|()| round.summary)
    })
}

/// How many mails are risked with a server that has not answered yet: as many as have to go without an answer before it is taken to be
/// down, side by side. One that hangs keeps no other waiting, and a server that is down costs the time of one.
fn risked(courier: &Courier) -> usize {
    let patience = usize::try_from(PATIENCE).unwrap_or(1);
    courier
        .leased_at_once
        .min(courier.connections)
        .min(patience)
}

/// Takes mails that are due, so that no other deliverer does until the lease is over.
///
/// # Errors
/// If the database refuses.
pub fn lease(
    tx: &mut Conn,
    now: NaiveDateTime,
    lease: Duration,
    at_most: usize,
) -> Result<Vec<OutgoingMail>> {
    leases::take(tx, now, now + lease, at_most)
}

/// A mail on its way, and when it was leased.
struct Leased {
    mail: OutgoingMail,
    at: Instant,
}

/// Sends what is handed out until no more will be.
fn send_all(
    to_send: &Mutex<Receiver<Leased>>,
    hand_in: &Sender<Handled>,
    stop: &AtomicBool,
    courier: &Courier,
    clock: &Clock,
) {
    loop {
        let next = to_send
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Leased { mail, at }) = next else {
            return;
        };
        let is_stopping = stop.load(Ordering::SeqCst) || courier.is_closing();
        let may_begin = !is_stopping && at.elapsed() < BEGUN_WITHIN;
        let answer = may_begin.then(|| answer_to(&mail, courier, clock.now()));
        // Nobody listens any more only when the database has refused; the lease then sees to the rest.
        let _ = hand_in.send(Handled {
            mail,
            answer,
            jitter: courier.transport.jitter(),
        });
    }
}

/// A mail that the program stumbles over must not keep the others waiting.
fn answer_to(mail: &OutgoingMail, courier: &Courier, now: NaiveDateTime) -> Answer {
    catch_unwind(AssertUnwindSafe(|| hand_over(mail, courier, now))).unwrap_or_else(|_| {
        Answer::NotHandedOver {
            reason: "the program made a mistake; see the log".to_owned(),
        }
    })
}

fn hand_over(mail: &OutgoingMail, courier: &Courier, now: NaiveDateTime) -> Answer {
    if !tried(mail).is_of_use(now) {
        return Answer::Unsendable {
            reason: "not sent in time: what it says does not hold any more".to_owned(),
        };
    }
    match compose(mail, courier, now) {
        Ok(message) => courier.transport.send(&message, &file_name(mail)),
        Err(cause) => Answer::Unsendable {
            reason: cause.to_string(),
        },
    }
}

fn tried(mail: &OutgoingMail) -> Tried {
    Tried {
        tries: mail.tries.unsigned_abs(),
        useless_after: mail.useless_after,
    }
}

/// In a folder, mails sort by when they were put, and one that is sent twice is one file.
fn file_name(mail: &OutgoingMail) -> String {
    format!(
        "{}-{}.eml",
        mail.created_at.format("%Y-%m-%dT%H%M%S"),
        mail.reference
    )
}

/// One run: hands mails out to the senders and writes down what they say.
struct Round<'a> {
    db: &'a Db,
    courier: &'a Courier,
    clock: &'a Clock,
    hand_out: Sender<Leased>,
    answered: Receiver<Handled>,
    stop: &'a AtomicBool,
    under_way: usize,
    at_most: usize,
    /// How many mails in a row had no answer.
    unanswered: u32,
    /// Whether the server has answered yet: until it has, a few mails at a time are risked.
    reached: bool,
    doubts: Doubts,
    summary: Summary,
}

impl Round<'_> {
    fn work(&mut self) -> Result<()> {
        let mut may_be_more = true;
        loop {
            if may_be_more && !self.is_stopping() && self.wants_more() {
                may_be_more = self.lease_more()?;
            }
            if self.under_way == 0 {
                if self.is_stopping() || !may_be_more {
                    return self.resolve_doubts();
                }
                continue;
            }
            let handled = self.wait()?;
            self.under_way -= handled.len();
            let certain = self.doubts.keep_doubtful(handled);
            self.settle(&certain)?;
            if self.doubts.are_ripe() {
                self.resolve_doubts()?;
            }
        }
    }

    /// Writes down what was kept back because other refusals may have said the same: those that did are our own fault.
    fn resolve_doubts(&mut self) -> Result<()> {
        let doubtful = self.doubts.take();
        let is_any = !doubtful.is_empty();
        self.settle(&doubtful)?;
        if is_any && self.doubts.relay_takes_nothing() {
            self.give_up();
        }
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.courier.is_closing()
    }

    fn wants_more(&self) -> bool {
        if self.reached {
            self.under_way <= self.at_most / 2
        } else {
            self.under_way == 0
        }
    }

    fn lease_more(&mut self) -> Result<bool> {
        let at_most = match self.reached {
            true => self.at_most,
            false => risked(self.courier),
        };
        let leased_at = Instant::now();
        let now = self.clock.now();
        let mails = self.db.write_now(|tx| lease(tx, now, LEASE, at_most))?;
        let is_any = !mails.is_empty();
        self.give(mails, leased_at);
        Ok(is_any)
    }

    fn give(&mut self, mails: Vec<OutgoingMail>, at: Instant) {
        for mail in mails {
            if self.hand_out.send(Leased { mail, at }).is_ok() {
                self.under_way += 1;
            }
        }
    }

    /// The next answer and all that are there by now.
    fn wait(&self) -> Result<Vec<Handled>> {
        let first = self.answered.recv().map_err(|_| DbError::Cancelled)?;
        Ok(std::iter::once(first)
            .chain(self.answered.try_iter())
            .collect())
    }

    /// The database takes nothing just now: what servers have taken is kept until it does, of what is under way too.
    fn hear_the_rest(&mut self) {
        while self.under_way > 0
            && let Ok(handled) = self.wait()
        {
            self.under_way -= handled.len();
            self.keep_unwritten(&handled);
        }
    }

    fn keep_unwritten(&self, handled: &[Handled]) {
        for one in handled {
            if let Some(Answer::Accepted { reply }) = &one.answer {
                let (mail, now) = (one.mail.clone(), self.clock.now());
                self.courier.unwritten.keep(mail, reply.clone(), now);
            }
        }
    }

    fn settle(&mut self, handled: &[Handled]) -> Result<()> {
        let written = self.write_down(handled);
        if written.is_err() {
            self.keep_unwritten(handled);
        }
        written
    }

    fn write_down(&mut self, handled: &[Handled]) -> Result<()> {
        let now = self.clock.now();
        let doubts = &self.doubts;
        let settled = self.db.write_now(|tx| {
            let settled = handled.iter().map(|one| Settled::of(tx, one, doubts, now));
            let settled = settled.collect::<Result<Vec<_>>>()?;
            settled.iter().try_for_each(|one| one.record(tx, now))?;
            Ok::<_, DbError>(settled)
        })?;
        for one in &settled {
            self.count(one);
        }
        Ok(())
    }

    fn count(&mut self, settled: &Settled<'_>) {
        let Settled::Answered {
            mail, answer, next, ..
        } = settled
        else {
            return;
        };
        tell(mail, answer, *next);
        metrics::counter!("hearth_mail_total", "result" => next.in_a_word()).increment(1);
        match next {
            Next::Sent => self.summary.sent += 1,
            Next::RetryAt(_) => self.summary.retried += 1,
            Next::Dead => self.summary.dead += 1,
        }
        if is_about_us(answer) {
            self.unanswered += 1;
        } else {
            self.unanswered = 0;
            self.reached = true;
        }
        if self.unanswered >= PATIENCE {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.summary.gave_up = true;
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// What is written down of a mail.
enum Settled<'a> {
    NotTried(&'a OutgoingMail),
    Answered {
        mail: &'a OutgoingMail,
        answer: &'a Answer,
        cause: Option<Cause>,
        next: Next,
    },
}

impl<'a> Settled<'a> {
    fn of(
        tx: &mut Conn,
        handled: &'a Handled,
        doubts: &Doubts,
        now: NaiveDateTime,
    ) -> Result<Self> {
        let mail = &handled.mail;
        let Some(answer) = &handled.answer else {
            return Ok(Self::NotTried(mail));
        };
        let doubted = match answer {
            Answer::Refused(refusal) if refusal.is_the_end() => {
                doubts.doubt(tx, mail, refusal.cause(), now)?
            }
            _ => None,
        };
        let (cause, next) = match doubted {
            Some(cause) => {
                let next = delivery::again(tried(mail), now, handled.jitter);
                (Some(cause), next)
            }
            None => {
                let next = delivery::after(tried(mail), answer, now, handled.jitter);
                (cause(answer), next)
            }
        };
        Ok(Self::Answered {
            mail,
            answer,
            cause,
            next,
        })
    }

    fn record(&self, tx: &mut Conn, now: NaiveDateTime) -> Result<()> {
        let (mail, answer, cause, next) = match self {
            Self::NotTried(mail) => return leases::give_back(tx, mail),
            Self::Answered {
                mail,
                answer,
                cause,
                next,
            } => (*mail, answer, *cause, next),
        };
        let words = words(answer);
        let failure = Failure {
            cause,
            at: now,
            words,
        };
        match next {
            Next::RetryAt(at) => return leases::record_retry(tx, mail, failure, *at),
            Next::Sent => leases::record_sent(tx, mail, words, now)?,
            Next::Dead => leases::record_dead(tx, mail, failure)?,
        }
        if *next == Next::Dead && cause.is_some_and(Cause::marks_address) {
            failing::add(tx, &mail.recipient, words, mail.id, now)?;
        }
        forget_secrets(tx, mail.kind, mail.id)
    }
}

/// Whether the server did not even hear whom the mail is for.
fn is_about_us(answer: &Answer) -> bool {
    match answer {
        Answer::Unreachable { .. } => true,
        Answer::Refused(refusal) => {
            let is_early = matches!(refusal.command, Some(Command::Connection | Command::Mail));
            is_early && refusal.cause() == Cause::OurFault
        }
        _ => false,
    }
}

fn cause(answer: &Answer) -> Option<Cause> {
    match answer {
        Answer::Refused(refusal) => Some(refusal.cause()),
        Answer::Unreachable { .. } => Some(Cause::Moment),
        Answer::Accepted { .. } | Answer::NotHandedOver { .. } | Answer::Unsendable { .. } => None,
    }
}

fn words(answer: &Answer) -> &str {
    match answer {
        Answer::Accepted { reply } => reply,
        Answer::Refused(refusal) => &refusal.words,
        Answer::Unreachable { reason }
        | Answer::NotHandedOver { reason }
        | Answer::Unsendable { reason } => reason,
    }
}

fn tell(mail: &OutgoingMail, answer: &Answer, next: Next) {
    let (reference, kind, tries) = (&mail.reference, mail.kind.as_str(), mail.tries);
    // Servers repeat addresses, and names beside them, in words that nobody can foresee: the log has no more than their code.
    let answer = match answer {
        Answer::Refused(refusal) => server_words::code(&refusal.words),
        other => words(other).to_owned(),
    };
    match next {
        Next::Sent => tracing::info!(mail = reference, kind, tries, "mail sent"),
        Next::RetryAt(at) => {
            tracing::warn!(mail = reference, kind, tries, answer, %at, "mail not sent, to be tried again");
        }
        Next::Dead => tracing::error!(mail = reference, kind, tries, answer, "mail given up"),
    }
}
