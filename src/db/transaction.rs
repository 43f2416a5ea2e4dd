//! One writer at a time, or as if: the same meaning on both databases.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::R2D2Connection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection, QueryResult};

use super::connection::{Pool, Pooled};
use super::{Conn, DbError};

/// How often a transaction that lost a race is tried before its error goes up.
const ATTEMPTS: u32 = 8;

/// An error that can say whether it is only a lost race, so that the transaction may run again.
pub trait Conflict: From<DbError> {
    /// The database's part of this error, if it has one.
    fn db_error(&self) -> Option<&DbError>;
}

/// [`Conflict`] for an error whose variant `Db` is the database's. Variants named after it hold errors that can say it
/// themselves.
#[macro_export]
macro_rules! conflict {
    ($error:ty $(, $inner:ident)*) => {
        impl $crate::db::Conflict for $error {
            fn db_error(&self) -> Option<&$crate::db::DbError> {
                match self {
                    Self::Db(error) => Some(error),
                    $( Self::$inner(error) => $crate::db::Conflict::db_error(error), )*
                    _ => None,
                }
            }
        }
    };
}

impl Conflict for DbError {
    fn db_error(&self) -> Option<&DbError> {
        Some(self)
    }
}

/// Reads in one transaction, so that the numbers on a page agree with each other.
pub(super) fn read<T, E: Conflict>(
    pool: &Pool,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let mut conn = begun(pool)?;
    finish_reading(&mut conn, f)
}

/// As [`read`], on a connection of one's own.
pub(super) fn read_on<T, E: Conflict>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin_read(conn).map_err(DbError::from)?;
    finish_reading(conn, f)
}

fn finish_reading<T, E: Conflict>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    match f(conn) {
        Ok(value) => {
            commit(conn).map_err(DbError::from)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(conn);
            Err(or_unreachable(conn, error))
        }
    }
}

/// A connection with a transaction begun to read. One that broke since it was last used, because the server was started again, is
/// put away and another is taken, as many times as there may be connections.
fn begun(pool: &Pool) -> Result<Pooled, DbError> {
    for _ in 0..pool.max_size() {
        let mut conn = pool.get().map_err(DbError::Pool)?;
        match begin_read(&mut conn) {
            Ok(()) => return Ok(conn),
            Err(_) if conn.is_broken() => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut conn = pool.get().map_err(DbError::Pool)?;
    begin_read(&mut conn).map_err(|error| DbError::Unreachable(error.to_string()))?;
    Ok(conn)
}

/// Runs `f` in a transaction that behaves as if it were alone; on a lost race, runs it again, until the deadline. What was
/// refused then was not saved.
pub(super) fn write<T, E: Conflict>(
    conn: &mut Conn,
    deadline: Instant,
    f: impl Fn(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let mut attempt = 1;
    loop {
        let error = match try_once(conn, deadline, &f) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Some(race) = error.db_error().and_then(lost_race) else {
            return Err(or_unreachable(conn, error));
        };
        let may_go_on = match race {
            Race::ForTheFile => true,
            Race::WithAnother => attempt < ATTEMPTS,
        };
        if !may_go_on || Instant::now() >= deadline {
            return Err(DbError::Busy.into());
        }
        pause(attempt.min(ATTEMPTS));
        attempt += 1;
    }
}

/// What failed on a connection that is broken failed by that.
fn or_unreachable<E: Conflict>(conn: &mut Conn, error: E) -> E {
    match error.db_error() {
        Some(DbError::Query(cause)) if conn.is_broken() || is_broken_off(cause) => {
            DbError::Unreachable(cause.to_string()).into()
        }
        _ => error,
    }
}

/// Whether the server ended the connection, or is about to.
fn is_broken_off(cause: &Error) -> bool {
    match cause {
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(_, text) => [
            "server closed the connection",
            "no connection to the server",
            "terminating connection",
            "the database system is",
        ]
        .iter()
        .any(|sign| text.message().contains(sign)),
        Error::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Longer after each lost race, and by chance, so that two who lost to each other do not meet again.
fn pause(attempt: u32) {
    let longest = u64::from(attempt) * 14;
    std::thread::sleep(Duration::from_millis(rand::random_range(1..=longest)));
}

fn try_once<T, E: Conflict>(
    conn: &mut Conn,
    deadline: Instant,
    f: &impl Fn(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin_write(conn, deadline).map_err(DbError::from)?;
    match f(conn) {
        Ok(value) => match commit(conn) {
            Ok(()) => Ok(value),
            Err(error) => {
                roll_back(conn);
                Err(match conn.is_broken() || is_broken_off(&error) {
                    true => DbError::Unsure(error.to_string()),
                    false => DbError::from(error),
                }
                .into())
            }
        },
        Err(error) => {
            roll_back(conn);
            Err(error)
        }
    }
}

fn begin_read(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
}

/// SQLite takes the write lock at once (a later upgrade fails); PostgreSQL checks for races itself, and no statement may go on for
/// longer than whoever waits for it does.
#[cfg_attr(not(feature = "postgres"), expect(unused_variables))]
fn begin_write(conn: &mut Conn, deadline: Instant) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = left.as_millis().max(1);
            let begin = format!(
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL statement_timeout = {left}; SET LOCAL lock_timeout = {left}"
            );
            AnsiTransactionManager::begin_transaction_sql(conn, &begin)
        }
    }
}

fn commit(conn: &mut Conn) -> QueryResult<()> {
    <Conn as Connection>::TransactionManager::commit_transaction(conn)
}

/// A failed roll-back leaves the connection broken; the pool then drops it.
fn roll_back(conn: &mut Conn) {
    let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
}

/// A race that was lost: the same work may succeed when done again.
enum Race {
    /// Another process holds the lock of the file.
    ForTheFile,
    WithAnother,
}

/// Whether an error is a lost race. Diesel names no kind for a deadlock (PostgreSQL breaks one by refusing either side), nor for a
/// file that another process keeps locked.
///
/// A random reference that somebody has already is a lost race too: the next attempt draws another.
fn lost_race(error: &DbError) -> Option<Race> {
    match error {
        DbError::Query(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, text)) => text
            .message()
            .contains("reference")
            .then_some(Race::WithAnother),
        DbError::Query(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => {
            Some(Race::WithAnother)
        }
        DbError::Query(Error::DatabaseError(_, text)) => {
            let says = |refusal| text.message().contains(refusal);
            match () {
                () if says("database is locked") => Some(Race::ForTheFile),
                () if says("deadlock detected")
                    || says("due to lock timeout")
                    || says("due to statement timeout") =>
                {
                    Some(Race::WithAnother)
                }
                () => None,
            }
        }
        _ => None,
    }
}
