//! The capacity page, and a backlog that a manager spreads.

use std::fmt::Write;

use hearth::duty::owed::DutyState;

use super::app::{MANAGER, OFFICER, TestApp};
use super::browser::Page;
use super::imports;
use super::register_scene::{child, day};

/// The numbers of the line of the table that begins with these words.
fn line(page: &Page, begins: &str) -> Vec<String> {
    let rows = page.all("tbody tr");
    let row = rows.iter().find(|row| row.starts_with(begins));
    let row = row.unwrap_or_else(|| panic!("no {begins:?} in {rows:#?}"));
    let (_, numbers) = row.split_once("202").expect("a year");
    let words = numbers.split_whitespace().skip(1);
    let is_number = |word: &&str| word.chars().all(|digit| digit.is_ascii_digit());
    words.filter(is_number).map(str::to_owned).collect()
}

/// A list of children in green who were all seen last on one day: their checks are all due on 11 January 2027.
fn take_over(app: &TestApp, children: usize) {
    take_over_seen(app, children, "11/01/2026");
}

/// The same, seen last on another day.
fn take_over_seen(app: &TestApp, children: usize, seen: &str) {
    let mut list =
        "Reference,Forename,Surname,DOB,Sex,Address,Town,Post code,Date of EHE,Last seen,Status\n"
            .to_owned();
    for number in 0..children {
        writeln!(
            list,
            "L{number},Given{},Field,03/04/2015,F,1 High Street,Ashdale,AA3 1AB,01/09/2025,{seen},Active",
            char::from(b'a' + u8::try_from(number).expect("a few"))
        )
        .expect("a line");
    }
    let mut browser = app.signed_in(OFFICER);
    imports::send(&mut browser, "list.csv", &list, &[]).expect(303);
}

#[test]
fn checks_are_counted_by_week_against_what_the_officers_can_do() {
    let app = TestApp::start();
    child(&app, OFFICER, "Ada", "Field", "2015-04-03");
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open("/capacity").expect(200);
    assert_eq!(page.h1(), "Capacity");
    page.says("2 officers can do at 4 checks a week each");
    // Notified forty days ago: three checks are late, the decision is due this week.
    let late = page.all("tbody tr");
    assert!(late[0].starts_with("Late 0 0 3 3"), "{late:#?}");
    assert_eq!(line(&page, "Week 48"), ["0", "0", "1", "1", "0", "8"]);
    // Two bank holidays in a week.
    assert_eq!(line(&page, "Week 53")[5], "4");
    assert_eq!(
        page.all("svg[role=img] > title"),
        ["Checks due in the next 26 weeks"]
    );
    assert!(!page.text.contains(" style=\""));
    page.keeps_quiet_about("Spread the checks");
    browser.open("/capacity/spreading").expect(403);
}

#[test]
fn a_manager_looks_at_a_plan_and_carries_it_out() {
    let app = TestApp::start();
    take_over(&app, 12);
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open("/capacity").expect(200);
    assert_eq!(line(&page, "Week 2")[3], "12");
    let plan = manager.open(&page.link("Spread the checks")).expect(200);
    plan.says("Would be brought forward 4")
        .says("No room for them 0");
    assert_eq!(line(&plan, "Week 2")[..2], ["12", "8"].map(str::to_owned));
    assert_eq!(line(&plan, "Week 49")[..2], ["0", "4"].map(str::to_owned));
    let form = plan.form("/capacity/spreading");

    let done = form.send(&mut manager).expect(200);
    assert_eq!(done.h1(), "Capacity");
    done.says("4 checks are brought forward");
    assert_eq!(line(&done, "Week 2")[3], "8");
    assert_eq!(app.events("991", "check_brought_forward"), 4);

    let moved = moved(&app);
    assert_eq!(moved.len(), 4);
    for check in moved {
        assert_eq!(check.due_on, day("2026-12-04"));
        assert_eq!(check.original_due_on, day("2027-01-11"));
        assert!(
            check.why.ends_with("Brought forward on 23 November 2026 from 11 January 2027 so that no week has more checks than the officers can do (spread by Mo Manager)."),
            "{}",
            check.why
        );
    }
    let again = manager.open("/capacity/spreading").expect(200);
    again.says("There is nothing to bring forward");
}

#[test]
fn a_plan_that_the_register_has_overtaken_is_shown_anew() {
    let app = TestApp::start();
    take_over(&app, 12);
    let mut manager = app.signed_in(MANAGER);
    let plan = manager.open("/capacity/spreading").expect(200);
    let form = plan.form("/capacity/spreading");
    take_over(&app, 13);
    let refused = form.send(&mut manager).expect(409);
    refused
        .says("The register has changed since this plan was made")
        .says("Would be brought forward 5");
    assert!(moved(&app).is_empty());
    assert_eq!(app.events("991", "check_brought_forward"), 0);
}

fn moved(app: &TestApp) -> Vec<hearth::duty::owed::Duty> {
    let viewer = app.eyes(MANAGER);
    let listed = app.read(|conn| {
        hearth::register::list::page(
            conn,
            &viewer,
            &hearth::register::counts::Counts::default(),
            0,
            &hearth::register::list::Listing::default(),
        )
    });
    let checks = listed.lines.into_iter().flat_map(|line| {
        let reference = line.reference.parse().expect("a reference");
        let child = app
            .read(|conn| hearth::register::child::find(conn, &viewer, &reference))
            .expect("the child");
        app.read(|conn| hearth::duty::owed::of_child(conn, child.key))
    });
    checks
        .filter(|check| check.state == DutyState::Open && check.due_on != check.original_due_on)
        .collect()
}

#[test]
fn what_was_overdue_on_the_list_is_spread_at_once_and_says_so() {
    let app = TestApp::start();
    take_over_seen(&app, 16, "11/01/2025");
    let moved = moved(&app);
    assert_eq!(moved.len(), 8, "a week takes 8");
    assert_eq!(app.events("991", "check_brought_forward"), 8);
    for check in &moved {
        assert!(check.due_on < check.original_due_on);
        assert!(
            check
                .why
                .ends_with("(spread when the list was taken over)."),
            "{}",
            check.why
        );
    }
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open("/capacity").expect(200);
    let weeks = page.all("tbody tr");
    assert!(
        weeks.iter().all(|week| !week.contains("Too many")),
        "{weeks:#?}"
    );
}

#[test]
fn a_plan_without_a_move_says_why_and_is_not_carried_out() {
    let app = TestApp::start();
    let mut manager = app.signed_in(MANAGER);
    let plan = manager.open("/capacity/spreading").expect(200);
    plan.says("There is nothing to bring forward. No check that came with a list is open");
    let csrf = manager.open("/capacity").form("/sign-out");
    let csrf = csrf.value("csrf").unwrap().to_owned();
    let refused = manager.post("/capacity/spreading", &format!("csrf={csrf}"));
    refused
        .expect(409)
        .says("there is nothing to bring forward")
        .keeps_quiet_about("The register has changed");

    take_over(&app, 12);
    let refused = manager.post("/capacity/spreading", &format!("csrf={csrf}"));
    refused.expect(409).says("Look at the plan first");
    assert!(moved(&app).is_empty());

    app.go_to("2027-01-04");
    let mut manager = app.signed_in(MANAGER);
    let late = manager.open("/capacity/spreading").expect(200);
    late.says("The week that has too many is the next one");
}
