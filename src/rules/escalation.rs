//! The ladder of a lapse: which step is owed on a day, to which posts, and why. It stops only when a person answers
//! the lapse with a plan, until the plan's day has passed, or when the duty is done.

use super::calendar::{Calendar, FirstDay, last_day};
use super::codes::code_list;
use super::dates::spoken;
use super::policy::{Period, Policy, PolicyKey};
use super::tier::Tier;
use chrono::NaiveDate;

code_list! {
    /// A post in the authority that can be told of a lapse.
    pub enum Post {
        /// Every administrator holds it, and nobody else.
        Administrator = "administrator", "Administrator";
        Officer = "officer", "Officer";
        DataTeam = "data_team", "Data team";
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
            Self::TeamLeader | Self::DataTeam | Self::Administrator => Some(Self::Manager),
            Self::Manager | Self::SafeguardingLead => Some(Self::HeadOfService),
            Self::HeadOfService => Some(Self::DutyMailbox),
            Self::DutyMailbox => None,
        }
    }
}

code_list! {
    /// The ladders that a lapse can climb: whom its steps are told to depends on what was owed.
    pub enum Ladder {
        /// Of a duty of a child.
        Welfare = "welfare", "Check";
        /// Of a return that the authority owes.
        Return = "return", "Return";
        /// Of a message that came in and that an administrator is to place.
        Message = "message", "Message";
    }
}

impl Ladder {
    /// What was owed, in the middle of a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Welfare => "check",
            Self::Return => "return",
            Self::Message => "duty",
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
        /// Not a rung: somebody answered with one plan more, and those above are told of that.
        RenewedToHeadOfService = "renewed_to_head", "Answered for again, to the head of service";
        RenewedToDutyMailbox = "renewed_to_duty", "Answered for again, to the duty mailbox and the safeguarding lead";
    }
}

impl Step {
    /// The rungs that are climbed while nobody answers, the lowest first.
    pub const LADDER: &[Self] = &[
        Self::Lapsed,
        Self::Manager,
        Self::HeadOfService,
        Self::DutyMailbox,
    ];

    /// Who hears, one after the other, of plans that only a manager makes.
    const RENEWALS: &[Self] = &[Self::RenewedToHeadOfService, Self::RenewedToDutyMailbox];

    /// Whether what is told is a plan, and not that there is none.
    #[must_use]
    pub const fn is_renewal(self) -> bool {
        matches!(
            self,
            Self::RenewedToHeadOfService | Self::RenewedToDutyMailbox
        )
    }

    /// Who is told at this step of a ladder: on the first rung the post whose the duty is, and on that of welfare who leads it.
    pub fn posts(self, ladder: Ladder, owner: Post) -> impl Iterator<Item = Post> {
        let (first, second) = match (self, ladder) {
            (Self::Lapsed, Ladder::Welfare) => (owner, Some(Post::TeamLeader)),
            (Self::Lapsed, Ladder::Return | Ladder::Message) => (owner, None),
            (Self::Manager, _) => (Post::Manager, None),
            (Self::HeadOfService | Self::RenewedToHeadOfService, _) => (Post::HeadOfService, None),
            (Self::DutyMailbox | Self::RenewedToDutyMailbox, Ladder::Welfare) => {
                (Post::DutyMailbox, Some(Post::SafeguardingLead))
            }
            (Self::DutyMailbox | Self::RenewedToDutyMailbox, Ladder::Return | Ladder::Message) => {
                (Post::DutyMailbox, None)
            }
        };
        std::iter::once(first).chain(second)
    }

