//! What the manager hears the same day, each piece of news once, whoever stands in for the manager today.

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::{About, Posts};
use crate::access::AuthorityKey;
use crate::access::authority;
use crate::db::{Conn, Result};
use crate::mail::{Letter, Letterhead, Rendered, outbox};
use crate::rules::escalation::Post;

/// A piece of news.
pub(super) trait News {
    /// The key of its letter to the first and to further people, so that nobody gets it twice.
    fn key(&self, place: usize) -> String;

    /// What it says; with the post for which somebody else is told, where nobody is there for the manager's.
    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered;
}

/// Writes each piece of news to whoever is there for the manager; gives how many letters that were.
pub(super) fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    news: &[impl News],
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    if news.is_empty() {
        return Ok(0);
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, today)?;
    let Some(heard) = posts.who(Post::Manager, About::default()) else {
        return Ok(0);
    };
    let vacant_post = (heard.post != Post::Manager).then_some(Post::Manager);
    let head = authority.letterhead(base_url);
    for piece in news {
        let message = piece.letter(vacant_post, base_url, &head);
        for (place, person) in heard.people.iter().enumerate() {
            let letter = Letter {
                key: piece.key(place),
                authority: authority.key,
                letterhead: &head,
                to: person.email.clone(),
                message: message.clone(),
            };
            outbox::put(tx, &letter, now)?;
        }
    }
    Ok(news.len() * heard.people.len())
}
