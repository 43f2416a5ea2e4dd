//! The calendar of the authority: bank holidays with its own days, and school terms. `/admin/calendar`.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use validator::Validate;

use crate::access::Act;
use crate::db::DbError;
use crate::intake::term_list::{self, Taken};
use crate::policy::calendar_book::{self, CalendarError, Held, OtherDay, SourcedTerm};
use crate::rules::calendar::bank_holidays_of;
use crate::rules::identifiers::Reference;
use crate::rules::terms::{Term, TermPart};
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    ButtonPress, Choice, DateInput, Form, FormErrors, Refused, Submitted, one_line,
};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::{answer, filters};

const HERE: &str = "/admin/calendar";

#[derive(Template)]
#[template(path = "admin/calendar.html")]
struct CalendarPage {
    page: Page,
    today: NaiveDate,
    years: BTreeMap<i32, Vec<Line>>,
    terms: Vec<Held<SourcedTerm>>,
    kinds: Vec<Choice>,
    day: DayForm,
    term: TermForm,
    list: ListForm,
    refused_lines: Vec<String>,
    errors: FormErrors,
}

/// A day on which the authority does not work, or does after all.
struct Line {
    day: NaiveDate,
    name: String,
    stands: &'static str,
    source: String,
    /// Only what the authority entered, for a day that is not past, can be removed.
    reference: Option<String>,
}

/// A day as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct DayForm {
    day: DateInput,
    kind: String,
    #[validate(length(max = 100, message = "What the day is must be 100 characters or fewer"))]
    day_name: String,
    #[validate(length(max = 200, message = "The source must be 200 characters or fewer"))]
    day_source: String,
}

impl Form for DayForm {
    type Parsed = (Self, OtherDay);

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self::Parsed> {
        let day = self.day.required("day", "the day", errors);
        if !["off", "worked"].contains(&self.kind.as_str()) {
            errors.add("kind", "Choose whether anybody works on that day");
        }
        Some((
            self.clone(),
            OtherDay {
                day: day?,
                is_working: self.kind == "worked",
                name: one_line(&self.day_name),
                source: one_line(&self.day_source),
            },
        ))
    }
}

/// A term as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct TermForm {
    #[validate(length(max = 100, message = "The name must be 100 characters or fewer"))]
    name: String,
    first_day: DateInput,
    last_day: DateInput,
    #[validate(length(max = 200, message = "The source must be 200 characters or fewer"))]
    source: String,
}

impl Form for TermForm {
    type Parsed = (Self, SourcedTerm);

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self::Parsed> {
        let first_day = self
            .first_day
            .required("first_day", "the first day", errors);
        let last_day = self.last_day.required("last_day", "the last day", errors);
        Some((
            self.clone(),
            SourcedTerm {
                term: Term {
                    name: one_line(&self.name),
                    first_day: first_day?,
                    last_day: last_day?,
                },
                source: one_line(&self.source),
            },
        ))
    }
}

/// A list of terms as pasted from a CSV file.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ListForm {
    #[validate(length(max = 20000, message = "The list must be 20,000 characters or fewer"))]
    list: String,
}

impl Form for ListForm {
    type Parsed = Self;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Self> {
        if self.list.trim().is_empty() {
            errors.add("list", "Paste the list of terms");
        }
        Some(self.clone())
    }
}

/// What a page shows again after a refusal.
#[derive(Default)]
struct Again {
    day: DayForm,
    term: TermForm,
    list: ListForm,
    refused_lines: Vec<String>,
    errors: FormErrors,
}

/// GET `/admin/calendar`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    answer::show(&page(&caller, Again::default()).await?)
}

