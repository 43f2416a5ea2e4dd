//! Whether a value is within the bounds of its key, and whether steps that follow each other do.

use super::{Period, Policy, PolicyKey, PolicyRow, Unit};
use crate::rules::dates::spoken;
use crate::rules::tier::Tier;
use chrono::NaiveDate;

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutOfBounds {
    /// A number where a time belongs, or the other way round, or days that stop in the holidays.
    #[error("{what} is counted in {allowed}, not in {unit}{because}")]
    Unit {
        what: &'static str,
        /// The units it may have.
        allowed: String,
        /// The one it was given.
        unit: &'static str,
        /// Why not, where that is not plain.
        because: &'static str,
    },
    #[error("{what} must be {least} {or} ({source_of_bound})")]
    TooShort {
        what: &'static str,
        /// The least, with its unit.
        least: String,
        /// "or more", as it is said of this unit.
        or: &'static str,
        /// Where the bound comes from.
        source_of_bound: &'static str,
    },
    /// Too much: it would put off what must come.
    #[error("{what} must be {most} {or} ({source_of_bound}){counted}")]
    TooLong {
        what: &'static str,
        /// The most, with its unit.
        most: String,
        /// "or fewer", as it is said of this unit.
        or: &'static str,
        /// Where the bound comes from.
        source_of_bound: &'static str,
        /// How a unit is compared with the bound.
        counted: &'static str,
    },
    /// One step would come before the one it follows.
    #[error(
        "On {day} “{first}” would be {first_value} and “{then}” {then_value}: the first must not be longer than the second, or a step would be passed over"
    )]
    Order {
        /// The day on which both would hold.
        day: String,
        /// The step that comes first.
        first: &'static str,
        first_value: String,
        /// The step that follows.
        then: &'static str,
        then_value: String,
    },
}

/// Whether a key may have this value.
///
/// # Errors
/// The bound that it breaks, and where the bound comes from.
pub fn check(key: PolicyKey, period: Period) -> Result<(), OutOfBounds> {
    let bounds = key.bounds();
    let what = key.label();
    if !bounds.units.contains(&period.unit) {
        return Err(OutOfBounds::Unit {
            what,
            allowed: words(bounds.units),
            unit: period.unit.label(),
            because: if period.unit == Unit::SchoolDay {
                ": school days stop in the holidays, and this goes on in August too"
            } else {
                ""
            },
        });
    }
    if period.value < bounds.least {
        let least = Period {
            value: bounds.least,
            unit: period.unit,
        };
        return Err(OutOfBounds::TooShort {
            what,
            least: with_article(least),
            or: match least.unit {
                Unit::Thursday => "or a later one",
                _ => "or more",
            },
            source_of_bound: bounds.source,
        });
    }
    if days(period) > days(bounds.most) {
        return Err(OutOfBounds::TooLong {
            what,
            most: with_article(bounds.most),
            or: match bounds.most.unit {
                Unit::Thursday => "or an earlier one",
                _ => "or fewer",
            },
            source_of_bound: bounds.source,
            counted: compared(period.unit, bounds.most.unit),
        });
    }
    Ok(())
}

/// The most calendar days that a period counts as where it is compared with a bound. A working day is a day and a half,
/// for weekends and bank holidays; school days may have the summer holiday between them, of eight weeks at most.
const fn days(period: Period) -> u64 {
    let value = period.value as u64;
    match period.unit {
        Unit::CalendarDay | Unit::Times | Unit::Thursday => value,
        Unit::WorkingDay => (value * 3).div_ceil(2),
        Unit::SchoolDay => value * 2 + 56,
        Unit::Week => value * 7,
        Unit::Month => value * 365 / 12,
    }
}

fn with_article(period: Period) -> String {
    match period.unit {
        Unit::Thursday => format!("the {}", period.words()),
        _ => period.words(),
    }
}

fn compared(unit: Unit, bound: Unit) -> &'static str {
    match unit {
        Unit::WorkingDay if bound != Unit::WorkingDay => {
            ". A working day counts as a day and a half here, for weekends and bank holidays"
        }
        Unit::SchoolDay => {
            ". A school day counts as two days here, with 8 weeks for the summer holiday"
        }
        _ => "",
    }
}

