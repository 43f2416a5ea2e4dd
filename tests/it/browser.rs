//! A small browser: it keeps cookies, fills in forms as they stand on the page, and follows where it is led. It runs no
//! script, as Hearth needs none.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use scraper::{ElementRef, Html, Selector};

use super::shared::reading;

/// A browser with its own cookies.
#[derive(Clone)]
pub struct Browser {
    base: String,
    agent: ureq::Agent,
    cookies: Rc<RefCell<BTreeMap<String, String>>>,
}

/// A page as it came.
pub struct Page {
    pub status: u16,
    pub path: String,
    pub text: String,
    pub headers: BTreeMap<String, String>,
}

/// A form of a page, with the values it would send.
pub struct Form {
    action: String,
    method: String,
    fields: Vec<(String, String)>,
    names: Vec<String>,
    strict: bool,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        Self {
            base: base.to_owned(),
            agent,
            cookies: Rc::default(),
        }
    }

    /// Opens an address and follows redirects.
    pub fn open(&mut self, path: &str) -> Page {
        self.follow(path, None)
    }

    /// Sends a form's body to an address and follows redirects.
    pub fn post(&mut self, path: &str, body: &str) -> Page {
        self.follow(path, Some(body))
    }

    /// One request, no redirects, with headers of the test's own.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Page {
        self.request_of_bytes(method, path, body.map(str::as_bytes), headers)
    }

    /// As [`Browser::request`], for a body that is no text.
    pub fn request_of_bytes(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        headers: &[(&str, &str)],
    ) -> Page {
        let url = format!("{}{path}", self.base);
        let mut request = ureq::http::Request::builder().method(method).uri(&url);
        let cookies = self
            .cookies
            .borrow()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>()
            .join("; ");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            Some(body) => {
                if !headers.iter().any(|(name, _)| *name == "content-type") {
                    request = request.header("content-type", "application/x-www-form-urlencoded");
                }
                self.agent
                    .run(request.body(body.to_vec()).expect("a request"))
            }
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        for cookie in answer.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        Page {
            status: answer.status().as_u16(),
            path: path.to_owned(),
            text: answer.body_mut().read_to_string().expect("a body"),
            headers,
        }
    }

    /// Throws a cookie away, or changes it.
    pub fn set_cookie(&mut self, name: &str, value: Option<&str>) {
        let mut cookies = self.cookies.borrow_mut();
        match value {
            Some(value) => cookies.insert(name.to_owned(), value.to_owned()),
            None => cookies.remove(name),
        };
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    fn follow(&mut self, path: &str, body: Option<&str>) -> Page {
        let origin = self.base.clone();
        let mut page = match body {
            Some(body) => {
                let headers = [
                    ("origin", origin.as_str()),
                    ("sec-fetch-site", "same-origin"),
                ];
                self.request("POST", path, Some(body), &headers)
            }
            None => self.request("GET", path, None, &[]),
        };
        for _ in 0..10 {
            if !(300..400).contains(&page.status) {
                return page;
            }
            let to = page.headers.get("location").expect("a place to go").clone();
            let to = to.strip_prefix(&self.base).unwrap_or(&to).to_owned();
            page = self.request("GET", &to, None, &[]);
        }
        panic!("{path} leads round in circles");
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').expect("a cookie");
        let mut cookies = self.cookies.borrow_mut();
        if attributes.to_ascii_lowercase().contains("max-age=0") {
            cookies.remove(name.trim());
        } else {
            cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
}

impl Page {
    /// The page's one h1; more than one, or none, is a defect of any page.
    pub fn h1(&self) -> String {
        let all = self.all("h1");
        assert_eq!(
            all.len(),
            1,
            "{} has {} h1: {}",
            self.path,
            all.len(),
            self.text
        );
        all[0].clone()
    }

    /// The words of everything a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&select(selector)).map(words).collect()
    }

    /// The addresses of links whose words contain `text`.
    pub fn links(&self, text: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&select("a[href]"))
            .filter(|link| words(*link).contains(text))
            .map(|link| link.attr("href").unwrap_or_default().to_owned())
            .collect()
    }

    /// The address of the first link whose words contain `text`.
    pub fn link(&self, text: &str) -> String {
        self.links(text)
            .first()
            .unwrap_or_else(|| panic!("no link {text:?} on {}: {}", self.path, self.words()))
            .clone()
    }

    /// All words of the page's main part.
    pub fn words(&self) -> String {
        self.all("main").join(" ")
    }

    /// The messages of the error summary.
    pub fn errors(&self) -> Vec<String> {
        self.all(".govuk-error-summary__list li")
    }

    /// Asserts a status and gives the page on.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.words());
        self
    }

    /// Asserts that the page says something.
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.words().contains(text),
            "{} does not say {text:?}: {}",
            self.path,
            self.words()
        );
        self
    }

    /// Asserts that the page does not say something, anywhere in it: read as a person reads it, whatever cuts the words.
    pub fn keeps_quiet_about(&self, text: &str) -> &Self {
        assert!(
            !reading::page_mentions(&self.text, text),
            "{} gives away {text:?}",
            self.path
        );
        self
    }

    /// The form that sends to an address ending in `action`.
    pub fn form(&self, action: &str) -> Form {
        let html = Html::parse_document(&self.text);
        let form = html
            .select(&select("form"))
            .find(|form| form.attr("action").unwrap_or(&self.path).ends_with(action))
            .unwrap_or_else(|| {
                panic!(
                    "no form to {action} on {} ({}): {}",
                    self.path,
                    self.status,
                    self.words()
                )
            });
        let mut fields = Vec::new();
        let mut names = Vec::new();
        for field in form.select(&select("input, select, textarea, button[name]")) {
            let Some(name) = field.attr("name") else {
                continue;
            };
            names.push(name.to_owned());
            if let Some(value) = sent_value(field) {
                fields.push((name.to_owned(), value));
            }
        }
        Form {
            action: form.attr("action").unwrap_or(&self.path).to_owned(),
            method: form.attr("method").unwrap_or("get").to_ascii_lowercase(),
            fields,
            names,
            strict: true,
        }
    }
}

