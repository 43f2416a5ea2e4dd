//! The SQL of what a tier depends on and only this room knows: how the attempts of late ended.

use chrono::NaiveDate;

use crate::db::schema::outcome;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::outcome::AttemptResult;

use diesel::prelude::*;

/// An attempt, as far as a tier depends on it.
#[derive(Queryable)]
pub struct Attempt {
    pub result: AttemptResult,
    pub happened_on: NaiveDate,
}

/// A child's attempts, the newest first.
pub fn attempts(conn: &mut Conn, child: ChildKey) -> Result<Vec<Attempt>> {
    Ok(on_each!(conn, |conn| outcome::table
        .filter(outcome::child_id.eq(child))
        .order((outcome::happened_on.desc(), outcome::id.desc()))
        .select((outcome::result, outcome::happened_on))
        .load(conn))?)
}
