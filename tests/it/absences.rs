//! The page on which people say when they are away.

use hearth::access::{absence, accounts};

use super::app::{ASHDALE, MANAGER, OFFICER, OTHER, TestApp};
use super::register_scene::day;

fn reference_of(app: &TestApp, email: &str) -> String {
    let key = app.account(email);
    app.read(|conn| accounts::by_key(conn, key)).reference
}

#[test]
fn an_officer_says_when_they_are_away_and_comes_back() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let link = browser.open("/work").link("Who is away");
    let page = browser.open(&link).expect(200);
    page.says("Nobody is away");
    assert_eq!(
        page.all("#account option"),
        ["Choose who is away", "Olu Officer"]
    );
    let officer = reference_of(&app, OFFICER);
    let page = page
        .form("/absences")
        .set("account", &officer)
        .set("delegate", &officer)
        .set_date("starts_on", "23", "11", "2026")
        .set_date("ends_on", "27", "11", "2026")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        page.errors(),
        ["Choose somebody else: nobody covers for themselves"]
    );
    let page = page
        .form("/absences")
        .set("delegate", &reference_of(&app, OTHER))
        .send(&mut browser)
        .expect(200);
    page.says("Olu Officer (away now)").says("Ola Other");
    let page = page.form("/end").send(&mut browser).expect(200);
    page.says("Nobody is away");
}

#[test]
fn a_manager_says_it_for_anybody_and_nobody_else_ends_it() {
    let app = TestApp::start();
    let mut browser = app.signed_in(MANAGER);
    let page = browser
        .open("/absences")
        .expect(200)
        .form("/absences")
        .set("account", &reference_of(&app, OFFICER))
        .set("delegate", &reference_of(&app, OTHER))
        .set_date("starts_on", "30", "11", "2026")
        .set_date("ends_on", "4", "12", "2026")
        .send(&mut browser)
        .expect(200);
    page.says("The absence is recorded.").says("4 Dec 2026");

    let mut another = app.signed_in(OTHER);
    let seen = another.open("/absences").expect(200);
    seen.says("Olu Officer").keeps_quiet_about("Not going away");
    let form = seen.form("/absences");
    let token = form.value("csrf").expect("a token");
    let authority = app.authority(ASHDALE);
    let absences = app.read(|conn| absence::list(conn, authority, day("2026-11-23")));
    let end = format!("/absences/{}/end", absences[0].reference);
    another.post(&end, &format!("csrf={token}")).expect(403);
    app.signed_in("manager@brackwater.example")
        .open("/absences")
        .expect(200)
        .keeps_quiet_about("Olu Officer");
}
