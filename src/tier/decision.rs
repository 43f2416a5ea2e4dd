//! What a manager decided about a tier, while it holds. It ends by itself: after its day, and when the rules learn something
//! that the manager did not know.

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, Result};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::tier::decided::{self, DecidedTier};
use crate::rules::tier::{Assessment, Tier};

/// What a manager wants.
#[derive(Clone, Debug)]
pub struct NewTierDecision {
    pub tier: Tier,
    pub reason: String,
    /// The last day on which it holds.
    pub ends_on: NaiveDate,
}

/// A decision that holds until it is ended.
#[derive(Clone, Debug)]
pub struct TierDecision {
    /// What the rules need to know of it.
    pub rule: DecidedTier,
    pub reason: String,
    pub by: String,
}

impl TierDecision {
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

/// The decision that holds.
pub fn in_force(conn: &mut Conn, child: ChildKey) -> Result<Option<TierDecision>> {
    store::decision::in_force(conn, child)
}

/// Ends the decision of a child who leaves the register; whoever calls this writes the audit event.
pub fn end_with_record(
    tx: &mut Conn,
    child: ChildKey,
    because: &str,
    now: NaiveDateTime,
) -> Result<()> {
    store::decision::end(tx, child, because, now)?;
    Ok(())
}

/// The decision that holds for a child that was assessed a moment ago; one that holds no longer is ended here, with the
/// audit event.
pub(super) fn held(
    act: &mut Act<'_>,
    child: ChildKey,
    assessment: &Assessment,
    today: NaiveDate,
) -> Result<Option<TierDecision>> {
    let Some(standing) = store::decision::in_force(act.tx, child)? else {
        return Ok(None);
    };
    let Err(ended) = decided::hold(&standing.rule, assessment, today) else {
        return Ok(Some(standing));
    };
    store::decision::end(act.tx, child, &ended.to_string(), act.at.now())?;
    let detail = format!(
        "The decision of {} on the tier is over: {ended}",
        standing.by
    );
    act.note(Action::TierDecisionEnded, Subject::child(child), &detail)?;
    Ok(None)
}
