//! How to reach a database. [`Db::read`] and [`Db::write`] are the only way in, off the async threads.

pub mod columns;
mod condition;
mod connection;
pub mod copy;
pub mod days;
#[macro_use]
mod dialect;
mod error;
mod lifetime;
pub mod migrate;
pub mod schema;
mod transaction;
pub mod words;

use std::time::Duration;

pub use condition::Condition;
pub use connection::{Backend, Conn, OpenError};
pub use dialect::keys_of_last;
pub use error::{DbError, Result};
pub use lifetime::{Death, Lifetime};
pub use transaction::Conflict;

use connection::{Opener, Scheme};

/// A pool of connections to the one database of this program.
#[derive(Clone)]
pub struct Db {
    pool: diesel::r2d2::Pool<Opener>,
    /// Only a simulation's program is mortal.
    lifetime: Option<Lifetime>,
}

impl Db {
    /// Whether a URL names a database at all; nothing is opened.
    ///
    /// # Errors
    /// When [`Db::open`] would not understand it.
    pub fn check_url(url: &str) -> Result<(), OpenError> {
        Scheme::of(url).map(|_| ())
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
        let pool = diesel::r2d2::Pool::builder()
            .max_size(size.max(1))
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .build(opener)
            .map_err(|cause| OpenError::Unreachable(cause.to_string()))?;
        Ok(Self {
            pool,
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
        off_thread(move || db.write_now(f)).await
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
        let mut conn = self.pool.get().map_err(DbError::Pool)?;
        transaction::read(&mut conn, f)
    }

    /// As [`Db::write`], for callers that may wait: the command line and the jobs.
    pub fn write_now<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        match &self.lifetime {
            None => self.write_once(f),
            Some(lifetime) => {
                lifetime.must_go_on()?;
                let value = self.write_once(|tx| {
                    let value = f(tx)?;
                    lifetime.before_commit()?;
                    Ok::<T, E>(value)
                })?;
                lifetime.after_commit()?;
                Ok(value)
            }
        }
    }

    fn write_once<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E>,
        E: Conflict,
    {
        let mut conn = self.pool.get().map_err(DbError::Pool)?;
        transaction::write(&mut conn, f)
    }

    /// Writes a copy of the whole database to `path` while the service goes on (SQLite only).
    pub fn backup_to(&self, path: &str) -> Result<()> {
        let mut conn = self.pool.get()?;
        dialect::backup_to(&mut conn, path)
    }
}

async fn off_thread<T, E>(f: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(f).await {
        Ok(answer) => answer,
        Err(_) => Err(DbError::Cancelled.into()),
    }
}
