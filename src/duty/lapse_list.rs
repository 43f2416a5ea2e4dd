//! The open lapses of an authority as a list: what the link in the lapse mail leads to, so its numbers are the mail's.

use chrono::NaiveDate;

use super::owed::NamedChild;
use super::store;
use super::whose::Whose;
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;

pub use super::store::lapse_list::{resting, unanswered};

/// Lines on a page.
pub const PAGE: i64 = 50;

/// An open lapse in a list.
#[derive(Clone, Debug)]
pub struct OpenLapse {
    /// What the world calls it.
    pub reference: String,
    pub kind: DutyKind,
    /// The child whom it is about; none: it is the authority that owes it.
    pub child: Option<NamedChild>,
    /// The day the duty was due.
    pub due_on: NaiveDate,
    /// Why on that day.
    pub why: String,
    /// Whose the duty is.
    pub post: Post,
    /// The name of the child's officer, where there is one.
    pub officer: Option<String>,
    /// The day of the plan, once somebody has answered.
    pub plan_by: Option<NaiveDate>,
    /// How many plans there were.
    pub plans: u32,
    /// Until when the child's checks rest and who leads meanwhile, in words, if this one does.
    pub rests: Option<String>,
}

/// How many lapses are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub total: i64,
    /// Of these, how many rest while social care leads: nobody is told of them.
    pub resting: i64,
    /// Of the others, how many somebody has answered for with a plan whose day has not passed.
    pub answered: i64,
    /// How many somebody has answered for more than once.
    pub renewed: i64,
}

impl Open {
    /// How many neither rest nor have a plan.
    pub fn unanswered(self) -> i64 {
        self.total - self.resting - self.answered
    }
}

/// How many lapses are open among the children this viewer may see.
///
/// # Errors
/// When the database does not answer.
pub fn count(conn: &mut Conn, viewer: &Viewer, whose: Whose, today: NaiveDate) -> Result<Open> {
    Ok(Open {
        total: store::lapse_list::total(conn, viewer, whose)?,
        resting: store::lapse_list::resting(conn, viewer, whose, today)?,
        answered: store::lapse_list::answered(conn, viewer, whose, today)?,
        renewed: store::lapse_list::renewed(conn, viewer, whose)?,
    })
}

/// A page of the open lapses among the children this viewer may see, the longest over first; if asked, only those that
/// nobody has answered for or whose plan was not kept.
///
/// # Errors
/// When the database does not answer.
pub fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    whose: Whose,
    today: NaiveDate,
    only_unanswered: bool,
    offset: i64,
) -> Result<Vec<OpenLapse>> {
    store::lapse_list::page(
        conn,
        viewer,
        (whose, only_unanswered),
        today,
        (offset, PAGE),
    )
}
