//! The documents name only what is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of a Maildir, which the manual tells of.
const OF_OTHERS: &[&str] = &["new/", "cur/"];

#[test]
fn every_file_and_module_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let there = paths(root);
    let mut missing = Vec::new();
    for document in documents(root) {
        for name in names(&fs::read_to_string(&document).unwrap()) {
            if !is_there(&name, &there, root) {
                missing.push(format!("{}: {name}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "not there:\n{}", missing.join("\n"));
}

fn documents(root: &Path) -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/decisions", "docs/operations"].map(|folder| root.join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    // What changed long ago may name what is gone.
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .filter(|path| path.file_name().is_some_and(|it| it != "CHANGELOG.md"))
        .collect()
}

/// What stands between backticks and is a file, a folder or a path of modules; what has a placeholder in it names none.
fn names(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_name = |name: &&str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
        name.chars().all(is_plain) && !name.contains("NNNN") && !name.contains("KIND")
    };
    let is_path = |name: &&str| {
        [".rs", ".html", ".md", ".csv", ".sql", ".toml", "/"]
            .iter()
            .any(|end| name.ends_with(end))
            || name.contains("::")
    };
    quoted
        .filter(is_name)
        .filter(is_path)
        .filter(|name| !name.starts_with('/') && !OF_OTHERS.contains(name))
        .map(str::to_owned)
        .collect()
}

/// A file or folder may be named without the folders above it.
fn is_there(name: &str, there: &BTreeSet<String>, root: &Path) -> bool {
    if !name.contains("::") {
        let end = format!("/{}", name.trim_end_matches('/'));
        return there.iter().any(|path| path.ends_with(&end));
    }
    let mut module = root.join("src");
    for part in name.split("::") {
        let below = module.join(part);
        if below.is_dir() || below.with_extension("rs").is_file() {
            module = below;
            continue;
        }
        return module == root.join("src") || says(&module, part);
    }
    true
}

/// Whether the file of a module has a name in it.
fn says(module: &Path, name: &str) -> bool {
    [module.with_extension("rs"), module.join("mod.rs")]
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .any(|source| source.contains(name))
}

/// Every file and folder of the project, below its root.
fn paths(root: &Path) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default();
            if name == "target" || name == ".git" || name == "node_modules" {
                continue;
            }
            let below = path.strip_prefix(root).unwrap();
            paths.insert(format!("/{}", below.display()));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    paths
}
