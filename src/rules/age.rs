//! Compulsory school age and the expected year group, both from the date of birth.

use super::calendar::add_months;
use super::terms::academic_year;
use chrono::{Datelike, Days, NaiveDate};
use std::fmt;

/// The time in which a child is of compulsory school age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchoolAge {
    /// The prescribed day on which it begins.
    pub starts: NaiveDate,
    /// The last Friday in June on which it ends; the child is of compulsory school age on that day.
    pub ends: NaiveDate,
}

impl SchoolAge {
    /// Whether the child is of compulsory school age on this day.
    #[must_use]
    pub fn is_on(self, day: NaiveDate) -> bool {
        self.starts <= day && day <= self.ends
    }
}

/// When a child born on this day is of compulsory school age: from the prescribed day (31 December, 31 March,
/// 31 August) on or next after the fifth birthday, to the last Friday in June of the school year in which the
/// child turns 16, even if the birthday is later that summer.
#[must_use]
pub fn compulsory_school_age(born: NaiveDate) -> SchoolAge {
    let fifth_birthday = add_months(born, 5 * 12);
    let sixteenth_birthday = add_months(born, 16 * 12);
    SchoolAge {
        starts: prescribed_day_on_or_after(fifth_birthday),
        ends: last_friday_in_june(academic_year(sixteenth_birthday).end_year()),
    }
}

fn prescribed_day_on_or_after(day: NaiveDate) -> NaiveDate {
    let (month, last) = match day.month() {
        1..=3 => (3, 31),
        4..=8 => (8, 31),
        _ => (12, 31),
    };
    NaiveDate::from_ymd_opt(day.year(), month, last).unwrap_or(NaiveDate::MAX)
}

fn last_friday_in_june(year: i32) -> NaiveDate {
    let Some(last) = NaiveDate::from_ymd_opt(year, 6, 30) else {
        return NaiveDate::MAX;
    };
    let days_past_friday = (last.weekday().num_days_from_monday() + 3) % 7;
    last.checked_sub_days(Days::new(u64::from(days_past_friday)))
        .unwrap_or(last)
}

/// The year group a child of this age is expected in; the actual one is recorded apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum YearGroup {
    BelowReception,
    Reception,
    /// Year 1 to Year 11.
    Year(u8),
    /// Above Year 11.
    AboveYear11,
}

/// The expected year group on a day: the age on the 31 August before the academic year, less four.
#[must_use]
pub fn expected_year_group(born: NaiveDate, on: NaiveDate) -> YearGroup {
    let born_after_august = i32::from(born.month() > 8);
    let age_on_31_august = academic_year(on).start_year - born.year() - born_after_august;
    match age_on_31_august - 4 {
        ..0 => YearGroup::BelowReception,
        0 => YearGroup::Reception,
        year @ 1..=11 => u8::try_from(year).map_or(YearGroup::AboveYear11, YearGroup::Year),
        _ => YearGroup::AboveYear11,
    }
}

impl YearGroup {
    /// The census code, `R` or `1` to `11`; below and above that, keys of Hearth's own.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::BelowReception => "below_r".to_owned(),
            Self::Reception => "R".to_owned(),
            Self::Year(year) => year.to_string(),
            Self::AboveYear11 => "above_11".to_owned(),
        }
    }
}

impl fmt::Display for YearGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowReception => f.write_str("Nursery or younger"),
            Self::Reception => f.write_str("Reception"),
            Self::Year(year) => write!(f, "Year {year}"),
            Self::AboveYear11 => f.write_str("Year 12 or above"),
        }
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
    fn compulsory_school_age_of_children_born_on_awkward_days() {
        let vectors = [
            ("2007-09-23", "2012-12-31", "2024-06-28"),
            ("2019-02-10", "2024-03-31", "2035-06-29"),
            ("2020-08-31", "2025-08-31", "2036-06-27"),
            ("2020-09-01", "2025-12-31", "2037-06-26"),
            ("2020-12-31", "2025-12-31", "2037-06-26"),
            ("2021-01-01", "2026-03-31", "2037-06-26"),
            ("2021-03-31", "2026-03-31", "2037-06-26"),
            ("2021-04-01", "2026-08-31", "2037-06-26"),
            ("2010-08-31", "2015-08-31", "2026-06-26"),
            ("2010-09-01", "2015-12-31", "2027-06-25"),
            ("2020-02-29", "2025-03-31", "2036-06-27"),
        ];
        for (born, starts, ends) in vectors {
            let age = compulsory_school_age(day(born));
            assert_eq!((age.starts, age.ends), (day(starts), day(ends)), "{born}");
        }
    }

    #[test]
    fn last_fridays_in_june() {
        let fridays = [
            "2025-06-27",
            "2026-06-26",
            "2027-06-25",
            "2028-06-30",
            "2029-06-29",
            "2030-06-28",
            "2031-06-27",
        ];
        for friday in fridays {
            assert_eq!(last_friday_in_june(day(friday).year()), day(friday));
        }
    }

    #[test]
    fn the_first_and_the_last_day_are_of_compulsory_school_age() {
        let age = compulsory_school_age(day("2010-08-31"));
        assert!(!age.is_on(day("2015-08-30")));
        assert!(age.is_on(day("2015-08-31")));
        assert!(age.is_on(day("2026-06-26")));
        assert!(!age.is_on(day("2026-06-27")));
    }

    #[test]
    fn expected_year_groups() {
        let today = day("2026-11-23");
        let group = |born| expected_year_group(day(born), today).to_string();
        assert_eq!(group("2020-09-01"), "Year 1");
        assert_eq!(group("2020-08-31"), "Year 2");
        assert_eq!(group("2010-09-01"), "Year 11");
        assert_eq!(group("2010-08-31"), "Year 12 or above");
        assert_eq!(group("2022-08-31"), "Reception");
        assert_eq!(group("2022-09-01"), "Nursery or younger");
        assert_eq!(expected_year_group(day("2022-08-31"), today).code(), "R");
    }

    proptest! {
        #[test]
        fn school_age_lasts_about_eleven_years(days in 700_000..780_000i32) {
            let age = compulsory_school_age(NaiveDate::from_num_days_from_ce_opt(days).unwrap());
            let lasts = (age.ends - age.starts).num_days();
            prop_assert!((3_800..=4_350).contains(&lasts), "{lasts} days");
        }

        #[test]
        fn no_date_is_too_far_away(born in any::<i32>(), on in any::<i32>()) {
            let date = |days| NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(NaiveDate::MAX);
            let _ = compulsory_school_age(date(born));
            let _ = expected_year_group(date(born), date(on));
        }
    }
}
