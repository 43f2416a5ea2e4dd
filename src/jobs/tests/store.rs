//! Breaks rows by hand, as no part of the program does.

use diesel::connection::SimpleConnection;

use super::World;
use crate::db::DbError;

impl World {
    /// Runs a statement that leaves a row as it must never be.
    pub fn break_by_hand(&self, statement: &str) {
        self.try_by_hand(statement).unwrap();
    }

    /// As [`World::break_by_hand`], if the database lets it.
    pub fn try_by_hand(&self, statement: &str) -> Result<(), DbError> {
        self.services
            .db
            .write_now(|tx| Ok(tx.batch_execute(statement)?))
    }
}
