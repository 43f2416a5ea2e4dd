//! The policy of an authority as its administrators keep it: a value from a day on, with its source and a reason. What
//! held before stays on record with its last day.
//!
//! An open check keeps the day it was given, because that day was told to people and the original due day of a check
//! is written once; a check that becomes owed after the change is counted with the new value. A higher tier still
//! brings an open check forward, with the value then in force.
//!
//! Whoever enters a wrong value can put it right on the same day: set it anew, or take it back. The wrong value stays on
//! record as such. From the next day on it has held for a day, and only a new first day changes it.

use chrono::{NaiveDate, NaiveDateTime};

use super::{reassessment, store};
use crate::access::{Act, Action, Role, Subject, Viewer, authority};
use crate::clock::london_day;
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::rules::dates::spoken;
use crate::rules::policy::change::{self, Change, ChangeProblem};
use crate::rules::policy::{PolicyKey, PolicyRow, PolicySet};
use crate::rules::tier::Tier;

/// A value as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub row: PolicyRow,
    /// Who set it; none for what Hearth ships and for what was set on the command line.
    pub by: Option<String>,
    /// When it was set; none for what Hearth ships.
    pub at: Option<NaiveDateTime>,
    pub reason: String,
    /// When it was found to be an error and put right, on the day it was entered; it holds no more.
    pub corrected_at: Option<NaiveDateTime>,
}

impl Held {
    /// Whether it was entered today and may be put right still.
    #[must_use]
    pub fn is_of_today(&self, today: NaiveDate) -> bool {
        self.corrected_at.is_none() && self.at.map(london_day) == Some(today)
    }
}

/// Why the policy was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("Only an administrator changes the policy")]
    NotAllowed,
    #[error("Say why the policy changes")]
    NoReason,
    #[error(transparent)]
    Change(#[from] ChangeProblem),
    /// Nothing begins on that day.
    #[error(
        "No value that is still to come, or that was entered today, begins on that day, so there is nothing to withdraw"
    )]
    NothingToCome,
    /// The Act is not in force and not to come.
    #[error("The 2026 Act has no day of commencement here")]
    NotCommenced,
    /// The last day lies in the past.
    #[error("The last day must be today or a later day")]
    EndsInThePast,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(PolicyError);

/// What came of a change.
type Outcome<T> = Result<T, PolicyError>;

/// Whether a viewer keeps the policy and the calendar: administrators do, and the program at work may.
pub(super) fn keeps(viewer: &Viewer) -> bool {
    matches!(viewer.role(), None | Some(Role::Administrator))
}

