//! Where the two databases differ, the difference has an address: here.

use diesel::RunQueryDsl;

use super::{Conn, Result};

/// Writes a body once and compiles it for each database: for what the combined connection cannot do, such as
/// inserting many rows in one statement, and for the questions of the pages that are asked all day. The combined
/// connection writes a query down as SQL several times before it asks; here diesel knows the statement by its type.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($inner) => $body,
            #[cfg(feature = "postgres")]
            $crate::db::Conn::Postgres($inner) => $body,
        }
    };
}

/// A consistent copy of a live SQLite database; PostgreSQL has `pg_dump` for this.
pub(super) fn backup_to(conn: &mut Conn, path: &str) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            diesel::sql_query("VACUUM INTO ?")
                .bind::<diesel::sql_types::Text, _>(path)
                .execute(conn)?;
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => Err(super::DbError::Corrupt(
            "a PostgreSQL database is backed up with pg_dump, see docs/operating.md".into(),
        )),
    }
}
