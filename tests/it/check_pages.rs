//! An officer's day with checks: what lapsed, booking, recording what happened, answering for a lapse.

use hearth::duty::lapse;
use hearth::duty::owed::DutyState;
use hearth::rules::duty::DutyKind;
use hearth::visit::check::Check;

use super::app::{MANAGER, OFFICER, OTHER, TestApp};
use super::browser::{Browser, Form, Page};
use super::register_scene::{SceneChild, allocate, checks, child, notify, sweep};

const NEIGHBOUR: &str = "manager@brackwater.example";

/// A child whose first meeting lapsed on 11 November, allocated to the officer; today is 23 November.
fn scene() -> (TestApp, SceneChild) {
    let app = TestApp::start();
    let ada = child(&app, OFFICER, "Ada Mary", "Field", "2015-04-03");
    allocate(&app, &ada, OFFICER);
    sweep(&app, OFFICER);
    (app, ada)
}

fn the(app: &TestApp, child: &SceneChild, kind: DutyKind) -> Check {
    let mut all = checks(app, child).into_iter();
    all.find(|check| check.kind == kind && check.state == DutyState::Open)
        .unwrap_or_else(|| panic!("no open {kind:?}"))
}

fn path(check: &Check, below: &str) -> String {
    format!("/checks/{}{below}", check.reference)
}

fn outcome_form(browser: &mut Browser, check: &Check) -> Form {
    browser
        .open(&path(check, "/outcomes/new"))
        .expect(200)
        .form("/outcomes")
}

fn nobody_in(form: Form) -> Form {
    form.set("result", "nobody_in")
        .set("mode", "home_visit")
        .set_date("day", "23", "11", "2026")
}

fn seen(form: Form) -> Form {
    form.set("result", "child_seen")
        .set("mode", "other_venue")
        .set("place", "Ashdale library")
        .set("present", "Ada and her mother")
        .set("spoken_alone", "declined")
        .set("judgement", "suitable")
        .set_date("day", "23", "11", "2026")
}

fn lapse_of(app: &TestApp, check: &Check) -> lapse::LapseRecord {
    app.read(|conn| lapse::of_duty(conn, check.key))
        .expect("an open lapse")
}

#[test]
fn a_notification_is_accepted_once_and_the_acknowledgement_is_done() {
    let app = TestApp::start();
    child(&app, OFFICER, "Benn", "Moss", "2014-02-01");
    let reference = notify(&app, None);
    let mut browser = app.signed_in(OFFICER);
    let list = browser.open("/notifications").expect(200);
    list.says("Sam Moss")
        .says("7 Dec 2026")
        .says("in 10 working days");
    browser.open("/work").says("Sam Moss");
    let page = browser.open(&list.link("Sam Moss")).expect(200);
    page.says("We begin after half-term.")
        .says("There is a record that may be the same child");
    assert_eq!(page.links("Benn Moss").len(), 1);
    let form = page.form("/acceptance");
    let mine = form.value("officer").unwrap().to_owned();
    let refused = form
        .set("officer", "A-0000-0000")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        refused.errors(),
        ["Choose the officer who will answer for the children"]
    );
    let accepted = page
        .form("/acceptance")
        .set("officer", &mine)
        .send(&mut browser)
        .expect(200);
    accepted
        .says("You have accepted the notification.")
        .says("Olu Officer, 23 November 2026");
    let again = page.form("/acceptance").send(&mut browser).expect(200);
    again.says("Olu Officer has accepted this notification already");
    browser
        .open("/notifications")
        .says("Everybody who has written to us has been answered");
    let work = browser.open("/work");
    work.says("First contact").keeps_quiet_about("Sam Moss");

    let here = format!("/notifications/{reference}");
    app.signed_in(NEIGHBOUR).open(&here).expect(404);
}

#[test]
fn the_desk_shows_what_lapsed_before_what_is_due() {
    let (app, ada) = scene();
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open("/").expect(200);
    assert_eq!(page.path, "/work");
    assert_eq!(page.h1(), "My work today");
    page.says("First meeting").says("8 over");
    page.says("Decision on the education").says("in 2");
    assert!(page.links("Ada Mary Field").contains(&ada.path("")));

    let other = app.signed_in(OTHER).open("/work").expect(200);
    other.says("Nothing has lapsed").keeps_quiet_about("Ada");
    let team = app.signed_in(OTHER).open("/work?whose=team").expect(200);
    assert_eq!(team.h1(), "The team’s work today");
    team.says("Ada Mary Field").says("Olu Officer");
}

