//! Two people at one record, and one who sends a form twice.

use super::ada;
use crate::app::{MANAGER, OFFICER, OTHER, TestApp};
use crate::register_scene::allocate;

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
    let send = |browser: &mut crate::browser::Browser| {
        let form = page.form("/parents").set("name", "Sam Hill");
        form.set("relationship", "father").send(browser)
    };
    browser.set_cookie("hearth_session", None);
    let refused = send(&mut browser).expect(403);
    assert_eq!(refused.h1(), "Please sign in again");
    refused.says("Back button");
    let sign_in = |browser: &mut crate::browser::Browser, email: &str| {
        let form = browser.open("/sign-in").form("/sign-in");
        form.set("email", email)
            .set("password", crate::app::PASSWORD)
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
