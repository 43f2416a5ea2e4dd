//! Writing down that an open episode has ended: `/children/{reference}/episodes/{episode}/end`.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::change::change;
use crate::access::Viewer;
use crate::db::{Conn, Result as DbResult};
use crate::register::child::{self, AmendError, ChildRecord};
use crate::register::episode::{self, EpisodeRecord};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form::{DateInput, Form, FormErrors, Refused, Submitted};
use crate::web::page::{Flash, Page};

/// The last day, as typed.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct EndForm {
    ended_on: DateInput,
}

impl Form for EndForm {
    type Parsed = NaiveDate;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<NaiveDate> {
        let ended_on = self.ended_on.required("ended_on", "the last day", errors);
        if ended_on.is_some_and(|day| day > today) {
            errors.add("ended_on", "The last day must be today or in the past");
        }
        ended_on
    }
}

#[derive(Template)]
#[template(path = "officer/child/episode_end.html")]
struct EndPage {
    page: Page,
    child: ChildRecord,
    episode: EpisodeRecord,
    form: EndForm,
    errors: FormErrors,
}

/// The child and the episode that an address names.
type Named = web::Path<(String, String)>;

fn references(named: &Named) -> Result<(Reference, Reference), WebError> {
    let parse = |text: &str| Reference::parse(text).map_err(|_| WebError::NotFound);
    Ok((parse(&named.0)?, parse(&named.1)?))
}

/// The child's open episode with this reference.
fn open_episode(
    conn: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    reference: &Reference,
) -> DbResult<Option<EpisodeRecord>> {
    let episodes = episode::of_child(conn, viewer, child.key)?;
    Ok(episodes
        .into_iter()
        .find(|held| held.reference == *reference && held.what.ended_on.is_none()))
}

async fn page(
    caller: &Caller,
    (child, episode): (Reference, Reference),
    form: EndForm,
    errors: FormErrors,
) -> Result<EndPage, WebError> {
    let (child, episode) = caller
        .read(move |conn, viewer| {
            let child = child::find(conn, viewer, &child)?.ok_or(AmendError::NotFound)?;
            let open = open_episode(conn, viewer, &child, &episode)?;
            let open = open.ok_or(AmendError::NotFound)?;
            Ok::<_, AmendError>((child, open))
        })
        .await?;
    Ok(EndPage {
        page: caller.page("/children"),
        child,
        episode,
        form,
        errors,
    })
}

/// GET `/children/{reference}/episodes/{episode}/end`.
///
/// # Errors
/// [`WebError::NotFound`] when the child has no such open episode for this viewer.
pub async fn edit(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let form = EndForm::default();
    answer::show(&page(&caller, references(&named)?, form, FormErrors::default()).await?)
}

/// POST `/children/{reference}/episodes/{episode}/end`.
///
/// # Errors
/// [`WebError::NotFound`] when the child has no such open episode for this viewer.
pub async fn save(
    caller: Caller,
    named: Named,
    submitted: Submitted<EndForm>,
) -> Result<HttpResponse, WebError> {
    let (reference, ended) = references(&named)?;
    let ended_on = match submitted.check(caller.today()) {
        Ok(ended_on) => ended_on,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, (reference, ended), form, errors).await?);
        }
    };
    let episode = ended.clone();
    let in_order = change(&caller, reference.clone(), move |act, child| {
        let open =
            open_episode(act.tx, act.viewer, child, &episode)?.ok_or(AmendError::NotFound)?;
        if ended_on < open.what.started_on {
            return Ok(false);
        }
        Ok(episode::end(act, child.key, &open, ended_on)?)
    })
    .await??;
    if !in_order {
        let form = EndForm {
            ended_on: ended_on.into(),
        };
        let errors = FormErrors::at("ended_on", "The last day must not be before the first");
        return answer::refuse(&page(&caller, (reference, ended), form, errors).await?);
    }
    Ok(caller.see_other_with(
        &format!("/children/{reference}#episodes"),
        &Flash::success("The end is saved, and the schedule of the checks was looked at again."),
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_ended_tomorrow() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let check = |day| {
            let body = format!("ended_on-day={day}&ended_on-month=11&ended_on-year=2026");
            Submitted::<EndForm>::from_body(&body)
                .unwrap()
                .check(today)
                .ok()
        };
        assert_eq!(check(23), Some(today));
        assert_eq!(check(24), None);
        assert_eq!(check(31), None);
    }
}
