//! Recording what came of a check: one form, and after it the plain word on what follows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::words::{self, CheckWords};
use crate::clock::london_day;
use crate::db::DbError;
use crate::policy::rulebook;
use crate::rules::dates::{short, spoken};
use crate::rules::duty::Purpose;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone, check_consistent};
use crate::visit::booking::{self, Appointment, BookingState};
use crate::visit::outcome::{self, NewOutcome, OutcomeError, OutcomeRecord, Recorded};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, DateInput, Form, FormErrors, Refusal, Refused, Submitted, choices};
use crate::web::gate::seal;
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/check/outcome.html")]
struct OutcomePage {
    page: Page,
    crumbs: Vec<Crumb>,
    check: CheckWords,
    /// Who closed the check, when it is closed by now.
    meanwhile: Option<String>,
    asks_for_a_decision: bool,
    results: Vec<Choice>,
    modes: Vec<Choice>,
    spoken_alone: Vec<Choice>,
    yes_or_no: Vec<Choice>,
    judgements: Vec<Choice>,
    form: OutcomeForm,
    errors: FormErrors,
}

/// An outcome as typed, in the order in which the page asks.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct OutcomeForm {
    /// Made when the page is shown; the same form sent twice is one outcome.
    #[validate(length(max = 64, message = "Open this page again and send it from there"))]
    form_key: String,
    result: String,
    day: DateInput,
    mode: String,
    #[validate(length(max = 200, message = "Where must be 200 characters or fewer"))]
    place: String,
    #[validate(length(max = 300, message = "Who was there must be 300 characters or fewer"))]
    present: String,
    spoken_alone: String,
    home_seen: String,
    judgement: String,
    #[validate(length(max = 4000, message = "The note must be 4,000 characters or fewer"))]
    note: String,
}

/// An outcome that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct Reported {
    form: OutcomeForm,
    outcome: NewOutcome,
}

impl Form for OutcomeForm {
    type Parsed = Reported;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Reported> {
        if self.form_key.trim().is_empty() {
            errors.add("", "Open this page again and send it from there");
        }
        let result = self.result.parse::<AttemptResult>();
        let result = errors.keep("result", result.map_err(|_| "Choose what happened"));
        let happened_on = self.day.required("day", "the day it happened", errors);
        if happened_on.is_some_and(|day| day > today) {
            errors.add("day", OutcomeError::InTheFuture.to_string());
        }
        let mode = self.mode.parse::<Mode>();
        let mode = errors.keep("mode", mode.map_err(|_| "Choose how"));
        if let (Some(mode), Some(result)) = (mode, result) {
            errors.keep("mode", check_consistent(mode, result));
        }
        let is_seen = result == Some(AttemptResult::ChildSeen);
        if is_seen && self.place.trim().is_empty() {
            errors.add("place", "Enter where the child was seen");
        }
        if is_seen && self.present.trim().is_empty() {
            errors.add("present", "Enter who was there");
        }
        let spoken_alone = match self.spoken_alone.as_str() {
            "" if !is_seen => Some(SpokenAlone::NotOffered),
            typed => errors.keep(
                "spoken_alone",
                typed
                    .parse()
                    .map_err(|_| "Choose whether the child was offered time to speak alone"),
            ),
        };
        let home_seen = errors.keep("home_seen", yes_or_no(&self.home_seen));
        let judgement = match self.judgement.as_str() {
            "" => Some(Judgement::NotConsidered),
            typed => errors.keep(
                "judgement",
                typed
                    .parse()
                    .map_err(|_| "Choose what you thought of the education"),
            ),
        };
        Some(Reported {
            form: self.clone(),
            outcome: NewOutcome {
                form_key: self.form_key.trim().to_owned(),
                happened_on: happened_on?,
                mode: mode?,
                result: result?,
                place: self.place.trim().to_owned(),
                present: self.present.trim().to_owned(),
                home_seen: home_seen?,
                spoken_alone: spoken_alone?,
                judgement: judgement?,
                note: self.note.trim().to_owned(),
            },
        })
    }
}

