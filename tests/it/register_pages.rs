//! The register's pages as officers meet them in a browser.

use super::app::TestApp;
use super::register_scene::{SceneChild, allocate, book_first_meeting, checks, child, sweep};

const OFFICER: &str = "officer@ashdale.example";
const OTHER: &str = "other@ashdale.example";
const MANAGER: &str = "manager@ashdale.example";
const ELSEWHERE: &str = "officer@brackwater.example";

fn ada(app: &TestApp) -> SceneChild {
    child(app, OFFICER, "Ada", "Field", "2015-04-03")
}

#[test]
fn the_list_shows_filters_and_says_what_lapsed() {
    let app = TestApp::start();
    let ada = ada(&app);
    child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    allocate(&app, &ada, OFFICER);
    let mut browser = app.signed_in(OFFICER);
    let list = browser.open("/children").expect(200);
    assert_eq!(list.h1(), "Register");
    list.says("Field, Ada")
        .says("Moss, Ben")
        .says("1 to 2 of 2")
        .says("Lapsed");
    assert_eq!(list.link("Field, Ada"), ada.path(""));
    let officers = list
        .form("/children")
        .set("officer", "nobody")
        .send(&mut browser);
    officers
        .expect(200)
        .says("Moss, Ben")
        .keeps_quiet_about("Field, Ada");
    let none = browser.open("/children?tier=red").expect(200);
    none.says("No children match");
    browser
        .open("/children?tier=purple&page=999&sort=%22%3E&status=&status=any&nonsense=1")
        .expect(200)
        .says("Field, Ada");
}

#[test]
fn pages_of_the_list_keep_the_filters() {
    let app = TestApp::start();
    for number in 0..51 {
        child(
            &app,
            OFFICER,
            &format!("Given{number:02}"),
            "Field",
            "2015-04-03",
        );
    }
    let mut browser = app.signed_in(OFFICER);
    let first = browser
        .open("/children?sort=name&officer=nobody")
        .expect(200);
    first
        .says("1 to 50 of 51")
        .says("Given00")
        .keeps_quiet_about("Given50");
    let next = browser.open(&first.link("Next")).expect(200);
    next.says("51 to 51 of 51")
        .says("Given50")
        .keeps_quiet_about("Given00");
    assert!(next.path.contains("sort=name") && next.path.contains("officer=nobody"));
}

#[test]
fn a_search_says_how_it_was_understood() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let home = browser.open("/children");
    let found = home
        .form("/search")
        .set("q", "field ada")
        .send(&mut browser);
    let found = found.expect(200);
    assert_eq!(found.h1(), "1 child found");
    found.says("read as a name").says("Field, Ada");
    for (typed, understood) in [
        ("3/4/2015", "date of birth"),
        ("aa3 1ab", "postcode"),
        (ada.reference.as_str(), "reference"),
    ] {
        let q = typed.replace(' ', "+");
        browser
            .open(&format!("/search?q={q}"))
            .expect(200)
            .says(understood)
            .says("Field, Ada");
    }
    let alike = browser.open("/search?q=Feeld").expect(200);
    alike.says("sound alike").says("Field, Ada");
    let nobody = browser.open("/search?q=Zebedee").expect(200);
    nobody
        .says("No children found")
        .says("What you can search by");
    browser
        .open("/search?q=")
        .expect(200)
        .says("What you can search by");
    browser
        .open("/search?q=%3Cscript%3E%27%25_")
        .expect(200)
        .keeps_quiet_about("<script>");
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
fn nobody_else_gets_in() {
    let app = TestApp::start();
    let ada = ada(&app);
    let below = [
        "",
        "/timeline",
        "/particulars",
        "/allocation",
        "/addresses",
        "/episodes",
        "/parents",
    ];
    let mut neighbour = app.signed_in(ELSEWHERE);
    let mut administrator = app.signed_in("admin@ashdale.example");
    for page in below {
        let page = ada.path(page);
        neighbour.open(&page).expect(404).keeps_quiet_about("Field");
        administrator
            .open(&page)
            .expect(403)
            .keeps_quiet_about("Field");
        let stranger = app.browser().open(&page);
        assert_eq!(stranger.h1(), "Sign in");
    }
    neighbour
        .open("/search?q=field")
        .expect(200)
        .says("No children found");
    neighbour
        .open("/children")
        .expect(200)
        .keeps_quiet_about("Field");
    let mut officer = app.signed_in(OFFICER);
    for page in [
        "/children/x",
        "/children/C-0000-0000",
        "/children/C-0000-0000/episodes/E-1/end",
    ] {
        officer.open(page).expect(404);
    }
}

