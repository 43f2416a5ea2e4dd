//! The manager hears the same day that a check was put off once too often, over a school holiday, or over days of which
//! nobody entered the terms. It is told from the bookings and not by the page that makes one, so that nothing is lost when
//! the page is; one letter a check, with the day that holds now.

use super::store::booking::PutOff;
use super::{check, store};
use crate::access::AuthorityKey;
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::news::{self, News};
use crate::duty::posts::HeardOf;
use crate::mail::messages::Postponed;
use crate::register::ChildKey;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

/// Tells the manager of each check that was put off as they have to hear and were not told; gives how many letters that
/// were.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let bookings = store::booking::to_tell(tx, authority)?;
    let of_one_check = bookings.chunk_by(|one, next| one.check_key == next.check_key);
    let checks: Vec<Check> = of_one_check
        .filter_map(|bookings| bookings.first().map(|one| (one, bookings)))
        .map(|(one, bookings)| Check::of(tx, one, bookings))
        .collect::<Result<_>>()?;
    let news: Vec<_> = checks.iter().map(Check::news).collect();
    news::tell(tx, authority, base_url, &news, at)
}

/// A check that was put off, by one booking or several.
struct Check {
    key: DutyKey,
    child: ChildKey,
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
            child: one.child,
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

    fn news(&self) -> News<'_, Self> {
        News {
            of: self,
            row: self.booking.to_string(),
            child: self.child,
            about: format!("check {}", self.mail.check),
            post: Post::Manager,
            hears: HeardOf {
                officer: None,
                restricted: self.restricted,
                done_by: self.by.as_deref(),
            },
            letter: |check, vacant_post, head| {
                Postponed {
                    vacant_post,
                    link: format!("{}/checks/{}", head.base_url, check.mail.check),
                    ..check.mail.clone()
                }
                .render(head)
            },
            note_told: |tx, check, _, now| store::booking::note_told(tx, check.key, now),
        }
    }
}
