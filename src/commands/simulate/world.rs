//! Who there is in a simulation, and what is going to happen to them on which day.

use std::collections::{BTreeMap, HashSet};

use chrono::{Days, NaiveDate, NaiveDateTime};
use hearth::access::AuthorityKey;
use hearth::checks::{check, rulebook};
use hearth::register::ChildKey;
use hearth::register::bulk::{self, NewEntry};
use hearth::rules::codes::EpisodeKind;
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::Reference;
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::super::Failure;
use super::super::invented::families::{self, Family};
use super::dice::dice;
use super::program::Program;
use super::staff::{HELD_BY_PEOPLE, Staff};

/// Something that somebody is going to do.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Errand {
    /// A parent notifies the authority.
    Notify { family: usize },
    /// An officer accepts the notification.
    Accept { family: usize },
    /// An officer looks at a child's page and does something about it, or nothing.
    Look { pupil: usize, turn: u32 },
    /// The family moves, and somebody tells the authority.
    Move { family: usize, turn: u32 },
    /// Another service begins to work with the family.
    EpisodeBegins { family: usize, kind: EpisodeKind },
    /// And no longer does.
    EpisodeEnds { family: usize, kind: EpisodeKind },
    /// Social care leads, and the checks rest.
    Rest { family: usize },
    /// An officer begins to work there.
    Hire { turn: u32 },
    /// An officer leaves.
    OfficerLeaves { turn: u32 },
    /// Whoever holds a post leaves.
    HolderLeaves { post: Post, turn: u32 },
    /// Somebody new holds a post.
    Appoint { post: Post, turn: u32 },
}

/// A child, as a simulation knows them.
#[derive(Clone)]
pub struct Pupil {
    pub key: ChildKey,
    pub reference: Reference,
    /// The moments at which a person did something about them.
    pub moments: HashSet<NaiveDateTime>,
}

/// Everybody there is, and what is going to happen.
pub struct World {
    pub seed: u64,
    pub staff: Staff,
    pub families: Vec<Household>,
    pub pupils: Vec<Pupil>,
    agenda: BTreeMap<NaiveDate, Vec<Errand>>,
}

/// A family with what the register knows of it.
pub struct Household {
    pub family: Family,
    pub notification: Option<Reference>,
    /// Its children among the pupils, once they are on the register.
    pub pupils: Vec<usize>,
}

impl World {
    /// On the first day, with most of the children on the register.
    pub fn begin(
        program: &mut Program,
        seed: u64,
        children: usize,
        days: u32,
    ) -> Result<Self, Failure> {
        let today = program.services.clock.today();
        let staff = Staff::appoint(program, today)?;
        let families = families::families(today, children, seed);
        let mut world = Self {
            seed,
            staff,
            families: families.into_iter().map(Household::of).collect(),
            pupils: Vec::new(),
            agenda: BTreeMap::new(),
        };
        for family in 0..world.families.len() {
            let mut dice = dice(seed, ("arrival", family));
            if dice.random_ratio(3, 4) {
                world.take_over(program, family)?;
            } else {
                let day = today + Days::new(dice.random_range(0..u64::from(days).max(1)));
                world.plan(day, Errand::Notify { family });
            }
            world.plan_misfortunes(family, today, days);
        }
        world.plan_staff(today, days);
        Ok(world)
    }

    pub fn plan(&mut self, day: NaiveDate, errand: Errand) {
        self.agenda.entry(day).or_default().push(errand);
    }

    /// Everything that was to be done by a day, in the order in which it was planned.
    pub fn due(&mut self, today: NaiveDate) -> Vec<Errand> {
        let later = self.agenda.split_off(&(today + Days::new(1)));
        let due = std::mem::replace(&mut self.agenda, later);
        due.into_values().flatten().collect()
    }

    /// The dice of an errand: its own, so that nothing else changes what comes of it.
    pub fn dice(&self, errand: Errand, about: &str) -> StdRng {
        dice(self.seed, (errand, about))
    }

