//! A copy of the database in a file of its own, read as it lies: nothing is written into it once it is made, and no log beside it is.

use std::path::Path;
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::file::url_of;
use super::{Conflict, Conn, DbError, Result, transaction};

/// Reads one picture of a copy.
///
/// # Errors
/// When it cannot be opened, or `f` fails.
pub fn look_into<T, E: Conflict>(
    file: &Path,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let url = url_of(file, "mode=ro&immutable=1");
    let conn = SqliteConnection::establish(&url).map_err(|cause| {
        DbError::Corrupt(format!("{} cannot be opened: {cause}", file.display()))
    })?;
    transaction::read_on(&mut Conn::Sqlite(conn), f)
}

/// Changes a copy that was made just now, and that nobody uses yet.
///
/// # Errors
/// When it cannot be opened, or `f` fails.
pub fn change<E: Conflict>(file: &Path, f: impl Fn(&mut Conn) -> Result<(), E>) -> Result<(), E> {
    let conn = SqliteConnection::establish(&url_of(file, "mode=rw")).map_err(|cause| {
        DbError::Corrupt(format!("{} cannot be opened: {cause}", file.display()))
    })?;
    transaction::write(&mut Conn::Sqlite(conn), Instant::now(), f)
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

/// What SQLite finds wrong with the pages, the indexes and the foreign keys of a copy: nothing, if it is whole.
///
/// # Errors
/// When so much is wrong that it cannot be asked.
pub fn faults(conn: &mut Conn) -> Result<Vec<String>> {
    let pages = "SELECT integrity_check AS words FROM pragma_integrity_check
        WHERE integrity_check <> 'ok' LIMIT 20";
    let references = "SELECT 'a row of ' || \"table\" || ' refers to one of ' || \"parent\" || ' that is not there' AS words
        FROM pragma_foreign_key_check LIMIT 20";
    let mut faults = Vec::new();
    for asked in [pages, references] {
        let found: Vec<Words> = diesel::sql_query(asked).load(conn)?;
        faults.extend(found.into_iter().map(|fault| fault.words));
    }
    Ok(faults)
}
