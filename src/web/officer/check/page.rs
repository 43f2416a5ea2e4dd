//! A check: what is owed to whom by when, why then, and what was done about it.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use crate::access::Viewer;
use crate::checks::booking::{self, BookingRecord};
use crate::checks::check::{self, CheckRecord, CheckState};
use crate::checks::lapse;
use crate::checks::outcome::{self, OutcomeRecord};
use crate::checks::rulebook::{self, Rulebook};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::register::child::{self, ChildRecord};
use crate::rules::calendar::Calendar;
use crate::rules::dates::{short, spoken};
use crate::rules::due_soon::Notice;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{Judgement, SpokenAlone};
use crate::rules::schedule::{CheckKind, Purpose};
use crate::rules::tier::Tier;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::named::Named;
use crate::web::officer::days;
use crate::web::officer::desk::lapses::LapseWords;
use crate::web::page::{Crumb, Page};
use crate::web::visit::Visit;

/// The check with this reference and the child it is for, if this viewer may see them.
pub(in crate::web::officer) fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> DbResult<Option<(CheckRecord, ChildRecord)>> {
    let Some(check) = check::find(conn, viewer, reference)? else {
        return Ok(None);
    };
    let child = child::by_key(conn, viewer, check.child)?;
    Ok(child.map(|child| (check, child)))
}

/// What every page about a check says of it.
pub(in crate::web::officer) struct CheckWords {
    pub reference: String,
    /// "Second check"; of a new attempt, also what it is for.
    pub kind: String,
    pub purpose: &'static str,
    pub child: String,
    pub child_name: String,
    pub due: String,
    /// Only where it differs from `due`.
    pub first_due: Option<String>,
    /// Only while it is open.
    pub days: Option<String>,
    pub is_late: bool,
    pub why: String,
    /// What became of it, once it is closed.
    pub closed: Option<String>,
    pub is_acknowledgement: bool,
}

