//! The manager hears the same day that an attempt failed for a child in red, once an attempt. It is told from the
//! outcomes and not by the page that records one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use super::store::outcome::FailedInRed;
use crate::access::AuthorityKey;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::duty::posts::About;
use crate::duty::same_day::{self, FAILED_VISIT, News};
use crate::mail::messages::FailedVisit;
use crate::mail::{Letterhead, OutgoingMail, Rendered};
use crate::rules::escalation::Post;

/// Tells the manager of each attempt that failed for a child in red and was not told; gives how many letters that
/// were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let failed = store::outcome::to_tell(tx, authority)?;
    same_day::tell(tx, authority, base_url, &failed, today, now)
}

impl News for FailedInRed {
    fn key(&self) -> (&'static str, String) {
        (FAILED_VISIT, self.outcome.to_string())
    }

    fn to(&self) -> (Post, About<'_>) {
        let about = About {
            officer: None,
            restricted: self.restricted,
            done_by: Some(&self.by),
        };
        (Post::Manager, about)
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

    fn note_told(&self, tx: &mut Conn, _: Key<OutgoingMail>, now: NaiveDateTime) -> Result<()> {
        store::outcome::note_told(tx, self.key, now)
    }
}
