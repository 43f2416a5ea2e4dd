//! `hearth simulate` in small: the whole of it wants a release build, see docs/architecture.md.

use std::process::{Command, Output};

fn simulate(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command.arg("simulate").args(words).env_clear();
    command.output().unwrap()
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

#[test]
fn in_a_year_in_which_much_goes_wrong_every_promise_holds() {
    // One passes 29 February, the other the change of the clocks in autumn and in spring.
    for (seed, from) in [("1", "2027-12-01"), ("2", "2026-09-01")] {
        let words = [
            "--seed",
            seed,
            "--from",
            from,
            "--children",
            "60",
            "--days",
            "300",
        ];
        let output = simulate(&words);
        let report = said(&output);
        assert!(output.status.success(), "{report}");
        for words in [
            " things done about them",
            " refused;",
            " lapses,",
            " steps told",
            " times.\nMail",
            " taken,",
            " taken without an answer",
            " unanswered",
            " refused for now",
        ] {
            assert!(count(&report, words) > 0, "{words}: {report}");
        }
    }
}

#[test]
fn a_seed_is_a_history() {
    let history = |seed| {
        said(&simulate(&[
            "--seed",
            seed,
            "--children",
            "20",
            "--days",
            "90",
        ]))
    };
    assert_eq!(history("5"), history("5"));
    assert_ne!(history("5"), history("6"));
}
