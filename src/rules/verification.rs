//! Whether an address is known well enough to send somebody there. In August 2023 a visit was made to a family's old
//! address and put off to September; the child was killed the next day.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::codes::Source;
use super::policy::{Policy, PolicyKey};
use super::tier::Tier;

/// How an address stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressStanding {
    /// There is no address.
    Missing,
    /// Nobody has made sure of it.
    Unverified,
    /// On this day somebody claimed another one, and nobody has settled yet which is right.
    Disputed(NaiveDate),
    /// Somebody made sure of it on this day, longer ago than the policy lets it count.
    Stale(NaiveDate),
    /// Somebody made sure of it on this day.
    Verified(NaiveDate),
}

impl AddressStanding {
    /// Whether somebody can be sent there without further ado.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Verified(_))
    }
}

/// Whether the address that is held gives way to another that is claimed: one that nobody made sure of, to a newer word of
/// whoever claimed it. Everything else is for an officer to settle.
#[must_use]
pub fn gives_way(
    held_by_word_of: Source,
    verified_on: Option<NaiveDate>,
    claimed_by: Source,
) -> bool {
    verified_on.is_none() && held_by_word_of == claimed_by
}

/// How an address stands: `address` is none when there is none, and otherwise the day somebody made sure of it. That
/// day says nothing for as long as another address waits to be settled, claimed on `another_claimed_on`: a family that was
/// visited here may have moved since.
#[must_use]
pub fn standing(
    address: Option<Option<NaiveDate>>,
    another_claimed_on: Option<NaiveDate>,
    today: NaiveDate,
    tier: Tier,
    policy: &Policy,
    calendar: &Calendar,
) -> AddressStanding {
    let Some(verified_on) = address else {
        return AddressStanding::Missing;
    };
    if let Some(claimed_on) = another_claimed_on {
        return AddressStanding::Disputed(claimed_on);
    }
    let Some(verified_on) = verified_on else {
        return AddressStanding::Unverified;
    };
    let period = policy.always(PolicyKey::AddressVerifiedFor, tier).period();
    if today <= period.after(verified_on, calendar) {
        AddressStanding::Verified(verified_on)
    } else {
        AddressStanding::Stale(verified_on)
    }
}

/// Since when somebody must have made sure of an address for it to count, in each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerifiedSince {
    green: NaiveDate,
    amber: NaiveDate,
    red: NaiveDate,
}

impl VerifiedSince {
    /// As the policy has it today.
    #[must_use]
    pub fn by(policy: &Policy, calendar: &Calendar, today: NaiveDate) -> Self {
        let since = |tier| {
            let period = policy.always(PolicyKey::AddressVerifiedFor, tier).period();
            period.counts_from(today, calendar)
        };
        Self {
            green: since(Tier::Green),
            amber: since(Tier::Amber),
            red: since(Tier::Red),
        }
    }

    /// For children of this tier.
    #[must_use]
    pub const fn of(self, tier: Tier) -> NaiveDate {
        match tier {
            Tier::Green => self.green,
            Tier::Amber => self.amber,
            Tier::Red => self.red,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::policy::defaults;

    fn on(today: &str, address: Option<Option<&str>>) -> AddressStanding {
        let today = today.parse().unwrap();
        let policy = Policy::at(&defaults(), "947", today);
        let address = address.map(|verified| verified.map(|day| day.parse().unwrap()));
        standing(
            address,
            None,
            today,
            Tier::Green,
            &policy,
            &Calendar::england(),
        )
    }

    #[test]
    fn an_address_counts_as_verified_for_the_policys_three_months() {
        let verified = Some(Some("2026-08-23"));
        let day = "2026-08-23".parse().unwrap();
        assert_eq!(on("2026-11-23", verified), AddressStanding::Verified(day));
        assert_eq!(on("2026-11-24", verified), AddressStanding::Stale(day));
        assert!(!on("2026-11-24", verified).is_good());
    }

    #[test]
    fn a_list_draws_the_line_where_the_rule_for_one_child_does() {
        let calendar = Calendar::england();
        for today in ["2026-11-23", "2028-02-29", "2027-05-31", "2026-12-31"] {
            let day: NaiveDate = today.parse().unwrap();
            let policy = Policy::at(&defaults(), "947", day);
            let since = VerifiedSince::by(&policy, &calendar, day).of(Tier::Green);
            let on = |verified| {
                standing(
                    Some(Some(verified)),
                    None,
                    day,
                    Tier::Green,
                    &policy,
                    &calendar,
                )
            };
            assert!(on(since).is_good(), "{today}");
            assert!(!on(since.pred_opt().unwrap()).is_good(), "{today}");
        }
    }

    #[test]
    fn what_somebody_made_sure_of_is_no_good_while_another_address_is_claimed() {
        let [verified, claimed]: [NaiveDate; 2] =
            ["2026-11-23", "2026-11-20"].map(|day| day.parse().unwrap());
        let policy = Policy::at(&defaults(), "947", verified);
        for address in [Some(Some(verified)), Some(None), None] {
            let (tier, calendar) = (Tier::Green, Calendar::england());
            let stands = standing(address, Some(claimed), verified, tier, &policy, &calendar);
            assert!(!stands.is_good());
            let is_held = address.is_some();
            assert_eq!(stands == AddressStanding::Disputed(claimed), is_held);
        }
    }

    #[test]
    fn what_nobody_made_sure_of_is_not_verified() {
        assert_eq!(on("2026-11-23", Some(None)), AddressStanding::Unverified);
        assert_eq!(on("2026-11-23", None), AddressStanding::Missing);
    }
}
