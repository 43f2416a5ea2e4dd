//! Hiding a record from officers who do not answer for the child: `/children/{reference}/restriction`, for managers.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::change::change;
use crate::register::child;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::named::Named;
use crate::web::page::Flash;

/// The button that was pressed: "yes" or "no".
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct RestrictionForm {
    restricted: String,
}

impl Form for RestrictionForm {
    type Parsed = bool;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<bool> {
        match self.restricted.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                errors.add("restricted", "Choose who sees this record");
                None
            }
        }
    }
}

/// POST `/children/{reference}/restriction`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<RestrictionForm>,
) -> Result<HttpResponse, WebError> {
    let restricted = submitted.check(caller.today()).map_err(|_| {
        WebError::BadRequest("Use the buttons on the child’s page to choose who sees it.".into())
    })?;
    change(&caller, reference.clone(), move |act, child| {
        child::restrict(act, child.key, restricted)
    })
    .await??;
    let told = if restricted {
        "Only managers and the child’s officer see this record now."
    } else {
        "All officers see this record now."
    };
    Ok(caller.see_other_with(&format!("/children/{reference}"), &Flash::success(told)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_buttons_are_understood() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let pressed = |body| {
            Submitted::<RestrictionForm>::from_body(body)
                .unwrap()
                .check(today)
                .ok()
        };
        assert_eq!(pressed("restricted=yes"), Some(true));
        assert_eq!(pressed("restricted=no"), Some(false));
        assert_eq!(pressed("restricted=maybe"), None);
        assert_eq!(pressed(""), None);
    }
}
