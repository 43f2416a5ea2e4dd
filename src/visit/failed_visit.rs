//! The manager hears the same day that an attempt failed for a child in red, once an attempt. It is told from the
//! outcomes and not by the page that records one, so that nothing is lost when the page is.

use super::store;
use super::store::outcome::FailedInRed;
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::news::{self, News};
use crate::duty::posts::HeardOf;
use crate::mail::messages::FailedVisit;
use crate::rules::escalation::Post;

/// Tells the manager of each attempt that failed for a child in red and was not told; gives how many letters that
/// were.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let failed = store::outcome::to_tell(tx, authority)?;
    let news: Vec<_> = failed.iter().map(news).collect();
    news::tell(tx, authority, base_url, &news, at)
}

fn news(failed: &FailedInRed) -> News<'_, FailedInRed> {
    News {
        of: failed,
        row: failed.outcome.to_string(),
        child: failed.child,
        about: format!("check {}", failed.check),
        post: Post::Manager,
        hears: HeardOf {
            officer: None,
            restricted: failed.restricted,
            done_by: Some(&failed.by),
        },
        letter: |failed, vacant_post, head| {
            FailedVisit {
                check: failed.check.as_str().to_owned(),
                kind: failed.kind.label().to_owned(),
                happened_on: failed.happened_on,
                new_attempt_by: failed.new_attempt_by,
                vacant_post,
                link: format!("{}/checks/{}", head.base_url, failed.check),
            }
            .render(head)
        },
        note_told: |tx, failed, _, now| store::outcome::note_told(tx, failed.key, now),
    }
}
