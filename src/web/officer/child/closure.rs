//! Letting a child leave the register: `/children/{reference}/closure`. The page says what each door needs.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::db::DbError;
use crate::register::child::{self, ChildRecord};
use crate::rules::closure::{RecordStanding, Shut, judgement_needed, why_manager};
use crate::rules::codes::ClosureReason;
use crate::rules::identifiers::Reference;
use crate::standing::closure::{self, Closure, ClosureError, MovedTo};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, DateInput, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "officer/child/closure.html")]
struct ClosurePage {
    page: Page,
    child: ChildRecord,
    doors: Vec<Choice>,
    /// The authorities of the list, and the one outside England.
    authorities: Vec<Choice>,
    /// Why the reader has to ask a manager; none when they can close the record.
    needs_manager: Option<String>,
    form: ClosureForm,
    errors: FormErrors,
}

/// A closure as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ClosureForm {
    reason: String,
    on: DateInput,
    authority: String,
    #[validate(length(max = 200, message = "This must be 200 characters or fewer"))]
    named: String,
    #[validate(length(max = 2000, message = "This must be 2,000 characters or fewer"))]
    evidence: String,
}

/// A closure that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct Wanted {
    form: ClosureForm,
    closure: Closure,
}

/// As the form sends it.
const OUTSIDE_ENGLAND: &str = "outside";

impl ClosureForm {
    fn moved_to(&self) -> Option<MovedTo> {
        match self.authority.trim() {
            "" => None,
            OUTSIDE_ENGLAND => Some(MovedTo::OutsideEngland),
            code => Some(MovedTo::Listed(code.to_owned())),
        }
    }

    /// An authority of the list has a name already.
    fn asks_for_a_name(&self) -> bool {
        self.reason != ClosureReason::Moved.as_str()
            || self.moved_to() == Some(MovedTo::OutsideEngland)
    }
}

impl Form for ClosureForm {
    type Parsed = Wanted;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Wanted> {
        let reason = self.reason.parse::<ClosureReason>();
        let reason = errors.keep("reason", reason.map_err(|_| "Choose why the child leaves"));
        let on = self.on.required("on", "the day", errors);
        let (named, evidence) = (self.named.trim(), self.evidence.trim());
        if let Some(needs) = reason.map(ClosureReason::needs) {
            if named.is_empty() && self.asks_for_a_name() {
                errors.add("named", Shut::NotNamed(needs.named).to_string());
            }
            if reason == Some(ClosureReason::Moved) && self.moved_to().is_none() {
                errors.add("authority", ClosureError::NoAuthority.to_string());
            }
            if evidence.is_empty() {
                errors.add("evidence", Shut::NoEvidence(needs.evidence).to_string());
            }
        }
        Some(Wanted {
            form: self.clone(),
            closure: Closure {
                reason: reason?,
                on: on?,
                named: named.to_owned(),
                moved_to: self.moved_to(),
                evidence: evidence.to_owned(),
            },
        })
    }
}

/// GET `/children/{reference}/closure`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn edit(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let first = Refused {
        form: ClosureForm::default(),
        errors: FormErrors::default(),
    };
    answer::show(&page(&caller, reference, first).await?)
}

/// POST `/children/{reference}/closure`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn save(
    caller: Caller,
    Named(reference): Named,
    submitted: Submitted<ClosureForm>,
) -> Result<HttpResponse, WebError> {
    let Wanted { form, closure } = match submitted.check(caller.today()) {
        Ok(wanted) => wanted,
        Err(refused) => return answer::refuse(&page(&caller, reference, refused).await?),
    };

    let named = reference.clone();
    let closed = caller
        .act(move |act| {
            let Some(child) = child::find(act.tx, act.viewer, &named)? else {
                return Ok(false);
            };
            closure::close(act, &child, &closure)?;
            Ok::<_, ClosureError>(true)
        })
        .await?;
    match closed {
        Ok(true) => Ok(caller.see_other_with(
            &format!("/children/{reference}"),
            &Flash::success("The record is closed. Everything in it is kept."),
        )),
        Ok(false) => Err(WebError::NotFound),
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, reference, Refused { form, errors }).await?)
        }
    }
}