fn yes_or_no(typed: &str) -> Result<Option<bool>, &'static str> {
    match typed {
        "" => Ok(None),
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        _ => Err("Choose yes or no"),
    }
}

/// What the page of the check says of an outcome.
pub(super) struct OutcomeWords {
    pub datetime: String,
    pub day: String,
    pub result: &'static str,
    pub satisfied: bool,
    pub facts: Vec<(&'static str, String)>,
    pub note: String,
    pub by: String,
}

impl OutcomeWords {
    /// The words for an outcome as it was recorded.
    pub fn of(outcome: &OutcomeRecord) -> Self {
        let (what, by) = (&outcome.what, &outcome.recorded_by);
        Self {
            datetime: what.happened_on.to_string(),
            day: spoken(what.happened_on),
            result: what.result.label(),
            satisfied: outcome.satisfied,
            facts: facts_of(what),
            note: what.note.clone(),
            by: format!("{by}, {}", short(london_day(outcome.recorded_at))),
        }
    }
}

fn facts_of(what: &NewOutcome) -> Vec<(&'static str, String)> {
    let mut facts = vec![("How", what.mode.label().to_owned())];
    if !what.place.is_empty() {
        facts.push(("Where", what.place.clone()));
    }
    if !what.present.is_empty() {
        facts.push(("Who was there", what.present.clone()));
    }
    if what.spoken_alone != SpokenAlone::NotOffered {
        facts.push(("Time to speak alone", what.spoken_alone.label().to_owned()));
    }
    if let Some(seen) = what.home_seen {
        facts.push(("Home seen", if seen { "Yes" } else { "No" }.to_owned()));
    }
    if what.judgement != Judgement::NotConsidered {
        facts.push(("Education", what.judgement.label().to_owned()));
    }
    facts
}

/// What the register holds that the form begins with.
struct Facts {
    check: CheckWords,
    meanwhile: Option<String>,
    purpose: Purpose,
    booked: Option<Appointment>,
}

/// `GET /checks/{reference}/outcomes/new`
pub async fn new(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    if facts.check.closed.is_some() {
        return Ok(refer(&caller, &named.0, &OutcomeError::Closed));
    }
    if facts.check.is_acknowledgement {
        return Ok(refer(&caller, &named.0, &OutcomeError::AcceptInstead));
    }
    let form = beginning(&facts, caller.today());
    answer::show(&page(&caller, facts, form, FormErrors::default()))
}

/// `POST /checks/{reference}/outcomes`
pub async fn create(
    caller: Caller,
    named: Named,
    submitted: Submitted<OutcomeForm>,
) -> Result<HttpResponse, WebError> {
    let Reported { form, outcome } = match submitted.check(caller.today()) {
        Ok(reported) => reported,
        Err(Refused { form, errors }) => {
            let facts = facts(&caller, &named.0).await?;
            let status = status_of(&facts, StatusCode::UNPROCESSABLE_ENTITY);
            return answer::with_status(status, &page(&caller, facts, form, errors));
        }
    };
    let (reference, result) = (named.0.clone(), outcome.result);
    let recorded = caller
        .act(move |act| {
            let (check, child) =
                words::find(act.tx, act.viewer, &reference)?.ok_or(OutcomeError::Closed)?;
            let recorded = outcome::record(act, &check, &outcome)?;
            Ok((
                child.reference,
                what_follows(&recorded, result, check.due_on),
            ))
        })
        .await?;
    match recorded {
        Ok((child, follows)) => Ok(caller.see_other_with(&format!("/children/{child}"), &follows)),
        Err(error @ OutcomeError::AcceptInstead) => Ok(refer(&caller, &named.0, &error)),
        Err(refusal) => {
            let facts = self::facts(&caller, &named.0).await?;
            // A key of its own lets what was typed be saved beside what the first key has recorded.
            let form_key = match refusal {
                OutcomeError::RecordedAlready(_) => seal::random(),
                _ => form.form_key,
            };
            let form = OutcomeForm { form_key, ..form };
            let status = status_of(&facts, refusal.status());
            let errors = refusal.at_its_field()?;
            answer::with_status(status, &page(&caller, facts, form, errors))
        }
    }
}

impl Refusal for OutcomeError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::InTheFuture | Self::BeforeTheCheck(_) => Some("day"),
            Self::Contradiction(_) => Some("mode"),
            Self::Closed | Self::RecordedAlready(_) => Some(""),
            Self::AcceptInstead | Self::Db(_) => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::RecordedAlready(_) => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// Whatever else is wrong, a check that was closed meanwhile comes first.
fn status_of(facts: &Facts, otherwise: StatusCode) -> StatusCode {
    match facts.meanwhile {
        Some(_) => StatusCode::CONFLICT,
        None => otherwise,
    }
}

async fn facts(caller: &Caller, reference: &Reference) -> Result<Facts, WebError> {
    let today = caller.today();
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| {
            let Some((check, child)) = words::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let bookings = booking::of_check(conn, check.key)?;
            Ok::<_, DbError>(Some(Facts {
                check: CheckWords::of(&check, &child, today, &rulebook.calendar),
                meanwhile: words::closed_meanwhile(conn, &check)?,
                purpose: check.purpose,
                booked: bookings
                    .into_iter()
                    .find(|booking| booking.state == BookingState::Booked)
                    .map(|booking| booking.what),
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

/// What was booked is what probably happened; the rest is for the officer to say.
fn beginning(facts: &Facts, today: NaiveDate) -> OutcomeForm {
    let mut form = OutcomeForm {
        form_key: seal::random(),
        ..OutcomeForm::default()
    };
    if let Some(booked) = facts
        .booked
        .as_ref()
        .filter(|booked| booked.booked_for <= today)
    {
        form.mode = booked.mode.as_str().to_owned();
        form.place = booked.place.clone();
        form.day = DateInput::from(booked.booked_for);
    }
    form
}

fn page(caller: &Caller, facts: Facts, mut form: OutcomeForm, errors: FormErrors) -> OutcomePage {
    if form.form_key.is_empty() {
        form.form_key = seal::random();
    }
    OutcomePage {
        page: caller.page("/work"),
        crumbs: facts.check.crumbs(),
        asks_for_a_decision: facts.purpose == Purpose::Decide,
        results: results(facts.purpose),
        modes: choices(Mode::ALL, Mode::as_str, Mode::label),
        spoken_alone: choices(SpokenAlone::ALL, SpokenAlone::as_str, SpokenAlone::label),
        yes_or_no: vec![Choice::new("yes", "Yes"), Choice::new("no", "No")],
        judgements: choices(Judgement::ALL, Judgement::as_str, Judgement::label),
        check: facts.check,
        meanwhile: facts.meanwhile,
        form,
        errors,
    }
}

/// Every result, saying which of them this check asks for.
fn results(purpose: Purpose) -> Vec<Choice> {
    AttemptResult::ALL
        .iter()
        .map(|result| {
            let choice = Choice::new(result.as_str(), result.label());
            if result.fits(purpose) {
                choice.hint("This is what the check asks for")
            } else {
                choice
            }
        })
        .collect()
}

/// What the recorded outcome brings about, said plainly.
fn what_follows(recorded: &Recorded, result: AttemptResult, due_on: NaiveDate) -> Flash {
    let next = recorded.next.as_deref();
    if recorded.satisfied {
        return Flash::success(match next {
            Some(next) => format!("The check is done. Next: {next}."),
            None => "The check is done.".to_owned(),
        });
    }
    let stays = format!(
        "{}: the check stays due on {}.",
        result.label(),
        spoken(due_on)
    );
    Flash::important(match next {
        Some(next) => format!("{stays} Owed as well: {next}."),
        None => stays,
    })
}

/// Back to the check, with the reason why there is nothing to record.
fn refer(caller: &Caller, reference: &Reference, error: &OutcomeError) -> HttpResponse {
    caller.see_other_with(
        &format!("/checks/{reference}"),
        &Flash::important(error.to_string()),
    )
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

    fn checked(body: &str) -> Result<NewOutcome, Refused<OutcomeForm>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::<OutcomeForm>::from_body(body)
            .unwrap()
            .check(today)
            .map(|reported| reported.outcome)
    }

    fn fields(body: &str) -> Vec<String> {
        let refused = checked(body).unwrap_err();
        let found = refused.errors.summary().iter();
        found.map(|error| error.field.clone()).collect()
    }

    const SEEN: &str = "form_key=k&result=child_seen&day-day=20&day-month=11&day-year=2026&mode=home_visit&place=At+home\
        &present=Mother&spoken_alone=accepted&home_seen=yes&judgement=suitable&note=All+well";

    #[test]
    fn a_child_who_was_seen() {
        let outcome = checked(SEEN).unwrap();
        assert_eq!(outcome.result, AttemptResult::ChildSeen);
        assert_eq!(outcome.home_seen, Some(true));
        assert_eq!(outcome.spoken_alone, SpokenAlone::Accepted);
        assert_eq!(outcome.judgement, Judgement::Suitable);
    }

    #[test]
    fn nobody_in_asks_no_more_than_there_is_to_say() {
        let outcome = checked(
            "form_key=k&result=nobody_in&day-day=20&day-month=11&day-year=2026&mode=unannounced",
        )
        .unwrap();
        assert_eq!(outcome.spoken_alone, SpokenAlone::NotOffered);
        assert_eq!(outcome.judgement, Judgement::NotConsidered);
        assert_eq!(outcome.home_seen, None);
    }

    #[test]
    fn an_empty_form_names_what_is_missing_in_order() {
        assert_eq!(fields("form_key=k"), ["result", "day", "mode"]);
        assert_eq!(
            fields(
                "form_key=k&result=child_seen&day-day=1&day-month=11&day-year=2026&mode=home_visit"
            ),
            ["place", "present", "spoken_alone"]
        );
    }

    #[test]
    fn nonsense_is_refused_at_its_field() {
        assert_eq!(fields(&SEEN.replace("day-day=20", "day-day=24")), ["day"]);
        assert_eq!(fields(&SEEN.replace("day-day=20", "day-day=31")), ["day"]);
        assert_eq!(fields(&SEEN.replace("home_visit", "online")), ["mode"]);
        assert_eq!(
            fields(&SEEN.replace("home_seen=yes", "home_seen=maybe")),
            ["home_seen"]
        );
        assert_eq!(
            fields(&SEEN.replace("judgement=suitable", "judgement=fine")),
            ["judgement"]
        );
        assert_eq!(fields(&SEEN.replace("form_key=k&", "")), [""]);
    }

    #[test]
    fn the_page_says_which_results_do() {
        let hinted = |purpose| {
            let all = results(purpose);
            all.iter().filter(|choice| !choice.hint.is_empty()).count()
        };
        assert_eq!(hinted(Purpose::SeeChild), 1);
        assert_eq!(hinted(Purpose::Contact), 4);
        assert_eq!(hinted(Purpose::Decide), 0);
    }

    #[test]
    fn what_follows_is_said_plainly() {
        let recorded = |satisfied, next: &str| Recorded {
            reference: Reference::parse("O-7K4M-2QXD").unwrap(),
            satisfied,
            next: Some(next.to_owned()),
        };
        let due_on = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let said = what_follows(
            &recorded(true, "Second check by 3 March 2027"),
            AttemptResult::ChildSeen,
            due_on,
        );
        assert_eq!(
            said.text,
            "The check is done. Next: Second check by 3 March 2027."
        );
        let said = what_follows(
            &recorded(false, "New attempt by 7 December 2026"),
            AttemptResult::NobodyIn,
            due_on,
        );
        assert_eq!(
            said.text,
            "Nobody in, or nobody came: the check stays due on 1 December 2026. Owed as well: New attempt by 7 December 2026."
        );
    }
}
