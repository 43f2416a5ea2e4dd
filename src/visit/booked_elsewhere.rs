//! Whoever booked a visit hears the same day that the child lives elsewhere now, or that another address was claimed. In August
//! 2023 a visit went to an address that the family had left.

use super::store;
use super::store::booking::Elsewhere;
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::news::{self, News};
use crate::duty::posts::HeardOf;
use crate::mail::messages::BookedElsewhere;
use crate::rules::escalation::Post;

/// Tells whoever booked a coming visit that is not for the child's home any more; gives how many letters that were.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let visits = store::booking::elsewhere_untold(tx, authority, at.today())?;
    let news: Vec<_> = visits.iter().map(news).collect();
    news::tell(tx, authority, base_url, &news, at)
}

fn news(visit: &Elsewhere) -> News<'_, Elsewhere> {
    let home = visit.home.unwrap_or_default();
    let claim = visit.claimed.unwrap_or_default();
    News {
        of: visit,
        row: format!("{}:{home}-{claim}", visit.reference),
        child: visit.child,
        about: format!("check {}", visit.check),
        post: Post::Officer,
        // Whoever booked it, though it may have been they who wrote the other address down. Who cannot open a restricted
        // record any more has handed it on to the child's officer.
        hears: HeardOf {
            officer: match visit.restricted {
                true => visit.officer.as_deref(),
                false => visit.by.as_deref(),
            },
            restricted: visit.restricted,
            done_by: None,
        },
        letter: |visit, vacant_post, head| {
            BookedElsewhere {
                check: visit.check.as_str().to_owned(),
                kind: visit.kind.label().to_owned(),
                booked_for: visit.booked_for,
                vacant_post,
                link: format!("{}/checks/{}", head.base_url, visit.check),
            }
            .render(head)
        },
        note_told: |tx, visit, _, _| store::booking::note_heard(tx, visit),
    }
}
