//! Prometheus itself, from Debian: it understands the alerts, and tells of a fault of the real program while there is one.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::super::browser::Browser;
use super::super::faults::ask_for_a_link;
use super::super::servers::has;
use super::{Measured, free_address, operations};

/// Prometheus, with its figures in a folder of its own.
struct Prometheus {
    process: Child,
    address: String,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Prometheus {
    /// With the settings and the alerts that ship, each second, and with alerts that wait for a second only.
    fn start(folder: &Path, target: &str) -> Self {
        let read = |name: &str| fs::read_to_string(operations("prometheus").join(name)).unwrap();
        let settings = read("prometheus.yml")
            .replace("127.0.0.1:9464", target)
            .replace("15s", "1s");
        assert!(settings.contains(target) && settings.contains("evaluation_interval: 1s"));
        let rules: Vec<String> = read("hearth.rules.yml")
            .lines()
            .map(|line| match line.trim_start().starts_with("for: ") {
                true => "        for: 1s".to_owned(),
                false => line.to_owned(),
            })
            .collect();
        fs::write(folder.join("prometheus.yml"), settings).unwrap();
        fs::write(folder.join("hearth.rules.yml"), rules.join("\n")).unwrap();
        let address = free_address().to_string();
        let mut command = Command::new("prometheus");
        command
            .arg(in_words("config.file", folder.join("prometheus.yml")))
            .arg(in_words("storage.tsdb.path", folder.join("figures")))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self {
            process: command.spawn().unwrap(),
            address,
        }
    }

    /// What it says; nothing while it begins.
    fn ask(&self, path: &str) -> Option<Value> {
        std::net::TcpStream::connect(&self.address).ok()?;
        let mut browser = Browser::new(&format!("http://{}", self.address));
        let page = browser.open(path);
        (page.status == 200).then(|| serde_json::from_str(&page.text).unwrap())
    }

    /// The names of the alerts that are on, each with what it is about.
    fn alerts(&self) -> Option<Vec<(String, String)>> {
        let said = self.ask("/api/v1/alerts")?;
        let alerts = said["data"]["alerts"].as_array()?.iter();
        let firing = alerts.filter(|it| it["state"] == "firing");
        let word = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        Some(
            firing
                .map(|it| &it["labels"])
                .map(|it| (word(&it["alertname"]), word(&it["what"])))
                .collect(),
        )
    }

    fn reaches_hearth(&self) -> bool {
        let up = self.ask("/api/v1/query?query=up%7Bjob%3D%22hearth%22%7D");
        up.is_some_and(|said| said["data"]["result"][0]["value"][1] == "1")
    }
}

fn in_words(setting: &str, path: impl AsRef<Path>) -> String {
    format!("--{setting}={}", path.as_ref().display())
}

#[test]
fn promtool_understands_the_alerts_and_each_comes_when_it_should() {
    if !has("promtool") {
        return;
    }
    for words in [
        ["check", "rules", "hearth.rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "hearth.rules.test.yml"],
    ] {
        let mut command = Command::new("promtool");
        command.args(words).current_dir(operations("prometheus"));
        let done = command.output().unwrap();
        assert!(done.status.success(), "{words:?}: {done:?}");
    }
    must_be_complete();
}

/// Every alert waits, says how bad it is and what to do, and is proved.
fn must_be_complete() {
    let rules = fs::read_to_string(operations("prometheus/hearth.rules.yml")).unwrap();
    let proofs = fs::read_to_string(operations("prometheus/hearth.rules.test.yml")).unwrap();
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 10, "{}", alerts.len());
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for part in ["for: ", "severity: ", "summary: ", "description: "] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
        let proof = format!("alertname: {name}\n        exp_alerts:\n");
        assert!(proofs.contains(&proof), "{name} is not proved");
    }
}

#[test]
fn prometheus_tells_that_the_thread_that_sends_mail_died_until_it_works_again() {
    if !has("prometheus") {
        return;
    }
    let measured = Measured::start();
    let folder = measured.folder.path();
    let prometheus = Prometheus::start(folder, &measured.metrics.to_string());
    let is_on = |name: &str, what: &str| {
        let alerts = prometheus.alerts().unwrap_or_default();
        alerts.contains(&(name.to_owned(), what.to_owned()))
    };
    let scene = &measured.scene;
    scene.wait_until("Prometheus asks", || prometheus.reaches_hearth());
    // Until it has asked for the first time it misses Hearth.
    scene.wait_until("all is well", || prometheus.alerts() == Some(Vec::new()));
    let kill = folder.join("kill");
    fs::write(&kill, "").unwrap();
    ask_for_a_link(&mut scene.browser(), "parent@home.example").expect(200);
    let trouble = || is_on("HearthTrouble", "mail_thread");
    scene.wait_until("the alert", trouble);
    scene.wait_until("its cause", || is_on("HearthThreadRestarts", ""));
    fs::remove_file(&kill).unwrap();
    scene.wait_until("the end of the alert", || {
        prometheus.alerts().is_some() && !trouble()
    });
    scene.wait_until_well();
}