#[test]
fn a_visit_is_booked_only_with_a_word_on_what_is_odd_about_it() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&path(&meeting, "/bookings/new")).expect(200);
    page.says("1 High Street, Ashdale, AA3 1AB")
        .says("Nobody has made sure of this address yet");
    let form = |page: &Page| {
        page.form("/bookings")
            .set("mode", "home_visit")
            .set("time", "2.30pm")
            .set_date("day", "26", "11", "2026")
    };
    let refused = form(&page).send(&mut browser).expect(422);
    assert_eq!(
        refused.errors(),
        ["Say why: the day is after the check is due, or an earlier booking is being moved"]
    );
    let kept = refused.form("/bookings");
    assert_eq!(kept.value("time"), Some("2.30pm"));
    assert_eq!(kept.value("mode"), Some("home_visit"));

    let refused = kept
        .set("reason", "The family was away")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        refused.errors(),
        ["Verify the address first, or say why you book without"]
    );
    let booked = refused
        .form("/bookings")
        .set("unverified", "Their mother gave it on the telephone")
        .send(&mut browser)
        .expect(200);
    booked
        .says("Booked for 26 November 2026.")
        .says("26 Nov 2026 at 14:30")
        .says("Address not verified: Their mother gave it on the telephone")
        .says("8 working days over");
    let work = browser.open("/work");
    work.says("26 Nov 2026");
    let again = browser.open(&path(&meeting, "/bookings/new"));
    again.says("Already booked for 26 November 2026");
}

#[test]
fn a_verified_address_needs_no_word() {
    let (app, ada) = scene();
    let decision = the(&app, &ada, DutyKind::SuitabilityDecision);
    let mut browser = app.signed_in(OFFICER);
    browser
        .open(&ada.path("/addresses"))
        .form("/address-verification")
        .set("how", "Council tax")
        .send(&mut browser)
        .expect(200);
    let page = browser.open(&path(&decision, "/bookings/new")).expect(200);
    page.says("Verified on 23 November 2026");
    page.form("/bookings")
        .set("mode", "home_visit")
        .set_date("day", "24", "11", "2026")
        .send(&mut browser)
        .expect(200)
        .says("Booked for 24 November 2026.");
}

#[test]
fn nobody_in_leaves_the_check_due_and_owes_a_new_attempt() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut browser = app.signed_in(OFFICER);
    let page = nobody_in(outcome_form(&mut browser, &meeting))
        .send(&mut browser)
        .expect(200);
    page.says("Nobody in, or nobody came: the check stays due on 11 November 2026.")
        .says("New attempt by 30 November 2026");
    let still = the(&app, &ada, DutyKind::FirstMeeting);
    assert_eq!(still.due_on, meeting.due_on);
    assert_eq!(still.original_due_on, meeting.original_due_on);
    lapse_of(&app, &still);
    let page = browser.open(&path(&still, "")).expect(200);
    page.says("Check stays due")
        .says("New attempt: see the child in person, due on 30 November 2026");
    let attempt = the(&app, &ada, DutyKind::NewAttempt);
    let page = browser.open(&path(&attempt, "")).expect(200);
    page.says("This makes good an attempt at First meeting");
}

#[test]
fn a_child_who_is_seen_closes_the_lapse_and_the_next_check_appears() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let told = lapse_of(&app, &meeting);
    let mut browser = app.signed_in(OFFICER);
    let page = seen(outcome_form(&mut browser, &meeting))
        .send(&mut browser)
        .expect(200);
    page.says("The check is done. Next:");
    let second = the(&app, &ada, DutyKind::SecondCheck);
    let page = browser.open(&path(&second, "")).expect(200);
    page.says("23 February 2027")
        .says("On 9 February 2027. First notice: 10 working days before the check is due")
        .says("On 16 February 2027. Last notice: 5 working days before");
    let page = browser.open(&path(&meeting, "")).expect(200);
    page.says("Check done")
        .says("This check lapsed and was put right");
    let page = browser.open(&format!("/lapses/{}", told.reference));
    page.expect(200).says("It was closed on 23 November 2026");
}

#[test]
fn the_same_form_sent_twice_is_one_outcome() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&path(&meeting, "/outcomes/new"));
    for _ in 0..2 {
        nobody_in(page.form("/outcomes"))
            .send(&mut browser)
            .expect(200)
            .says("Nobody in, or nobody came");
    }
    let page = browser.open(&path(&meeting, ""));
    assert_eq!(page.all(".hearth-timeline > li").len(), 1);
    for _ in 0..2 {
        let page = browser.open(&path(&meeting, "/outcomes/new"));
        if page.path.ends_with("/new") {
            seen(page.form("/outcomes")).send(&mut browser).expect(200);
        } else {
            page.says("This check is closed already");
        }
    }
}

