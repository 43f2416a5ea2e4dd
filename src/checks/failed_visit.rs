//! The manager hears the same day that an attempt failed for a child in red, once an attempt. It is told from the
//! outcomes and not by the page that records one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::same_day::{self, News};
use super::store;
use super::store::outcome::FailedInRed;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::mail::messages::FailedVisit;
use crate::mail::{Letterhead, Rendered};
use crate::rules::escalation::Post;

/// How far back is looked for attempts that nobody was told of: longer than any night off.
const LOOK_BACK: TimeDelta = TimeDelta::days(14);

/// Tells the manager of each attempt that failed for a child in red and was not told; gives how many letters that
/// were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let failed = store::outcome::failed_in_red(tx, authority, now - LOOK_BACK)?;
    same_day::tell(tx, authority, base_url, &failed, today, now)
}

impl News for FailedInRed {
    fn key(&self, place: usize) -> String {
        store::outcome::told_key(self.outcome.as_str(), place)
    }

    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered {
        FailedVisit {
            check: self.check.as_str().to_owned(),
            kind: self.kind.label().to_owned(),
            happened_on: self.happened_on,
            new_attempt_by: self.new_attempt_by,
            vacant_post,
            link: format!("{base_url}/checks/{}", self.check),
        }
        .render(head)
    }
}
