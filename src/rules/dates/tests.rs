//! Dates as people type them and as Hearth says them.

use super::*;
use proptest::prelude::*;

#[test]
fn one_day_in_many_shapes() {
    let shapes = [
        "3/4/2015",
        "03/04/2015",
        "03-04-15",
        "3.4.2015",
        "3 April 2015",
        "3rd Apr 2015",
        "3RD OF APRIL, 2015",
        "Friday 3 April 2015",
        "3-Apr-15",
        "2015-04-03",
        "2015/04/03",
        "2015-04-03T00:00:00",
        "2015-04-03 00:00:00.000",
        "03/04/2015 00:00",
        "03/04/2015 00:00:00",
        "  3/4/2015 ",
    ];
    for shape in shapes {
        assert_eq!(
            parse_uk(shape).map(|d| d.to_string()),
            Ok("2015-04-03".to_owned()),
            "{shape}"
        );
    }
}

#[test]
fn an_instant_is_the_day_that_it_was_in_london() {
    for (instant, day) in [
        ("2015-04-02T23:00:00Z", "2015-04-03"),
        ("2015-04-02T23:00:00.000Z", "2015-04-03"),
        ("2015-04-02 23:00:00Z", "2015-04-03"),
        ("2015-04-02 23:00:00 UTC", "2015-04-03"),
        ("2015-04-02T23:00:00+00:00", "2015-04-03"),
        ("2015-04-02T23:00Z", "2015-04-03"),
        ("2015-04-02T22:59:59Z", "2015-04-02"),
        ("2015-12-02T23:00:00Z", "2015-12-02"),
        ("2015-04-03T00:30:00+02:00", "2015-04-02"),
        ("2015-04-02T23:30:00-05:00", "2015-04-03"),
        ("2015-04-02T23:00:00", "2015-04-02"),
    ] {
        assert_eq!(parse_uk(instant).unwrap().to_string(), day, "{instant}");
    }
}

#[test]
fn a_number_is_no_date() {
    for number in ["42097", "42097.0", "40635.5"] {
        let problem = parse_uk(number).unwrap_err();
        assert_eq!(problem, DateProblem::SpreadsheetNumber(number.to_owned()));
    }
    assert_eq!(spreadsheet_number("42097.0"), Some(42_097));
    assert_eq!(spreadsheet_number("2015"), None);
}

#[test]
fn short_years_turn_at_forty() {
    assert_eq!(parse_uk("1/9/40").unwrap().year(), 2040);
    assert_eq!(parse_uk("1/9/41").unwrap().year(), 1941);
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let message = |text| parse_uk(text).unwrap_err().to_string();
    assert_eq!(message("31/2/2015"), "31 February 2015 is not a real date");
    assert_eq!(message(""), "Enter a date, like 27 3 2015");
    assert_eq!(
        message("3 Foo 2015"),
        "“Foo” is not a month. Enter a number from 1 to 12 or the month’s name"
    );
    assert_eq!(
        message("13/13/2015"),
        "“13” is not a month. Enter a number from 1 to 12 or the month’s name"
    );
    assert_eq!(
        message("3/4/1015"),
        "The year must be between 1900 and 2100, not 1015"
    );
    assert_eq!(
        message("3/4/215"),
        "“215” is not a year. Enter all 4 numbers, like 2015"
    );
    assert_eq!(
        message("last week"),
        "“last week” is not a date. Write it like 27/3/2015 or 27 March 2015"
    );
    assert_eq!(
        message("19999"),
        "“19999” is not a date. Write it like 27/3/2015 or 27 March 2015"
    );
}

#[test]
fn the_boxes_of_a_form() {
    assert_eq!(
        from_parts(" 3", "april ", "2015").unwrap().to_string(),
        "2015-04-03"
    );
    assert_eq!(
        from_parts("3", "Sept", "2015").unwrap().to_string(),
        "2015-09-03"
    );
    assert_eq!(from_parts("", " ", ""), Err(DateProblem::Empty));
    let missing = from_parts("3", "", "").unwrap_err();
    assert_eq!(
        missing.to_string(),
        "The date must include a month and a year"
    );
    assert!(missing.concerns(DatePart::Year) && !missing.concerns(DatePart::Day));
    assert_eq!(
        from_parts("3", "4", "15"),
        Err(DateProblem::Year("15".to_owned()))
    );
    assert_eq!(
        from_parts("-3", "4", "2015"),
        Err(DateProblem::Day("-3".to_owned()))
    );
    assert_eq!(
        from_parts("29", "2", "2023"),
        Err(DateProblem::NoSuchDay {
            day: 29,
            month: 2,
            year: 2023
        })
    );
}

#[test]
fn dates_are_said_in_full_and_in_short() {
    let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    assert_eq!(spoken(date), "23 November 2026");
    assert_eq!(short(date), "23 Nov 2026");
    assert_eq!(spoken(NaiveDate::MIN), "1 January -262143");
}

#[test]
fn a_date_with_the_month_first_is_told_as_one() {
    for text in [
        "1/25/2014",
        "01-25-14",
        "1/25/2014 0:00",
        "1/25/2014 12:00:00 AM",
    ] {
        let message = parse_uk(text).unwrap_err().to_string();
        assert!(
            message.contains("looks like month/day/year. Write the day first, like 25/1/2014"),
            "{message}"
        );
    }
    let other = |text| month_first(text).map(|date| date.to_string());
    assert_eq!(other("3/4/2014"), Some("2014-03-04".to_owned()));
    for text in [
        "13/4/2014",
        "2014-03-04",
        "3 April 2014",
        "2/30/2014",
        "41000",
        "",
    ] {
        assert_eq!(other(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_date_hearth_writes_it_reads(year in 1900..=2100i32, ordinal in 1..=365u32) {
        let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        prop_assert_eq!(parse_uk(&spoken(date)), Ok(date));
        prop_assert_eq!(parse_uk(&short(date)), Ok(date));
        prop_assert_eq!(parse_uk(&date.to_string()), Ok(date));
        prop_assert_eq!(parse_uk(&date.format("%d/%m/%Y").to_string()), Ok(date));
        let (day, month, year) = (date.day().to_string(), date.month().to_string(), date.year().to_string());
        prop_assert_eq!(from_parts(&day, &month, &year), Ok(date));
        prop_assert_eq!(spoken(date), date.format("%-d %B %Y").to_string());
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}", day in "\\PC{0,6}", month in "\\PC{0,6}") {
        let _ = parse_uk(&text).map_err(|problem| problem.to_string());
        let _ = from_parts(&day, &month, &text).map_err(|problem| problem.to_string());
    }

    #[test]
    fn nor_any_text_that_looks_like_a_date(text in "[0-9/.: T-]{0,24}") {
        let _ = (parse_uk(&text), month_first(&text));
    }
}
