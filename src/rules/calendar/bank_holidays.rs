//! The bank holidays of England: the published dates, and the rules for years not yet published.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::sync::{Arc, LazyLock};

use super::on_weekdays;

/// Years for which the calendar knows holidays: long enough for every date of birth and every retention rule.
const KNOWN_YEARS: std::ops::RangeInclusive<i32> = 1950..=2150;

/// The years for which GOV.UK has published the holidays of England and Wales (bank-holidays.json, August 2026).
const PUBLISHED_YEARS: std::ops::RangeInclusive<i32> = 2025..=2028;

/// Every bank holiday of the years the calendar knows, worked out once.
pub(super) static ALL: LazyLock<Arc<[NaiveDate]>> = LazyLock::new(|| {
    let by_rule = KNOWN_YEARS
        .filter(|year| !PUBLISHED_YEARS.contains(year))
        .flat_map(by_rule);
    on_weekdays(by_rule.chain(published()).map(|(day, _)| day))
});

/// The bank holidays of a year with their names.
pub(super) fn of(year: i32) -> Vec<(NaiveDate, &'static str)> {
    if PUBLISHED_YEARS.contains(&year) {
        return published().filter(|(day, _)| day.year() == year).collect();
    }
    let mut days = if KNOWN_YEARS.contains(&year) {
        by_rule(year)
    } else {
        Vec::new()
    };
    days.sort_unstable();
    days
}

/// The published holidays; substitute days stand for those that fall on a weekend.
fn published() -> impl Iterator<Item = (NaiveDate, &'static str)> {
    include_str!("bank_holidays.csv")
        .lines()
        .filter_map(|line| {
            let (day, name) = line.split_once(',')?;
            Some((day.parse().ok()?, name))
        })
}

/// The holidays of a year by today's rules. A holiday proclaimed or moved for one year cannot be foreseen: an
/// administrator enters it.
fn by_rule(year: i32) -> Vec<(NaiveDate, &'static str)> {
    let new_year = NaiveDate::from_ymd_opt(year, 1, 1).map(first_weekday_from);
    let easter = easter_sunday(year);
    let good_friday = easter.and_then(|sunday| sunday.checked_sub_days(Days::new(2)));
    let easter_monday = easter.and_then(|sunday| sunday.checked_add_days(Days::new(1)));
    let early_may = NaiveDate::from_weekday_of_month_opt(year, 5, Weekday::Mon, 1);
    let spring = last_monday(year, 5);
    let summer = last_monday(year, 8);
    let (christmas, boxing_day) = christmas_and_boxing_day(year);
    [
        (new_year, "New Year’s Day"),
        (good_friday, "Good Friday"),
        (easter_monday, "Easter Monday"),
        (early_may, "Early May bank holiday"),
        (spring, "Spring bank holiday"),
        (summer, "Summer bank holiday"),
        (christmas, "Christmas Day"),
        (boxing_day, "Boxing Day"),
    ]
    .into_iter()
    .filter_map(|(day, name)| Some((day?, name)))
    .collect()
}

/// A holiday on a weekend is kept on the next Monday.
fn first_weekday_from(day: NaiveDate) -> NaiveDate {
    let days_to_monday = match day.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    day.checked_add_days(Days::new(days_to_monday))
        .unwrap_or(day)
}

/// The two days after each other, and their substitutes where one or both fall on a weekend: the day that falls on
/// a weekday keeps its date.
fn christmas_and_boxing_day(year: i32) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let (christmas, boxing_day) = match december(year, 25).map(|day| day.weekday()) {
        Some(Weekday::Fri) => (25, 28),
        Some(Weekday::Sat) => (27, 28),
        Some(Weekday::Sun) => (27, 26),
        _ => (25, 26),
    };
    (december(year, christmas), december(year, boxing_day))
}

fn december(year: i32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 12, day)
}

/// The last Monday of a month that has 31 days.
fn last_monday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let days_past_monday = u64::from(last.weekday().num_days_from_monday());
    last.checked_sub_days(Days::new(days_past_monday))
}

/// Easter Sunday of the Gregorian calendar, by the anonymous Gregorian computus.
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let of_century = year.rem_euclid(100);
    let correction = (century + 8).div_euclid(25);
    let moon_correction = (century - correction + 1).div_euclid(3);
    let epact =
        (19 * golden + century - century.div_euclid(4) - moon_correction + 15).rem_euclid(30);
    let weekday = (32 + 2 * century.rem_euclid(4) + 2 * of_century.div_euclid(4)
        - epact
        - of_century.rem_euclid(4))
    .rem_euclid(7);
    let late_moon = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let day_count = epact + weekday - 7 * late_moon + 114;
    let month = u32::try_from(day_count.div_euclid(31)).ok()?;
    let day = u32::try_from(day_count.rem_euclid(31) + 1).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_give_what_was_published() {
        let days = |found: Vec<(NaiveDate, &'static str)>| {
            let days = found.into_iter().map(|(day, _)| day);
            days.collect::<Vec<_>>()
        };
        let mut by_rule: Vec<_> = PUBLISHED_YEARS
            .flat_map(|year| days(by_rule(year)))
            .collect();
        by_rule.sort_unstable();
        assert_eq!(days(published().collect()), by_rule);
    }

    #[test]
    fn holidays_have_names_in_the_order_of_the_year() {
        let named = |year| {
            let names = of(year)
                .into_iter()
                .map(|(day, name)| format!("{day} {name}"));
            names.collect::<Vec<_>>()
        };
        assert_eq!(named(2026)[7], "2026-12-28 Boxing Day (substitute day)");
        assert_eq!(named(2030)[1], "2030-04-19 Good Friday");
        assert_eq!(named(2030).len(), 8);
        assert!(named(1949).is_empty());
    }

    #[test]
    fn easter_of_other_years() {
        let easter = |year| easter_sunday(year).unwrap().to_string();
        assert_eq!(easter(2000), "2000-04-23");
        assert_eq!(easter(2024), "2024-03-31");
        assert_eq!(easter(2038), "2038-04-25");
    }
}
