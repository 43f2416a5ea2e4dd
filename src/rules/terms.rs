//! School terms and the holidays between them, and academic years. Term dates differ by authority, which enters its own.

use super::calendar::Calendar;
use super::dates::spoken;
use chrono::{Datelike, NaiveDate};

/// A term, or half a term, of an authority's schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Such as "Autumn 1".
    pub name: String,
    /// The first day of school.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// The longest term, in weeks: longer ones have lost their half term or have a wrong year.
const LONGEST_TERM: i64 = 20;
/// The longest holiday between two terms, in weeks. Where terms lie further apart, one between them was not entered.
const LONGEST_HOLIDAY: i64 = 8;
/// The years for which bank holidays are known, and so school days.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2150;

/// Why a term cannot be true.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermProblem {
    /// It has no name.
    #[error("Give the term a name, such as Autumn 1")]
    NoName,
    /// It ends before it begins.
    #[error("The last day must not be before the first")]
    EndsBeforeItBegins,
    /// Longer than any term.
    #[error("A term has at most {LONGEST_TERM} weeks. Check the years, or enter its halves")]
    TooLong,
    /// All its days are weekends or bank holidays.
    #[error(
        "No day of this term is a school day: all are weekends or bank holidays. Check both dates"
    )]
    NoSchoolDays,
    /// In a year that the calendar does not know.
    #[error("A term lies between 1950 and 2150. Check the years")]
    UnknownYear,
    /// Shares days with another.
    #[error("The days overlap with {0}, {1} to {2}. Remove that one first, or check the dates")]
    Overlaps(String, String, String),
}

impl TermProblem {
    /// Whether the first day is the one to mend; otherwise it is the last, or the name.
    #[must_use]
    pub const fn is_about(&self) -> TermPart {
        match self {
            Self::NoName => TermPart::Name,
            Self::UnknownYear | Self::Overlaps(..) => TermPart::FirstDay,
            Self::EndsBeforeItBegins | Self::TooLong | Self::NoSchoolDays => TermPart::LastDay,
        }
    }
}

/// A part of a term that a person can mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermPart {
    Name,
    FirstDay,
    LastDay,
}

/// Whether a term can be true beside the others of the authority.
///
/// # Errors
/// [`TermProblem`] says why it cannot.
pub fn check(term: &Term, others: &[Term], calendar: &Calendar) -> Result<(), TermProblem> {
    if term.name.trim().is_empty() {
        return Err(TermProblem::NoName);
    }
    if term.last_day < term.first_day {
        return Err(TermProblem::EndsBeforeItBegins);
    }
    if !YEARS.contains(&term.first_day.year()) || !YEARS.contains(&term.last_day.year()) {
        return Err(TermProblem::UnknownYear);
    }
    if (term.last_day - term.first_day).num_days() >= LONGEST_TERM * 7 {
        return Err(TermProblem::TooLong);
    }
    if calendar.next_working_day_on_or_after(term.first_day) > term.last_day {
        return Err(TermProblem::NoSchoolDays);
    }
    let shares =
        |other: &&Term| other.first_day <= term.last_day && term.first_day <= other.last_day;
    match others.iter().find(shares) {
        Some(other) => Err(TermProblem::Overlaps(
            other.name.clone(),
            spoken(other.first_day),
            spoken(other.last_day),
        )),
        None => Ok(()),
    }
}

/// The days between terms on which schools are closed; `terms` are in order. Two terms that lie further apart than any
/// holiday say nothing of the days between them.
pub fn days_between(terms: &[Term]) -> impl Iterator<Item = NaiveDate> + '_ {
    terms.windows(2).flat_map(|pair| {
        let (after, before) = match pair {
            [one, next] => (one.last_day, next.first_day),
            _ => (NaiveDate::MAX, NaiveDate::MAX),
        };
        let days = after
            .iter_days()
            .skip(1)
            .take_while(move |day| *day < before);
        let known = (before - after).num_days() <= LONGEST_HOLIDAY * 7;
        days.filter(move |_| known)
    })
}

/// A time without school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    pub first_day: NaiveDate,
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

/// Whether a holiday may lie between two days without anybody here knowing: for a week of them or more nobody entered the
/// terms. `terms` are in order.
#[must_use]
pub fn is_unknown(terms: &[Term], after: NaiveDate, before: NaiveDate) -> bool {
    let between = after.iter_days().skip(1).take_while(|day| *day < before);
    between
        .filter(|day| !is_known(terms, *day))
        .nth(6)
        .is_some()
}

