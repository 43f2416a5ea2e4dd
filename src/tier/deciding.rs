//! A manager decides on another tier than the rules give, with a reason and to a day. The decision ends by itself: after
//! its day, and when the rules learn something that the manager did not know.

use super::decision::NewTierDecision;
use super::{facts, store, tiering};
use crate::access::{Act, Action, Subject};
use crate::conflict;
use crate::db::DbError;
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::policy::PolicyKey;

/// Why a tier was not decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error("Only a manager decides on another tier")]
    NotAllowed,
    #[error("Say why the tier is another one")]
    NoReason,
    /// The end is in the past or too far off.
    #[error("Choose a last day from today to {0}")]
    End(String),
    /// Nothing was decided that could be ended.
    #[error("The tier is the one that the rules give already")]
    NothingDecided,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(DecideError);

/// The last day that a decision made today may have.
#[must_use]
pub fn latest_end(rulebook: &Rulebook) -> LastDay {
    rulebook.last_day(PolicyKey::LongestTierDecision)
}

/// Decides on a tier; an earlier decision gives way to it. Writes the audit event and assesses the child anew.
pub fn decide(
    act: &mut Act<'_>,
    child: ChildKey,
    decision: &NewTierDecision,
) -> Result<(), DecideError> {
    let by = act
        .viewer
        .account()
        .filter(|_| act.viewer.manages())
        .ok_or(DecideError::NotAllowed)?;
    if decision.reason.trim().is_empty() {
        return Err(DecideError::NoReason);
    }
    let rulebook = rulebook::of(act)?;
    let latest = latest_end(&rulebook).day;
    if decision.ends_on < act.at.today() || decision.ends_on > latest {
        return Err(DecideError::End(spoken(latest)));
    }
    store::decision::end(
        act.tx,
        child,
        "another decision took its place",
        act.at.now(),
    )?;
    let known = facts::sentences_now(act.tx, act.viewer, child, &rulebook)?;
    store::decision::decide(act.tx, child, decision, &known, by, act.at.now())?;
    let detail = format!(
        "Tier decided: {} until {}, whatever the rules give. {}",
        decision.tier.as_str(),
        spoken(decision.ends_on),
        decision.reason.trim()
    );
    act.note(Action::TierDecided, Subject::child(child), &detail)?;
    tiering::reassess(act, child)?;
    Ok(())
}

/// Gives the tier back to the rules. Writes the audit event and assesses the child anew.
pub fn withdraw(act: &mut Act<'_>, child: ChildKey) -> Result<(), DecideError> {
    if !act.viewer.manages() {
        return Err(DecideError::NotAllowed);
    }
    let because = format!("{} gave the tier back to the rules", act.viewer.name());
    if !store::decision::end(act.tx, child, &because, act.at.now())? {
        return Err(DecideError::NothingDecided);
    }
    let detail = "The decision on the tier is over: the rules give it again";
    act.note(Action::TierDecisionEnded, Subject::child(child), detail)?;
    tiering::reassess(act, child)?;
    Ok(())
}
