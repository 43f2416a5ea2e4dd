//! What an outcome means: whether it satisfies the check, and what Hearth does about a failed visit.

use super::calendar::Calendar;
use super::codes::code_list;
use super::duty::{AlsoDone, Asks, DutyKind, Purpose};
use super::policy::Policy;
use super::schedule::{DutyOwed, OpenDuty, new_attempt};
use super::tier::Tier;
use chrono::NaiveDate;

code_list! {
    /// How the authority and the family were, or were to be, in contact.
    pub enum Mode {
        HomeVisit = "home_visit", "Home visit";
        OtherVenue = "other_venue", "Meeting at another place";
        Unannounced = "unannounced", "Unannounced visit";
        JointVisit = "joint_visit", "Joint visit with another service";
        Online = "online", "Online meeting";
        Phone = "phone", "Telephone call";
        Written = "written", "Written report or message";
    }
}

impl Mode {
    /// Whether somebody goes to see the child.
    #[must_use]
    pub const fn in_person(self) -> bool {
        matches!(
            self,
            Self::HomeVisit | Self::OtherVenue | Self::Unannounced | Self::JointVisit
        )
    }

    /// Whether somebody goes to the address on record, so that it had better be the right one. A joint visit counts:
    /// it may be elsewhere, and then nothing is lost by having made sure.
    #[must_use]
    pub const fn goes_to_the_address(self) -> bool {
        matches!(self, Self::HomeVisit | Self::Unannounced | Self::JointVisit)
    }
}

code_list! {
    /// What happened.
    pub enum AttemptResult {
        ChildSeen = "child_seen", "Child seen in person";
        AdultOnly = "adult_only", "An adult only; child not seen";
        NobodyIn = "nobody_in", "Nobody in, or nobody came";
        WrongAddress = "wrong_address", "Not the family’s address";
        Refused = "refused", "Declined by the family";
        OnlineOnly = "online_only", "Online or by telephone only";
        WrittenOnly = "written_only", "In writing only";
    }
}

impl AttemptResult {
    /// Whether this is what a check of this purpose asks for. A decision and an acknowledgement are not asked for by
    /// any result: the one comes of a [`Judgement`], the other of accepting the notification.
    #[must_use]
    pub const fn fits(self, purpose: Purpose) -> bool {
        match purpose.asks() {
            Asks::SeenInPerson => matches!(self, Self::ChildSeen),
            Asks::Contact => matches!(
                self,
                Self::ChildSeen | Self::AdultOnly | Self::OnlineOnly | Self::WrittenOnly
            ),
            Asks::Judgement | Asks::NoOutcome => false,
        }
    }
}

code_list! {
    /// Whether the child could speak without a parent present.
    pub enum SpokenAlone {
        Accepted = "accepted", "Offered and accepted";
        Declined = "declined", "Offered and declined";
        NotOffered = "not_offered", "Not offered";
    }
}

code_list! {
    /// What the authority thinks of the education, if it considered it.
    pub enum Judgement {
        NotConsidered = "not_considered", "Not considered this time";
        Suitable = "suitable", "Suitable";
        SuitableWithRecommendations = "suitable_with_recommendations", "Suitable, with recommendations";
        Unclear = "unclear", "Not clear yet";
        Unsuitable = "unsuitable", "Not suitable";
    }
}

impl Judgement {
    /// Whether the authority came to a decision.
    #[must_use]
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Suitable | Self::SuitableWithRecommendations | Self::Unsuitable
        )
    }
}

/// A result that cannot come of the kind of contact it is recorded with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A child is seen in person or not seen.
    #[error(
        "A child is only seen in person. Choose a visit or a meeting, or choose “Online or by telephone only”"
    )]
    SeenWithoutMeeting,
    /// Nobody in, or the wrong address, without a visit.
    #[error("This can only happen on a visit or at a meeting. Choose the kind of visit it was")]
    VisitWithoutGoing,
    /// Online or by telephone, but recorded as something else.
    #[error("Choose “Online meeting” or “Telephone call”, or another result")]
    OnlineOtherwise,
    /// In writing, but recorded as something else.
    #[error("Choose “Written report or message”, or another result")]
    WrittenOtherwise,
}

