//! What a database's tables are, as facts in words that both databases and `schema.rs` share.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use hearth::db::{Conn, Db, DbError};

/// Everything that must be equal. A fact is a line such as `child.upn Text or nothing`.
// Only two databases compare every fact; with one, `columns` and the keys are compared with schema.rs.
#[cfg_attr(not(feature = "postgres"), allow(dead_code))]
pub struct Shape {
    columns: BTreeSet<String>,
    primary_keys: BTreeSet<String>,
    defaults: BTreeSet<String>,
    unique: BTreeSet<String>,
    references: BTreeSet<String>,
    /// What a column may hold where a CHECK says which words, by `table.column`.
    pub allowed_words: BTreeMap<String, BTreeSet<String>>,
}

/// Asks a migrated database.
pub fn of(db: &Db) -> Shape {
    db.read_now(|conn| {
        let sql = match conn {
            Conn::Sqlite(_) => &SQLITE,
            #[cfg(feature = "postgres")]
            Conn::Postgres(_) => &POSTGRES,
        };
        Ok::<_, DbError>(Shape {
            columns: facts(conn, sql.columns)?,
            primary_keys: facts(conn, sql.primary_keys)?,
            defaults: facts(conn, sql.defaults)?,
            unique: facts(conn, sql.unique)?,
            references: facts(conn, sql.references)?,
            allowed_words: allowed_words(&facts(conn, sql.checks)?),
        })
    })
    .expect("the database describes itself")
}

impl Shape {
    pub fn is_that_of_schema_rs(&self) {
        let schema = SchemaFile::read();
        same("columns", &self.columns, &schema.columns);
        same("primary keys", &self.primary_keys, &schema.primary_keys);
        let unfounded: Vec<_> = schema
            .joins
            .iter()
            .filter(|join| !self.references.contains(*join))
            .collect();
        assert!(
            unfounded.is_empty(),
            "joined without a foreign key: {unfounded:#?}"
        );
    }

    #[cfg(feature = "postgres")]
    pub fn is_that_of(&self, other: &Self) {
        same("columns", &self.columns, &other.columns);
        same("primary keys", &self.primary_keys, &other.primary_keys);
        same("defaults", &self.defaults, &other.defaults);
        same("unique indexes", &self.unique, &other.unique);
        same("foreign keys", &self.references, &other.references);
        assert_eq!(self.allowed_words, other.allowed_words, "allowed words");
    }
}

fn same(what: &str, one: &BTreeSet<String>, other: &BTreeSet<String>) {
    assert!(!one.is_empty(), "no {what} were found");
    let only_one: Vec<_> = one.difference(other).collect();
    let only_other: Vec<_> = other.difference(one).collect();
    assert!(
        only_one.is_empty() && only_other.is_empty(),
        "{what} differ: {only_one:#?} against {only_other:#?}"
    );
}

#[derive(QueryableByName)]
struct Fact {
    #[diesel(sql_type = diesel::sql_types::Text)]
    fact: String,
}

/// The words of a table of words.
pub fn words(conn: &mut Conn, table: &str) -> Result<BTreeSet<String>, DbError> {
    facts(conn, &format!("SELECT word AS fact FROM {table}"))
}

fn facts(conn: &mut Conn, sql: &str) -> Result<BTreeSet<String>, DbError> {
    let found: Vec<Fact> = diesel::sql_query(sql).load(conn)?;
    Ok(found.into_iter().map(|found| found.fact).collect())
}

/// The questions to a database; each gives one column named `fact`.
struct Questions {
    columns: &'static str,
    primary_keys: &'static str,
    defaults: &'static str,
    unique: &'static str,
    references: &'static str,
    /// The text in which a table's CHECKs stand, with the table's name before a colon.
    checks: &'static str,
}

