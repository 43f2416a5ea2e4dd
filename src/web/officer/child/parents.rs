//! Adding a parent or carer to a child: `/children/{reference}/parents`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::change::{change, child_of};
use crate::access::Action;
use crate::register::child::ChildRecord;
use crate::register::person::{self, NewPerson, NewRelation, PersonParticulars};
use crate::rules::codes::{Confidentiality, Relationship};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{
    Choice, Form, FormErrors, Refused, Submitted, choices, choices_with_blank, one_line,
};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

/// What the form holds, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ParentForm {
    #[validate(length(max = 200, message = "Name must be 200 characters or fewer"))]
    name: String,
    relationship: String,
    parental_responsibility: String,
    lives_with_child: String,
    telephone: String,
    email: String,
    #[validate(length(
        max = 200,
        message = "How they would rather be contacted must be 200 characters or fewer"
    ))]
    contact_preference: String,
    confidentiality: String,
}

/// Who, and what they are to the child.
#[derive(Debug)]
pub struct ToldParent {
    person: NewPerson,
    relation: NewRelation,
}

impl Form for ParentForm {
    type Parsed = ToldParent;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<ToldParent> {
        let name = errors.keep_line("name", &self.name, "Enter the parent’s or carer’s name");
        let relationship = errors.keep(
            "relationship",
            self.relationship
                .parse()
                .map_err(|_| "Choose what they are to the child"),
        );
        let telephone = errors.keep_if_typed("telephone", &self.telephone);
        let email = errors.keep_if_typed("email", &self.email);
        let confidentiality = errors.keep(
            "confidentiality",
            self.confidentiality
                .parse()
                .map_err(|_| "Choose who may be shown their details"),
        );
        Some(ToldParent {
            person: NewPerson {
                account: None,
                particulars: PersonParticulars {
                    name: name?,
                    email: email?,
                    telephone: telephone?,
                    contact_preference: one_line(&self.contact_preference),
                    confidentiality: confidentiality?,
                },
            },
            relation: NewRelation {
                relationship: relationship?,
                parental_responsibility: if_known(&self.parental_responsibility),
                lives_with_child: if_known(&self.lives_with_child),
                held_from: today,
            },
        })
    }
}

fn if_known(answer: &str) -> Option<bool> {
    match answer {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn yes_no_unknown() -> Vec<Choice> {
    vec![
        Choice::new("yes", "Yes"),
        Choice::new("no", "No"),
        Choice::new("", "Not known"),
    ]
}

#[derive(Template)]
#[template(path = "officer/child/parents.html")]
struct ParentPage {
    page: Page,
    child: ChildRecord,
    form: ParentForm,
    errors: FormErrors,
    relationships: Vec<Choice>,
    if_known: Vec<Choice>,
    confidentialities: Vec<Choice>,
}

impl ParentPage {
    fn new(caller: &Caller, child: ChildRecord, form: ParentForm, errors: FormErrors) -> Self {
        Self {
            page: caller.page("/children"),
            child,
            form,
            errors,
            relationships: choices_with_blank(
                "Choose one",
                Relationship::ALL,
                Relationship::as_str,
                Relationship::label,
            ),
            if_known: yes_no_unknown(),
            confidentialities: choices(
                Confidentiality::ALL,
                Confidentiality::as_str,
                Confidentiality::label,
            ),
        }
    }
}

/// GET `/children/{reference}/parents`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let child = child_of(&caller, reference).await?;
    let form = ParentForm {
        confidentiality: Confidentiality::Normal.as_str().to_owned(),
        ..ParentForm::default()
    };
    answer::show(&ParentPage::new(
        &caller,
        child,
        form,
        FormErrors::default(),
    ))
}

/// POST `/children/{reference}/parents`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn add(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ParentForm>,
) -> Result<HttpResponse, WebError> {
    let told = match submitted.check(caller.today()) {
        Ok(told) => told,
        Err(Refused { form, errors }) => {
            let child = child_of(&caller, reference).await?;
            return answer::refuse(&ParentPage::new(&caller, child, form, errors));
        }
    };
    change(&caller, reference.clone(), move |act, child| {
        let (new, relation) = (&told.person, &told.relation);
        if !person::add_parent(act, child.key, new, relation)? {
            return Ok(());
        }
        let detail = format!("Added: {}", told.relation.relationship.label());
        Ok(act.note(Action::ParentAdded, child, &detail)?)
    })
    .await??;
    Ok(caller.see_other_with(
        &format!("/children/{reference}#parents"),
        &Flash::success("The parent or carer is saved."),
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn check(body: &str) -> Result<ToldParent, FormErrors> {
        Submitted::<ParentForm>::from_body(body)
            .unwrap()
            .check(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap())
            .map_err(|refused| refused.errors)
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let told = check(
            "name=Jo+Field&relationship=mother&parental_responsibility=yes&confidentiality=normal",
        )
        .unwrap();
        assert_eq!(told.relation.parental_responsibility, Some(true));
        assert_eq!(told.relation.lives_with_child, None);
        assert!(
            told.person.particulars.email.is_none() && told.person.particulars.telephone.is_none()
        );
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        let errors =
            check("name=&relationship=owner&telephone=12&email=jo&confidentiality=").unwrap_err();
        for field in [
            "name",
            "relationship",
            "telephone",
            "email",
            "confidentiality",
        ] {
            assert!(errors.get(field).is_some(), "{field}");
        }
    }
}
