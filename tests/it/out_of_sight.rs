//! Children who may be lost from sight: the lists, their numbers on the front page, and the files of them.

use hearth::access::Act;
use hearth::clock::At;
use hearth::register::address;
use hearth::register::child;

use super::app::{MANAGER, OFFICER, OTHER, TestApp, moment};
use super::browser::Page;
use super::register_scene::{SceneChild, allocate, child as add_child, day};

fn seen(app: &TestApp, child: &SceneChild, on: &str) {
    app.write(|tx| child::note_seen(tx, child.key, day(on), "Robin Vale"));
}

/// The number beside a label of the front page.
fn figure(page: &Page, label: &str) -> String {
    let labels = page.all(".hearth-figures dt");
    let at = labels.iter().position(|text| text == label);
    let at = at.unwrap_or_else(|| panic!("no figure {label:?} in {labels:?}"));
    page.all(".hearth-figures dd")[at].clone()
}

#[test]
fn the_front_page_counts_what_each_list_shows() {
    let app = TestApp::start();
    let ada = add_child(&app, OFFICER, "Ada", "Field", "2015-04-03");
    add_child(&app, OFFICER, "Ben", "Moss", "2014-02-01");
    let cy = add_child(&app, OFFICER, "Cy", "Vale", "2013-02-01");
    allocate(&app, &ada, OFFICER);
    allocate(&app, &cy, OFFICER);
    seen(&app, &cy, "2025-11-22");
    let (viewer, now) = (app.eyes(OFFICER), moment("2026-11-23T09:00:00"));
    app.write(|tx| {
        address::verify(
            &mut Act::new(tx, &viewer, At::of(now)),
            cy.key,
            day("2026-11-20"),
            "",
        )
    });

    let mut browser = app.signed_in(OFFICER);
    for (whose, counts) in [
        ("", ["1", "1", "1", "0"]),
        ("?whose=team", ["2", "1", "2", "0"]),
    ] {
        for (label, count) in [
            "Never seen in person",
            "Not seen for too long",
            "Address not verified",
            "Whereabouts unknown",
        ]
        .iter()
        .zip(counts)
        {
            let work = browser.open(&format!("/work{whose}")).expect(200);
            assert_eq!(figure(&work, label), count, "{label}{whose}");
            let list = browser.open(&work.link(label)).expect(200);
            assert_eq!(figure(&list, label), count, "{label}{whose}");
            assert_eq!(
                list.all("tbody tr").len().to_string(),
                count,
                "{label}{whose}"
            );
        }
    }
    let long = browser.open("/children/unseen?which=long").expect(200);
    long.says("22 Nov 2025, by Robin Vale")
        .says("more than 12 months ago")
        .keeps_quiet_about("Field, Ada");
    assert_eq!(long.link("Vale, Cy"), cy.path(""));
    browser
        .open("/children/unseen?which=%22%3E&whose=x&page=-3")
        .expect(200)
        .says("Field, Ada");
}

#[test]
fn a_child_whom_a_list_says_nothing_of_is_not_called_never_seen() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    super::imports::send(&mut browser, "list.csv", super::imports::REAL_LIFE, &[]).expect(303);
    let never = browser.open("/children/unseen").expect(200);
    let words = never.words();
    assert!(words.contains("more it is not recorded whether"), "{words}");
    let link = never.link("not recorded whether anybody has ever seen them");
    let list = browser.open(&link).expect(200);
    list.says("Not recorded in the list this came from");
}

#[test]
fn a_list_is_taken_away_as_a_file_and_that_is_written_down() {
    let app = TestApp::start();
    let ada = add_child(&app, OFFICER, "Ada", "=Field", "2015-04-03");
    let hidden = add_child(&app, OFFICER, "Hid", "Den", "2015-04-03");
    allocate(&app, &hidden, OTHER);
    let (viewer, now) = (app.eyes(MANAGER), moment("2026-11-23T09:00:00"));
    app.write(|tx| child::restrict(&mut Act::new(tx, &viewer, At::of(now)), hidden.key, true));

    let mut browser = app.signed_in(OFFICER);
    let file = browser.open("/children/unverified.csv").expect(200);
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"unverified-2026-11-23.csv\""
    );
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    let begins = format!("{},\"'=Field, Ada\",", ada.reference);
    assert!(lines[1].starts_with(&begins), "{lines:?}");
    assert_eq!(app.events("991", "list_taken_away"), 1);
    let manager = app.signed_in(MANAGER).open("/children/unverified.csv");
    assert_eq!(manager.expect(200).text.lines().count(), 3);
}
