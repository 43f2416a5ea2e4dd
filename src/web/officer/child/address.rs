//! Where a child lives: a new address (`/children/{reference}/addresses`), and making sure of the one on record
//! (`/children/{reference}/address-verification`). Both forms are on one page, for the visit that finds either.

mod form;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use form::{MadeSure, NewAddressForm, SettlementForm, VerificationForm};

use super::change::change_or;
use crate::clock::london_day;
use crate::db::{Conn, DbError};
use crate::register::ChildKey;
use crate::register::address::{self, AddressError, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::claimed_address::{self, ClaimedAddress};
use crate::rules::codes::Source;
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::standing::dispute;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, FormErrors, Refused, Submitted, choices_with_blank};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::{answer, filters};

#[derive(Template)]
#[template(path = "officer/child/address.html")]
struct AddressPage {
    page: Page,
    child: ChildRecord,
    home: Option<Shown>,
    /// Another address that was claimed and that waits to be settled.
    claimed: Option<ClaimedAddress>,
    /// The address that the form showed, where another is held by now.
    meant: Option<Shown>,
    changed_meanwhile: bool,
    new: NewAddressForm,
    verification: VerificationForm,
    sources: Vec<Choice>,
    errors: FormErrors,
}

/// An address, and who wrote it down.
struct Shown {
    address: AddressRecord,
    by: String,
}

impl Shown {
    fn of(conn: &mut Conn, child: ChildKey, address: AddressRecord) -> Result<Self, DbError> {
        let written = address::written_down(conn, child, &address)?;
        let told = format!("Told by: {}", address.source.label());
        let by = match written.and_then(|event| Some((event.name?, event.at))) {
            Some((name, at)) => {
                format!("{told}. Saved by {name} on {}", spoken(london_day(at)))
            }
            None => told,
        };
        Ok(Self { address, by })
    }
}

impl AddressPage {
    async fn read(caller: &Caller, reference: Reference) -> Result<Self, WebError> {
        Self::read_meaning(caller, reference, None).await
    }

