//! A manager decides on another tier than the rules give, with a reason and to a day. The decision ends by itself: after
//! its day, and when the rules learn something that the manager did not know.

use chrono::{NaiveDate, NaiveDateTime};

use super::rulebook::{self, LastDay, Rulebook};
use super::{store, tiering};
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::policy::PolicyKey;
use crate::rules::tier::overriding::Override;
use crate::rules::tier::{Assessment, Tier, overriding};

/// What a manager wants.
#[derive(Clone, Debug)]
pub struct Decision {
    pub tier: Tier,
    pub reason: String,
    /// The last day on which it holds.
    pub ends_on: NaiveDate,
}

/// A decision that holds until it is ended.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the rules need to know of it.
    pub rule: Override,
    pub reason: String,
    pub by: String,
}

impl Standing {
    /// The sentence that stands before the reasons of the rules.
    pub fn sentence(&self) -> String {
        format!(
            "{} decided on {} until {}: {}",
            self.by,
            self.rule.tier.as_str(),
            spoken(self.rule.ends_on),
            self.reason
        )
    }
}

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

/// The decision that holds.
pub fn standing(conn: &mut Conn, child: ChildKey) -> Result<Option<Standing>> {
    store::tiering::standing(conn, child)
}

/// The last day that a decision made today may have.
#[must_use]
pub fn latest_end(rulebook: &Rulebook) -> LastDay {
    rulebook.last_day(PolicyKey::LongestOverride)
}

/// Decides on a tier; an earlier decision gives way to it. Writes the audit event and assesses the child anew.
pub fn decide(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    decision: &Decision,
    today: NaiveDate,
    now: NaiveDateTime,
) -> std::result::Result<(), DecideError> {
    let by = viewer
        .account()
        .filter(|_| viewer.manages())
        .ok_or(DecideError::NotAllowed)?;
    if decision.reason.trim().is_empty() {
        return Err(DecideError::NoReason);
    }
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    let latest = latest_end(&rulebook).day;
    if decision.ends_on < today || decision.ends_on > latest {
        return Err(DecideError::End(spoken(latest)));
    }
    store::tiering::end(tx, child, "another decision took its place", now)?;
    let known = tiering::sentences_now(tx, viewer, child, &rulebook)?;
    store::tiering::decide(tx, child, decision, &known, by, now)?;
    let detail = format!(
        "Tier decided: {} until {}, whatever the rules give. {}",
        decision.tier.as_str(),
        spoken(decision.ends_on),
        decision.reason.trim()
    );
    note(tx, viewer, child, "tier_decided", &detail, now)?;
    tiering::reassess(tx, viewer, child, &rulebook, now)?;
    Ok(())
}

/// Gives the tier back to the rules. Writes the audit event and assesses the child anew.
pub fn withdraw(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    today: NaiveDate,
    now: NaiveDateTime,
) -> std::result::Result<(), DecideError> {
    if !viewer.manages() {
        return Err(DecideError::NotAllowed);
    }
    let because = format!("{} gave the tier back to the rules", viewer.name());
    if !store::tiering::end(tx, child, &because, now)? {
        return Err(DecideError::NothingDecided);
    }
    let detail = "The decision on the tier is over: the rules give it again";
    note(tx, viewer, child, "tier_decision_ended", detail, now)?;
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    tiering::reassess(tx, viewer, child, &rulebook, now)?;
    Ok(())
}

/// Ends the decision of a child who leaves the register; the caller writes the audit event.
pub fn end_with_record(
    tx: &mut Conn,
    child: ChildKey,
    because: &str,
    now: NaiveDateTime,
) -> Result<()> {
    store::tiering::end(tx, child, because, now)?;
    Ok(())
}

/// The decision that holds for a child that was assessed a moment ago; one that holds no longer is ended here, with the
/// audit event.
pub(super) fn held(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    assessment: &Assessment,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Option<Standing>> {
    let Some(standing) = store::tiering::standing(tx, child)? else {
        return Ok(None);
    };
    let Err(ended) = overriding::hold(&standing.rule, assessment, today) else {
        return Ok(Some(standing));
    };
    store::tiering::end(tx, child, &ended.to_string(), now)?;
    let detail = format!(
        "The decision of {} on the tier is over: {ended}",
        standing.by
    );
    note(tx, viewer, child, "tier_decision_ended", &detail, now)?;
    Ok(None)
}

fn note(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    action: &'static str,
    detail: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let event = Event {
        action,
        child: Some(child.number()),
        subject: "",
        detail,
    };
    audit::record(tx, viewer, &event, now)
}
