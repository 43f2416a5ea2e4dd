//! Finds what has lapsed and sees that somebody hears of it: the reason the program exists. Each authority is a
//! transaction of its own, whole or not at all, and what goes wrong in one does not keep the others waiting.

use super::{Services, Work};
use crate::access::{AuthorityKey, authority};
use crate::clock::At;
use crate::db::{Conn, DbError, Result};
use crate::duty::ladder::{self, LadderTally};
use crate::duty::{notice, rest, undelivered};
use crate::policy::rulebook;
use crate::returns::census;
use crate::standing::closure_news;
use crate::visit::{booked_elsewhere, failed_visit, postponed};

/// Opens what has lapsed by today, tells every step that is owed, and gives notice of what is due soon. Run again, it does nothing again.
///
/// # Errors
/// If the authorities cannot be read; what goes wrong in one authority is told in the work's problem.
pub fn run(services: &Services, at: At) -> Result<Work> {
    let mut work = Work::default();
    for authority in services.db.read_now(authority::in_service)? {
        match sweep_one(services, authority.key, at) {
            Ok(swept) => work.add(&authority.code, &swept),
            Err(cause) => work.fail(&authority.code, &cause),
        }
    }
    let reported = services
        .db
        .write_now(|tx| undelivered::report(tx, &services.base_url, at));
    match reported {
        Ok(letters) => work.did += number(letters),
        Err(cause) => work.fail("dead mail", &cause),
    }
    Ok(work)
}

/// What the sweep of one authority came to.
pub(super) struct Swept {
    pub(super) told: LadderTally,
    /// Letters that are owed the same day.
    same_day: usize,
    notices: usize,
}

fn sweep_one(services: &Services, authority: AuthorityKey, at: At) -> Result<Swept> {
    services
        .db
        .write_now(|tx| in_transaction(tx, authority, &services.base_url, at))
}

/// The sweep of one authority in somebody's transaction.
pub(super) fn in_transaction(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    at: At,
) -> Result<Swept> {
    let rulebook = rulebook::load(tx, authority, at.today())?;
    census::owe(tx, authority, &rulebook, at)?;
    Ok(Swept {
        told: ladder::climb(tx, authority, &rulebook, base_url, at)?,
        notices: notice::tell(tx, authority, &rulebook, base_url, at.now())?,
        same_day: failed_visit::tell(tx, authority, base_url, at)?
            + postponed::tell(tx, authority, base_url, at)?
            + booked_elsewhere::tell(tx, authority, base_url, at)?
            + rest::tell(tx, authority, base_url, at)?
            + closure_news::tell(tx, authority, base_url, at)?,
    })
}

impl Work {
    fn add(&mut self, code: &str, swept: &Swept) {
        self.found += number(swept.told.opened);
        self.did += number(swept.told.steps + swept.same_day + swept.notices);
        self.failed += number(swept.told.untold);
        if swept.told.untold > 0 {
            tracing::error!(
                authority = code,
                steps = swept.told.untold,
                "nobody holds a post on the ladder, and there is no mailbox"
            );
        }
    }

    pub(super) fn fail(&mut self, what: &str, cause: &DbError) {
        tracing::error!(what, %cause, "the job could not do this part");
        self.failed += 1;
        if !self.problem.is_empty() {
            self.problem.push_str("; ");
        }
        self.problem.push_str(&format!("{what}: {cause}"));
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
