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

/// Inserts rows (a slice), as many as there are. SQLite is in this process, so it takes them one after the other with a
/// statement that was prepared once; one statement for many rows would be parsed anew each time, at more than the cost of
/// the rows. To PostgreSQL every statement is a journey, so it takes many rows with each, within its 65,535 parameters.
#[macro_export]
macro_rules! insert_rows {
    ($tx:expr, $table:expr, $rows:expr) => {
        match $tx {
            $crate::db::Conn::Sqlite(conn) => $rows.iter().try_for_each(|row| {
                diesel::insert_into($table)
                    .values(row)
                    .execute(conn)
                    .map(drop)
            }),
            #[cfg(feature = "postgres")]
            $crate::db::Conn::Postgres(conn) => $rows.chunks(1_000).try_for_each(|part| {
                diesel::insert_into($table)
                    .values(part)
                    .execute(conn)
                    .map(drop)
            }),
        }
    };
}

/// As [`insert_rows`], for rows of a table (the module in the schema) with a `reference` of their own, and gives the
/// rows' keys in their order.
#[macro_export]
macro_rules! insert_rows_for_keys {
    ($tx:expr, $table:ident, $rows:expr) => {
        match $tx {
            $crate::db::Conn::Sqlite(conn) => $rows
                .iter()
                .try_for_each(|row| {
                    diesel::insert_into($table::table)
                        .values(row)
                        .execute(conn)
                        .map(drop)
                })
                .and_then(|()| $crate::db::keys_of_last(conn, $rows.len())),
            #[cfg(feature = "postgres")]
            $crate::db::Conn::Postgres(conn) => {
                let mut keys = std::collections::HashMap::with_capacity($rows.len());
                $rows
                    .chunks(1_000)
                    .try_for_each(|part| {
                        let some: Vec<(String, i64)> = diesel::insert_into($table::table)
                            .values(part)
                            .returning(($table::reference, $table::id))
                            .get_results(conn)?;
                        keys.extend(some);
                        Ok(())
                    })
                    .and_then(|()| {
                        let key = |reference: &str| keys.get(reference).copied();
                        $rows
                            .iter()
                            .map(|row| key(row.reference).ok_or(diesel::result::Error::NotFound))
                            .collect()
                    })
            }
        }
    };
}

/// The keys of the `count` rows that this connection inserted last, all into one table of AUTOINCREMENT keys and in one
/// transaction: nobody else inserts meanwhile, so they follow each other. (RETURNING would build a table for each row.)
pub fn keys_of_last(
    conn: &mut diesel::SqliteConnection,
    count: usize,
) -> diesel::QueryResult<Vec<i64>> {
    let last: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "last_insert_rowid()",
    ))
    .get_result(conn)?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok((last - count + 1..=last).collect())
}

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Text)]
    quick_check: String,
}

/// What is wrong with the pages of a database file; nothing where a server keeps the database.
pub(super) fn faults_of_file(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Sqlite(conn) => {
            let said: Vec<Said> = diesel::sql_query("PRAGMA quick_check(20)").load(conn)?;
            let faults = said.into_iter().map(|said| said.quick_check);
            Ok(faults.filter(|said| said != "ok").collect())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => Ok(Vec::new()),
    }
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
        Conn::Postgres(_) => Err(super::DbError::Unsupported(
            "a PostgreSQL database is backed up with pg_dump, see docs/operating.md",
        )),
    }
}
