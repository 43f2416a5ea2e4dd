//! The register's pages as officers meet them in a browser.

use super::app::{OFFICER, OTHER, TestApp};
use super::register_scene::{SceneChild, allocate, book_first_meeting, checks, child, sweep};

mod addresses;
mod lists;
mod seen_by;
mod twice;

const ELSEWHERE: &str = "officer@brackwater.example";

fn ada(app: &TestApp) -> SceneChild {
    child(app, OFFICER, "Ada", "Field", "2015-04-03")
}

#[test]
fn a_childs_page_tells_the_whole_story() {
    let app = TestApp::start();
    let ada = ada(&app);
    child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    sweep(&app, OFFICER);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&ada.path("")).expect(200);
    assert_eq!(page.h1(), "Ada Field");
    page.says("3 April 2015 (11 years old)")
        .says("Year 7")
        .says("1 High Street")
        .says("Not verified")
        .says("Jo Field")
        .says("01632 960 001")
        .says("Not yet")
        .says("Checks follow the green schedule")
        .says("The family was asked and gave none")
        .says("Ashdale Academy")
        .says("Why this day?")
        .says("nobody has answered for it yet")
        .says("working days over")
        .keeps_quiet_about("Who sees this record");
    for check in checks(&app, &ada) {
        if check.kind.as_str() == "first_meeting" {
            let book = format!("/checks/{}/bookings/new", check.reference);
            assert!(page.links("Book").contains(&book));
        }
    }
    browser.open(&ada.path("/timeline")).expect(200);
    let copied = format!("/children/{}", ada.reference.as_str().to_lowercase());
    assert_eq!(browser.open(&copied).expect(200).h1(), "Ada Field");
}

#[test]
fn particulars_keep_what_was_typed_and_look_for_the_same_child() {
    let app = TestApp::start();
    let ada = ada(&app);
    child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    let mut browser = app.signed_in(OFFICER);
    let form = browser.open(&ada.path("/particulars")).form("/particulars");
    let refused = form
        .set("given_names", "  ")
        .set("family_name", " ")
        .set("upn", "A123")
        .set_date("date_of_birth", "31", "2", "2015")
        .send(&mut browser)
        .expect(422);
    assert_eq!(refused.errors().len(), 4, "{:?}", refused.errors());
    let form = refused.form("/particulars");
    assert_eq!(form.value("upn"), Some("A123"));
    let alike = form
        .set("given_names", "Ben")
        .set("family_name", "Moss")
        .set("upn", "")
        .set_date("date_of_birth", "1", "2", "2014")
        .send(&mut browser)
        .expect(422);
    alike.says("Children who may be the same").says("Moss, Ben");
    let saved = alike
        .form("/particulars")
        .set("another_child", "yes")
        .send(&mut browser);
    assert_eq!(saved.expect(200).h1(), "Ben Moss");
}

#[test]
fn a_number_another_child_has_is_refused_at_its_field() {
    let app = TestApp::start();
    let (ada, ben) = (ada(&app), child(&app, OFFICER, "Ben", "Moss", "2014-02-01"));
    let mut browser = app.signed_in(OFFICER);
    let number = "999 000 0018";
    let set_number = |browser: &mut super::browser::Browser, child: &SceneChild| {
        let form = browser
            .open(&child.path("/particulars"))
            .form("/particulars");
        form.set("nhs_number", number).send(browser)
    };
    let saved = set_number(&mut browser, &ada);
    saved.expect(200).says(number);
    let alike = set_number(&mut browser, &ben).expect(422);
    let refused = alike
        .form("/particulars")
        .set("another_child", "yes")
        .send(&mut browser);
    let refused = refused.expect(422);
    assert!(
        refused.errors()[0].contains("NHS number"),
        "{:?}",
        refused.errors()
    );
}

