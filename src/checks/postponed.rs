//! The manager hears the same day that a check was put off once too often, or over a school holiday. It is told from the
//! bookings and not by the page that makes one, so that nothing is lost when the page is.

use chrono::{NaiveDateTime, TimeDelta};

use super::rulebook::Rulebook;
use super::same_day::{self, News};
use super::store;
use super::store::booking::PutOff;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::mail::messages::Postponed;
use crate::mail::{Letterhead, Rendered};
use crate::rules::escalation::Post;
use crate::rules::policy::PolicyKey;

/// How far back is looked for bookings that nobody was told of: longer than any night off.
pub(super) const LOOK_BACK: TimeDelta = TimeDelta::days(14);

/// Tells the manager of each booking that they have to hear of and were not told; gives how many letters that were.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<usize> {
    let times = rulebook.policy.count(PolicyKey::PostponementsAlone);
    let put_off = store::booking::put_off(tx, authority, times, now - LOOK_BACK)?;
    same_day::tell(tx, authority, base_url, &put_off, rulebook.today, now)
}

impl News for PutOff {
    fn key(&self, place: usize) -> String {
        store::booking::told_key(&self.booking, place)
    }

    fn letter(&self, vacant_post: Option<Post>, base_url: &str, head: &Letterhead) -> Rendered {
        Postponed {
            check: self.check.as_str().to_owned(),
            kind: self.kind.label().to_owned(),
            original_due_on: self.original_due_on,
            booked_for: self.booked_for,
            times: self.times.unsigned_abs(),
            past_holiday: self.past_holiday,
            vacant_post,
            link: format!("{base_url}/checks/{}", self.check),
        }
        .render(head)
    }
}
