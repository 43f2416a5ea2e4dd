//! The modules of the house, and which of them each one uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::tokens::{starts, tokens, without_tests};

/// The names that lead to a module or to what stands in it, from the root.
pub type Place = Vec<String>;

/// A path that some source names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// As it is written, but for what `crate`, `self` and `super` stand for.
    pub place: Place,
    /// Whether it begins at the root; if not, with a name that is known where it stands.
    pub from_root: bool,
    /// In a `use`: under which name, and whether for others too.
    pub taken: Option<(String, bool)>,
}

/// All modules of the source, without their tests.
pub struct House {
    modules: BTreeMap<Place, Module>,
}

struct Module {
    named: Vec<Named>,
    /// The modules in it that nobody else may use.
    private: BTreeSet<String>,
}

impl House {
    pub fn of(files: &[PathBuf]) -> Self {
        let files = files.iter().filter(|file| !super::is_test(file));
        Self::of_sources(files.map(|file| (place_of(file), fs::read_to_string(file).unwrap())))
    }

    /// As [`House::of`], of modules by their places.
    pub fn of_sources(sources: impl IntoIterator<Item = (Place, String)>) -> Self {
        let modules = sources.into_iter().map(|(place, source)| {
            let tokens = without_tests(&tokens(&source));
            let module = Module {
                named: named(&tokens, &place),
                private: private_modules(&tokens),
            };
            (place, module)
        });
        Self {
            modules: modules.collect(),
        }
    }

    /// Modules of one room that use each other in a circle, each circle in the order of the alphabet: with the modules that are
    /// private to one counted as part of it, and beside each other.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        let mut circles = Self::circles_in(&self.uses(|place| self.unit(place)));
        let alone = Self::circles_in(&self.uses(Self::alone));
        let is_new = |circle: &BTreeSet<String>| {
            let units = circle.iter().map(|module| {
                let place: Place = module.split("::").map(str::to_owned).collect();
                self.unit(&place)
            });
            !circles.contains(&units.collect())
        };
        let beside: Vec<_> = alone.into_iter().filter(is_new).collect();
        circles.extend(beside);
        circles
    }

    fn circles_in(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
        let reached: BTreeMap<&String, BTreeSet<&String>> =
            uses.keys().map(|from| (from, reach(uses, from))).collect();
        let mut circles: Vec<BTreeSet<String>> = Vec::new();
        for from in uses.keys() {
            let comes_back = |to: &&&String| reached.get(**to).is_some_and(|it| it.contains(from));
            let circle: BTreeSet<String> = reached[from]
                .iter()
                .filter(comes_back)
                .map(|to| (*to).clone())
                .collect();
            if circle.len() > 1 && !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    /// Who uses whom inside a room, by what counts as one; a module and what stands below it are no two.
    fn uses(&self, unit: impl Fn(&Place) -> String) -> BTreeMap<String, BTreeSet<String>> {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (place, module) in &self.modules {
            let from = unit(place);
            for named in &module.named {
                let Some(to) = self.used(place, named) else {
                    continue;
                };
                let to = unit(&to);
                let is_within = |one: &str, other: &str| {
                    one == other
                        || one
                            .strip_prefix(other)
                            .is_some_and(|it| it.starts_with("::"))
                };
                let is_one = is_within(&from, &to) || is_within(&to, &from);
                if from.split("::").next() == to.split("::").next() && !is_one {
                    uses.entry(from.clone()).or_default().insert(to);
                }
            }
        }
        uses
    }

    /// The module that is used by naming this; none where a module itself is only taken by its name, or handed on.
    fn used(&self, at: &Place, named: &Named) -> Option<Place> {
        if matches!(named.taken, Some((_, true))) {
            return None;
        }
        let (module, is_whole) = self.settle(&self.whole(at, named)?, 0)?;
        (!is_whole || named.taken.is_none()).then_some(module)
    }

    /// A path from the root, where it leads to a module or something in one.
    fn whole(&self, at: &Place, named: &Named) -> Option<Place> {
        if named.from_root {
            return Some(named.place.clone());
        }
        let (first, rest) = named.place.split_first()?;
        let child = [at.as_slice(), std::slice::from_ref(first)].concat();
        if self.modules.contains_key(&child) {
            return Some([child, rest.to_vec()].concat());
        }
        let taken = self.taken(at, first)?;
        Some([taken, rest.to_vec()].concat())
    }

    /// What a module calls by this name because a `use` says so.
    fn taken(&self, at: &Place, name: &str) -> Option<Place> {
        let named = &self.modules.get(at)?.named;
        let named = named
            .iter()
            .find(|named| matches!(&named.taken, Some((taken, _)) if taken == name))?;
        if named.from_root {
            return Some(named.place.clone());
        }
        let child = [at.as_slice(), &named.place].concat();
        self.modules
            .contains_key(&child[..=at.len()])
            .then_some(child)
    }

    /// The module in which something stands, whoever hands it on; and whether it is that module itself.
    fn settle(&self, place: &Place, steps: usize) -> Option<(Place, bool)> {
        let mut module = Place::new();
        for (at, name) in place.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(name)].concat();
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            let handed_on = self.taken(&module, name).filter(|_| steps < 8);
            return match handed_on {
                Some(from) => self.settle(&[from, place[at + 1..].to_vec()].concat(), steps + 1),
                None => (!module.is_empty()).then_some((module, false)),
            };
        }
        Some((module, true))
    }

    /// A module with the SQL of its tables alone.
    fn alone(place: &Place) -> String {
        let is_of_store = |(at, name): &(usize, &String)| *name == "store" && at + 1 < place.len();
        let names = place.iter().enumerate().filter(|it| !is_of_store(it));
        names
            .map(|(_, name)| name.as_str())
            .collect::<Vec<_>>()
            .join("::")
    }

    /// What counts as one: a module of a room with the modules that are private to it, and with the SQL of its tables, which
    /// stands in the `store/` beside it under the same name.
    fn unit(&self, place: &Place) -> String {
        let mut unit = Place::new();
        for (at, name) in place.iter().enumerate() {
            let parent = self.modules.get(&place[..at]);
            if at > 1 && parent.is_some_and(|parent| parent.private.contains(name)) {
                break;
            }
            if name != "store" || at + 1 == place.len() {
                unit.push(name.clone());
            }
        }
        unit.join("::")
    }
}