#[test]
fn a_form_that_was_recorded_does_not_swallow_what_is_typed_into_it_afterwards() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let decision = the(&app, &ada, DutyKind::SuitabilityDecision);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&path(&meeting, "/outcomes/new"));
    let typed = |note: &str| nobody_in(page.form("/outcomes")).set("note", note);
    typed("Rang twice").send(&mut browser).expect(200);
    let other = typed("Rang twice, a neighbour says they moved")
        .send(&mut browser)
        .expect(409);
    other
        .says("This form has been recorded already as O-")
        .says("Olu Officer");
    let kept = other.form("/outcomes");
    assert_eq!(
        kept.value("note"),
        Some("Rang twice, a neighbour says they moved")
    );
    kept.send(&mut browser).expect(200);
    let page = browser.open(&path(&meeting, ""));
    page.says("a neighbour says they moved");
    assert_eq!(page.all(".hearth-timeline > li").len(), 2);
    let key = typed("").value("form_key").unwrap().to_owned();
    nobody_in(outcome_form(&mut browser, &decision))
        .set("note", "Rang twice")
        .set("form_key", &key)
        .send(&mut browser)
        .expect(409)
        .says("This form has been recorded already as O-");
}

#[test]
fn what_the_second_officer_typed_outlives_the_closing_of_the_check() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut first = app.signed_in(OFFICER);
    let mut second = app.signed_in(OTHER);
    let typed = seen(outcome_form(&mut second, &meeting)).set("note", "She plays the cello");
    let booking = second
        .open(&path(&meeting, "/bookings/new"))
        .form("/bookings")
        .set("mode", "phone")
        .set("reason", "They asked for a call")
        .set_date("day", "26", "11", "2026");
    seen(outcome_form(&mut first, &meeting))
        .send(&mut first)
        .expect(200);
    let late = typed.send(&mut second).expect(409);
    late.says("This check was closed before you sent this")
        .says("Recorded by Olu Officer on 23 November 2026");
    let note = late.form("/outcomes");
    assert_eq!(note.value("note"), Some("She plays the cello"));
    assert_eq!(late.link("Read the check"), path(&meeting, ""));
    let late = booking.send(&mut second).expect(409);
    late.says("Recorded by Olu Officer on 23 November 2026");
    let reason = late.form("/bookings");
    assert_eq!(reason.value("reason"), Some("They asked for a call"));
}

#[test]
fn the_second_to_answer_for_a_lapse_is_shown_both_plans() {
    let (app, ada) = scene();
    let lapse = lapse_of(&app, &the(&app, &ada, DutyKind::FirstMeeting));
    let here = format!("/lapses/{}", lapse.reference);
    let mut first = app.signed_in(OFFICER);
    let mut second = app.signed_in(OTHER);
    let plan = |browser: &mut Browser, words: &str| {
        let form = browser.open(&here).form("/answer");
        form.set("plan", words)
            .set_date("plan_by", "1", "12", "2026")
    };
    let late = plan(&mut second, "Ring the school");
    plan(&mut first, "Visit on Thursday")
        .send(&mut first)
        .expect(200);
    let both = late.send(&mut second).expect(409);
    both.says("Somebody else answered for this lapse while you were writing")
        .says("Visit on Thursday");
    let kept = both.form("/answer");
    assert_eq!(kept.value("plan"), Some("Ring the school"));
    kept.send(&mut second).expect(200).says("Ring the school");
    second
        .open(&ada.path("/timeline"))
        .says("Ring the school. Plan 2 for this lapse, in place of the plan of Olu Officer, by 1 December 2026: Visit on Thursday");
}

#[test]
fn a_third_plan_is_a_manager_s_and_the_list_says_who_renewed() {
    let (app, ada) = scene();
    let lapse = lapse_of(&app, &the(&app, &ada, DutyKind::FirstMeeting));
    let here = format!("/lapses/{}", lapse.reference);
    let mut officer = app.signed_in(OFFICER);
    let answer = |browser: &mut Browser, day: &str| {
        let form = browser.open(&here).form("/answer");
        form.set("plan", "Visit on Thursday")
            .set_date("plan_by", day, "12", "2026")
    };
    answer(&mut officer, "1").send(&mut officer).expect(200);
    let stale = answer(&mut officer, "4");
    let renewed = answer(&mut officer, "3").send(&mut officer).expect(200);
    renewed
        .says("1 plan before this one, on the child’s timeline")
        .says("A manager has to answer now. 2 plans were made for this lapse")
        .keeps_quiet_about("By when the check will be done");
    let refused = stale.send(&mut officer).expect(200);
    refused.says("Ask a manager to answer for this lapse");

    let mut manager = app.signed_in(MANAGER);
    let list = manager.open("/lapses").expect(200);
    list.says("Answered more than once 1")
        .says("Planned by 3 Dec 2026 (plan 2)");
    let third = answer(&mut manager, "8").send(&mut manager).expect(200);
    third.says("2 plans before this one");
}

