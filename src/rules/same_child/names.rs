//! Two names of a child: the same but for case, accents and hyphens, alike for a reason that can be named, or others.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Identity, Reason};
use crate::rules::names::{fold, sound};

/// How two given or two family names stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Same,
    Alike(Likeness),
    Another,
}

/// Why two names that are not the same may be one person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// One of them has a middle name that the other lacks.
    MiddleName,
    /// The first name is the same, the middle names are others.
    OtherMiddleNames,
    /// The same names in another order.
    Order,
    /// What one goes by is the other's name.
    KnownAs,
    /// One goes by a middle name.
    MiddleNameFirst,
    /// One of them is an initial.
    Initial,
    Nickname,
    /// Another spelling of one sound, or of another script.
    Spelling,
    /// One letter is another.
    OneLetter,
    /// One is part of the other: Moss, Moss-Vale.
    Part,
    /// One of them has one name only.
    OneName,
}

impl Name {
    pub(super) fn reason(self, what: &str) -> Reason {
        match self {
            Self::Same => Reason::is(true, format!("the same {what}")),
            Self::Another => Reason::is(false, format!("another {}", one_of(what))),
            Self::Alike(likeness) => {
                Reason::is(false, format!("{what} alike ({})", likeness.in_words()))
            }
        }
    }
}

/// "given names" of which one differs are "another given name".
fn one_of(what: &str) -> &str {
    what.strip_suffix('s').unwrap_or(what)
}

impl Likeness {
    fn in_words(self) -> &'static str {
        match self {
            Self::MiddleName => "a middle name is missing",
            Self::OtherMiddleNames => "other middle names",
            Self::Order => "in another order",
            Self::KnownAs => "what one of them goes by",
            Self::MiddleNameFirst => "one goes by a middle name",
            Self::Initial => "an initial",
            Self::Nickname => "one name for another",
            Self::Spelling => "another spelling",
            Self::OneLetter => "one letter",
            Self::Part => "part of a double name",
            Self::OneName => "only one name",
        }
    }
}

/// The names of a child, folded.
#[derive(Debug)]
pub(super) struct Names {
    given: Vec<String>,
    family: Vec<String>,
    known_as: Vec<String>,
}

impl Names {
    pub(super) fn of(identity: &Identity<'_>) -> Self {
        Self {
            given: words(identity.given_names),
            family: words(identity.family_name),
            known_as: words(identity.known_as.unwrap_or_default()),
        }
    }

    /// The only name of somebody who has one.
    fn only_name(&self) -> Option<&[String]> {
        match (self.given.is_empty(), self.family.is_empty()) {
            (true, false) => Some(&self.family),
            (false, true) => Some(&self.given),
            _ => None,
        }
    }
}

/// The words of a name as they are compared: folded, and other scripts in Latin letters.
fn words(name: &str) -> Vec<String> {
    let folded = fold(name);
    if folded.is_ascii() {
        return folded
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
    }
    let latin: String = folded
        .chars()
        .map(|letter| deunicode::deunicode_char(letter).unwrap_or_default())
        .collect();
    words(&latin)
}

/// How two children's names stand to each other.
pub(super) struct Compared {
    pub(super) given: Name,
    pub(super) family: Name,
    pub(super) changed_about: bool,
}

pub(super) fn compare(one: &Names, other: &Names) -> Compared {
    if let Some((given, family)) = with_one_name(one, other) {
        return Compared {
            given,
            family,
            changed_about: false,
        };
    }
    let given = given(one, other);
    let family = family(&one.family, &other.family);
    let is_alike = given != Name::Another && family != Name::Another;
    let changed_about =
        !is_alike && is_within(&one.given, &other.family) && is_within(&one.family, &other.given);
    Compared {
        given,
        family,
        changed_about,
    }
}

/// Where one of them has a single name, it is the other's only name, one of the other's names, or none of them.
fn with_one_name(one: &Names, other: &Names) -> Option<(Name, Name)> {
    let (single, whole) = match (one.only_name(), other.only_name()) {
        (Some(one), Some(other)) if is_same(one, other) => return Some((Name::Same, Name::Same)),
        (Some(one), Some(other)) => {
            let alike = family(one, other);
            return Some((alike, alike));
        }
        (Some(single), None) => (single, other),
        (None, Some(single)) => (single, one),
        (None, None) => return None,
    };
    let is_among = |names: &[String]| names.iter().any(|name| single.contains(name));
    Some(match is_among(&whole.given) || is_among(&whole.family) {
        true => (
            Name::Alike(Likeness::OneName),
            Name::Alike(Likeness::OneName),
        ),
        false => (Name::Another, Name::Another),
    })
}

/// Written as one or as several words, it is the same: Anne-Marie, Annemarie.
fn is_same(one: &[String], other: &[String]) -> bool {
    let letters = |words: &[String]| words.concat();
    one == other || (!one.is_empty() && letters(one) == letters(other))
}

