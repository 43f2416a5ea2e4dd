//! `hearth simulate` in small: the whole of it wants a release build, see docs/simulation.md.

use std::collections::BTreeMap;
use std::process::{Child, Command, Output, Stdio};

fn simulate(words: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command.arg("simulate").args(words).env_clear();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The number before some words of the report.
fn count(report: &str, words: &str) -> u32 {
    let before = report.split(words).next().unwrap();
    let number = before.split_whitespace().next_back().unwrap();
    number.parse().unwrap()
}

/// The table of a report: how often each thing happened.
fn happenings(report: &str) -> BTreeMap<String, u32> {
    let lines = report.lines().skip_while(|line| *line != "What happened:");
    let table = lines.skip(1).take_while(|line| line.starts_with(' '));
    let row = |line: &str| {
        let (number, words) = line.trim().split_once(' ').unwrap();
        (words.to_owned(), number.parse().unwrap())
    };
    table.map(row).collect()
}

/// What is too rare for three times eighty children and half a year; `.ci/run` lives through it with more.
const RARE: &[&str] = &["children who left: died", "children who left: moved abroad"];

/// Each passes something else: 29 February, the change of the clocks in autumn, and in spring with the end of school age.
const HISTORIES: [(&str, &str); 3] = [
    ("4", "2027-12-01"),
    ("6", "2026-09-01"),
    ("3", "2027-01-20"),
];

#[test]
fn whatever_goes_wrong_every_promise_holds_and_all_of_it_did_go_wrong() {
    let begin = |(seed, from)| {
        let size = ["--children", "80", "--days", "200"];
        simulate(&[&["--seed", seed, "--from", from][..], &size].concat())
    };
    let histories = HISTORIES.map(begin);
    let mut happened = BTreeMap::new();
    for history in histories {
        let output = history.wait_with_output().unwrap();
        let report = said(&output);
        assert!(output.status.success(), "{report}");
        for words in [
            " things done about them",
            " refused;",
            " lapses,",
            " steps told",
            " times, and",
            " of its writes were refused",
            " taken,",
            " taken without an answer",
            " unanswered",
            " refused for now",
        ] {
            assert!(count(&report, words) > 0, "{words}: {report}");
        }
        for (words, times) in happenings(&report) {
            *happened.entry(words).or_default() += times;
        }
    }
    assert!(RARE.iter().all(|rare| happened.contains_key(*rare)));
    let never = |(words, times): &(&String, &u32)| **times == 0 && !RARE.contains(&words.as_str());
    let never: Vec<_> = happened.iter().filter(never).collect();
    assert!(never.is_empty(), "never happened: {never:?}");
}

#[test]
fn a_seed_is_a_history() {
    let history = |seed| {
        let child = simulate(&["--seed", seed, "--children", "20", "--days", "90"]);
        said(&child.wait_with_output().unwrap())
    };
    let first = history("5");
    assert!(count(&first, " lists of children sent") > 0, "{first}");
    assert_eq!(first, history("5"));
    assert_ne!(history("5"), history("6"));
}
