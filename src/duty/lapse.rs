//! A lapse: a duty that was not done by its day, as a stored thing with an owner. It is opened by the sweep, told step
//! by step, answered by a person with a plan, and closed when the duty is: by an outcome that satisfies it, by the
//! letter it asks for, or because the duty is no longer owed.

use chrono::{NaiveDate, NaiveDateTime};

pub use super::store::lapse::TellingRecord;
use super::{DutyKey, LapseKey, store};
use crate::access::{Act, Action, AuthorityKey, Subject, Viewer};
use crate::clock::london_day;
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::escalation::{self, Ladder, LapseState, Post, Step};
use crate::rules::identifiers::Reference;
use crate::rules::policy::PolicyKey;
use crate::rules::tier::Tier;

pub use super::store::lapse::{carry_over, close, count_from, hand_over};

/// A lapse, as it is stored.
#[derive(Clone, Debug)]
pub struct LapseRecord {
    /// The key inside the program.
    pub key: LapseKey,
    /// What the world calls it.
    pub reference: Reference,
    pub duty: DutyKey,
    pub duty_reference: Reference,
    /// The child whom the duty is about, if it is about one.
    pub child: Option<ChildKey>,
    pub child_reference: Option<Reference>,
    pub ladder: Ladder,
    /// Whose the duty is.
    pub post: Post,
    /// The day the duty was due.
    pub due_on: NaiveDate,
    /// The day the lapse was opened.
    pub opened_on: NaiveDate,
    /// Who answered it, when, with which plan by which day.
    pub answered: Option<Answer>,
    /// How often somebody has answered for it; each answer that is not kept begins another round of the ladder.
    pub round: u32,
    /// When and why it was closed.
    pub closed: Option<(NaiveDateTime, String)>,
}

/// That a person answered for a lapse.
#[derive(Clone, Debug)]
pub struct Answer {
    pub by: String,
    pub at: NaiveDateTime,
    /// What they will do.
    pub plan: String,
    /// By when; after it the ladder begins again, one rung higher.
    pub plan_by: NaiveDate,
}

impl LapseRecord {
    /// The lapse as the ladder sees it, for a child of this tier.
    pub fn state(&self, tier: Tier) -> LapseState {
        LapseState {
            ladder: self.ladder,
            owner: self.post,
            due_on: self.due_on,
            opened_on: self.opened_on,
            tier,
            round: self.round,
            plan_by: self.answered.as_ref().map(|answer| answer.plan_by),
            planned_on: self.answered.as_ref().map(|answer| london_day(answer.at)),
            closed: self.closed.is_some(),
        }
    }

    /// Which answer is held, as a word that a form carries: empty while there is none.
    pub fn answer_known(&self) -> String {
        let at = self.answered.as_ref().map(|answer| answer.at);
        at.map(|at| at.and_utc().timestamp_micros().to_string())
            .unwrap_or_default()
    }
}

/// What somebody will do about a lapse.
#[derive(Clone, Debug)]
pub struct Plan {
    pub words: String,
    pub by: NaiveDate,
}

/// That a step was told, as the mail server's own record can be held against it.
#[derive(Clone, Debug)]
pub struct ToldByMail {
    pub lapse: Reference,
    pub step: Step,
    /// Which post it was owed to.
    pub post: Post,
    pub recipient: String,
    pub mail: String,
    /// What the mail server knows the mail by.
    pub message_id: String,
}

/// Why a lapse was not answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Not somebody who works with children.
    #[error("Only an officer or a manager answers for a lapse")]
    NotAllowed,
    #[error("This lapse is closed: it has been done")]
    Closed,
    /// Somebody has answered meanwhile.
    #[error("Somebody else answered for this lapse while you were writing")]
    Answered,
    /// One plan too many for an officer; the sentence says why.
    #[error("{0} Ask a manager to answer for this lapse")]
    NeedsManager(String),
    #[error("Say what you will do")]
    NoPlan,
    /// A plan's day that has passed or is too far off.
    #[error("Choose a day from today to {0}")]
    PlanDay(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(AnswerError);

/// Why this viewer cannot answer for the lapse any more; none when they can.
#[must_use]
pub fn why_not_renewed(
    viewer: &Viewer,
    lapse: &LapseRecord,
    rulebook: &Rulebook,
) -> Option<String> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    if viewer.manages() {
        return None;
    }
    if escalation::next_plan_needs_manager(lapse.round, policy) {
        return Some(escalation::why_manager(lapse.round, lapse.ladder, policy));
    }
    let is_over = escalation::plan_ceiling(lapse.opened_on, policy, calendar) < *today;
    is_over.then(|| escalation::why_ceiling(lapse.opened_on, policy))
}

