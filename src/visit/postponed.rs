//! The manager hears the same day that a check was put off once too often, over a school holiday, or over days of which
//! nobody entered the terms. It is told from the bookings and not by the page that makes one, so that nothing is lost when
//! the page is; one letter a check, with the day that holds now.

use chrono::{NaiveDate, NaiveDateTime};

use super::store::booking::PutOff;
use super::{check, store};
use crate::access::AuthorityKey;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::posts::About;
use crate::duty::same_day::{self, News, POSTPONED};
use crate::mail::messages::Postponed;
use crate::mail::{Letterhead, OutgoingMail, Rendered};
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

/// Tells the manager of each check that was put off as they have to hear and were not told; gives how many letters that
/// were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let bookings = store::booking::to_tell(tx, authority)?;
    let of_one_check = bookings.chunk_by(|one, next| one.check_key == next.check_key);
    let checks: Vec<Check> = of_one_check
        .filter_map(|bookings| bookings.first().map(|one| (one, bookings)))
        .map(|(one, bookings)| Check::of(tx, one, bookings))
        .collect::<Result<_>>()?;
    same_day::tell(tx, authority, base_url, &checks, today, now)
}

/// A check that was put off, by one booking or several.
struct Check {
    key: DutyKey,
    booking: Reference,
    /// Who put it off, if it was one person.
    by: Option<String>,
    restricted: bool,
    mail: Postponed,
}

impl Check {
    fn of(conn: &mut Conn, one: &PutOff, bookings: &[PutOff]) -> Result<Self> {
        let (booking, booked_for) = store::booking::last(conn, one.check_key)?;
        let check = check::by_key(conn, one.check_key)?;
        let times = bookings.iter().map(|it| it.times.unsigned_abs()).max();
        let by_one = bookings.iter().all(|it| it.by == one.by);
        Ok(Self {
            key: one.check_key,
            booking,
            by: by_one.then(|| one.by.clone()),
            restricted: one.restricted,
            mail: Postponed {
                check: one.check.as_str().to_owned(),
                kind: one.kind.label().to_owned(),
                original_due_on: store::booking::chain(conn, &check)?.first_due_on,
                booked_for,
                times: times.unwrap_or_default(),
                past_holiday: bookings.iter().any(|it| it.past_holiday),
                terms_unknown: bookings.iter().any(|it| it.terms_unknown),
                vacant_post: None,
                link: String::new(),
            },
        })
    }
}

impl News for Check {
    fn key(&self) -> (&'static str, String) {
        (POSTPONED, self.booking.to_string())
    }

    fn to(&self) -> (Post, About<'_>) {
        let about = About {
            officer: None,
            restricted: self.restricted,
            done_by: self.by.as_deref(),
        };
        (Post::Manager, about)
    }

    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered {
        Postponed {
            vacant_post,
            link: format!("{base_url}/checks/{}", self.mail.check),
            ..self.mail.clone()
        }
        .render(head)
    }

    fn note_told(&self, tx: &mut Conn, _: Key<OutgoingMail>, now: NaiveDateTime) -> Result<()> {
        store::booking::note_told(tx, self.key, now)
    }
}
