//! A schema on the PostgreSQL server of `HEARTH_TEST_POSTGRES`, for one test alone. With the variable set,
//! every test of the program runs there; without it, in a SQLite file.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::{Connection, PgConnection, RunQueryDsl};

use super::servers;

const SERVER: &str = "HEARTH_TEST_POSTGRES";
static MADE: AtomicU32 = AtomicU32::new(0);

/// An empty schema, dropped with everything in it when the test is over.
pub struct Schema {
    /// Leads into the schema and to nothing beside it.
    pub url: String,
    server: String,
    name: String,
}

impl Schema {
    /// For a test of PostgreSQL itself; without a server it is skipped.
    pub fn borrow() -> Option<Self> {
        servers::wanted(SERVER).map(Self::on)
    }

    /// For a test that runs on either database.
    pub fn if_there_is_a_server() -> Option<Self> {
        std::env::var(SERVER).ok().map(Self::on)
    }

    fn on(server: String) -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("hearth_test_{}_{number}", std::process::id());
        ask(&server, &format!("DROP SCHEMA IF EXISTS {name} CASCADE"));
        ask(&server, &format!("CREATE SCHEMA {name}"));
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{name}");
        Self { url, server, name }
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        ask(&self.server, &format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

fn ask(server: &str, statement: &str) {
    let mut conn = PgConnection::establish(server).expect("HEARTH_TEST_POSTGRES answers");
    diesel::sql_query("SET client_min_messages = warning")
        .execute(&mut conn)
        .expect("quiet");
    diesel::sql_query(statement)
        .execute(&mut conn)
        .expect(statement);
}