/// Every value of an authority and of the policy that Hearth ships, the oldest first.
pub fn all(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Held>> {
    let code = authority::by_key(conn, viewer.authority())?.code;
    store::policy_book::all(conn, &code)
}

/// The rows alone, for the rules: without errors that were put right.
#[must_use]
pub fn rows(held: &[Held]) -> Vec<PolicyRow> {
    held.iter()
        .filter(|held| held.corrected_at.is_none())
        .map(|held| held.row.clone())
        .collect()
}

/// Sets a value from a day on. Where one that was entered today begins on that day, it was an error, and this one stands in
/// its place. Writes the audit event; every child is assessed again by the next job.
///
/// # Errors
/// For everybody but administrators, without a reason, and for a value or a day that the rules refuse.
pub fn set(act: &mut Act<'_>, change: &Change, reason: &str) -> Outcome<()> {
    let reason = allowed(act.viewer, reason)?;
    let code = authority::by_key(act.tx, act.viewer.authority())?.code;
    let held = store::policy_book::all(act.tx, &code)?;
    let is_wrong = |held: &&Held| {
        let row = &held.row;
        held.is_of_today(act.at.today())
            && (row.key, row.tier) == (change.key, change.tier)
            && row.effective_from == Some(change.from)
    };
    let wrong = held.iter().find(is_wrong).map(|held| &held.row);
    let mut standing = rows(&held);
    standing.retain(|row| Some(row) != wrong);
    let planned = change::plan(&standing, &code, change, act.at.today())?;
    if let Some(wrong) = wrong {
        store::policy_book::correct(act.tx, &code, wrong, act.at.now())?;
    }
    if let Some(ends) = &planned.ends {
        store::policy_book::end(act.tx, &code, ends, planned.ends_on)?;
    }
    store::policy_book::insert(
        act.tx,
        &planned.row,
        act.viewer.account(),
        reason,
        act.at.now(),
    )?;
    let (action, instead) = match wrong {
        Some(wrong) => (
            Action::PolicyCorrected,
            format!(", and not {} as entered today", wrong.period.words()),
        ),
        None => (Action::PolicySet, String::new()),
    };
    let detail = format!(
        "{}: {} from {}{instead} ({}). {reason}",
        subject(change.key, change.tier),
        change.period.words(),
        until(change.from, change.to),
        planned.row.source,
    );
    changed(act, action, change.key.as_str(), &detail)
}

/// Takes back a value that has not begun, or one that was entered today. What held until then goes on.
///
/// # Errors
/// For everybody but administrators, without a reason, and when no such value begins on that day.
pub fn withdraw(
    act: &mut Act<'_>,
    (key, tier): (PolicyKey, Option<Tier>),
    from: NaiveDate,
    reason: &str,
) -> Outcome<()> {
    let reason = allowed(act.viewer, reason)?;
    let code = authority::by_key(act.tx, act.viewer.authority())?.code;
    let whole = store::policy_book::all(act.tx, &code)?;
    let held = rows(&whole);
    let is_of_today = |row: &PolicyRow| {
        let mut those = whole.iter().filter(|held| held.is_of_today(act.at.today()));
        those.any(|held| held.row == *row)
    };
    let own = |row: &&PolicyRow| {
        row.authority.is_some()
            && row.key == key
            && row.tier == tier
            && row.set == PolicySet::Default
    };
    let to_come = held
        .iter()
        .filter(own)
        .filter(|row| row.effective_from == Some(from))
        .find(|row| from > act.at.today() || is_of_today(row))
        .ok_or(PolicyError::NothingToCome)?;
    let before = held
        .iter()
        .filter(own)
        .find(|row| row.effective_to.is_some() && row.effective_to == from.pred_opt());
    let mut after: Vec<PolicyRow> = held.iter().filter(|row| *row != to_come).cloned().collect();
    for row in after.iter_mut().filter(|row| Some(&**row) == before) {
        row.effective_to = to_come.effective_to;
    }
    crate::rules::policy::bounds::check_order(&after, &code, act.at.today())
        .map_err(ChangeProblem::from)?;
    if from > act.at.today() {
        store::policy_book::remove(act.tx, &code, to_come)?;
    } else {
        store::policy_book::correct(act.tx, &code, to_come, act.at.now())?;
    }
    if let Some(before) = before {
        store::policy_book::end_or_reopen(act.tx, &code, before, to_come.effective_to)?;
    }
    let detail = format!(
        "{}: {} from {} withdrawn {}. {reason}",
        subject(key, tier),
        to_come.period.words(),
        spoken(from),
        if from > act.at.today() {
            "before it began"
        } else {
            "on the day it was entered"
        },
    );
    changed(act, Action::PolicyWithdrawn, key.as_str(), &detail)
}

/// Puts the register of the 2026 Act into force for the authority from a day on.
///
/// # Errors
/// For everybody but administrators, without a reason, for a day in the past, and when it has a day already.
pub fn commence(act: &mut Act<'_>, from: NaiveDate, reason: &str) -> Outcome<()> {
    let reason = allowed(act.viewer, reason)?;
    let code = authority::by_key(act.tx, act.viewer.authority())?.code;
    let held = rows(&store::policy_book::all(act.tx, &code)?);
    for row in change::commence(&held, &code, from, act.at.today())? {
        store::policy_book::insert(act.tx, &row, act.viewer.account(), reason, act.at.now())?;
    }
    let detail = format!(
        "The 2026 Act is in force here from {}. {reason}",
        spoken(from)
    );
    let set = PolicySet::Cnis2026.as_str();
    changed(act, Action::PolicyCommenced, set, &detail)
}

/// Ends the 2026 Act in the authority after a last day, as after a date entered in error. One that has not begun is
/// taken out altogether.
///
/// # Errors
/// For everybody but administrators, without a reason, for a day in the past, and when the Act has no day here.
pub fn end_commencement(act: &mut Act<'_>, last_day: NaiveDate, reason: &str) -> Outcome<()> {
    let reason = allowed(act.viewer, reason)?;
    if last_day < act.at.today() {
        return Err(PolicyError::EndsInThePast);
    }
    let code = authority::by_key(act.tx, act.viewer.authority())?.code;
    let held = rows(&store::policy_book::all(act.tx, &code)?);
    let standing: Vec<&PolicyRow> = held
        .iter()
        .filter(|row| row.authority.is_some() && row.set == PolicySet::Cnis2026)
        .filter(|row| row.effective_to.is_none_or(|to| to > last_day))
        .collect();
    if standing.is_empty() {
        return Err(PolicyError::NotCommenced);
    }
    for row in standing {
        if row.effective_from.is_some_and(|from| from > last_day) {
            store::policy_book::remove(act.tx, &code, row)?;
        } else {
            store::policy_book::end(act.tx, &code, row, last_day)?;
        }
    }
    let detail = format!(
        "The 2026 Act is not in force here after {}. {reason}",
        spoken(last_day)
    );
    let set = PolicySet::Cnis2026.as_str();
    changed(act, Action::PolicyCommencementEnded, set, &detail)
}

fn allowed<'a>(viewer: &Viewer, reason: &'a str) -> Outcome<&'a str> {
    if !keeps(viewer) {
        return Err(PolicyError::NotAllowed);
    }
    match reason.trim() {
        "" => Err(PolicyError::NoReason),
        reason => Ok(reason),
    }
}

fn subject(key: PolicyKey, tier: Option<Tier>) -> String {
    match tier {
        Some(tier) => format!("{} ({})", key.label(), tier.label().to_lowercase()),
        None => key.label().to_owned(),
    }
}

fn until(from: NaiveDate, to: Option<NaiveDate>) -> String {
    match to {
        Some(to) => format!("{} to {}", spoken(from), spoken(to)),
        None => spoken(from),
    }
}

/// A value to come is a day on which to look again too, so every change asks for the children anew.
fn changed(act: &mut Act<'_>, action: Action, subject: &str, detail: &str) -> Outcome<()> {
    act.forget_rulebook();
    act.note(action, Subject::thing(subject), detail)?;
    Ok(reassessment::reassess_all_soon(
        act.tx,
        act.viewer.authority(),
        act.at.today(),
    )?)
}

#[cfg(test)]
mod tests;
