//! What follows from an outcome: whoever was lost is found, the check and what else it satisfies is closed with its lapse and
//! the next is owed; or a new attempt is, and the lapse of the one before goes over to it.

use chrono::NaiveDateTime;

use super::Attempt;
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::checks::booking::BookingState;
use crate::checks::check::{self, CheckRecord, CheckState};
use crate::checks::rulebook::Rulebook;
use crate::checks::store::check::Closing;
use crate::checks::{CheckKey, store, whereabouts};
use crate::db::{Conn, DbError};
use crate::register::{self, ChildKey};
use crate::rules::codes::ChildStatus;
use crate::rules::dates::spoken;
use crate::rules::outcome::{Happened, effect, satisfies_too};
use crate::rules::schedule::{CheckKind, CheckOwed, next_check};
use crate::rules::tier::Tier;

/// What follows from an outcome.
pub(super) struct Following<'a> {
    pub(super) viewer: &'a Viewer,
    pub(super) check: &'a CheckRecord,
    pub(super) happened: &'a Happened,
    pub(super) attempt: &'a Attempt,
    pub(super) tier: Tier,
    pub(super) rulebook: &'a Rulebook,
    pub(super) now: NaiveDateTime,
}

impl Following<'_> {
    /// A child who was seen is a child of whom it is known where they are. One who was seen only before nobody knew is as
    /// lost as ever.
    pub(super) fn note_found(&self, tx: &mut Conn) -> Result<(), DbError> {
        let open = store::check::open_of_child(tx, self.check.child)?;
        let found = open.iter().any(|check| {
            check.kind == CheckKind::FindChild && satisfies_too(&check.as_open(), self.happened)
        });
        if !found {
            return Ok(());
        }
        let child = register::child::by_key(tx, self.viewer, self.check.child)?;
        let Some(lost) = child.filter(|child| child.status == ChildStatus::WhereaboutsUnknown)
        else {
            return Ok(());
        };
        let how = &self.attempt.in_words;
        whereabouts::known_again(tx, self.viewer, &lost, how, self.rulebook.today, self.now)
    }

    /// Closes the check, if the outcome satisfies it, and every other open check that it satisfies too
    /// ([`satisfies_too`]), each with its attempts, and owes what comes next.
    pub(super) fn close_what_is_satisfied(
        &self,
        tx: &mut Conn,
        satisfied: bool,
    ) -> Result<(), DbError> {
        let open = store::check::open_of_child(tx, self.check.child)?;
        let original = self.check.follows.unwrap_or(self.check.key);
        let done: Vec<&CheckRecord> = open
            .iter()
            .filter(|check| {
                if check.key == original || check.key == self.check.key {
                    satisfied
                } else {
                    satisfies_too(&check.as_open(), self.happened)
                }
            })
            .collect();
        let keys: Vec<CheckKey> = open
            .iter()
            .filter(|check| {
                done.iter()
                    .any(|done| done.key == check.key || check.follows == Some(done.key))
            })
            .map(|check| check.key)
            .collect();
        store::booking::end(tx, &keys, BookingState::Kept, Some(self.happened.on))?;
        let closing = Closing {
            state: CheckState::Done,
            on: self.happened.on,
            because: &self.attempt.in_words,
            outcome: Some(self.attempt.key),
        };
        check::end(tx, &keys, &closing, self.now)?;
        let next: Vec<CheckOwed> = done
            .iter()
            .filter_map(|check| {
                let Rulebook {
                    policy, calendar, ..
                } = self.rulebook;
                next_check(check.kind, self.happened.on, self.tier, policy, calendar)
            })
            .collect();
        check::owe(tx, self.viewer, self.check.child, &next, None, self.now)
    }

    /// Owes a new attempt, if the outcome does not satisfy its check, and notes whether the manager hears of it the same day.
    /// An older attempt at the same check that is still open gives way to it with its booking and its lapse.
    pub(super) fn owe_a_new_attempt(&self, tx: &mut Conn) -> Result<(), DbError> {
        let Rulebook {
            policy, calendar, ..
        } = self.rulebook;
        let effect = effect(
            self.check.purpose,
            self.happened,
            self.tier,
            policy,
            calendar,
        );
        let Some(owed) = effect.new_attempt else {
            return Ok(());
        };
        // A manager who was there knows.
        if effect.tell_manager_today && !self.viewer.manages() {
            store::outcome::tell_manager(tx, self.attempt.key)?;
        }
        let original = self.check.follows.unwrap_or(self.check.key);
        store::booking::end(
            tx,
            &[self.check.key, original],
            BookingState::Failed,
            Some(self.happened.on),
        )?;
        let older = open_attempt(tx, self.check.child, original)?;
        if let Some(older) = &older {
            let because = format!("Replaced by a later attempt. {}", self.attempt.in_words);
            let closing = Closing {
                state: CheckState::Cancelled,
                on: self.rulebook.today,
                because: &because,
                outcome: Some(self.attempt.key),
            };
            store::check::close(tx, &[older.key], &closing)?;
        }
        check::owe(
            tx,
            self.viewer,
            self.check.child,
            &[owed],
            Some(original),
            self.now,
        )?;
        if let (Some(older), Some(newer)) = (older, open_attempt(tx, self.check.child, original)?) {
            store::booking::carry_over(tx, older.key, newer.key)?;
            self.carry_lapse_over(tx, &older, &newer)?;
        }
        Ok(())
    }

    /// A visit at which nobody was seen answers for nothing: the lapse of an older attempt stays open for the newer one, with
    /// the day it was due first, its round and its plan, so that a row of failed visits climbs the ladder.
    fn carry_lapse_over(
        &self,
        tx: &mut Conn,
        older: &CheckRecord,
        newer: &CheckRecord,
    ) -> Result<(), DbError> {
        let Some(lapse) = store::lapse::of_check(tx, older.key)? else {
            return Ok(());
        };
        store::lapse::carry_over(tx, lapse.key, newer.key)?;
        let detail = format!(
            "The lapse since {} stays open for the next attempt, {}. {}",
            spoken(lapse.due_on),
            newer.reference,
            self.attempt.in_words
        );
        let event = Event {
            action: "lapse_carried_over",
            child: Some(self.check.child.number()),
            subject: lapse.reference.as_str(),
            detail: &detail,
        };
        audit::record(tx, self.viewer, &event, self.now)
    }
}

/// The new attempt at a check that is open.
fn open_attempt(
    conn: &mut Conn,
    child: ChildKey,
    original: CheckKey,
) -> Result<Option<CheckRecord>, DbError> {
    let open = store::check::open_of_child(conn, child)?;
    Ok(open
        .into_iter()
        .find(|check| check.kind == CheckKind::NewAttempt && check.follows == Some(original)))
}
