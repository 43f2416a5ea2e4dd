//! A parent notifies, as a telephone would: from the page to start on, through the link in the mail, to the receipt.

use diesel::RunQueryDsl;
use hearth::access::authority::{self, Description};
use hearth::access::{AccountKey, Act, Viewer, accounts};
use hearth::clock::At;
use hearth::db::DbError;
use hearth::duty::owed::DutyState;
use hearth::intake::notification::{self, Notification};
use hearth::register::counts::Counts;
use hearth::register::list::{self, Listing};
use hearth::register::{child, person, search};
use hearth::rules::codes::{ChildStatus, Confidentiality};
use hearth::rules::identifiers::{PhoneNumber, Reference};
use hearth::visit::check;

use super::app::{ASHDALE, BRACKWATER, MANAGER, OFFICER, TestApp, moment};
use super::parent::{
    PARENT, answer, arrived, arrived_as, ask_for_link, fill_in_child, fill_in_everything,
    fill_in_name, fill_in_the_end, fill_in_you, link_in_mail, mails, newest_mail, notified,
};
use super::register_scene;

#[test]
fn a_family_notifies_and_is_answered() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let page = browser.open("/").expect(200);
    assert_eq!(page.path, "/start");
    page.says("receipt and not a permission")
        .says("No law makes you tell your council");
    let start = page.link("Ashdale Council");
    let page = browser.open(&start).expect(200);
    let page = page
        .form(&start)
        .set("email", PARENT)
        .send(&mut browser)
        .expect(200);
    assert_eq!(page.h1(), "Check your email");
    let link = link_in_mail(&app);

    let page = browser.open(&link).expect(200);
    assert_eq!(page.h1(), "Your email address is confirmed");
    let page = page.form(&link).send(&mut browser).expect(200);
    assert_eq!(page.path, "/family/notify/you");
    let page = fill_in_everything(page, &mut browser);
    assert_eq!(page.h1(), "Check your answers");
    page.says("Ada Mary")
        .says("4 April 2015")
        .says("Not given")
        .says("12 Hill Road");
    let form = page.form("/family/notify/answers");
    let receipt = page
        .form("/family/notify/answers")
        .send(&mut browser)
        .expect(200);
    assert_eq!(receipt.h1(), "Notification received");
    receipt
        .says("By 7 December 2026")
        .says("complaints@council.example");

    let again = form.send(&mut browser).expect(200);
    assert_eq!(
        again.path, receipt.path,
        "a second click gets the same receipt"
    );
    let (waiting, children) = waiting_and_children(&app);
    assert_eq!((waiting.len(), children), (1, 1));

    let letter = newest_mail(&app);
    assert!(
        letter.says(waiting[0].as_str()),
        "the receipt names the reference"
    );
    for secret in ["Ada", "Byron", "Sam Parent", "Hill Road"] {
        assert!(!letter.mentions(secret), "the mail gives away {secret}");
    }

    let page = browser.open("/family").expect(200);
    page.says("Ada Mary Byron")
        .says("4 April 2015")
        .says("With you")
        .says("We have not met yet")
        .says("We will write to you, by 7 December 2026. We count from 23 November 2026, when we heard that you educate at home. The day is a limit that we set for ourselves, and not for you.")
        .says("Received, not read yet")
        .keeps_quiet_about("amber");
}

#[test]
fn a_receipt_that_was_read_says_who_read_it_and_no_more_what_was_to_come() {
    let app = TestApp::start();
    let mut browser = notified(&app);
    let receipt = browser.open("/family").link("N-");
    browser
        .open(&receipt)
        .says("Why this day: it is counted from 23 November 2026")
        .says("A receipt is on its way")
        .says("See what you told us and what is planned")
        .says("For a copy of everything that is held");
    let mut officer = app.signed_in(OFFICER);
    let list = officer.open("/notifications");
    let page = officer.open(&list.link("Sam Parent")).expect(200);
    let form = page.form("/acceptance");
    form.send(&mut officer).expect(200);
    browser
        .open(&receipt)
        .says("Olu Officer read your notification on 23 November 2026")
        .keeps_quiet_about("A receipt is on its way")
        .keeps_quiet_about("will have read it");
    browser
        .open("/privacy")
        .says("their notes of meetings and letters")
        .says("subject access request");
}

