//! The house as tests: which room may use which, and where SQL may stand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hearth::rules::policy::PolicyKey;

/// The rooms from left to right; a room uses only those to its left.
const ROOMS: &[&str] = &[
    "config", "clock", "rules", "db", "mail", "access", "register", "policy", "duty", "tier",
    "visit", "standing", "intake", "returns", "desk", "proof", "jobs", "web",
];

#[test]
fn a_room_uses_only_the_rooms_to_its_left() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(own) = room_of(&file).and_then(|room| place(&room)) else {
            continue;
        };
        for (number, line) in code_lines(&file) {
            for used in rooms_named(&line) {
                if place(&used).is_some_and(|used| used > own) {
                    wrong.push(format!("{}:{number}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "rooms to the right are used:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn diesel_is_spoken_only_in_stores() {
    let mut wrong = Vec::new();
    for file in sources() {
        let path = file.to_string_lossy().replace('\\', "/");
        if path.contains("src/db/") || path.ends_with("store.rs") || path.contains("/store/") {
            continue;
        }
        for (number, line) in code_lines(&file) {
            if line.contains("diesel::") || line.contains("db::schema") {
                wrong.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "SQL outside the stores:\n{}",
        wrong.join("\n")
    );
}

/// A policy that nothing counts with would look as if Hearth kept it, so each key is read by some code or says that it is not.
#[test]
fn each_policy_is_read_or_says_that_it_is_not() {
    let read: BTreeSet<String> = sources()
        .into_iter()
        .filter(|file| !is_about_all_policies(file) && !is_test(file))
        .flat_map(|file| keys_named(&file))
        .collect();
    for key in PolicyKey::ALL {
        let variant = format!("{key:?}");
        assert_eq!(
            key.is_read(),
            read.contains(&variant),
            "PolicyKey::is_read is wrong about {variant}"
        );
    }
}

/// What treats every key alike: the values, their bounds, their changes.
fn is_about_all_policies(file: &Path) -> bool {
    file.to_string_lossy().contains("rules/policy/")
}

fn is_test(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs")
}

/// The policies that the code before a file's tests names.
fn keys_named(file: &Path) -> Vec<String> {
    let lines = code_lines(file).into_iter().map(|(_, line)| line);
    let code: String = lines.take_while(|line| line != "mod tests {").collect();
    let named = code.split("PolicyKey::").skip(1);
    named.map(first_word).collect()
}

#[test]
fn only_the_clock_reads_a_clock() {
    let mut wrong = Vec::new();
    for file in sources() {
        if file.ends_with("clock.rs") {
            continue;
        }
        for (number, line) in code_lines(&file) {
            if [
                "Utc::now",
                "Local::now",
                "SystemTime::now",
                "CURRENT_TIMESTAMP",
            ]
            .iter()
            .any(|c| line.contains(c))
            {
                wrong.push(format!("{}:{number}: {}", file.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "clocks are read:\n{}", wrong.join("\n"));
}

#[test]
fn rules_know_neither_database_nor_web() {
    for file in sources()
        .into_iter()
        .filter(|file| room_of(file).as_deref() == Some("rules"))
    {
        let text = fs::read_to_string(&file).unwrap();
        for foreign in ["diesel", "actix", "tokio", "lettre", "askama"] {
            assert!(
                !text.contains(&format!("{foreign}::")),
                "{} uses {foreign}",
                file.display()
            );
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 20, "the sources are there");
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn room_of(file: &Path) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = file.strip_prefix(root).ok()?.components().next()?;
    Some(
        first
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned(),
    )
}

fn place(room: &str) -> Option<usize> {
    ROOMS.iter().position(|r| *r == room)
}

/// Lines without comments, with their numbers.
fn code_lines(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line.to_owned()))
        .collect()
}

fn rooms_named(line: &str) -> Vec<String> {
    line.match_indices("crate::")
        .flat_map(|(at, _)| {
            let rest = &line[at + 7..];
            match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(first_word).collect::<Vec<_>>(),
                None => vec![first_word(rest)],
            }
        })
        .collect()
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