    /// The page for somebody whose form showed the address with the reference `meant`.
    async fn read_meaning(
        caller: &Caller,
        reference: Reference,
        meant: Option<Reference>,
    ) -> Result<Self, WebError> {
        let (child, home, meant, claimed) = caller
            .read(move |conn, viewer| {
                let Some(child) = child::find(conn, viewer, &reference)? else {
                    return Ok(None);
                };
                let claimed = claimed_address::waiting(conn, child.key)?;
                let mut homes = address::history(conn, child.key)?;
                let home = homes.iter().position(|home| home.lived_to.is_none());
                let home = home.map(|at| homes.swap_remove(at));
                let is_meant = |home: &AddressRecord| Some(&home.reference) == meant.as_ref();
                let meant = homes.into_iter().find(is_meant);
                let home = home
                    .map(|home| Shown::of(conn, child.key, home))
                    .transpose()?;
                let meant = meant
                    .map(|was| Shown::of(conn, child.key, was))
                    .transpose()?;
                Ok::<_, DbError>(Some((child, home, meant, claimed)))
            })
            .await?
            .ok_or(WebError::NotFound)?;
        Ok(Self {
            page: caller.page("/children"),
            child,
            home,
            claimed,
            meant,
            changed_meanwhile: false,
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
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let page = AddressPage::read(&caller, reference).await?;
    let today = caller.today();
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
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<NewAddressForm>,
) -> Result<HttpResponse, WebError> {
    let told = match submitted.check(caller.today()) {
        Ok(told) => told,
        Err(Refused { form, errors }) => {
            let page = AddressPage::read(&caller, reference).await?;
            return answer::refuse(&AddressPage {
                new: form,
                errors,
                ..page
            });
        }
    };
    let typed = told.clone();
    let saved = change_or(&caller, reference.clone(), move |act, child| {
        let (place, source) = (&told.place, told.source);
        address::write_down(act, child, place, source, told.from)
    })
    .await?;
    let saved = match saved {
        Ok(saved) => saved,
        Err(AddressError::Untimely(problem)) => {
            let errors = FormErrors::at("lived_from", problem.to_string());
            let page = AddressPage::read(&caller, reference).await?;
            return answer::refuse(&AddressPage {
                new: typed.into(),
                errors,
                ..page
            });
        }
        Err(error) => return Err(refused(error)),
    };
    let flash = match saved.map(|written| written.lived_to) {
        Some(None) => Flash::success("The new address is saved. It is not verified yet."),
        Some(Some(to)) => Flash::success(format!(
            "The address is saved as an earlier one, until {}. Where the child lives now is as it was.",
            spoken(to)
        )),
        None => Flash::important("This is the address on record already, so nothing was changed."),
    };
    Ok(caller.see_other_with(&format!("/children/{reference}#home"), &flash))
}

/// POST `/children/{reference}/address-verification`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn verify(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<VerificationForm>,
) -> Result<HttpResponse, WebError> {
    let made_sure = match submitted.check(caller.today()) {
        Ok(made_sure) => made_sure,
        Err(Refused { form, errors }) => {
            let meant = Reference::parse(&form.address).ok();
            let page = AddressPage::read_meaning(&caller, reference, meant).await?;
            return page.with_verification(form, errors);
        }
    };
    let typed = made_sure.clone();
    let verified = change_or(&caller, reference.clone(), move |act, child| {
        let MadeSure { address, how, on } = &made_sure;
        let shown = address.as_ref();
        address::verify_shown(act, child.key, shown, *on, how)
    })
    .await?;
    match verified {
        Ok(()) => Ok(caller.see_other_with(
            &format!("/children/{reference}#home"),
            &Flash::success("The address is verified."),
        )),
        Err(AddressError::Another) => {
            let meant = typed.address.clone();
            let page = AddressPage::read_meaning(&caller, reference, meant).await?;
            let page = AddressPage {
                changed_meanwhile: true,
                ..page
            };
            page.with_verification(typed.into(), FormErrors::default())
        }
        Err(AddressError::Untimely(problem)) => {
            let errors = FormErrors::at("verified_on", problem.to_string());
            let page = AddressPage::read(&caller, reference).await?;
            page.with_verification(typed.into(), errors)
        }
        Err(error) => Err(refused(error)),
    }
}

impl AddressPage {
    /// The page again with what was typed about the address; 409 when that was another address than the one held now.
    fn with_verification(
        self,
        form: VerificationForm,
        errors: FormErrors,
    ) -> Result<HttpResponse, WebError> {
        let changed_meanwhile = self.changed_meanwhile || self.meant.is_some();
        let page = Self {
            verification: form,
            errors,
            changed_meanwhile,
            ..self
        };
        if changed_meanwhile {
            return answer::with_status(StatusCode::CONFLICT, &page);
        }
        answer::refuse(&page)
    }
}

/// POST `/children/{reference}/address-settlement`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer; [`WebError::Conflict`] when one of the two
/// addresses is another by now.
pub async fn settle(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<SettlementForm>,
) -> Result<HttpResponse, WebError> {
    let settled = match submitted.check(caller.today()) {
        Ok(settled) => settled,
        Err(Refused { errors, .. }) => {
            let page = AddressPage::read(&caller, reference).await?;
            return answer::refuse(&AddressPage { errors, ..page });
        }
    };
    change_or(&caller, reference.clone(), move |act, child| {
        let shown = (settled.address.as_ref(), settled.claimed.as_str());
        dispute::settle(act, child, shown, settled.which)
    })
    .await?
    .map_err(refused)?;
    Ok(caller.see_other_with(
        &format!("/children/{reference}#home"),
        &Flash::success("Which address is right is settled."),
    ))
}

/// What no field of the page can be blamed for.
fn refused(error: AddressError) -> WebError {
    match error {
        AddressError::Child(error) => error.into(),
        AddressError::Db(error) => error.into(),
        error @ (AddressError::Another | AddressError::Untimely(_)) => {
            WebError::Conflict(format!("{error}."))
        }
    }
}
