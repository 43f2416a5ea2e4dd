//! Two dates of birth: the same, day and month changed about, or one slip of the pen apart.

use chrono::{Datelike, NaiveDate};

use super::Reason;

/// How two dates of birth stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Birth {
    Same,
    /// Day and month are changed about, as a spreadsheet of another country does.
    ChangedAbout,
    /// One digit is another, or two beside each other are changed about.
    OneSlip,
    Another,
}

impl Birth {
    pub(super) fn reason(self) -> Reason {
        match self {
            Self::Same => Reason::is(true, "the same date of birth"),
            Self::ChangedAbout => {
                Reason::is(false, "a date of birth with day and month changed about")
            }
            Self::OneSlip => Reason::is(false, "a date of birth that is one digit away"),
            Self::Another => Reason::is(false, "another date of birth"),
        }
    }
}

pub(super) fn compare(one: NaiveDate, other: NaiveDate) -> Birth {
    if one == other {
        return Birth::Same;
    }
    if changed_about(one) == Some(other) {
        return Birth::ChangedAbout;
    }
    let digits = |day: NaiveDate| day.format("%d%m%Y").to_string().into_bytes();
    match is_one_slip(&digits(one), &digits(other)) {
        true => Birth::OneSlip,
        false => Birth::Another,
    }
}

/// The date with day and month changed about, where that is a date.
pub(super) fn changed_about(day: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year(), day.day(), day.month())
}

fn is_one_slip(one: &[u8], other: &[u8]) -> bool {
    let differs = |(one, other): &(&u8, &u8)| one != other;
    let places: Vec<usize> = one
        .iter()
        .zip(other)
        .enumerate()
        .filter(|(_, pair)| differs(pair))
        .map(|(place, _)| place)
        .collect();
    match places.as_slice() {
        [_] => true,
        [first, second] if second - first == 1 => {
            one.get(*first) == other.get(*second) && one.get(*second) == other.get(*first)
        }
        _ => false,
    }
}