/// POST `/admin/calendar/days`.
///
/// # Errors
/// When the database does not answer.
pub async fn add_day(
    caller: Caller,
    submitted: Submitted<DayForm>,
) -> Result<HttpResponse, WebError> {
    let form = Addition {
        add: calendar_book::add_day,
        told: "The day is on the calendar.",
        field: |error| match error {
            CalendarError::NoName => "day_name",
            CalendarError::NoSource => "day_source",
            _ => "day",
        },
        again: |day, errors| Again {
            day,
            errors,
            ..Again::default()
        },
    };
    form.take(&caller, submitted).await
}

/// POST `/admin/calendar/terms`.
///
/// # Errors
/// When the database does not answer.
pub async fn add_term(
    caller: Caller,
    submitted: Submitted<TermForm>,
) -> Result<HttpResponse, WebError> {
    let form = Addition {
        add: calendar_book::add_term,
        told: "The term is on the calendar.",
        field: |error| match error {
            CalendarError::Term(problem) => match problem.is_about() {
                TermPart::Name => "name",
                TermPart::FirstDay => "first_day",
                TermPart::LastDay => "last_day",
            },
            _ => "source",
        },
        again: |term, errors| Again {
            term,
            errors,
            ..Again::default()
        },
    };
    form.take(&caller, submitted).await
}

/// A form that adds one thing to the calendar.
struct Addition<F, T> {
    add: Adding<T>,
    /// What is said when it is done.
    told: &'static str,
    /// Where on the form a refusal is shown.
    field: fn(&CalendarError) -> &'static str,
    /// The page with the form as it was typed.
    again: fn(F, FormErrors) -> Again,
}

