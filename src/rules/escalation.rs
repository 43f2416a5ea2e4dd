//! The ladder of a lapse: which step is owed on a day, and to which posts. It stops only when a person
//! acknowledges the lapse with a plan, or the check is done.

use super::calendar::{Calendar, FirstDay, last_day};
use super::codes::code_list;
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;
use chrono::NaiveDate;

code_list! {
    /// A post in the authority that can be told of a lapse.
    pub enum Post {
        Officer = "officer", "Officer";
        TeamLeader = "team_leader", "Team leader";
        Manager = "manager", "Manager";
        HeadOfService = "head_of_service", "Head of service";
        DutyMailbox = "duty_mailbox", "Duty mailbox";
        SafeguardingLead = "safeguarding_lead", "Safeguarding lead";
    }
}

impl Post {
    /// Whether one person or mailbox at a time holds this post, so that a new holder follows the one before. Several
    /// may lead teams, manage, or share the safeguarding lead, and then all of them are told.
    #[must_use]
    pub const fn has_one_holder(self) -> bool {
        matches!(self, Self::HeadOfService | Self::DutyMailbox)
    }

    /// Who is told instead when nobody holds this post today. Above the duty mailbox there is none.
    #[must_use]
    pub const fn next_above(self) -> Option<Self> {
        match self {
            Self::Officer => Some(Self::TeamLeader),
            Self::TeamLeader => Some(Self::Manager),
            Self::Manager | Self::SafeguardingLead => Some(Self::HeadOfService),
            Self::HeadOfService => Some(Self::DutyMailbox),
            Self::DutyMailbox => None,
        }
    }
}

code_list! {
    /// A step of the ladder.
    pub enum Step {
        Lapsed = "lapsed", "Lapsed";
        Manager = "manager", "To the manager";
        HeadOfService = "head_of_service", "To the head of service";
        DutyMailbox = "duty_mailbox", "To the duty mailbox and the safeguarding lead";
    }
}

impl Step {
    /// Who is told at this step.
    #[must_use]
    pub const fn posts(self) -> &'static [Post] {
        match self {
            Self::Lapsed => &[Post::Officer, Post::TeamLeader],
            Self::Manager => &[Post::Manager],
            Self::HeadOfService => &[Post::HeadOfService],
            Self::DutyMailbox => &[Post::DutyMailbox, Post::SafeguardingLead],
        }
    }

    /// The day on which the step is owed: a lapse is told on the day after the due date, the later steps so many
    /// working days after the due date. A child in red climbs the whole ladder on the first day.
    fn owed_on(
        self,
        due_on: NaiveDate,
        tier: Tier,
        policy: &Policy,
        calendar: &Calendar,
    ) -> NaiveDate {
        let first_day = last_day(due_on, 1, FirstDay::DoesNotCount);
        if tier == Tier::Red {
            return first_day;
        }
        let key = match self {
            Self::Lapsed => return first_day,
            Self::Manager => PolicyKey::LapseToManager,
            Self::HeadOfService => PolicyKey::LapseToHeadOfService,
            Self::DutyMailbox => PolicyKey::LapseToDutyMailbox,
        };
        let period = policy.always(key, tier).period();
        period.after(due_on, calendar).max(first_day)
    }
}

/// A lapse as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LapseState {
    /// The day the check was due when it lapsed.
    pub due_on: NaiveDate,
    /// The child's tier.
    pub tier: Tier,
    /// The day by which the person who acknowledged the lapse plans to have the check done.
    pub acknowledged_plan_by: Option<NaiveDate>,
    /// Whether the check is done.
    pub closed: bool,
}

/// A step that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepOwed {
    /// Which.
    pub step: Step,
    /// Since when.
    pub owed_on: NaiveDate,
}

/// Every step owed up to today, whether it was told or not: whoever asks leaves out what was told, so that days on
/// which nothing ran change nothing.
///
/// None if the check is done, or while a plan stands. A plan whose day has passed no longer holds the ladder.
#[must_use]
pub fn owed(
    lapse: &LapseState,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Vec<StepOwed> {
    let plan_stands = lapse
        .acknowledged_plan_by
        .is_some_and(|plan_by| today <= plan_by);
    if lapse.closed || plan_stands {
        return Vec::new();
    }
    Step::ALL
        .iter()
        .map(|step| StepOwed {
            step: *step,
            owed_on: step.owed_on(lapse.due_on, lapse.tier, policy, calendar),
        })
        .filter(|owed| owed.owed_on <= today)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
