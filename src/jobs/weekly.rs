//! The digest of the week, on Monday or as soon after as anything runs.

use super::{Services, Work};
use crate::access::authority;
use crate::clock::At;
use crate::db::Result;
use crate::desk::weekly;

/// Writes the digests of every authority. Run again in the same week, it writes nobody a second one.
///
/// # Errors
/// If the authorities cannot be read; what goes wrong in one authority is told in the work's problem.
pub fn run(services: &Services, at: At) -> Result<Work> {
    let mut work = Work::default();
    for authority in services.db.read_now(authority::in_service)? {
        let told = services
            .db
            .write_now(|tx| weekly::tell(tx, authority.key, &services.base_url, at));
        match told {
            Ok(letters) => work.did += i64::try_from(letters).unwrap_or(i64::MAX),
            Err(cause) => work.fail(&authority.code, &cause),
        }
    }
    Ok(work)
}