/// While the 2026 Act is not in force, what must be done is for the council to do.
#[test]
fn no_page_of_a_parent_says_that_they_must() {
    let app = TestApp::start();
    let mut browser = notified(&app);
    let receipt = browser.open("/family").link("N-");
    for path in [
        "/start",
        "/privacy",
        "/accessibility",
        "/family",
        &receipt,
        "/family/notify/you",
        "/family/notify/address",
        "/family/notify/contact",
        "/family/notify/children",
    ] {
        let words = browser.open(path).expect(200).words();
        let words: Vec<&str> = words.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[1] == "must") {
            assert!(["council", "it"].contains(&pair[0]), "{path}: {pair:?}");
        }
    }
}

#[test]
fn an_authority_with_only_a_mailbox_is_reached_by_it() {
    let app = TestApp::start();
    let authority = app.authority(ASHDALE);
    app.write(|tx| {
        let shown = Description {
            colour: "#0b4f6c",
            telephone: Some(""),
            complaints_to: None,
        };
        let installer = Viewer::program(authority, "test");
        authority::describe(
            &mut Act::new(tx, &installer, At::of(moment("2026-11-23T09:00:00"))),
            &shown,
        )
    });
    let mut browser = notified(&app);
    let letter = newest_mail(&app);
    assert!(
        letter.says("If something is wrong or you have a question, reply to this email."),
        "{letter}"
    );
    for unfinished in ["ring", "get in touch with", "rather talk"] {
        assert!(!letter.mentions(&format!("{unfinished} .")), "{letter}");
    }
    assert!(!letter.mentions("or ring"), "{letter}");
    assert!(!letter.mentions("rather talk to somebody"), "{letter}");
    for page in ["/privacy", "/family", "/accessibility"] {
        browser
            .open(page)
            .expect(200)
            .says("Ashdale Council: write to duty@council.example.")
            .keeps_quiet_about("telephone .")
            .keeps_quiet_about("not part of the home education team");
    }
}

#[test]
fn an_officer_accepts_and_the_family_hears_who() {
    let app = TestApp::start();
    let mut browser = notified(&app);
    let officer = accounts_reference(&app, OFFICER);
    let eyes = app.eyes(OFFICER);
    let (waiting, _) = waiting_and_children(&app);
    let now = moment("2026-11-24T10:00:00");
    let reference = waiting[0].clone();
    let accept = |tx: &mut hearth::db::Conn| {
        notification::accept(
            &mut Act::new(tx, &eyes, At::of(now)),
            &reference,
            &officer,
            "http://hearth.example",
        )
    };
    app.write(accept);
    assert!(
        app.db.write_now(accept).is_err(),
        "a second officer is told"
    );
    let letter = newest_mail(&app);
    assert!(letter.says("Olu Officer"), "{letter}");

    let child = only_child(&app);
    assert_eq!(child.status, ChildStatus::Active);
    assert_eq!(child.officer, Some(app.account(OFFICER)));
    let checks = app.read(|conn| check::of_child(conn, child.key));
    let done: Vec<_> = checks
        .iter()
        .filter(|c| c.state == DutyState::Done)
        .collect();
    assert_eq!(done.len(), 1);
    assert_eq!(checks.len(), 4);
    let page = browser.open("/family").expect(200);
    page.says("Read by").says("We will get in touch");
}

#[test]
fn a_second_notification_of_the_same_child_is_linked_and_the_parent_is_not_doubled() {
    let app = TestApp::start();
    let mut browser = notified(&app);
    let page = browser.open("/family/notify").expect(200);
    assert_eq!(
        page.path, "/family/notify/children/1/name",
        "what is held is filled in"
    );
    let page = fill_in_child(page, &mut browser);
    let page = fill_in_the_end(page, &mut browser);
    page.form("/family/notify/answers")
        .send(&mut browser)
        .expect(200);
    let (waiting, children) = waiting_and_children(&app);
    assert_eq!((waiting.len(), children), (2, 1));
    for moved in ["person_moved", "person_amended", "address_changed"] {
        assert_eq!(app.events(ASHDALE, moved), 0, "nothing changed: {moved}");
    }
    let child = only_child(&app);
    let eyes = app.eyes(MANAGER);
    let parents = app.read(|conn| hearth::register::person::parents_of(conn, &eyes, child.key));
    assert_eq!(parents.len(), 1);
}