/// Whether a day lies in a term that was entered, or in a holiday between two.
fn is_known(terms: &[Term], day: NaiveDate) -> bool {
    let in_term = |term: &Term| term.first_day <= day && day <= term.last_day;
    let in_holiday = |pair: &[Term]| match pair {
        [one, next] => {
            let weeks = (next.first_day - one.last_day).num_days() <= LONGEST_HOLIDAY * 7;
            weeks && one.last_day < day && day < next.first_day
        }
        _ => false,
    };
    terms.iter().any(in_term) || terms.windows(2).any(in_holiday)
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
    use crate::rules::policy::{Period, Unit};
    use chrono::Days;
    use proptest::prelude::*;

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

    fn a_year() -> Vec<Term> {
        vec![
            term("Autumn 1", "2026-09-02", "2026-10-23"),
            term("Autumn 2", "2026-11-02", "2026-12-18"),
            term("Spring 1", "2027-01-04", "2027-02-12"),
            term("Spring 2", "2027-02-22", "2027-03-25"),
            term("Summer 1", "2027-04-12", "2027-05-28"),
            term("Summer 2", "2027-06-07", "2027-07-21"),
            term("Autumn 1", "2027-09-01", "2027-10-22"),
        ]
    }

    fn with_terms(terms: &[Term]) -> Calendar {
        Calendar::england().with_schools_closed(days_between(terms))
    }

    #[test]
    fn school_days_pass_over_the_holidays_between_terms() {
        let schools = with_terms(&a_year());
        let add = |from, days| schools.add_school_days(day(from), days).to_string();
        assert_eq!(add("2026-10-23", 1), "2026-11-02");
        assert_eq!(add("2026-12-17", 2), "2027-01-04");
        assert_eq!(add("2027-07-20", 10), "2027-09-13");
        assert_eq!(
            add("2027-10-22", 1),
            "2027-10-25",
            "no terms are known from there"
        );
    }

    #[test]
    fn terms_too_far_apart_say_nothing_of_the_days_between_them() {
        let terms = [
            term("Summer 2", "2026-06-08", "2026-07-21"),
            term("Spring 1", "2027-01-04", "2027-02-12"),
        ];
        assert_eq!(days_between(&terms).count(), 0);
    }

    #[test]
    fn an_impossible_term_is_refused() {
        let calendar = Calendar::england();
        let held = a_year();
        let why_not = |term: Term| check(&term, &held, &calendar).unwrap_err();
        let of = |first, last| term("Autumn 1", first, last);
        assert_eq!(
            why_not(of("2028-10-23", "2028-09-02")),
            TermProblem::EndsBeforeItBegins
        );
        assert_eq!(
            why_not(of("2028-09-02", "2029-10-23")),
            TermProblem::TooLong
        );
        assert_eq!(
            why_not(of("2028-12-25", "2028-12-26")),
            TermProblem::NoSchoolDays
        );
        assert_eq!(
            why_not(of("2151-09-02", "2151-10-23")),
            TermProblem::UnknownYear
        );
        assert_eq!(
            why_not(term(" ", "2028-09-04", "2028-10-20")),
            TermProblem::NoName
        );
        assert_eq!(
            why_not(of("2027-07-21", "2027-07-22")).to_string(),
            "The days overlap with Summer 2, 7 June 2027 to 21 July 2027. Remove that one first, or check the dates"
        );
        assert_eq!(
            check(&of("2028-09-04", "2028-10-20"), &held, &calendar),
            Ok(())
        );
    }

    proptest! {
        #[test]
        fn terms_delay_nothing_but_school_days(
            unit in prop::sample::select(Unit::ALL), value in 0..400u32, days in 739_900..740_400i32,
        ) {
            let from = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            let period = Period { value, unit };
            let with = period.after(from, &with_terms(&a_year()));
            let without = period.after(from, &Calendar::england());
            prop_assert!(with >= without);
            prop_assert!(unit == Unit::SchoolDay || with == without);
        }

        #[test]
        fn any_terms_that_are_taken_leave_school_days_that_come(
            terms in prop::collection::vec((0..3_000u64, 0..200u64), 1..20), value in 1..40u32, after in 0..3_000u64,
        ) {
            let begin = day("2026-09-01");
            let mut taken: Vec<Term> = Vec::new();
            for (first, length) in terms {
                let first_day = begin + Days::new(first);
                let term = Term { name: "T".to_owned(), first_day, last_day: first_day + Days::new(length) };
                if check(&term, &taken, &Calendar::england()).is_ok() {
                    taken.push(term);
                    taken.sort_by_key(|term| term.first_day);
                }
            }
            prop_assert!(taken.windows(2).all(|pair| pair[0].last_day < pair[1].first_day));
            let from = begin + Days::new(after);
            let calendar = with_terms(&taken);
            let due = calendar.add_school_days(from, value);
            prop_assert!(due >= calendar.add_working_days(from, value));
            prop_assert!(calendar.is_working_day(due));
            prop_assert!(days_between(&taken).all(|closed| closed != due));
        }
    }

    #[test]
    fn the_first_and_the_last_year_there_are() {
        assert_eq!(academic_year(NaiveDate::MIN).first_day(), NaiveDate::MIN);
        assert_eq!(academic_year(NaiveDate::MAX).last_day(), NaiveDate::MAX);
    }
}
