//! Which check comes next, due when, and why then.

mod raised;

use super::calendar::Calendar;
use super::dates::spoken;
use super::duty::{CHILD_SEEN, DutyKind, Purpose};
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;
use chrono::NaiveDate;

pub use raised::{Move, Situation, raised};

/// A check that is owed to a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyOwed {
    pub kind: DutyKind,
    /// What it is for.
    pub purpose: Purpose,
    /// The last day on which it is on time.
    pub due_on: NaiveDate,
    /// The day from which the period was counted.
    pub counted_from: NaiveDate,
    /// The rule, its value and its source, in one sentence.
    pub why: String,
}

/// How a child came onto the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The authority was notified.
    Notified {
        /// The day on which the notification was received.
        received_on: NaiveDate,
    },
    /// The authority knew the child already, from a list it kept before Hearth.
    AlreadyKnown {
        /// The day on which the list was taken over.
        taken_on: NaiveDate,
        /// The day on which the child came onto that list.
        registered_on: NaiveDate,
        /// The day on which the child was last seen in person, if the list says so.
        last_seen_on: Option<NaiveDate>,
    },
}

/// The checks that a child is owed on coming onto the register.
///
/// A notification is acknowledged, followed by a first contact, a first meeting and a decision on the education. A
/// child the authority knows already is owed the recurring check.
#[must_use]
pub fn first_checks(
    entry: &Entry,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> Vec<DutyOwed> {
    let basis = Basis {
        tier,
        policy,
        calendar,
    };
    match *entry {
        Entry::Notified { received_on } => [
            DutyKind::Acknowledgement,
            DutyKind::FirstContact,
            DutyKind::FirstMeeting,
            DutyKind::SuitabilityDecision,
        ]
        .map(|kind| basis.owe_since(kind, received_on))
        .to_vec(),
        Entry::AlreadyKnown {
            taken_on,
            registered_on,
            last_seen_on,
        } => {
            let check = match last_seen_on {
                Some(seen_on) => basis.owe(DutyKind::RecurringCheck, CHILD_SEEN, seen_on),
                None => basis.owe(
                    DutyKind::RecurringCheck,
                    "the child was registered",
                    registered_on,
                ),
            };
            vec![basis.with_time_to_begin(check, taken_on)]
        }
    }
}

/// The check that follows one that was satisfied on a day: a first meeting is followed by the second check, and
/// that by a recurring check for as long as the child is on the register. The others are followed by none.
///
/// For a new attempt, ask with the kind of the check that it follows.
#[must_use]
pub fn next_check(
    satisfied: DutyKind,
    on: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> Option<DutyOwed> {
    let next = satisfied.nature().followed_by?;
    Some(
        Basis {
            tier,
            policy,
            calendar,
        }
        .owe(next, CHILD_SEEN, on),
    )
}

/// The new attempt owed after one that did not satisfy its check. The check it follows stays open, and late if late.
#[must_use]
pub fn new_attempt(
    purpose: Purpose,
    failed_on: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> DutyOwed {
    DutyOwed {
        purpose,
        ..Basis {
            tier,
            policy,
            calendar,
        }
        .owe_since(DutyKind::NewAttempt, failed_on)
    }
}

/// The check of a child whose whereabouts are not known: a clock of its own, never a closure.
#[must_use]
pub fn find_child(
    lost_on: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> DutyOwed {
    let basis = Basis {
        tier,
        policy,
        calendar,
    };
    basis.owe_since(DutyKind::FindChild, lost_on)
}

/// A check that is still open, as far as its day depends on the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDuty {
    pub kind: DutyKind,
    /// What it is for: of a new attempt, what the check is for that it follows.
    pub purpose: Purpose,
    /// The day from which its period is counted.
    pub counted_from: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
}

/// A day earlier than the one a check had, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtForward {
    pub due_on: NaiveDate,
    /// The rule, its value and its source, in one sentence.
    pub why: String,
}

/// The earlier day of an open check after the child's tier has risen; none if the day stays.
///
/// The period of the new tier is counted from the same day as before. A check is never put off by this, one that is
/// late already keeps its day, and nobody is made late for a day that nobody knew: there is at least the time of a
/// first contact in the new tier from today.
#[must_use]
pub fn brought_forward(
    check: &OpenDuty,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Option<BroughtForward> {
    let holds = policy.always(check.kind.policy_key(), tier);
    let time_to_act = policy.always(PolicyKey::FirstContact, tier).period();
    let counted = holds.period().after(check.counted_from, calendar);
    let due_on = counted.max(time_to_act.after(today, calendar));
    (due_on < check.due_on).then(|| BroughtForward {
        due_on,
        why: format!(
            "{}: {} after {} on {} ({}). Brought forward on {} from {}, when the tier rose to {}{}.",
            check.kind.label(),
            holds.period().words(),
            check.kind.nature().counted_after,
            spoken(check.counted_from),
            holds.source(),
            spoken(today),
            spoken(check.due_on),
            tier.as_str(),
            if due_on > counted {
                format!("; not sooner than {} from then", time_to_act.words())
            } else {
                String::new()
            },
        ),
    })
}

/// What a due date depends on besides the event.
#[derive(Clone, Copy)]
struct Basis<'a> {
    tier: Tier,
    policy: &'a Policy,
    calendar: &'a Calendar,
}

impl Basis<'_> {
    /// A check that is counted after what its kind alone says.
    fn owe_since(self, kind: DutyKind, on: NaiveDate) -> DutyOwed {
        self.owe(kind, kind.nature().counted_after, on)
    }

    /// A check due the policy's period after an event. Weeks and months end where they end, on a weekend too; a check
    /// never goes without a date.
    fn owe(self, kind: DutyKind, event: &str, on: NaiveDate) -> DutyOwed {
        let holds = self.policy.always(kind.policy_key(), self.tier);
        DutyOwed {
            kind,
            purpose: kind.purpose(),
            due_on: holds.period().after(on, self.calendar),
            counted_from: on,
            why: format!(
                "{}: {} after {event} on {} ({}).",
                kind.label(),
                holds.period().words(),
                spoken(on),
                holds.source(),
            ),
        }
    }

    /// On a list taken over, many checks are long due. So that they do not all lapse on the first day, each gets at
    /// least the time of a first meeting.
    fn with_time_to_begin(self, check: DutyOwed, taken_on: NaiveDate) -> DutyOwed {
        let holds = self.policy.always(PolicyKey::FirstMeeting, self.tier);
        let earliest = holds.period().after(taken_on, self.calendar);
        if check.due_on >= earliest {
            return check;
        }
        DutyOwed {
            due_on: earliest,
            counted_from: taken_on,
            why: format!(
                "{}: {} after the list was taken over on {}, as for a first meeting ({}); \
                 by the recurring period it was due on {}.",
                check.kind.label(),
                holds.period().words(),
                spoken(taken_on),
                holds.source(),
                spoken(check.due_on),
            ),
            ..check
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
