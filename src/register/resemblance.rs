//! Children among whom one is sought: found by what the rule of [`crate::rules::same_child`] may call the same or ask about,
//! then compared by it.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

pub use super::store::known::KnownChild;
use super::{ChildKey, store};
use crate::access::Viewer;
use crate::db::{Conn, Result};
use crate::rules::names;
use crate::rules::same_child::{
    Comparison, FoldedNames, Identity, Verdict, compare_folded, days_of_birth,
};

/// Of whom something is said by which they can be told from others.
pub trait Identified {
    /// What is said of them.
    fn identity(&self) -> Identity<'_>;
    /// Their folded name: [`names::name_key`].
    fn name_key(&self) -> String {
        let identity = self.identity();
        names::name_key(identity.given_names, identity.family_name)
    }
}

impl Identified for KnownChild {
    fn identity(&self) -> Identity<'_> {
        Self::identity(self)
    }

    fn name_key(&self) -> String {
        let name = self.match_key.rsplit_once('|').map(|(name, _)| name);
        name.map(|name| format!("{name}|")).unwrap_or_default()
    }
}

/// Some children, by all that may make two of them one.
#[derive(Debug)]
pub struct Resemblances<T> {
    all: Vec<T>,
    folded: Vec<OnceCell<FoldedNames>>,
    by_birth: HashMap<NaiveDate, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    by_number: HashMap<(Kind, String), Vec<usize>>,
}

/// Which number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Upn,
    Nhs,
    Other,
}

/// A child who may be the one who is sought.
#[derive(Debug)]
pub struct Resembling<'a, T> {
    /// Its place among all.
    pub place: usize,
    pub child: &'a T,
    pub compared: Comparison,
}

impl<T> Resembling<'_, T> {
    /// Whether they are one.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.compared.verdict()
    }
}

impl<T> Default for Resemblances<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            folded: Vec::new(),
            by_birth: HashMap::new(),
            by_name: HashMap::new(),
            by_number: HashMap::new(),
        }
    }
}

impl<T: Identified> Resemblances<T> {
    /// Some children.
    pub fn of(children: impl IntoIterator<Item = T>) -> Self {
        let mut all = Self::default();
        for child in children {
            all.add(child);
        }
        all
    }

    /// One more; gives its place.
    pub fn add(&mut self, child: T) -> usize {
        let place = self.all.len();
        self.index(place, &child);
        self.all.push(child);
        self.folded.push(OnceCell::new());
        place
    }

    /// Holds a child at a place in the stead of the one who stood there.
    pub fn replace(&mut self, place: usize, child: T) {
        self.index(place, &child);
        if let (Some(held), Some(folded)) = (self.all.get_mut(place), self.folded.get_mut(place)) {
            *held = child;
            *folded = OnceCell::new();
        }
    }

    /// By what a child is found. What is said no more is still looked at, and compared it finds nobody.
    fn index(&mut self, place: usize, child: &T) {
        let identity = child.identity();
        let born = self.by_birth.entry(identity.date_of_birth).or_default();
        born.push(place);
        for number in numbers(&identity) {
            self.by_number.entry(number).or_default().push(place);
        }
        let named = self.by_name.entry(child.name_key()).or_default();
        named.push(place);
    }

    /// The most of them who were born on one day, and the day.
    #[must_use]
    pub fn most_of_one_birthday(&self) -> Option<(NaiveDate, usize)> {
        let days = self.by_birth.iter().map(|(day, born)| (*day, born.len()));
        days.max_by_key(|(day, born)| (*born, *day))
    }

    /// The child at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&T> {
        self.all.get(place)
    }

    /// Each of them, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter()
    }

    /// All of them, in the order in which they came.
    #[must_use]
    pub fn into_all(self) -> Vec<T> {
        self.all
    }

    /// Those who are or may be the one who is sought, and those who have one number with them; the surest first.
    #[must_use]
    pub fn of_whom(&self, sought: &impl Identified) -> Vec<Resembling<'_, T>> {
        let identity = sought.identity();
        let mut places: Vec<usize> = numbers(&identity)
            .into_iter()
            .filter_map(|number| self.by_number.get(&number))
            .flatten()
            .copied()
            .collect();
        for day in days_of_birth(identity.date_of_birth) {
            places.extend(self.by_birth.get(&day).into_iter().flatten());
        }
        places.extend(self.by_name.get(&sought.name_key()).into_iter().flatten());
        places.sort_unstable();
        places.dedup();
        let ours = FoldedNames::of(&identity);
        let compared = places.into_iter().filter_map(|place| {
            let (child, folded) = (self.all.get(place)?, self.folded.get(place)?);
            let other = child.identity();
            let theirs = folded.get_or_init(|| FoldedNames::of(&other));
            let compared = compare_folded((&identity, &ours), (&other, theirs));
            Some(Resembling {
                place,
                child,
                compared,
            })
        });
        let mut found: Vec<_> = compared
            .filter(|it| it.verdict() != Verdict::Another || it.compared.shares_number())
            .collect();
        found.sort_by_key(|it| (std::cmp::Reverse(it.verdict()), it.place));
        found
    }
}

fn numbers(identity: &Identity<'_>) -> Vec<(Kind, String)> {
    [
        (Kind::Upn, identity.upn),
        (Kind::Nhs, identity.nhs_number),
        (Kind::Other, identity.other_reference),
    ]
    .into_iter()
    .filter_map(|(kind, number)| Some((kind, number?.to_owned())))
    .collect()
}

/// All children whom this viewer may see. An import asks with the program's own eyes ([`Viewer::program`]): a restricted
/// child who is not seen would be taken twice.
///
/// # Errors
/// When the database does not answer.
pub fn known(conn: &mut Conn, viewer: &Viewer) -> Result<Resemblances<KnownChild>> {
    Ok(Resemblances::of(store::known::all(conn, viewer)?))
}

/// These children, as far as one has to know them.
///
/// # Errors
/// When the database does not answer.
pub fn these(conn: &mut Conn, children: &[ChildKey]) -> Result<Vec<KnownChild>> {
    store::known::these(conn, children)
}

/// The children of the authority whom this viewer may not see. What they send may meet one of them, and must not tell them so.
///
/// # Errors
/// When the database does not answer.
pub fn hidden_from(conn: &mut Conn, viewer: &Viewer) -> Result<HashSet<ChildKey>> {
    let everything = Viewer::program(viewer.authority(), "resemblance");
    let seen: HashSet<ChildKey> = store::known::restricted(conn, viewer)?
        .into_iter()
        .collect();
    let all = store::known::restricted(conn, &everything)?.into_iter();
    Ok(all.filter(|child| !seen.contains(child)).collect())
}
