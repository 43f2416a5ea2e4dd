//! The two databases are one: the same tables, and the same meaning of a transaction. What is asked of SQLite is asked
//! of PostgreSQL too, when `HEARTH_TEST_POSTGRES` names a server.

mod codes;
mod shape;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hearth::db::columns::Key;
use hearth::db::{Conn, Db, DbError, migrate};
use hearth::shipped::{self, Standing};
use hearth::{on_each, text_column};
use tempfile::TempDir;

use super::app::moment;

diesel::table! {
    keepsake (id) {
        id -> BigInt,
        colour -> Text,
        other_colour -> Nullable<Text>,
        kept -> Bool,
        found_on -> Date,
        found_at -> Timestamp,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Green,
    Red,
}

impl Colour {
    fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Red => "red",
        }
    }
}

impl FromStr for Colour {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "green" => Ok(Self::Green),
            "red" => Ok(Self::Red),
            _ => Err(()),
        }
    }
}

text_column!(Colour);

/// A row of the test's own table.
struct Keepsake;

type Row = (
    Key<Keepsake>,
    Colour,
    Option<Colour>,
    bool,
    NaiveDate,
    NaiveDateTime,
);

#[test]
fn migrations_have_the_same_names_in_both_folders() {
    let names = |database: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(database);
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn sqlite_has_the_tables_of_schema_rs() {
    let (db, _folder) = sqlite();
    shape::of(&db).is_that_of_schema_rs();
}

#[cfg(feature = "postgres")]
#[test]
fn postgresql_has_the_tables_of_schema_rs_and_of_sqlite() {
    let Some((db, _schema)) = postgres() else {
        return;
    };
    shape::of(&db).is_that_of_schema_rs();
    let (file, _folder) = sqlite();
    shape::of(&db).is_that_of(&shape::of(&file));
}

/// A new code needs its word in the CHECK of every column that holds the list, and a new column of codes its line there.
#[test]
fn a_column_of_codes_takes_those_of_its_list_and_no_other() {
    on_both(|db| assert_eq!(shape::of(db).allowed_words, codes::columns()));
}

#[test]
fn the_words_for_kinds_stand_in_tables_and_a_database_that_lacks_one_is_not_ready() {
    on_both(|db| {
        let standing = || db.read_now(shipped::standing).unwrap();
        assert_eq!(standing(), Standing::Older, "only the tables are there");
        assert!(shipped::bring_up(db).unwrap().is_empty());
        for (table, words) in codes::of_tables() {
            let held: BTreeSet<String> = db.read_now(|conn| shape::words(conn, table)).unwrap();
            assert_eq!(held, words, "{table}");
            assert_eq!(standing(), Standing::Ready);
            let forget =
                format!("DELETE FROM {table} WHERE word = (SELECT max(word) FROM {table})");
            db.write_now(|tx| run(tx, &forget)).unwrap();
            assert_eq!(standing(), Standing::Older, "{table} lacks a word");
            shipped::bring_up(db).unwrap();
        }
    });
}

#[test]
fn a_duty_or_a_mail_of_a_kind_that_nobody_knows_is_refused() {
    on_both(|db| {
        shipped::bring_up(db).unwrap();
        for statement in [
            "INSERT INTO duty (reference, authority_id, kind, purpose, post, may_rest, counted_from, original_due_on,
                due_on, why, state, created_at)
             SELECT 'K-1', min(id), 'nonsense', 'find', 'officer', FALSE, '2026-09-01', '2026-09-01', '2026-09-01', '',
                'open', '2026-09-01 00:00:00' FROM authority",
            "INSERT INTO outgoing_mail (reference, key, authority_id, kind, recipient, sender_name, subject, body_text,
                body_html, message_id, state, next_try_at, created_at)
             SELECT 'M-1', 'k', min(id), 'nonsense', '', '', '', '', '', '', 'sent', '2026-09-01 00:00:00',
                '2026-09-01 00:00:00' FROM authority",
        ] {
            let known = statement.replace("nonsense", if statement.contains("duty") { "find_child" } else { "receipt" });
            let refused = db.write_now(|tx| run(tx, statement)).unwrap_err().to_string();
            assert!(refused.to_lowercase().contains("foreign key"), "{refused}");
            db.write_now(|tx| run(tx, &known)).unwrap();
        }
    });
}

