//! Proves every promise as the register stood in the evening, while the next day is already lived through.

use std::collections::HashSet;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use hearth::access::authority;
use hearth::clock::At;
use hearth::db::{Db, DbError};
use hearth::proof::verify::{Invariant, verify};

use super::super::Failure;
use super::store::{self, OpenDuty};
use super::world::Presence;

/// An evening at which the register is looked at.
pub struct Evening {
    /// Which day of the simulation, from 1.
    pub number: u32,
    pub today: NaiveDate,
    pub now: NaiveDateTime,
    /// Which of the children are there, as far as people know; in the order of the world's.
    pub presences: Vec<Presence>,
}

/// What was proven of an evening, and what a witness saw.
pub struct Proven {
    pub evening: Evening,
    pub promises: Vec<Invariant>,
    pub seen: Seen,
}

/// What stood in the tables.
pub struct Seen {
    pub open: Vec<OpenDuty>,
    /// The children whose checks rest.
    pub resting: HashSet<i64>,
}

/// A proof that is being made.
type Proof = JoinHandle<Result<(Vec<Invariant>, Seen), DbError>>;

/// Has a connection of its own, and a life that nothing ends.
pub struct Examiner {
    db: Db,
    late_after: Duration,
    under_way: Option<(Evening, Proof)>,
}

impl Examiner {
    pub const fn new(db: Db, late_after: Duration) -> Self {
        Self {
            db,
            late_after,
            under_way: None,
        }
    }

    /// Begins with an evening; returns as soon as nothing that is written later is seen.
    pub fn begin(&mut self, evening: Evening) {
        let (holds, is_held) = channel();
        let (db, late_after) = (self.db.clone(), self.late_after);
        let (today, now) = (evening.today, evening.now);
        let proof = thread::spawn(move || {
            db.read_now(|conn| {
                // SQLite holds the register as it is at the first question of a transaction.
                authority::in_service(conn)?;
                // Whoever waits is told by the end of this thread as well.
                let _ = holds.send(());
                let seen = Seen {
                    open: store::open_checks(conn)?,
                    resting: store::resting(conn, today)?,
                };
                Ok((verify(conn, None, At::of(now), late_after)?, seen))
            })
        });
        let _ = is_held.recv();
        self.under_way = Some((evening, proof));
    }

    /// What was found of the evening that was begun with last, if one was.
    pub fn proven(&mut self) -> Result<Option<Proven>, Failure> {
        let Some((evening, proof)) = self.under_way.take() else {
            return Ok(None);
        };
        let (promises, seen) = proof
            .join()
            .map_err(|_| Failure::because("the proof of an evening ended before it was done"))??;
        Ok(Some(Proven {
            evening,
            promises,
            seen,
        }))
    }
}
