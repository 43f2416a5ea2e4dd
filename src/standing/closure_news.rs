//! The manager hears the same day that an officer closed a record: a child who leaves the register is out of sight. It is
//! told from the register and not by the page that closes one, so that nothing is lost when the page is.

use super::store;
use super::store::closure_news::ClosureNews;
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::news::{self, News};
use crate::duty::posts::HeardOf;
use crate::mail::messages::RecordClosed;
use crate::rules::escalation::Post;

/// Tells the manager of each record that somebody closed who does not manage; gives how many letters that were.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let closed = store::closure_news::untold(tx, authority)?;
    let news: Vec<_> = closed.iter().map(news).collect();
    news::tell(tx, authority, base_url, &news, at)
}

fn news(closed: &ClosureNews) -> News<'_, ClosureNews> {
    News {
        of: closed,
        row: closed.registration.to_string(),
        child: closed.child_key,
        about: "the closing of this record".to_owned(),
        post: Post::Manager,
        hears: HeardOf {
            officer: None,
            restricted: closed.restricted,
            done_by: Some(&closed.by),
        },
        letter: |closed, vacant_post, head| {
            RecordClosed {
                record: closed.child.to_string(),
                because: closed.door.label().to_owned(),
                on: closed.on,
                vacant_post,
                link: format!("{}/children/{}", head.base_url, closed.child),
            }
            .render(head)
        },
        note_told: |tx, closed, _, now| {
            store::closure_news::note_told(tx, closed.registration, now)
        },
    }
}
