//! Spreading what was overdue when a list was taken over and got the last day that the policy allows, all the same one: no rule asks for
//! that day itself. What a rule dates stays for a manager to look at.

use chrono::NaiveDate;

use super::capacity::{self, Plan, Waiting};
use super::store;
use crate::access::{Act, Viewer, authority};
use crate::clock::At;
use crate::db::{Conn, Db, DbError, Result};
use crate::policy::rulebook;

/// How many checks are moved in one transaction, so that no other writer waits long.
const MOVED_TOGETHER: usize = 200;

/// How often it is planned anew because somebody wrote meanwhile, before it is planned and carried out in one transaction.
const TRIES: usize = 5;

/// What stands beside a check that was brought forward.
const WHEN: &str = "when the list was taken over";

/// Spreads the checks of a list that was taken over on a day; writes an audit event for each that is brought forward. It is planned while
/// others may write, and carried out as long as nobody has.
///
/// # Errors
/// When the database does not answer.
pub fn spread(db: &Db, viewer: &Viewer, at: At, taken_on: NaiveDate) -> Result<()> {
    for _ in 0..TRIES {
        let (revision, plan) = db.read_now(|conn| {
            let revision = authority::by_key(conn, viewer.authority())?.revision;
            Ok::<_, DbError>((revision, plan(conn, viewer, at, taken_on)?))
        })?;
        if move_while_unchanged(db, viewer, at, (revision, &plan.moves))? {
            return Ok(());
        }
    }
    db.write_now(|tx| {
        let plan = plan(tx, viewer, at, taken_on)?;
        capacity::move_all(&mut Act::new(tx, viewer, at), &plan.moves, WHEN)
    })
}

fn plan(conn: &mut Conn, viewer: &Viewer, at: At, taken_on: NaiveDate) -> Result<Plan> {
    let rulebook = rulebook::load(conn, viewer.authority(), at.today())?;
    let program = Viewer::program(viewer.authority(), "import");
    let waiting = store::capacity::waiting(conn, &program, at.today(), Some(taken_on))?;
    capacity::plan_for(conn, &program, &rulebook, waiting)
}

/// Moves checks, some at a time, until somebody else writes; says whether all were moved.
fn move_while_unchanged(
    db: &Db,
    viewer: &Viewer,
    at: At,
    (mut revision, moves): (i64, &[(Waiting, NaiveDate)]),
) -> Result<bool> {
    for together in moves.chunks(MOVED_TOGETHER) {
        let stands = db.write_now(|tx| {
            if authority::by_key(tx, viewer.authority())?.revision != revision {
                return Ok(None);
            }
            capacity::move_all(&mut Act::new(tx, viewer, at), together, WHEN)?;
            Ok::<_, DbError>(Some(authority::by_key(tx, viewer.authority())?.revision))
        })?;
        match stands {
            Some(stands) => revision = stands,
            None => return Ok(false),
        }
    }
    Ok(true)
}
