//! Brings a database's tables up to this program's version, and says which steps one of them has and the other has not.

use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db, DbError, Result, transaction};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long others who write are waited for.
const WAITS: Duration = Duration::from_secs(60);

/// Runs every step the database has not had yet, and `then`, all in one transaction; gives the names of the steps. Of two at
/// once the second waits for the first and finds nothing left to do.
///
/// # Errors
/// When a step or `then` fails, and then nothing is changed.
pub fn migrate(db: &Db, then: impl Fn(&mut Conn) -> Result<()>) -> Result<Vec<String>> {
    let mut conn = db.writers.connection()?;
    be_alone(&mut conn)?;
    let steps = transaction::write(&mut conn, Instant::now() + WAITS, |tx| {
        let steps = match tx {
            Conn::Sqlite(conn) => run(conn, SQLITE),
            #[cfg(feature = "postgres")]
            Conn::Postgres(conn) => {
                // A step may take longer than anybody waits for a lock.
                conn.batch_execute("SET LOCAL statement_timeout = 0")?;
                run(conn, POSTGRES)
            }
        }?;
        then(tx)?;
        Ok::<_, DbError>(steps)
    });
    let others = let_others(&mut conn);
    let steps = steps?;
    others.map(|()| steps)
}

/// SQLite's transaction holds the lock of all writers from its beginning. That of PostgreSQL sees the tables as they were when
/// it began, so whoever waits has to wait before.
fn be_alone(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => Ok(conn.batch_execute(
            "BEGIN; SET LOCAL lock_timeout = '10min';
             SELECT pg_advisory_lock(hashtext('hearth migrate'), hashtext(current_schema())); COMMIT",
        )?),
    }
}

/// The lock would go with the connection too, but the pool keeps that.
fn let_others(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => Ok(diesel::sql_query(
            "SELECT pg_advisory_unlock(hashtext('hearth migrate'), hashtext(current_schema()))",
        )
        .execute(conn)
        .map(drop)?),
    }
}

/// In what the steps of a database differ from those that this program knows; the names of steps.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The database has not had these.
    pub missing: Vec<String>,
    /// The database has had these, and this program does not know them: a newer one was there.
    pub unknown: Vec<String>,
}

/// Compares the steps that a database has had with those of this program; writes nothing, not even diesel's own table.
///
/// # Errors
/// When the database does not answer.
pub fn difference(conn: &mut Conn) -> Result<Difference> {
    let known = known()?;
    let had = had(conn)?;
    let without = |steps: &[String], others: &[String]| -> Vec<String> {
        let rest = steps.iter().filter(|step| !others.contains(step));
        rest.cloned().collect()
    };
    Ok(Difference {
        missing: without(&known, &had),
        unknown: without(&had, &known),
    })
}

/// Whether a database has no table at all, of Hearth or of anybody else.
///
/// # Errors
/// When the database does not answer.
pub fn is_untouched(conn: &mut Conn) -> Result<bool> {
    let tables = diesel::sql_query(match conn {
        Conn::Sqlite(_) => "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table'",
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => {
            "SELECT count(*) AS number FROM pg_tables WHERE schemaname = current_schema()"
        }
    });
    let tables: Tables = on_each!(conn, |conn| tables.get_result(conn))?;
    Ok(tables.number == 0)
}

/// Whether a database is another program's: it has tables, and has had none of our steps. The record of steps alone, empty, is
/// what a `migrate` of an earlier version left that was killed.
///
/// # Errors
/// When the database does not answer.
pub fn is_foreign(conn: &mut Conn) -> Result<bool> {
    let (known, had) = (known()?, had(conn)?);
    if had.iter().any(|step| known.contains(step)) {
        return Ok(false);
    }
    let tables = diesel::sql_query(match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name <> '__diesel_schema_migrations'"
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => {
            "SELECT count(*) AS number FROM pg_tables WHERE schemaname = current_schema()
                AND tablename <> '__diesel_schema_migrations'"
        }
    });
    let tables: Tables = on_each!(conn, |conn| tables.get_result(conn))?;
    Ok(tables.number > 0 || !had.is_empty())
}

/// The folders of both databases hold steps of the same names.
fn known() -> Result<Vec<String>> {
    let steps = MigrationSource::<Sqlite>::migrations(&SQLITE)
        .map_err(|cause| DbError::Corrupt(format!("the program's own steps: {cause}")))?;
    let versions = steps.iter().map(|step| step.name().version().to_string());
    Ok(versions.collect())
}

#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The steps that a database has had, in their order.
///
/// # Errors
/// When the database does not answer.
pub fn had(conn: &mut Conn) -> Result<Vec<String>> {
    let record = diesel::sql_query(match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) AS number FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => "SELECT count(to_regclass('__diesel_schema_migrations')) AS number",
    });
    let tables: Tables = on_each!(conn, |conn| record.get_result(conn))?;
    if tables.number == 0 {
        return Ok(Vec::new());
    }
    let steps =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version");
    let steps: Vec<Step> = on_each!(conn, |conn| steps.load(conn))?;
    Ok(steps.into_iter().map(|step| step.version).collect())
}

fn run<C, B>(conn: &mut C, steps: EmbeddedMigrations) -> Result<Vec<String>>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    conn.run_pending_migrations(steps)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|cause| {
            DbError::Corrupt(format!(
                "the tables could not be brought up to date: {cause}"
            ))
        })
}