    /// The step in words, as it is on a ladder.
    #[must_use]
    pub const fn label_on(self, ladder: Ladder) -> &'static str {
        match (self, ladder) {
            (Self::DutyMailbox, Ladder::Return | Ladder::Message) => "To the duty mailbox",
            (Self::RenewedToDutyMailbox, Ladder::Return | Ladder::Message) => {
                "Answered for again, to the duty mailbox"
            }
            (step, _) => step.label(),
        }
    }

    /// The period of the policy after which the step is owed; none for the first, which is owed on the next day, and for a
    /// plan, which is told at once.
    const fn policy_key(self) -> Option<PolicyKey> {
        match self {
            Self::Lapsed | Self::RenewedToHeadOfService | Self::RenewedToDutyMailbox => None,
            Self::Manager => Some(PolicyKey::LapseToManager),
            Self::HeadOfService => Some(PolicyKey::LapseToHeadOfService),
            Self::DutyMailbox => Some(PolicyKey::LapseToDutyMailbox),
        }
    }

    /// How far up the ladder the step is, from 0.
    #[must_use]
    pub const fn rung(self) -> u32 {
        match self {
            Self::Lapsed => 0,
            Self::Manager => 1,
            Self::HeadOfService | Self::RenewedToHeadOfService => 2,
            Self::DutyMailbox | Self::RenewedToDutyMailbox => 3,
        }
    }
}

/// A lapse as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LapseState {
    /// Which ladder it climbs.
    pub ladder: Ladder,
    /// Whose the duty is.
    pub owner: Post,
    /// The day the duty was due when it lapsed.
    pub due_on: NaiveDate,
    /// The day on which that was found.
    pub opened_on: NaiveDate,
    pub tier: Tier,
    /// How often somebody has answered with a plan. Each plan that is not kept begins another round of the ladder.
    pub round: u32,
    /// The day by which the last of these plans has the duty done.
    pub plan_by: Option<NaiveDate>,
    /// The day on which it was made.
    pub planned_on: Option<NaiveDate>,
    /// Whether the duty is done.
    pub closed: bool,
}

impl LapseState {
    /// The day that passed without the duty being done, from which the ladder is counted: the day of the plan, or the
    /// day the duty was due.
    fn counted_from(&self) -> NaiveDate {
        self.plan_by.unwrap_or(self.due_on)
    }

    /// The first day of the round.
    fn first_day(&self) -> NaiveDate {
        last_day(self.counted_from(), 1, FirstDay::DoesNotCount)
    }

    /// Why a step is owed at once, if it is.
    fn at_once(&self, step: Step) -> Option<AtOnce> {
        match step {
            Step::Lapsed => Some(AtOnce::FirstStep),
            _ if self.tier == Tier::Red => Some(AtOnce::Red),
            _ if step.rung() <= self.round => Some(AtOnce::BrokenPlans),
            _ => None,
        }
    }
}

/// Why a step is owed on the first day of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtOnce {
    FirstStep,
    Red,
    BrokenPlans,
}

/// A step that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepOwed {
    pub step: Step,
    /// In which round of the ladder.
    pub round: u32,
    /// Since when, or from when on.
    pub owed_on: NaiveDate,
}

/// Every step of the round that the lapse is in, whether its day has come or not: what happens if nobody does anything.
/// None if the duty is done.
///
/// The first round is counted from the day the duty was due, each later one from the day of the plan that was not
/// kept, and so none is owed while a plan stands. Each plan that was not kept starts the ladder one rung higher. For a
/// child in red every step is owed on the first day.
pub fn round(
    lapse: &LapseState,
    policy: &Policy,
    calendar: &Calendar,
) -> impl Iterator<Item = StepOwed> {
    let first_day = lapse.first_day();
    let owed_on = move |step: Step| match step.policy_key() {
        Some(key) if lapse.at_once(step).is_none() => {
            let period = policy.always(key, lapse.tier).period();
            period.after(lapse.counted_from(), calendar).max(first_day)
        }
        _ => first_day,
    };
    Step::LADDER
        .iter()
        .filter(|_| !lapse.closed)
        .map(move |step| StepOwed {
            step: *step,
            round: lapse.round,
            owed_on: owed_on(*step),
        })
}

