//! Booking a check: when, how and where, after a look at the address and whether anybody has made sure of it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use validator::Validate;

use super::words::{self, CheckWords};
use crate::db::DbError;
use crate::policy::rulebook::{self, LastDay};
use crate::register::claimed_address::{self, ClaimedAddress};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::Mode;
use crate::rules::policy::PolicyKey;
use crate::rules::verification::AddressStanding;
use crate::visit::booking::{
    self, Appointment, BookingError, BookingRecord, BookingState, NewBooking,
};
use crate::visit::check;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, DateInput, Form, FormErrors, Refusal, Refused, Submitted, choices};
use crate::web::named::Named;
use crate::web::page::{Crumb, Flash, Page};
use crate::web::{answer, filters};

#[derive(Template)]
#[template(path = "officer/check/booking.html")]
struct BookingPage {
    page: Page,
    crumbs: Vec<Crumb>,
    facts: CheckToBook,
    modes: Vec<Choice>,
    form: BookingForm,
    errors: FormErrors,
}

/// A booking as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct BookingForm {
    mode: String,
    day: DateInput,
    time: String,
    #[validate(length(max = 200, message = "Where must be 200 characters or fewer"))]
    place: String,
    #[validate(length(max = 500, message = "The reason must be 500 characters or fewer"))]
    reason: String,
    #[validate(length(max = 500, message = "The reason must be 500 characters or fewer"))]
    unverified: String,
    holiday_meant: String,
}

/// A booking that makes sense by itself, with the form it came from: the record may still object.
#[derive(Debug)]
pub struct ProposedBooking {
    form: BookingForm,
    booking: NewBooking,
}

impl Form for BookingForm {
    type Parsed = ProposedBooking;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<ProposedBooking> {
        let mode = self.mode.parse::<Mode>().map_err(|_| "Choose how");
        let mode = errors.keep("mode", mode);
        let day = self.day.required("day", "the day", errors);
        if day.is_some_and(|day| day < today) {
            errors.add("day", BookingError::InThePast.to_string());
        }
        let at_time = errors.keep("time", time(&self.time));
        if mode == Some(Mode::OtherVenue) && self.place.trim().is_empty() {
            errors.add("place", "Enter where you will meet");
        }
        Some(ProposedBooking {
            form: self.clone(),
            booking: NewBooking {
                what: Appointment {
                    mode: mode?,
                    booked_for: day?,
                    at_time: at_time?,
                    place: self.place.trim().to_owned(),
                    reason: self.reason.trim().to_owned(),
                    address_reason: self.unverified.trim().to_owned(),
                },
                holiday_meant: !self.holiday_meant.is_empty(),
            },
        })
    }
}

/// "10:30", "10.30", "1030", "9:05", "2pm", "2:30 pm"; none for no time.
fn time(typed: &str) -> Result<Option<NaiveTime>, &'static str> {
    const PROBLEM: &str = "Enter a time like 10:30 or 2:30pm";
    let compact: String = typed.split_whitespace().collect::<String>().to_lowercase();
    if compact.is_empty() {
        return Ok(None);
    }
    let (clock, noon) = match compact.strip_suffix("pm") {
        Some(clock) => (clock, Some(12)),
        None => match compact.strip_suffix("am") {
            Some(clock) => (clock, Some(0)),
            None => (compact.as_str(), None),
        },
    };
    let (hours, minutes) = match clock.split_once([':', '.']) {
        Some(parts) => parts,
        None if clock.len() == 4 && clock.is_ascii() => clock.split_at(2),
        None if noon.is_some() => (clock, "00"),
        None => return Err(PROBLEM),
    };
    let hours = number(hours).ok_or(PROBLEM)?;
    let minutes = number(minutes).ok_or(PROBLEM)?;
    let hours = match noon {
        Some(offset) if (1..=12).contains(&hours) => hours % 12 + offset,
        Some(_) => return Err(PROBLEM),
        None => hours,
    };
    NaiveTime::from_hms_opt(hours, minutes, 0)
        .map(Some)
        .ok_or(PROBLEM)
}

