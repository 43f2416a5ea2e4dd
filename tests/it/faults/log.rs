//! Standard error is closed, full or read by nobody.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PATIENCE, Program, full_pipe};

/// It serves, sends mail and ends as if nothing were wrong.
fn goes_on(mut program: Program) {
    let mut browser = program.serving.browser();
    for _ in 0..20 {
        browser.open("/privacy").expect(200);
        browser.open("/nothing-here").expect(404);
    }
    program.must_send_a_mail();
    browser.open("/health/live").expect(200);
    program.must_end();
}

#[test]
fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    goes_on(Program::start(writer, &[]));
}

#[test]
fn a_log_that_is_closed_stops_nothing() {
    let mut command = Command::new("sh");
    let closed = r#"exec "$0" "$@" 2>&-"#;
    command.args(["-c", closed, env!("CARGO_BIN_EXE_hearth")]);
    goes_on(Program::start_as(command, Stdio::inherit(), &[]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_of_logs_stops_nothing() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    goes_on(Program::start(full, &[]));
}

#[test]
fn a_pipe_that_is_full_and_not_read_stops_nothing() {
    let (reader, writer) = full_pipe();
    goes_on(Program::start(writer, &[]));
    drop(reader);
}

#[test]
fn a_structured_log_has_the_reference_of_each_answer_and_nothing_of_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let file = File::create(&path).unwrap();
    let mut program = Program::start(file, &[("HEARTH_LOG_FORMAT", "json")]);
    let mut browser = program.serving.browser();
    let page = browser.open("/privacy?q=Ada+Moss").expect(200);
    let nowhere = browser.open("/children/ada-moss/x").expect(404);
    program.must_end();
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(!log.to_lowercase().contains("moss"), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    for (page, route) in [(page, "/privacy"), (nowhere, "none")] {
        let reference = page.headers["x-request-id"].as_str();
        let line = lines
            .iter()
            .find(|line| line["span"]["reference"] == *reference)
            .unwrap_or_else(|| panic!("no line of {reference}: {log}"));
        assert_eq!(line["route"], *route, "{line}");
        assert_eq!(line["status"], page.status, "{line}");
        assert_eq!(line["method"], "GET", "{line}");
    }
    let last = lines.last().unwrap();
    assert_eq!(
        last["message"], "stopped",
        "what was logged last is written"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_loses_lines_is_trouble_until_it_can_be_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    // Whoever opens it for both waits for nobody, and reads it as far as the writer knows.
    let reader = || File::options().read(true).write(true).open(&path).unwrap();
    let first = reader();
    let writer = File::options().write(true).open(&path).unwrap();
    let settings = [("HEARTH_LOG", "info"), ("TESTING_HEARTH_LOOKS", "1")];
    let program = Program::start(writer, &settings);
    let mut browser = program.serving.browser();
    let mut is_trouble = || {
        browser.open("/nothing-here").expect(404);
        let ready = browser.open("/health/ready");
        ready.text.contains(r#""what":"log""#)
    };
    let mut wait_until = |asked: bool| {
        let until = Instant::now() + PATIENCE;
        while is_trouble() != asked {
            assert!(Instant::now() < until, "trouble is not {asked}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    wait_until(false);
    drop(first);
    wait_until(true);
    let _second = reader();
    wait_until(false);
}