    /// The children of a family come onto the register.
    pub fn welcome(
        &mut self,
        family: usize,
        children: Vec<(ChildKey, Reference)>,
        first: NaiveDate,
    ) {
        for (key, reference) in children {
            if self.pupils.iter().any(|pupil| pupil.key == key) {
                continue;
            }
            let pupil = self.pupils.len();
            self.pupils.push(Pupil {
                key,
                reference,
                moments: HashSet::new(),
            });
            self.families[family].pupils.push(pupil);
            self.plan(first, Errand::Look { pupil, turn: 0 });
        }
    }

    /// The family stood in the list that the team kept before.
    fn take_over(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let family = &self.families[number].family;
        let entries: Vec<NewEntry> = family
            .children
            .iter()
            .map(|child| family.entry(child, None))
            .collect();
        let entry = Entry::AlreadyKnown {
            taken_on: today,
            registered_on: family.notified_on,
            last_seen_on: Some(family.last_seen_on),
        };
        let authority: AuthorityKey = self.staff.authority;
        let viewer = hearth::access::Viewer::program(authority, "import");
        let (children, earliest) = program
            .write(|tx| {
                let children = bulk::add_all(tx, &viewer, &entries, now)?;
                let book = rulebook::load(tx, authority, today)?;
                let owed = first_checks(&entry, Tier::Green, &book.policy, &book.calendar);
                for (key, _) in &children {
                    check::owe(tx, &viewer, *key, &owed, None, now)?;
                }
                let earliest = owed.iter().map(|owed| owed.due_on).min();
                Ok((children, earliest.unwrap_or(today)))
            })?
            .ok_or_else(|| Failure::because("a family could not be taken over"))?;
        let days = dice(self.seed, ("first look", number)).random_range(1..40);
        let first = (earliest - Days::new(days)).max(today);
        self.welcome(number, children, first);
        Ok(())
    }

    /// What is going to happen to a family.
    fn plan_misfortunes(&mut self, family: usize, today: NaiveDate, days: u32) {
        let mut dice = dice(self.seed, ("misfortunes", family));
        for year in 0..=u64::from(days / 365) {
            let some_day =
                |dice: &mut StdRng| today + Days::new(year * 365 + dice.random_range(0..365));
            if dice.random_ratio(15, 100) {
                let turn = year.try_into().unwrap_or_default();
                let day = some_day(&mut dice);
                self.plan(day, Errand::Move { family, turn });
            }
            if dice.random_ratio(8, 100) {
                let kinds = [
                    EpisodeKind::CpPlan,
                    EpisodeKind::Cin,
                    EpisodeKind::S47,
                    EpisodeKind::EarlyHelp,
                    EpisodeKind::SchoolConcern,
                ];
                let kind = *kinds.choose(&mut dice).unwrap_or(&EpisodeKind::Cin);
                let day = some_day(&mut dice);
                self.plan(day, Errand::EpisodeBegins { family, kind });
                let end = day + Days::new(dice.random_range(30..250));
                self.plan(end, Errand::EpisodeEnds { family, kind });
            }
            if dice.random_ratio(3, 100) {
                let day = some_day(&mut dice);
                self.plan(day, Errand::Rest { family });
            }
        }
    }

    /// Who leaves when, and when somebody comes instead.
    fn plan_staff(&mut self, today: NaiveDate, days: u32) {
        let mut dice = dice(self.seed, "staff");
        for turn in 0..=days / 110 {
            let day = today + Days::new(u64::from(turn) * 110 + dice.random_range(10..110));
            self.plan(day, Errand::OfficerLeaves { turn });
            let day = day + Days::new(dice.random_range(0..40));
            self.plan(day, Errand::Hire { turn });
        }
        for post in HELD_BY_PEOPLE {
            for turn in 0..=days / 400 {
                let day = today + Days::new(u64::from(turn) * 400 + dice.random_range(5..300));
                self.plan(day, Errand::HolderLeaves { post, turn });
                let day = day + Days::new(dice.random_range(1..90));
                self.plan(day, Errand::Appoint { post, turn });
            }
        }
    }
}

impl Household {
    fn of(family: Family) -> Self {
        Self {
            family,
            notification: None,
            pupils: Vec::new(),
        }
    }
}
