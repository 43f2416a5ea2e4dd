//! Amending who a child is: `/children/{reference}/particulars`. Whoever saves second is shown both versions, and
//! particulars that match another child are not saved before somebody has looked at that child.

mod form;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::change::{change, child_of};
use crate::access::Viewer;
use crate::db::{Conn, Result as DbResult};
use crate::register::child::{self, AmendError, ChildRecord, Particulars};
use crate::register::duplicates::{self, Candidate};
use crate::rules::codes::{Ethnicity, SenProvision, SenType, Sex};
use crate::rules::identifiers::Reference;
use crate::rules::same_child::Identity;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    Choice, FormErrors, Refusal, Refused, Submitted, choices, choices_with_blank,
};
use crate::web::named::Named;
use crate::web::officer::row::{Officers, Row};
use crate::web::page::{Flash, Page};
use form::{Amendment, Difference, ParticularsForm, differences};

#[derive(Template)]
#[template(path = "officer/child/particulars.html")]
struct ParticularsPage {
    page: Page,
    child: ChildRecord,
    form: ParticularsForm,
    errors: FormErrors,
    sexes: Vec<Choice>,
    ethnicities: Vec<Choice>,
    provisions: Vec<Choice>,
    needs: Vec<Choice>,
    confirm: Vec<Choice>,
    saved_meanwhile: bool,
    differences: Vec<Difference>,
    caption: &'static str,
    rows: Vec<Row>,
    why: Vec<(String, String)>,
}

impl ParticularsPage {
    fn new(caller: &Caller, child: ChildRecord, form: ParticularsForm) -> Self {
        Self {
            page: caller.page("/children"),
            child,
            form,
            errors: FormErrors::default(),
            sexes: choices(Sex::ALL, Sex::as_str, Sex::label),
            ethnicities: choices_with_blank(
                "Not recorded",
                Ethnicity::ALL,
                Ethnicity::as_str,
                Ethnicity::label,
            ),
            provisions: choices_with_blank(
                "Not recorded",
                SenProvision::ALL,
                SenProvision::as_str,
                SenProvision::label,
            ),
            needs: choices_with_blank(
                "Not recorded",
                SenType::ALL,
                SenType::as_str,
                SenType::label,
            ),
            confirm: vec![Choice::new("yes", "I have looked: this is another child")],
            saved_meanwhile: false,
            differences: Vec::new(),
            caption: "Children who may be the same",
            rows: Vec::new(),
            why: Vec::new(),
        }
    }
}

/// GET `/children/{reference}/particulars`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let child = child_of(&caller, reference).await?;
    let form = ParticularsForm::of(&child.particulars, child.version);
    answer::show(&ParticularsPage::new(&caller, child, form))
}

/// What became of an amendment that nobody else was in the way of.
enum Saved {
    Amended,
    MayBeAnother(Vec<Candidate>, Officers),
}

/// POST `/children/{reference}/particulars`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ParticularsForm>,
) -> Result<HttpResponse, WebError> {
    let amendment = match submitted.check(caller.today()) {
        Ok(amendment) => amendment,
        Err(Refused { form, errors }) => {
            let child = child_of(&caller, reference).await?;
            return answer::refuse(&ParticularsPage {
                errors,
                ..ParticularsPage::new(&caller, child, form)
            });
        }
    };
    let typed = amendment.clone();
    let saved = change(&caller, reference.clone(), move |act, child| {
        let others = others_like(act.tx, act.viewer, child, &amendment)?;
        if !others.is_empty() {
            return Ok(Saved::MayBeAnother(
                others,
                Officers::read(act.tx, act.viewer)?,
            ));
        }
        child::amend(
            act,
            &child.reference,
            amendment.version,
            &amendment.particulars,
        )?;
        Ok(Saved::Amended)
    })
    .await?;
    answer_to(&caller, reference, saved, typed).await
}

/// Other children with these particulars, unless they are as they were or somebody has looked at them already.
fn others_like(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    amendment: &Amendment,
) -> DbResult<Vec<Candidate>> {
    let typed = &amendment.particulars;
    if amendment.is_another_child || is_same_person(&child.particulars, typed) {
        return Ok(Vec::new());
    }
    let sought = Identity {
        postcode: child.postcode.as_deref(),
        ..typed.identity()
    };
    duplicates::candidates(tx, viewer, &sought, Some(child.reference.as_str()))
}

fn is_same_person(saved: &Particulars, typed: &Particulars) -> bool {
    saved.given_names == typed.given_names
        && saved.family_name == typed.family_name
        && saved.date_of_birth == typed.date_of_birth
        && saved.upn == typed.upn
        && saved.nhs_number == typed.nhs_number
}

async fn answer_to(
    caller: &Caller,
    reference: Reference,
    saved: Result<Saved, AmendError>,
    typed: Amendment,
) -> Result<HttpResponse, WebError> {
    let form = ParticularsForm::of(&typed.particulars, typed.version);
    let refusal = match saved {
        Ok(Saved::Amended) => {
            return Ok(caller.see_other_with(
                &format!("/children/{reference}"),
                &Flash::success("The particulars are saved."),
            ));
        }
        Ok(Saved::MayBeAnother(others, officers)) => {
            let child = child_of(caller, reference).await?;
            let why = Candidate::reasons(&others);
            let lines = others.into_iter().map(|other| other.line).collect();
            let rows = Row::all(lines, &officers, caller.today());
            let errors = FormErrors::at(
                "another_child",
                "Look at the children who may be the same, and confirm that this is another child",
            );
            return answer::refuse(&ParticularsPage {
                rows,
                why,
                errors,
                ..ParticularsPage::new(caller, child, form)
            });
        }
        Err(AmendError::Changed(child)) => {
            let form = ParticularsForm::of(&typed.particulars, child.version);
            let page = ParticularsPage {
                saved_meanwhile: true,
                differences: differences(&child.particulars, &typed.particulars),
                ..ParticularsPage::new(caller, *child, form)
            };
            return answer::with_status(StatusCode::CONFLICT, &page);
        }
        Err(refusal) => refusal,
    };
    let errors = refusal.at_its_field()?;
    let child = child_of(caller, reference).await?;
    answer::refuse(&ParticularsPage {
        errors,
        ..ParticularsPage::new(caller, child, form)
    })
}

impl Refusal for AmendError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::UpnTaken => Some("upn"),
            Self::NhsNumberTaken => Some("nhs_number"),
            Self::Changed(_) | Self::NotFound | Self::NotAnOfficer => None,
            Self::NotAllowed | Self::Db(_) => None,
        }
    }
}
