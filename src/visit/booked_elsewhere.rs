//! Whoever booked a visit hears the same day that the child lives elsewhere now, or that another address was told. In August
//! 2023 a visit went to an address that the family had left.

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use super::store::booking::Elsewhere;
use crate::access::AuthorityKey;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::duty::posts::About;
use crate::duty::same_day::{self, BOOKED_ELSEWHERE, News};
use crate::mail::messages::BookedElsewhere;
use crate::mail::{Letterhead, OutgoingMail, Rendered};
use crate::rules::escalation::Post;

/// Tells whoever booked a coming visit that is not for the child's home any more; gives how many letters that were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let visits = store::booking::elsewhere_untold(tx, authority, today)?;
    same_day::tell(tx, authority, base_url, &visits, today, now)
}

impl News for Elsewhere {
    fn key(&self) -> (&'static str, String) {
        let (home, told) = (self.home.unwrap_or_default(), self.told.unwrap_or_default());
        let news = format!("{}:{home}-{told}", self.reference);
        (BOOKED_ELSEWHERE, news)
    }

    /// Whoever booked it, though it may have been they who wrote the other address down. Who cannot open a restricted
    /// record any more has handed it on to the child's officer.
    fn to(&self) -> (Post, About<'_>) {
        let about = About {
            officer: match self.restricted {
                true => self.officer.as_deref(),
                false => self.by.as_deref(),
            },
            restricted: self.restricted,
            done_by: None,
        };
        (Post::Officer, about)
    }

    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered {
        BookedElsewhere {
            check: self.check.as_str().to_owned(),
            kind: self.kind.label().to_owned(),
            booked_for: self.booked_for,
            vacant_post,
            link: format!("{base_url}/checks/{}", self.check),
        }
        .render(head)
    }

    fn note_told(&self, tx: &mut Conn, _: Key<OutgoingMail>, _: NaiveDateTime) -> Result<()> {
        store::booking::note_heard(tx, self)
    }
}