#[test]
fn the_second_to_save_is_shown_both_versions() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut first = app.signed_in(OFFICER);
    let mut second = app.signed_in(OTHER);
    let theirs = first.open(&ada.path("/particulars")).form("/particulars");
    let mine = second.open(&ada.path("/particulars")).form("/particulars");
    theirs
        .set("known_as", "Addie")
        .send(&mut first)
        .expect(200)
        .says("Addie");
    let refused = mine
        .set("known_as", "Adelaide")
        .set("language", "Welsh")
        .send(&mut second);
    let refused = refused.expect(409);
    refused
        .says("Somebody else saved this record")
        .says("Addie")
        .says("Adelaide");
    let again = refused.form("/particulars");
    assert_eq!(again.value("known_as"), Some("Adelaide"));
    let saved = again.send(&mut second).expect(200);
    saved
        .says("The particulars are saved")
        .says("Adelaide")
        .says("Welsh");
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
        .set("upn", "A123")
        .set_date("date_of_birth", "31", "2", "2015")
        .send(&mut browser)
        .expect(422);
    assert_eq!(refused.errors().len(), 3, "{:?}", refused.errors());
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
fn a_move_is_written_down_and_made_sure_of() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&ada.path("/addresses")).expect(200);
    let refused = page
        .form("/address-verification")
        .set("how", " ")
        .send(&mut browser);
    refused.expect(422).says("Say how you made sure");
    let sure = page
        .form("/address-verification")
        .set("how", "Seen on a visit");
    sure.send(&mut browser)
        .expect(200)
        .says("Verified on 23 November 2026");
    let moved = page
        .form("/addresses")
        .set("lines", "Flat 2\n7 Mill Lane")
        .set("postcode", "aa32ab")
        .set("source", "parent")
        .set_date("lived_from", "1", "november", "2026")
        .send(&mut browser)
        .expect(200);
    moved
        .says("7 Mill Lane")
        .says("Not verified")
        .says("1 High Street, Ashdale, AA3 1AB");
    let again = browser.open(&ada.path("/addresses")).form("/addresses");
    let refused = again
        .set("lines", "x")
        .set("postcode", "nowhere")
        .send(&mut browser);
    assert_eq!(
        refused.expect(422).form("/addresses").value("postcode"),
        Some("nowhere")
    );
}

#[test]
fn nobody_verifies_an_address_that_they_never_saw() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut officer = app.signed_in(OFFICER);
    let mut other = app.signed_in(OTHER);
    let form = officer
        .open(&ada.path("/addresses"))
        .form("/address-verification")
        .set("how", "Seen on a visit");
    let moved = other
        .open(&ada.path("/addresses"))
        .form("/addresses")
        .set("lines", "7 Mill Lane")
        .set("source", "social_care")
        .set_date("lived_from", "20", "11", "2026")
        .send(&mut other);
    moved.expect(200).says("Not verified");
    let conflict = form.send(&mut officer).expect(409);
    conflict
        .says("Another address was saved for this child while you were working on it")
        .says("1 High Street, Ashdale, AA3 1AB")
        .says("7 Mill Lane")
        .says("Saved by Ola Other on 23 November 2026");
    let again = conflict.form("/address-verification");
    assert_eq!(again.value("how"), Some("Seen on a visit"));
    let page = officer.open(&ada.path("")).expect(200);
    page.says("Not verified");
    again
        .send(&mut officer)
        .expect(200)
        .says("Verified on 23 November 2026");
}

#[test]
fn an_older_address_does_not_become_the_current_one() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let page = browser
        .open(&ada.path("/addresses"))
        .form("/addresses")
        .set("lines", "7 Mill Lane")
        .set("source", "parent")
        .set_date("lived_from", "1", "5", "2024")
        .send(&mut browser)
        .expect(200);
    page.says("saved as an earlier one, until 13 October 2026")
        .says("7 Mill Lane");
    browser
        .open(&ada.path("/addresses"))
        .says("1 High Street, Ashdale, AA3 1AB Since 14 October 2026");
}

