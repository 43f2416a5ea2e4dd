//! What the pages say of a duty, of a check and of a lapse.

use std::ops::Deref;

use chrono::NaiveDate;

use crate::access::Viewer;
use crate::clock::london_day;
use crate::db::{Conn, Result};
use crate::duty::lapse::LapseRecord;
use crate::duty::owed::{Duty, DutyState, NamedChild};
use crate::register::child::{self, ChildRecord};
use crate::rules::calendar::Calendar;
use crate::rules::dates::{short, spoken};
use crate::rules::duty::{ClosedBy, DutyKind, Purpose};
use crate::rules::identifiers::Reference;
use crate::visit::check::{self, Check};
use crate::visit::outcome;
use crate::web::officer::days;
use crate::web::page::Crumb;

/// The check with this reference and the child it is for, if this viewer may see them.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<(Check, ChildRecord)>> {
    let Some(check) = check::find(conn, viewer, reference)? else {
        return Ok(None);
    };
    let child = child::by_key(conn, viewer, check.child)?;
    Ok(child.map(|child| (check, child)))
}

/// The path of the page of a duty: a check of a child has its bookings and outcomes there.
#[must_use]
pub fn path(kind: DutyKind, reference: &str) -> String {
    match kind.is_check() {
        true => format!("/checks/{reference}"),
        false => format!("/duties/{reference}"),
    }
}

/// What every page about a duty says of it.
pub struct DutyWords {
    pub reference: String,
    /// Its own page.
    pub href: String,
    /// "Second check"; of a new attempt, also what it is for.
    pub kind: String,
    pub purpose: &'static str,
    /// The child whom it is about, if it is about one.
    pub about: Option<NamedChild>,
    /// The post whose it is, in the middle of a sentence.
    pub post: String,
    pub due: String,
    /// Only where it differs from `due`.
    pub first_due: Option<String>,
    /// Only while it is open.
    pub days: Option<String>,
    pub is_late: bool,
    pub why: String,
    /// What became of it, once it is closed.
    pub closed: Option<String>,
}

impl DutyWords {
    /// The words for a duty as it stands today; `child` is whom it is about, if it is about one.
    pub fn of(
        duty: &Duty,
        child: Option<&ChildRecord>,
        today: NaiveDate,
        calendar: &Calendar,
    ) -> Self {
        let is_open = duty.state == DutyState::Open;
        Self {
            reference: duty.reference.to_string(),
            href: path(duty.kind, duty.reference.as_str()),
            kind: title(duty.kind, duty.purpose),
            purpose: duty.purpose.label(),
            about: child.map(|child| NamedChild {
                reference: child.reference.to_string(),
                name: child.particulars.full_name(),
            }),
            post: duty.post.label().to_lowercase(),
            due: spoken(duty.due_on),
            first_due: (duty.original_due_on != duty.due_on).then(|| spoken(duty.original_due_on)),
            days: is_open.then(|| days::against(duty.due_on, today, calendar)),
            is_late: is_open && duty.due_on < today,
            why: duty.why.clone(),
            closed: (!is_open).then(|| closed_words(duty)),
        }
    }
}

