//! A check: what is owed to whom by when, why then, and what was done about it.

use actix_web::HttpResponse;
use askama::Template;

use super::outcomes::OutcomeWords;
use super::words::{self, CheckWords, LapseWords};
use crate::clock::london_day;
use crate::db::DbError;
use crate::duty::lapse;
use crate::duty::owed::DutyState;
use crate::policy::rulebook::{self, Rulebook};
use crate::rules::dates::{short, spoken};
use crate::rules::notice::Notice;
use crate::rules::tier::Tier;
use crate::visit::booking::{self, BookingRecord};
use crate::visit::check::{self, Check};
use crate::visit::outcome;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::named::Named;
use crate::web::page::{Crumb, Page};

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
    /// Whether the visit that is booked is for another address than the child's home, or another one was claimed since.
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

/// `GET /checks/{reference}`
pub async fn show(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let shown = caller
        .read(move |conn, viewer| {
            let Some((check, child)) = words::find(conn, viewer, &named.0)? else {
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
                    .map(OutcomeWords::of)
                    .collect(),
                notices: notices(&check, child.tier, &rulebook),
                lapse: lapses
                    .iter()
                    .find(|lapse| lapse.duty == check.key)
                    .map(|lapse| LapseWords::of(lapse, today, &rulebook.calendar)),
                check: words,
            }))
        })
        .await?
        .ok_or(WebError::NotFound)?;
    answer::show(&CheckPage {
        page: caller.page("/work"),
        ..shown
    })
}

/// Those whose day is still to come: which were given, the mail says.
fn notices(check: &Check, tier: Tier, rulebook: &Rulebook) -> Vec<String> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    if check.state != DutyState::Open {
        return Vec::new();
    }
    let words = |notice: &Notice| {
        let day = notice.day(check.due_on, tier, policy, calendar);
        let why = notice.why(check.due_on, tier, policy);
        (day > *today).then(|| format!("On {}. {why}", spoken(day)))
    };
    Notice::ALL.iter().filter_map(words).collect()
}

fn neighbour(check: &Check) -> Neighbour {
    let kind = words::title(check.kind, check.purpose);
    let words = match check.state {
        DutyState::Open => format!("{kind}, due on {}", spoken(check.due_on)),
        DutyState::Done | DutyState::Cancelled => {
            format!("{kind}: {}", words::closed_words(check))
        }
    };
    Neighbour {
        reference: check.reference.to_string(),
        words,
    }
}

fn booking_words(booking: &BookingRecord) -> BookingWords {
    let what = &booking.what;
    let day = short(what.booked_for);
    BookingWords {
        day: match what.time() {
            Some(time) => format!("{day} at {time}"),
            None => day,
        },
        mode: what.mode.label(),
        place: match what.place.as_str() {
            "" if what.mode.goes_to_the_address() => "The child’s home".to_owned(),
            place => place.to_owned(),
        },
        state: booking.state.label(),
        reason: booking.reasons(),
        by: format!(
            "{}, {}",
            booking.booked_by,
            short(london_day(booking.booked_at))
        ),
    }
}
