//! A copy of the database in a file of its own, read as it lies: nothing is written into it, and no log beside it is made.

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Conflict, Conn, Db, DbError, Result, transaction};

/// Reads one picture of a copy.
///
/// # Errors
/// When it cannot be opened, or `f` fails.
pub fn look_into<T, E: Conflict>(
    file: &Path,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let url = format!("file:{}?mode=ro&immutable=1", escaped(file));
    let conn = SqliteConnection::establish(&url).map_err(|cause| {
        DbError::Corrupt(format!("{} cannot be opened: {cause}", file.display()))
    })?;
    transaction::read(&mut Conn::Sqlite(conn), f)
}

/// A path as it stands in SQLite's kind of URL.
fn escaped(file: &Path) -> String {
    let path = file.to_string_lossy();
    path.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
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

impl Db {
    /// The file that the database is; none when it is a server's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn file(&self) -> Result<Option<PathBuf>> {
        self.read_now(|conn| match conn {
            Conn::Sqlite(conn) => {
                let asked = "SELECT file AS words FROM pragma_database_list WHERE name = 'main'";
                let found: Words = diesel::sql_query(asked).get_result(conn)?;
                Ok(Some(PathBuf::from(found.words)))
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres(_) => Ok(None),
        })
    }
}
