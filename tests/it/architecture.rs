//! The house as tests: which room may use which, and where SQL may stand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hearth::rules::policy::PolicyKey;

use self::house::{House, Named, named, place_of};
use self::tokens::{tokens, without_tests};

mod house;
mod tokens;

/// The rooms from left to right; a room uses only those to its left.
const ROOMS: &[&str] = &[
    "config", "clock", "rules", "db", "mail", "access", "register", "policy", "duty", "tier",
    "visit", "standing", "intake", "returns", "desk", "proof", "shipped", "backup", "jobs", "web",
    "commands",
];

#[test]
fn a_room_uses_only_the_rooms_to_its_left() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(own) = room_of(&file).and_then(|room| place(&room)) else {
            continue;
        };
        let source = fs::read_to_string(&file).unwrap();
        for named in named(&tokens(&source), &place_of(&file)) {
            let used = named.place.first().filter(|_| named.from_root);
            if used
                .and_then(|room| place(room))
                .is_some_and(|used| used > own)
            {
                wrong.push(format!("{}: {}", file.display(), named.place.join("::")));
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
fn inside_a_room_no_modules_use_each_other_in_a_circle() {
    let circles = House::of(&sources()).circles();
    assert!(circles.is_empty(), "these use each other: {circles:#?}");
}

#[test]
fn a_circle_is_found_through_stores_private_modules_and_what_is_handed_on() {
    let house = |b: &str| {
        House::of_sources(
            [
                ("room", "mod a; mod b; pub mod c; mod store; pub use a::Thing;"),
                ("room::a", "mod inner; pub struct Thing; #[cfg(test)] mod tests { use super::super::c; fn t() { c::f() } }"),
                ("room::a::inner", "use super::super::{b, store}; fn f() { b::f(); store::a::read(); }"),
                ("room::store", "pub(super) mod a;"),
                ("room::store::a", "use super::super::a::Thing; use crate::other::d;"),
                ("room::b", b),
                ("room::c", "use super::a::Thing;"),
                ("other::d", "use crate::room::b; fn f() { b::f() }"),
            ]
            .map(|(place, source)| (place_in_words(place), source.to_owned())),
        )
    };
    let circle: Vec<BTreeSet<String>> = vec![["room::a", "room::b"].map(str::to_owned).into()];
    for uses in [
        "use crate::room::Thing;",
        "fn f() -> super::Thing {}",
        "use super::store; fn f() { store::a::read() }",
        "use super::{\n    a::inner,\n}; fn f() { inner::f() }",
    ] {
        assert_eq!(house(uses).circles(), circle, "{uses}");
    }
    for does_not in [
        "use super::store;",
        "pub use super::a::Thing;",
        "// super::a::f()",
        "use super::c;",
    ] {
        assert_eq!(
            house(does_not).circles(),
            Vec::<BTreeSet<String>>::new(),
            "{does_not}"
        );
    }
}

fn place_in_words(names: &str) -> Vec<String> {
    names.split("::").map(str::to_owned).collect()
}

/// What a test says that looks at paths is worth as much as its eyes.
#[test]
fn paths_are_seen_however_they_are_written() {
    let place = place_in_words;
    let source = r##"
        //! crate::in_a_comment::A
        use crate::{
            access::{Viewer, audit::{self, Event}},
            web as pages,
        };
        pub(super) use super::super::jobs::*;
        /* crate::in_a /* nested */ comment::A */
        fn f<'a>(c: char, x: impl Fn(&'a str) -> crate::db::Conn) {
            let s = "crate::in_a_text::A"; let t = r#"say "crate::in_a_text::A""#;
            if c == '"' || c == '\'' { super::check::owe(); self::of::<crate::mail::Letter>() }
        }
        mod inner { fn g() { super::super::lapse::open() } }
        #[cfg(test)]
        #[allow(dead_code)]
        mod tests { use super::*; fn t() { crate::intake::receive() } }
        fn h() { hearth::rules::age() }
    "##;
    let all = tokens(source);
    let found = |tokens: &[String]| -> Vec<String> {
        let named = named(tokens, &place("checks::outcome"));
        let from_root = named.iter().filter(|named| named.from_root);
        from_root.map(|named| named.place.join("::")).collect()
    };
    let mut seen = vec![
        "access::Viewer",
        "access::audit",
        "access::audit::Event",
        "web",
        "jobs",
        "db::Conn",
        "checks::check::owe",
        "checks::outcome::of",
        "mail::Letter",
        "checks::lapse::open",
        "checks::outcome",
        "intake::receive",
        "rules::age",
    ];
    assert_eq!(found(&all), seen);
    seen.retain(|path| !["checks::outcome", "intake::receive"].contains(path));
    assert_eq!(found(&without_tests(&all)), seen);
    let pages = Named {
        place: place("web"),
        from_root: true,
        taken: Some(("pages".to_owned(), false)),
    };
    assert!(named(&all, &place("checks::outcome")).contains(&pages));
}

/// What somebody may call from another room says what it does; a field needs no comment, so no lint of the compiler will do.
#[test]
fn every_file_says_what_it_is_for_and_every_public_function_what_it_does() {
    let mut silent = Vec::new();
    for file in sources() {
        let source = fs::read_to_string(&file).unwrap();
        if !source.starts_with("//!") {
            silent.push(file.display().to_string());
        }
        if is_test(&file) || file.ends_with("store.rs") || is_below(&file, &["store", "commands"]) {
            continue;
        }
        let lines: Vec<&str> = source.lines().map(str::trim).collect();
        let lines = lines.split(|line| *line == "mod tests {").next().unwrap();
        for (at, line) in lines.iter().enumerate() {
            if is_public_function(line) && !has_comment(&lines[..at]) {
                silent.push(format!("{}:{}: {line}", file.display(), at + 1));
            }
        }
    }
    assert!(silent.is_empty(), "no word of:\n{}", silent.join("\n"));
}

fn is_public_function(line: &str) -> bool {
    ["pub fn ", "pub async fn ", "pub const fn "]
        .iter()
        .any(|begins| line.starts_with(begins))
}

/// Whether the lines before an item end with a comment on it, attributes aside.
fn has_comment(before: &[&str]) -> bool {
    let mut above = before.iter().rev();
    above
        .find(|line| line.starts_with("///") || !is_of_an_attribute(line))
        .is_some_and(|line| line.starts_with("///"))
}

fn is_of_an_attribute(line: &str) -> bool {
    line.starts_with("#[") || line.ends_with(")]") || line.ends_with(',')
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
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    is_below(file, &["tests"]) || name.ends_with("tests") || name == "testing"
}

fn is_below(file: &Path, folders: &[&str]) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = folders.iter();
    folders.any(|folder| {
        let below = file.strip_prefix(&root).unwrap_or(file);
        below.components().any(|part| part.as_os_str() == *folder)
    })
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

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
