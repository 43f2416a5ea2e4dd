//! The door: who comes in, who does not, and forms that come from elsewhere.

use super::app::{OFFICER, PASSWORD, TestApp, moment};
use super::browser::{Browser, Page};
use hearth::access::{Act, Viewer, accounts, sign_in};
use hearth::clock::At;
use hearth::rules::identifiers::EmailAddress;

#[test]
fn a_wrong_password_keeps_the_address_and_says_what_to_do() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let page = browser
        .open("/sign-in?then=/children")
        .form("/sign-in")
        .set("email", " Officer@Ashdale.example ")
        .set("password", "three random wordz")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        page.errors(),
        ["The email address or password is not right. Check both and try again"]
    );
    assert_eq!(page.h1(), "Sign in");
    let form = page.form("/sign-in");
    assert_eq!(form.value("email"), Some(OFFICER));
    assert_eq!(form.value("password"), Some(""));
    assert_eq!(form.value("then"), Some("/children"));
    assert_eq!(browser.cookie("hearth_session"), None);
}

#[test]
fn an_unknown_address_is_answered_like_a_wrong_password() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let page = try_to_sign_in(&mut browser, "nobody@ashdale.example", PASSWORD).expect(422);
    page.says("The email address or password is not right");
}

#[test]
fn empty_fields_are_named() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let page = try_to_sign_in(&mut browser, "", "").expect(422);
    assert_eq!(
        page.errors(),
        ["Enter your email address", "Enter your password"]
    );
}

#[test]
fn after_ten_wrong_passwords_the_account_rests_and_wakes_again() {
    let app = TestApp::start();
    let mut browser = app.browser();
    for _ in 0..10 {
        try_to_sign_in(&mut browser, OFFICER, "not the password").expect(422);
    }
    let page = try_to_sign_in(&mut browser, OFFICER, PASSWORD).expect(429);
    page.says("Wait 15 minutes");
    app.clock.set(moment("2026-11-23T09:15:01"));
    let page = sign_in_once(&mut browser, OFFICER, PASSWORD);
    assert_eq!(page.status, 303);
}

#[test]
fn guesses_side_by_side_are_each_counted() {
    let app = TestApp::start();
    let url = app.url.clone();
    let guess = || {
        let mut browser = Browser::new(&url);
        try_to_sign_in(&mut browser, OFFICER, "not the password").status
    };
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let guessers: Vec<_> = (0..24).map(|_| scope.spawn(guess)).collect();
        let answers = guessers.into_iter().map(|guesser| guesser.join());
        answers.map(|answer| answer.expect("an answer")).collect()
    });
    let looked_at = answers.iter().filter(|answer| **answer == 422).count();
    assert_eq!(looked_at, 10, "{answers:?}");
    assert!(answers.iter().all(|answer| [422, 429].contains(answer)));
    let page = try_to_sign_in(&mut app.browser(), OFFICER, PASSWORD).expect(429);
    page.says("Wait 15 minutes");
}

#[test]
fn signing_in_leads_to_where_one_was_going_and_never_out_of_the_house() {
    let app = TestApp::start();
    for (then, leads_to) in [
        ("/search%3Fq=ash", "/search?q=ash"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
    ] {
        let mut browser = app.browser();
        let page = browser
            .open(&format!("/sign-in?then={then}"))
            .form("/sign-in")
            .set("email", OFFICER)
            .set("password", PASSWORD)
            .send_once(&mut browser, &[]);
        assert_eq!(page.headers["location"], leads_to, "{then}");
    }
}

#[test]
fn signing_out_ends_the_session_for_good() {
    let app = TestApp::start();
    let mut browser = app.browser();
    sign_in_once(&mut browser, OFFICER, PASSWORD);
    let token = browser.cookie("hearth_session").expect("a session");
    let page = browser.open("/privacy").expect(200);
    let page = page.form("/sign-out").send(&mut browser).expect(200);
    assert_eq!(page.path, "/sign-in");
    page.says("You are signed out");
    assert_eq!(browser.cookie("hearth_session"), None);
    browser
        .open("/sign-in")
        .keeps_quiet_about("You are signed out");
    browser.set_cookie("hearth_session", Some(&token));
    let page = browser.open("/privacy").expect(200);
    page.keeps_quiet_about("Olu Officer");
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let form = || {
        app.browser()
            .open("/sign-in")
            .form("/sign-in")
            .set("email", OFFICER)
            .set("password", PASSWORD)
    };
    let page = form().send(&mut browser).expect(403);
    page.says("Please send the form again");
    let mut browser = app.browser();
    let form = browser
        .open("/sign-in")
        .form("/sign-in")
        .set("email", OFFICER)
        .set("password", PASSWORD);
    let elsewhere = [("origin", "https://elsewhere.example")];
    assert_eq!(form.send_once(&mut browser, &elsewhere).status, 403);
    let form = browser.open("/sign-in").form("/sign-in");
    let cross = [("sec-fetch-site", "cross-site")];
    assert_eq!(form.send_once(&mut browser, &cross).status, 403);
    let page = browser.post("/sign-in", "email=officer%40ashdale.example&password=x");
    assert_eq!(page.status, 403);
    assert_eq!(browser.cookie("hearth_session"), None);
}

#[test]
fn a_password_is_set_by_link_once() {
    let app = TestApp::start();
    let link = password_link(&app);
    let mut browser = app.browser();
    let page = browser.open(&link).expect(200);
    let page = page
        .form(&link)
        .set("password", "short")
        .set("again", "other")
        .send(&mut browser)
        .expect(422);
    assert_eq!(page.errors().len(), 2);
    let page = page
        .form(&link)
        .set("password", "another three words")
        .set("again", "another three words")
        .send_once(&mut browser, &[]);
    assert_eq!(page.status, 303);
    browser
        .open("/privacy")
        .form("/sign-out")
        .send(&mut browser);
    browser
        .open(&link)
        .expect(410)
        .says("This link no longer works");
    try_to_sign_in(&mut browser, OFFICER, PASSWORD).expect(422);
    let page = sign_in_once(&mut browser, OFFICER, "another three words");
    assert_eq!(page.status, 303);
}

#[test]
fn an_old_link_does_not_set_a_password() {
    let app = TestApp::start();
    let link = password_link(&app);
    let mut browser = app.browser();
    let page = browser.open(&link).expect(200);
    app.go_to("2026-12-01");
    page.form(&link)
        .set("password", "another three words")
        .set("again", "another three words")
        .send(&mut browser)
        .expect(410);
}

fn password_link(app: &TestApp) -> String {
    let authority = app.authority(super::app::ASHDALE);
    let email = EmailAddress::parse(OFFICER).unwrap();
    let token = app.write(|tx| {
        let installer = Viewer::program(authority, "test");
        let account = accounts::at_work(tx, &installer, &email).expect("an officer");
        sign_in::password_link(
            &mut Act::new(tx, &installer, At::of(moment("2026-11-23T09:00:00"))),
            &account,
        )
    });
    format!("/password/{token}")
}

fn try_to_sign_in(browser: &mut Browser, email: &str, password: &str) -> Page {
    browser
        .open("/sign-in")
        .form("/sign-in")
        .set("email", email)
        .set("password", password)
        .send(browser)
}

fn sign_in_once(browser: &mut Browser, email: &str, password: &str) -> Page {
    browser
        .open("/sign-in")
        .form("/sign-in")
        .set("email", email)
        .set("password", password)
        .send_once(browser, &[])
}