fn number(digits: &str) -> Option<u32> {
    let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// What the register holds that a booking depends on.
struct CheckToBook {
    check: CheckWords,
    address: Option<String>,
    /// That another address was claimed, for as long as nobody has settled which is right.
    claimed: Option<String>,
    standing: AddressStanding,
    booked: Option<BookingRecord>,
    /// Whether what is booked is for another address than the one above.
    is_elsewhere: bool,
    /// Whether the day that was asked for is one on which nobody expects a visit.
    is_holiday: bool,
    /// The last day for which an officer can book; none for a manager.
    latest: Option<LastDay>,
    /// How long an address counts as verified, and why so long.
    verified_for: String,
    /// Who closed the check, when it is closed by now.
    meanwhile: Option<String>,
}

impl CheckToBook {
    fn is_disputed(&self) -> bool {
        matches!(self.standing, AddressStanding::Disputed(_))
    }

    /// An empty form; or, when somebody has to confirm a visit for the address as it is now, what is booked.
    fn to_confirm(&self) -> BookingForm {
        let booked = self.booked.as_ref().filter(|_| self.is_elsewhere);
        booked.map_or_else(BookingForm::default, |booked| BookingForm {
            mode: booked.what.mode.as_str().to_owned(),
            day: DateInput::from(booked.what.booked_for),
            time: booked.what.time().unwrap_or_default(),
            place: booked.what.place.clone(),
            ..BookingForm::default()
        })
    }

    /// Whether the address is no good for want of somebody who makes sure of it.
    fn needs_verification(&self) -> bool {
        !self.standing.is_good() && !self.is_disputed()
    }
}

/// `GET /checks/{reference}/bookings/new`
pub async fn new(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    if facts.check.closed.is_some() {
        return Ok(closed(&caller, &named.0));
    }
    let form = facts.to_confirm();
    answer::show(&page(&caller, facts, form, FormErrors::default()))
}

/// `POST /checks/{reference}/bookings`
pub async fn create(
    caller: Caller,
    named: Named,
    submitted: Submitted<BookingForm>,
) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    let refuse = |facts: CheckToBook, Refused { form, errors }| {
        let is_closed = facts.meanwhile.is_some();
        let page = page(&caller, facts, form, errors);
        if is_closed {
            return answer::with_status(StatusCode::CONFLICT, &page);
        }
        answer::refuse(&page)
    };
    let asked = match submitted.check(caller.today()) {
        Ok(asked) => asked,
        Err(refused) => return refuse(facts, refused),
    };
    let (reference, booking) = (named.0.clone(), asked.booking.clone());
    let booked = caller
        .act(move |act| {
            let check = check::find(act.tx, act.viewer, &reference)?.ok_or(BookingError::Closed)?;
            booking::book(act, &check, &booking)
        })
        .await?;
    match booked {
        Ok(booked) => Ok(caller.see_other_with(
            &format!("/checks/{}", named.0),
            &Flash::success(told(asked.booking.what.booked_for, booked.tells_manager)),
        )),
        Err(refusal) => {
            let facts = CheckToBook {
                is_holiday: matches!(refusal, BookingError::Holiday(_)),
                ..self::facts(&caller, &named.0).await?
            };
            let (form, errors) = (asked.form, refusal.at_its_field()?);
            refuse(facts, Refused { form, errors })
        }
    }
}

impl Refusal for BookingError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::InThePast | Self::PastCeiling(_) | Self::Holiday(_) => Some("day"),
            Self::NeedsReason => Some("reason"),
            Self::AddressNotVerified | Self::AddressDisputed => Some("unverified"),
            Self::Closed => Some(""),
            Self::Db(_) => None,
        }
    }
}

/// What is said of a booking that was made.
fn told(day: NaiveDate, tells_manager: bool) -> String {
    let day = spoken(day);
    match tells_manager {
        true => format!(
            "Booked for {day}. A manager hears of it today, because of how far the check is put off."
        ),
        false => format!("Booked for {day}."),
    }
}