/// SQLite knows no other order; a PostgreSQL database has that of its language, in which a range of words may miss some.
#[cfg(feature = "postgres")]
#[test]
fn postgresql_searches_names_and_postcodes_by_their_characters() {
    let Some((db, _schema)) = postgres() else {
        return;
    };
    let by_characters = "pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
        WHERE c.collname = 'C' AND (a.attrelid, a.attname) IN (('name_token'::regclass, 'token'),
            ('child'::regclass, 'postcode'), ('child'::regclass, 'sort_name'), ('child'::regclass, 'match_key'))";
    let columns = db.read_now(|conn| number(conn, "count(*)", by_characters));
    assert_eq!(columns.unwrap(), 4);
}

#[test]
fn migrating_twice_changes_nothing() {
    on_both(|db| {
        assert_eq!(
            migrate::migrate(db, |_| Ok(())).unwrap(),
            Vec::<String>::new()
        )
    });
}

#[test]
fn four_writers_at_once_lose_no_update() {
    on_both(|db| {
        db.write_now(|tx| run(tx, "CREATE TABLE counter (n INTEGER NOT NULL)"))
            .unwrap();
        db.write_now(|tx| run(tx, "INSERT INTO counter VALUES (0)"))
            .unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        db.write_now(look_then_add).unwrap();
                    }
                });
            }
        });
        assert_eq!(
            db.read_now(|conn| number(conn, "n", "counter")).unwrap(),
            100
        );
    });
}

#[test]
fn of_four_who_insert_the_same_row_one_does() {
    on_both(|db| {
        db.write_now(|tx| run(tx, "CREATE TABLE name (n INTEGER NOT NULL UNIQUE)"))
            .unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..25 {
                        db.write_now(|tx| look_then_insert(tx, n)).unwrap();
                    }
                });
            }
        });
        assert_eq!(
            db.read_now(|conn| number(conn, "count(*)", "name"))
                .unwrap(),
            25
        );
    });
}

#[test]
fn two_who_wait_for_each_other_both_get_there() {
    on_both(|db| {
        db.write_now(|tx| {
            run(
                tx,
                "CREATE TABLE pair (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
            )
        })
        .unwrap();
        db.write_now(|tx| run(tx, "INSERT INTO pair VALUES (1, 0), (2, 0)"))
            .unwrap();
        std::thread::scope(|scope| {
            for (first, second) in [(1, 2), (2, 1)] {
                scope.spawn(move || {
                    db.write_now(|tx| {
                        run(tx, &format!("UPDATE pair SET n = n + 1 WHERE id = {first}"))?;
                        std::thread::sleep(Duration::from_millis(100));
                        run(
                            tx,
                            &format!("UPDATE pair SET n = n + 1 WHERE id = {second}"),
                        )
                    })
                    .unwrap();
                });
            }
        });
        let sum = db.read_now(|conn| number(conn, "sum(n)", "pair")).unwrap();
        assert_eq!(sum, 4);
    });
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    on_both(|db| {
        db.write_now(|tx| run(tx, "CREATE TABLE kept (n INTEGER NOT NULL)"))
            .unwrap();
        let failed = db.write_now(|tx| {
            run(tx, "INSERT INTO kept VALUES (1)")?;
            Err::<(), _>(DbError::Corrupt("no".into()))
        });
        assert!(failed.is_err());
        assert_eq!(
            db.read_now(|conn| number(conn, "count(*)", "kept"))
                .unwrap(),
            0
        );
    });
}

