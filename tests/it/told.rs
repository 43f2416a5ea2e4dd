//! The numbers in a digest are those of the page behind its link, for whoever it was sent to.

use hearth::jobs::runner;
use hearth::mail::transport::Posted;

use super::app::{BEGINNING, MANAGER, OFFICER, OTHER, PASSWORD, TestApp, moment};
use super::browser::{Browser, Page};
use super::imports;
use super::register_scene::{SceneChild, allocate, checks, child};
use super::shared::proving::services;
use super::shared::reading::Mail;

const NEIGHBOUR: &str = "manager@brackwater.example";

/// Runs what is due at nine on a day, and gives the mails that went out.
fn on(app: &TestApp, day: &str) -> Vec<Posted> {
    app.go_to(day);
    let services = services(app.db.clone(), app.clock.clone());
    for summary in runner::run_due(&services, app.clock.now()) {
        assert!(summary.is_complete(), "{summary:?}");
    }
    services.courier.transport.posted()
}

/// What a person reads of a mail, all in one line.
fn said(mail: &Posted) -> String {
    let read = Mail::of(&mail.raw).to_string();
    read.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number that stands before these words in a mail.
fn number_before(mail: &Posted, words: &str) -> usize {
    let said = said(mail);
    let (before, _) = said
        .split_once(words)
        .unwrap_or_else(|| panic!("no {words:?} in {said}"));
    let last = before.split_whitespace().next_back().expect("a number");
    last.parse().unwrap_or_else(|_| panic!("{last} {words}"))
}

/// Where a mail leads to, the first address that begins so.
fn link(mail: &Posted, begins: &str) -> String {
    let said = said(mail);
    let (_, after) = said
        .split_once(&format!("https://hearth.example{begins}"))
        .unwrap_or_else(|| panic!("no {begins} in {said}"));
    let rest = after.split([' ', '"', '<']).next().unwrap_or_default();
    format!("{begins}{rest}")
}

/// Signs in and follows the link, as whoever a mail was sent to does.
fn follow(app: &TestApp, email: &str, link: &str) -> (Browser, Page) {
    let mut browser = app.browser();
    let page = browser.open(link);
    assert!(page.path.starts_with("/sign-in"), "{}", page.path);
    page.form("/sign-in")
        .set("email", email)
        .set("password", PASSWORD)
        .send(&mut browser);
    let page = browser.open(link).expect(200);
    (browser, page)
}

fn to<'a>(mails: &'a [Posted], email: &str, subject: &str) -> &'a Posted {
    let mut found = mails
        .iter()
        .filter(|mail| mail.to == email && Mail::of(&mail.raw).says(subject));
    found.next().unwrap_or_else(|| {
        let all: Vec<String> = mails
            .iter()
            .map(|it| format!("{}: {}", it.to, said(it)))
            .collect();
        panic!("no {subject:?} to {email} in {all:#?}")
    })
}

fn of_officer(app: &TestApp, given: &str) -> SceneChild {
    let child = child(app, OFFICER, given, "Field", "2015-04-03");
    allocate(app, &child, OFFICER);
    child
}

#[test]
fn a_lapse_mail_leads_to_as_many_lapses_as_it_counts() {
    let app = TestApp::start();
    of_officer(&app, "Ada");
    let first = on(&app, "2026-11-23");
    let old = to(&first, OFFICER, "have lapsed");
    assert_eq!(number_before(old, "welfare checks have lapsed"), 3);

    // Another child's checks lapse, and on the next day only these are news.
    app.clock.set(moment(BEGINNING));
    let ben = of_officer(&app, "Ben");
    let others = checks(&app, &ben).split_off(1);
    app.write(|tx| {
        use diesel::RunQueryDsl;
        for check in &others {
            let later = format!(
                "UPDATE duty SET due_on = '2027-02-01' WHERE id = {}",
                check.key.number()
            );
            diesel::sql_query(later).execute(tx)?;
        }
        Ok::<_, hearth::db::DbError>(())
    });
    app.ending.leave_unproved("checks were moved by hand");
    let second = on(&app, "2026-11-24");
    let news = to(&second, OFFICER, "has lapsed");
    assert_eq!(number_before(news, "welfare check has lapsed"), 1);
    for (email, count) in [(OFFICER, 1), (MANAGER, 1)] {
        let mail = to(&second, email, "has lapsed");
        let (mut browser, page) = follow(&app, email, &link(mail, "/told/M-"));
        page.says("1 welfare check has lapsed: the email of 24 November 2026")
            .says("Ben Field")
            .keeps_quiet_about("Ada");
        assert_eq!(page.all("tbody tr").len(), count);
        let all = browser.open(&page.link("All open lapses"));
        assert_eq!(all.all("tbody tr").len(), 4);
    }
    let (_, page) = follow(&app, MANAGER, &link(old, "/told/M-"));
    assert_eq!(page.all("tbody tr").len(), 3);
    page.says("Lapsed: nobody has answered yet");
    app.signed_in(NEIGHBOUR)
        .open(&link(old, "/told/M-"))
        .expect(404);
}

