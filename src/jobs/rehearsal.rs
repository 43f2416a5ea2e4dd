//! A sweep that leaves nothing behind: what would lapse and who would be written to on a day, worked out by the real jobs
//! in a transaction that is taken back.

use std::convert::Infallible;

use super::sweep;
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::desk::weekly;
use crate::mail::outbox::{self, PutMail};
use crate::policy::reassessment;
use crate::tier::tiering;

/// What a sweep would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// Lapses that would be opened.
    pub opened: usize,
    /// Steps of the ladder that would be told to nobody.
    pub untold: usize,
    /// Whether the tier of every child was assessed whose tier the days until then may change; otherwise only that of
    /// [`ASSESSED`] of them.
    pub assessed_all: bool,
    /// The mail that would be put into the outbox.
    pub mail: Vec<PutMail>,
}

/// How a rehearsal ends: never well, so that nothing of it stays.
#[derive(Debug, thiserror::Error)]
pub enum TakenBack {
    #[error("a rehearsal leaves nothing behind")]
    Rehearsed(Rehearsed),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(TakenBack);

/// Children assessed at most: a rehearsal keeps other writers waiting. Whoever rehearses is told.
pub const ASSESSED: i64 = 1_000;

/// Rehearses the sweep of one authority on a day, and the digest of its week if that was not written, as if nothing happened until then, in a transaction that it takes back.
///
/// # Errors
/// Always: [`TakenBack::Rehearsed`] with what was found, or the database's.
pub fn rehearse(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    at: At,
) -> Result<Infallible, TakenBack> {
    let rehearsed = sweep_once(tx, authority, base_url, ASSESSED, at)?;
    Err(TakenBack::Rehearsed(rehearsed))
}

/// The day, in somebody's transaction, with the tiers of so many children assessed.
pub(super) fn sweep_once(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    assessed: i64,
    at: At,
) -> Result<Rehearsed> {
    let last = outbox::last_put(tx)?;
    tiering::reassess_due(tx, authority, assessed, at)?;
    let assessed_all = !reassessment::is_any_due(tx, authority, at.today())?;
    let swept = sweep::in_transaction(tx, authority, base_url, at)?;
    weekly::tell(tx, authority, base_url, at)?;
    Ok(Rehearsed {
        opened: swept.told.opened,
        untold: swept.told.untold,
        assessed_all,
        mail: outbox::put_since(tx, authority, last)?,
    })
}
