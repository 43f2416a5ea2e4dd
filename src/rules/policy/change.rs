//! Changing a value of the policy from a day on. What held until then stays on record with its last day.

use super::bounds::{self, OutOfBounds};
use super::{Period, PolicyKey, PolicyRow, PolicySet};
use crate::rules::dates::spoken;
use crate::rules::tier::Tier;
use chrono::NaiveDate;

/// A value that an authority wants from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What the period is for.
    pub key: PolicyKey,
    /// For which tier; none for every tier.
    pub tier: Option<Tier>,
    pub period: Period,
    /// Where the value comes from.
    pub source: String,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last; none if it holds until it is changed again.
    pub to: Option<NaiveDate>,
}

/// Why a value is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeProblem {
    #[error(transparent)]
    Value(#[from] OutOfBounds),
    /// It would rewrite the past.
    #[error(
        "A value holds from today or a later day: checks that are due already were counted with the value of their day"
    )]
    InThePast,
    /// Ends before it begins.
    #[error("The last day must not be before the first")]
    EndsBeforeItBegins,
    /// A value for one tier of what is the same for all.
    #[error("{0} is the same for every tier: leave the tier out")]
    ForEveryTier(&'static str),
    /// Another value begins on this day or later.
    #[error(
        "{0} has another value from {1}: choose a later first day, or withdraw that value if it has not begun"
    )]
    Overlap(&'static str, String),
    /// A period of the 2026 Act while it is not in force.
    #[error(
        "{0} is a period of the 2026 Act, which is not in force here on that day: enter its commencement first"
    )]
    NotCommenced(&'static str),
    /// Nothing says where the value comes from.
    #[error("Say where the value comes from")]
    NoSource,
}

/// What a change does to the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The row of the authority that ends on the day before the new one; none if there is none.
    pub ends: Option<PolicyRow>,
    /// The day on which it ends.
    pub ends_on: NaiveDate,
    pub row: PolicyRow,
}

/// Plans a change: which row ends, and which one begins.
///
/// # Errors
/// Why it cannot be done.
pub fn plan(
    rows: &[PolicyRow],
    authority: &str,
    change: &Change,
    today: NaiveDate,
) -> Result<Planned, ChangeProblem> {
    let what = change.key.label();
    bounds::check(change.key, change.period)?;
    if change.from < today {
        return Err(ChangeProblem::InThePast);
    }
    if change.to.is_some_and(|to| to < change.from) {
        return Err(ChangeProblem::EndsBeforeItBegins);
    }
    if change.tier.is_some() && !by_tier(rows, change.key) {
        return Err(ChangeProblem::ForEveryTier(what));
    }
    if change.source.trim().is_empty() {
        return Err(ChangeProblem::NoSource);
    }
    let set = set_of(rows, change.key);
    if set == PolicySet::Cnis2026 && !has_commenced(rows, authority, change.from) {
        return Err(ChangeProblem::NotCommenced(what));
    }
    let alike = rows.iter().filter(|row| {
        row.authority.as_deref() == Some(authority)
            && row.key == change.key
            && row.tier == change.tier
    });
    let ends_on = change.from.pred_opt().unwrap_or(change.from);
    let mut ends = None;
    for row in alike {
        let Some(from) = row.effective_from else {
            continue;
        };
        if from >= change.from {
            if change.to.is_none_or(|to| from <= to) {
                return Err(ChangeProblem::Overlap(what, spoken(from)));
            }
        } else if row.effective_to.is_none_or(|to| to >= change.from) {
            ends = Some(row.clone());
        }
    }
    let row = PolicyRow {
        authority: Some(authority.to_owned()),
        key: change.key,
        tier: change.tier,
        period: change.period,
        source: change.source.trim().to_owned(),
        set,
        confirmed: true,
        effective_from: Some(change.from),
        effective_to: change.to,
    };
    let planned = Planned { ends, ends_on, row };
    bounds::check_order(&planned.applied_to(rows), authority, today)?;
    Ok(planned)
}

impl Planned {
    /// The rows as they are after the change.
    fn applied_to(&self, rows: &[PolicyRow]) -> Vec<PolicyRow> {
        let mut after = rows.to_vec();
        for row in &mut after {
            if self.ends.as_ref() == Some(row) {
                row.effective_to = Some(self.ends_on);
            }
        }
        after.push(self.row.clone());
        after
    }
}

/// Whether a key has a value for each tier.
#[must_use]
pub fn by_tier(rows: &[PolicyRow], key: PolicyKey) -> bool {
    rows.iter()
        .any(|row| row.authority.is_none() && row.key == key && row.tier.is_some())
}

/// The set that a key belongs to.
#[must_use]
pub fn set_of(rows: &[PolicyRow], key: PolicyKey) -> PolicySet {
    rows.iter()
        .find(|row| row.authority.is_none() && row.key == key)
        .map_or(PolicySet::Default, |row| row.set)
}

fn has_commenced(rows: &[PolicyRow], authority: &str, on: NaiveDate) -> bool {
    super::Policy::at(rows, authority, on).has_commenced()
}