impl Form {
    /// Fills a field in; it has to be on the form.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        assert!(
            !self.strict || self.names.iter().any(|n| n == name),
            "no field {name} in {:?}",
            self.names
        );
        self.fields.retain(|(other, _)| other != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Fills the three parts of a date in.
    pub fn set_date(self, name: &str, day: &str, month: &str, year: &str) -> Self {
        self.set(&format!("{name}-day"), day)
            .set(&format!("{name}-month"), month)
            .set(&format!("{name}-year"), year)
    }

    /// The value a field would send.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values that all fields of a name would send, in their order.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let fields = self.fields.iter().filter(|(n, _)| n == name);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// Sends it.
    pub fn send(self, browser: &mut Browser) -> Page {
        let body = serde_urlencoded::to_string(&self.fields).expect("a body");
        if self.method == "get" {
            return browser.open(&format!("{}?{body}", self.action));
        }
        browser.post(&self.action, &body)
    }

    /// Sends it without following where it leads.
    pub fn send_once(self, browser: &mut Browser, headers: &[(&str, &str)]) -> Page {
        let body = serde_urlencoded::to_string(&self.fields).expect("a body");
        browser.request("POST", &self.action, Some(&body), headers)
    }
}

fn sent_value(field: ElementRef<'_>) -> Option<String> {
    let value = || field.attr("value").unwrap_or_default().to_owned();
    match (field.value().name(), field.attr("type").unwrap_or("text")) {
        ("input", "radio" | "checkbox") => field.attr("checked").map(|_| value()),
        ("input", "submit" | "file") | ("button", _) => None,
        ("input", _) => Some(value()),
        ("textarea", _) => Some(field.text().collect::<String>()),
        _ => {
            let options: Vec<_> = field.select(&select("option")).collect();
            let chosen = options
                .iter()
                .find(|o| o.attr("selected").is_some())
                .or(options.first());
            chosen.map(|o| {
                o.attr("value")
                    .map_or_else(|| o.text().collect(), str::to_owned)
            })
        }
    }
}

fn words(element: ElementRef<'_>) -> String {
    element
        .text()
        .collect::<Vec<_>>()
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}
