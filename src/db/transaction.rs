//! One writer at a time, or as if: the same meaning on both databases.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection, QueryResult};

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
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin_read(conn).map_err(DbError::from)?;
    match f(conn) {
        Ok(value) => {
            commit(conn).map_err(DbError::from)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(conn);
            Err(error)
        }
    }
}

/// Runs `f` in a transaction that behaves as if it were alone; on a lost race, runs it again.
pub(super) fn write<T, E: Conflict>(
    conn: &mut Conn,
    f: impl Fn(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let mut attempt = 1;
    loop {
        let outcome = try_once(conn, &f);
        match outcome {
            Err(error) if attempt < ATTEMPTS && error.db_error().is_some_and(lost_race) => {
                pause(attempt);
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Longer after each lost race, and by chance, so that two who lost to each other do not meet again.
fn pause(attempt: u32) {
    let longest = u64::from(attempt) * 14;
    std::thread::sleep(Duration::from_millis(rand::random_range(1..=longest)));
}

fn try_once<T, E: Conflict>(
    conn: &mut Conn,
    f: &impl Fn(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin_write(conn).map_err(DbError::from)?;
    match f(conn) {
        Ok(value) => match commit(conn) {
            Ok(()) => Ok(value),
            Err(error) => {
                roll_back(conn);
                Err(DbError::from(error).into())
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

/// SQLite takes the write lock at once (a later upgrade fails); PostgreSQL checks for races itself.
fn begin_write(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
        ),
    }
}

fn commit(conn: &mut Conn) -> QueryResult<()> {
    <Conn as Connection>::TransactionManager::commit_transaction(conn)
}

/// A failed roll-back leaves the connection broken; the pool then drops it.
fn roll_back(conn: &mut Conn) {
    let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
}

/// Whether the same work may succeed when done again. Diesel names no kind for a deadlock (PostgreSQL breaks one by
/// refusing either side), nor for a file that another process keeps locked.
///
/// A random reference that somebody has already is a lost race too: the next attempt draws another.
fn lost_race(error: &DbError) -> bool {
    match error {
        DbError::Query(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, text)) => {
            text.message().contains("reference")
        }
        DbError::Query(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        DbError::Query(Error::DatabaseError(_, text)) => {
            ["database is locked", "deadlock detected"]
                .iter()
                .any(|refusal| text.message().contains(refusal))
        }
        _ => false,
    }
}
