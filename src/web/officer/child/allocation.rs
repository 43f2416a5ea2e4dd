//! Who answers for a child: `/children/{reference}/allocation`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::accounts;
use crate::db::DbError;
use crate::register::allocation;
use crate::register::child::{self, AmendError, ChildRecord};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, Form, FormErrors, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

/// The officers, by reference.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AllocationForm {
    officer: String,
    /// Whom the page showed as the child's officer; empty for nobody.
    shown: String,
}

/// Who is to answer for the child, in the place of whom.
#[derive(Clone, Debug)]
pub struct Allocation {
    officer: Reference,
    shown: Option<Reference>,
}

impl Form for AllocationForm {
    type Parsed = Allocation;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Allocation> {
        let officer = errors.keep(
            "officer",
            Reference::parse(&self.officer).map_err(|_| "Choose an officer"),
        );
        Some(Allocation {
            officer: officer?,
            shown: Reference::parse(&self.shown).ok(),
        })
    }
}

#[derive(Template)]
#[template(path = "officer/child/allocation.html")]
struct AllocationPage {
    page: Page,
    child: ChildRecord,
    officers: Vec<Choice>,
    chosen: String,
    /// Who answers for the child now: reference and name.
    held: Option<(String, String)>,
    /// Whom somebody chose who did not know that; they are told.
    chosen_meanwhile: Option<String>,
    errors: FormErrors,
}

impl AllocationPage {
    async fn read(caller: &Caller, reference: Reference) -> Result<Self, WebError> {
        let (child, held, officers) = caller
            .read(move |conn, viewer| {
                let Some(child) = child::find(conn, viewer, &reference)? else {
                    return Ok(None);
                };
                let officers = accounts::officers(conn, viewer.authority())?;
                let held = child.officer.map(|key| accounts::by_key(conn, key));
                let held = held.transpose()?.map(|held| (held.reference, held.name));
                Ok::<_, DbError>(Some((child, held, officers)))
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
            page: caller.page("/children"),
            officers: std::iter::once(Choice::new("", "Choose an officer"))
                .chain(options)
                .collect(),
            child,
            chosen,
            held,
            chosen_meanwhile: None,
            errors: FormErrors::default(),
        })
    }
}

/// GET `/children/{reference}/allocation`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    answer::show(&AllocationPage::read(&caller, reference).await?)
}

/// POST `/children/{reference}/allocation`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<AllocationForm>,
) -> Result<HttpResponse, WebError> {
    let Allocation { officer, shown } = match submitted.check(caller.today()) {
        Ok(allocation) => allocation,
        Err(Refused { errors, .. }) => return refuse(&caller, reference, errors).await,
    };
    let (child, wanted) = (reference.clone(), officer.clone());
    let allocated = caller
        .act(move |act| allocation::allocate_shown(act, &child, shown.as_ref(), &officer))
        .await?;
    match allocated {
        Ok(()) => Ok(caller.see_other_with(
            &format!("/children/{reference}"),
            &Flash::success("The child’s officer is saved."),
        )),
        Err(AmendError::Changed(_)) => {
            let page = AllocationPage::read(&caller, reference).await?;
            let is_wanted = |choice: &&Choice| choice.value == wanted.as_str();
            let name = page.officers.iter().find(is_wanted);
            let page = AllocationPage {
                chosen_meanwhile: name.map(|choice| choice.text.to_string()),
                chosen: wanted.to_string(),
                ..page
            };
            answer::with_status(StatusCode::CONFLICT, &page)
        }
        Err(error @ AmendError::NotAnOfficer) => {
            let errors = FormErrors::at("officer", format!("{error}. Choose somebody else"));
            refuse(&caller, reference, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refuse(
    caller: &Caller,
    reference: Reference,
    errors: FormErrors,
) -> Result<HttpResponse, WebError> {
    let page = AllocationPage::read(caller, reference).await?;
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
