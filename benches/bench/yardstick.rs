//! What the machine does on the day, to hold figures of other days and machines against: rows that SQLite takes.

use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

const ROWS: i64 = 200_000;

diesel::table! {
    line (id) {
        id -> BigInt,
        reference -> Text,
        day -> Text,
        words -> Text,
    }
}

/// Rows a second that SQLite takes in one transaction through diesel, into a table with one index beside its key, and on the
/// disk for good.
pub fn rows_per_second() -> f64 {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = folder.path().join("yardstick.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("a database");
    conn.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
         CREATE TABLE line (id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, day TEXT NOT NULL, words TEXT NOT NULL);",
    )
    .expect("a table");
    let began = Instant::now();
    conn.transaction(|tx| {
        (0..ROWS).try_for_each(|number| {
            let reference = format!("{:08x}", (number * 2_654_435_761) % 4_294_967_296);
            let row = (
                line::reference.eq(reference),
                line::day.eq("2026-11-23"),
                line::words.eq("Recurring check: 12 months after the child was seen."),
            );
            diesel::insert_into(line::table)
                .values(row)
                .execute(tx)
                .map(drop)
        })
    })
    .expect("rows");
    let rows = ROWS as f64;
    rows / began.elapsed().as_secs_f64()
}