fn words(units: &[Unit]) -> String {
    let labels: Vec<&str> = units.iter().map(|unit| unit.label()).collect();
    match labels.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

/// Steps that follow each other: none may come before the one it follows.
const IN_ORDER: &[(PolicyKey, PolicyKey)] = &[
    (PolicyKey::LapseToManager, PolicyKey::LapseToHeadOfService),
    (
        PolicyKey::LapseToHeadOfService,
        PolicyKey::LapseToDutyMailbox,
    ),
    (PolicyKey::DueSoonLast, PolicyKey::DueSoonFirst),
    (
        PolicyKey::UpdateRequestEarliest2026,
        PolicyKey::UpdateRequestLatest2026,
    ),
];

/// Whether steps that follow each other do so on a day and on every later day on which these rows change.
///
/// # Errors
/// The first pair that does not, with the day.
pub fn check_order(
    rows: &[PolicyRow],
    authority: &str,
    from: NaiveDate,
) -> Result<(), OutOfBounds> {
    let mut day = Some(from);
    while let Some(on) = day {
        let policy = Policy::at(rows, authority, on);
        IN_ORDER
            .iter()
            .flat_map(|pair| Tier::ALL.iter().map(move |tier| (*pair, *tier)))
            .try_for_each(|(pair, tier)| in_order(&policy, pair, tier, on))?;
        day = policy.changes_on();
    }
    Ok(())
}

fn in_order(
    policy: &Policy,
    (first, then): (PolicyKey, PolicyKey),
    tier: Tier,
    on: NaiveDate,
) -> Result<(), OutOfBounds> {
    let value = |key| policy.find(key, tier).map(|row| row.period);
    match (value(first), value(then)) {
        (Some(sooner), Some(later)) if is_longer(sooner, later) => Err(OutOfBounds::Order {
            day: spoken(on),
            first: first.label(),
            first_value: sooner.words(),
            then: then.label(),
            then_value: later.words(),
        }),
        _ => Ok(()),
    }
}

fn is_longer(one: Period, other: Period) -> bool {
    if one.unit == other.unit {
        one.value > other.value
    } else {
        days(one) > days(other)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::calendar::Calendar;
    use crate::rules::duty::{DutyKind, Purpose};
    use crate::rules::escalation::{Ladder, LapseState, Post, Step, owed};
    use crate::rules::policy::{PolicySet, defaults};
    use crate::rules::schedule::{Entry, first_checks};
    use crate::rules::schedule::{find_child, new_attempt, next_check};
    use chrono::Days;
    use proptest::prelude::*;

    fn of(value: u32, unit: Unit) -> Period {
        Period { value, unit }
    }

    fn refused(key: PolicyKey, value: u32, unit: Unit) -> String {
        check(key, of(value, unit)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_shipped_is_within_the_bounds_and_in_order() {
        for row in defaults() {
            assert_eq!(check(row.key, row.period), Ok(()), "{:?}", row.key);
        }
        let today = "2026-11-23".parse().unwrap();
        assert_eq!(check_order(&defaults(), "884", today), Ok(()));
    }

    #[test]
    fn a_refusal_names_the_bound_and_its_source() {
        assert_eq!(
            refused(PolicyKey::RecurringCheck, 13, Unit::Month),
            "Recurring check must be 12 months or fewer (the 2019 guidance recommends contact at least once a year)"
        );
        assert_eq!(
            refused(PolicyKey::S437Notice, 14, Unit::CalendarDay),
            "Notice under section 437 must be 15 calendar days or more (s.437(2) Education Act 1996: not less than 15 days beginning with the day of service; at most Bexley’s 13 weeks and 1 day)"
        );
        assert_eq!(
            refused(PolicyKey::FirstContact, 2, Unit::Times),
            "First contact is counted in calendar days, working days, weeks or months, not in times"
        );
        assert_eq!(
            refused(PolicyKey::ContactsNotInPerson, 2, Unit::Week),
            "Contacts without meeting that raise a check is counted in times, not in weeks"
        );
        assert!(refused(PolicyKey::FirstMeeting, 5, Unit::SchoolDay).contains("in August too"));
        assert!(refused(PolicyKey::LapseToManager, 0, Unit::WorkingDay).contains("1 working day"));
    }

    #[test]
    fn a_year_is_a_year_in_every_unit() {
        let key = PolicyKey::RecurringCheck;
        for (most, unit) in [
            (365, Unit::CalendarDay),
            (52, Unit::Week),
            (12, Unit::Month),
        ] {
            assert_eq!(check(key, of(most, unit)), Ok(()), "{unit:?}");
            assert!(check(key, of(most + 1, unit)).is_err(), "{unit:?}");
        }
    }

    #[test]
    fn the_ladder_stays_in_order_now_and_later() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let row = |key, value, from| PolicyRow {
            authority: Some("884".to_owned()),
            key,
            tier: None,
            period: of(value, Unit::WorkingDay),
            source: "test".to_owned(),
            set: PolicySet::Default,
            confirmed: true,
            effective_from: Some(day(from)),
            effective_to: None,
        };
        let mut rows = defaults();
        rows.push(row(PolicyKey::LapseToManager, 10, "2026-12-01"));
        assert_eq!(check_order(&rows, "884", day("2026-11-23")), Ok(()));
        rows.push(row(PolicyKey::LapseToHeadOfService, 9, "2027-01-04"));
        let refused = check_order(&rows, "884", day("2026-11-23")).unwrap_err();
        assert!(
            refused.to_string().starts_with(
                "On 4 January 2027 “Lapse goes to the manager” would be 10 working days"
            ),
            "{refused}"
        );
        assert_eq!(check_order(&rows, "885", day("2026-11-23")), Ok(()));
    }

    prop_compose! {
        fn a_value(key: PolicyKey)(
            unit in prop::sample::select(Unit::ALL),
            value in prop_oneof![0..400u32, any::<u32>()],
        ) -> Option<PolicyRow> {
            check(key, of(value, unit)).ok().map(|()| PolicyRow {
                authority: Some("884".to_owned()),
                key,
                tier: None,
                period: of(value, unit),
                source: "test".to_owned(),
                set: PolicySet::Default,
                confirmed: true,
                effective_from: Some("2020-01-01".parse().unwrap()),
                effective_to: None,
            })
        }
    }

    fn any_policy() -> impl Strategy<Value = Vec<PolicyRow>> {
        let rows: Vec<_> = PolicyKey::ALL.iter().map(|key| a_value(*key)).collect();
        rows.prop_map(|rows| {
            defaults()
                .into_iter()
                .chain(rows.into_iter().flatten())
                .collect()
        })
    }

    /// Every check that the schedule can owe, counted from one day.
    fn every_check(
        on: NaiveDate,
        tier: Tier,
        policy: &Policy,
        calendar: &Calendar,
    ) -> Vec<(DutyKind, NaiveDate)> {
        let mut owed = first_checks(&Entry::Notified { received_on: on }, tier, policy, calendar);
        owed.extend(
            [DutyKind::FirstMeeting, DutyKind::SecondCheck]
                .iter()
                .filter_map(|kind| next_check(*kind, on, tier, policy, calendar)),
        );
        owed.push(new_attempt(Purpose::SeeChild, on, tier, policy, calendar));
        owed.push(find_child(on, tier, policy, calendar));
        owed.into_iter()
            .map(|owed| (owed.kind, owed.due_on))
            .collect()
    }

    proptest! {
           #[test]
           fn whatever_is_accepted_every_check_comes_due_within_a_year(
               rows in any_policy(), days in 735_000..745_000i32,
           ) {
               let on = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
               let calendar = Calendar::england();
               let policy = Policy::at(&rows, "884", on);
               for tier in Tier::ALL {
                   for (kind, due_on) in every_check(on, *tier, &policy, &calendar) {
                       prop_assert!(due_on > on && due_on <= on + Days::new(366), "{kind:?} {tier:?} {due_on}");
                   }
                   for kind in DutyKind::ALL {
                       let period = policy.always(kind.policy_key(), *tier).period();
                       prop_assert!(period.after(on, &calendar) > on, "{kind:?}");
                       prop_assert!(period.after(on, &calendar) <= on + Days::new(366), "{kind:?}");
                   }
                   let lapse = LapseState {
    ladder: Ladder::Welfare, owner: Post::Officer, due_on: on, opened_on: on, tier: *tier, round: 0, plan_by: None, planned_on: None, closed: false };
                   let steps = owed(&lapse, &policy, &calendar, on + Days::new(40));
                   prop_assert_eq!(steps.count(), Step::LADDER.len());
               }
           }
       }
}
