//! How long a program lives, in writes: a simulation ends it at one of them, as a process is ended that is killed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DbError, Result};

/// The life of a program that uses a database, from one start to the next. Clones are one life.
#[derive(Clone, Debug, Default)]
pub struct Lifetime(Arc<Mutex<State>>);

/// When a program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// All of this many writes are kept; the next one is lost.
    Before(u32),
    /// As many are kept and the next one too, but the program does not live to hear of it.
    After(u32),
}

#[derive(Debug, Default)]
struct State {
    death: Option<Death>,
    is_over: bool,
    kept: u64,
    /// How many writes to come are refused.
    refusing: u32,
    refused: u64,
}

impl Lifetime {
    /// The program starts, and dies at a write if one is named.
    pub fn begin(&self, death: Option<Death>) {
        let mut state = self.state();
        state.death = death;
        state.is_over = false;
    }

    /// Whether the program is dead: then the database answers nothing.
    pub fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Refuses so many of the next writes, as while another process holds the database or the disk is full.
    pub fn refuse(&self, writes: u32) {
        self.state().refusing = writes;
    }

    /// How many writes were refused since the first start.
    pub fn refused(&self) -> u64 {
        self.state().refused
    }

    /// How many writes were kept since the first start.
    pub fn kept(&self) -> u64 {
        self.state().kept
    }

    pub(super) fn must_go_on(&self) -> Result<()> {
        match self.is_over() {
            true => Err(DbError::Cancelled),
            false => Ok(()),
        }
    }

    pub(super) fn before_commit(&self) -> Result<()> {
        let mut state = self.state();
        state.is_over |= state.death == Some(Death::Before(0));
        if !state.is_over && state.refusing > 0 {
            state.refusing -= 1;
            state.refused += 1;
            return Err(DbError::Busy);
        }
        drop(state);
        self.must_go_on()
    }

    pub(super) fn after_commit(&self) -> Result<()> {
        let mut state = self.state();
        state.kept += 1;
        state.is_over |= state.death == Some(Death::After(0));
        state.death = state.death.map(Death::after_a_write);
        drop(state);
        self.must_go_on()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Death {
    fn after_a_write(self) -> Self {
        match self {
            Self::Before(writes) => Self::Before(writes.saturating_sub(1)),
            Self::After(writes) => Self::After(writes.saturating_sub(1)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;

    use super::super::{Conn, Db};
    use super::*;

    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }

    fn count(conn: &mut Conn) -> Result<i64> {
        let counted: Counted =
            diesel::sql_query("SELECT COUNT(*) AS rows FROM note").get_result(conn)?;
        Ok(counted.rows)
    }

    fn insert(conn: &mut Conn) -> Result<()> {
        Ok(conn.batch_execute("INSERT INTO note VALUES (1)")?)
    }

    /// How many of five writes the program lives to hear of, and how many rows there are when it has started again.
    fn lives(death: Death) -> (usize, i64) {
        let folder = tempfile::tempdir().unwrap();
        let lifetime = Lifetime::default();
        let path = folder.path().join("note.db").display().to_string();
        let db = Db::open_to_throw_away(&path, 1, &lifetime).unwrap();
        db.write_now(|tx| Ok::<_, DbError>(tx.batch_execute("CREATE TABLE note (n INTEGER)")?))
            .unwrap();
        lifetime.begin(Some(death));
        let heard = (0..5).filter(|_| db.write_now(insert).is_ok()).count();
        assert!(lifetime.is_over() && db.read_now(count).is_err());
        lifetime.begin(None);
        (heard, db.read_now(count).unwrap())
    }

    #[test]
    fn what_is_refused_is_not_kept_and_what_comes_after_is() {
        let folder = tempfile::tempdir().unwrap();
        let lifetime = Lifetime::default();
        let path = folder.path().join("note.db").display().to_string();
        let db = Db::open_to_throw_away(&path, 1, &lifetime).unwrap();
        db.write_now(|tx| Ok::<_, DbError>(tx.batch_execute("CREATE TABLE note (n INTEGER)")?))
            .unwrap();
        lifetime.refuse(2);
        let heard: Vec<bool> = (0..3).map(|_| db.write_now(insert).is_ok()).collect();
        assert_eq!(heard, [false, false, true]);
        assert_eq!((lifetime.refused(), db.read_now(count).unwrap()), (2, 1));
    }

    #[test]
    fn a_program_dies_before_or_after_a_write_and_does_nothing_more_until_it_starts_again() {
        assert_eq!(lives(Death::Before(0)), (0, 0));
        assert_eq!(lives(Death::Before(3)), (3, 3));
        assert_eq!(lives(Death::After(0)), (0, 1));
        assert_eq!(lives(Death::After(3)), (3, 4));
    }
}
