//! The register as a list, and what a search finds.

use super::ada;
use crate::app::{OFFICER, TestApp};
use crate::register_scene::{allocate, child};

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
    let typed = browser.open("/search?q=%3Cscript%3E%27%25_").expect(200);
    assert_eq!(typed.all("script"), Vec::<String>::new());
}

/// On a phone a cell is named by the stylesheet, which cannot read the heading above it.
#[test]
fn the_stylesheet_names_the_cells_of_a_child_as_the_headings_do() {
    let app = TestApp::start();
    ada(&app);
    let list = app.signed_in(OFFICER).open("/children").expect(200);
    let html = scraper::Html::parse_document(&list.text);
    let headings = scraper::Selector::parse(".hearth-children thead th").expect("a selector");
    let named: Vec<String> = html
        .select(&headings)
        .zip(1..)
        .skip(1)
        .map(|(heading, column)| {
            let heading = heading.text().next().unwrap_or_default();
            format!("{column}: \"{heading}\"")
        })
        .collect();
    assert_eq!(named.len(), 6);
    let stylesheet = include_str!("../../../assets/app.scss");
    assert!(
        stylesheet.contains(&format!("({})", named.join(", "))),
        "{named:?}"
    );
}
