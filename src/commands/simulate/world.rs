//! Who there is in a simulation, and what is going to happen to them on which day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate, NaiveDateTime};
use hearth::access::{Act, AuthorityKey};
use hearth::clock::At;
use hearth::duty::owed;
use hearth::policy::rulebook;
use hearth::register::ChildKey;
use hearth::register::bulk::{self, NewEntry};
use hearth::rules::codes::{EpisodeKind, Source};
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::Reference;
use hearth::rules::schedule::{Entry, first_checks};
use hearth::rules::tier::Tier;
use rand::RngExt;
use rand::rngs::StdRng;

use super::super::Failure;
use super::super::invented::families::{self, Family};
use super::dice::dice;
use super::program::Program;
use super::sent_lists::Lists;
use super::staff::Staff;
use super::tally::{Happening, Tally};
use super::verdict::Verdict;

/// Something that somebody is going to do.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Errand {
    /// A parent notifies the authority: the first time, or again.
    Notify { family: usize },
    /// An officer accepts one of the family's notifications.
    Accept { family: usize, turn: usize },
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
    /// Somebody tells that a child is no longer educated at home here.
    Leave { pupil: usize, turn: u32 },
    /// A manager closes one of two records of the same child.
    Merge { pupil: usize, stays: usize },
    /// Nobody knows where a child is.
    Lose { pupil: usize, turn: u32 },
    /// Somebody has found out.
    Find { pupil: usize, turn: u32 },
    /// A manager decides on a tier.
    Decide { pupil: usize, turn: u32 },
    /// And gives it back to the rules.
    GiveBack { pupil: usize, turn: u32 },
    /// Somebody who works there goes away, and somebody covers.
    GoAway { turn: u32 },
    /// And comes back early.
    ComeHome { turn: u32 },
    /// An administrator looks at the mail that was not delivered.
    EmptyTheTray { turn: u32 },
    /// A manager spreads the backlog.
    Spread { turn: u32 },
    /// An administrator changes a value of the policy.
    ChangePolicy { turn: u32 },
    /// An officer sends a list of children.
    SendList { turn: u32 },
    /// And once more, because they are not sure whether it arrived.
    SendListAgain { turn: u32 },
    /// And mends the rows of it that could not be read.
    MendRows { turn: u32 },
    /// Somebody says of rows of a list what they are.
    AnswerRows { turn: u32, round: u32 },
    /// An officer begins to work there.
    Hire { turn: u32 },
    /// An officer leaves.
    OfficerLeaves { turn: u32 },
    /// Whoever holds a post leaves.
    HolderLeaves { post: Post, turn: u32 },
    /// Somebody new holds a post.
    Appoint { post: Post, turn: u32 },
}

/// A record of a child, as a simulation knows it.
#[derive(Clone)]
pub struct Pupil {
    pub key: ChildKey,
    pub reference: Reference,
    pub family: usize,
    /// Which of the family's children; two records may be of the same one.
    pub child: Option<usize>,
    /// Whether they are on the register, as far as people know.
    pub presence: Presence,
    /// Whether an officer looks at the page from time to time, and how often one has.
    pub is_looked_after: bool,
    pub looks: u32,
    /// What people did about them that may close a lapse, and when.
    pub deeds: HashMap<NaiveDateTime, Deed>,
}

/// Whether a child is on the register, as far as people know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Here,
    /// They left, and may come back.
    Left,
    /// They left, and nobody notifies of them again.
    Gone,
}

/// What a person did that may close a lapse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Recorded an outcome, noted a letter, accepted a notification, found a child, settled which address is right.
    Checked,
    /// Let the child leave, and gave this as evidence.
    LetLeave(String),
}

/// Everybody there is, and what is going to happen.
pub struct World {
    pub seed: u64,
    pub staff: Staff,
    pub families: Vec<Household>,
    pub pupils: Vec<Pupil>,
    pub tally: Tally,
    /// The moments at which somebody did what is owed about no child: sent a census return, dealt with messages, answered the rows
    /// of a list.
    pub duties_done: BTreeSet<NaiveDateTime>,
    /// The lists of children that officers sent.
    pub lists: Lists,
    /// A promise that was found broken by day.
    pub found: Verdict,
    /// The last day on which anything goes wrong.
    pub last_day: NaiveDate,
    agenda: BTreeMap<NaiveDate, Vec<Errand>>,
}