/// Whether the result can come of this kind of contact.
///
/// # Errors
/// [`Contradiction`] says why it cannot.
pub const fn check_consistent(mode: Mode, result: AttemptResult) -> Result<(), Contradiction> {
    use AttemptResult as Result;
    match result {
        Result::ChildSeen if !mode.in_person() => Err(Contradiction::SeenWithoutMeeting),
        Result::NobodyIn | Result::WrongAddress if !mode.in_person() => {
            Err(Contradiction::VisitWithoutGoing)
        }
        Result::OnlineOnly if !matches!(mode, Mode::Online | Mode::Phone) => {
            Err(Contradiction::OnlineOtherwise)
        }
        Result::WrittenOnly if !matches!(mode, Mode::Written) => {
            Err(Contradiction::WrittenOtherwise)
        }
        _ => Ok(()),
    }
}

/// What happened on a day, as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    pub mode: Mode,
    pub result: AttemptResult,
    /// What the authority thought of the education.
    pub judgement: Judgement,
    pub on: NaiveDate,
}

/// What an outcome brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Whether the check is satisfied. If not, it stays open with its original due date, and its clock runs on.
    pub satisfied: bool,
    /// The new attempt that is owed, if the check is not satisfied.
    pub new_attempt: Option<DutyOwed>,
    /// Whether the address no longer counts as verified.
    pub address_doubted: bool,
    /// Whether a manager is told today.
    pub tell_manager_today: bool,
}

/// What Hearth does about an outcome, and so about a failed visit.
///
/// A check is satisfied only by what it is for. If it is not satisfied, a new attempt is owed within the policy's days
/// for the tier; for a child in red a manager is told the same day; after a visit to a wrong address, the address is
/// verified anew before the next one.
#[must_use]
pub fn effect(
    purpose: Purpose,
    happened: &Happened,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> Effect {
    let satisfied = satisfies(purpose, happened);
    let failed = !satisfied && purpose.asks() != Asks::NoOutcome;
    Effect {
        satisfied,
        new_attempt: failed.then(|| new_attempt(purpose, happened.on, tier, policy, calendar)),
        address_doubted: happened.result == AttemptResult::WrongAddress,
        tell_manager_today: failed && tier == Tier::Red,
    }
}

/// Whether what happened is what the check was for.
///
/// An acknowledgement is satisfied by being sent, never by an outcome.
#[must_use]
pub fn satisfies(purpose: Purpose, happened: &Happened) -> bool {
    match purpose.asks() {
        Asks::SeenInPerson => happened.result.fits(purpose) && happened.mode.in_person(),
        Asks::Contact => happened.result.fits(purpose),
        Asks::Judgement => happened.judgement.is_decision(),
        Asks::NoOutcome => false,
    }
}

/// The first day of which an outcome may be recorded for a check: the day the check is counted from. What happened before
/// a move, a loss or a row of telephone calls does not do what is owed because of it.
///
/// A recurring check of a list taken over may be counted from the day of the taking over, and a visit made shortly before
/// counts as well: so the day the child was last seen, or else registered, where that is earlier.
#[must_use]
pub fn earliest(
    check: &OpenDuty,
    last_seen_on: Option<NaiveDate>,
    registered_on: NaiveDate,
) -> NaiveDate {
    match check.kind {
        DutyKind::RecurringCheck => check
            .counted_from
            .min(last_seen_on.unwrap_or(registered_on)),
        _ => check.counted_from,
    }
}

/// Whether an outcome recorded for one check does what another open check of the same child asks for as well.
///
/// A first contact, a first meeting and the first decision ask for something to happen once: a visit at which the
/// child is seen is a contact too, and its judgement, if one is given, is the decision. A second or recurring check
/// asks for it again after a time, so a visit made for something else counts only once that check is due. A new
/// attempt asks for what failed to be done once more, whatever it is done for.
#[must_use]
pub fn satisfies_too(other: &OpenDuty, happened: &Happened) -> bool {
    let in_time = match other.kind.nature().also_done {
        AlsoDone::SinceCounted => other.counted_from <= happened.on,
        AlsoDone::OnceDue => other.due_on <= happened.on,
        AlsoDone::Never => false,
    };
    in_time && satisfies(other.purpose, happened)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
