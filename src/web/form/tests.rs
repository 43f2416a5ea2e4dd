//! Forms as they arrive: good, mistaken, damaged and forged.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpMessage, HttpResponse, ResponseError};
use serde::Deserialize;
use validator::Validate;

use super::*;
use crate::web::gate::csrf::CsrfToken;

#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
struct Visit {
    #[validate(length(min = 1, message = "Enter where the visit is"))]
    place: String,
    day: DateInput,
    #[validate(length(max = 10, message = "Notes must be 10 characters or fewer"))]
    notes: String,
    needs: Vec<String>,
    officer: Option<String>,
}

#[derive(Debug, PartialEq)]
struct Booking {
    place: String,
    day: NaiveDate,
}

impl Form for Visit {
    type Parsed = Booking;

    fn parse(&self, today: NaiveDate, errors: &mut FormErrors) -> Option<Booking> {
        let day = self.day.required("day", "the day of the visit", errors);
        if day.is_some_and(|day| day < today) {
            errors.add("day", "The day of the visit must be today or in the future");
        }
        Some(Booking {
            place: self.place.clone(),
            day: day?,
        })
    }
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[allow(
    clippy::result_large_err,
    reason = "a form is as large as its fields, and moved once"
)]
fn check(body: &str) -> Result<Booking, Refused<Visit>> {
    Submitted::<Visit>::from_body(body)
        .unwrap()
        .check(date(2026, 11, 23))
}

#[test]
fn a_good_form_comes_out_as_what_it_means() {
    let booking =
        check("place=Ashdale+library&day-day=1&day-month=12&day-year=2026&unknown=1").unwrap();
    assert_eq!(
        booking,
        Booking {
            place: "Ashdale library".into(),
            day: date(2026, 12, 1)
        }
    );
}

#[test]
fn mistakes_come_in_the_order_of_the_form_with_everything_as_typed() {
    let refused =
        check("notes=far+too+long+a+note&day-day=1&day-month=&day-year=+2026&needs=a&needs=b")
            .unwrap_err();
    let messages: Vec<&str> = refused
        .errors
        .summary()
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "Enter where the visit is",
            "The day of the visit must include a month",
            "Notes must be 10 characters or fewer"
        ]
    );
    assert_eq!(refused.errors.summary()[1].id(), "day-month");
    assert_eq!(refused.form.notes, "far too long a note");
    assert_eq!(
        refused.form.day,
        DateInput {
            day: "1".into(),
            month: String::new(),
            year: " 2026".into()
        }
    );
    assert_eq!(refused.form.needs, ["a", "b"]);
    assert_eq!(refused.form.officer, None);
}

#[test]
fn what_cannot_be_seen_never_comes_in() {
    let hidden = "%E2%80%8B%EF%BB%BF%E2%81%A0%07%C2%AD";
    let body = |place: &str| {
        format!(
            "place={place}&day-day={hidden}1&day-month=12{hidden}&day-year=2026&needs=a{hidden}&officer={hidden}o"
        )
    };
    let booking = check(&body(&format!("{hidden}Zoe%CC%88{hidden}"))).unwrap();
    assert_eq!(booking.place, "Zoë");
    let refused = check(&body(hidden)).unwrap_err();
    assert_eq!(
        refused.errors.get("place"),
        Some("Enter where the visit is"),
        "a text of nothing but invisible characters is empty"
    );
    assert_eq!(refused.form.needs, ["a"]);
    assert_eq!(refused.form.officer.as_deref(), Some("o"));
}

#[test]
fn a_password_stays_as_it_was_typed() {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Typed {
        password: String,
        again: String,
    }
    let (typed, _) =
        urlencoded::Pairs::parse("password=e%CC%81%C2%AD&again=e%CC%81%C2%AD".as_bytes())
            .and_then(urlencoded::Pairs::read::<Typed>)
            .unwrap();
    assert_eq!(
        (typed.password.as_str(), typed.again.as_str()),
        ("e\u{301}\u{ad}", "e\u{301}\u{ad}")
    );
}

