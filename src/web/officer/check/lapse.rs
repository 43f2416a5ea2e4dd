//! A lapse: whom it was told to, and who answers for it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use super::words::{DutyWords, LapseWords};
use crate::access::audit::{self, Entry};
use crate::access::{Action, Viewer};
use crate::clock::london_day;
use crate::db::{Conn, DbError};
use crate::duty::lapse::{self, AnswerError, LapseRecord, Plan, TellingRecord};
use crate::duty::owed;
use crate::duty::rest::{self, Rest};
use crate::mail::outbox::MailState;
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::child;
use crate::rules::dates::{short, spoken};
use crate::rules::escalation::{self, Ladder, LapseState, Post, Step};
use crate::rules::identifiers::Reference;
use crate::rules::rest::can_rest;
use crate::rules::tier::Tier;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{DateInput, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};

#[derive(Template)]
#[template(path = "officer/check/lapse.html")]
struct LapsePage {
    page: Page,
    crumbs: Vec<Crumb>,
    facts: LapseToAnswer,
    form: AnswerForm,
    answered_meanwhile: bool,
    errors: FormErrors,
}

struct LapseToAnswer {
    lapse: LapseWords,
    duty: DutyWords,
    ladder: Ladder,
    owner: Post,
    /// What was answered so far, of a lapse that is on no child's timeline.
    earlier: Vec<String>,
    told: Vec<ToldRow>,
    /// The last day that a plan may have.
    latest_plan: LastDay,
    /// Why the reader cannot answer again; none when they can.
    needs_manager: Option<String>,
    /// Whether whoever reads it may answer with a plan; an administrator only does what is owed.
    may_answer: bool,
    /// Who will be told of a plan at once, if anybody.
    who_hears: Option<String>,
    /// That the check rests, until when and who leads; none if it does not.
    rests: Option<String>,
    /// What the ladder does in this round; none when the lapse is closed.
    rungs: Vec<Rung>,
}

impl LapseToAnswer {
    /// What has lapsed, in the middle of a sentence.
    fn noun(&self) -> &'static str {
        self.ladder.noun()
    }
}

/// A step of the ladder in the round that the lapse is in.
struct Rung {
    step: &'static str,
    on: String,
    posts: String,
    why: String,
    is_told: bool,
}

struct ToldRow {
    step: String,
    post: String,
    recipient: String,
    told: String,
    delivery: String,
}

/// What somebody will do about a lapse, as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AnswerForm {
    /// Which answer the page showed; empty for none.
    known: String,
    #[validate(length(max = 1000, message = "The plan must be 1,000 characters or fewer"))]
    plan: String,
    plan_by: DateInput,
}

/// A plan that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct Planned {
    form: AnswerForm,
    plan: Plan,
}

impl Form for AnswerForm {
    type Parsed = Planned;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Planned> {
        let plan = self.plan.trim();
        if plan.is_empty() {
            errors.add("plan", AnswerError::NoPlan.to_string());
        }
        let what = "the day by which it will be done";
        let plan_by = self.plan_by.required("plan_by", what, errors);
        if plan_by.is_some_and(|day| day < today) {
            errors.add("plan_by", "Choose today or a later day");
        }
        Some(Planned {
            form: self.clone(),
            plan: Plan {
                words: plan.to_owned(),
                by: plan_by?,
            },
        })
    }
}

/// `GET /lapses/{reference}`
pub async fn show(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    answer::show(&page(
        &caller,
        facts,
        AnswerForm::default(),
        FormErrors::default(),
    ))
}

/// `POST /lapses/{reference}/answer`
pub async fn answer(
    caller: Caller,
    named: Named,
    submitted: Submitted<AnswerForm>,
) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    let (ladder, owner) = (facts.ladder, facts.owner);
    let Planned { form, plan } = match submitted.check(caller.today()) {
        Ok(planned) => planned,
        Err(Refused { form, errors }) => {
            return answer::refuse(&page(&caller, facts, form, errors));
        }
    };
    let (reference, known, plan_by) = (named.0.clone(), form.known.clone(), plan.by);
    let answered = caller
        .act(move |act| {
            let lapse = lapse::find(act.tx, act.viewer, &reference)?.ok_or(AnswerError::Closed)?;
            lapse::answer_knowing(act, &lapse, &known, &plan)
        })
        .await?;
    if let Err(AnswerError::Answered) = answered {
        let facts = self::facts(&caller, &named.0).await?;
        let page = LapsePage {
            answered_meanwhile: true,
            ..page(&caller, facts, form, FormErrors::default())
        };
        return answer::with_status(StatusCode::CONFLICT, &page);
    }
    let here = format!("/lapses/{}", named.0);
    match answered {
        Ok(heard) => {
            let above = escalation::posts_of(heard, ladder, owner);
            Ok(caller.see_other_with(&here, &Flash::success(recorded(above, plan_by))))
        }
        Err(
            error @ (AnswerError::Closed | AnswerError::Answered | AnswerError::NeedsManager(_)),
        ) => Ok(caller.see_other_with(&here, &Flash::important(error.to_string()))),
        Err(refusal) => {
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, facts, form, errors))
        }
    }
}

impl Refusal for AnswerError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoPlan => Some("plan"),
            Self::PlanDay(_) => Some("plan_by"),
            Self::Closed | Self::Answered | Self::NeedsManager(_) => None,
            Self::NotAllowed | Self::Db(_) => None,
        }
    }
}

/// What is said to whoever made a plan that those above hear of.
fn recorded(above: Option<String>, plan_by: NaiveDate) -> String {
    let above = match above {
        Some(posts) => format!(" The {posts} will be told of it within a quarter of an hour."),
        None => String::new(),
    };
    format!(
        "Your plan is recorded.{above} Nobody else is told of this lapse before {} has passed.",
        spoken(plan_by)
    )
}

