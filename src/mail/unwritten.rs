//! What a server has taken and could not be written down, because the database was not to be written just then. It is kept until it can
//! be, before anything else is sent: or else the mail would go again when its lease is over, and be told twice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDateTime;

use super::outbox::forget_secrets;
use super::store::{OutgoingMail, leases};
use crate::db::{Db, DbError, Result};

/// What was taken and is not written down. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Unwritten(Arc<Mutex<Vec<Taken>>>);

#[derive(Debug)]
struct Taken {
    mail: OutgoingMail,
    /// What the server said.
    words: String,
    at: NaiveDateTime,
}

impl Unwritten {
    /// Keeps that a server has taken a mail.
    pub(super) fn keep(&self, mail: OutgoingMail, words: String, at: NaiveDateTime) {
        self.taken().push(Taken { mail, words, at });
    }

    /// Writes all of it down.
    ///
    /// # Errors
    /// If the database refuses; then it is kept.
    pub(super) fn write(&self, db: &Db) -> Result<()> {
        let mut kept = self.taken();
        if kept.is_empty() {
            return Ok(());
        }
        db.write_now(|tx| {
            for Taken { mail, words, at } in kept.iter() {
                leases::record_sent(tx, mail, words, *at)?;
                forget_secrets(tx, mail.kind, mail.id)?;
            }
            Ok::<_, DbError>(())
        })?;
        kept.clear();
        Ok(())
    }

    /// Forgets it, as a program does that dies.
    pub fn forget(&self) {
        self.taken().clear();
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
