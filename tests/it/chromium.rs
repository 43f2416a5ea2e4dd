//! The pages in a real browser, at the widths of a desk and of a phone. Scripts are off on every journey: Hearth needs
//! none. Runs where `HEARTH_TEST_WEBDRIVER` names a WebDriver for Chromium.

use std::path::Path;
use std::time::{Duration, Instant};

use hearth::web::routes::{TABLE, Who};
use serde_json::Value;

use super::app::{MANAGER, OFFICER, PASSWORD, TestApp};
use super::parent::link_in_mail;
use super::register_scene::{allocate, child, sweep};
use super::routes::records::Records;
use super::servers;
use super::webdriver::{ENTER, TAB, Window};

/// Longer than a browser takes to say what it has to say on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A desk and a phone.
const SIZES: &[(u32, u32)] = &[(1280, 900), (360, 740)];

/// A window before a running program, through which every page is looked at once it is open.
struct Journey<'a> {
    app: &'a TestApp,
    window: Window,
    width: u32,
}

/// Goes the same way at every size; skipped where there is no browser.
fn at_every_size(app: &TestApp, journey: impl Fn(&Journey<'_>)) {
    let Some(driver) = servers::wanted("HEARTH_TEST_WEBDRIVER") else {
        return;
    };
    for (width, height) in SIZES {
        let window = Window::open(&driver);
        window.resize(*width, *height);
        journey(&Journey {
            app,
            window,
            width: *width,
        });
    }
}

impl Journey<'_> {
    fn go(&self, path: &str) {
        self.window.go(&format!("{}{path}", self.app.url));
        self.look();
    }

    fn follow(&self, words: &str) {
        self.window.follow(words);
        self.look();
    }

    fn send(&self, form: &str) {
        self.window
            .click(&format!("main form[action$='{form}'] button"));
        self.look();
    }

    fn sign_in(&self, email: &str) {
        self.go("/sign-in");
        self.window.fill("input[name=email]", email);
        self.window.fill("input[name=password]", PASSWORD);
        self.send("/sign-in");
    }

    /// What was sent is not right yet, or what was opened is not there; the console complains of that alone.
    fn is_refused(&self, status: u16) {
        let until = Instant::now() + PATIENCE;
        let mut told = self.window.complaints();
        // A busy browser writes on its console after the page is open.
        while told.is_empty() && Instant::now() < until {
            told = self.window.complaints();
        }
        let expected = format!("status of {status} ");
        assert!(told.len() == 1 && told[0].contains(&expected), "{told:?}");
        self.look();
    }

    fn fill(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.window.fill(&format!("main [name={name}]"), text);
        }
    }

    fn choose(&self, name: &str, value: &str) {
        let css = format!("main input[name={name}][value={value}]");
        self.window.click(&css);
    }

    /// Answers a question and goes on to the next page, which is this one.
    fn on_to(&self, path: &str) {
        self.window.click(CONTINUE);
        self.look();
        self.is_at(path);
    }

    /// Where the window is, without what stands after the path.
    fn path(&self) -> String {
        let url = self.window.url();
        let path = url.strip_prefix(&self.app.url).expect("a page of ours");
        path.split(['?', '#']).next().unwrap_or_default().to_owned()
    }

    fn is_at(&self, path: &str) {
        let here = self.path();
        assert!(here.starts_with(path), "{here} is not {path}");
    }

    /// What holds of every page.
    fn look(&self) {
        let here = format!("{} at {}", self.window.url(), self.width);
        let told = self.window.complaints();
        assert!(told.is_empty(), "{here} complains: {told:#?}");
        assert!(!self.window.title().trim().is_empty(), "{here}: no title");
        for (question, what) in QUESTIONS {
            let found = self.window.ask(question);
            assert_eq!(found, Value::Array(Vec::new()), "{here}: {what}");
        }
        self.keep_a_picture();
        self.skip_link_works(&here);
    }

    /// With `HEARTH_TEST_PICTURES`, a folder, every page that was looked at is kept there.
    fn keep_a_picture(&self) {
        let Some(folder) = std::env::var_os("HEARTH_TEST_PICTURES") else {
            return;
        };
        let name = self
            .path()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let file = format!("{name}-{}.png", self.width);
        self.window.picture(&Path::new(&folder).join(file));
    }

    fn skip_link_works(&self, here: &str) {
        self.window.ask(BEGIN_AT_THE_TOP);
        self.window.press(TAB);
        let words = self.window.ask("return document.activeElement.innerText");
        assert_eq!(words, "Skip to main content", "{here}: the first stop");
        self.window.press(ENTER);
        let focused = self.window.ask("return document.activeElement.id");
        assert_eq!(focused, "main-content", "{here}: where the skip link leads");
    }
}

/// A browser goes on from where the last skip link led, even on the next page.
const BEGIN_AT_THE_TOP: &str = "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex');";

const CONTINUE: &str = "main form[method=post]:not(td form) button:not([name])";

