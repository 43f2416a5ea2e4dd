//! School terms and the holidays between them, and academic years. Term dates differ by authority, which enters its own.

use chrono::{Datelike, NaiveDate};

/// A term, or half a term, of an authority's schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Such as "Autumn 1".
    pub name: String,
    /// The first day of school.
    pub first_day: NaiveDate,
    /// The last.
    pub last_day: NaiveDate,
}

/// A time without school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// Its first day.
    pub first_day: NaiveDate,
    /// Its last.
    pub last_day: NaiveDate,
}

/// The first school holiday that whoever goes from one day to a later one has jumped: it is over by then, and at least a
/// week of it lies between. `terms` are in order. (The visit of August 2023 was put off from the middle of a holiday to the
/// first days after it.)
///
/// For a summer for which the authority entered no terms, August counts: no published dates are needed to know that
/// schools are closed then.
#[must_use]
pub fn holiday_between(terms: &[Term], after: NaiveDate, before: NaiveDate) -> Option<Holiday> {
    let between_terms = terms.windows(2).filter_map(|pair| match pair {
        [one, next] => Some(Holiday {
            first_day: one.last_day.succ_opt()?,
            last_day: next.first_day.pred_opt()?,
        })
        .filter(|holiday| is_a_week(holiday.first_day, holiday.last_day)),
        _ => None,
    });
    let augusts = (after.year()..=before.year()).filter_map(august);
    let unknown = augusts.filter(|august| !is_covered(terms, *august));
    let mut jumped: Vec<Holiday> = between_terms
        .chain(unknown)
        .filter(|holiday| {
            let first_jumped = after.succ_opt().unwrap_or(after).max(holiday.first_day);
            holiday.last_day < before && is_a_week(first_jumped, holiday.last_day)
        })
        .collect();
    jumped.sort_by_key(|holiday| holiday.first_day);
    jumped.first().copied()
}

/// A weekend between two terms is no holiday.
fn is_a_week(first_day: NaiveDate, last_day: NaiveDate) -> bool {
    (last_day - first_day).num_days() >= 6
}

fn august(year: i32) -> Option<Holiday> {
    Some(Holiday {
        first_day: NaiveDate::from_ymd_opt(year, 8, 1)?,
        last_day: NaiveDate::from_ymd_opt(year, 8, 31)?,
    })
}

/// Whether terms on both sides of a summer say when its holiday is.
fn is_covered(terms: &[Term], summer: Holiday) -> bool {
    terms.iter().any(|term| term.last_day < summer.last_day)
        && terms.iter().any(|term| term.first_day > summer.first_day)
}

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

    fn term(name: &str, first_day: &str, last_day: &str) -> Term {
        Term {
            name: name.to_owned(),
            first_day: day(first_day),
            last_day: day(last_day),
        }
    }

    #[test]
    fn a_holiday_is_jumped_when_it_is_over_and_a_week_of_it_lies_between() {
        let terms = [
            term("Autumn 1", "2026-09-02", "2026-10-23"),
            term("Autumn 2", "2026-11-02", "2026-12-18"),
            term("Spring 1", "2027-01-04", "2027-02-12"),
        ];
        let jumped = |after, before| {
            holiday_between(&terms, day(after), day(before)).map(|it| it.first_day.to_string())
        };
        assert_eq!(
            jumped("2026-12-18", "2027-01-04"),
            Some("2026-12-19".to_owned())
        );
        assert_eq!(
            jumped("2026-12-21", "2027-01-04"),
            Some("2026-12-19".to_owned())
        );
        assert_eq!(jumped("2026-12-29", "2027-01-04"), None, "its last days");
        assert_eq!(jumped("2026-12-18", "2027-01-03"), None, "within it");
        assert_eq!(
            jumped("2026-10-20", "2027-01-05"),
            Some("2026-10-24".to_owned())
        );
        assert_eq!(jumped("2026-11-03", "2026-12-18"), None);
    }

    #[test]
    fn august_is_a_holiday_where_no_terms_say_otherwise() {
        let jumped = |terms: &[Term]| holiday_between(terms, day("2027-07-20"), day("2027-09-02"));
        assert_eq!(jumped(&[]), august(2027));
        let terms = [
            term("Summer 2", "2027-06-07", "2027-07-21"),
            term("Autumn 1", "2027-09-01", "2027-10-22"),
        ];
        assert_eq!(jumped(&terms).unwrap().first_day, day("2027-07-22"));
        assert_eq!(
            holiday_between(&[], day("2027-08-28"), day("2027-09-02")),
            None
        );
    }

    #[test]
    fn the_first_and_the_last_year_there_are() {
        assert_eq!(academic_year(NaiveDate::MIN).first_day(), NaiveDate::MIN);
        assert_eq!(academic_year(NaiveDate::MAX).last_day(), NaiveDate::MAX);
    }
}
