//! Where a child lives: moves, what was made sure of, and what is better known.

use super::ada;
use crate::app::{OFFICER, OTHER, TestApp};

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
    let verified = |browser: &mut crate::browser::Browser, day: &str, month: &str| {
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
    let episode = |browser: &mut crate::browser::Browser, day: &str| {
        let form = browser.open(&ada.path("/episodes")).form("/episodes");
        form.set("kind", "cp_plan")
            .set("category", "NEG")
            .set("source", "social_care")
            .set("contact", "Check team")
            .set_date("started_on", day, "7", "2014")
            .send(browser)
    };
    let early = episode(&mut browser, "2").expect(422);
    early.says("The child was born on 3 April 2015");
    let form = early.form("/episodes");
    assert_eq!(form.value("contact"), Some("Check team"));
    episode(&mut browser, "3")
        .expect(200)
        .says("The episode is saved");
}

#[test]
fn a_parent_who_notifies_again_does_not_replace_a_better_known_address() {
    let app = TestApp::start();
    let parent = |key: &str| {
        let viewer = app.eyes(OFFICER);
        let moment = crate::app::moment(crate::app::BEGINNING);
        let told = crate::register_scene::notification(key, None);
        let url = app.url.clone();
        let receive = hearth::intake::notification::receive;
        app.write(|tx| {
            receive(
                &mut hearth::access::Act::new(tx, &viewer, hearth::clock::At::of(moment)),
                &told,
                &url,
                moment.date(),
            )
        });
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
    let settle = |browser: &mut crate::browser::Browser, right: &str| {
        let form = both.form("/address-settlement").set("right", right);
        form.send(browser)
    };
    let kept = settle(&mut browser, "held").expect(200);
    kept.says("Which address is right is settled. The child lives at 12 New Street");
    assert!(kept.links("Settle where").is_empty());
    settle(&mut browser, "claimed").expect(409);
    parent("the-third-form");
    let both = browser.open(&format!("{ben}/addresses")).expect(200);
    let form = both.form("/address-settlement").set("right", "claimed");
    let moved = form.send(&mut browser).expect(200);
    assert!(moved.links("Settle where").is_empty());
    browser
        .open(&format!("{ben}/addresses"))
        .says("7 Mill Lane, Ashdale, AA3 2AB Since 23 November 2026");
}
