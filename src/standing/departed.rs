//! The manager hears the same day that an officer closed a record: a child who leaves the register is out of sight. It is
//! told from the register and not by the page that closes one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use super::store::departed::Departed;
use crate::access::AuthorityKey;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::duty::posts::About;
use crate::duty::same_day::{self, News, RECORD_CLOSED};
use crate::mail::messages::RecordClosed;
use crate::mail::{Letterhead, OutgoingMail, Rendered};
use crate::rules::escalation::Post;

/// Tells the manager of each record that somebody closed who does not manage; gives how many letters that were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let departed = store::departed::untold(tx, authority)?;
    same_day::tell(tx, authority, base_url, &departed, today, now)
}

impl News for Departed {
    fn key(&self) -> (&'static str, String) {
        (RECORD_CLOSED, self.registration.to_string())
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
        RecordClosed {
            record: self.child.to_string(),
            because: self.door.label().to_owned(),
            on: self.on,
            vacant_post,
            link: format!("{base_url}/children/{}", self.child),
        }
        .render(head)
    }

    fn note_told(&self, tx: &mut Conn, _: Key<OutgoingMail>, now: NaiveDateTime) -> Result<()> {
        store::departed::note_told(tx, self.registration, now)
    }
}
