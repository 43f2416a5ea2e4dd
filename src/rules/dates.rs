//! Dates as people type them and spreadsheets save them, and dates as Hearth says them.
//!
//! Day before month, always: Hearth serves England.

use chrono::{DateTime, Datelike, NaiveDate};

/// Years outside this range are slips of the finger, not dates of a register.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Two-digit years up to this one are of this century.
const LAST_SHORT_YEAR_OF_THIS_CENTURY: i32 = 40;

/// Numbers that a spreadsheet may mean a day by: from 1954 to 2064, or four years later if it counts from 1904.
const SERIALS: std::ops::RangeInclusive<u64> = 20_000..=60_000;

/// Why a text is not a date, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    #[error("Enter a date, like 27 3 2015")]
    Empty,
    /// One or two of the three parts are missing.
    #[error("The date must include a {}", list_parts(.0))]
    Missing(Vec<DatePart>),
    /// The text has no day, month and year that could be told apart.
    #[error("“{0}” is not a date. Write it like 27/3/2015 or 27 March 2015")]
    NotADate(String),
    /// A number as spreadsheets count days: from 1900, or from 1904, which a text does not say.
    #[error(
        "“{0}” is a spreadsheet’s number for a day, and which day depends on the spreadsheet. Format the column as a date there and save the list again, or send the workbook itself"
    )]
    SpreadsheetNumber(String),
    /// A date only if the month stands first, which nobody in England means.
    #[error("“{text}” looks like month/day/year. Write the day first, like {day}/{month}/{year}")]
    MonthFirst {
        text: String,
        /// Day of the month, as it was perhaps meant.
        day: u32,
        /// Month, from 1.
        month: u32,
        year: i32,
    },
    /// The day is not a number from 1 to 31.
    #[error("“{0}” is not a day of a month. Enter a number from 1 to 31")]
    Day(String),
    /// The month is neither a number from 1 to 12 nor a name.
    #[error("“{0}” is not a month. Enter a number from 1 to 12 or the month’s name")]
    Month(String),
    /// The year is not four digits.
    #[error("“{0}” is not a year. Enter all 4 numbers, like 2015")]
    Year(String),
    /// The year is a number that no register needs.
    #[error("The year must be between 1900 and 2100, not {0}")]
    YearOutOfRange(i32),
    /// The parts are possible, the day does not exist.
    #[error("{day} {} {year} is not a real date", month_name(*.month))]
    NoSuchDay {
        /// Day of the month.
        day: u32,
        /// Month, from 1.
        month: u32,
        year: i32,
    },
}

/// A part of a date, as the three boxes of a form have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    /// The day of the month.
    Day,
    Month,
    Year,
}

impl DateProblem {
    /// Whether the box of this part is the one to mend.
    #[must_use]
    pub fn concerns(&self, part: DatePart) -> bool {
        match self {
            Self::Empty
            | Self::NotADate(_)
            | Self::SpreadsheetNumber(_)
            | Self::NoSuchDay { .. }
            | Self::MonthFirst { .. } => true,
            Self::Missing(parts) => parts.contains(&part),
            Self::Day(_) => part == DatePart::Day,
            Self::Month(_) => part == DatePart::Month,
            Self::Year(_) | Self::YearOutOfRange(_) => part == DatePart::Year,
        }
    }
}

fn list_parts(parts: &[DatePart]) -> String {
    let names: Vec<_> = parts
        .iter()
        .map(|part| match part {
            DatePart::Day => "day",
            DatePart::Month => "month",
            DatePart::Year => "year",
        })
        .collect();
    names.join(" and a ")
}

/// A date from the three boxes of a form. The month may be a name; the year needs its four digits.
///
/// # Errors
/// What is wrong, and with which part.
pub fn from_parts(day: &str, month: &str, year: &str) -> Result<NaiveDate, DateProblem> {
    let typed = [
        (DatePart::Day, day.trim()),
        (DatePart::Month, month.trim()),
        (DatePart::Year, year.trim()),
    ];
    let missing: Vec<_> = typed
        .iter()
        .filter(|(_, text)| text.is_empty())
        .map(|(part, _)| *part)
        .collect();
    match missing.len() {
        0 => {}
        3 => return Err(DateProblem::Empty),
        _ => return Err(DateProblem::Missing(missing)),
    }
    real_date(parse_day(day)?, parse_month(month)?, parse_full_year(year)?)
}

/// A date from one text, in any of the shapes that people and spreadsheets produce: `3/4/2015`, `03-04-15`,
/// `3.4.2015`, `Friday 3rd of April 2015`, `2015-04-03T00:00:00`, `03/04/2015 00:00`. An instant that says from which
/// meridian it counts (`2015-04-02T23:00:00Z`) is the day that it was in London.
///
/// # Errors
/// What is wrong, in words that say what to write instead.
pub fn parse_uk(text: &str) -> Result<NaiveDate, DateProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DateProblem::Empty);
    }
    if let Some(date) = day_of_instant(text) {
        return Ok(date);
    }
    if spreadsheet_number(text).is_some() {
        return Err(DateProblem::SpreadsheetNumber(shortened(text)));
    }
    let parts: Vec<&str> = without_time(text)
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.' | ','))
        .filter(|part| !part.is_empty() && !is_filler(part))
        .collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 && parse_number(year).is_some() => {
            real_date(parse_day(day)?, parse_month(month)?, parse_full_year(year)?)
        }
        [day, month, year] => day_first(day, month, year).map_err(|problem| {
            month_first(text).map_or(problem, |date| DateProblem::MonthFirst {
                text: shortened(text),
                day: date.day(),
                month: date.month(),
                year: date.year(),
            })
        }),
        _ => Err(DateProblem::NotADate(shortened(text))),
    }
}

