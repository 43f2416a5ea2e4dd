//! Words that a column may hold and of which nearly every version brings more, such as the kinds of duties: rows of a table
//! that the column refers to, because SQLite makes a table anew for one word more in a CHECK.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Conn, Result};

/// A list of such words.
pub struct WordList {
    /// The table, with one column, `word`.
    pub table: &'static str,
    pub words: Vec<&'static str>,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    word: String,
}

impl WordList {
    /// Writes the words that the database does not hold. None is ever taken away: a row may hold it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn write_missing(&self, tx: &mut Conn) -> Result<()> {
        for word in self.missing(tx)? {
            let sql = match tx {
                Conn::Sqlite(_) => format!("INSERT INTO {} (word) VALUES (?)", self.table),
                #[cfg(feature = "postgres")]
                Conn::Postgres(_) => format!("INSERT INTO {} (word) VALUES ($1)", self.table),
            };
            let insert = diesel::sql_query(sql).bind::<Text, _>(word);
            on_each!(tx, |conn| insert.execute(conn))?;
        }
        Ok(())
    }

    /// The words that the database does not hold.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn missing(&self, conn: &mut Conn) -> Result<Vec<&'static str>> {
        let held = self.held(conn)?;
        let missing = self
            .words
            .iter()
            .filter(|word| held.iter().all(|held| held.word != **word));
        Ok(missing.copied().collect())
    }

    /// The words that the database holds and the list does not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unknown(&self, conn: &mut Conn) -> Result<Vec<String>> {
        let held = self.held(conn)?.into_iter().map(|held| held.word);
        Ok(held
            .filter(|word| !self.words.contains(&word.as_str()))
            .collect())
    }

    fn held(&self, conn: &mut Conn) -> Result<Vec<Held>> {
        let question = diesel::sql_query(format!("SELECT word FROM {} ORDER BY word", self.table));
        Ok(on_each!(conn, |conn| question.load(conn))?)
    }
}
