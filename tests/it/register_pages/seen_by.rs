//! Who sees a record, and what of it.

use super::{ELSEWHERE, ada};
use crate::app::{MANAGER, OFFICER, OTHER, TestApp};
use crate::register_scene::allocate;

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