#[test]
fn a_date_says_what_is_wrong_with_it() {
    let message = |body: &str| {
        check(&format!("place=here&{body}"))
            .unwrap_err()
            .errors
            .get("day")
            .unwrap()
            .to_owned()
    };
    assert_eq!(message(""), "Enter the day of the visit");
    assert_eq!(
        message("day-month=2"),
        "The day of the visit must include a day and a year"
    );
    assert!(message("day-day=31&day-month=2&day-year=2027").contains("real date"));
    assert_eq!(
        message("day-day=22&day-month=11&day-year=2026"),
        "The day of the visit must be today or in the future"
    );
}

#[test]
fn a_date_that_may_be_left_out() {
    let mut errors = FormErrors::default();
    assert_eq!(
        DateInput::default().optional("day", "the day", &mut errors),
        Some(None)
    );
    assert_eq!(
        DateInput::from(date(2026, 2, 28)).optional("day", "the day", &mut errors),
        Some(Some(date(2026, 2, 28)))
    );
    assert!(errors.is_empty());
}

#[test]
fn odd_but_readable_bodies_are_read() {
    for body in [
        "place=first&place=here",
        "&&place=here&",
        "place=here&place-day=1",
        "day=2026&place=here",
        "place=here&csrf",
    ] {
        let refused = check(body).unwrap_err();
        assert_eq!(refused.form.place, "here", "{body}");
        assert_eq!(refused.errors.summary().len(), 1, "{body}");
    }
    assert_eq!(check("notes=a%0D%0Ab").unwrap_err().form.notes, "a\nb");
}

#[test]
fn damaged_bodies_are_refused() {
    let too_many = "a=1&".repeat(1_001);
    for body in ["place=%FF", "place=%00", too_many.as_str()] {
        let error = Submitted::<Visit>::from_body(body).unwrap_err();
        assert_eq!(error.status_code(), StatusCode::BAD_REQUEST, "{body}");
    }
}

/// Refuses everything and says nothing: a mistake of the programmer.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
struct Silent {}

impl Form for Silent {
    type Parsed = ();

    fn parse(&self, _today: NaiveDate, _errors: &mut FormErrors) -> Option<()> {
        None
    }
}

#[test]
fn a_refusal_is_never_silent() {
    let refused = Submitted::<Silent>::from_body("")
        .unwrap()
        .check(date(2026, 11, 23))
        .unwrap_err();
    assert_eq!(refused.errors.summary()[0].id(), "main-content");
    assert!(
        Submitted::<ButtonPress>::from_body("")
            .unwrap()
            .check(date(2026, 11, 23))
            .is_ok()
    );
}

async fn post(content_type: &str, body: String, token: Option<&str>) -> StatusCode {
    async fn handler(visit: Submitted<Visit>) -> HttpResponse {
        match visit.check(date(2026, 11, 23)) {
            Ok(_) => HttpResponse::SeeOther().finish(),
            Err(_) => HttpResponse::UnprocessableEntity().finish(),
        }
    }
    let app = init_service(App::new().route("/", web::post().to(handler))).await;
    let request = TestRequest::post()
        .uri("/")
        .insert_header((CONTENT_TYPE, content_type))
        .set_payload(body)
        .to_request();
    if let Some(token) = token {
        request
            .extensions_mut()
            .insert(CsrfToken::new(token.into()));
    }
    call_service(&app, request).await.status()
}

#[actix_web::test]
async fn a_request_opens_a_form_only_with_its_token() {
    const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
    let good = || "csrf=t&place=here&day-day=1&day-month=12&day-year=2026".to_owned();
    assert_eq!(post(FORM, good(), Some("t")).await, StatusCode::SEE_OTHER);
    assert_eq!(
        post(FORM, "csrf=t".into(), Some("t")).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        post(FORM, good(), Some("other")).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(post(FORM, good(), None).await, StatusCode::FORBIDDEN);
    assert_eq!(
        post("application/json", good(), Some("t")).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        post(FORM, "a".repeat(300_000), Some("t")).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[actix_web::test]
async fn filters_of_a_list_are_read_kindly() {
    let request = TestRequest::get()
        .uri("/?place=a&place=b&x=1&day-day=2")
        .to_http_request();
    let Query(visit) = Query::<Visit>::extract(&request).await.unwrap();
    assert_eq!((visit.place.as_str(), visit.day.day.as_str()), ("b", "2"));
    let request = TestRequest::get().uri("/?place=%FF").to_http_request();
    assert!(Query::<Visit>::extract(&request).await.is_err());
}