/// The last day that a plan for a lapse may have when this viewer makes it today: for an officer no later than the
/// ceiling, which is counted from the day on which the lapse was opened and does not move.
#[must_use]
pub fn latest_plan(viewer: &Viewer, lapse: &LapseRecord, rulebook: &Rulebook) -> LastDay {
    let latest = rulebook.last_day(PolicyKey::LongestPlan);
    let ceiling = escalation::plan_ceiling(lapse.opened_on, &rulebook.policy, &rulebook.calendar);
    if viewer.manages() || latest.day <= ceiling {
        return latest;
    }
    LastDay {
        day: ceiling,
        why: escalation::why_ceiling(lapse.opened_on, &rulebook.policy),
    }
}

/// Who hears at once of the next plan for a lapse, in words for whoever makes it; none for an officer, whose plans
/// are not among those.
#[must_use]
pub fn who_hears(viewer: &Viewer, lapse: &LapseRecord, rulebook: &Rulebook) -> Option<String> {
    let Rulebook {
        policy, calendar, ..
    } = rulebook;
    let hears = || {
        let (opened_on, ladder, owner) = (lapse.opened_on, lapse.ladder, lapse.post);
        escalation::who_hears(lapse.round, opened_on, ladder, owner, policy, calendar)
    };
    viewer.manages().then(hears).flatten()
}

/// The lapse with this reference, if this viewer may see what it is about.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<LapseRecord>> {
    store::lapse::find(conn, viewer, reference)
}

/// The open lapse of a duty.
pub fn of_duty(conn: &mut Conn, duty: DutyKey) -> Result<Option<LapseRecord>> {
    store::lapse::of_duty(conn, duty)
}

/// A child's lapses, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<LapseRecord>> {
    store::lapse::of_child(conn, child)
}

/// To whom a lapse was told, the oldest first.
pub fn told(conn: &mut Conn, lapse: LapseKey) -> Result<Vec<TellingRecord>> {
    store::lapse::told(conn, lapse)
}

/// Every step that an authority's people were ever told, the oldest first.
pub fn all_told(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<ToldByMail>> {
    store::lapse::all_told(conn, authority)
}

/// A person answers from a form that showed which answer is held. The same answer sent twice changes nothing. Gives the
/// steps by which those above will hear of it.
///
/// # Errors
/// [`AnswerError::Answered`] when another answer is held by now than the form knew of.
pub fn answer_knowing(
    act: &mut Act<'_>,
    lapse: &LapseRecord,
    known: &str,
    plan: &Plan,
) -> Result<&'static [Step], AnswerError> {
    let held = store::lapse::by_key(act.tx, lapse.key)?;
    if held.closed.is_none() && held.answer_known() != known {
        let is_the_same = held.answered.as_ref().is_some_and(|held| {
            held.by == act.viewer.name()
                && held.plan == plan.words.trim()
                && held.plan_by == plan.by
        });
        if is_the_same {
            return Ok(&[]);
        }
        return Err(AnswerError::Answered);
    }
    answer(act, &held, &plan.words, plan.by)
}

/// A person answers for a lapse with a plan and a day; the ladder stops until that day. Writes the audit event,
/// which keeps the plan that this one takes the place of, and gives the steps by which those above will hear of it.
pub fn answer(
    act: &mut Act<'_>,
    lapse: &LapseRecord,
    plan: &str,
    plan_by: NaiveDate,
) -> Result<&'static [Step], AnswerError> {
    if !act.viewer.works_with_children() {
        return Err(AnswerError::NotAllowed);
    }
    let plan = plan.trim();
    let held = store::lapse::by_key(act.tx, lapse.key)?;
    if held.closed.is_some() {
        return Err(AnswerError::Closed);
    }
    if plan.is_empty() {
        return Err(AnswerError::NoPlan);
    }
    let rulebook = rulebook::of(act)?;
    if let Some(why) = why_not_renewed(act.viewer, &held, &rulebook) {
        return Err(AnswerError::NeedsManager(why));
    }
    let latest = latest_plan(act.viewer, &held, &rulebook).day;
    if plan_by < act.at.today() || plan_by > latest {
        return Err(AnswerError::PlanDay(spoken(latest)));
    }
    let by = act.viewer.person()?;

    store::lapse::answer(act.tx, lapse.key, by, plan, plan_by, act.at.now())?;
    let heard = escalation::told_above(
        held.round + 1,
        plan_by,
        held.opened_on,
        &rulebook.policy,
        &rulebook.calendar,
    );
    let mut detail = format!("Lapse answered: to be done by {}: {plan}", spoken(plan_by));
    if let Some(earlier) = &held.answered {
        let (by, day) = (&earlier.by, spoken(earlier.plan_by));
        detail = format!(
            "{detail}. Plan {} for this lapse, in place of the plan of {by}, by {day}: {}",
            held.round + 1,
            earlier.plan
        );
    }
    if let Some(posts) = escalation::posts_of(heard, lapse.ladder, lapse.post) {
        detail = format!("{detail}. The {posts} will be told of it");
    }
    act.note(
        Action::LapseAnswered,
        Subject::of(lapse.child, lapse.reference.as_str()),
        &detail,
    )?;
    Ok(heard)
}
