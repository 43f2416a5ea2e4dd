//! Which copies are let go. It is counted by copies and not by the calendar: while none is made, none is let go, and the newest
//! never is.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDateTime, TimeDelta};

use crate::clock::london_day;

/// Of so many weeks that have a copy the newest is kept.
const WEEKS: usize = 8;

/// The copies that are of no more use, by the moments (UTC) at which they were made. Kept are all of the 24 hours before the
/// newest, and the newest of each of the last `days` days and 8 weeks that have one.
pub fn let_go(made: &[NaiveDateTime], days: usize) -> Vec<NaiveDateTime> {
    let mut made = made.to_vec();
    made.sort();
    made.reverse();
    let Some(newest) = made.first().copied() else {
        return Vec::new();
    };
    let mut kept: BTreeSet<NaiveDateTime> = made
        .iter()
        .copied()
        .filter(|it| newest - *it < TimeDelta::days(1))
        .collect();
    kept.extend(newest_of_each(&made, days, london_day));
    kept.extend(newest_of_each(&made, WEEKS, |it| london_day(it).iso_week()));
    made.retain(|it| !kept.contains(it));
    made
}

/// Of moments, the newest first, the first of each of the first so many spans.
fn newest_of_each<S: Ord>(
    made: &[NaiveDateTime],
    number: usize,
    span: impl Fn(NaiveDateTime) -> S,
) -> Vec<NaiveDateTime> {
    let mut seen = BTreeSet::new();
    let mut newest = made.to_vec();
    newest.retain(|it| seen.insert(span(*it)));
    newest.truncate(number);
    newest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn moments(texts: &[&str]) -> Vec<NaiveDateTime> {
        let texts = texts.iter();
        texts
            .map(|it| format!("{it}:00").parse().unwrap())
            .collect()
    }

    #[test]
    fn nothing_is_let_go_before_there_is_more_than_is_kept() {
        assert!(let_go(&[], 14).is_empty());
        assert!(let_go(&moments(&["2026-11-23T09:00"]), 1).is_empty());
        let two_years_apart = moments(&["2024-11-23T09:00", "2026-11-23T09:00"]);
        assert!(let_go(&two_years_apart, 1).is_empty(), "a week of its own");
    }

    #[test]
    fn of_a_day_that_is_past_the_newest_is_kept() {
        let made = moments(&[
            "2026-11-20T09:00",
            "2026-11-20T17:00",
            "2026-11-22T17:00",
            "2026-11-23T09:00",
            "2026-11-23T17:00",
        ]);
        assert_eq!(
            let_go(&made, 14),
            moments(&["2026-11-20T09:00", "2026-11-22T17:00"][..1])
        );
    }

    #[test]
    fn a_day_is_a_day_in_england() {
        let made = moments(&["2026-07-01T22:30", "2026-07-01T23:30", "2026-07-05T09:00"]);
        assert!(
            let_go(&made, 14).is_empty(),
            "half past eleven and half past midnight"
        );
    }

    #[test]
    fn after_a_year_of_days_there_are_the_last_days_and_weeks() {
        let first = moments(&["2026-01-01T09:00"]).remove(0);
        let mut kept: Vec<NaiveDateTime> = Vec::new();
        for day in 0..365 {
            kept.push(first + TimeDelta::days(day));
            let gone = let_go(&kept, 14);
            kept.retain(|it| !gone.contains(it));
        }
        // The last two of the weeks, and the one that they share, are among the days.
        assert_eq!(kept.len(), 14 + 8 - 3, "{kept:?}");
        let last = first + TimeDelta::days(364);
        assert!(kept.contains(&last));
        assert!(kept.iter().all(|it| last - *it < TimeDelta::weeks(8)));
    }
}