#[test]
fn what_was_restricted_since_is_said_to_be_missing_from_the_list() {
    let app = TestApp::start();
    let ada = of_officer(&app, "Ada");
    let mails = on(&app, "2026-11-23");
    let told = link(to(&mails, OFFICER, "have lapsed"), "/told/M-");
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(&ada.path(""));
    page.form("/restriction")
        .set("restricted", "yes")
        .send(&mut manager)
        .expect(200);
    let page = app.signed_in(OTHER).open(&told).expect(200);
    assert_eq!(page.all("tbody tr").len(), 0);
    page.says("3 welfare checks have lapsed")
        .says("3 of them are not listed")
        .keeps_quiet_about("Ada");
}

#[test]
fn a_notice_of_what_is_due_soon_leads_to_as_many_checks_whatever_the_policy_says() {
    let app = TestApp::start();
    let mut list =
        "Reference,Forename,Surname,DOB,Sex,Address,Town,Post code,Date of EHE,Last seen,Status\n"
            .to_owned();
    for (name, seen) in [
        ("Ash", "11/01/2026"),
        ("Bay", "12/01/2026"),
        ("Elm", "13/01/2026"),
    ] {
        list.push_str(&format!(
            "L{name},{name},Field,03/04/2015,F,1 High Street,Ashdale,AA3 1AB,01/09/2025,{seen},Active\n"
        ));
    }
    imports::send(&mut app.signed_in(OFFICER), "list.csv", &list, &[]).expect(303);
    // Notice twenty working days before, not ten: the desk of the manager shows what the mail tells.
    app.write(|tx| {
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE policy SET value = '20' WHERE key = 'due_soon_first'")
            .execute(tx)?;
        Ok::<_, hearth::db::DbError>(())
    });
    let mails = on(&app, "2026-12-14");
    let mail = to(&mails, MANAGER, "due soon");
    let count = number_before(mail, "welfare checks are due soon");
    let (mut browser, page) = follow(&app, MANAGER, &link(mail, "/told/M-"));
    assert_eq!(page.all("tbody tr").len(), count);
    page.says("Still due");
    let desk = browser.open("/work?whose=team").expect(200);
    let figures = desk.all("dl.hearth-figures > div");
    assert!(
        figures
            .iter()
            .any(|it| it.contains(&format!("Due soon {count}"))),
        "{figures:#?}"
    );
}

#[test]
fn each_number_of_the_week_is_that_of_the_page_beside_it() {
    let app = TestApp::start();
    of_officer(&app, "Ada");
    child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    on(&app, "2026-11-23");
    app.go_to("2026-11-24");
    let mut manager = app.signed_in(MANAGER);
    let lapse = manager.open("/lapses").all("tbody th a")[0].clone();
    let page = manager.open(&format!("/lapses/{lapse}"));
    page.form("/answer")
        .set("plan", "Visit")
        .set_date("plan_by", "2", "12", "2026")
        .send(&mut manager)
        .expect(200);
    let mails = on(&app, "2026-11-30");
    let mail = to(&mails, MANAGER, "The week of");
    let mut manager = app.signed_in(MANAGER);
    let said = said(mail);
    let open = "Open lapses: ";
    let unanswered = "Open lapses that nobody has answered for: ";
    let number = |words: &str| -> usize {
        let (_, after) = said.split_once(words).expect(words);
        after.split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(number(open), number(unanswered) + 1);
    for (words, address) in [(open, "/lapses"), (unanswered, "/lapses?answered=no")] {
        let (_, after) = said.split_once(words).expect(words);
        let given = after.split(' ').nth(1).unwrap();
        assert_eq!(given, format!("https://hearth.example{address}"));
        let page = manager.open(address).expect(200);
        assert_eq!(page.all("tbody tr").len(), number(words), "{address}");
    }
    let due = "Checks due from today to 14 December 2026: ";
    let page = manager.open("/work?whose=team");
    page.says(&format!("Due soon {}", number(due)));
}
