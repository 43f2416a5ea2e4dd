//! Opening lapses: what was not done by its day becomes a thing of its own, once, however many nights nothing ran.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::store::lapse::{NewLapse, Overdue};
use super::{LapseKey, store};
use crate::access::audit::Event;
use crate::access::{Act, Action, AuthorityKey, Viewer};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::policy::rulebook::Rulebook;
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::escalation::{LapseState, next_step_on};
use crate::rules::identifiers::Reference;

/// The next step of a lapse that owes no other unless somebody does something.
pub const NO_MORE_STEPS: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A lapse that was opened in this transaction, and the duty that it is of.
pub(super) struct Opened {
    pub(super) key: LapseKey,
    pub(super) reference: Reference,
    pub(super) duty: Overdue,
    pub(super) state: LapseState,
}

/// When lapses owe the step after those of today. Many stand alike, so it is asked once.
pub(super) struct NextSteps<'a> {
    rulebook: &'a Rulebook,
    by_state: HashMap<LapseState, NaiveDate>,
}

impl<'a> NextSteps<'a> {
    /// By these rules and working days.
    pub(super) fn under(rulebook: &'a Rulebook) -> Self {
        Self {
            rulebook,
            by_state: HashMap::new(),
        }
    }

    /// The first day after that of the rulebook on which a lapse that stands like this owes another step.
    pub(super) fn after_today(&mut self, state: LapseState) -> NaiveDate {
        let Rulebook {
            policy,
            calendar,
            today,
        } = self.rulebook;
        *self.by_state.entry(state).or_insert_with(|| {
            next_step_on(&state, policy, calendar, *today).unwrap_or(NO_MORE_STEPS)
        })
    }
}

/// Opens a lapse for every open duty that was due before the day of the rulebook and has none: everything overdue, so a night
/// off changes nothing. Checks that rest are left out until the rest ends. Each lapse is written as one that was told of all it
/// owes today, which the ladder sees to in the same transaction: nobody else calls this.
///
/// # Errors
/// When the database does not answer.
pub(super) fn open_due(
    tx: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<Vec<Opened>> {
    let today = rulebook.today;
    let mut next_steps = NextSteps::under(rulebook);
    let overdue: Vec<(Overdue, LapseState)> = store::lapse::overdue(tx, authority, today)?
        .into_iter()
        .map(|duty| {
            let state = duty.state(today);
            (duty, state)
        })
        .collect();
    if overdue.is_empty() {
        return Ok(Vec::new());
    }
    let new: Vec<NewLapse<'_>> = overdue
        .iter()
        .map(|(duty, state)| NewLapse {
            duty,
            opened_on: today,
            next_step_on: next_steps.after_today(*state),
        })
        .collect();
    let keys = store::lapse::open(tx, authority, &new, now)?;
    note_opened(tx, authority, &overdue, &keys, now)?;
    Ok(overdue
        .into_iter()
        .zip(keys)
        .map(|((duty, state), (key, reference))| Opened {
            key,
            reference,
            duty,
            state,
        })
        .collect())
}

fn note_opened(
    tx: &mut Conn,
    authority: AuthorityKey,
    overdue: &[(Overdue, LapseState)],
    keys: &[(LapseKey, Reference)],
    now: NaiveDateTime,
) -> Result<()> {
    let details: Vec<String> = overdue
        .iter()
        .map(|(duty, _)| {
            format!(
                "{} lapsed: it was due on {}",
                duty.kind.label(),
                spoken(duty.due_on)
            )
        })
        .collect();
    let events: Vec<Event<'_>> = overdue
        .iter()
        .zip(keys)
        .zip(&details)
        .map(|(((duty, _), (_, reference)), detail)| Event {
            action: Action::DutyLapsed,
            child: duty.child.map(ChildKey::number),
            subject: reference.as_str(),
            detail,
        })
        .collect();
    Act::new(tx, &Viewer::program(authority, "sweep"), At::of(now)).note_all(&events)
}
