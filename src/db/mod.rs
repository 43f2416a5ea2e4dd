//! How to reach a database. [`Db::read`] and [`Db::write`] are the only way in, off the async threads.

pub mod columns;
mod condition;
mod connection;
pub mod copy;
pub mod days;
#[macro_use]
mod dialect;
mod error;
mod file;
mod lifetime;
pub mod migrate;
pub mod schema;
mod transaction;
pub mod words;
mod writers;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use condition::Condition;
pub use connection::{Backend, Conn, OpenError};
pub use dialect::keys_of_last;
pub use error::{DbError, Result};
pub use lifetime::{Death, Lifetime};
pub use transaction::Conflict;

use connection::{Opener, Pool, Scheme};
use writers::{Patience, Writers};

use crate::log::request;

/// The connections to the one database of this program: some to read, so that reading never waits for whoever writes, and others to
/// write.
#[derive(Clone)]
pub struct Db {
    readers: Pool,
    writers: Arc<Writers>,
    opener: Arc<Opener>,
    /// Only a simulation's program is mortal.
    lifetime: Option<Lifetime>,
}

impl Db {
    /// Whether a URL names a database that may be there or could be made; nothing is opened or made.
    ///
    /// # Errors
    /// When [`Db::open`] would not understand it, or it is a folder, or its folder cannot be made.
    pub fn check_url(url: &str) -> Result<(), OpenError> {
        Scheme::of(url)?.must_be_meant()
    }

    /// Opens the database named by `url` (`sqlite:PATH`, a plain path, or `postgres://…`) with up to `size` connections.
    /// A file that is not there is made, with its folder.
    pub fn open(url: &str, size: u32) -> Result<Self, OpenError> {
        let scheme = Scheme::of(url)?;
        scheme.prepare()?;
        Self::connect(Opener::new(scheme), size)
    }

    /// As [`Db::open`], for a register that nobody will miss: what is committed survives the program, but not a power
    /// cut. And the program may die at a write, as its lifetime says.
    pub fn open_to_throw_away(
        url: &str,
        size: u32,
        lifetime: &Lifetime,
    ) -> Result<Self, OpenError> {
        let scheme = Scheme::of(url)?;
        scheme.prepare()?;
        let db = Self::connect(Opener::new(scheme).in_a_hurry(), size)?;
        Ok(Self {
            lifetime: Some(lifetime.clone()),
            ..db
        })
    }

    /// As [`Db::open`], but a file that is not there is an error: a slip in a path must not pass for an empty register.
    pub fn open_existing(url: &str, size: u32) -> Result<Self, OpenError> {
        let scheme = Scheme::of(url)?;
        scheme.must_be_there()?;
        Self::connect(Opener::new(scheme), size)
    }

    fn connect(opener: Opener, size: u32) -> Result<Self, OpenError> {
        opener.make_file()?;
        let opener = opener.for_this_file();
        let (reading, writing) = opener.shares(size.max(1));
        let readers = opener.clone().for_reading().pool(reading)?;
        let writers = Writers::new(opener.clone().pool(writing)?, &opener);
        Ok(Self {
            readers,
            writers: Arc::new(writers),
            opener: Arc::new(opener),
            lifetime: None,
        })
    }

    /// Reads one consistent picture, on a thread where waiting is allowed.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Conflict + Send + 'static,
    {
        let db = self.clone();
        off_thread(move || db.read_now(f)).await
    }

    /// Changes something: all of it or nothing. `f` may run twice, so it touches only the database.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Conflict + Send + 'static,
    {
        let db = self.clone();
        off_thread(move || db.write_within(Patience::Page, f)).await
    }

    /// As [`Db::read`], for callers that may wait: the command line and the jobs.
    pub fn read_now<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        if let Some(lifetime) = &self.lifetime {
            lifetime.must_go_on()?;
        }
        transaction::read(&self.readers, f)
    }

    /// As [`Db::write`], for callers that may wait: the command line and the jobs.
    pub fn write_now<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        self.write_within(Patience::Job, f)
    }

    /// As [`Db::write`], for what a page does on a thread of its own: whoever looks at a browser waits.
    pub fn write_for_page<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        self.write_within(Patience::Page, f)
    }

    /// As [`Db::write_now`], for a program that stops and has no time.
    pub fn write_at_once<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        self.write_within(Patience::Stop, f)
    }

    /// As [`Db::write_now`], for whoever does not want to wait long.
    pub fn write_soon<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        self.write_within(Patience::Look, f)
    }

    fn write_within<T, E, F>(&self, patience: Patience, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        match &self.lifetime {
            None => self.writers.write(patience, f),
            Some(lifetime) => {
                lifetime.must_go_on()?;
                let value = self.writers.write(patience, |tx| {
                    let value = f(tx)?;
                    lifetime.before_commit()?;
                    Ok::<T, E>(value)
                })?;
                lifetime.after_commit()?;
                Ok(value)
            }
        }
    }

    /// Writes a copy of the whole database to `path` while the service goes on (SQLite only).
    pub fn backup_to(&self, path: &str) -> Result<()> {
        dialect::backup_to(&mut self.opener.open()?, path)
    }

    /// Refuses when the database file was deleted or replaced since it was opened; then nothing can be written any more.
    ///
    /// # Errors
    /// [`DbError::FileGone`].
    pub fn must_be_the_file_that_was_opened(&self) -> Result<()> {
        self.writers.must_be_the_same()
    }

    /// What is wrong with the pages of the database file, each in the database's own words. Reads all of it, on a connection of
    /// its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn faults_of_file(&self) -> Result<Vec<String>> {
        dialect::faults_of_file(&mut self.opener.open()?)
    }

    /// The file of the database, where it has one.
    pub fn file(&self) -> Option<&Path> {
        self.opener.file()
    }

    /// The longest time that one transaction kept others from writing, since this was asked last.
    pub fn take_longest_write(&self) -> Duration {
        self.writers.take_longest()
    }

    /// How the connections are in use.
    pub fn use_of_connections(&self) -> Use {
        let readers = self.readers.state();
        Use {
            reading: readers.connections - readers.idle_connections,
            readers: self.readers.max_size(),
            waiting_to_write: self.writers.waiting(),
        }
    }
}

/// How the connections of a program are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Connections that read just now, and how many there may be.
    pub reading: u32,
    pub readers: u32,
    /// How many wait for their turn to write.
    pub waiting_to_write: usize,
}

async fn off_thread<T, E>(f: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(request::carried(f)).await {
        Ok(answer) => answer,
        Err(_) => Err(DbError::Cancelled.into()),
    }
}
