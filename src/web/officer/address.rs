//! Where a child lives: a new address (`/children/{reference}/addresses`), and making sure of the one on record
//! (`/children/{reference}/address-verification`). Both forms are on one page, for the visit that finds either.

mod form;

use actix_web::HttpResponse;
use askama::Template;

use super::change::change;
use crate::access::audit::{self, Event};
use crate::db::DbError;
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::rules::codes::Source;
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form::{Choice, FormErrors, Refused, Submitted, choices_with_blank};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::visit::Visit;
use form::{NewAddressForm, VerificationForm};

#[derive(Template)]
#[template(path = "officer/address.html")]
struct AddressPage {
    page: Page,
    child: ChildRecord,
    home: Option<AddressRecord>,
    new: NewAddressForm,
    verification: VerificationForm,
    sources: Vec<Choice>,
    errors: FormErrors,
}

impl AddressPage {
    async fn read(visit: &Visit, reference: Reference) -> Result<Self, WebError> {
        let (child, home) = visit
            .read(move |conn, viewer| {
                let Some(child) = child::find(conn, viewer, &reference)? else {
                    return Ok(None);
                };
                let home = address::of_child(conn, child.key)?;
                Ok::<_, DbError>(Some((child, home)))
            })
            .await?
            .ok_or(WebError::NotFound)?;
        Ok(Self {
            page: visit.page("/children"),
            child,
            home,
            new: NewAddressForm::default(),
            verification: VerificationForm::default(),
            sources: choices_with_blank("Choose one", Source::ALL, Source::as_str, Source::label),
            errors: FormErrors::default(),
        })
    }
}

/// GET `/children/{reference}/addresses`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(visit: Visit, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let page = AddressPage::read(&visit, reference).await?;
    let today = visit.today();
    answer::show(&AddressPage {
        verification: VerificationForm::on(today),
        ..page
    })
}

/// POST `/children/{reference}/addresses`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn add(
    visit: Visit,
    Named(reference): Named,
    submitted: Submitted<NewAddressForm>,
) -> Result<HttpResponse, WebError> {
    let told = match submitted.check(visit.today()) {
        Ok(told) => told,
        Err(Refused { form, errors }) => {
            let page = AddressPage::read(&visit, reference).await?;
            return answer::refuse(&AddressPage {
                new: form,
                errors,
                ..page
            });
        }
    };
    let moved = change(
        &visit,
        reference.clone(),
        move |tx, viewer, child, moment| {
            let moved = address::move_child(
                tx,
                child.key,
                &told.place,
                told.source,
                told.from,
                moment.now,
            )?;
            if moved.is_some() {
                let detail = format!("New address: {}", told.place.on_one_line());
                let event = Event {
                    action: "address_added",
                    child: Some(child.key.number()),
                    subject: child.reference.as_str(),
                    detail: &detail,
                };
                audit::record(tx, viewer, &event, moment.now)?;
            }
            Ok(moved.is_some())
        },
    )
    .await??;
    let flash = if moved {
        Flash::success("The new address is saved. It is not verified yet.")
    } else {
        Flash::important("This is the address on record already, so nothing was changed.")
    };
    Ok(visit.see_other_with(&format!("/children/{reference}#home"), &flash))
}

/// POST `/children/{reference}/address-verification`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn verify(
    visit: Visit,
    Named(reference): Named,
    submitted: Submitted<VerificationForm>,
) -> Result<HttpResponse, WebError> {
    let made_sure = match submitted.check(visit.today()) {
        Ok(made_sure) => made_sure,
        Err(Refused { form, errors }) => {
            let page = AddressPage::read(&visit, reference).await?;
            return answer::refuse(&AddressPage {
                verification: form,
                errors,
                ..page
            });
        }
    };
    let verified = change(
        &visit,
        reference.clone(),
        move |tx, viewer, child, moment| {
            Ok(address::verify(
                tx,
                viewer,
                child.key,
                made_sure.on,
                &made_sure.how,
                moment.now,
            )?)
        },
    )
    .await??;
    let flash = if verified {
        Flash::success("The address is verified.")
    } else {
        Flash::important("There is no address to verify. Write it down first.")
    };
    Ok(visit.see_other_with(&format!("/children/{reference}#home"), &flash))
}
