//! A small WebDriver client: what a test needs to sit before a real browser, in the words of the W3C standard.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The key that moves from one thing on a page to the next.
pub const TAB: &str = "\u{e004}";
/// The key that follows a link or sends a form.
pub const ENTER: &str = "\u{e007}";

/// A browser window with a profile of its own; it closes when the test is over.
pub struct Window {
    agent: ureq::Agent,
    session: String,
    _profile: TempDir,
}

impl Window {
    /// Opens a window through the WebDriver at `driver`.
    pub fn open(driver: &str) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let profile = tempfile::tempdir().expect("a folder");
        let capabilities = capabilities(&profile);
        let url = format!("{}/session", driver.trim_end_matches('/'));
        let opened = send(&agent, "POST", &url, &capabilities);
        let id = opened["sessionId"].as_str().expect("a session");
        Self {
            session: format!("{url}/{id}"),
            agent,
            _profile: profile,
        }
    }

    /// Makes the page this large, in CSS pixels; windows themselves cannot be as narrow as a phone.
    pub fn resize(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.post("goog/cdp/execute", &command);
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        self.get("url").as_str().expect("an address").to_owned()
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.get("title").as_str().expect("a title").to_owned()
    }

    /// The words of the first thing that a selector finds.
    pub fn text(&self, css: &str) -> String {
        let text = self.get(&format!("element/{}/text", self.find(css)));
        text.as_str().expect("words").to_owned()
    }

    /// Types into a field, in place of what is there.
    pub fn fill(&self, css: &str, text: &str) {
        let field = self.find(css);
        self.post(&format!("element/{field}/clear"), &json!({}));
        self.post(&format!("element/{field}/value"), &json!({ "text": text }));
    }

    /// Clicks the first thing that a selector finds.
    pub fn click(&self, css: &str) {
        self.post(&format!("element/{}/click", self.find(css)), &json!({}));
    }

    /// Clicks the first link with these words in it.
    pub fn follow(&self, words: &str) {
        let by = json!({ "using": "partial link text", "value": words });
        let link = element(&self.post("element", &by));
        self.post(&format!("element/{link}/click"), &json!({}));
    }

    /// Presses a key, wherever the focus is.
    pub fn press(&self, key: &str) {
        let strokes =
            json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.post("actions", &json!({ "actions": [keyboard] }));
    }

    /// What a script of the test's own returns.
    pub fn ask(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Errors and warnings on the browser's console since it was last asked, refusals of the content policy among them.
    pub fn complaints(&self) -> Vec<String> {
        let told = self.post("se/log", &json!({ "type": "browser" }));
        let lines = told.as_array().expect("lines").iter();
        lines
            .filter(|line| matches!(line["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|line| line["message"].to_string())
            .collect()
    }

    /// Keeps a picture of the page, for a person to look at.
    pub fn picture(&self, file: &Path) {
        let taken = self.get("screenshot");
        let picture = BASE64.decode(taken.as_str().expect("a picture"));
        std::fs::write(file, picture.expect("base64")).expect("a file");
    }

    fn find(&self, css: &str) -> String {
        let by = json!({ "using": "css selector", "value": css });
        element(&self.post("element", &by))
    }

    fn get(&self, command: &str) -> Value {
        let url = format!("{}/{command}", self.session);
        send(&self.agent, "GET", &url, &Value::Null)
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        let url = format!("{}/{command}", self.session);
        send(&self.agent, "POST", &url, body)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let closing = ureq::http::Request::builder()
            .method("DELETE")
            .uri(&self.session);
        let _ = self.agent.run(closing.body(()).expect("a request"));
    }
}

/// Pages may run no scripts of their own, as Hearth needs none; the test's scripts always run.
fn capabilities(profile: &TempDir) -> Value {
    let mut args = vec![format!("--user-data-dir={}", profile.path().display())];
    args.extend(FLAGS.iter().map(|flag| (*flag).to_owned()));
    let chrome = json!({
        "args": args,
        "prefs": { "profile.managed_default_content_settings.javascript": 2 },
    });
    json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": chrome,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "pageLoad": 20_000, "implicit": 0 },
    } } })
}

/// Without a screen, and without a word to anybody but the pages asked for.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

fn element(found: &Value) -> String {
    found[ELEMENT].as_str().expect("an element").to_owned()
}

/// Sends a command; what the driver refuses fails the test, in the driver's words.
fn send(agent: &ureq::Agent, method: &str, url: &str, body: &Value) -> Value {
    let request = ureq::http::Request::builder().method(method).uri(url);
    let answer = if method == "GET" {
        agent.run(request.body(()).expect("a request"))
    } else {
        let request = request.header("content-type", "application/json");
        agent.run(request.body(body.to_string()).expect("a request"))
    };
    let mut answer = answer.unwrap_or_else(|error| panic!("{url}: {error}"));
    let ok = answer.status().is_success();
    let text = answer.body_mut().read_to_string().expect("a body");
    let mut text: Value = serde_json::from_str(&text).expect("JSON");
    let value = text["value"].take();
    assert!(ok, "{url} {body}: {}", value["message"]);
    value
}
