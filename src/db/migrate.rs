//! Brings a database's tables up to this program's version.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db, DbError, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs every step the database has not had yet; gives their names.
pub fn migrate(db: &Db) -> Result<Vec<String>> {
    let mut conn = db.pool.get()?;
    match &mut *conn {
        Conn::Sqlite(conn) => run(conn, SQLITE),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => run(conn, POSTGRES),
    }
}

/// Whether there are steps the database has not had yet.
pub fn is_pending(db: &Db) -> Result<bool> {
    let mut conn = db.pool.get()?;
    match &mut *conn {
        Conn::Sqlite(conn) => pending(conn, SQLITE),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => pending(conn, POSTGRES),
    }
}

fn pending<C, B>(conn: &mut C, steps: EmbeddedMigrations) -> Result<bool>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    conn.has_pending_migration(steps).map_err(|cause| {
        DbError::Corrupt(format!(
            "it cannot be told whether the tables are up to date: {cause}"
        ))
    })
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
