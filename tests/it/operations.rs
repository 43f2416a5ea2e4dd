//! What whoever watches from outside has: the figures, and in docs/operations the alerts and the board that are made of them.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::browser::Browser;
use super::command_line::{Machine, Said};
use super::faults::Scene;

mod prometheus;

/// All that may stand beside a figure; none of it names a person, an authority or an address.
const LABELS: &[&str] = &[
    "le", "method", "result", "route", "status", "step", "thread", "what",
];

fn operations(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("docs/operations").join(path)
}

/// An address on which nobody listens.
fn free_address() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap()
}

/// A program with its figures; in its folder lie its copies, where it makes any, and what kills a thread.
struct Measured {
    scene: Scene,
    metrics: SocketAddr,
    makes_copies: bool,
    folder: tempfile::TempDir,
}

impl Measured {
    fn start() -> Self {
        let (metrics, folder) = (free_address(), tempfile::tempdir().unwrap());
        let kill = folder.path().join("kill");
        let kills = format!("mail_thread={}", kill.display());
        let bind = metrics.to_string();
        let copies = folder.path().join("copies");
        std::fs::create_dir(&copies).unwrap();
        let copies = copies.display().to_string();
        let mut settings = vec![
            ("HEARTH_METRICS_BIND", bind.as_str()),
            ("TESTING_HEARTH_KILLS", &kills),
        ];
        let makes_copies = std::env::var_os("HEARTH_TEST_POSTGRES").is_none();
        if makes_copies {
            settings.push(("HEARTH_BACKUP_FOLDER", &copies));
        }
        Self {
            scene: Scene::start_with(&settings),
            metrics,
            makes_copies,
            folder,
        }
    }

    fn figures(&self) -> String {
        let mut browser = Browser::new(&format!("http://{}", self.metrics));
        browser.open("/metrics").expect(200).text
    }

    fn wait_for_figure(&self, figure: &str) {
        self.scene.wait_until(figure, || {
            self.figures().lines().any(|line| line.starts_with(figure))
        });
    }
}

/// The names of all figures that are given.
fn given(figures: &str) -> BTreeSet<String> {
    let types = figures.lines().filter_map(|it| it.strip_prefix("# TYPE "));
    types
        .map(|it| it.split(' ').next().unwrap().to_owned())
        .collect()
}

/// The figures that a text names, without the endings by which a histogram is asked.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter| !is_part(letter));
    let figures = words.filter(|it| it.starts_with("hearth_") || it.starts_with("process_"));
    let whole = |it: &str| {
        ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|ending| it.strip_suffix(ending))
            .unwrap_or(it)
            .to_owned()
    };
    figures.map(whole).collect()
}

/// All that a board asks.
fn questions(board: &Value, found: &mut Vec<String>) {
    match board {
        Value::Array(parts) => parts.iter().for_each(|it| questions(it, found)),
        Value::Object(parts) => {
            for (name, part) in parts {
                match part.as_str() {
                    Some(question) if name == "expr" => found.push(question.to_owned()),
                    _ => questions(part, found),
                }
            }
        }
        _ => {}
    }
}

fn board() -> Value {
    let text = std::fs::read_to_string(operations("grafana/hearth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_alerts_and_the_board_name_figures_that_the_program_gives() {
    let measured = Measured::start();
    let mut visitor = measured.scene.browser();
    visitor.open("/children/ada-moss?q=Ada+Moss");
    visitor.open("/ada-moss").expect(404);
    let mut stranger = measured.scene.serving.connect();
    let made_up = "MOSS /privacy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stranger.write_all(made_up.as_bytes()).unwrap();
    stranger.read_to_string(&mut String::new()).unwrap();
    measured.wait_for_figure("hearth_sweep_age_seconds");
    if measured.makes_copies {
        measured.wait_for_figure("hearth_backup_age_seconds");
    }
    let figures = measured.figures();
    let mut given = given(&figures);
    for name in &given {
        let help = format!("# HELP {name} ");
        assert!(figures.contains(&help), "{name} is not explained");
    }
    let first = [
        r#"hearth_request_seconds_count{route="/children/{reference}",method="GET",status="303"} 1"#,
        r#"hearth_request_seconds_count{route="(none)",method="GET",status="404"} 1"#,
        r#"hearth_mail_total{result="dead"} 0"#,
        r#"hearth_thread_restarts_total{thread="mail_thread"} 0"#,
        r#"hearth_trouble{what="log"} 0"#,
        "hearth_database_answers 1",
        "hearth_log_lines_lost_total 0",
    ];
    for line in first {
        assert!(figures.contains(line), "no {line} in {figures}");
    }
    must_name_nobody(&figures);
    if !measured.makes_copies {
        given.insert("hearth_backup_age_seconds".to_owned());
    }
    let rules = std::fs::read_to_string(operations("prometheus/hearth.rules.yml")).unwrap();
    let unknown: Vec<_> = named(&rules).difference(&given).cloned().collect();
    assert!(unknown.is_empty(), "the alerts name {unknown:?}");
    let mut asked = Vec::new();
    questions(&board(), &mut asked);
    assert_eq!(
        named(&asked.join("\n")),
        given,
        "the board shows every figure"
    );
}

fn must_name_nobody(figures: &str) {
    assert!(!figures.to_lowercase().contains("moss"), "{figures}");
    for line in figures.lines().filter(|it| !it.starts_with('#')) {
        let Some((_, labels)) = line.split_once('{') else {
            continue;
        };
        for label in labels.split("=\"").map(|it| it.rsplit(['"', ',']).next()) {
            let label = label.unwrap_or_default();
            let is_last = label.starts_with('}') || label.is_empty();
            assert!(is_last || LABELS.contains(&label), "{label} in {line}");
        }
    }
}

#[test]
fn an_address_for_the_figures_that_is_taken_is_refused_at_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let machine = Machine::new();
    let mut command = machine.command(&["serve"]);
    command
        .env("HEARTH_BIND", "127.0.0.1:0")
        .env("HEARTH_METRICS_BIND", address.to_string());
    let said = Said::of(command.output().unwrap());
    let words = format!("{address} cannot be listened on");
    assert!(said.err.contains(&words), "{}", said.err);
    said.complains("or set HEARTH_METRICS_BIND to another port");
}