fn day_first(day: &str, month: &str, year: &str) -> Result<NaiveDate, DateProblem> {
    real_date(parse_day(day)?, parse_month(month)?, parse_year(year)?)
}

/// The date that a text of three numbers would be if its month stood first, as programs set to the United States write.
pub fn month_first(text: &str) -> Option<NaiveDate> {
    let mut parts = without_time(text.trim())
        .split(['/', '-', '.'])
        .map(str::trim);
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| matches!(part.len(), 1 | 2) && parse_number(part).is_some();
    if parts.next().is_some() || !is_number(month) || !is_number(day) {
        return None;
    }
    day_first(day, month, year).ok()
}

/// The day in London of an instant with its offset from UTC, as programs write it (RFC 3339): near midnight in summer it is
/// another day there than by UTC.
fn day_of_instant(text: &str) -> Option<NaiveDate> {
    let text = text.trim_end_matches("UTC").trim_end_matches("GMT");
    let text = match text.len() {
        before if text.ends_with(' ') && before >= 17 => format!("{}Z", text.trim_end()),
        _ => text.to_owned(),
    };
    if !text.contains(':') || !text.contains(['Z', 'z', '+']) && text.matches('-').count() < 3 {
        return None;
    }
    let instant = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"];
    let text = text
        .replacen(' ', "T", 1)
        .replace(' ', "")
        .replace(['Z', 'z'], "+00:00");
    let instant = instant
        .iter()
        .find_map(|shape| DateTime::parse_from_str(&text, shape).ok())?;
    let day = instant
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive();
    YEARS.contains(&day.year()).then_some(day)
}

/// The number of a day as spreadsheets count; a time of day after the point is dropped.
#[must_use]
pub fn spreadsheet_number(text: &str) -> Option<u64> {
    let (days, time) = text.split_once('.').unwrap_or((text, "0"));
    if days.len() != 5 || !time.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days = u64::from(parse_number(days)?);
    SERIALS.contains(&days).then_some(days)
}

/// The text before a time of day.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else {
        return text;
    };
    let before_minutes = text.get(..colon).unwrap_or(text);
    let hours_start = before_minutes.rfind(|c: char| c.is_whitespace() || c == 'T');
    hours_start
        .and_then(|start| text.get(..start))
        .unwrap_or(text)
}

fn is_filler(word: &str) -> bool {
    const WEEKDAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_lowercase();
    word == "of" || is_name_or_its_beginning(&word, &WEEKDAYS)
}

fn is_name_or_its_beginning(lowercase: &str, names: &[&str]) -> bool {
    lowercase.len() >= 3 && names.iter().any(|name| name.starts_with(lowercase))
}

fn parse_day(text: &str) -> Result<u32, DateProblem> {
    let lowercase = text.trim().to_lowercase();
    let digits = lowercase.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = lowercase.strip_prefix(digits).unwrap_or_default();
    parse_number(digits)
        .filter(|day| (1..=31).contains(day) && matches!(ending, "" | "st" | "nd" | "rd" | "th"))
        .ok_or_else(|| DateProblem::Day(shortened(text)))
}

fn parse_month(text: &str) -> Result<u32, DateProblem> {
    let lowercase = text.trim().to_lowercase();
    let by_name = || {
        (1..=12).find(|month| {
            let name = month_name(*month).to_lowercase();
            is_name_or_its_beginning(&lowercase, &[name.as_str()])
        })
    };
    parse_number(&lowercase)
        .filter(|month| (1..=12).contains(month))
        .or_else(by_name)
        .ok_or_else(|| DateProblem::Month(shortened(text)))
}

fn parse_full_year(text: &str) -> Result<i32, DateProblem> {
    let text = text.trim();
    if text.len() != 4 {
        return Err(DateProblem::Year(shortened(text)));
    }
    parse_year(text)
}

fn parse_year(text: &str) -> Result<i32, DateProblem> {
    let problem = || DateProblem::Year(shortened(text));
    let number = parse_number(text).ok_or_else(problem)?;
    let number = i32::try_from(number).map_err(|_| problem())?;
    match text.len() {
        4 => Ok(number),
        2 if number <= LAST_SHORT_YEAR_OF_THIS_CENTURY => Ok(2000 + number),
        2 => Ok(1900 + number),
        _ => Err(problem()),
    }
}

/// A number of digits only: no sign, no spaces, nothing a form could not mean.
fn parse_number(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn real_date(day: u32, month: u32, year: i32) -> Result<NaiveDate, DateProblem> {
    if !YEARS.contains(&year) {
        return Err(DateProblem::YearOutOfRange(year));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateProblem::NoSuchDay { day, month, year })
}

/// What was typed, short enough to be repeated in a message.
fn shortened(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

/// "23 November 2026".
#[must_use]
pub fn spoken(date: NaiveDate) -> String {
    written(date, month_name(date.month()))
}

/// "23 Nov 2026".
#[must_use]
pub fn short(date: NaiveDate) -> String {
    let name = month_name(date.month());
    written(date, name.get(..3).unwrap_or(name))
}

/// Written by hand: dates are on every row of every list, and chrono's formatter reads its pattern anew each time.
fn written(date: NaiveDate, month: &str) -> String {
    let mut text = String::with_capacity("23 September 2026".len());
    push_digits(&mut text, date.day());
    text.push(' ');
    text.push_str(month);
    text.push(' ');
    if date.year() < 0 {
        text.push('-');
    }
    push_digits(&mut text, date.year().unsigned_abs());
    text
}

fn push_digits(text: &mut String, number: u32) {
    if number >= 10 {
        push_digits(text, number / 10);
    }
    text.extend(char::from_digit(number % 10, 10));
}

fn month_name(month: u32) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
