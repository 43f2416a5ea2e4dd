//! The manager hears the same day that an officer closed a record: a child who leaves the register is out of sight. It is
//! told from the register and not by the page that closes one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use super::store::departed::Departed;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::duty::posts::About;
use crate::duty::same_day::{self, News};
use crate::mail::messages::RecordClosed;
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
    let news: Vec<_> = departed.iter().map(news).collect();
    same_day::tell(tx, authority, base_url, &news, today, now)
}

fn news(departed: &Departed) -> News<'_, Departed> {
    News {
        of: departed,
        row: departed.registration.to_string(),
        child: departed.child_key,
        about: "the closing of this record".to_owned(),
        post: Post::Manager,
        hears: About {
            officer: None,
            restricted: departed.restricted,
            done_by: Some(&departed.by),
        },
        letter: |departed, vacant_post, head| {
            RecordClosed {
                record: departed.child.to_string(),
                because: departed.door.label().to_owned(),
                on: departed.on,
                vacant_post,
                link: format!("{}/children/{}", head.base_url, departed.child),
            }
            .render(head)
        },
        note_told: |tx, departed, _, now| {
            store::departed::note_told(tx, departed.registration, now)
        },
    }
}
