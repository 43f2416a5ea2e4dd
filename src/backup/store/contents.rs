//! How many rows there are of what a register is about. Their keys only ever grow, and none of these rows is ever taken away.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest, Sha256};

use crate::backup::manifest::Held;
use crate::db::{Conn, Result};

/// Without any of these there is no register.
pub const CHILDREN: &str = "children";

/// What is counted, in words, and its table.
const TABLES: &[(&str, &str)] = &[
    (CHILDREN, "child"),
    ("duties", "duty"),
    ("lapses", "lapse"),
    ("audit events", "audit_event"),
    ("mails of the outbox", "outgoing_mail"),
];

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    last: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

/// What is there.
pub fn all(conn: &mut Conn) -> Result<Vec<Held>> {
    let tables = TABLES.iter();
    tables
        .map(|(what, table)| count(conn, what, table, i64::MAX))
        .collect()
}

/// By what a register is known again: its first event, as a word that tells nothing of it. Two registers may share a folder.
pub fn first_event(conn: &mut Conn) -> Result<Option<String>> {
    let asked =
        "SELECT CAST(at AS TEXT) || ' ' || subject AS words FROM audit_event ORDER BY id LIMIT 1";
    let first: Option<Words> = diesel::sql_query(asked).get_result(conn).optional()?;
    Ok(first.map(|it| {
        let hash = Sha256::digest(it.words.as_bytes());
        let begin = hash.iter().take(16);
        begin.map(|byte| format!("{byte:02x}")).collect()
    }))
}

/// Notes in a copy that nobody looks after it, where it has a table for that.
pub fn nobody_looks(conn: &mut Conn) -> Result<()> {
    let asked = "SELECT name AS words FROM sqlite_master WHERE name = 'watch_standing'";
    let table: Option<Words> = diesel::sql_query(asked).get_result(conn).optional()?;
    if table.is_some() {
        diesel::sql_query("UPDATE watch_standing SET looked_at = NULL").execute(conn)?;
    }
    Ok(())
}

/// What is there of that which was written by then: up to the last key of each kind.
pub fn until(conn: &mut Conn, then: &[Held]) -> Result<Vec<Held>> {
    let mut found = Vec::with_capacity(then.len());
    for held in then {
        let table = TABLES.iter().find(|(what, _)| *what == held.what);
        if let Some((what, table)) = table {
            found.push(count(conn, what, table, held.last)?);
        }
    }
    Ok(found)
}

fn count(conn: &mut Conn, what: &str, table: &str, until: i64) -> Result<Held> {
    let asked = format!(
        "SELECT count(*) AS rows, CAST(coalesce(max(id), 0) AS BIGINT) AS last FROM {table} WHERE id <= {until}"
    );
    let counted: Counted = diesel::sql_query(asked).get_result(conn)?;
    Ok(Held {
        what: what.to_owned(),
        rows: counted.rows,
        last: counted.last,
    })
}