#[test]
fn days_that_cannot_be_true_are_refused_at_their_field() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&ada.path("/addresses"));
    let verified = |browser: &mut super::browser::Browser, day: &str, month: &str| {
        page.form("/address-verification")
            .set("how", "Seen on a visit")
            .set_date("verified_on", day, month, "2026")
            .send(browser)
    };
    let early = verified(&mut browser, "13", "10").expect(422);
    early.says("The child lives here since 14 October 2026");
    let form = early.form("/address-verification");
    assert_eq!(form.value("how"), Some("Seen on a visit"));
    verified(&mut browser, "20", "11").expect(200);
    let older = verified(&mut browser, "19", "11").expect(422);
    older.says("This address was verified on 20 November 2026 already");
    browser
        .open(&ada.path(""))
        .says("Verified on 20 November 2026");
    let before = page
        .form("/addresses")
        .set("lines", "7 Mill Lane")
        .set("source", "parent")
        .set_date("lived_from", "2", "4", "2015")
        .send(&mut browser)
        .expect(422);
    before.says("The child was born on 3 April 2015");
    assert_eq!(
        before.form("/addresses").value("lines"),
        Some("7 Mill Lane")
    );
    let episode = |browser: &mut super::browser::Browser, day: &str| {
        let form = browser.open(&ada.path("/episodes")).form("/episodes");
        form.set("kind", "cp_plan")
            .set("category", "NEG")
            .set("source", "social_care")
            .set("contact", "Duty team")
            .set_date("started_on", day, "7", "2014")
            .send(browser)
    };
    let early = episode(&mut browser, "2").expect(422);
    early.says("The child was born on 3 April 2015");
    let form = early.form("/episodes");
    assert_eq!(form.value("contact"), Some("Duty team"));
    episode(&mut browser, "3")
        .expect(200)
        .says("The episode is saved");
}

#[test]
fn the_second_to_allocate_a_child_is_shown_both_officers() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(MANAGER);
    let page = browser.open(&ada.path("/allocation")).expect(200);
    let of = |email: &str| {
        let key = app.account(email);
        app.read(|conn| hearth::access::accounts::by_key(conn, key))
            .reference
    };
    allocate(&app, &ada, OTHER);
    let late = page.form("/allocation").set("officer", &of(OFFICER));
    let both = late.send(&mut browser).expect(409);
    both.says("Saved by somebody else Ola Other")
        .says("Chosen by you Olu Officer");
    browser.open(&ada.path("")).says("Ola Other");
    let again = both.form("/allocation");
    assert_eq!(again.value("officer"), Some(of(OFFICER).as_str()));
    again.send(&mut browser).expect(200).says("Olu Officer");
}

#[test]
fn a_parent_who_notifies_again_does_not_replace_a_better_known_address() {
    let app = TestApp::start();
    let parent = |key: &str| {
        let viewer = app.eyes(OFFICER);
        let moment = super::app::moment(super::app::BEGINNING);
        let told = super::register_scene::notification(key, None);
        let url = app.url.clone();
        let receive = hearth::intake::notification::receive;
        app.write(|tx| receive(tx, &viewer, &told, &url, moment.date(), moment));
    };
    parent("the-first-form");
    let mut browser = app.signed_in(OFFICER);
    let ben = browser.open("/children?sort=name").link("Moss, Ben");
    let page = browser
        .open(&format!("{ben}/addresses"))
        .form("/addresses")
        .set("lines", "12 New Street")
        .set("source", "social_care")
        .set_date("lived_from", "23", "11", "2026")
        .send(&mut browser);
    page.expect(200).says("12 New Street");
    parent("the-second-form");
    let page = browser.open(&ben).expect(200);
    page.says("A parent has given another address on 23 November 2026: 7 Mill Lane, Ashdale, AA3 2AB. Settle which is right.")
        .says("Another address was told by: Parent. It is 7 Mill Lane");
    let both = browser
        .open(&page.link("Settle where the child lives"))
        .expect(200);
    both.says("12 New Street").says("7 Mill Lane");
    let settle = |browser: &mut super::browser::Browser, right: &str| {
        let form = both.form("/address-settlement").set("right", right);
        form.send(browser)
    };
    let kept = settle(&mut browser, "held").expect(200);
    kept.says("Which address is right is settled. The child lives at 12 New Street");
    assert!(kept.links("Settle where").is_empty());
    settle(&mut browser, "told").expect(409);
    parent("the-third-form");
    let both = browser.open(&format!("{ben}/addresses")).expect(200);
    let form = both.form("/address-settlement").set("right", "told");
    let moved = form.send(&mut browser).expect(200);
    assert!(moved.links("Settle where").is_empty());
    browser
        .open(&format!("{ben}/addresses"))
        .says("7 Mill Lane, Ashdale, AA3 2AB Since 23 November 2026");
}

