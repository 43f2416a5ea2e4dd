//! By when an administrator says what a message was that nobody could place.

use chrono::NaiveDate;

use crate::rules::calendar::Calendar;
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::policy::Policy;
use crate::rules::schedule::DutyOwed;
use crate::rules::tier::Tier;

/// What is owed from the day on which such a message was read.
#[must_use]
pub fn placing_owed(read_on: NaiveDate, policy: &Policy, calendar: &Calendar) -> DutyOwed {
    let kind = DutyKind::ReturnedMail;
    let holds = policy.always(kind.policy_key(), Tier::Green);
    DutyOwed {
        kind,
        purpose: kind.purpose(),
        counted_from: read_on,
        due_on: holds.period().after(read_on, calendar),
        why: format!(
            "{}: {} after {} on {} ({}).",
            kind.label(),
            holds.period().words(),
            kind.nature().counted_after,
            spoken(read_on),
            holds.source(),
        ),
    }
}
