//! A child's times on the register as lists tell of them: a row a spell, in any order, in one file or in many. They make one
//! history, and the latest of them says whether the child is on the register now.

use chrono::NaiveDate;

use super::codes::ClosureReason;

/// A time on the register, as somebody tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Since when, where it is said.
    pub from: Option<NaiveDate>,
    /// The last day and the door; none while it lasts.
    pub ended: Option<(NaiveDate, ClosureReason)>,
}

/// A time on the register that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub reason: ClosureReason,
}

impl Past {
    /// A spell that does not say since when was one day at least.
    fn of(spell: &Spell) -> Option<Self> {
        let (to, reason) = spell.ended?;
        Some(Self {
            from: spell.from.unwrap_or(to).min(to),
            to,
            reason,
        })
    }

    /// A child who left on a day may come back on it.
    fn overlaps(&self, other: &Self) -> bool {
        self.from == other.from
            || self.to == other.to
            || (self.from < other.to && other.from < self.to)
    }
}

/// What several spells of one child come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// What is over, the oldest first.
    pub past: Vec<Past>,
    /// Whether one lasts, and since when where that is said.
    pub lasts_since: Option<Option<NaiveDate>>,
    /// Places of the spells that contradict the others: they say that it was over at a time at which another says that it was
    /// not, or that it ended on another day.
    pub contradicting: Vec<usize>,
}

/// Puts the spells of one child in order.
#[must_use]
pub fn history(spells: &[Spell]) -> History {
    let mut history = History::default();
    let mut lasting = spells
        .iter()
        .filter(|spell| spell.ended.is_none())
        .peekable();
    if lasting.peek().is_some() {
        history.lasts_since = Some(lasting.filter_map(|spell| spell.from).max());
    }
    let since = history.lasts_since.flatten();
    let mut past: Vec<(Past, usize)> = spells
        .iter()
        .enumerate()
        .filter_map(|(place, spell)| Some((Past::of(spell)?, place)))
        .collect();
    past.sort_by_key(|(past, place)| (past.from, past.to, past.reason.as_str(), *place));
    for (one, place) in past {
        let is_over = since.is_none_or(|since| one.to <= since);
        let said_before = history.past.contains(&one);
        let overlaps = history.past.iter().any(|other| other.overlaps(&one));
        match (said_before, is_over && !overlaps) {
            (true, _) => {}
            (false, true) => history.past.push(one),
            (false, false) => history.contradicting.push(place),
        }
    }
    history
}

/// Since when a child who came back is on the register: the day that is said, or today if that day lies before the end of the last
/// time. Nobody is on the register twice at a time.
#[must_use]
pub fn back_since(said: NaiveDate, ended: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    match ended {
        Some(ended) if said < ended => today,
        _ => said,
    }
}

/// What a spell is beside those that the register holds of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// It says what is held.
    Held,
    /// An earlier time on the register that is not held.
    Adds(Past),
    /// The child, whose record is closed, is on the register again from this day.
    Back(NaiveDate),
    /// The record is closed, and the list has the child as current without a day after the closing.
    AskWhetherBack,
    /// The record is open, and the list says that it ended.
    AskWhetherEnded,
    /// It says other days than those that are held.
    Contradicts,
}