#[test]
fn a_double_click_writes_a_parent_and_an_episode_down_once() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let parents = browser.open(&ada.path("/parents"));
    let episodes = browser.open(&ada.path("/episodes"));
    for _ in 0..2 {
        let form = parents.form("/parents").set("name", "Sam Hill");
        form.set("relationship", "father")
            .send(&mut browser)
            .expect(200);
        let form = episodes.form("/episodes").set("kind", "cin");
        form.set("source", "social_care")
            .set_date("started_on", "2", "11", "2026")
            .send(&mut browser)
            .expect(200);
    }
    let page = browser.open(&ada.path(""));
    assert_eq!(page.text.matches("Sam Hill").count(), 1);
    assert_eq!(page.links("It has ended").len(), 1);
    assert_eq!(page.text.matches("Added: Father").count(), 1);
}

#[test]
fn a_form_sent_after_the_session_ended_can_be_sent_again() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open(&ada.path("/parents"));
    let send = |browser: &mut super::browser::Browser| {
        let form = page.form("/parents").set("name", "Sam Hill");
        form.set("relationship", "father").send(browser)
    };
    browser.set_cookie("hearth_session", None);
    let refused = send(&mut browser).expect(403);
    assert_eq!(refused.h1(), "Please sign in again");
    refused.says("Back button");
    let sign_in = |browser: &mut super::browser::Browser, email: &str| {
        let form = browser.open("/sign-in").form("/sign-in");
        form.set("email", email)
            .set("password", super::app::PASSWORD)
            .send(browser);
    };
    sign_in(&mut browser, OTHER);
    send(&mut browser)
        .expect(403)
        .says("somebody else has signed in");
    browser.set_cookie("hearth_session", None);
    sign_in(&mut browser, OFFICER);
    send(&mut browser)
        .expect(200)
        .says("The parent or carer is saved");
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
fn a_parents_restricted_details_are_for_managers() {
    let app = TestApp::start();
    let ada = ada(&app);
    let mut browser = app.signed_in(OFFICER);
    let form = browser.open(&ada.path("/parents")).form("/parents");
    let refused = form.set("email", "no").send(&mut browser).expect(422);
    assert_eq!(refused.errors().len(), 3, "{:?}", refused.errors());
    let page = refused
        .form("/parents")
        .set("name", "Sam Hill")
        .set("relationship", "father")
        .set("email", "sam.hill@example.com")
        .set("confidentiality", "restricted")
        .send(&mut browser)
        .expect(200);
    page.says("Sam Hill")
        .says("Restricted to named staff")
        .keeps_quiet_about("sam.hill@example.com");
    let mut manager = app.signed_in(MANAGER);
    manager
        .open(&ada.path(""))
        .expect(200)
        .says("sam.hill@example.com");
}

#[test]
fn only_managers_restrict_a_record() {
    let app = TestApp::start();
    let ada = ada(&app);
    allocate(&app, &ada, OFFICER);
    let mut manager = app.signed_in(MANAGER);
    let mut officer = app.signed_in(OFFICER);
    let mut other = app.signed_in(OTHER);
    other.open(&ada.path("")).expect(200);
    let page = manager.open(&ada.path("")).expect(200);
    officer
        .post(&ada.path("/restriction"), "restricted=yes")
        .expect(403);
    let form = page
        .form("/restriction")
        .set("restricted", "maybe")
        .send(&mut manager);
    form.expect(400);
    let form = page
        .form("/restriction")
        .set("restricted", "yes")
        .send(&mut manager);
    form.expect(200)
        .says("Only managers and the child’s officer see this record now");
    other.open(&ada.path("")).expect(404);
    other
        .open("/search?q=field")
        .expect(200)
        .says("No children found");
    officer.open(&ada.path("")).expect(200).says("Restricted");
    let shown = manager
        .open(&ada.path(""))
        .form("/restriction")
        .set("restricted", "no");
    shown.send(&mut manager).expect(200);
    other.open(&ada.path("")).expect(200);
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