/// The rows that put the 2026 Act into force for an authority from a day on: its shipped periods, with a first day.
///
/// # Errors
/// For a day in the past, or when the Act has a first day already that has not ended.
pub fn commence(
    rows: &[PolicyRow],
    authority: &str,
    from: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<PolicyRow>, ChangeProblem> {
    if from < today {
        return Err(ChangeProblem::InThePast);
    }
    let standing = commencement(rows, authority).filter(|(_, to)| to.is_none_or(|to| to >= from));
    if let Some((begins, _)) = standing {
        return Err(ChangeProblem::Overlap("The 2026 Act", spoken(begins)));
    }
    let shipped = rows
        .iter()
        .filter(|row| row.authority.is_none() && row.set == PolicySet::Cnis2026);
    Ok(shipped
        .map(|row| PolicyRow {
            authority: Some(authority.to_owned()),
            effective_from: Some(from),
            ..row.clone()
        })
        .collect())
}

/// The first and the last day of the 2026 Act in an authority, the latest that was entered; none if it was never.
#[must_use]
pub fn commencement(rows: &[PolicyRow], authority: &str) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let own: Vec<&PolicyRow> = rows
        .iter()
        .filter(|row| row.authority.as_deref() == Some(authority) && row.set == PolicySet::Cnis2026)
        .collect();
    let last = own
        .iter()
        .map(|row| row.effective_to)
        .max_by_key(|to| to.unwrap_or(NaiveDate::MAX))?;
    let begins = own
        .iter()
        .filter(|row| row.effective_to == last)
        .filter_map(|row| row.effective_from)
        .min()?;
    Some((begins, last))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::policy::{Policy, Unit, defaults};
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn today() -> NaiveDate {
        day("2026-11-23")
    }

    fn change(value: u32, from: &str) -> Change {
        Change {
            key: PolicyKey::FirstContact,
            tier: Some(Tier::Green),
            period: Period {
                value,
                unit: Unit::WorkingDay,
            },
            source: "cabinet of 3 November".to_owned(),
            from: day(from),
            to: None,
        }
    }

    fn done(rows: &[PolicyRow], change: &Change) -> Vec<PolicyRow> {
        plan(rows, "884", change, today()).unwrap().applied_to(rows)
    }

    fn why_not(rows: &[PolicyRow], change: &Change) -> ChangeProblem {
        plan(rows, "884", change, today()).unwrap_err()
    }

    #[test]
    fn the_value_before_ends_on_the_day_before_and_stays_on_record() {
        let rows = done(&defaults(), &change(8, "2026-11-23"));
        let rows = done(&rows, &change(7, "2026-12-01"));
        let own: Vec<_> = rows
            .iter()
            .filter(|row| row.authority.is_some())
            .map(|row| (row.period.value, row.effective_to))
            .collect();
        assert_eq!(own, [(8, Some(day("2026-11-30"))), (7, None)]);
    }

    #[test]
    fn the_past_is_not_rewritten_and_values_do_not_overlap() {
        let rows = defaults();
        assert_eq!(
            why_not(&rows, &change(8, "2026-11-22")),
            ChangeProblem::InThePast
        );
        let ends_early = Change {
            to: Some(day("2026-11-30")),
            ..change(8, "2026-12-01")
        };
        assert_eq!(
            why_not(&rows, &ends_early),
            ChangeProblem::EndsBeforeItBegins
        );
        let later = done(&rows, &change(8, "2026-12-24"));
        for from in ["2026-12-01", "2026-12-24"] {
            assert!(matches!(
                why_not(&later, &change(7, from)),
                ChangeProblem::Overlap(..)
            ));
        }
        let for_a_while = Change {
            to: Some(day("2026-12-23")),
            ..change(7, "2026-12-01")
        };
        assert!(plan(&later, "884", &for_a_while, today()).is_ok());
    }

    #[test]
    fn a_value_needs_a_source_and_a_tier_only_where_tiers_differ() {
        let without = Change {
            source: " ".to_owned(),
            ..change(8, "2026-12-01")
        };
        assert_eq!(why_not(&defaults(), &without), ChangeProblem::NoSource);
        let ladder = Change {
            key: PolicyKey::LapseToManager,
            ..change(4, "2026-12-01")
        };
        assert!(matches!(
            why_not(&defaults(), &ladder),
            ChangeProblem::ForEveryTier(_)
        ));
    }

    #[test]
    fn the_act_begins_on_the_day_that_is_entered_and_not_before() {
        let mut rows = defaults();
        let of_the_act = Change {
            key: PolicyKey::PreliminaryNotice2026,
            tier: None,
            period: Period {
                value: 12,
                unit: Unit::CalendarDay,
            },
            ..change(12, "2027-09-01")
        };
        assert!(matches!(
            why_not(&rows, &of_the_act),
            ChangeProblem::NotCommenced(_)
        ));
        let begun = commence(&rows, "884", day("2027-04-01"), today()).unwrap();
        assert_eq!(begun.len(), 5);
        rows.extend(begun);
        assert!(commence(&rows, "884", day("2027-05-01"), today()).is_err());
        assert_eq!(commencement(&rows, "884"), Some((day("2027-04-01"), None)));
        assert_eq!(commencement(&rows, "885"), None);
        let on = |on| Policy::at(&rows, "884", day(on)).has_commenced();
        assert!(!on("2027-03-31") && on("2027-04-01"));
        assert!(!Policy::at(&rows, "885", day("2027-04-01")).has_commenced());
        assert!(plan(&rows, "884", &of_the_act, today()).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_set_in_whatever_order_no_two_values_hold_at_once(
            changes in prop::collection::vec((1..20u32, 0..60u64, prop::option::of(0..30u64)), 1..12)
        ) {
            let mut rows = defaults();
            for (value, after, length) in changes {
                let from = today() + chrono::Days::new(after);
                let to = length.map(|days| from + chrono::Days::new(days));
                let change = Change { from, to, ..change(value, "2026-11-23") };
                if let Ok(planned) = plan(&rows, "884", &change, today()) {
                    rows = planned.applied_to(&rows);
                }
            }
            for on in today().iter_days().take(100) {
                let held = rows.iter().filter(|row| row.authority.is_some() && row.is_in_force(on));
                prop_assert!(held.count() <= 1, "{on}");
            }
        }
    }
}