#[test]
fn a_second_notification_that_says_something_else_is_in_the_trail() {
    let app = TestApp::start();
    let account = app.account(OFFICER);
    let first = told_at(account, "first", "7 Mill Lane", None);
    let second = told_at(account, "second", "9 Hill Road", Some("01632 960123"));
    let (eyes, now) = (app.eyes(OFFICER), moment("2026-11-24T10:00:00"));
    for told in [&first, &second] {
        app.write(|tx| {
            notification::receive(
                &mut Act::new(tx, &eyes, At::of(now)),
                told,
                "http://x",
                now.date(),
            )
        });
    }
    for changed in ["person_moved", "person_amended", "address_changed"] {
        assert_eq!(app.events(ASHDALE, changed), 1, "{changed}");
    }
}

#[test]
fn a_second_notification_leaves_alone_to_whom_a_parents_address_may_be_shown() {
    let app = TestApp::start();
    let account = app.account(OFFICER);
    let (eyes, now) = (app.eyes(MANAGER), moment("2026-11-24T10:00:00"));
    let tell = |form_key: &str| {
        let told = told_at(account, form_key, "7 Mill Lane", None);
        app.write(|tx| {
            let act = &mut Act::new(tx, &eyes, At::of(now));
            notification::receive(act, &told, "http://x", now.date())
        });
    };
    tell("first");
    app.write(|tx| {
        let withhold = "UPDATE person SET confidentiality = 'withhold_from_other_parents'";
        Ok::<_, DbError>(diesel::sql_query(withhold).execute(tx)?)
    });
    tell("second");
    let held = app.read(|conn| person::of_account(conn, &eyes, account));
    assert_eq!(
        held.unwrap().particulars.confidentiality,
        Confidentiality::WithholdFromOtherParents
    );
}

/// What the same parent told, from one place or another.
fn told_at(
    account: AccountKey,
    form_key: &str,
    street: &str,
    telephone: Option<&str>,
) -> Notification {
    let mut told = register_scene::notification(form_key, Some(account));
    told.parent.home.lines = street.to_owned();
    told.parent.person.particulars.telephone =
        telephone.map(|number| PhoneNumber::parse(number).unwrap());
    told.children.truncate(1);
    told
}

#[test]
fn children_are_added_changed_and_removed() {
    let app = TestApp::start();
    let mut browser = arrived(&app);
    let page = browser.open("/family/notify");
    let page = fill_in_you(page, &mut browser);
    let page = fill_in_child(page, &mut browser);
    let page = page
        .form("/family/notify/children")
        .set("another", "yes")
        .send(&mut browser)
        .expect(200);
    assert_eq!(page.path, "/family/notify/children/2/name");
    let page = fill_in_name(page, &mut browser, "Grace", "Byron");
    assert_eq!(page.path, "/family/notify/children/2/born");
    let page = browser.open("/family/notify/answers").expect(200);
    assert_eq!(
        page.path, "/family/notify/children/2/born",
        "no jumping over a question"
    );
    let page = answer(page, &mut browser, |form| {
        form.set_date("born", "1", "2", "2018")
    });
    let page = answer(page, &mut browser, |form| form);
    let page = answer(page, &mut browser, |form| {
        form.set("relationship", "father")
    });
    let page = answer(page, &mut browser, |form| form.set("home", "elsewhere"));
    assert_eq!(page.path, "/family/notify/children/2/address");
    let page = answer(page, &mut browser, |form| {
        form.set("line_1", "3 Other Street").set("town", "Ashdale")
    });
    let page = answer(page, &mut browser, |form| {
        form.set("school", "Hill Primary")
    });
    let page = answer(page, &mut browser, |form| form.set("reason", "lifestyle"));
    page.says("You have told us about 2 children")
        .says("Grace Byron");
    let page = fill_in_the_end(page, &mut browser);
    page.says("3 Other Street")
        .says("Hill Primary")
        .says("Lifestyle");

    let page = browser.open("/family/notify/children").expect(200);
    let page = page
        .form("/family/notify/children/1/removal")
        .send(&mut browser)
        .expect(200);
    page.says("You have told us about 1 child")
        .says("Grace Byron");
    let page = page
        .form("/family/notify/children")
        .set("another", "no")
        .send(&mut browser)
        .expect(200);
    let page = page
        .form("/family/notify/answers")
        .send(&mut browser)
        .expect(200);
    page.says("It tells of 1 child");
    browser
        .open("/family")
        .says("At another address")
        .keeps_quiet_about("Other Street");
}

