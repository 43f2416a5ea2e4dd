//! Nobody is lost at the door: lists as they really arrive, and what becomes of each row.

mod account;
mod hidden;
mod large;
mod questions;
mod spells;

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::imports::send;

/// Takes a list over in earnest, and gives the page that says what became of it.
fn take(browser: &mut Browser, list: &str) -> Page {
    let done = send(browser, "list.csv", list, &[]).expect(303);
    browser.open(&done.headers["location"]).expect(200)
}

/// The figures of the account: new, changed, known, closed, to look at, refused.
fn figures(page: &Page) -> [usize; 6] {
    let shown = page.all(".hearth-figures dd");
    let number = |place: usize| -> usize {
        let words = shown.get(place).expect("a figure");
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    let all = [1, 2, 3, 4, 5, 6].map(number);
    assert_eq!(all.iter().sum::<usize>(), number(0), "it adds up");
    all
}

/// The registrations of an authority's children: name, since, until; in order.
fn registrations(app: &TestApp) -> Vec<(String, String, Option<String>)> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Date)]
        since: chrono::NaiveDate,
        #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Date>)]
        until: Option<chrono::NaiveDate>,
    }
    let rows: Vec<Row> = app.read(|conn| {
        Ok(diesel::sql_query(
            "SELECT child.given_names || ' ' || child.family_name AS name, registration.started_on AS since,
                registration.ended_on AS until
             FROM registration JOIN child ON child.id = registration.child_id
             ORDER BY name, since, until",
        )
        .load(conn)?)
    });
    rows.into_iter()
        .map(|row| {
            (
                row.name,
                row.since.to_string(),
                row.until.map(|day| day.to_string()),
            )
        })
        .collect()
}

/// How many rows a table has.
pub fn count(app: &TestApp, table: &str) -> i64 {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    app.read(|conn| {
        let asked = format!("SELECT COUNT(*) AS number FROM {table}");
        Ok(diesel::sql_query(asked).get_result::<Counted>(conn)?.number)
    })
}
