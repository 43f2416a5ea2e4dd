//! The manager hears the same day that an attempt failed for a child in red, once an attempt. It is told from the
//! outcomes and not by the page that records one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::posts::Posts;
use super::store;
use super::store::outcome::FailedInRed;
use crate::access::AuthorityKey;
use crate::access::authority;
use crate::db::{Conn, Result};
use crate::mail::messages::FailedVisit;
use crate::mail::{Letter, outbox};
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
    if failed.is_empty() {
        return Ok(0);
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, today)?;
    let Some(heard) = posts.who(Post::Manager, None) else {
        return Ok(0);
    };
    let vacant_post = (heard.post != Post::Manager).then_some(Post::Manager);
    let mut letters = 0;
    for attempt in failed {
        let letterhead = authority.letterhead(base_url);
        let message = message(&attempt, vacant_post, base_url).render(&letterhead);
        for (place, person) in heard.people.iter().enumerate() {
            let letter = Letter {
                key: store::outcome::told_key(attempt.outcome.as_str(), place),
                authority: authority.key,
                letterhead: &letterhead,
                to: person.email.clone(),
                message: message.clone(),
            };
            outbox::put(tx, &letter, now)?;
            letters += 1;
        }
    }
    Ok(letters)
}

fn message(attempt: &FailedInRed, vacant_post: Option<Post>, base_url: &str) -> FailedVisit {
    FailedVisit {
        check: attempt.check.as_str().to_owned(),
        kind: attempt.kind.label().to_owned(),
        happened_on: attempt.happened_on,
        new_attempt_by: attempt.new_attempt_by,
        vacant_post,
        link: format!("{base_url}/checks/{}", attempt.check),
    }
}
