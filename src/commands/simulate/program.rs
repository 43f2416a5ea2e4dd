//! The program as a simulation has it: it dies at a write and starts again, and what people were doing they do again.

use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDateTime;
use hearth::access::{Act, Viewer, mail_upkeep};
use hearth::clock::At;
use hearth::db::{Conflict, Conn, Db, DbError, Death, Lifetime};
use hearth::jobs::runner::RunSummary;
use hearth::jobs::{Services, runner};
use hearth::mail::outbox;
use hearth::rules::identifiers::Reference;

use super::super::Failure;
use super::mail_server::MailServer;

/// The program, its clock and the mail server it talks to.
pub struct Program {
    pub services: Services,
    pub mail_server: MailServer,
    pub lifetime: Lifetime,
    pub deaths: u32,
    pub second: SecondProgram,
}

/// What became of the runs of the second program.
#[derive(Clone, Default)]
pub struct SecondProgram(Arc<Mutex<Seconds>>);

#[derive(Default)]
struct Seconds {
    runs: usize,
    problem: Option<String>,
}

impl SecondProgram {
    /// An administrator presses "try again" on a page of the second program; then it runs all jobs that are due and
    /// the mail, with a connection of its own and a life that nothing ends.
    pub fn work(&self, services: &Services, administrator: &Viewer) {
        if let Err(problem) = try_again(services, administrator) {
            self.seconds().problem.get_or_insert(problem.to_string());
        }
        let summaries = runner::run_due(services, services.clock.now());
        let mut seconds = self.seconds();
        seconds.runs += 1;
        if let Err(problem) = complain(&summaries) {
            seconds.problem.get_or_insert(problem);
        }
    }

    pub fn runs(&self) -> usize {
        self.seconds().runs
    }

    fn must_be_well(&self) -> Result<(), Failure> {
        match self.seconds().problem.take() {
            Some(problem) => Err(Failure::because(format!("the second program: {problem}"))),
            None => Ok(()),
        }
    }

    fn seconds(&self) -> MutexGuard<'_, Seconds> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why something was not done: any error of the rooms.
pub struct Hitch(Box<dyn Fault>);

trait Fault {
    fn db(&self) -> Option<&DbError>;
    fn sentence(&self) -> String;
}

impl<E: Conflict + Display> Fault for E {
    fn db(&self) -> Option<&DbError> {
        self.db_error()
    }

    fn sentence(&self) -> String {
        self.to_string()
    }
}

impl<E: Conflict + Display + 'static> From<E> for Hitch {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl Conflict for Hitch {
    fn db_error(&self) -> Option<&DbError> {
        self.0.db()
    }
}

impl Program {
    pub fn db(&self) -> &Db {
        &self.services.db
    }

    pub fn now(&self) -> NaiveDateTime {
        self.services.clock.now()
    }

    /// Somebody does something on a page; none when the page says no. When the program dies meanwhile they do the same
    /// again.
    pub fn write<T>(
        &mut self,
        f: impl Fn(&mut Conn) -> Result<T, Hitch>,
    ) -> Result<Option<T>, Failure> {
        self.write_in_parts(|services| services.db.write_now(&f))
    }

    /// Somebody does something that is written in several parts; as [`Self::write`].
    pub fn write_in_parts<T>(
        &mut self,
        f: impl Fn(&Services) -> Result<T, Hitch>,
    ) -> Result<Option<T>, Failure> {
        loop {
            match f(&self.services) {
                Ok(value) => return Ok(Some(value)),
                Err(_) if self.lifetime.is_over() => self.start_again(),
                // "It was not saved. Try again."
                Err(hitch) if matches!(hitch.0.db(), Some(DbError::Busy)) => {}
                Err(hitch) => return must_be_a_refusal(&hitch).map(|()| None),
            }
        }
    }

    /// Somebody looks.
    pub fn read<T>(&mut self, f: impl Fn(&mut Conn) -> Result<T, Hitch>) -> Result<T, Failure> {
        loop {
            match self.db().read_now(&f) {
                Ok(value) => return Ok(value),
                Err(_) if self.lifetime.is_over() => self.start_again(),
                Err(hitch) => return Err(Failure::because(hitch.0.sentence())),
            }
        }
    }

    /// The jobs that are due and the mail; or the mail alone.
    pub fn work(&mut self, sweep: bool) -> Result<(), Failure> {
        loop {
            let now = self.now();
            let refused = self.lifetime.refused();
            let summaries = match sweep {
                true => runner::run_due(&self.services, now),
                false => vec![runner::deliver_mail(&self.services)],
            };
            self.second.must_be_well()?;
            if self.lifetime.is_over() {
                self.start_again();
            } else if self.lifetime.refused() > refused {
                // What was refused is done by a later run; a lease that could not be given back runs out first.
                return Ok(());
            } else {
                return complain(&summaries).map_err(Failure::because);
            }
        }
    }

    /// From now on the program lives until that write.
    pub fn will_die(&self, death: Option<Death>) {
        self.lifetime.begin(death);
    }

    fn start_again(&mut self) {
        self.deaths += 1;
        self.mail_server.the_program_died();
        self.services.courier.unwritten.forget();
        self.lifetime.begin(None);
    }
}

/// Mails that somebody tries again who sees that they have not arrived: it may be on its way just then.
const TRIED_AGAIN: usize = 2;

fn try_again(services: &Services, administrator: &Viewer) -> Result<(), DbError> {
    let now = services.clock.now();
    services.db.write_now(|tx| {
        let overview = outbox::overview(tx, administrator.authority())?;
        let waiting = overview.undelivered.iter();
        let waiting = waiting.filter(|mail| !mail.is_dead());
        for mail in waiting.take(TRIED_AGAIN) {
            if let Ok(reference) = Reference::parse(&mail.reference) {
                mail_upkeep::retry_now(&mut Act::new(tx, administrator, At::of(now)), &reference)?;
            }
        }
        Ok(())
    })
}

/// What the database says ends the simulation; that a page says no does not.
fn must_be_a_refusal(hitch: &Hitch) -> Result<(), Failure> {
    match hitch.0.db() {
        Some(_) => Err(Failure::because(hitch.0.sentence())),
        None => Ok(()),
    }
}

/// A sweep that could not be completed though nobody killed it ends the simulation; mail has its problems.
fn complain(summaries: &[RunSummary]) -> Result<(), String> {
    let broken = summaries
        .iter()
        .find(|summary| summary.job != "deliver" && !summary.is_complete());
    match broken.and_then(|summary| summary.work.as_ref()) {
        Some(work) => Err(format!("a job could not be completed: {}", work.problem)),
        None => Ok(()),
    }
}
