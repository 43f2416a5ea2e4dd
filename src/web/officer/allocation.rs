//! Who answers for a child: `/children/{reference}/allocation`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::accounts;
use crate::db::DbError;
use crate::register::child::{self, AmendError, ChildRecord};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::form::{Choice, Form, FormErrors, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::visit::Visit;

/// The officer, by reference.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AllocationForm {
    officer: String,
}

impl Form for AllocationForm {
    type Parsed = Reference;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Reference> {
        errors.keep(
            "officer",
            Reference::parse(&self.officer).map_err(|_| "Choose an officer"),
        )
    }
}

#[derive(Template)]
#[template(path = "officer/allocation.html")]
struct AllocationPage {
    page: Page,
    child: ChildRecord,
    officers: Vec<Choice>,
    chosen: String,
    errors: FormErrors,
}

impl AllocationPage {
    async fn read(visit: &Visit, reference: Reference) -> Result<Self, WebError> {
        let (child, officers) = visit
            .read(move |conn, viewer| {
                let Some(child) = child::find(conn, viewer, &reference)? else {
                    return Ok(None);
                };
                let officers = accounts::officers(conn, viewer.authority())?;
                Ok::<_, DbError>(Some((child, officers)))
            })
            .await?
            .ok_or(WebError::NotFound)?;
        let chosen = officers
            .iter()
            .find(|officer| Some(officer.key) == child.officer)
            .map(|officer| officer.reference.clone())
            .unwrap_or_default();
        let options = officers
            .into_iter()
            .map(|officer| Choice::new(officer.reference, officer.name));
        Ok(Self {
            page: visit.page("/children"),
            officers: std::iter::once(Choice::new("", "Choose an officer"))
                .chain(options)
                .collect(),
            child,
            chosen,
            errors: FormErrors::default(),
        })
    }
}

/// GET `/children/{reference}/allocation`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(visit: Visit, Named(reference): Named) -> Result<HttpResponse, WebError> {
    answer::show(&AllocationPage::read(&visit, reference).await?)
}

/// POST `/children/{reference}/allocation`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    visit: Visit,
    Named(reference): Named,
    submitted: Submitted<AllocationForm>,
) -> Result<HttpResponse, WebError> {
    let officer = match submitted.check(visit.today()) {
        Ok(officer) => officer,
        Err(Refused { errors, .. }) => return refuse(&visit, reference, errors).await,
    };
    let child = reference.clone();
    let now = visit.now();
    let allocated = visit
        .write(move |tx, viewer| child::allocate(tx, viewer, &child, &officer, now))
        .await?;
    match allocated {
        Ok(()) => Ok(visit.see_other_with(
            &format!("/children/{reference}"),
            &Flash::success("The child’s officer is saved."),
        )),
        Err(error @ AmendError::NotAnOfficer) => {
            let mut errors = FormErrors::default();
            errors.add("officer", format!("{error}. Choose somebody else"));
            refuse(&visit, reference, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refuse(
    visit: &Visit,
    reference: Reference,
    errors: FormErrors,
) -> Result<HttpResponse, WebError> {
    let page = AllocationPage::read(visit, reference).await?;
    answer::refuse(&AllocationPage { errors, ..page })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn an_officer_must_be_chosen() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        for body in ["", "officer=", "officer=Sam+Field"] {
            let refused = Submitted::<AllocationForm>::from_body(body)
                .unwrap()
                .check(today)
                .unwrap_err();
            assert_eq!(refused.errors.get("officer"), Some("Choose an officer"));
        }
    }
}
