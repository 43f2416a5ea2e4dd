//! The manager hears the same day that a check was put off once too often, or over a school holiday. It is told from the
//! bookings and not by the page that makes one, so that nothing is lost when the page is.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::posts::Posts;
use super::store::booking::PutOff;
use super::{rulebook, store};
use crate::access::AuthorityKey;
use crate::access::authority;
use crate::db::{Conn, Result};
use crate::mail::messages::Postponed;
use crate::mail::{Letter, outbox};
use crate::rules::escalation::Post;
use crate::rules::policy::PolicyKey;

/// How far back is looked for bookings that nobody was told of: longer than any night off.
pub(super) const LOOK_BACK: TimeDelta = TimeDelta::days(14);

/// Tells the manager of each booking that they have to hear of and were not told; gives how many letters that were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let times = rulebook::load(tx, authority, today)?
        .policy
        .count(PolicyKey::PostponementsAlone);
    let put_off = store::booking::put_off(tx, authority, times, now - LOOK_BACK)?;
    if put_off.is_empty() {
        return Ok(0);
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, today)?;
    let Some(heard) = posts.who(Post::Manager, None) else {
        return Ok(0);
    };
    let vacant_post = (heard.post != Post::Manager).then_some(Post::Manager);
    let mut letters = 0;
    for booking in put_off {
        let letterhead = authority.letterhead(base_url);
        let message = message(&booking, vacant_post, base_url).render(&letterhead);
        for (place, person) in heard.people.iter().enumerate() {
            let letter = Letter {
                key: store::booking::told_key(&booking.booking, place),
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

fn message(booking: &PutOff, vacant_post: Option<Post>, base_url: &str) -> Postponed {
    Postponed {
        check: booking.check.as_str().to_owned(),
        kind: booking.kind.label().to_owned(),
        original_due_on: booking.original_due_on,
        booked_for: booking.booked_for,
        times: booking.times.unsigned_abs(),
        past_holiday: booking.past_holiday,
        vacant_post,
        link: format!("{base_url}/checks/{}", booking.check),
    }
}
