//! A migration that was released is history: somebody's register has been through it as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// What `sha256sum` wrote, and `sha256sum --check` reads.
const LIST: &str = "tests/files/migrations.sha256";

/// Files by their paths below the project, each with its hash.
type Hashes = BTreeMap<String, String>;

#[test]
fn every_migration_is_listed_and_is_what_was_released() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = listed(&fs::read_to_string(root.join(LIST)).unwrap());
    let mut there = Hashes::new();
    hash(root, &root.join("migrations"), &mut there);
    assert!(there.len() >= 8, "both databases, up and down: {there:?}");
    let wrong = wrong(&listed, &there);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_changed_is_gone_or_is_not_listed_is_found() {
    let of = |files: &[(&str, &str)]| -> Hashes {
        let files = files.iter();
        files.map(|(p, h)| ((*p).into(), (*h).into())).collect()
    };
    let held = listed("aa  migrations/1/up.sql\nbb  migrations/1/down.sql\n");
    let same = [
        ("migrations/1/up.sql", "aa"),
        ("migrations/1/down.sql", "bb"),
    ];
    assert_eq!(wrong(&held, &of(&same)), Vec::<String>::new());
    let other = [("migrations/1/up.sql", "cc"), ("migrations/2/up.sql", "dd")];
    let found = wrong(&held, &of(&other));
    let about = |words: &str| found.iter().filter(|said| said.starts_with(words)).count();
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(about("migrations/1/down.sql is gone"), 1, "{found:?}");
    assert_eq!(about("migrations/1/up.sql was changed"), 1, "{found:?}");
    assert_eq!(about("migrations/2/up.sql is not listed"), 1, "{found:?}");
}

fn wrong(listed: &Hashes, there: &Hashes) -> Vec<String> {
    let history =
        "a migration that was released is history: put it back as it was, and add a new one";
    let mut wrong = Vec::new();
    for (path, hash) in listed {
        match there.get(path) {
            None => wrong.push(format!("{path} is gone: {history}")),
            Some(other) if other != hash => wrong.push(format!("{path} was changed: {history}")),
            Some(_) => {}
        }
    }
    let new = there.keys().filter(|path| !listed.contains_key(*path));
    wrong.extend(new.map(|path| format!("{path} is not listed: sha256sum {path} >>{LIST}")));
    wrong
}

fn listed(text: &str) -> Hashes {
    let lines = text.lines().map(|line| line.split_once("  ").unwrap());
    lines
        .map(|(hash, path)| (path.to_owned(), hash.to_owned()))
        .collect()
}

fn hash(root: &Path, folder: &Path, into: &mut Hashes) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hash(root, &path, into);
            continue;
        }
        let digest = Sha256::digest(fs::read(&path).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let below = path.strip_prefix(root).unwrap().display().to_string();
        into.insert(below.replace('\\', "/"), digest);
    }
}