impl CheckWords {
    pub fn of(
        check: &CheckRecord,
        child: &ChildRecord,
        today: NaiveDate,
        calendar: &Calendar,
    ) -> Self {
        let is_open = check.state == CheckState::Open;
        Self {
            reference: check.reference.to_string(),
            kind: title(check.kind, check.purpose),
            purpose: check.purpose.label(),
            child: child.reference.to_string(),
            child_name: child.particulars.full_name(),
            due: spoken(check.due_on),
            first_due: (check.original_due_on != check.due_on)
                .then(|| spoken(check.original_due_on)),
            days: is_open.then(|| days::against(check.due_on, today, calendar)),
            is_late: is_open && check.due_on < today,
            why: check.why.clone(),
            closed: (!is_open).then(|| closed_words(check)),
            is_acknowledgement: check.purpose == Purpose::Acknowledge,
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
pub(in crate::web::officer) fn closed_meanwhile(
    conn: &mut Conn,
    check: &CheckRecord,
) -> DbResult<Option<String>> {
    if check.state == CheckState::Open {
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

fn title(kind: CheckKind, purpose: Purpose) -> String {
    match kind {
        CheckKind::NewAttempt => format!("{}: {}", kind.label(), lower_first(purpose.label())),
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

fn closed_words(check: &CheckRecord) -> String {
    let state = match check.state {
        CheckState::Cancelled => "No longer owed",
        CheckState::Open | CheckState::Done => "Done",
    };
    let mut words = state.to_owned();
    if let Some(day) = check.closed_on {
        words.push_str(&format!(" on {}", spoken(day)));
    }
    if let Some(because) = check.closed_because.as_deref().filter(|b| !b.is_empty()) {
        words.push_str(": ");
        words.push_str(because);
    }
    words
}

#[derive(Template)]
#[template(path = "officer/check/page.html")]
struct CheckPage {
    page: Page,
    crumbs: Vec<Crumb>,
    check: CheckWords,
    /// The check whose failed attempt this one makes good.
    follows: Option<Neighbour>,
    /// The new attempts that this check's failed ones led to.
    attempts: Vec<Neighbour>,
    bookings: Vec<BookingWords>,
    /// Whether the visit that is booked is for another address than the child's home, or another one was told since.
    is_booked_elsewhere: bool,
    outcomes: Vec<OutcomeWords>,
    lapse: Option<LapseWords>,
    /// The notices still to come before it is due, each with its day and why then.
    notices: Vec<String>,
}

/// A check that is tied to this one.
struct Neighbour {
    reference: String,
    words: String,
}

struct BookingWords {
    day: String,
    mode: &'static str,
    place: String,
    state: &'static str,
    reason: String,
    by: String,
}

struct OutcomeWords {
    datetime: String,
    day: String,
    result: &'static str,
    satisfied: bool,
    facts: Vec<(&'static str, String)>,
    note: String,
    by: String,
}

/// `GET /checks/{reference}`
pub async fn show(visit: Visit, named: Named) -> Result<HttpResponse, WebError> {
    let today = visit.today();
    let shown = visit
        .read(move |conn, viewer| {
            let Some((check, child)) = find(conn, viewer, &named.0)? else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let others = check::of_child(conn, child.key)?;
            let lapses = lapse::of_child(conn, child.key)?;
            let words = CheckWords::of(&check, &child, today, &rulebook.calendar);
            Ok::<_, DbError>(Some(CheckPage {
                page: Page::default(),
                crumbs: words.crumbs(),
                follows: others
                    .iter()
                    .find(|other| Some(other.key) == check.follows)
                    .map(neighbour),
                attempts: others
                    .iter()
                    .filter(|other| other.follows == Some(check.key))
                    .map(neighbour)
                    .collect(),
                is_booked_elsewhere: !booking::elsewhere(conn, &[check.key], today)?.is_empty(),
                bookings: booking::of_check(conn, check.key)?
                    .iter()
                    .map(booking_words)
                    .collect(),
                outcomes: outcome::of_check(conn, &check)?
                    .iter()
                    .map(outcome_words)
                    .collect(),
                notices: notices(&check, child.tier, &rulebook),
                lapse: lapses
                    .iter()
                    .find(|lapse| lapse.check == check.key)
                    .map(|lapse| LapseWords::of(lapse, today, &rulebook.calendar)),
                check: words,
            }))
        })
        .await?
        .ok_or(WebError::NotFound)?;
    answer::show(&CheckPage {
        page: visit.page("/work"),
        ..shown
    })
}

/// Those whose day is still to come: which were given, the mail says.
fn notices(check: &CheckRecord, tier: Tier, rulebook: &Rulebook) -> Vec<String> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    if check.state != CheckState::Open {
        return Vec::new();
    }
    let words = |notice: &Notice| {
        let day = notice.day(check.due_on, tier, policy, calendar);
        let why = notice.why(check.due_on, tier, policy);
        (day > *today).then(|| format!("On {}. {why}", spoken(day)))
    };
    Notice::ALL.iter().filter_map(words).collect()
}

fn neighbour(check: &CheckRecord) -> Neighbour {
    let kind = title(check.kind, check.purpose);
    let words = match check.state {
        CheckState::Open => format!("{kind}, due on {}", spoken(check.due_on)),
        CheckState::Done | CheckState::Cancelled => format!("{kind}: {}", closed_words(check)),
    };
    Neighbour {
        reference: check.reference.to_string(),
        words,
    }
}

fn booking_words(booking: &BookingRecord) -> BookingWords {
    let day = short(booking.booked_for);
    BookingWords {
        day: if booking.at_time.is_empty() {
            day
        } else {
            format!("{day} at {}", booking.at_time)
        },
        mode: booking.mode.label(),
        place: match booking.place.as_str() {
            "" if booking.mode.goes_to_the_address() => "The child’s home".to_owned(),
            place => place.to_owned(),
        },
        state: match booking.state.as_str() {
            "booked" => "Booked",
            "moved" => "Moved",
            "kept" => "Kept",
            "failed" => "Not kept",
            _ => "Cancelled",
        },
        reason: booking.reason.clone(),
        by: format!(
            "{}, {}",
            booking.booked_by,
            short(london_day(booking.booked_at))
        ),
    }
}

fn outcome_words(outcome: &OutcomeRecord) -> OutcomeWords {
    let mut facts = vec![("How", outcome.mode.label().to_owned())];
    if !outcome.place.is_empty() {
        facts.push(("Where", outcome.place.clone()));
    }
    if !outcome.present.is_empty() {
        facts.push(("Who was there", outcome.present.clone()));
    }
    if outcome.spoken_alone != SpokenAlone::NotOffered {
        facts.push((
            "Time to speak alone",
            outcome.spoken_alone.label().to_owned(),
        ));
    }
    if let Some(seen) = outcome.home_seen {
        facts.push(("Home seen", if seen { "Yes" } else { "No" }.to_owned()));
    }
    if outcome.judgement != Judgement::NotConsidered {
        facts.push(("Education", outcome.judgement.label().to_owned()));
    }
    OutcomeWords {
        datetime: outcome.happened_on.to_string(),
        day: spoken(outcome.happened_on),
        result: outcome.result.label(),
        satisfied: outcome.satisfied,
        facts,
        note: outcome.note.clone(),
        by: format!(
            "{}, {}",
            outcome.recorded_by,
            short(london_day(outcome.recorded_at))
        ),
    }
}
