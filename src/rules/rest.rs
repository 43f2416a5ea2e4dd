//! A rest of a child's checks while social care leads: when it counts as a renewal of the one before, and when those above
//! the manager who decided it have to hear of it. A rest ends, but so would each of a chain of them, and a child would be
//! out of sight for good.

use super::calendar::Calendar;
use super::duty::{DutyKind, Purpose};
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;
use chrono::NaiveDate;

/// Whether a duty of this kind and purpose can rest. Whoever leads, a child whom nobody can find is looked for: so a new
/// attempt, whose purpose is that of the check it follows, does not rest either if that one does not.
#[must_use]
pub const fn can_rest(kind: DutyKind, purpose: Purpose) -> bool {
    kind.nature().may_rest && purpose.may_rest()
}

/// A rest that was decided before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

/// The rests before a new one that it renews: those that follow each other without a time between them that is longer
/// than the longest rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chain {
    /// How many they are: the number of the renewal that the new one is.
    pub rests: u32,
    /// The first day of the first of them.
    pub since: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

impl Chain {
    /// The chain that a rest beginning on a day would renew. The earlier rests stand in the order of their first days.
    #[must_use]
    pub fn before(
        starts_on: NaiveDate,
        earlier: &[Earlier],
        policy: &Policy,
        calendar: &Calendar,
    ) -> Self {
        let mut chain = Self::default();
        for rest in earlier {
            chain = chain.still_at(rest.starts_on, policy, calendar);
            chain = Self {
                rests: chain.rests + 1,
                since: chain.since.or(Some(rest.starts_on)),
                last_day: chain.last_day.max(Some(rest.ends_on)),
            };
        }
        chain.still_at(starts_on, policy, calendar)
    }

    fn still_at(self, day: NaiveDate, policy: &Policy, calendar: &Calendar) -> Self {
        match self.last_day {
            Some(last) if day <= longest_from(last, policy, calendar) => self,
            _ => Self::default(),
        }
    }

    /// The last day on which a renewal may end without those above hearing of it; none for a first rest, which is never
    /// longer than the longest.
    #[must_use]
    pub fn unheard_until(self, policy: &Policy, calendar: &Calendar) -> Option<NaiveDate> {
        self.since
            .map(|since| longest_from(since, policy, calendar))
    }

    /// Whether those above hear of a rest that ends on a day: when a check is overdue, because its ladder stops, and
    /// when it and the rests that it renews are together longer than the longest rest.
    #[must_use]
    pub fn is_heard_above(
        self,
        ends_on: NaiveDate,
        is_overdue: bool,
        policy: &Policy,
        calendar: &Calendar,
    ) -> bool {
        let unheard_until = self.unheard_until(policy, calendar);
        is_overdue || unheard_until.is_some_and(|day| ends_on > day)
    }
}

fn longest_from(day: NaiveDate, policy: &Policy, calendar: &Calendar) -> NaiveDate {
    let longest = policy.always(PolicyKey::LongestRest, Tier::Green).period();
    longest.after(day, calendar)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::policy::defaults;
    use chrono::Days;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn policy() -> Policy {
        Policy::at(&defaults(), "884", day("2026-11-23"))
    }

    fn rest(from: &str, to: &str) -> Earlier {
        Earlier {
            starts_on: day(from),
            ends_on: day(to),
        }
    }

    fn chain(starts_on: &str, earlier: &[Earlier]) -> Chain {
        Chain::before(day(starts_on), earlier, &policy(), &Calendar::england())
    }

    fn is_heard(chain: Chain, ends_on: &str, is_overdue: bool) -> bool {
        chain.is_heard_above(day(ends_on), is_overdue, &policy(), &Calendar::england())
    }

    #[test]
    fn a_first_rest_is_heard_above_only_over_a_check_that_is_overdue() {
        let first = chain("2026-11-23", &[]);
        assert_eq!(first, Chain::default());
        assert!(!is_heard(first, "2027-02-23", false));
        assert!(is_heard(first, "2026-11-24", true));
    }

    #[test]
    fn rests_that_are_together_longer_than_the_longest_are_heard_above() {
        let before = [rest("2026-11-01", "2026-11-30")];
        let renewed = chain("2026-11-30", &before);
        assert_eq!((renewed.rests, renewed.since), (1, Some(day("2026-11-01"))));
        assert!(!is_heard(renewed, "2027-02-01", false), "92 days in all");
        assert!(is_heard(renewed, "2027-02-02", false));
    }

    #[test]
    fn a_day_awake_between_two_rests_is_no_way_round() {
        let before = [
            rest("2026-01-01", "2026-04-03"),
            rest("2026-04-05", "2026-07-01"),
        ];
        assert_eq!(chain("2026-07-03", &before).rests, 2);
        assert_eq!(chain("2026-10-01", &before).rests, 2, "92 days awake");
        assert_eq!(chain("2026-10-02", &before).rests, 0, "longer than a rest");
    }

    #[test]
    fn looking_for_a_child_never_rests_nor_does_what_is_no_check() {
        let rests = |kind: &&DutyKind| can_rest(**kind, kind.purpose());
        let never: Vec<&DutyKind> = DutyKind::ALL.iter().filter(|it| !rests(it)).collect();
        assert_eq!(
            never,
            [
                &DutyKind::FindChild,
                &DutyKind::CensusReturn,
                &DutyKind::RowsOfList,
                &DutyKind::ReturnedMail
            ]
        );
        assert!(can_rest(DutyKind::NewAttempt, Purpose::SeeChild));
        assert!(!can_rest(DutyKind::NewAttempt, Purpose::Find));
    }

    proptest! {
        /// Whatever rests a manager decides one after the other, more than the longest rest plus as long awake never
        /// passes in rests that nobody above heard of.
        #[test]
        fn no_chain_of_rests_grows_unheard(rests in prop::collection::vec((0..93u64, 1..93u64), 1..20)) {
            let (policy, calendar) = (policy(), Calendar::england());
            let mut earlier: Vec<Earlier> = Vec::new();
            let mut starts_on = day("2026-11-23");
            let mut unheard_since = starts_on;
            for (awake, lasts) in rests {
                let ends_on = starts_on + Days::new(lasts);
                let chain = Chain::before(starts_on, &earlier, &policy, &calendar);
                if chain.is_heard_above(ends_on, false, &policy, &calendar) {
                    unheard_since = ends_on;
                } else {
                    prop_assert!((ends_on - unheard_since).num_days() <= 3 * 92);
                }
                earlier.push(Earlier { starts_on, ends_on });
                starts_on = ends_on + Days::new(awake);
            }
        }
    }
}