/// The same, or all of one among the other: one of them may lack a middle name.
fn is_within(one: &[String], other: &[String]) -> bool {
    let within = |some: &[String], others: &[String]| some.iter().all(|word| others.contains(word));
    is_same(one, other) || within(one, other) || within(other, one)
}

fn given(one: &Names, other: &Names) -> Name {
    if is_same(&one.given, &other.given) {
        return Name::Same;
    }
    let (Some(first), Some(other_first)) = (one.given.first(), other.given.first()) else {
        return Name::Another;
    };
    if first == other_first {
        let is_part = is_part_of(&one.given, &other.given) || is_part_of(&other.given, &one.given);
        return Name::Alike(match is_part {
            true => Likeness::MiddleName,
            false => Likeness::OtherMiddleNames,
        });
    }
    match likeness_of_given(one, other) {
        Some(likeness) => Name::Alike(likeness),
        None => Name::Another,
    }
}

/// Whether each of some names, or what it is the initial of, is among the others.
fn is_part_of(some: &[String], others: &[String]) -> bool {
    let is_initial =
        |word: &String| word.len() == 1 && others.iter().any(|other| other.starts_with(word));
    some.iter()
        .all(|word| others.contains(word) || is_initial(word))
}

fn likeness_of_given(one: &Names, other: &Names) -> Option<Likeness> {
    let (first, other_first) = (one.given.first()?, other.given.first()?);
    let sorted = |names: &[String]| {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        sorted
    };
    if sorted(&one.given) == sorted(&other.given) {
        return Some(Likeness::Order);
    }
    let goes_by = |names: &Names, first: &String| names.known_as.contains(first);
    let both_go_by = one
        .known_as
        .iter()
        .any(|name| other.known_as.contains(name));
    if goes_by(one, other_first) || goes_by(other, first) || both_go_by {
        return Some(Likeness::KnownAs);
    }
    if one.given.contains(other_first) || other.given.contains(first) {
        return Some(Likeness::MiddleNameFirst);
    }
    let is_initial = |short: &str, long: &str| short.len() == 1 && long.starts_with(short);
    if is_initial(first, other_first) || is_initial(other_first, first) {
        return Some(Likeness::Initial);
    }
    if is_nickname(first, other_first) {
        return Some(Likeness::Nickname);
    }
    spelling(first, other_first)
}

fn family(one: &[String], other: &[String]) -> Name {
    if is_same(one, other) {
        return Name::Same;
    }
    let shares = |word: &String| word.len() >= SHORTEST_PART && other.contains(word);
    if one.iter().any(shares) {
        return Name::Alike(Likeness::Part);
    }
    match spelling(&one.concat(), &other.concat()) {
        Some(likeness) => Name::Alike(likeness),
        None => Name::Another,
    }
}

/// Shorter parts of a family name are particles: de, al, van.
const SHORTEST_PART: usize = 4;

/// Another spelling of one name, if it is one.
fn spelling(one: &str, other: &str) -> Option<Likeness> {
    if !begins_alike(one, other) {
        return None;
    }
    let shorter = one.len().min(other.len());
    if shorter >= LONG_ENOUGH && strsim::osa_distance(one, other) == 1 {
        return Some(Likeness::OneLetter);
    }
    let is_heard = sound(one).is_some() && sound(one) == sound(other);
    (is_heard && strsim::jaro_winkler(one, other) >= SPELT_ALIKE).then_some(Likeness::Spelling)
}

/// Double Metaphone hears no vowels but the first, so Ben and Bonnie are one sound: the letters have to be alike too.
const SPELT_ALIKE: f64 = 0.77;

/// In a shorter name one letter makes another name of it: Mia, Mya, Mila.
const LONG_ENOUGH: usize = 5;

/// Twins are often given names that differ in their first letter (Ava, Eva), and it is the last to be mistyped; but some
/// letters are one sound.
fn begins_alike(one: &str, other: &str) -> bool {
    const ONE_SOUND: &[&str] = &["ck", "ckq", "sz", "gj", "fp", "iy", "jy", "vw", "xzs"];
    let first = |name: &str| name.chars().next();
    let (Some(one), Some(other)) = (first(one), first(other)) else {
        return false;
    };
    one == other
        || ONE_SOUND
            .iter()
            .any(|letters| letters.contains(one) && letters.contains(other))
}

/// Groups of given names that are called by one another, by name.
static NICKNAMES: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    let lines = include_str!("nicknames.csv").lines();
    for (group, line) in lines.filter(|line| !line.starts_with('#')).enumerate() {
        for name in line.split(',') {
            groups.entry(name).or_default().push(group);
        }
    }
    groups
});

fn is_nickname(one: &str, other: &str) -> bool {
    match (NICKNAMES.get(one), NICKNAMES.get(other)) {
        (Some(one), Some(other)) => one.iter().any(|group| other.contains(group)),
        _ => false,
    }
}
