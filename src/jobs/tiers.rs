//! Asks the rules again about every child for whom the answer may be another by the passing of days alone: a first meeting
//! that is late, a year since the child was seen, a referral that grew old. It runs before the sweep, so that a tier that
//! rises today climbs today's ladder.

use super::{Services, Work};
use crate::access::{AuthorityKey, authority};
use crate::clock::At;
use crate::db::Result;
use crate::tier::tiering;

/// Children assessed in one transaction: other writers wait no longer than that takes.
const PART: i64 = 100;

/// Assesses whom it is due for. Run again, it does nothing again.
///
/// # Errors
/// If the authorities cannot be read; what goes wrong in one authority is told in the work's problem.
pub fn run(services: &Services, at: At) -> Result<Work> {
    let mut work = Work::default();
    for authority in services.db.read_now(authority::in_service)? {
        match assess_one(services, authority.key, at) {
            Ok(children) => {
                work.found += children;
                work.did += children;
            }
            Err(cause) => work.fail(&authority.code, &cause),
        }
    }
    Ok(work)
}

fn assess_one(services: &Services, authority: AuthorityKey, at: At) -> Result<i64> {
    let mut children = 0;
    loop {
        let part = services
            .db
            .write_now(|tx| tiering::reassess_due(tx, authority, PART, at))?;
        if part == 0 {
            return Ok(children);
        }
        children += i64::try_from(part).unwrap_or(i64::MAX);
    }
}