/// A family with what the register knows of it.
pub struct Household {
    pub family: Family,
    /// Its notifications, the oldest first.
    pub notifications: Vec<Reference>,
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
        let staff = Staff::appoint(program, children, today)?;
        let families = families::families(today, children, seed);
        let mut world = Self {
            seed,
            staff,
            families: families.into_iter().map(Household::of).collect(),
            pupils: Vec::new(),
            tally: Tally::default(),
            duties_done: BTreeSet::new(),
            lists: Lists::default(),
            found: None,
            last_day: today + Days::new(u64::from(days.saturating_sub(1))),
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
            world.plan_misfortunes(family, today);
        }
        world.plan_staff(today, days);
        world.plan_lists(today);
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

    /// Children of a family are on the register from now on, or again.
    pub fn welcome(
        &mut self,
        family: usize,
        children: Vec<(ChildKey, Reference, Option<usize>)>,
        today: NaiveDate,
    ) {
        for (key, reference, child) in children {
            let known = self.pupils.iter().position(|pupil| pupil.key == key);
            if let Some(pupil) = known.map(|known| &mut self.pupils[known]) {
                if pupil.presence != Presence::Here {
                    self.tally.add(Happening::CameBack, 1);
                }
                pupil.presence = Presence::Here;
                continue;
            }
            let pupil = self.pupils.len();
            if self.has_left(family, child) {
                self.tally.add(Happening::CameBack, 1);
            }
            self.find_double(pupil, family, child, today);
            self.pupils.push(Pupil {
                key,
                reference,
                family,
                child,
                presence: Presence::Here,
                is_looked_after: false,
                looks: 0,
                deeds: HashMap::new(),
            });
            self.families[family].pupils.push(pupil);
            self.plan_life(pupil, today);
        }
    }

    /// Whether another record of the same child is closed.
    fn has_left(&self, family: usize, child: Option<usize>) -> bool {
        let mut records = self.families[family].pupils.iter();
        records.any(|pupil| {
            let pupil = &self.pupils[*pupil];
            child.is_some() && pupil.child == child && pupil.presence == Presence::Left
        })
    }

    /// Of a child who stood on the list, a notification makes a second record, until somebody compares the two.
    fn find_double(&mut self, new: usize, family: usize, child: Option<usize>, today: NaiveDate) {
        let is_double = |pupil: &&usize| {
            let pupil = &self.pupils[**pupil];
            pupil.child == child && pupil.presence == Presence::Here
        };
        let double = self.families[family].pupils.iter().find(is_double).copied();
        if let (Some(pupil), Some(_)) = (double, child) {
            let errand = Errand::Merge { pupil, stays: new };
            let days = self.dice(errand, "when").random_range(3..60);
            self.plan(today + Days::new(days), errand);
        }
    }

    /// An officer looks at the pages of these children from a day on.
    pub fn look_after(&mut self, pupils: &[usize], first: NaiveDate) {
        for number in pupils {
            let pupil = &mut self.pupils[*number];
            if pupil.is_looked_after || pupil.presence != Presence::Here {
                continue;
            }
            pupil.is_looked_after = true;
            let (pupil, turn) = (*number, pupil.looks);
            self.plan(first, Errand::Look { pupil, turn });
        }
    }

    /// The family stood in the list that the team kept before.
    fn take_over(&mut self, program: &mut Program, number: usize) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let family = &self.families[number].family;
        let entries: Vec<NewEntry> = family
            .children
            .iter()
            .map(|child| {
                let mut entry = family.entry(child, None);
                entry.registration.source = Source::Import;
                entry.home_source = Source::Import;
                entry
            })
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
                let children = bulk::add_all(&mut Act::new(tx, &viewer, At::of(now)), &entries)?;
                let book = rulebook::load(tx, authority, today)?;
                let owed = first_checks(&entry, Tier::Green, &book.policy, &book.calendar);
                for (key, _) in &children {
                    owed::owe(&mut Act::new(tx, &viewer, At::of(now)), *key, &owed, None)?;
                }
                let earliest = owed.iter().map(|owed| owed.due_on).min();
                Ok((children, earliest.unwrap_or(today)))
            })?
            .ok_or_else(|| Failure::because("a family could not be taken over"))?;
        let days = dice(self.seed, ("first look", number)).random_range(1..40);
        let first = (earliest - Days::new(days)).max(today);
        let children = children.into_iter().enumerate();
        let children = children.map(|(place, (key, reference))| (key, reference, Some(place)));
        self.welcome(number, children.collect(), today);
        let pupils = self.families[number].pupils.clone();
        self.look_after(&pupils, first);
        Ok(())
    }
}

impl Household {
    /// A family of which the register knows nothing yet.
    pub fn of(family: Family) -> Self {
        Self {
            family,
            notifications: Vec::new(),
            pupils: Vec::new(),
        }
    }
}
