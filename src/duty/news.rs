//! What somebody hears the same day, each piece of news once, whoever stands in for them today. The rows that the news is
//! about say that it was told, so that nothing that still matters is forgotten however long the program stood still.

use chrono::NaiveDateTime;

use super::posts::{HeardOf, Posts};
use crate::access::{AuthorityKey, authority};
use crate::clock::At;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::{Letter, Letterhead, OutgoingMail, Rendered, Topic, outbox};
use crate::register::ChildKey;
use crate::rules::escalation::Post;

/// A piece of news, as it is made from a record that was read for it.
pub struct News<'a, R> {
    pub of: &'a R,
    /// What names the row it is about among all news of its kind: with that it is told once.
    pub row: String,
    pub child: ChildKey,
    /// What it is about, in words for the child's timeline, such as "check W-7K4M-2QXD".
    pub about: String,
    /// Whose post it is for.
    pub post: Post,
    /// What decides who that is.
    pub hears: HeardOf<'a>,
    /// What it says; with the post for which somebody else is told, where nobody is there for it.
    pub letter: fn(&R, Option<Post>, &Letterhead) -> Result<Rendered>,
    /// Notes on the row that it was told, with which letter to the first who hears it, and when.
    pub note_told: fn(&mut Conn, &R, Key<OutgoingMail>, NaiveDateTime) -> Result<()>,
}

/// Writes each piece of news to whoever is there for its post; gives how many letters that were. Where nobody can be written
/// to it stays untold, and `hearth verify` says so.
pub fn tell<R>(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    news: &[News<'_, R>],
    at: At,
) -> Result<usize> {
    if news.is_empty() {
        return Ok(0);
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, at.today())?;
    let head = authority.letterhead(base_url);
    let mut letters = 0;
    for piece in news {
        let Some(heard) = posts.who(piece.post, piece.hears) else {
            continue;
        };
        let vacant_post = (heard.post != piece.post).then_some(piece.post);
        let message = (piece.letter)(piece.of, vacant_post, &head)?;
        let mut first = None;
        for (place, person) in heard.people.iter().enumerate() {
            let letter = Letter {
                key: key_at(&piece.row, place),
                authority: authority.key,
                letterhead: &head,
                to: person.email.clone(),
                about: Topic::child(piece.child, piece.about.as_str()),
                message: message.clone(),
            };
            let mail = outbox::put(tx, &letter, at.now())?;
            first.get_or_insert(mail);
            letters += 1;
        }
        if let Some(mail) = first {
            (piece.note_told)(tx, piece.of, mail, at.now())?;
        }
    }
    Ok(letters)
}

/// The key of a letter to the first and to further people, so that nobody gets it twice.
fn key_at(row: &str, place: usize) -> String {
    match place {
        0 => row.to_owned(),
        place => format!("{row}:{place}"),
    }
}
