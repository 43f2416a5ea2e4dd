//! Refusals that are not believed yet: a relay that refuses everybody looks like so many mailboxes that are gone. What is
//! refused for good is kept back until the run is over, and judged by what was refused and taken beside it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;

use super::store::{OutgoingMail, leases};
use crate::db::{Conn, Result};
use crate::rules::bounce::Cause;
use crate::rules::delivery::{Answer, DOUBTED_FOR, domain_of, is_refused_with_others};

/// More are not kept back: nothing taken beside so many is enough.
const AT_MOST: usize = 16;

/// Nor for longer, because their leases run out.
const AT_LONGEST: Duration = Duration::from_secs(4 * 60);

/// What a sender says of a mail.
pub(super) struct Handled {
    pub(super) mail: OutgoingMail,
    /// Nothing: it was not tried.
    pub(super) answer: Option<Answer>,
    /// Seconds by which it is tried again later than the rules say.
    pub(super) jitter: u32,
}

/// What was refused for good in a run, and where something was taken.
#[derive(Default)]
pub(super) struct Doubts {
    kept: Vec<Handled>,
    since: Option<Instant>,
    refused: BTreeSet<String>,
    taken: BTreeSet<String>,
}

impl Doubts {
    /// Keeps back what was refused for good; gives the rest.
    pub(super) fn keep_doubtful(&mut self, handled: Vec<Handled>) -> Vec<Handled> {
        for one in &handled {
            let recipient = &one.mail.recipient;
            if is_refused_for_good(one) {
                self.refused.insert(recipient.clone());
            } else if matches!(one.answer, Some(Answer::Accepted { .. })) {
                self.taken.insert(domain_of(recipient).to_owned());
            }
        }
        let (doubtful, certain) = handled.into_iter().partition(is_refused_for_good);
        let doubtful: Vec<Handled> = doubtful;
        if !doubtful.is_empty() {
            self.since.get_or_insert_with(Instant::now);
            self.kept.extend(doubtful);
        }
        certain
    }

    /// Whether it is time to judge.
    pub(super) fn are_ripe(&self) -> bool {
        let is_old = self.since.is_some_and(|since| since.elapsed() > AT_LONGEST);
        self.kept.len() >= AT_MOST || is_old
    }

    /// What was kept back, to be judged.
    pub(super) fn take(&mut self) -> Vec<Handled> {
        self.since = None;
        std::mem::take(&mut self.kept)
    }

    /// Why a mail waits that was refused for good, if that is not believed. What was refused before is believed once the server
    /// has taken something for the same domain since. Some who are said to be gone may have left together, so they are no fault
    /// of ours and are doubted for some hours only; unless the relay took nothing at all, now or before.
    pub(super) fn doubt(
        &self,
        tx: &mut Conn,
        mail: &OutgoingMail,
        said: Cause,
        now: NaiveDateTime,
    ) -> Result<Option<Cause>> {
        let refused = self.refused.iter().map(String::as_str).collect();
        if !is_refused_with_others(&mail.recipient, &refused, &self.taken) {
            return Ok(None);
        }
        let since = mail.failing_since.unwrap_or(now);
        if since < now && leases::is_taken_since(tx, domain_of(&mail.recipient), since)? {
            return Ok(None);
        }
        let is_ours = said != Cause::Gone || self.relay_takes_nothing();
        if is_ours || leases::is_our_fault(tx, mail.id)? {
            return Ok(Some(Cause::OurFault));
        }
        Ok((now - since < DOUBTED_FOR).then_some(said))
    }

    /// Whether so many were refused, and none taken, that the rest need not be tried now.
    pub(super) fn relay_takes_nothing(&self) -> bool {
        self.taken.is_empty() && self.refused.len() >= AT_MOST
    }
}

fn is_refused_for_good(handled: &Handled) -> bool {
    matches!(&handled.answer, Some(Answer::Refused(refusal)) if refusal.is_the_end())
}