#[test]
fn keys_words_days_and_moments_come_back_as_they_went() {
    on_both(|db| {
        let day: NaiveDate = "2028-02-29".parse().unwrap();
        let at = moment("2026-10-25T01:30:00");
        let new = (
            keepsake::id.eq(Key::<Keepsake>::new(1 << 40)),
            keepsake::colour.eq(Colour::Green),
            keepsake::other_colour.eq(Some(Colour::Red.as_str())),
            keepsake::kept.eq(true),
            keepsake::found_on.eq(day),
            keepsake::found_at.eq(at),
        );
        let stored: Row = db
            .write_now(|tx| {
                run(tx, KEEPSAKE)?;
                Ok::<_, DbError>(
                    diesel::insert_into(keepsake::table)
                        .values(&new)
                        .returning(keepsake::all_columns)
                        .get_result(tx)?,
                )
            })
            .unwrap();
        let read: Row = db
            .read_now(|conn| {
                Ok::<_, DbError>(
                    keepsake::table
                        .filter(keepsake::colour.eq(&Colour::Green))
                        .filter(keepsake::other_colour.eq(Colour::Red))
                        .first(conn)?,
                )
            })
            .unwrap();
        let sent = (
            Key::new(1 << 40),
            Colour::Green,
            Some(Colour::Red),
            true,
            day,
            at,
        );
        assert_eq!(stored, sent);
        assert_eq!(read, sent);
    });
}

#[test]
fn a_stored_word_that_no_list_knows_is_an_error_and_not_a_guess() {
    on_both(|db| {
        let read = db.write_now(|tx| {
            run(tx, KEEPSAKE)?;
            run(
                tx,
                "INSERT INTO keepsake VALUES (1, 'mauve', NULL, TRUE, '2026-01-01', '2026-01-01 00:00:00')",
            )?;
            Ok::<Row, DbError>(keepsake::table.first(tx)?)
        });
        let error = read.unwrap_err().to_string();
        assert!(error.contains("colour"), "{error}");
    });
}

const KEEPSAKE: &str = "CREATE TABLE keepsake (id BIGINT NOT NULL PRIMARY KEY, colour TEXT NOT NULL, \
     other_colour TEXT, kept BOOLEAN NOT NULL, found_on DATE NOT NULL, found_at TIMESTAMP NOT NULL)";

/// Runs a test on SQLite and, where there is a server, on PostgreSQL.
fn on_both(test: impl Fn(&Db)) {
    let (db, _folder) = sqlite();
    test(&db);
    #[cfg(feature = "postgres")]
    if let Some((db, _schema)) = postgres() {
        test(&db);
    }
}

fn sqlite() -> (Db, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("hearth.db").display());
    (migrated(&url), folder)
}

#[cfg(feature = "postgres")]
fn postgres() -> Option<(Db, super::postgres::Schema)> {
    let schema = super::postgres::Schema::borrow()?;
    Some((migrated(&schema.url), schema))
}

fn migrated(url: &str) -> Db {
    let db = Db::open(url, 4).unwrap();
    assert!(!migrate::migrate(&db, |_| Ok(())).unwrap().is_empty());
    db
}

fn run(tx: &mut Conn, statement: &str) -> Result<(), DbError> {
    on_each!(tx, |conn| conn.batch_execute(statement))?;
    Ok(())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn number(conn: &mut Conn, what: &str, table: &str) -> Result<i64, DbError> {
    let asked = diesel::sql_query(format!("SELECT CAST({what} AS BIGINT) AS n FROM {table}"));
    Ok(asked.get_result::<Number>(conn)?.n)
}

fn look_then_add(tx: &mut Conn) -> Result<(), DbError> {
    let seen = number(tx, "n", "counter")?;
    run(tx, &format!("UPDATE counter SET n = {}", seen + 1))
}

fn look_then_insert(tx: &mut Conn, n: i64) -> Result<(), DbError> {
    let there = number(tx, "count(*)", &format!("name WHERE n = {n}"))?;
    if there == 0 {
        run(tx, &format!("INSERT INTO name VALUES ({n})"))?;
    }
    Ok(())
}