/// Questions whose answer is a list of defects, and what they are.
const QUESTIONS: &[(&str, &str)] = &[
    (
        "const n = document.querySelectorAll('h1').length; return n === 1 ? [] : [n];",
        "not exactly one h1",
    ),
    (
        "if (document.documentElement.scrollWidth <= window.innerWidth) return [];
         return [...document.querySelectorAll('body *')]
             .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML.slice(0, 120));",
        "wider than the window",
    ),
    (
        "return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
             .filter(e => !e.labels.length && !e.ariaLabel).map(e => e.outerHTML);",
        "fields without a label",
    ),
    (
        "const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
         return ids.filter((id, at) => ids.indexOf(id) !== at);",
        "ids used twice",
    ),
    (
        "return [...document.querySelectorAll('[aria-describedby], [aria-labelledby], [for]')]
             .flatMap(e => ['aria-describedby', 'aria-labelledby', 'for'].flatMap(a => (e.getAttribute(a) || '').split(/\\s+/)))
             .filter(id => id && !document.getElementById(id));",
        "names of things that are not there",
    ),
    (
        "return [...document.querySelectorAll('a, button')].filter(e => !e.innerText.trim() && !e.ariaLabel)
             .map(e => e.outerHTML);",
        "links and buttons without words",
    ),
    (
        "return performance.getEntriesByType('resource').map(e => e.name)
             .filter(name => new URL(name).origin !== location.origin);",
        "third parties",
    ),
];

#[test]
fn a_page_that_is_not_there() {
    let app = TestApp::start();
    at_every_size(&app, |journey| {
        journey.window.go(&format!("{}/nothing-here", app.url));
        journey.is_refused(404);
        assert_eq!(journey.window.text("h1"), "Page not found");
    });
}

#[test]
fn an_officer_opens_the_days_work_the_register_and_a_child() {
    let app = TestApp::start();
    let ada = child(&app, OFFICER, "Ada Mary", "Field", "2015-04-03");
    child(
        &app,
        OFFICER,
        "Wilhelmina",
        "Featherstonehaugh-Cholmondeley",
        "2014-02-01",
    );
    allocate(&app, &ada, OFFICER);
    sweep(&app, OFFICER);
    at_every_size(&app, |journey| {
        journey.sign_in(OFFICER);
        journey.is_at("/work");
        journey.go("/children");
        journey.follow("Field, Ada");
        journey.is_at(&ada.path(""));
        journey.go(&ada.path("/timeline"));
        journey.window.fill("#site-search", "Field");
        journey.window.click(".hearth-search button");
        journey.look();
        journey.is_at("/search");
        assert!(journey.window.text("main").contains("Ada"));
    });
}

#[test]
fn a_parent_notifies() {
    let app = TestApp::start();
    at_every_size(&app, |journey| {
        journey.go("/");
        journey.follow("Ashdale Council");
        journey.fill(&[("email", &format!("sam.{}@home.example", journey.width))]);
        journey.on_to("/notify/991/sent");
        journey.go(&link_in_mail(&app));
        journey.on_to("/family/notify/you");
        journey.window.click(CONTINUE);
        journey.is_refused(422);
        assert!(journey.window.text(".govuk-error-summary").contains("name"));
        journey.fill(&[("name", "Sam Parent")]);
        journey.on_to("/family/notify/address");
        journey.fill(&[
            ("line_1", "12 Hill Road"),
            ("town", "Ashdale"),
            ("postcode", "aa3 1ab"),
        ]);
        journey.on_to("/family/notify/children/1/name");
        journey.fill(&[("given_names", "Ada Mary"), ("family_name", "Byron")]);
        journey.on_to("/family/notify/children/1/born");
        journey.fill(&[
            ("born-day", "4"),
            ("born-month", "4"),
            ("born-year", "2015"),
        ]);
        journey.on_to("/family/notify/children/1/sex");
        journey.on_to("/family/notify/children/1/you");
        journey.choose("relationship", "mother");
        journey.on_to("/family/notify/children/1/home");
        journey.choose("home", "with_me");
        journey.on_to("/family/notify/children/1/school");
        journey.on_to("/family/notify/children/1/reason");
        journey.on_to("/family/notify/children");
        journey.choose("another", "no");
        journey.on_to("/family/notify/contact");
        journey.on_to("/family/notify/answers");
        journey.on_to("/family/notifications/");
        assert_eq!(journey.window.text("h1"), "Notification received");
        journey.go("/family");
    });
}

/// Every page there is that needs no record, and every page of a record.
#[test]
fn every_page_of_an_officer_holds_at_every_size() {
    let records = Records::new();
    at_every_size(&records.app, |journey| {
        journey.sign_in(MANAGER);
        for route in TABLE.iter().filter(|route| {
            route.method == "GET" && matches!(route.who, Who::Officer | Who::Manager)
        }) {
            journey.go(&records.address(route));
        }
    });
}

#[test]
fn every_page_for_everybody_holds_at_every_size() {
    let records = Records::new();
    at_every_size(&records.app, |journey| {
        for route in TABLE
            .iter()
            .filter(|route| route.method == "GET" && route.who == Who::Anybody)
        {
            journey.go(&records.address(route));
        }
    });
}