#[test]
fn a_double_click_books_once() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&path(&meeting, "/bookings/new"));
    for _ in 0..2 {
        page.form("/bookings")
            .set("mode", "phone")
            .set("reason", "They asked for a call")
            .set_date("day", "26", "11", "2026")
            .send(&mut browser)
            .expect(200)
            .says("Booked for 26 November 2026.");
    }
    let page = browser.open(&path(&meeting, ""));
    assert_eq!(page.text.matches("They asked for a call").count(), 1);
}

#[test]
fn nonsense_is_refused_with_everything_typed_kept() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let mut browser = app.signed_in(OFFICER);
    for (day, month, year, message) in [
        ("31", "2", "2026", "31 February 2026 is not a real date"),
        ("24", "11", "2026", "The day cannot be in the future"),
        ("", "11", "2026", "The day it happened must include a day"),
        (
            "23",
            "11",
            "2025",
            "This check is about what happened since 14 October 2026. Choose that day or a later one",
        ),
    ] {
        let refused = seen(outcome_form(&mut browser, &meeting))
            .set_date("day", day, month, year)
            .send(&mut browser)
            .expect(422);
        assert_eq!(refused.errors(), [message]);
        let form = refused.form("/outcomes");
        assert_eq!(form.value("place"), Some("Ashdale library"));
        assert_eq!(form.value("day-year"), Some(year));
    }
    let refused = seen(outcome_form(&mut browser, &meeting))
        .set("mode", "online")
        .send(&mut browser)
        .expect(422);
    assert_eq!(refused.errors().len(), 1);
    let refused = outcome_form(&mut browser, &meeting)
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        refused.errors(),
        [
            "Choose what happened",
            "Enter the day it happened",
            "Choose how"
        ]
    );
}

#[test]
fn an_acknowledgement_is_a_letter_and_not_an_outcome() {
    let (app, ada) = scene();
    let acknowledgement = the(&app, &ada, DutyKind::Acknowledgement);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&path(&acknowledgement, "/outcomes/new"));
    page.says("Accept the notification instead");
    let letter = browser.open(&page.link("record the letter")).expect(200);
    let refused = letter
        .form("/paper-letter")
        .set_date("day", "13", "10", "2026")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        refused.errors(),
        ["Choose a day from 14 October 2026 to today"]
    );
    refused
        .form("/paper-letter")
        .set_date("day", "20", "11", "2026")
        .send(&mut browser)
        .expect(200)
        .says("The letter is recorded");
    let page = browser.open(&path(&acknowledgement, "")).expect(200);
    page.says("Done on 20 November 2026: Acknowledged by post");
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let page = browser.open(&path(&meeting, "/paper-letter/new"));
    page.says("A letter does not do this check");
}

#[test]
fn a_lapse_is_answered_for_with_a_plan() {
    let (app, ada) = scene();
    let lapse = lapse_of(&app, &the(&app, &ada, DutyKind::FirstMeeting));
    let mut browser = app.signed_in(OFFICER);
    let list = browser.open("/lapses").expect(200);
    list.says("Open lapses 3").says("Answered with a plan 0");
    let here = list.link(lapse.reference.as_str());
    let page = browser.open(&here).expect(200);
    page.says("What happens if nobody answers")
        .says("5 working days after the check was due on 11 November 2026 (default policy");
    page.says("Nobody has answered for this lapse yet")
        .says("Nobody has been told yet");
    let refused = page
        .form("/answer")
        .set_date("plan_by", "1", "3", "2027")
        .set("plan", "Visit on Thursday")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        refused.errors(),
        ["Choose a day from today to 21 December 2026"]
    );
    let page = refused
        .form("/answer")
        .set_date("plan_by", "26", "11", "2026")
        .send(&mut browser)
        .expect(200);
    page.says("Your plan is recorded.")
        .says("Visit on Thursday")
        .says("Planned by 26 Nov 2026");
    let list = browser.open("/lapses?whose=mine").expect(200);
    list.says("Open lapses 3").says("Answered with a plan 1");
    app.go_to("2026-11-27");
    let mut browser = app.signed_in(OFFICER);
    let work = browser.open("/work");
    work.says("Planned for 26 Nov 2026, which has passed");
}