fn private_modules(tokens: &[String]) -> BTreeSet<String> {
    let is_public = |at: usize| at > 0 && ["pub", ")"].contains(&tokens[at - 1].as_str());
    let declared = tokens.windows(3).enumerate();
    let private = declared.filter(|(at, it)| it[0] == "mod" && it[2] == ";" && !is_public(*at));
    private.map(|(_, it)| it[1].clone()).collect()
}

fn reach<'a>(uses: &'a BTreeMap<String, BTreeSet<String>>, from: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = uses.get(from).into_iter().flatten().collect();
    while let Some(to) = next.pop() {
        if reached.insert(to) {
            next.extend(uses.get(to).into_iter().flatten());
        }
    }
    reached
}

/// Where the module of a file stands.
pub fn place_of(file: &Path) -> Place {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let below = file.strip_prefix(root).unwrap().with_extension("");
    let names = below.iter().map(|name| name.to_string_lossy().into_owned());
    names
        .filter(|name| !["mod", "lib", "main"].contains(&name.as_str()))
        .collect()
}

/// The paths that a module's tokens name.
pub fn named(tokens: &[String], module: &Place) -> Vec<Named> {
    let mut found = Vec::new();
    let mut here = module.clone();
    let mut ends = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        let follows = |mark: &str| tokens.get(at + 1).is_some_and(|next| next == mark);
        let after = |mark: &str| at > 0 && tokens[at - 1] == mark;
        match token.as_str() {
            "{" => {
                depth += 1;
                if at > 1 && tokens[at - 2] == "mod" {
                    here.push(tokens[at - 1].clone());
                    ends.push(depth);
                }
            }
            "}" => {
                if ends.pop_if(|end| *end == depth).is_some() {
                    here.pop();
                }
                depth -= 1;
            }
            "use" if !follows("<") => {
                let for_others = after("pub") || after(")");
                taken(&tokens[at + 1..], Vec::new(), &mut |path, name| {
                    found.extend(placed(&here, path, Some((name, for_others))));
                });
            }
            word if follows("::") && !after("::") && is_name(word) && !is_in_use(tokens, at) => {
                found.extend(placed(&here, path(&tokens[at..]), None));
            }
            _ => {}
        }
    }
    found
}

/// Whether a token stands in a `use`, which is read as a whole.
fn is_in_use(tokens: &[String], at: usize) -> bool {
    let before = tokens[..at].iter().rev();
    let mut before = before.skip_while(|token| {
        is_name(token) && *token != "use" || ["::", "{", "}", ",", "*"].contains(&token.as_str())
    });
    before.next().is_some_and(|token| token == "use")
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The names of a path up to what is no name.
fn path(tokens: &[String]) -> Vec<String> {
    let mut names = vec![tokens[0].clone()];
    let mut rest = &tokens[1..];
    while starts(rest, &["::"]) && rest.get(1).is_some_and(|name| is_name(name)) {
        names.push(rest[1].clone());
        rest = &rest[2..];
    }
    names
}

/// Gives each path of a tree after `use`, with the name under which it is taken; returns what follows the tree.
fn taken<'a>(
    tokens: &'a [String],
    before: Vec<String>,
    give: &mut impl FnMut(Vec<String>, String),
) -> &'a [String] {
    let mut names = before;
    let mut rest = tokens;
    loop {
        match rest {
            [mark, after @ ..] if mark == "::" => rest = after,
            [mark, after @ ..] if mark == "{" => {
                rest = after;
                while !rest.is_empty() && !starts(rest, &["}"]) {
                    rest = taken(rest, names.clone(), give);
                    rest = if starts(rest, &[","]) {
                        &rest[1..]
                    } else {
                        rest
                    };
                }
                return rest.get(1..).unwrap_or_default();
            }
            [mark, after @ ..] if mark == "*" => {
                give(names, "*".to_owned());
                return after;
            }
            [word, name, after @ ..] if word == "as" => {
                give(names, name.clone());
                return after;
            }
            [name, after @ ..] if is_name(name) => {
                if name != "self" || names.is_empty() {
                    names.push(name.clone());
                }
                rest = after;
            }
            _ => {
                let name = names.last().cloned().unwrap_or_default();
                give(names, name);
                return rest;
            }
        }
    }
}

/// A path with `crate`, `self` and `super` replaced by what they stand for.
fn placed(here: &Place, names: Vec<String>, taken: Option<(String, bool)>) -> Option<Named> {
    let (first, rest) = names.split_first()?;
    let (mut place, rest) = match first.as_str() {
        "crate" | "hearth" => (Place::new(), rest),
        "self" => (here.clone(), rest),
        "super" => (here.clone(), &names[..]),
        _ => {
            return Some(Named {
                place: names,
                from_root: false,
                taken,
            });
        }
    };
    for name in rest {
        match name.as_str() {
            "super" => drop(place.pop()),
            name => place.push(name.to_owned()),
        }
    }
    Some(Named {
        place,
        from_root: true,
        taken,
    })
}