/// Every step owed up to today, whether it was told or not: whoever asks leaves out what was told in this round, so that
/// days on which nothing ran change nothing. What is owed of a plan comes last.
pub fn owed(
    lapse: &LapseState,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> impl Iterator<Item = StepOwed> {
    round(lapse, policy, calendar)
        .chain(renewal(lapse, policy, calendar))
        .filter(move |owed| owed.owed_on <= today)
}

/// The first day after today on which the lapse owes a step that it does not owe yet; none if it owes no other unless
/// somebody does something.
#[must_use]
pub fn next_step_on(
    lapse: &LapseState,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Option<NaiveDate> {
    round(lapse, policy, calendar)
        .map(|step| step.owed_on)
        .filter(|day| *day > today)
        .min()
}

/// The steps by which the plan that is held is told to those above, on the day on which it was made.
fn renewal(
    lapse: &LapseState,
    policy: &Policy,
    calendar: &Calendar,
) -> impl Iterator<Item = StepOwed> {
    let round = lapse.round;
    let plan = lapse.planned_on.zip(lapse.plan_by);
    let plan = plan.filter(|_| !lapse.closed);
    let opened_on = lapse.opened_on;
    plan.into_iter().flat_map(move |(planned_on, plan_by)| {
        let heard = told_above(round, plan_by, opened_on, policy, calendar);
        heard.iter().map(move |step| StepOwed {
            step: *step,
            round,
            owed_on: planned_on,
        })
    })
}

/// To whom a plan is told at once: a lapse that is answered for again and again is heard higher and higher. The first
/// plan that only a manager makes is told to the head of service, every later one to the duty mailbox and the safeguarding
/// lead too; so is a plan that puts the duty off beyond the ceiling, and beyond it by another longest plan.
#[must_use]
pub fn told_above(
    plans: u32,
    plan_by: NaiveDate,
    opened_on: NaiveDate,
    policy: &Policy,
    calendar: &Calendar,
) -> &'static [Step] {
    let alone = policy.count(PolicyKey::PlansAlone);
    let by_number = plans.saturating_sub(alone - 1);
    let passes = |lengths: u32| plan_by > lengths_after(lengths, opened_on, policy, calendar);
    let by_day = u32::from(passes(alone)) + u32::from(passes(alone.saturating_add(1)));
    let heard = by_number.max(by_day).try_into().unwrap_or(usize::MAX);
    Step::RENEWALS.get(..heard).unwrap_or(Step::RENEWALS)
}

/// The last day that the plans of officers may have for a lapse that was opened on a day: that of as many of the longest
/// plans, one after the other, as there are up to the one that a manager makes.
#[must_use]
pub fn plan_ceiling(opened_on: NaiveDate, policy: &Policy, calendar: &Calendar) -> NaiveDate {
    let alone = policy.count(PolicyKey::PlansAlone);
    lengths_after(alone, opened_on, policy, calendar)
}

fn lengths_after(lengths: u32, from: NaiveDate, policy: &Policy, calendar: &Calendar) -> NaiveDate {
    let longest = policy.always(PolicyKey::LongestPlan, Tier::Green).period();
    let value = longest.value.saturating_mul(lengths);
    Period { value, ..longest }.after(from, calendar)
}

/// Why no plan of an officer has a later day than the ceiling, in one sentence with the values and their sources.
#[must_use]
pub fn why_ceiling(opened_on: NaiveDate, policy: &Policy) -> String {
    let alone = policy.always(PolicyKey::PlansAlone, Tier::Green);
    let longest = policy.always(PolicyKey::LongestPlan, Tier::Green);
    format!(
        "The lapse was opened on {}, and {} times the longest plan, {}, is as far as plans go without a manager ({}).",
        spoken(opened_on),
        policy.count(PolicyKey::PlansAlone),
        longest.in_words(),
        alone.source()
    )
}

/// Who hears at once of a plan that is made next, in words for whoever makes it: whatever its day, and with a day
/// beyond the ceiling.
#[must_use]
pub fn who_hears(
    plans_before: u32,
    opened_on: NaiveDate,
    ladder: Ladder,
    owner: Post,
    policy: &Policy,
    calendar: &Calendar,
) -> Option<String> {
    let number = plans_before.saturating_add(1);
    let ceiling = plan_ceiling(opened_on, policy, calendar);
    let beyond = ceiling.succ_opt().unwrap_or(ceiling);
    let told = |by| told_above(number, by, opened_on, policy, calendar);
    match (
        posts_of(told(opened_on), ladder, owner),
        posts_of(told(beyond), ladder, owner),
    ) {
        (Some(posts), _) => Some(format!(
            "This is plan {number} for this lapse: the {posts} will be told of it at once."
        )),
        (None, Some(posts)) => Some(format!(
            "A plan by a day after {} will be told to the {posts} at once.",
            spoken(ceiling)
        )),
        (None, None) => None,
    }
}

/// Such as "head of service, duty mailbox and safeguarding lead".
#[must_use]
pub fn posts_of(steps: &[Step], ladder: Ladder, owner: Post) -> Option<String> {
    let posts = steps.iter().flat_map(|step| step.posts(ladder, owner));
    let posts: Vec<String> = posts.map(|post| post.label().to_lowercase()).collect();
    let (last, others) = posts.split_last()?;
    Some(match others {
        [] => last.clone(),
        others => format!("{} and {last}", others.join(", ")),
    })
}

/// Why a step is owed on its day: the rule, its value and its source, in one sentence.
#[must_use]
pub fn why(step: Step, lapse: &LapseState, policy: &Policy) -> String {
    if step.is_renewal() {
        return why_manager(lapse.round, lapse.ladder, policy);
    }
    let passed = match lapse.plan_by {
        Some(day) => format!("the plan by {} was not kept", spoken(day)),
        None => format!(
            "the {} was due on {}",
            lapse.ladder.noun(),
            spoken(lapse.due_on)
        ),
    };
    let holds = step.policy_key().map(|key| policy.always(key, lapse.tier));
    match (lapse.at_once(step), holds) {
        (Some(AtOnce::Red), _) => {
            format!("The day after {passed}: a child in red climbs the whole ladder at once.")
        }
        (Some(AtOnce::BrokenPlans), _) => format!(
            "The day after {passed}: each plan that is not kept starts the ladder one step higher, and there {}.",
            match lapse.round {
                1 => "was one plan".to_owned(),
                plans => format!("were {plans} plans"),
            },
        ),
        (Some(AtOnce::FirstStep), _) | (None, None) => {
            format!("The day after {passed}: a lapse is told on the next day.")
        }
        (None, Some(holds)) => format!(
            "{} after {passed} ({}).",
            holds.period().words(),
            holds.source()
        ),
    }
}

/// Whether only a manager can answer with the next plan. A plan that is renewed before its day each time would stop the
/// ladder for good, and nobody above would hear of it.
#[must_use]
pub fn next_plan_needs_manager(plans_before: u32, policy: &Policy) -> bool {
    plans_before.saturating_add(1) >= policy.count(PolicyKey::PlansAlone)
}

/// Why an officer does not make the next plan, in one sentence with the value and its source.
#[must_use]
pub fn why_manager(plans_before: u32, ladder: Ladder, policy: &Policy) -> String {
    let holds = policy.always(PolicyKey::PlansAlone, Tier::Green);
    let made = match plans_before {
        1 => "One plan was made".to_owned(),
        plans => format!("{plans} plans were made"),
    };
    format!(
        "{made} for this lapse and the {} is not done. From plan {} on only a manager answers ({}).",
        ladder.noun(),
        policy.count(PolicyKey::PlansAlone),
        holds.source()
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