/// Compares a spell with those that are held, of which at most one lasts.
#[must_use]
pub fn beside(held: &[Spell], told: &Spell) -> Beside {
    let lasts = held.iter().find(|spell| spell.ended.is_none());
    let past: Vec<Past> = held.iter().filter_map(Past::of).collect();
    let Some(told_past) = Past::of(told) else {
        let last_end = past.iter().map(|past| past.to).max();
        return match (lasts, told.from, last_end) {
            (Some(_), _, _) => Beside::Held,
            (None, Some(from), Some(end)) if from >= end => Beside::Back(from),
            (None, _, _) => Beside::AskWhetherBack,
        };
    };
    let is_held = |past: &Past| {
        past.to == told_past.to && (told.from.is_none() || past.from == told_past.from)
    };
    if past.iter().any(is_held) {
        return Beside::Held;
    }
    if let Some(lasts) = lasts
        && lasts.from.is_none_or(|since| told_past.to > since)
    {
        return Beside::AskWhetherEnded;
    }
    match past.iter().any(|past| past.overlaps(&told_past)) {
        true => Beside::Contradicts,
        false => Beside::Adds(told_past),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn whoever_is_back_is_not_on_the_register_twice_at_a_time() {
        let (ended, today) = (Some(day("2025-09-01")), day("2026-11-23"));
        for (said, ended, since) in [
            ("2025-10-01", ended, "2025-10-01"),
            ("2025-09-01", ended, "2025-09-01"),
            ("2025-08-31", ended, "2026-11-23"),
            ("2020-01-01", None, "2020-01-01"),
        ] {
            assert_eq!(back_since(day(said), ended, today), day(since), "{said}");
        }
    }

    fn lasting(from: Option<&str>) -> Spell {
        Spell {
            from: from.map(day),
            ended: None,
        }
    }

    fn over(from: Option<&str>, to: &str) -> Spell {
        Spell {
            from: from.map(day),
            ended: Some((day(to), ClosureReason::ReturnedToSchool)),
        }
    }

    fn past(from: &str, to: &str) -> Past {
        Past {
            from: day(from),
            to: day(to),
            reason: ClosureReason::ReturnedToSchool,
        }
    }

    #[test]
    fn the_latest_says_whether_it_lasts() {
        let first = over(Some("2023-09-01"), "2025-09-01");
        let second = lasting(Some("2026-10-01"));
        for spells in [[first, second], [second, first]] {
            let history = history(&spells);
            assert_eq!(history.past, [past("2023-09-01", "2025-09-01")]);
            assert_eq!(history.lasts_since, Some(Some(day("2026-10-01"))));
            assert!(history.contradicting.is_empty());
        }
        let ended = history(&[first, over(Some("2026-10-01"), "2026-11-01")]);
        assert_eq!((ended.past.len(), ended.lasts_since), (2, None));
    }

    #[test]
    fn what_is_said_twice_is_one_spell() {
        let history = history(&[lasting(None), lasting(Some("2026-10-01")), lasting(None)]);
        assert_eq!(history.lasts_since, Some(Some(day("2026-10-01"))));
        let twice = super::history(&[over(None, "2025-09-01"), over(None, "2025-09-01")]);
        assert_eq!(twice.past, [past("2025-09-01", "2025-09-01")]);
        assert!(twice.contradicting.is_empty());
    }

    #[test]
    fn what_cannot_both_be_is_named() {
        let one = lasting(Some("2023-09-01"));
        let other = over(Some("2023-09-01"), "2025-09-01");
        assert_eq!(history(&[one, other]).contradicting, [1]);
        let two_ends = history(&[other, over(Some("2023-09-01"), "2025-12-01")]);
        assert_eq!(two_ends.contradicting, [1]);
    }

    #[test]
    fn a_list_beside_what_is_held() {
        let open = [
            over(Some("2020-09-01"), "2021-07-01"),
            lasting(Some("2023-09-01")),
        ];
        let closed = [over(Some("2023-09-01"), "2025-09-01")];
        for (held, told, expected) in [
            (&open[..], lasting(None), Beside::Held),
            (&open, lasting(Some("2026-01-01")), Beside::Held),
            (&open, over(Some("2020-09-01"), "2021-07-01"), Beside::Held),
            (&open, over(None, "2021-07-01"), Beside::Held),
            (
                &open,
                over(Some("2022-09-01"), "2023-09-01"),
                Beside::Adds(past("2022-09-01", "2023-09-01")),
            ),
            (
                &open,
                over(Some("2023-09-01"), "2026-09-01"),
                Beside::AskWhetherEnded,
            ),
            (&open, over(None, "2026-09-01"), Beside::AskWhetherEnded),
            (
                &open,
                over(Some("2020-10-01"), "2021-08-01"),
                Beside::Contradicts,
            ),
            (
                &closed,
                lasting(Some("2026-10-01")),
                Beside::Back(day("2026-10-01")),
            ),
            (
                &closed,
                lasting(Some("2025-09-01")),
                Beside::Back(day("2025-09-01")),
            ),
            (&closed, lasting(Some("2024-10-01")), Beside::AskWhetherBack),
            (&closed, lasting(None), Beside::AskWhetherBack),
            (
                &closed,
                over(Some("2023-09-01"), "2025-09-01"),
                Beside::Held,
            ),
            (
                &closed,
                over(Some("2026-01-01"), "2026-03-01"),
                Beside::Adds(past("2026-01-01", "2026-03-01")),
            ),
        ] {
            assert_eq!(beside(held, &told), expected, "{told:?} beside {held:?}");
        }
    }

    fn spell() -> impl Strategy<Value = Spell> {
        (prop::option::of(0u64..2000), prop::option::of(0u64..2000)).prop_map(|(from, to)| Spell {
            from: from.map(|days| day("2018-01-01") + chrono::Days::new(days)),
            ended: to.map(|days| {
                (
                    day("2018-01-01") + chrono::Days::new(days),
                    ClosureReason::Moved,
                )
            }),
        })
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter(spells in prop::collection::vec(spell(), 0..6), by in 0usize..6) {
            let mut turned = spells.clone();
            turned.rotate_left(if spells.is_empty() { 0 } else { by % spells.len() });
            let (one, other) = (history(&spells), history(&turned));
            prop_assert_eq!(&one.past, &other.past);
            prop_assert_eq!(one.lasts_since, other.lasts_since);
            prop_assert_eq!(one.contradicting.len(), other.contradicting.len());
        }

        #[test]
        fn no_past_overlaps_another(spells in prop::collection::vec(spell(), 0..6)) {
            let history = history(&spells);
            for (place, one) in history.past.iter().enumerate() {
                prop_assert!(one.from <= one.to);
                prop_assert!(!history.past.iter().skip(place + 1).any(|other| one.overlaps(other)));
            }
        }

        #[test]
        fn what_was_taken_is_held(spells in prop::collection::vec(spell(), 1..5)) {
            let history = history(&spells);
            let held: Vec<Spell> = history
                .past
                .iter()
                .map(|past| Spell { from: Some(past.from), ended: Some((past.to, past.reason)) })
                .chain(history.lasts_since.map(|since| Spell { from: since, ended: None }))
                .collect();
            for past in &history.past {
                let told = Spell { from: Some(past.from), ended: Some((past.to, past.reason)) };
                prop_assert_eq!(beside(&held, &told), Beside::Held);
            }
        }
    }
}