const SQLITE: Questions = Questions {
    columns: "
        SELECT t.name || '.' || c.name || ' ' || CASE
                WHEN c.type = 'INTEGER' AND c.pk > 0 AND c.name = 'id' THEN 'BigInt' WHEN c.type = 'INTEGER' THEN 'Integer'
                WHEN c.type = 'BIGINT' THEN 'BigInt' WHEN c.type = 'TEXT' THEN 'Text' WHEN c.type = 'BOOLEAN' THEN 'Bool'
                WHEN c.type = 'DATE' THEN 'Date' WHEN c.type = 'TIME' THEN 'Time' WHEN c.type = 'TIMESTAMP' THEN 'Timestamp' ELSE c.type END
            || CASE WHEN c.\"notnull\" THEN '' ELSE ' or nothing' END AS fact
        FROM pragma_table_list t JOIN pragma_table_info(t.name) c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    primary_keys: "
        SELECT t.name || ' (' || (SELECT group_concat(name, ', ') FROM
                (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)) || ')' AS fact
        FROM pragma_table_list t
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    defaults: "
        SELECT t.name || '.' || c.name || ' = ' || lower(c.dflt_value) AS fact
        FROM pragma_table_list t JOIN pragma_table_info(t.name) c
        WHERE t.schema = 'main' AND t.type = 'table' AND c.dflt_value IS NOT NULL AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    unique: "
        SELECT t.name || ' (' || (SELECT group_concat(name, ', ') FROM
                (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
            || CASE WHEN i.partial THEN ' WHERE ' ||
                (SELECT substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_master WHERE name = i.name) ELSE '' END AS fact
        FROM pragma_table_list t JOIN pragma_index_list(t.name) i
        WHERE t.schema = 'main' AND i.\"unique\" AND i.origin <> 'pk' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    references: "
        SELECT t.name || '.' || k.\"from\" || ' -> ' || k.\"table\" || '.' || coalesce(k.\"to\", 'id')
            || CASE k.on_delete WHEN 'NO ACTION' THEN '' ELSE ' ON DELETE ' || k.on_delete END AS fact
        FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) k WHERE t.schema = 'main'",
    checks: "
        SELECT name || ':' || sql AS fact FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK%'",
};

#[cfg(feature = "postgres")]
const POSTGRES: Questions = Questions {
    columns: "
        SELECT table_name || '.' || column_name || ' ' || CASE data_type
                WHEN 'bigint' THEN 'BigInt' WHEN 'integer' THEN 'Integer' WHEN 'text' THEN 'Text' WHEN 'boolean' THEN 'Bool'
                WHEN 'date' THEN 'Date' WHEN 'time without time zone' THEN 'Time' WHEN 'timestamp without time zone' THEN 'Timestamp' ELSE data_type END
            || CASE is_nullable WHEN 'NO' THEN '' ELSE ' or nothing' END AS fact
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%'",
    primary_keys: "
        SELECT c.conrelid::regclass::text || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
                FROM unnest(c.conkey) WITH ORDINALITY k (number, place)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) || ')' AS fact
        FROM pg_constraint c
        WHERE c.contype = 'p' AND c.connamespace = current_schema()::regnamespace AND c.conrelid::regclass::text NOT LIKE '\\_\\_%'",
    defaults: "
        SELECT table_name || '.' || column_name || ' = ' || lower(replace(column_default, '::text', '')) AS fact
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND column_default IS NOT NULL AND table_name NOT LIKE '\\_\\_%'",
    unique: "
        SELECT i.indrelid::regclass::text || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number) || ')'
            || coalesce(' WHERE ' || translate(replace(pg_get_expr(i.indpred, i.indrelid), '::text', ''), '()', ''), '') AS fact
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = current_schema()::regnamespace",
    references: "
        SELECT c.conrelid::regclass::text || '.' || a.attname || ' -> ' || c.confrelid::regclass::text || '.' || b.attname
            || CASE c.confdeltype WHEN 'a' THEN '' WHEN 'c' THEN ' ON DELETE CASCADE' ELSE ' ON DELETE ' || c.confdeltype::text END AS fact
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = ANY (c.confkey)
        WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace",
    checks: "
        SELECT conrelid::regclass::text || ':' || pg_get_constraintdef(oid) AS fact
        FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace",
};

/// The words in quotes in the CHECKs of the tables' texts, each with the column that stands before it. Both databases write
/// the rest of a CHECK in their own way.
fn allowed_words(texts: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in texts {
        let (table, text) = text.split_once(':').expect("a table's name");
        for (at, opening) in text.match_indices("CHECK (") {
            let mut pieces = balanced(&text[at + opening.len()..]).split('\'');
            while let (Some(before), Some(word)) = (pieces.next(), pieces.next()) {
                let compared = before.trim_end().strip_suffix('=').expect("a comparison");
                let column = compared.trim_end().rsplit(['(', ' ', '\n']).next();
                let column = format!("{table}.{}", column.expect("a column"));
                allowed.entry(column).or_default().insert(word.to_owned());
            }
        }
    }
    allowed
}

/// The text up to the bracket that closes what was opened before it.
fn balanced(text: &str) -> &str {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The same facts from `src/db/schema.rs`, read as text: diesel's macros do not give them back.
struct SchemaFile {
    columns: BTreeSet<String>,
    primary_keys: BTreeSet<String>,
    joins: BTreeSet<String>,
}

impl SchemaFile {
    fn read() -> Self {
        let mut file = Self {
            columns: BTreeSet::new(),
            primary_keys: BTreeSet::new(),
            joins: BTreeSet::new(),
        };
        let mut table = "";
        for line in include_str!("../../../src/db/schema.rs")
            .lines()
            .map(str::trim)
        {
            if let Some(join) = line.strip_prefix("diesel::joinable!(") {
                file.joins.insert(reference(join));
            } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
                file.columns.insert(column(table, name, kind));
            } else if let Some((name, key)) = line.split_once(" (").filter(|_| line.ends_with('{'))
            {
                table = name;
                file.primary_keys
                    .insert(format!("{name} ({}", key.trim_end_matches(" {")));
            }
        }
        file
    }
}

fn column(table: &str, name: &str, kind: &str) -> String {
    match kind.strip_prefix("Nullable<") {
        Some(kind) => format!("{table}.{name} {} or nothing", kind.trim_end_matches('>')),
        None => format!("{table}.{name} {kind}"),
    }
}

/// `child -> account (officer_id));` as `child.officer_id -> account.id`.
fn reference(join: &str) -> String {
    let (child, rest) = join.split_once(" -> ").expect("a join");
    let (parent, column) = rest.split_once(" (").expect("a column");
    format!(
        "{child}.{} -> {parent}.id",
        column.trim_end_matches([')', ';'])
    )
}