#[test]
fn nonsense_is_named_and_what_was_typed_stays() {
    let app = TestApp::start();
    let mut browser = arrived(&app);
    let page = browser.open("/family/notify");
    let page = page
        .form("/family/notify/you")
        .set("name", " ")
        .set("telephone", "ring me")
        .send(&mut browser)
        .expect(422);
    assert_eq!(page.errors().len(), 2);
    assert_eq!(
        page.form("/family/notify/you").value("telephone"),
        Some("ring me")
    );
    let page = fill_in_you(page, &mut browser);
    let page = fill_in_name(page, &mut browser, "Ada", "Byron");
    for (day, month, year, message) in [
        ("31", "2", "2015", "31 February 2015 is not a real date"),
        ("", "", "", "Enter the child’s date of birth"),
        (
            "1",
            "1",
            "2027",
            "The child’s date of birth must be in the past",
        ),
        ("1", "1", "1970", "Check the year"),
        ("x", "1", "2015", "“x” is not a day"),
    ] {
        let page = page
            .form("/family/notify/children/1/born")
            .set_date("born", day, month, year)
            .send(&mut browser)
            .expect(422);
        assert!(page.errors()[0].contains(message), "{:?}", page.errors());
        let form = page.form("/family/notify/children/1/born");
        assert_eq!(form.value("born-day"), Some(day));
        assert_eq!(form.value("born-year"), Some(year));
    }
}

#[test]
fn jumping_into_the_middle_leads_to_the_first_open_question() {
    let app = TestApp::start();
    let mut browser = arrived(&app);
    for path in [
        "address",
        "contact",
        "children",
        "answers",
        "children/1/name",
        "children/1/reason",
        "children/7/born",
        "children/99999/address",
    ] {
        let page = browser.open(&format!("/family/notify/{path}")).expect(200);
        assert_eq!(page.path, "/family/notify/you", "{path}");
    }
    for path in [
        "children/0/name",
        "children/x/name",
        "children/-1/born",
        "children/99999999999999999999/sex",
    ] {
        browser.open(&format!("/family/notify/{path}")).expect(404);
    }
    let token = browser
        .open("/family/notify/you")
        .form("/family/notify/you")
        .value("csrf")
        .unwrap()
        .to_owned();
    for path in [
        "answers",
        "children",
        "children/3/removal",
        "children/9/sex",
        "contact",
    ] {
        let page = browser.post(
            &format!("/family/notify/{path}"),
            &format!("csrf={token}&another=no"),
        );
        assert_eq!(
            (page.status, page.path.as_str()),
            (200, "/family/notify/you"),
            "{path}"
        );
    }
}

#[test]
fn what_was_typed_is_there_again_after_signing_in_anew() {
    let app = TestApp::start();
    let mut browser = arrived(&app);
    let page = browser.open("/family/notify");
    fill_in_you(page, &mut browser);
    let mut telephone = arrived(&app);
    let page = telephone.open("/family/notify/you").expect(200);
    assert_eq!(
        page.form("/family/notify/you").value("name"),
        Some("Sam Parent")
    );
    let mut other = arrived_as(&app, ASHDALE, "other.parent@example.com");
    let page = other.open("/family/notify/you").expect(200);
    assert_eq!(page.form("/family/notify/you").value("name"), Some(""));
}

#[test]
fn a_receipt_is_open_only_to_whom_it_was_given() {
    let app = TestApp::start();
    let mut browser = notified(&app);
    let (waiting, _) = waiting_and_children(&app);
    let path = format!("/family/notifications/{}", waiting[0]);
    browser.open(&path).expect(200);
    arrived_as(&app, ASHDALE, "other.parent@example.com")
        .open(&path)
        .expect(404);
    arrived_as(&app, BRACKWATER, PARENT).open(&path).expect(404);
    app.signed_in(OFFICER).open(&path).expect(403);
    let page = app.browser().open(&path).expect(200);
    assert_eq!(page.path, "/start");
    page.says("ask for a new link");
}

