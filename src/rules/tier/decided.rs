//! Another tier than the rules give, because a manager knows more: it holds to a day, and ends at once when the rules
//! learn something that the manager did not know.

use super::{Assessment, Tier};
use crate::rules::dates::spoken;
use chrono::NaiveDate;

/// What a manager decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedTier {
    /// The tier instead of the one that the rules give.
    pub tier: Tier,
    /// The last day on which it holds.
    pub ends_on: NaiveDate,
    /// The sentences of the rules when it was decided.
    pub known: Vec<String>,
}

/// Why a decision does not hold any longer, in words for the timeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// Its last day has passed.
    #[error("its last day was {0}")]
    Expired(String),
    /// The rules give a higher tier, for a reason that was not known when it was decided.
    #[error("there is a new reason: {0}")]
    NewReason(String),
}

/// The tier that a child has: the manager's while the decision holds.
///
/// # Errors
/// Why it does not hold any longer; then the tier is the one of the rules.
pub fn hold(
    decided: &DecidedTier,
    assessment: &Assessment,
    today: NaiveDate,
) -> Result<Tier, Ended> {
    if decided.ends_on < today {
        return Err(Ended::Expired(spoken(decided.ends_on)));
    }
    let above = assessment
        .reasons
        .iter()
        .filter(|reason| reason.tier() > decided.tier);
    let mut new = above
        .map(|reason| reason.sentence())
        .filter(|sentence| !decided.known.contains(sentence));
    match new.next() {
        Some(sentence) => Err(Ended::NewReason(sentence)),
        None => Ok(decided.tier),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::codes::EpisodeKind;
    use crate::rules::tier::TierReason;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn assessed(reasons: &[TierReason]) -> Assessment {
        Assessment {
            tier: reasons
                .iter()
                .map(TierReason::tier)
                .max()
                .unwrap_or(Tier::Green),
            reasons: reasons.to_vec(),
        }
    }

    fn decided(tier: Tier, known: &[TierReason]) -> DecidedTier {
        DecidedTier {
            tier,
            ends_on: day("2027-01-31"),
            known: known.iter().map(TierReason::sentence).collect(),
        }
    }

    fn plan_since(started_on: &str) -> TierReason {
        TierReason::SocialCareOpen(EpisodeKind::CpPlan, day(started_on))
    }

    #[test]
    fn a_second_fact_of_a_kind_that_was_known_ends_one_that_is_lower() {
        let known = [plan_since("2026-03-02")];
        let decided = decided(Tier::Amber, &known);
        let first = assessed(&known);
        assert_eq!(hold(&decided, &first, day("2026-12-01")), Ok(Tier::Amber));
        let second = plan_since("2026-11-30");
        let replaced = assessed(&[second]);
        let beside = assessed(&[known[0], second]);
        for assessment in [replaced, beside] {
            assert_eq!(
                hold(&decided, &assessment, day("2026-12-01")),
                Err(Ended::NewReason(second.sentence()))
            );
        }
    }

    #[test]
    fn it_holds_to_its_last_day() {
        let known = [plan_since("2026-10-01")];
        let decided = decided(Tier::Amber, &known);
        let on = |today| hold(&decided, &assessed(&known), day(today));
        assert_eq!(on("2027-01-31"), Ok(Tier::Amber));
        assert_eq!(
            on("2027-02-01"),
            Err(Ended::Expired("31 January 2027".to_owned()))
        );
    }

    #[test]
    fn a_reason_that_was_not_known_ends_one_that_is_lower() {
        let known = [TierReason::Ehcp];
        let new = TierReason::SiblingFlagged;
        let now = assessed(&[TierReason::Ehcp, new]);
        let lower = hold(&decided(Tier::Green, &known), &now, day("2026-12-01"));
        assert_eq!(lower, Err(Ended::NewReason(new.sentence())));
        let higher = hold(&decided(Tier::Red, &known), &now, day("2026-12-01"));
        assert_eq!(higher, Ok(Tier::Red), "a higher tier than the rules' stays");
        let same = hold(&decided(Tier::Amber, &known), &now, day("2026-12-01"));
        assert_eq!(
            same,
            Ok(Tier::Amber),
            "a new reason for the same tier changes nothing"
        );
    }
}