impl Refusal for ClosureError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Shut(Shut::NotNamed(_)) | Self::NoOther => Some("named"),
            Self::Shut(Shut::NoEvidence(_)) => Some("evidence"),
            Self::Shut(_) => Some("on"),
            Self::NoAuthority => Some("authority"),
            Self::NeedsManager(_) | Self::Closed => Some("reason"),
            Self::NotAllowed | Self::Db(_) => None,
        }
    }
}

async fn page(
    caller: &Caller,
    reference: Reference,
    refused: Refused<ClosureForm>,
) -> Result<ClosurePage, WebError> {
    let found = caller
        .read(move |conn, viewer| {
            let Some(child) = child::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let standing = closure::standing(conn, &child)?;
            let others = closure::other_authorities(conn, viewer)?;
            Ok::<_, DbError>(Some((child, viewer.manages(), standing, others)))
        })
        .await?;
    let (child, manages, standing, others) = found.ok_or(WebError::NotFound)?;
    Ok(ClosurePage {
        page: caller.page("/children"),
        child,
        doors: doors(manages, &standing),
        authorities: authorities(others),
        needs_manager: judgement_needed(&standing).filter(|_| !manages),
        form: refused.form,
        errors: refused.errors,
    })
}

fn authorities(others: Vec<(String, String)>) -> Vec<Choice> {
    let listed = others
        .into_iter()
        .map(|(code, name)| Choice::new(code, name));
    let outside = "One outside England (Wales, Scotland, Northern Ireland or elsewhere)";
    [
        Choice::new("", "Choose the authority"),
        Choice::new(OUTSIDE_ENGLAND, outside),
    ]
    .into_iter()
    .chain(listed)
    .collect()
}

/// The doors that this viewer can open, each with what it needs.
fn doors(manages: bool, standing: &RecordStanding) -> Vec<Choice> {
    ClosureReason::ALL
        .iter()
        .filter(|reason| manages || why_manager(**reason, standing).is_none())
        .map(|reason| {
            let needs = reason.needs();
            Choice::new(reason.as_str(), reason.label()).hint(format!(
                "Day: {}. Name {}. Evidence: {}",
                needs.day, needs.named, needs.evidence
            ))
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::tier::Tier;

    fn fields(body: &str) -> Vec<String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let checked = Submitted::<ClosureForm>::from_body(body)
            .unwrap()
            .check(today);
        checked.map_or_else(
            |refused| {
                refused
                    .errors
                    .summary()
                    .iter()
                    .map(|e| e.field.clone())
                    .collect()
            },
            |_| Vec::new(),
        )
    }

    #[test]
    fn each_door_asks_for_what_it_needs() {
        assert_eq!(fields(""), ["reason", "on"]);
        let day = "on-day=20&on-month=11&on-year=2026";
        assert_eq!(
            fields(&format!("reason=emigrated&{day}")),
            ["named", "evidence"]
        );
        let whole =
            format!("reason=emigrated&{day}&named=Norway&evidence=Letter+from+the+school+there");
        assert!(fields(&whole).is_empty());
    }

    #[test]
    fn another_authority_is_chosen_and_not_written() {
        let rest = "on-day=20&on-month=11&on-year=2026&evidence=Their+officer";
        let moved = |more: &str| fields(&format!("reason=moved&{rest}{more}"));
        assert_eq!(moved("&named=Camden"), ["authority"]);
        assert!(moved("&authority=202").is_empty());
        assert_eq!(moved("&authority=outside"), ["named"]);
        assert!(moved("&authority=outside&named=Cardiff,+Wales").is_empty());
    }

    #[test]
    fn an_officer_sees_the_doors_that_an_officer_opens() {
        let well = RecordStanding {
            has_lapsed: false,
            was_seen: true,
            tier: Tier::Green,
        };
        let unseen = RecordStanding {
            was_seen: false,
            ..well
        };
        assert_eq!(doors(false, &well).len(), 3);
        assert_eq!(doors(false, &unseen).len(), 1);
        assert_eq!(doors(true, &unseen).len(), ClosureReason::ALL.len());
    }
}