#[test]
fn a_child_is_allocated() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let form = browser.open(&ada.path("/allocation")).form("/allocation");
    let refused = form.set("officer", "").send(&mut browser).expect(422);
    assert_eq!(refused.errors(), ["Choose an officer"]);
    let officer = app.read(|conn| hearth::access::accounts::by_key(conn, app.account(OTHER)));
    let form = refused
        .form("/allocation")
        .set("officer", &officer.reference);
    form.send(&mut browser).expect(200).says("Ola Other");
    let elsewhere = app.read(|conn| hearth::access::accounts::by_key(conn, app.account(ELSEWHERE)));
    let form = browser.open(&ada.path("/allocation")).form("/allocation");
    let refused = form
        .set("officer", &elsewhere.reference)
        .send(&mut browser)
        .expect(422);
    refused.keeps_quiet_about("Bo Officer");
}

#[test]
fn an_episode_moves_the_schedule_and_its_end_moves_it_back() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let form = browser.open(&ada.path("/episodes")).form("/episodes");
    let refused = form.set("kind", "cp_plan").send(&mut browser).expect(422);
    assert!(refused.errors().len() >= 3);
    let page = refused
        .form("/episodes")
        .set("category", "NEG")
        .set("source", "social_care")
        .set_date("started_on", "1", "11", "2026")
        .send(&mut browser)
        .expect(200);
    page.says("Child protection plan (Neglect)")
        .says("Checks follow the red schedule");
    let end = browser.open(&page.link("It has ended")).expect(200);
    let early = end
        .form("/end")
        .set_date("ended_on", "1", "10", "2026")
        .send(&mut browser);
    early.expect(422).says("must not be before the first");
    let ended = end
        .form("/end")
        .set_date("ended_on", "20", "11", "2026")
        .send(&mut browser);
    let ended = ended.expect(200);
    assert!(ended.links("It has ended").is_empty());
    ended.says("1 Nov 2026 to 20 Nov 2026");
}

#[test]
fn a_booking_stands_beside_its_check() {
    let app = TestApp::start();
    let ada = ada(&app);
    allocate(&app, &ada, OFFICER);
    book_first_meeting(&app, &ada, OFFICER, "2026-11-27");
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&ada.path("")).expect(200);
    page.says("Home visit, 27 November 2026");
    assert_eq!(
        page.text.matches("27 November 2026").count(),
        2,
        "there and on the timeline"
    );
}

#[test]
fn a_notification_by_letter_is_written_down_once() {
    let app = TestApp::start();
    child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    let mut browser = app.signed_in(OFFICER);
    let list = browser.open("/children").expect(200);
    let page = browser
        .open(&list.link("Write down a notification"))
        .expect(200);
    let refused = page
        .form("/children/new")
        .set("given_names", "Ben")
        .send(&mut browser);
    let refused = refused.expect(422);
    assert_eq!(
        refused.form("/children/new").value("given_names"),
        Some("Ben")
    );
    let alike = refused
        .form("/children/new")
        .set("source", "school_return")
        .set("family_name", "Moss")
        .set_date("date_of_birth", "1", "2", "2014")
        .set("parent_name", "Jo Moss")
        .set("relationship", "mother")
        .send(&mut browser)
        .expect(422);
    alike.says("Children who may be the same").says("Moss, Ben");
    browser.open("/children").expect(200).says("1 to 1 of 1");
    let send = |browser: &mut super::browser::Browser| {
        let form = alike.form("/children/new").set("another_child", "yes");
        form.set_date("received_on", "20", "11", "2026")
            .set_date("educated_at_home_since", "1", "9", "2026")
            .send(browser)
    };
    let taken = send(&mut browser).expect(200);
    taken.says("is written down as N-").says("Jo Moss");
    assert_eq!(
        send(&mut browser).expect(200).path,
        taken.path,
        "sent twice, taken once"
    );
    let list = browser.open("/children?sort=name").expect(200);
    list.says("1 to 2 of 2");
    let new = list
        .links("Moss, Ben")
        .into_iter()
        .find(|child| browser.open(child).expect(200).words().contains("Notified"));
    let page = browser.open(&new.expect("the new child")).expect(200);
    page.says("The authority has no address for this child")
        .says("20 November 2026")
        .says("Educated at home since 1 September 2026");
    assert_eq!(page.link("Read the notification"), taken.path);
}