/// The function of the calendar book that writes down what the form says.
type Adding<T> = fn(&mut Act<'_>, &T) -> Result<(), CalendarError>;

impl<F, T> Addition<F, T>
where
    F: Form<Parsed = (F, T)>,
    T: Send + 'static,
{
    async fn take(
        self,
        caller: &Caller,
        submitted: Submitted<F>,
    ) -> Result<HttpResponse, WebError> {
        let (form, wanted) = match submitted.check(caller.today()) {
            Ok(wanted) => wanted,
            Err(Refused { form, errors }) => {
                return refuse(caller, (self.again)(form, errors)).await;
            }
        };
        let add = self.add;
        let done = caller.act(move |act| add(act, &wanted)).await?;
        let Some(error) = refused(done)? else {
            return Ok(done_here(caller, self.told));
        };
        let errors = FormErrors::at((self.field)(&error), error.to_string());
        refuse(caller, (self.again)(form, errors)).await
    }
}

/// POST `/admin/calendar/term-list`: all terms of the list, or none if one is refused.
///
/// # Errors
/// When the database does not answer.
pub async fn add_list(
    caller: Caller,
    submitted: Submitted<ListForm>,
) -> Result<HttpResponse, WebError> {
    let again = |list, refused_lines, errors| Again {
        list,
        refused_lines,
        errors,
        ..Again::default()
    };
    let form = match submitted.check(caller.today()) {
        Ok(form) => form,
        Err(Refused { form, errors }) => {
            return refuse(&caller, again(form, Vec::new(), errors)).await;
        }
    };
    let pasted = form.list.clone();
    let taken = caller
        .act(move |act| term_list::take(act, pasted.as_bytes(), false))
        .await?;
    let (message, lines) = match taken {
        Ok(Taken {
            refused,
            taken,
            unchanged,
        }) if refused.is_empty() => {
            let told = format!("Terms added: {taken}. On the calendar already: {unchanged}.");
            return Ok(done_here(&caller, told));
        }
        Ok(Taken { refused, .. }) => (
            "Nothing was added: mend the lines named below and send the list again".to_owned(),
            refused.iter().map(ToString::to_string).collect(),
        ),
        Err(term_list::ListError::File(problem)) => (problem.to_string(), Vec::new()),
        Err(term_list::ListError::Calendar(error)) => match refused(Err(error))? {
            Some(error) => (error.to_string(), Vec::new()),
            None => (String::new(), Vec::new()),
        },
    };
    let errors = FormErrors::at("list", message);
    refuse(&caller, again(form, lines, errors)).await
}

/// POST `/admin/calendar/days/{reference}/removal`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such day.
pub async fn remove_day(
    caller: Caller,
    named: Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    remove(
        caller,
        named.0,
        submitted,
        "The day is off the calendar.",
        calendar_book::remove_day,
    )
    .await
}

/// POST `/admin/calendar/terms/{reference}/removal`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such term.
pub async fn remove_term(
    caller: Caller,
    named: Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    remove(
        caller,
        named.0,
        submitted,
        "The term is removed.",
        calendar_book::remove_term,
    )
    .await
}

/// How something of the calendar is removed.
type Remove = fn(&mut Act<'_>, &Reference) -> Result<(), CalendarError>;

async fn remove(
    caller: Caller,
    reference: Reference,
    submitted: Submitted<ButtonPress>,
    told: &str,
    remove: Remove,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    let done = caller.act(move |act| remove(act, &reference)).await?;
    match refused(done)? {
        None => Ok(done_here(&caller, told)),
        Some(CalendarError::NotFound) => Err(WebError::NotFound),
        Some(error) => Ok(caller.see_other_with(HERE, &Flash::important(error.to_string()))),
    }
}

fn done_here(caller: &Caller, told: impl Into<String>) -> HttpResponse {
    caller.see_other_with(HERE, &Flash::success(told))
}

/// What the person can mend; none when it was done.
fn refused(done: Result<(), CalendarError>) -> Result<Option<CalendarError>, WebError> {
    match done {
        Ok(()) => Ok(None),
        Err(CalendarError::NotAllowed) => Err(WebError::Forbidden),
        Err(CalendarError::Db(error)) => Err(error.into()),
        Err(error) => Ok(Some(error)),
    }
}

async fn refuse(caller: &Caller, again: Again) -> Result<HttpResponse, WebError> {
    answer::refuse(&page(caller, again).await?)
}

async fn page(caller: &Caller, again: Again) -> Result<CalendarPage, WebError> {
    let today = caller.today();
    let (days, terms) = caller
        .read(|conn, viewer| {
            let days = calendar_book::days(conn, viewer)?;
            Ok::<_, DbError>((days, calendar_book::terms(conn, viewer)?))
        })
        .await?;
    Ok(CalendarPage {
        page: caller.page(HERE),
        today,
        years: (today.year()..=today.year() + 2)
            .map(|year| (year, lines(year, &days, today)))
            .collect(),
        terms,
        kinds: vec![
            Choice::new("off", "Nobody works on it"),
            Choice::new("worked", "It is a bank holiday, and is worked after all"),
        ],
        day: again.day,
        term: again.term,
        list: again.list,
        refused_lines: again.refused_lines,
        errors: again.errors,
    })
}

/// The bank holidays of a year, with the days that the authority keeps otherwise.
fn lines(year: i32, days: &[Held<OtherDay>], today: NaiveDate) -> Vec<Line> {
    let own = days.iter().filter(|held| held.what.day.year() == year);
    let worked = |day| {
        days.iter()
            .any(|held| held.what.day == day && held.what.is_working)
    };
    let mut lines: Vec<Line> = bank_holidays_of(year)
        .into_iter()
        .filter(|(day, _)| !worked(*day))
        .map(|(day, name)| Line {
            day,
            name: name.to_owned(),
            stands: "Bank holiday",
            source: String::new(),
            reference: None,
        })
        .collect();
    lines.extend(own.map(|held| Line {
        day: held.what.day,
        name: held.what.name.clone(),
        stands: if held.what.is_working {
            "Worked after all"
        } else {
            "Day off here"
        },
        source: match &held.by {
            Some(by) => format!("{}. Entered by {by}", held.what.source),
            None => held.what.source.clone(),
        },
        reference: (held.what.day >= today).then(|| held.reference.clone()),
    }));
    lines.sort_by_key(|line| line.day);
    lines
}
