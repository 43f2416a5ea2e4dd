//! Every answer has a reference, and every page shows the one it has.

use crate::app::{OFFICER, TestApp};
use crate::browser::Page;

fn reference(page: &Page) -> String {
    let reference = page.headers["x-request-id"].clone();
    let is_digit = |sign: char| sign.is_ascii_hexdigit() && !sign.is_ascii_lowercase();
    assert!(
        reference.len() == 8 && reference.chars().all(is_digit),
        "{reference}"
    );
    reference
}

#[test]
fn every_page_shows_the_reference_of_its_answer() {
    let app = TestApp::start();
    let mut stranger = app.browser();
    let mut officer = app.signed_in(OFFICER);
    let mut seen = Vec::new();
    for page in [
        stranger.open("/privacy").expect(200),
        stranger.open("/sign-in").expect(200),
        stranger.open("/nothing-here").expect(404),
        stranger.post("/sign-in", "email=x").expect(403),
        officer.open("/work").expect(200),
        officer.open("/admin/mail").expect(403),
        officer.open("/children/C-0000-0000").expect(404),
        officer.open("/work").expect(200),
    ] {
        let reference = reference(&page);
        let shown = page.all("#page-reference");
        assert_eq!(
            shown,
            [format!("Reference of this page: {reference}")],
            "{}",
            page.path
        );
        seen.push(reference);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 8, "each has its own");
}

#[test]
fn what_is_no_page_has_a_reference_too() {
    let app = TestApp::start();
    let mut browser = app.browser();
    for path in ["/health/live", "/health/ready", "/work"] {
        reference(&browser.request("GET", path, None, &[]));
    }
}

#[test]
fn the_reference_of_a_fault_is_that_of_its_page() {
    let app = TestApp::start();
    app.ending.leave_unproved("a table is taken away");
    let mut officer = app.signed_in(OFFICER);
    app.write(|tx| {
        use diesel::RunQueryDsl;
        Ok::<_, hearth::db::DbError>(
            diesel::sql_query("ALTER TABLE child RENAME TO taken_away").execute(tx)?,
        )
    });
    let page = officer.open("/children").expect(500);
    let reference = reference(&page);
    page.says(&format!("Reference {reference}"));
}
