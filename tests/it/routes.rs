//! The table of routes, asked as everybody: who comes in, who does not, and what another authority finds. A new route is
//! asked as soon as it stands in the table.

pub mod records;

use hearth::access::Role;
use hearth::web::routes::{Route, TABLE, Who};

use self::records::{Records, Somebody, fill};
use super::app::{MANAGER, OFFICER};
use super::browser::{Browser, Page};

/// Everybody there is at the authority of the records, whoever can change least first.
const EVERYBODY: &[(Option<Role>, Somebody)] = &[
    (None, Somebody::Nobody),
    (Some(Role::Parent), Somebody::TheParent),
    (
        Some(Role::Administrator),
        Somebody::Staff("admin@ashdale.example"),
    ),
    (Some(Role::Officer), Somebody::Staff(OFFICER)),
    (Some(Role::Manager), Somebody::Staff(MANAGER)),
];
/// People to whom the records do not belong. A manager opens whatever an officer opens.
const STRANGERS: &[(Role, Somebody)] = &[
    (Role::Parent, Somebody::AnotherParent),
    (Role::Officer, Somebody::Staff("officer@brackwater.example")),
    (Role::Manager, Somebody::Staff("manager@brackwater.example")),
];

/// The routes that people use.
fn pages(method: &str) -> impl Iterator<Item = &'static Route> {
    TABLE
        .iter()
        .filter(move |route| route.method == method && route.who != Who::Machine)
}

/// The routes whose address names a record, as far as they are open to a role.
fn records_open_to(role: Role) -> impl Iterator<Item = &'static Route> {
    TABLE
        .iter()
        .filter(move |route| route.path.contains("{reference}") && route.who.admits(Some(role)))
}

#[test]
fn a_page_opens_to_whom_its_route_names_and_to_nobody_else() {
    let records = Records::new();
    for (role, who) in EVERYBODY {
        let mut browser = records.browser_of(*who);
        for route in pages("GET") {
            let page = browser.request("GET", &records.address(route), None, &[]);
            comes_in_or_not(route, *role, &page);
        }
    }
}

#[test]
fn a_form_is_taken_from_whom_its_route_names_and_from_nobody_else() {
    for route in pages("POST") {
        let records = Records::new();
        for (role, who) in EVERYBODY {
            let mut browser = records.browser_of(*who);
            let body = format!("csrf={}", token(&mut browser, *role));
            let page = send(&mut browser, &records.address(route), &body, &records);
            comes_in_or_not(route, *role, &page);
        }
    }
}

/// What the answer to a HEAD says as that to a GET does.
const SAID_OF_A_PAGE: &[&str] = &[
    "content-type",
    "content-length",
    "content-disposition",
    "location",
];

#[test]
fn head_answers_wherever_get_does_and_sends_nothing() {
    let records = Records::new();
    for (role, who) in EVERYBODY {
        let mut browser = records.browser_of(*who);
        // The first page gives the browser its cookies.
        browser.open("/privacy");
        for route in TABLE.iter().filter(|route| route.method == "GET") {
            let address = records.address(route);
            // First, so that a HEAD which took away what there is to tell would leave a shorter page.
            let head = browser.request("HEAD", &address, None, &[]);
            let got = browser.request("GET", &address, None, &[]);
            let asked = format!("HEAD {address} as {role:?}");
            assert_eq!(head.status, got.status, "{asked}");
            assert_eq!(head.text, "", "{asked}");
            for name in SAID_OF_A_PAGE {
                assert_eq!(head.headers.get(*name), got.headers.get(*name), "{asked}");
            }
        }
    }
}

#[test]
fn a_strangers_record_is_answered_like_one_that_is_not_there() {
    let records = Records::new();
    for (role, who) in STRANGERS {
        let mut browser = records.browser_of(*who);
        let body = format!("csrf={}", token(&mut browser, Some(*role)));
        for route in records_open_to(*role) {
            let ours = records.address(route);
            let nowhere = fill(route.path, |_, _| "C-0000-0000");
            let found = ask(&mut browser, route, &ours, &body, &records);
            let missing = ask(&mut browser, route, &nowhere, &body, &records);
            // A form may be refused before anybody looks for the record.
            let refused = route.method == "POST" && matches!(found.status, 400 | 422);
            assert!(
                found.status == 404 || refused,
                "{ours} for {who:?}: {}",
                found.status
            );
            assert_eq!(found.status, missing.status, "{ours} for {who:?}");
            assert_eq!(found.path, ours);
            found.keeps_quiet_about("Ada");
        }
    }
}