#[test]
fn another_parents_form_is_not_taken_for_ones_own() {
    let app = TestApp::start();
    let mut browser = arrived(&app);
    let page = browser.open("/family/notify");
    let page = fill_in_everything(page, &mut browser);
    let key = page
        .form("/family/notify/answers")
        .value("form_key")
        .unwrap()
        .to_owned();
    page.form("/family/notify/answers")
        .send(&mut browser)
        .expect(200);
    let mut other = arrived_as(&app, ASHDALE, "other.parent@example.com");
    let page = other.open("/family/notify");
    let page = fill_in_everything(page, &mut other);
    let page = page
        .form("/family/notify/answers")
        .set("form_key", &key)
        .send(&mut other)
        .expect(200);
    assert_eq!(page.h1(), "Check your answers");
}

#[test]
fn a_link_works_once_and_for_an_hour() {
    let app = TestApp::start();
    let link = ask_for_link(&app, ASHDALE, PARENT);
    let mut browser = app.browser();
    browser.open(&link).expect(200);
    let page = browser.open(&link).expect(200);
    let form = page.form(&link);
    page.form(&link).send(&mut browser).expect(200);
    let mut other = app.browser();
    other
        .open(&link)
        .expect(410)
        .says("This link no longer works");
    let page = form.send(&mut browser);
    assert_eq!(
        page.status, 403,
        "the form was for who was not signed in yet"
    );

    let link = ask_for_link(&app, ASHDALE, PARENT);
    let mut browser = app.browser();
    let page = browser.open(&link).expect(200);
    app.clock.set(moment("2026-11-23T10:00:01"));
    page.form(&link).send(&mut browser).expect(410);
    browser.open("/notify/link/nonsense").expect(410);
}

#[test]
fn of_several_links_the_newest_works_alone() {
    let app = TestApp::start();
    let older = ask_for_link(&app, ASHDALE, PARENT);
    let newer = ask_for_link(&app, ASHDALE, PARENT);
    assert_ne!(older, newer);
    app.browser().open(&older).expect(410);
    let mut browser = app.browser();
    let page = browser.open(&newer).expect(200);
    page.form(&newer).send(&mut browser).expect(200);
    app.browser().open(&newer).expect(410);
}

#[test]
fn nobody_can_fill_a_familys_inbox() {
    let app = TestApp::start();
    for _ in 0..8 {
        let mut browser = app.browser();
        let page = browser.open("/notify/991").expect(200);
        let page = page
            .form("/notify/991")
            .set("email", PARENT)
            .send(&mut browser)
            .expect(200);
        assert_eq!(page.h1(), "Check your email");
    }
    assert_eq!(mails(&app).len(), 5);
}

#[test]
fn an_authority_that_is_not_here_has_no_page() {
    let app = TestApp::start();
    let mut browser = app.browser();
    for code in ["201", "999", "x", "%00"] {
        browser.open(&format!("/notify/{code}")).expect(404);
    }
    let page = browser.open("/notify/991").expect(200);
    let page = page
        .form("/notify/991")
        .set("email", "not an address")
        .send(&mut browser)
        .expect(422);
    assert_eq!(
        page.form("/notify/991").value("email"),
        Some("not an address")
    );
}

fn waiting_and_children(app: &TestApp) -> (Vec<Reference>, i64) {
    let eyes = app.eyes(MANAGER);
    app.read(|conn| {
        let waiting = notification::waiting(conn, &eyes)?;
        let list = list::page(conn, &eyes, &Counts::default(), 0, &Listing::default())?;
        Ok((
            waiting.into_iter().map(|n| n.reference).collect(),
            list.total,
        ))
    })
}

fn only_child(app: &TestApp) -> child::ChildRecord {
    let eyes = app.eyes(MANAGER);
    app.read(|conn| {
        let found = search::search(conn, &eyes, "byron")?;
        let reference = Reference::parse(&found.lines[0].reference).unwrap();
        child::find(conn, &eyes, &reference)
    })
    .unwrap()
}

fn accounts_reference(app: &TestApp, email: &str) -> Reference {
    let key = app.account(email);
    let account = app.read(|conn| accounts::by_key(conn, key));
    Reference::parse(&account.reference).unwrap()
}