/// What it is called; of a new attempt, also what it is for.
pub fn title(kind: DutyKind, purpose: Purpose) -> String {
    match kind {
        DutyKind::NewAttempt => format!("{}: {}", kind.label(), lower_first(purpose.label())),
        _ => kind.label().to_owned(),
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What became of a duty that is closed: "Done on 3 March 2027: Home visit …".
pub fn closed_words(duty: &Duty) -> String {
    let state = match duty.state {
        DutyState::Cancelled => "No longer owed",
        DutyState::Open | DutyState::Done => "Done",
    };
    let mut words = state.to_owned();
    if let Some(day) = duty.closed_on {
        words.push_str(&format!(" on {}", spoken(day)));
    }
    if let Some(because) = duty.closed_because.as_deref().filter(|b| !b.is_empty()) {
        words.push_str(": ");
        words.push_str(because);
    }
    words
}

/// What every page about a check says of it.
pub struct CheckWords {
    words: DutyWords,
    pub child: String,
    pub child_name: String,
    pub is_acknowledgement: bool,
}

/// What is said of a duty is said of a check.
impl Deref for CheckWords {
    type Target = DutyWords;

    fn deref(&self) -> &DutyWords {
        &self.words
    }
}

impl CheckWords {
    /// The words for a child's check as it stands today.
    pub fn of(check: &Check, child: &ChildRecord, today: NaiveDate, calendar: &Calendar) -> Self {
        Self {
            words: DutyWords::of(check, Some(child), today, calendar),
            child: child.reference.to_string(),
            child_name: child.particulars.full_name(),
            is_acknowledgement: check.kind.nature().closed_by == ClosedBy::Acceptance,
        }
    }

    /// What lies above the pages of this check.
    pub fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("My work", "/work"),
            Crumb::to(
                self.child_name.as_str(),
                format!("/children/{}", self.child),
            ),
        ]
    }
}

/// What somebody is told who was still writing when the check was closed: what closed it, who recorded that and when.
pub fn closed_meanwhile(conn: &mut Conn, check: &Check) -> Result<Option<String>> {
    if check.state == DutyState::Open {
        return Ok(None);
    }
    let words = closed_words(check);
    let recorded = outcome::that_closed(conn, check.key)?;
    Ok(Some(match recorded {
        Some(outcome) => format!(
            "{words}. Recorded by {} on {}.",
            outcome.recorded_by,
            spoken(london_day(outcome.recorded_at))
        ),
        None => format!("{words}."),
    }))
}

/// What a page says of a lapse.
pub struct LapseWords {
    pub reference: String,
    /// Which answer is held, for the form to carry.
    pub answer_known: String,
    pub due: String,
    pub opened: String,
    /// How long the check is over, while the lapse is open.
    pub over: Option<String>,
    pub answered: Option<Answered>,
    pub closed: Option<String>,
}

/// Who answers for a lapse, and how.
pub struct Answered {
    pub by: String,
    pub plan: String,
    pub until: String,
    /// How many plans there were before, in words; none when this is the first.
    pub renewed: Option<String>,
}

impl LapseWords {
    /// The words for a lapse as it stands today.
    pub fn of(lapse: &LapseRecord, today: NaiveDate, calendar: &Calendar) -> Self {
        let over = || days::over(calendar.working_days_between(lapse.due_on, today));
        Self {
            reference: lapse.reference.to_string(),
            answer_known: lapse.answer_known(),
            due: spoken(lapse.due_on),
            opened: spoken(lapse.opened_on),
            over: lapse.closed.is_none().then(over),
            answered: lapse.answered.as_ref().map(|answer| Answered {
                by: format!("{}, {}", answer.by, spoken(london_day(answer.at))),
                plan: answer.plan.clone(),
                renewed: renewed(lapse.round, lapse.child.is_some()),
                until: plan_words(answer.plan_by, lapse.round, today),
            }),
            closed: lapse
                .closed
                .as_ref()
                .map(|(at, because)| format!("{}: {because}", spoken(london_day(*at)))),
        }
    }
}

fn renewed(plans: u32, is_about_child: bool) -> Option<String> {
    let before = match plans {
        0 | 1 => return None,
        2 => "1 plan".to_owned(),
        plans => format!("{} plans", plans - 1),
    };
    let place = match is_about_child {
        true => "on the child’s timeline",
        false => "below",
    };
    Some(format!("{before} before this one, {place}"))
}

/// How the answer to a lapse stands, and which plan it is where it is not the first.
pub fn plan_words(plan_by: NaiveDate, plans: u32, today: NaiveDate) -> String {
    let renewed = match plans {
        0 | 1 => String::new(),
        plans => format!(" (plan {plans})"),
    };
    if plan_by < today {
        format!("Planned for {}, which has passed{renewed}", short(plan_by))
    } else {
        format!("Planned by {}{renewed}", short(plan_by))
    }
}
