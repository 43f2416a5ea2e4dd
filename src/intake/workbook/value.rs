//! What the numbers of a workbook mean: days, times, amounts, by the format in which the sheet shows them.

use chrono::{Days, NaiveDate};

/// From which day a workbook counts days (ECMA-376 part 1, 18.17.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateSystem {
    /// Day 1 is 1 January 1900, and 1900 counts as a leap year, which it was not.
    #[default]
    From1900,
    /// Day 0 is 1 January 1904: workbooks of old Macs.
    From1904,
}

impl DateSystem {
    /// The day with this number.
    #[must_use]
    pub fn day(self, number: u64) -> Option<NaiveDate> {
        /// Day 60 is 29 February 1900; from the next one on the count is one ahead.
        const NO_SUCH_DAY: u64 = 60;
        let zero = match self {
            Self::From1904 => NaiveDate::from_ymd_opt(1904, 1, 1),
            Self::From1900 if number < NO_SUCH_DAY => NaiveDate::from_ymd_opt(1899, 12, 31),
            Self::From1900 if number == NO_SUCH_DAY => None,
            Self::From1900 => NaiveDate::from_ymd_opt(1899, 12, 30),
        }?;
        zero.checked_add_days(Days::new(number))
    }
}

/// What a number format makes of a number, as far as a list needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    AsNumber,
    AsDay,
    AsDayAndTime,
    AsTime,
    /// Filled up with zeros to this many digits: `00000000000`.
    Filled(usize),
}

impl Shown {
    /// By the number of a format that every workbook has (ECMA-376 part 1, 18.8.30).
    pub(super) fn by_number(format: usize) -> Self {
        match format {
            14..=17 | 27..=31 | 34..=36 | 50..=58 => Self::AsDay,
            22 => Self::AsDayAndTime,
            18..=21 | 32 | 33 | 45..=47 => Self::AsTime,
            _ => Self::AsNumber,
        }
    }

    /// By the code of a format: `dd/mm/yyyy`, `[$-809]d mmmm yyyy;@`, `h:mm AM/PM`.
    pub(super) fn by_code(code: &str) -> Self {
        if code.eq_ignore_ascii_case("general") {
            return Self::AsNumber;
        }
        if !code.is_empty() && code.bytes().all(|byte| byte == b'0') {
            return Self::Filled(code.len().min(20));
        }
        let letters = letters_of_format(code);
        let has = |wanted: char| letters.contains(wanted);
        match (has('d') || has('y'), has('h') || has('s'), has('m')) {
            (true, true, _) => Self::AsDayAndTime,
            (true, false, _) => Self::AsDay,
            (false, true, _) => Self::AsTime,
            (false, false, true) => Self::AsDay,
            _ => Self::AsNumber,
        }
    }
}

/// The letters of a format that stand for parts of a date: those of its first section, outside quotation marks and
/// brackets, and not after a backslash.
fn letters_of_format(code: &str) -> String {
    let mut found = String::new();
    let mut letters = code.chars();
    let (mut is_quoted, mut in_brackets) = (false, false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            '\\' | '_' | '*' => _ = letters.next(),
            ';' => break,
            _ => found.extend(letter.to_lowercase()),
        }
    }
    found
}

/// A number in words: a day as 2015-04-03, an amount without a decimal point where it needs none.
pub(super) fn in_words(number: f64, shown: Shown, dates: DateSystem) -> String {
    match shown {
        Shown::AsDay | Shown::AsDayAndTime => {
            day_in_words(number, shown, dates).unwrap_or_else(|| plain(number))
        }
        Shown::AsTime if (0.0..1.0).contains(&number) => time_in_words(number),
        Shown::Filled(digits) if number >= 0.0 && number.fract() == 0.0 => {
            format!("{:0>digits$}", plain(number))
        }
        Shown::AsNumber | Shown::AsTime | Shown::Filled(_) => plain(number),
    }
}

fn day_in_words(number: f64, shown: Shown, dates: DateSystem) -> Option<String> {
    const LAST: f64 = 2_958_465.0;
    if !(0.0..=LAST).contains(&number) {
        return None;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and LAST"
    )]
    let day = dates.day(number.trunc() as u64)?;
    let time = number.fract();
    Some(match shown {
        Shown::AsDayAndTime if time > 0.0 => format!("{day} {}", time_in_words(time)),
        _ => day.to_string(),
    })
}

fn time_in_words(part_of_day: f64) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a day has at most 1,440 minutes"
    )]
    let minutes = (part_of_day * 1_440.0).round() as u32;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

/// Beyond this, a workbook does not hold each digit any more (fifteen significant ones).
const MOST_EXACT: f64 = 1e15;

/// The digits; those of a number that lost some as a power of ten, so that nobody takes them for an identifier.
fn plain(number: f64) -> String {
    if number.abs() >= MOST_EXACT {
        return format!("{number:.5E}").replace('E', "E+");
    }
    let text = number.to_string();
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// A truth in words.
pub(super) const fn yes_or_no(is_true: bool) -> &'static str {
    if is_true { "Yes" } else { "No" }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn knows_dates_by_their_format() {
        for (code, shown) in [
            ("dd/mm/yyyy", Shown::AsDay),
            ("[$-809]d mmmm yyyy;@", Shown::AsDay),
            ("mmm-yy", Shown::AsDay),
            ("yyyy\\-mm\\-dd hh:mm", Shown::AsDayAndTime),
            ("h:mm AM/PM", Shown::AsTime),
            ("General", Shown::AsNumber),
            ("#,##0.00", Shown::AsNumber),
            ("0.00E+00", Shown::AsNumber),
            ("0\" days\"", Shown::AsNumber),
            ("[Red]0", Shown::AsNumber),
            ("00000000000", Shown::Filled(11)),
        ] {
            assert_eq!(Shown::by_code(code), shown, "{code}");
        }
        assert_eq!(Shown::by_number(14), Shown::AsDay);
        assert_eq!(Shown::by_number(1), Shown::AsNumber);
    }

    #[test]
    fn counts_days_as_either_system() {
        let day = |system: DateSystem, number| system.day(number).unwrap().to_string();
        assert_eq!(day(DateSystem::From1900, 42_097), "2015-04-03");
        assert_eq!(day(DateSystem::From1904, 40_635), "2015-04-03");
        assert_eq!(day(DateSystem::From1900, 1), "1900-01-01");
        assert_eq!(day(DateSystem::From1900, 61), "1900-03-01");
        assert_eq!(DateSystem::From1900.day(60), None);
    }

    #[test]
    fn writes_numbers_as_people_do() {
        let words = |number, shown| in_words(number, shown, DateSystem::From1900);
        assert_eq!(words(9_434_765_919.0, Shown::AsNumber), "9434765919");
        assert_eq!(words(12.5, Shown::AsNumber), "12.5");
        assert_eq!(words(1e21, Shown::AsNumber), "1.00000E+21");
        assert_eq!(words(7_700_900_123.0, Shown::Filled(11)), "07700900123");
        assert_eq!(words(42_097.0, Shown::AsDay), "2015-04-03");
        assert_eq!(words(42_097.75, Shown::AsDayAndTime), "2015-04-03 18:00");
        assert_eq!(words(0.4375, Shown::AsTime), "10:30");
        assert_eq!(words(-1.0, Shown::AsDay), "-1");
        assert_eq!(words(f64::NAN, Shown::AsDay), "NaN");
    }
}
