//! Which tier a child's checks follow: from the facts on record to green, amber or red, with every reason.
//!
//! A tier says how soon and how often the authority looks, not what anybody thinks of a family. Each reason is a fact
//! on record or something the authority has not done yet.

mod again;
pub mod decided;

use super::calendar::Calendar;
pub use super::codes::Tier;
use super::codes::{EpisodeKind, SenProvision};
use super::dates::spoken;
use super::policy::{Policy, PolicyKey};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub use again::assess_again_on;

/// What is on record about a child today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The day for which the tier is asked.
    pub today: NaiveDate,
    /// The day on which the authority was notified.
    pub registered_on: NaiveDate,
    /// When the authority saw the child in person.
    pub seen: Seen,
    /// Involvement of other services, past and present.
    pub episodes: Vec<EpisodeFact>,
    /// What is known about the current address.
    pub address: AddressFact,
    /// How many contacts were refused since the last that was not.
    pub refusals_in_a_row: u32,
    /// How many contacts were online, by telephone or in writing since the child was last seen in person.
    pub not_in_person_in_a_row: u32,
    /// Whether a brother or sister has an open social care episode.
    pub sibling_flagged: bool,
    /// Whether the child was never on a school's roll.
    pub never_on_school_roll: bool,
    /// When the child moved here from another authority.
    pub moved_in_on: Option<NaiveDate>,
    /// The days on which the child came to live at another address than before.
    pub moves: Vec<NaiveDate>,
    /// Provision for special educational needs.
    pub sen: SenProvision,
}

/// When the authority last saw the child in person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    On(NaiveDate),
    Never,
    /// The record was taken over from a list that does not say.
    NotRecorded,
}

/// What is known about the current address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFact {
    Missing,
    /// Nobody has verified it yet, though it is on record since this day.
    UnverifiedSince(NaiveDate),
    /// Somebody verified it on this day.
    VerifiedOn(NaiveDate),
    /// The record was taken over from a list that does not say whether anybody verified it.
    NotRecorded,
}

/// An episode, as far as a tier depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpisodeFact {
    pub kind: EpisodeKind,
    pub started_on: NaiveDate,
    /// Its last day, if it has ended.
    pub ended_on: Option<NaiveDate>,
}

impl EpisodeFact {
    /// Whether it lasts on this day.
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.started_on <= today && self.ended_on.is_none_or(|ended| today <= ended)
    }
}

/// A tier with every reason for it; no reason means green.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The highest tier among the reasons.
    pub tier: Tier,
    /// The reasons, the weightiest first.
    pub reasons: Vec<TierReason>,
}

/// One reason for a tier above green.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierReason {
    /// An enquiry, a plan, care or proceedings are open, since this day.
    SocialCareOpen(EpisodeKind, NaiveDate),
    /// A referral or a school's concern was recorded shortly before the notification.
    ConcernBeforeNotification(EpisodeKind, NaiveDate),
    /// Exclusion or attendance proceedings began shortly before the notification.
    SchoolProcessBeforeNotification(EpisodeKind, NaiveDate),
    /// The child is a child in need, or a safeguarding referral is open, since this day.
    SocialCareInvolved(EpisodeKind, NaiveDate),
    /// Social care involvement ended within the look-back.
    SocialCareEnded(EpisodeKind, NaiveDate),
    /// There is an education, health and care plan.
    Ehcp,
    /// A brother or sister has an open social care episode.
    SiblingFlagged,
    /// Contact was refused, so many times in a row.
    ContactRefused(u32),
    /// Contact was online, by telephone or in writing, so many times in a row.
    NotInPerson(u32),
    /// The child was never on a school's roll.
    NeverOnSchoolRoll,
    /// The child moved here from another authority on this day.
    MovedRecently(NaiveDate),
    /// The child moved to another address several times of late, the last time on this day.
    MovedAgain(NaiveDate),
    /// The time for a first meeting has passed.
    NotYetSeen,
    /// The child was last seen in person on this day, longer ago than policy allows.
    NotSeenSince(NaiveDate),
    /// There is no address, and the time to find it has passed.
    AddressMissing,
    /// Nobody has verified the address, and the time to do so has passed.
    AddressUnverified,
}

