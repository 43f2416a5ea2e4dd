//! A parent's own page: what they told the authority, what became of it, and what is held about them and their children.
//! Never how closely the schedule follows a child, what other services said, or another parent's address.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use crate::access::Viewer;
use crate::access::authority::{self, Authority};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::duty::owed::DutyState;
use crate::intake::notification::{self, NotificationRecord};
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, ChildRecord};
use crate::register::counts::Counts;
use crate::register::list::{self, Listing, StatusFilter};
use crate::register::person::{self, PersonRecord};
use crate::rules::dates::spoken;
use crate::rules::duty::{Since, ToFamily};
use crate::rules::identifiers::Reference;
use crate::visit::booking::{self, BookingState};
use crate::visit::check::{self, Check};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::page::Page;

/// Everything the page shows.
struct Held {
    authority: Authority,
    notifications: Vec<NotificationRecord>,
    oneself: Option<PersonRecord>,
    own_address: Option<AddressRecord>,
    children: Vec<HeldChild>,
    has_draft: bool,
}

/// What is shown of a child.
struct HeldChild {
    name: String,
    known_as: Option<String>,
    born: String,
    reference: String,
    home: String,
    seen: String,
    next: String,
    closed: bool,
}

#[derive(Template)]
#[template(path = "parent/family.html")]
struct FamilyPage {
    page: Page,
    held: Held,
}

impl FamilyPage {
    fn received_on(&self, notification: &NotificationRecord) -> String {
        spoken(london_day(notification.received_at))
    }
}

/// The page; who has told nothing yet is led to the first question.
///
/// # Errors
/// When the database does not answer.
pub async fn show(caller: Caller) -> Result<HttpResponse, WebError> {
    let (today, counts) = (caller.today(), caller.app().counts.clone());
    let revision = caller.signed_in().map_or(0, |signed_in| signed_in.revision);
    let held = caller
        .read(move |conn, viewer| gather(conn, viewer, &counts, revision, today))
        .await?;
    if held.notifications.is_empty() && held.children.is_empty() {
        return Ok(answer::see_other("/family/notify"));
    }
    answer::show(&FamilyPage {
        page: caller.page("/family"),
        held,
    })
}

fn gather(
    conn: &mut Conn,
    viewer: &Viewer,
    counts: &Counts<Listing>,
    revision: i64,
    today: NaiveDate,
) -> DbResult<Held> {
    let oneself = match viewer.account() {
        Some(account) => person::of_account(conn, viewer, account)?,
        None => None,
    };
    let own_address = match &oneself {
        Some(oneself) => address::of_person(conn, oneself.key)?,
        None => None,
    };
    let every_child = Listing {
        status: StatusFilter::Any,
        ..Listing::default()
    };
    let lines = list::page(conn, viewer, counts, revision, &every_child)?.lines;
    let mut children = Vec::with_capacity(lines.len());
    for line in lines {
        let reference = Reference::parse(&line.reference)
            .map_err(|problem| DbError::Corrupt(problem.to_string()))?;
        if let Some(record) = child::find(conn, viewer, &reference)? {
            children.push(held_child(conn, &record, own_address.as_ref(), today)?);
        }
    }
    Ok(Held {
        authority: authority::by_key(conn, viewer.authority())?,
        notifications: notification::receipts_of(conn, viewer)?,
        has_draft: notification::draft(conn, viewer)?.is_some(),
        oneself,
        own_address,
        children,
    })
}

fn held_child(
    conn: &mut Conn,
    record: &ChildRecord,
    own: Option<&AddressRecord>,
    today: NaiveDate,
) -> DbResult<HeldChild> {
    let current = address::of_child(conn, record.key)?;
    Ok(HeldChild {
        name: record.particulars.full_name(),
        known_as: record.particulars.known_as.clone(),
        born: spoken(record.particulars.date_of_birth),
        reference: record.reference.to_string(),
        home: home(current.as_ref(), own),
        seen: seen(record),
        next: next(conn, record, today)?,
        closed: !record.status.is_open(),
    })
}

/// A child's address is shown to the parent whose own address it is. Another one may be the other parent's.
fn home(current: Option<&AddressRecord>, own: Option<&AddressRecord>) -> String {
    let with_oneself = current
        .zip(own)
        .is_some_and(|(current, own)| current.place == own.place);
    match current {
        _ if with_oneself => "With you".to_owned(),
        None => "No address is held".to_owned(),
        Some(_) => "At another address. It is not shown here, so that nobody learns the address of another parent \
                    from us. You can ask us about it"
            .to_owned(),
    }
}

fn seen(record: &ChildRecord) -> String {
    match (record.last_seen_on, record.seen_recorded) {
        (Some(day), _) => format!("We last met on {}", spoken(day)),
        (None, true) => "We have not met yet".to_owned(),
        (None, false) => "Our records do not say when we last met".to_owned(),
    }
}

/// What the family can expect next, and when.
fn next(conn: &mut Conn, record: &ChildRecord, today: NaiveDate) -> DbResult<String> {
    let checks = check::of_child(conn, record.key)?;
    for check in &checks {
        if check.state != DutyState::Open {
            continue;
        }
        let booked = booking::of_check(conn, check.key)?;
        if let Some(booking) = booked
            .iter()
            .find(|booking| booking.state == BookingState::Booked)
        {
            let what = &booking.what;
            let time = what
                .time()
                .map_or(String::new(), |time| format!(" at {time}"));
            let how = what.mode.label().to_lowercase();
            return Ok(format!(
                "We have arranged to be in touch on {}{time} ({how})",
                spoken(what.booked_for)
            ));
        }
    }
    let expected = checks
        .iter()
        .filter(|check| check.state == DutyState::Open)
        .find_map(|check| expectation(check, record, today));
    Ok(expected.unwrap_or_else(|| "Nothing is planned".to_owned()))
}

/// A check in words for the family; the authority's own decisions are no appointment.
fn expectation(check: &Check, child: &ChildRecord, today: NaiveDate) -> Option<String> {
    let told = check.kind.nature().to_family?;
    let what = told.what;
    Some(if check.due_on < today {
        format!(
            "{what}. We meant to do this by {} and are late: we are sorry",
            spoken(check.due_on)
        )
    } else {
        let (day, why) = (spoken(check.due_on), why(check, &told, child));
        format!("{what}, by {day}. {why}")
    })
}

/// Why this day, without the tier: what the officers judge, the family hears from a person.
fn why(check: &Check, told: &ToFamily, child: &ChildRecord) -> String {
    let from = spoken(check.counted_from);
    let seen = child.last_seen_on == Some(check.counted_from);
    let since = match told.since {
        Since::Notified => "when we heard that you educate at home",
        _ if seen => "when we last met",
        Since::Event(event) => event,
        Since::Unsaid => "by what our records say",
    };
    let counted = format!("We count from {from}, {since}");
    let moved = if check.due_on < check.original_due_on {
        " It was a later day at first: ask us if you would like to know why."
    } else {
        ""
    };
    format!("{counted}. The day is a limit that we set for ourselves, and not for you.{moved}")
}
