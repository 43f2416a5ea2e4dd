//! A date as typed into three boxes.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::FormErrors;
use crate::rules::dates::{DatePart, DateProblem, from_parts};

/// Day, month and year as typed, sent as `name-day`, `name-month` and `name-year`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct DateInput {
    pub day: String,
    /// As typed: a number or a name.
    pub month: String,
    pub year: String,
}

impl From<NaiveDate> for DateInput {
    fn from(date: NaiveDate) -> Self {
        Self {
            day: date.day().to_string(),
            month: date.month().to_string(),
            year: date.year().to_string(),
        }
    }
}

impl DateInput {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.day, &self.month, &self.year]
            .iter()
            .all(|typed| typed.trim().is_empty())
    }

    /// A date that must be there. `what` is its name within a sentence: "the child's date of birth".
    pub fn required(&self, field: &str, what: &str, errors: &mut FormErrors) -> Option<NaiveDate> {
        from_parts(&self.day, &self.month, &self.year)
            .map_err(|problem| add_problem(&problem, field, what, errors))
            .ok()
    }

    /// A date that may be left out: `Some(None)` when it was; `None` when it makes no sense.
    pub fn optional(
        &self,
        field: &str,
        what: &str,
        errors: &mut FormErrors,
    ) -> Option<Option<NaiveDate>> {
        if self.is_blank() {
            return Some(None);
        }
        self.required(field, what, errors).map(Some)
    }
}

fn add_problem(problem: &DateProblem, field: &str, what: &str, errors: &mut FormErrors) {
    let message = sentence(problem, what);
    match box_to_mend(problem) {
        Some(part) => errors.add_part(field, part, message),
        None => errors.add(field, message),
    }
}

/// With the name of the date, where the problem alone would leave open which date it is.
fn sentence(problem: &DateProblem, what: &str) -> String {
    match problem {
        DateProblem::Empty => format!("Enter {what}"),
        DateProblem::Missing(_) => problem
            .to_string()
            .replacen("The date", &capitalised(what), 1),
        _ => problem.to_string(),
    }
}

/// The first box that the problem concerns; none when it is the date as a whole.
fn box_to_mend(problem: &DateProblem) -> Option<&'static str> {
    let boxes = [
        (DatePart::Day, "day"),
        (DatePart::Month, "month"),
        (DatePart::Year, "year"),
    ];
    let concerned = || boxes.iter().filter(|(part, _)| problem.concerns(*part));
    if concerned().count() == boxes.len() {
        return None;
    }
    concerned().next().map(|(_, name)| *name)
}

fn capitalised(what: &str) -> String {
    let mut letters = what.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
