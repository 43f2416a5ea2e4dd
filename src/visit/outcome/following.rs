//! What follows from an outcome: whoever was lost is found, the check and what else it satisfies is closed with its lapse and
//! the next is owed; or a new attempt is, and the lapse of the one before goes over to it.

use crate::access::{Act, Action, Subject};
use crate::db::{Conn, DbError};
use crate::duty::owed::{self, Closing, DutyState};
use crate::duty::{DutyKey, lapse};
use crate::policy::rulebook::Rulebook;
use crate::register::{self, ChildKey};
use crate::rules::codes::ChildStatus;
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::outcome::{Happened, effect, satisfies_too};
use crate::rules::schedule::{DutyOwed, next_check};
use crate::rules::tier::Tier;
use crate::visit::booking::BookingState;
use crate::visit::check::{self, Check};
use crate::visit::outcome::Attempt;
use crate::visit::{ending, found, store};

/// What follows from an outcome.
pub(super) struct Following<'a> {
    pub(super) check: &'a Check,
    pub(super) happened: &'a Happened,
    pub(super) attempt: &'a Attempt,
    pub(super) tier: Tier,
    pub(super) rulebook: &'a Rulebook,
}

impl Following<'_> {
    /// A child who was seen is a child of whom it is known where they are. One who was seen only before nobody knew is as
    /// lost as ever. Gives the checks that are open then.
    pub(super) fn note_found(&self, act: &mut Act<'_>) -> Result<Vec<Check>, DbError> {
        let open = check::open_of_child(act.tx, self.check.child)?;
        let found = open.iter().any(|check| {
            check.kind == DutyKind::FindChild && satisfies_too(&check.as_open(), self.happened)
        });
        if !found {
            return Ok(open);
        }
        let child = register::child::by_key(act.tx, act.viewer, self.check.child)?;
        let Some(lost) = child.filter(|child| child.status == ChildStatus::WhereaboutsUnknown)
        else {
            return Ok(open);
        };
        let how = &self.attempt.in_words;
        found::known_again(act, &lost, how)?;
        check::open_of_child(act.tx, self.check.child)
    }

    /// Closes the check, if the outcome satisfies it, and every other open check that it satisfies too
    /// ([`satisfies_too`]), each with its attempts, and owes what comes next.
    pub(super) fn close_what_is_satisfied(
        &self,
        act: &mut Act<'_>,
        open: &[Check],
        satisfied: bool,
    ) -> Result<(), DbError> {
        let original = self.check.follows.unwrap_or(self.check.key);
        let done: Vec<&Check> = open
            .iter()
            .filter(|check| {
                if check.key == original || check.key == self.check.key {
                    satisfied
                } else {
                    satisfies_too(&check.as_open(), self.happened)
                }
            })
            .collect();
        let keys: Vec<DutyKey> = open
            .iter()
            .filter(|check| {
                done.iter()
                    .any(|done| done.key == check.key || check.follows == Some(done.key))
            })
            .map(|check| check.key)
            .collect();
        store::booking::end(act.tx, &keys, BookingState::Kept, Some(self.happened.on))?;
        let closing = Closing {
            state: DutyState::Done,
            on: self.happened.on,
            because: &self.attempt.in_words,
        };
        ending::end(
            act.tx,
            &keys,
            &closing,
            Some(self.attempt.key),
            act.at.now(),
        )?;
        let next: Vec<DutyOwed> = done
            .iter()
            .filter_map(|check| {
                let Rulebook {
                    policy, calendar, ..
                } = self.rulebook;
                next_check(check.kind, self.happened.on, self.tier, policy, calendar)
            })
            .collect();
        owed::owe(act, self.check.child, &next, None)
    }

    /// Owes a new attempt, if the outcome does not satisfy its check, and notes whether the manager hears of it the same day.
    /// An older attempt at the same check that is still open gives way to it with its booking and its lapse.
    pub(super) fn owe_a_new_attempt(&self, act: &mut Act<'_>) -> Result<(), DbError> {
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
        if effect.tell_manager_today && !act.viewer.manages() {
            store::outcome::tell_manager(act.tx, self.attempt.key)?;
        }
        let original = self.check.follows.unwrap_or(self.check.key);
        store::booking::end(
            act.tx,
            &[self.check.key, original],
            BookingState::Failed,
            Some(self.happened.on),
        )?;
        let older = open_attempt(act.tx, self.check.child, original)?;
        if let Some(older) = &older {
            let because = format!("Replaced by a later attempt. {}", self.attempt.in_words);
            let closing = Closing {
                state: DutyState::Cancelled,
                on: self.rulebook.today,
                because: &because,
            };
            owed::close(act.tx, &[older.key], &closing)?;
            store::ending::note_closed(act.tx, &[older.key], self.attempt.key)?;
        }
        owed::owe(act, self.check.child, &[owed], Some(original))?;
        if let (Some(older), Some(newer)) =
            (older, open_attempt(act.tx, self.check.child, original)?)
        {
            store::booking::carry_over(act.tx, older.key, newer.key)?;
            self.carry_lapse_over(act, &older, &newer)?;
        }
        Ok(())
    }

    /// A visit at which nobody was seen answers for nothing: the lapse of an older attempt stays open for the newer one, with
    /// the day it was due first, its round and its plan, so that a row of failed visits climbs the ladder.
    fn carry_lapse_over(
        &self,
        act: &mut Act<'_>,
        older: &Check,
        newer: &Check,
    ) -> Result<(), DbError> {
        let Some(lapse) = lapse::of_duty(act.tx, older.key)? else {
            return Ok(());
        };
        lapse::carry_over(act.tx, lapse.key, newer.key)?;
        let detail = format!(
            "The lapse since {} stays open for the next attempt, {}. {}",
            spoken(lapse.due_on),
            newer.reference,
            self.attempt.in_words
        );
        act.note(
            Action::LapseCarriedOver,
            Subject::of_child(self.check.child, lapse.reference.as_str()),
            &detail,
        )
    }
}

/// The new attempt at a check that is open.
fn open_attempt(
    conn: &mut Conn,
    child: ChildKey,
    original: DutyKey,
) -> Result<Option<Check>, DbError> {
    let open = check::open_of_child(conn, child)?;
    Ok(open
        .into_iter()
        .find(|check| check.kind == DutyKind::NewAttempt && check.follows == Some(original)))
}