async fn facts(caller: &Caller, reference: &Reference) -> Result<LapseToAnswer, WebError> {
    let today = caller.today();
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| {
            let Some(lapse) = lapse::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let Some(duty) = owed::find(conn, viewer, &lapse.duty_reference)? else {
                return Ok(None);
            };
            let child = match lapse.child {
                Some(child) => child::by_key(conn, viewer, child)?,
                None => None,
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let told = lapse::told(conn, lapse.key)?;
            let rest = match lapse.child {
                Some(child) => rest::on(conn, child, today)?,
                None => None,
            };
            let rest = rest.filter(|_| lapse.closed.is_none() && can_rest(duty.kind, duty.purpose));
            let tier = child.as_ref().map_or(Tier::Green, |child| child.tier);
            Ok::<_, DbError>(Some(LapseToAnswer {
                lapse: LapseWords::of(&lapse, today, &rulebook.calendar),
                duty: DutyWords::of(&duty, child.as_ref(), today, &rulebook.calendar),
                ladder: lapse.ladder,
                owner: lapse.post,
                rungs: rungs(&lapse.state(tier), &told, &rulebook),
                told: told
                    .iter()
                    .map(|told| told_row(told, lapse.ladder))
                    .collect(),
                rests: rest.as_ref().map(Rest::in_words),
                latest_plan: lapse::latest_plan(viewer, &lapse, &rulebook),
                needs_manager: lapse::why_not_renewed(viewer, &lapse, &rulebook),
                may_answer: viewer.works_with_children(),
                who_hears: lapse::who_hears(viewer, &lapse, &rulebook),
                earlier: match lapse.child {
                    // A child's are on the timeline, beside what else happened.
                    Some(_) => Vec::new(),
                    None => earlier_plans(conn, viewer, &lapse)?,
                },
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

/// Every answer to a lapse, the newest first.
fn earlier_plans(
    conn: &mut Conn,
    viewer: &Viewer,
    lapse: &LapseRecord,
) -> Result<Vec<String>, DbError> {
    let subject = lapse.reference.as_str();
    let answers = audit::all_of(conn, viewer, Action::LapseAnswered, subject)?;
    let words = |entry: Entry| {
        let (day, by) = (spoken(london_day(entry.at)), entry.name.unwrap_or_default());
        format!("{day}, {by}: {}", entry.detail)
    };
    Ok(answers.into_iter().map(words).collect())
}

fn rungs(lapse: &LapseState, told: &[TellingRecord], rulebook: &Rulebook) -> Vec<Rung> {
    let is_told = |step| {
        told.iter()
            .any(|told| told.round == lapse.round && told.step == step)
    };
    let Rulebook {
        policy, calendar, ..
    } = rulebook;
    escalation::round(lapse, policy, calendar)
        .map(|owed| Rung {
            step: owed.step.label_on(lapse.ladder),
            on: short(owed.owed_on),
            posts: posts(owed.step, lapse),
            why: escalation::why(owed.step, lapse, policy),
            is_told: is_told(owed.step),
        })
        .collect()
}

/// Such as "Officer and team leader".
fn posts(step: Step, lapse: &LapseState) -> String {
    let posts = step.posts(lapse.ladder, lapse.owner);
    let posts: Vec<&str> = posts.map(Post::label).collect();
    match posts.split_first() {
        Some((first, others)) => others.iter().fold((*first).to_owned(), |words, post| {
            format!("{words} and {}", post.to_lowercase())
        }),
        None => String::new(),
    }
}

fn told_row(told: &TellingRecord, ladder: Ladder) -> ToldRow {
    let step = told.step.label_on(ladder);
    ToldRow {
        step: match told.round {
            round if told.step.is_renewal() => format!("{step}: plan {round}"),
            0 => step.to_owned(),
            _ => format!("{step} (a plan was not kept)"),
        },
        post: if told.post == told.told_post {
            told.post.label().to_owned()
        } else {
            format!(
                "{} (nobody was there for the post “{}”)",
                told.told_post.label(),
                told.post.label()
            )
        },
        recipient: told.recipient.clone(),
        told: short(london_day(told.told_at)),
        delivery: match (told.mail_state, told.sent_at) {
            (MailState::Sent, Some(at)) => {
                format!("{} on {}", MailState::Sent.label(), short(london_day(at)))
            }
            (state, _) => state.label().to_owned(),
        },
    }
}

fn page(caller: &Caller, facts: LapseToAnswer, form: AnswerForm, errors: FormErrors) -> LapsePage {
    LapsePage {
        page: caller.page("/work"),
        crumbs: vec![
            Crumb::to("My work", "/work"),
            Crumb::to("Lapses", "/lapses"),
        ],
        facts,
        form,
        answered_meanwhile: false,
        errors,
    }
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

    fn checked(body: &str) -> Result<Planned, Refused<AnswerForm>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::from_body(body).unwrap().check(today)
    }

    #[test]
    fn a_plan_has_words_and_a_day() {
        let planned =
            checked("plan=Visit+on+Thursday&plan_by-day=26&plan_by-month=11&plan_by-year=2026")
                .unwrap();
        assert_eq!(planned.plan.words, "Visit on Thursday");
        assert_eq!(planned.plan.by.to_string(), "2026-11-26");
    }

    #[test]
    fn a_plan_without_words_or_in_the_past_is_none() {
        let refused =
            checked("plan=+&plan_by-day=20&plan_by-month=11&plan_by-year=2026").unwrap_err();
        assert_eq!(refused.errors.get("plan"), Some("Say what you will do"));
        assert_eq!(
            refused.errors.get("plan_by"),
            Some("Choose today or a later day")
        );
    }
}