async fn facts(caller: &Caller, reference: &Reference) -> Result<CheckToBook, WebError> {
    let today = caller.today();
    let reference = reference.clone();
    let found = caller
        .read(move |conn, viewer| {
            let Some((check, child)) = words::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let (address, standing) = booking::address_of(conn, &child, &rulebook)?;
            let claimed = claimed_address::waiting(conn, child.key)?;
            let booked = booking::of_check(conn, check.key)?;
            Ok::<_, DbError>(Some(CheckToBook {
                latest: booking::latest_for(conn, viewer, &check, child.tier, &rulebook)?,
                is_elsewhere: !booking::elsewhere(conn, &[check.key], today)?.is_empty(),
                is_holiday: false,
                verified_for: rulebook
                    .policy
                    .always(PolicyKey::AddressVerifiedFor, child.tier)
                    .in_words(),
                meanwhile: words::closed_meanwhile(conn, &check)?,
                check: CheckWords::of(&check, &child, today, &rulebook.calendar),
                standing,
                claimed: claimed.as_ref().map(ClaimedAddress::notice),
                address: address.map(|address| address.place.on_one_line()),
                booked: booked
                    .into_iter()
                    .find(|booking| booking.state == BookingState::Booked),
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

fn page(caller: &Caller, facts: CheckToBook, form: BookingForm, errors: FormErrors) -> BookingPage {
    BookingPage {
        page: caller.page("/work"),
        crumbs: facts.check.crumbs(),
        modes: choices(Mode::ALL, Mode::as_str, Mode::label),
        facts,
        form,
        errors,
    }
}

fn closed(caller: &Caller, reference: &Reference) -> HttpResponse {
    caller.see_other_with(
        &format!("/checks/{reference}"),
        &Flash::important(BookingError::Closed.to_string()),
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

    fn checked(body: &str) -> Result<ProposedBooking, Refused<BookingForm>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Submitted::from_body(body).unwrap().check(today)
    }

    const WHOLE: &str = "mode=home_visit&day-day=27&day-month=11&day-year=2026&time=2.30pm";

    #[test]
    fn a_booking_as_people_type_it() {
        let booking = checked(WHOLE).unwrap().booking.what;
        assert_eq!(booking.mode, Mode::HomeVisit);
        assert_eq!(booking.booked_for.to_string(), "2026-11-27");
        assert_eq!(booking.at_time, NaiveTime::from_hms_opt(14, 30, 0));
    }

    #[test]
    fn times_in_many_shapes() {
        for (typed, hour, minute) in [
            ("10:30", 10, 30),
            ("10.30", 10, 30),
            ("1030", 10, 30),
            ("9:05", 9, 5),
            ("2pm", 14, 0),
            ("12 am", 0, 0),
            ("12pm", 12, 0),
            ("2:30 PM", 14, 30),
        ] {
            assert_eq!(
                time(typed),
                Ok(NaiveTime::from_hms_opt(hour, minute, 0)),
                "{typed}"
            );
        }
        assert_eq!(time("  "), Ok(None));
        for typed in ["25:00", "10:60", "14pm", "ten", "é", "1:2:3", "-1:30", "10"] {
            assert!(time(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn every_mistake_is_named_at_its_field() {
        let refused =
            checked("mode=teleport&day-day=31&day-month=2&day-year=2027&time=soon").unwrap_err();
        let fields: Vec<_> = refused
            .errors
            .summary()
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, ["mode", "day", "time"]);
        let refused = checked("mode=phone&day-day=20&day-month=11&day-year=2026").unwrap_err();
        assert_eq!(
            refused.errors.get("day"),
            Some("Choose today or a later day")
        );
        let refused =
            checked("mode=other_venue&day-day=27&day-month=11&day-year=2026").unwrap_err();
        assert_eq!(
            refused.errors.get("place"),
            Some("Enter where you will meet")
        );
    }
}
