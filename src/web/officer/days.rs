//! How many working days there are or have been, as officers say it.

use chrono::NaiveDate;

use crate::rules::calendar::Calendar;

/// How a due day stands today: "3 working days over", "due today", "in 2 working days".
pub fn against(due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> String {
    if due_on < today {
        over(calendar.working_days_between(due_on, today))
    } else {
        left(
            calendar.working_days_between(today, due_on),
            due_on == today,
        )
    }
}

/// "3 working days over". On the weekend after a Friday there are none yet.
pub fn over(working_days: i64) -> String {
    match working_days {
        ..=0 => "just over".to_owned(),
        1 => "1 working day over".to_owned(),
        days => format!("{days} working days over"),
    }
}

/// "in 2 working days". On a Saturday, Sunday is not today and yet no working day away.
pub fn left(working_days: i64, is_today: bool) -> String {
    match working_days {
        _ if is_today => "due today".to_owned(),
        ..=0 => "before the next working day".to_owned(),
        1 => "in 1 working day".to_owned(),
        days => format!("in {days} working days"),
    }
}

/// How long something is over, in a column that is headed "Working days": "3 over", "just over".
pub fn over_in_column(working_days: i64) -> String {
    match working_days {
        ..=0 => "just over".to_owned(),
        days => format!("{days} over"),
    }
}

/// How long there is left, in a column that is headed "Working days": "today", "in 2".
pub fn left_in_column(working_days: i64, is_today: bool) -> String {
    match working_days {
        _ if is_today => "today".to_owned(),
        ..=0 => "before the next".to_owned(),
        days => format!("in {days}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn said(due_on: &str, today: &str) -> String {
        against(
            due_on.parse().unwrap(),
            today.parse().unwrap(),
            &Calendar::england(),
        )
    }

    #[test]
    fn working_days_are_said_as_people_say_them() {
        let monday = "2026-11-23";
        for (due_on, words) in [
            ("2026-11-18", "3 working days over"),
            ("2026-11-20", "1 working day over"),
            ("2026-11-23", "due today"),
            ("2026-11-24", "in 1 working day"),
            ("2026-11-27", "in 4 working days"),
        ] {
            assert_eq!(said(due_on, monday), words);
        }
        let saturday = "2026-11-21";
        assert_eq!(said("2026-11-20", saturday), "just over");
        assert_eq!(said("2026-11-22", saturday), "before the next working day");
        assert_eq!(said("2026-11-21", saturday), "due today");
    }

    #[test]
    fn a_column_says_it_in_fewer_words() {
        assert_eq!(over_in_column(18), "18 over");
        assert_eq!(over_in_column(0), "just over");
        assert_eq!(left_in_column(2, false), "in 2");
        assert_eq!(left_in_column(0, true), "today");
        assert_eq!(left_in_column(0, false), "before the next");
    }
}