/// The tier of a child, with every reason.
#[must_use]
pub fn assess(facts: &Facts, policy: &Policy, calendar: &Calendar) -> Assessment {
    let periods = Periods { policy, calendar };
    let mut reasons: Vec<TierReason> = facts
        .episodes
        .iter()
        .filter_map(|episode| from_episode(episode, facts, periods))
        .chain(from_needs(facts))
        .chain(from_background(facts, periods))
        .chain(from_contact(facts, policy))
        .chain(from_sightings(facts, periods))
        .chain(from_address(facts, periods))
        .collect();
    reasons.sort_by_key(|reason| Reverse(reason.tier()));
    Assessment {
        tier: reasons.first().map_or(Tier::Green, |reason| reason.tier()),
        reasons,
    }
}

/// The policy and the calendar, for the one question a tier asks of them.
#[derive(Clone, Copy)]
struct Periods<'a> {
    policy: &'a Policy,
    calendar: &'a Calendar,
}

impl Periods<'_> {
    /// Whether, on this day, the policy's period since `from` has passed. The tier is not known yet, so the period is
    /// the one for green.
    fn have_passed(self, key: PolicyKey, from: NaiveDate, on: NaiveDate) -> bool {
        let period = self.policy.always(key, Tier::Green).period();
        period.after(from, self.calendar) < on
    }
}

/// What one episode, open or ended, means for the tier. Early help, youth justice and attendance orders mean nothing
/// by themselves.
fn from_episode(episode: &EpisodeFact, facts: &Facts, periods: Periods) -> Option<TierReason> {
    use EpisodeKind as Kind;
    let EpisodeFact {
        kind, started_on, ..
    } = *episode;
    let open = episode.is_open(facts.today);
    let shortly_before_notification = started_on <= facts.registered_on
        && !periods.have_passed(
            PolicyKey::ConcernBeforeNotification,
            started_on,
            facts.registered_on,
        );
    match kind {
        Kind::S47 | Kind::CpPlan | Kind::Lac | Kind::CareProceedings if open => {
            Some(TierReason::SocialCareOpen(kind, started_on))
        }
        Kind::SafeguardingReferral | Kind::SchoolConcern if shortly_before_notification => {
            Some(TierReason::ConcernBeforeNotification(kind, started_on))
        }
        Kind::Exclusion | Kind::AttendanceProceedings if shortly_before_notification => Some(
            TierReason::SchoolProcessBeforeNotification(kind, started_on),
        ),
        Kind::Cin | Kind::SafeguardingReferral if open => {
            Some(TierReason::SocialCareInvolved(kind, started_on))
        }
        Kind::S47 | Kind::CpPlan | Kind::Lac | Kind::CareProceedings | Kind::Cin => episode
            .ended_on
            .filter(|ended_on| *ended_on < facts.today)
            .filter(|ended_on| {
                !periods.have_passed(PolicyKey::SafeguardingLookBack, *ended_on, facts.today)
            })
            .map(|ended_on| TierReason::SocialCareEnded(kind, ended_on)),
        _ => None,
    }
}

fn from_needs(facts: &Facts) -> Option<TierReason> {
    let plan_open = facts
        .episodes
        .iter()
        .any(|episode| episode.kind == EpisodeKind::Ehcp && episode.is_open(facts.today));
    (plan_open || facts.sen == SenProvision::Ehcp).then_some(TierReason::Ehcp)
}

fn from_background(facts: &Facts, periods: Periods) -> impl Iterator<Item = TierReason> {
    let sibling = facts.sibling_flagged.then_some(TierReason::SiblingFlagged);
    let no_roll = facts
        .never_on_school_roll
        .then_some(TierReason::NeverOnSchoolRoll);
    let moved = facts
        .moved_in_on
        .filter(|moved_on| !periods.have_passed(PolicyKey::MovedRecently, *moved_on, facts.today))
        .map(TierReason::MovedRecently);
    [sibling, no_roll, moved, moved_again(facts, periods)]
        .into_iter()
        .flatten()
}

/// Each move takes a child away from people who knew the family; one alone is no reason, for families move.
fn moved_again(facts: &Facts, periods: Periods) -> Option<TierReason> {
    let counts = |on: &NaiveDate| {
        *on <= facts.today && !periods.have_passed(PolicyKey::MovedWithin, *on, facts.today)
    };
    let moves: BTreeSet<NaiveDate> = facts.moves.iter().copied().filter(counts).collect();
    let enough = periods.policy.count(PolicyKey::MovesThatCount);
    let last = moves.last().copied();
    last.filter(|_| u32::try_from(moves.len()).unwrap_or(u32::MAX) >= enough)
        .map(TierReason::MovedAgain)
}

