//! Academic years. Term dates differ by authority and are not held here.

use chrono::{Datelike, NaiveDate};

/// A school year, from 1 September to 31 August.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AcademicYear {
    /// The calendar year in which it begins.
    pub start_year: i32,
}

/// The academic year in which a day lies.
#[must_use]
pub fn academic_year(on: NaiveDate) -> AcademicYear {
    let before_september = i32::from(on.month() < 9);
    AcademicYear {
        start_year: on.year() - before_september,
    }
}

impl AcademicYear {
    /// 1 September.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.start_year, 9, 1).unwrap_or(self.beyond_the_calendar())
    }

    /// 31 August of the next calendar year.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.end_year(), 8, 31).unwrap_or(self.beyond_the_calendar())
    }

    /// The calendar year in which it ends.
    #[must_use]
    pub fn end_year(self) -> i32 {
        self.start_year.saturating_add(1)
    }

    fn beyond_the_calendar(self) -> NaiveDate {
        if self.start_year < 0 {
            NaiveDate::MIN
        } else {
            NaiveDate::MAX
        }
    }
}

impl std::fmt::Display for AcademicYear {
    /// As the department writes it: 2026/27.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}/{:02}",
            self.start_year,
            self.end_year().rem_euclid(100)
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_turns_on_the_first_of_september() {
        assert_eq!(academic_year(day("2026-08-31")).start_year, 2025);
        assert_eq!(academic_year(day("2026-09-01")).start_year, 2026);
        let this = academic_year(day("2026-11-23"));
        assert_eq!(this.first_day(), day("2026-09-01"));
        assert_eq!(this.last_day(), day("2027-08-31"));
        assert_eq!(this.to_string(), "2026/27");
        assert_eq!(AcademicYear { start_year: 1999 }.to_string(), "1999/00");
    }

    #[test]
    fn the_first_and_the_last_year_there_are() {
        assert_eq!(academic_year(NaiveDate::MIN).first_day(), NaiveDate::MIN);
        assert_eq!(academic_year(NaiveDate::MAX).last_day(), NaiveDate::MAX);
    }
}
