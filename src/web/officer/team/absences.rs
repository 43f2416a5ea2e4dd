//! Who is away, and who hears meanwhile what they would: `/absences`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::absence::{self, Absence, AbsenceError, NewAbsence};
use crate::access::accounts::{self, AccountRow};
use crate::db::DbError;
use crate::policy::rulebook;
use crate::rules::dates::short;
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    ButtonPress, Choice, DateInput, Form, FormErrors, Refusal, Refused, Submitted,
};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/team/absences.html")]
struct AbsencesPage {
    page: Page,
    crumbs: Vec<Crumb>,
    absences: Vec<Row>,
    /// Whoever may be recorded as away: everybody for a manager, otherwise only the reader.
    people: Vec<Choice>,
    delegates: Vec<Choice>,
    /// How long an absence may be, in one sentence.
    longest: String,
    form: AbsenceForm,
    errors: FormErrors,
}

struct Row {
    reference: String,
    name: String,
    delegate: String,
    from: String,
    to: String,
    is_now: bool,
    may_end: bool,
}

/// An absence as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AbsenceForm {
    account: String,
    delegate: String,
    starts_on: DateInput,
    ends_on: DateInput,
}

/// An absence that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct Wanted {
    form: AbsenceForm,
    absence: NewAbsence,
}

impl Form for AbsenceForm {
    type Parsed = Wanted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Wanted> {
        let mut person = |field: &str, value: &str, refusal: AbsenceError| {
            let read = Reference::parse(value).map_err(|_| refusal.to_string());
            errors.keep(field, read)
        };
        let account = person("account", &self.account, AbsenceError::Who);
        let delegate = person("delegate", &self.delegate, AbsenceError::Delegate);
        let starts_on = self
            .starts_on
            .required("starts_on", "the first day away", errors);
        let ends_on = self
            .ends_on
            .required("ends_on", "the last day away", errors);
        Some(Wanted {
            form: self.clone(),
            absence: NewAbsence {
                account: account?,
                delegate: delegate?,
                starts_on: starts_on?,
                ends_on: ends_on?,
            },
        })
    }
}

/// `GET /absences`
pub async fn list(caller: Caller) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: AbsenceForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, first).await?)
}

/// `POST /absences`
pub async fn add(
    caller: Caller,
    submitted: Submitted<AbsenceForm>,
) -> Result<HttpResponse, WebError> {
    let Wanted { form, absence } = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, refused).await?),
    };
    let added = caller
        .act(move |act| {
            let rulebook = rulebook::of(act)?;
            let latest = rulebook.longest_absence(absence.starts_on).day;
            absence::add(act, &absence, latest)
        })
        .await?;
    match added {
        Ok(_) => {
            let told = Flash::success("The absence is recorded.");
            Ok(caller.see_other_with("/absences", &told))
        }
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, Refused { form, errors }).await?)
        }
    }
}

impl Refusal for AbsenceError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Who => Some("account"),
            Self::Delegate | Self::Themselves | Self::DelegateManages => Some("delegate"),
            Self::Order | Self::Over | Self::TooLong(_) => Some("ends_on"),
            Self::Overlaps(..) => Some("starts_on"),
            Self::NotAllowed | Self::Unknown | Self::Db(_) => None,
        }
    }
}

/// `POST /absences/{reference}/end`
pub async fn end(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ButtonPress>,
) -> Result<HttpResponse, WebError> {
    if let Err(Refused { .. }) = submitted.check(caller.today()) {
        return Err(WebError::StaleForm);
    }
    caller
        .act(move |act| absence::end(act, &reference))
        .await??;
    let told = Flash::success("The absence is ended: mail goes to the person again from today.");
    Ok(caller.see_other_with("/absences", &told))
}

async fn page(caller: &Caller, refused: Refused<AbsenceForm>) -> Result<AbsencesPage, WebError> {
    let today = caller.today();
    let (absences, staff, longest) = caller
        .read(move |conn, viewer| {
            let absences = absence::list(conn, viewer.authority(), today)?;
            let staff = accounts::officers(conn, viewer.authority())?;
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            Ok::<_, DbError>((absences, staff, rulebook.longest_absence(today).why))
        })
        .await?;
    let viewer = caller.viewer()?;
    let is_theirs = |account| viewer.manages() || viewer.account() == Some(account);
    let of_theirs = staff.iter().filter(|person| is_theirs(person.key));
    Ok(AbsencesPage {
        page: caller.page("/work"),
        crumbs: vec![Crumb::to("My work", "/work")],
        absences: absences
            .into_iter()
            .map(|absence| row(is_theirs(absence.account), absence, today))
            .collect(),
        people: choices("Choose who is away", of_theirs),
        delegates: choices("Choose a colleague", staff.iter()),
        longest,
        form: refused.form,
        errors: refused.errors,
    })
}

fn row(may_end: bool, absence: Absence, today: NaiveDate) -> Row {
    Row {
        from: short(absence.starts_on),
        to: short(absence.ends_on),
        is_now: absence.starts_on <= today,
        may_end,
        reference: absence.reference,
        name: absence.name,
        delegate: absence.delegate,
    }
}

fn choices<'a>(blank: &'static str, people: impl Iterator<Item = &'a AccountRow>) -> Vec<Choice> {
    let people = people.map(|person| Choice::new(person.reference.clone(), person.name.clone()));
    std::iter::once(Choice::new("", blank))
        .chain(people)
        .collect()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::result_large_err
)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_needs_two_people_and_two_days() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let refused = Submitted::<AbsenceForm>::from_body("")
            .unwrap()
            .check(today)
            .unwrap_err();
        let fields: Vec<_> = refused
            .errors
            .summary()
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, ["account", "delegate", "starts_on", "ends_on"]);
    }
}
