//! Whoever writes. On SQLite one at a time, in the order in which they came; on both databases with an end to their patience, so that
//! whoever was told that nothing was saved can rely on it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::FairMutex;

use super::connection::{Opener, Pool};
use super::file::OpenedFile;
use super::transaction::{self, Conflict};
use super::{Conn, DbError, Result};

/// How long a writer waits for others, of this program and of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Of a program that stops.
    Stop,
    /// Of whoever only looks whether it is possible.
    Look,
    /// Shorter than that of whoever looks at a browser: they are told while they still look.
    Page,
    /// Of jobs and commands.
    Job,
}

impl Patience {
    fn lasts(self) -> Duration {
        match self {
            Self::Stop => Duration::from_secs(1),
            Self::Look => Duration::from_secs(4),
            Self::Page => Duration::from_secs(8),
            Self::Job => Duration::from_secs(60),
        }
    }
}

/// As many may wait at a time. Each holds a thread, and reading needs threads too.
const MOST_WAITING: usize = 100;

/// The way to write.
pub(super) struct Writers {
    pool: Pool,
    /// Whose turn it is; where the database lets one write at a time.
    turn: Option<FairMutex<()>>,
    waiting: AtomicUsize,
    /// In microseconds.
    longest: AtomicU64,
    file: Option<Arc<OpenedFile>>,
}

impl Writers {
    pub(super) fn new(pool: Pool, opener: &Opener) -> Self {
        Self {
            pool,
            turn: opener.file().map(|_| FairMutex::new(())),
            waiting: AtomicUsize::new(0),
            longest: AtomicU64::new(0),
            file: opener.opened().cloned(),
        }
    }

    /// Runs `f` in a transaction, and commits only if the file is still the one that was opened.
    pub(super) fn write<T, E: Conflict>(
        &self,
        patience: Patience,
        f: impl Fn(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let deadline = Instant::now() + patience.lasts();
        let place = Place::among(&self.waiting)?;
        let turn = self.turn.as_ref().map(|turn| turn.try_lock_until(deadline));
        if turn.as_ref().is_some_and(Option::is_none) {
            return Err(DbError::Busy.into());
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let mut conn = self.pool.get_timeout(left).map_err(DbError::Pool)?;
        drop(place);
        self.must_be_the_same()?;
        let began = Cell::new(None);
        let done = transaction::write(&mut conn, deadline, |tx| {
            began.set(Some(Instant::now()));
            let value = f(tx)?;
            self.must_be_the_same()?;
            Ok(value)
        });
        // Where the turn never came, somebody else held it.
        if let Some(began) = began.get() {
            let held = u64::try_from(Instant::elapsed(&began).as_micros()).unwrap_or(u64::MAX);
            self.longest.fetch_max(held, Ordering::Relaxed);
        }
        done
    }

    /// The longest time that one transaction kept others from writing, since this was asked last.
    pub(super) fn take_longest(&self) -> Duration {
        Duration::from_micros(self.longest.swap(0, Ordering::Relaxed))
    }

    /// Refuses when the file that was opened is not the one that is there.
    pub(super) fn must_be_the_same(&self) -> Result<()> {
        match &self.file {
            Some(file) => file.must_be_the_same(),
            None => Ok(()),
        }
    }

    /// A connection that may change anything, for bringing the tables up.
    pub(super) fn connection(&self) -> Result<super::connection::Pooled> {
        Ok(self.pool.get()?)
    }

    /// How many wait now.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// A place among those who wait.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn among(waiting: &'a AtomicUsize) -> Result<Self> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting);
        match before >= MOST_WAITING {
            true => Err(DbError::Busy),
            false => Ok(place),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
