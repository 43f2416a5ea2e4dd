//! The manager hears the same day that an officer closed a record. It is told from the register and not by the page that
//! closes one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::same_day::{self, News};
use super::store;
use super::store::departed::Departed;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::mail::messages::RecordClosed;
use crate::mail::{Letterhead, Rendered};
use crate::rules::escalation::Post;

/// How far back is looked for closures that nobody was told of: longer than any night off.
pub(super) const LOOK_BACK: TimeDelta = TimeDelta::days(14);

/// Tells the manager of each record that somebody closed who does not manage; gives how many letters that were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let departed = store::departed::untold(tx, authority, now - LOOK_BACK)?;
    same_day::tell(tx, authority, base_url, &departed, today, now)
}

impl News for Departed {
    fn key(&self, place: usize) -> String {
        store::departed::told_key(self.registration, place)
    }

    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered {
        RecordClosed {
            record: self.child.to_string(),
            because: self.door.label().to_owned(),
            on: self.on,
            vacant_post,
            link: format!("{base_url}/children/{}", self.child),
        }
        .render(head)
    }
}
