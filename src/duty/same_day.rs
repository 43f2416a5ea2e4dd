//! What somebody hears the same day, each piece of news once, whoever stands in for them today. The rows that the news is
//! about say that it was told, so that nothing that still matters is forgotten however long the program stood still.

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::{About, Posts};
use super::store;
use crate::access::{AuthorityKey, authority};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::{Letter, Letterhead, OutgoingMail, Rendered, outbox};
use crate::register::ChildKey;
use crate::rules::escalation::Post;

/// The first words of the keys of such letters.
pub const POSTPONED: &str = "postponed";
pub const FAILED_VISIT: &str = "failed_visit";
pub const BOOKED_ELSEWHERE: &str = "booked_elsewhere";
pub const RECORD_CLOSED: &str = "record_closed";
pub const REST: &str = "rest";

/// A piece of news.
pub trait News {
    /// The word for such news, and what names the row it is about: together the key of its letters.
    fn key(&self) -> (&'static str, String);

    /// Whose post it is for, and what decides who that is.
    fn to(&self) -> (Post, About<'_>);

    /// What it says; with the post for which somebody else is told, where nobody is there for it.
    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered;

    /// Notes that it was told, and with which letter to the first who hears it.
    fn note_told(&self, tx: &mut Conn, mail: Key<OutgoingMail>, now: NaiveDateTime) -> Result<()>;
}

/// Writes each piece of news to whoever is there for its post; gives how many letters that were. Where nobody can be written
/// to it stays untold, and `hearth verify` says so.
pub fn tell(
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
    let head = authority.letterhead(base_url);
    let mut letters = 0;
    for piece in news {
        let (post, about) = piece.to();
        let Some(heard) = posts.who(post, about) else {
            continue;
        };
        let vacant_post = (heard.post != post).then_some(post);
        let message = piece.letter(vacant_post, base_url, &head);
        let mut first = None;
        for (place, person) in heard.people.iter().enumerate() {
            let letter = Letter {
                key: key_at(piece.key(), place),
                authority: authority.key,
                letterhead: &head,
                to: person.email.clone(),
                message: message.clone(),
            };
            let mail = outbox::put(tx, &letter, now)?;
            first.get_or_insert(mail);
            letters += 1;
        }
        if let Some(mail) = first {
            piece.note_told(tx, mail, now)?;
        }
    }
    Ok(letters)
}

/// The key of a letter to the first and to further people, so that nobody gets it twice.
fn key_at((word, row): (&str, String), place: usize) -> String {
    match place {
        0 => format!("{word}:{row}"),
        place => format!("{word}:{row}:{place}"),
    }
}

/// The child that a letter with this key tells of, and the words for what it is about.
pub fn is_about(conn: &mut Conn, key: &str) -> Result<Option<(ChildKey, String)>> {
    let mut parts = key.split(':');
    let (Some(word), Some(row)) = (parts.next(), parts.next()) else {
        return Ok(None);
    };
    let row_id = || row.parse().unwrap_or_default();
    match word {
        POSTPONED | BOOKED_ELSEWHERE => crate::visit::store::booking::is_about(conn, row),
        FAILED_VISIT => crate::visit::store::outcome::is_about(conn, row),
        REST => store::suspension::is_about(conn, row_id()),
        RECORD_CLOSED => crate::standing::store::departed::is_about(conn, row_id()),
        _ => Ok(None),
    }
}