/// The national Panel reported online meetings that were used to keep a child out of sight.
fn from_contact(facts: &Facts, policy: &Policy) -> impl Iterator<Item = TierReason> {
    let enough = policy.count(PolicyKey::ContactsNotInPerson);
    let refused = (facts.refusals_in_a_row > 0)
        .then_some(TierReason::ContactRefused(facts.refusals_in_a_row));
    let unseen = (facts.not_in_person_in_a_row >= enough)
        .then_some(TierReason::NotInPerson(facts.not_in_person_in_a_row));
    [refused, unseen].into_iter().flatten()
}

/// A child newly notified has not been seen, and that is no reason until the time for a first meeting has passed.
fn from_sightings(facts: &Facts, periods: Periods) -> Option<TierReason> {
    match facts.seen {
        Seen::On(day) => periods
            .have_passed(PolicyKey::NotSeenFor, day, facts.today)
            .then_some(TierReason::NotSeenSince(day)),
        Seen::Never => periods
            .have_passed(PolicyKey::FirstMeeting, facts.registered_on, facts.today)
            .then_some(TierReason::NotYetSeen),
        Seen::NotRecorded => None,
    }
}

/// An address needs time to be found, and each one that is written down time to be verified. One that was verified long ago is no reason for a tier: it is asked
/// for again before each visit.
fn from_address(facts: &Facts, periods: Periods) -> Option<TierReason> {
    let (reason, since) = match facts.address {
        AddressFact::Missing => (TierReason::AddressMissing, facts.registered_on),
        AddressFact::UnverifiedSince(recorded_on) => (
            TierReason::AddressUnverified,
            recorded_on.max(facts.registered_on),
        ),
        AddressFact::VerifiedOn(_) | AddressFact::NotRecorded => return None,
    };
    periods
        .have_passed(PolicyKey::AddressVerifiedFor, since, facts.today)
        .then_some(reason)
}

impl TierReason {
    /// The tier that this reason alone gives.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        match self {
            Self::SocialCareOpen(..) | Self::ConcernBeforeNotification(..) => Tier::Red,
            _ => Tier::Amber,
        }
    }

    /// The reason in a sentence: what is on record, or what the authority has yet to do. Two facts of one kind are two
    /// sentences, by their days: a decision that knew the one did not know the other.
    #[must_use]
    pub fn sentence(&self) -> String {
        match *self {
            Self::SocialCareOpen(kind, since) | Self::SocialCareInvolved(kind, since) => {
                format!("{}: on record and open since {}.", kind.label(), spoken(since))
            }
            Self::ConcernBeforeNotification(kind, started_on)
            | Self::SchoolProcessBeforeNotification(kind, started_on) => format!(
                "{}: recorded on {}, shortly before the authority was notified.",
                kind.label(),
                spoken(started_on)
            ),
            Self::SocialCareEnded(kind, ended_on) => format!(
                "{}: ended on {}, which the policy still takes into account.",
                kind.label(),
                spoken(ended_on)
            ),
            Self::Ehcp => "There is an education, health and care plan for the authority to review.".to_owned(),
            Self::SiblingFlagged => "Children’s social care works with a brother or sister.".to_owned(),
            Self::ContactRefused(times) => format!(
                "Contact was declined {}; the authority should offer another way to meet.",
                in_a_row(times)
            ),
            Self::NotInPerson(times) => format!(
                "Contact was online, by telephone or in writing {}; the authority has yet to see the child in person.",
                in_a_row(times)
            ),
            Self::NeverOnSchoolRoll => {
                "No school has had the child on its roll, so the authority knows less than usual.".to_owned()
            }
            Self::MovedRecently(moved_on) => format!(
                "Moved here from another authority on {}; its records may not have arrived.",
                spoken(moved_on)
            ),
            Self::MovedAgain(moved_on) => format!(
                "Moved to another address more than once within the time that the policy takes into account, last on {}.",
                spoken(moved_on)
            ),
            Self::NotYetSeen => {
                "The authority has not met the child yet, and the time for a first meeting has passed.".to_owned()
            }
            Self::NotSeenSince(day) => format!(
                "The authority last saw the child in person on {}, longer ago than its policy allows.",
                spoken(day)
            ),
            Self::AddressMissing => "The authority has no address yet, and the time to find it has passed.".to_owned(),
            Self::AddressUnverified => {
                "The authority has not verified the address, and the time to do so has passed.".to_owned()
            }
        }
    }
}

fn in_a_row(times: u32) -> String {
    match times {
        1 => "the last time".to_owned(),
        times => format!("the last {times} times"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