#[test]
fn a_manager_lets_checks_rest_and_an_officer_does_not() {
    let (app, ada) = scene();
    let mut officer = app.signed_in(OFFICER);
    officer.open(&ada.path("/rest")).expect(403);
    let childs = officer.open(&ada.path("")).expect(200);
    childs.keeps_quiet_about("/rest");
    let mut manager = app.signed_in(MANAGER);
    let childs = manager.open(&ada.path("")).expect(200);
    let page = manager
        .open(&childs.link("Let the checks rest"))
        .expect(200);
    page.says("A check of this child is overdue")
        .says("the head of service will be told of the rest at once");
    let refused = page
        .form("/rest")
        .set_date("ends_on", "1", "6", "2027")
        .set("reason", "A child protection plan began")
        .set("lead_name", "Robin Vale")
        .send(&mut manager)
        .expect(422);
    assert_eq!(
        refused.errors(),
        ["Choose an end from tomorrow to 23 February 2027"]
    );
    refused
        .form("/rest")
        .set_date("ends_on", "1", "2", "2027")
        .send(&mut manager)
        .expect(200)
        .says("The checks rest until 1 February 2027")
        .says("The head of service will be told within a quarter of an hour");
    let page = manager.open(&ada.path("/rest"));
    page.says("Robin Vale leads meanwhile")
        .says("This would be renewal 1 of the rest that began on 23 November 2026");
    let work = officer.open("/work");
    work.says("Nothing else has lapsed")
        .says("Checks that rest");
    let list = officer.open("/children/resting").expect(200);
    list.says("Ada")
        .says("rests until 1 February 2027, Robin Vale leads");
    let file = officer.open("/children/resting.csv").expect(200);
    assert!(file.text.contains("Robin Vale leads"), "{}", file.text);
    officer
        .open("/lapses")
        .says("Resting while social care leads")
        .says("rests until 1 February 2027, Robin Vale leads");
    let lapse = lapse_of(&app, &the(&app, &ada, DutyKind::FirstMeeting));
    officer
        .open(&format!("/lapses/{}", lapse.reference))
        .says("The check rests until 1 February 2027, Robin Vale leads");
}

#[test]
fn a_manager_reads_who_will_hear_of_a_plan_before_making_it() {
    let (app, ada) = scene();
    let lapse = lapse_of(&app, &the(&app, &ada, DutyKind::FirstMeeting));
    let here = format!("/lapses/{}", lapse.reference);
    let mut officer = app.signed_in(OFFICER);
    let mut manager = app.signed_in(MANAGER);
    officer
        .open(&here)
        .keeps_quiet_about("will be told to the head of service");
    manager
        .open(&here)
        .says("will be told to the head of service at once");
    for day in ["24", "25"] {
        let form = officer.open(&here).form("/answer");
        form.set("plan", "Visit")
            .set_date("plan_by", day, "11", "2026")
            .send(&mut officer)
            .expect(200);
    }
    officer.open(&here).says("A manager has to answer now");
    let page = manager.open(&here);
    page.says("This is plan 3 for this lapse: the head of service will be told of it at once.");
    page.form("/answer")
        .set("plan", "We go together")
        .set_date("plan_by", "26", "11", "2026")
        .send(&mut manager)
        .expect(200)
        .says("The head of service will be told of it within a quarter of an hour");
}

#[test]
fn another_authority_and_the_wrong_roles_find_nothing() {
    let (app, ada) = scene();
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    let lapse = lapse_of(&app, &meeting);
    let mut neighbour = app.signed_in(NEIGHBOUR);
    for hidden in [
        path(&meeting, ""),
        path(&meeting, "/bookings/new"),
        path(&meeting, "/outcomes/new"),
        format!("/lapses/{}", lapse.reference),
        ada.path("/rest"),
        "/checks/nonsense".to_owned(),
        "/lapses/%00".to_owned(),
    ] {
        let page = neighbour.open(&hidden).expect(404);
        page.keeps_quiet_about("Ada");
    }
    neighbour.open("/lapses").says("No lapse is open");
    neighbour
        .open("/work?whose=team")
        .says("Nothing has lapsed")
        .keeps_quiet_about("Ada");
    let mut administrator = app.signed_in("admin@ashdale.example");
    for closed in ["/work", "/lapses", "/notifications", &path(&meeting, "")] {
        administrator.open(closed).expect(403);
    }
    let page = app.browser().open(&path(&meeting, ""));
    assert_eq!(page.h1(), "Sign in");
}