#[test]
fn a_form_without_its_token_or_from_elsewhere_is_refused() {
    let records = Records::new();
    for (role, who) in EVERYBODY {
        let mut browser = records.browser_of(*who);
        let token = token(&mut browser, *role);
        for route in pages("POST").filter(|route| route.who.admits(*role)) {
            let address = records.address(route);
            for body in ["", "csrf=", "csrf=wrong"] {
                let page = send(&mut browser, &address, body, &records);
                assert_eq!(page.status, 403, "{address} with {body:?}");
            }
            let body = format!("csrf={token}");
            let elsewhere = [("origin", "https://elsewhere.example")];
            let page = browser.request("POST", &address, Some(&body), &elsewhere);
            assert_eq!(page.status, 403, "{address} from elsewhere");
            let elsewhere = [("sec-fetch-site", "cross-site")];
            let page = browser.request("POST", &address, Some(&body), &elsewhere);
            assert_eq!(page.status, 403, "{address} from another site");
        }
    }
}

#[test]
fn an_address_that_names_nothing_is_a_page_that_says_so() {
    let records = Records::new();
    let long = "9".repeat(2000);
    let nonsense = [
        "nothing",
        "C-0000-0000",
        "%00",
        "%FF%FE",
        "-1",
        "%27--",
        &long,
    ];
    for (role, who) in EVERYBODY {
        let mut browser = records.browser_of(*who);
        let body = format!("csrf={}", token(&mut browser, *role));
        let routes = TABLE.iter().filter(|route| route.path.contains('{'));
        for route in routes.filter(|route| route.who.admits(*role)) {
            for word in nonsense {
                let address = fill(route.path, |_, _| word);
                let page = ask(&mut browser, route, &address, &body, &records);
                let asked = format!("{} {address} as {who:?}: {}", route.method, page.status);
                assert!(page.status < 500, "{asked}");
                if route.method == "GET" && route.who != Who::Anybody {
                    assert_eq!(page.status, 404, "{asked}");
                }
            }
        }
    }
}

/// The token of this browser's forms: in the one to sign out, or in the one to sign in.
fn token(browser: &mut Browser, role: Option<Role>) -> String {
    let (page, form) = match role {
        Some(_) => ("/privacy", "/sign-out"),
        None => ("/sign-in", "/sign-in"),
    };
    let form = browser.open(page).form(form);
    form.value("csrf").expect("a token").to_owned()
}

fn ask(browser: &mut Browser, route: &Route, address: &str, body: &str, records: &Records) -> Page {
    match route.method {
        "GET" => browser.request("GET", address, None, &[]),
        _ => send(browser, address, body, records),
    }
}

fn send(browser: &mut Browser, address: &str, body: &str, records: &Records) -> Page {
    let origin = ("origin", records.app.url.as_str());
    if address == "/imports" {
        // The one form that carries a file, so it is sent in parts.
        let token = body.strip_prefix("csrf=").unwrap_or_default();
        let parts = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--edge--\r\n"
        );
        let kind = ("content-type", "multipart/form-data; boundary=edge");
        return browser.request("POST", address, Some(&parts), &[origin, kind]);
    }
    browser.request("POST", address, Some(body), &[origin])
}

fn comes_in_or_not(route: &Route, role: Option<Role>, page: &Page) {
    let asked = format!(
        "{} {} as {role:?}: {}",
        route.method, page.path, page.status
    );
    let door = page.headers.get("location").map_or("", String::as_str);
    let led_to_the_door = page.status == 303 && door.starts_with("/sign-in?then=");
    let asked_to_sign_in = page.status == 403 && page.text.contains("Please sign in again");
    assert!(page.status < 500, "{asked}");
    if route.who.admits(role) {
        assert!(!led_to_the_door, "{asked}, led to the door");
        // Of what is owed an administrator sees what they owe themselves, and these records are others'.
        let is_others = role == Some(Role::Administrator)
            && ["/duties/", "/lapses/", "/told/"]
                .iter()
                .any(|it| page.path.starts_with(it));
        assert!(page.status != 403, "{asked}");
        assert_eq!(page.status == 404, is_others, "{asked}");
    } else if role.is_none() && route.method == "POST" {
        assert!(asked_to_sign_in, "{asked}");
    } else if role.is_none() {
        assert!(led_to_the_door, "{asked}, {door:?}");
    } else {
        assert_eq!(page.status, 403, "{asked}");
    }
}
