//! Every due day on screen can say why it is that day: in one sentence that names the rule, its value and its source.

use std::collections::BTreeSet;

use hearth::access::Role;
use hearth::rules::duty::DutyKind;
use hearth::web::routes::{TABLE, Who};
use scraper::{ElementRef, Html, Selector};

use super::app::{MANAGER, OFFICER};
use super::browser::{Browser, Page};
use super::register_scene::{SceneChild, child, complete};
use super::routes::records::{Records, Somebody};

/// What a cell or a row with a due day is called.
const LABELS: &[&str] = &["Due", "Was due", "Next check", "Acknowledge by"];

#[test]
fn every_due_day_on_every_page_says_why_it_is_that_day() {
    let records = Records::new();
    let eve = with_a_closed_check(&records);
    let mut answered = Answered::default();
    for (role, email) in [(Role::Officer, OFFICER), (Role::Manager, MANAGER)] {
        let mut browser = records.browser_of(Somebody::Staff(email));
        for address in addresses(&records, role, &eve) {
            let page = browser.request("GET", &address, None, &[]);
            if page.status == 200 && page.headers["content-type"].starts_with("text/html") {
                answered.read(&mut browser, &page);
            }
        }
    }
    let pages: Vec<&str> = answered.pages.iter().map(String::as_str).collect();
    for list in [
        "/work",
        "/lapses",
        "/children",
        "/children/unseen",
        "/children/unverified",
        "/search?q=Ada",
        "/notifications",
        &eve.path(""),
    ] {
        assert!(
            pages.contains(&list),
            "no due day on {list}, only on {pages:?}"
        );
    }
}

/// Every page that this role may open with the records, and some of them asked in other ways.
fn addresses(records: &Records, role: Role, eve: &SceneChild) -> Vec<String> {
    TABLE
        .iter()
        .filter(|route| route.method == "GET" && route.who != Who::Machine)
        .filter(|route| route.who.admits(Some(role)))
        .map(|route| records.address(route))
        .chain(["/work?whose=team".to_owned(), "/search?q=Ada".to_owned()])
        .chain([eve.path("")])
        .collect()
}

/// A child of whose checks one is done, so that its due day stands among the earlier ones.
fn with_a_closed_check(records: &Records) -> SceneChild {
    let app = &records.app;
    let eve = child(app, OFFICER, "Eve", "Marsh", "2014-07-09");
    complete(app, &eve, DutyKind::FirstContact, "Written to");
    eve
}

/// The pages on which a due day was found and said why.
#[derive(Default)]
struct Answered {
    pages: BTreeSet<String>,
}

impl Answered {
    fn read(&mut self, browser: &mut Browser, page: &Page) {
        let html = Html::parse_document(&page.text);
        for place in places(&html) {
            assert!(
                place.select(&selector(".hearth-due")).next().is_some(),
                "{}: {:?} shows a day that says no why",
                page.path,
                words(place)
            );
        }
        for due in html.select(&selector(".hearth-due")) {
            let why = why(browser, &html, due);
            let names_all = [": ", " (", ")"].iter().all(|part| why.contains(part));
            assert!(
                names_all
                    && ["day", "week", "month"]
                        .iter()
                        .any(|unit| why.contains(unit)),
                "{}: {:?} says {why:?}",
                page.path,
                words(due)
            );
            self.pages.insert(page.path.clone());
        }
    }
}

/// The cells and rows that are called as one with a due day, and have one.
fn places(html: &Html) -> Vec<ElementRef<'_>> {
    let any = selector("td[data-label], .hearth-children td, .govuk-summary-list__row");
    html.select(&any)
        .filter(|place| LABELS.contains(&label(*place).as_str()))
        .filter(|place| words(*place).chars().any(|letter| letter.is_ascii_digit()))
        .collect()
}

fn label(place: ElementRef<'_>) -> String {
    if let Some(label) = place.attr("data-label") {
        return label.to_owned();
    }
    if place.value().name() == "td" {
        return heading(place);
    }
    place
        .select(&selector("dt"))
        .next()
        .map(words)
        .unwrap_or_default()
}

/// What stands above a cell: the visible words of its column's heading.
fn heading(cell: ElementRef<'_>) -> String {
    let column = cell
        .prev_siblings()
        .filter(|it| it.value().is_element())
        .count();
    let table = cell
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|it| it.value().name() == "table")
        .expect("a cell is in a table");
    table
        .select(&selector("thead th"))
        .nth(column)
        .and_then(|heading| heading.text().next())
        .expect("a heading above the cell")
        .trim()
        .to_owned()
}

/// What a due day says of itself: below it, in a row of its own, or where it leads.
fn why(browser: &mut Browser, html: &Html, due: ElementRef<'_>) -> String {
    if let Some(text) = due.select(&selector(".govuk-details__text")).next() {
        return words(text);
    }
    let Some(href) = due.attr("href") else {
        let id = due
            .attr("aria-describedby")
            .expect("a link, or a description");
        return by_id(html, id);
    };
    let (path, id) = href.split_once('#').expect("a place on the page");
    let page = browser.request("GET", path, None, &[]).expect(200);
    // A day of a list is written shorter than where it leads: "24 Dec 2026", "24 December 2026".
    if let Some(day) = words(due).strip_prefix("Why ") {
        let end = day.rfind(' ').unwrap_or(day.len());
        page.says(&day[..end]);
    }
    by_id(&Html::parse_document(&page.text), id)
}

fn by_id(html: &Html, id: &str) -> String {
    let found: Vec<_> = html.select(&selector(&format!("[id={id}]"))).collect();
    assert_eq!(found.len(), 1, "elements with the id {id}");
    words(found[0])
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector")
}
