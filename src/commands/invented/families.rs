//! Invented families: who they are, and what their year was like in the demonstration. The same seed gives the same
//! families.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use hearth::register::address::Place;
use hearth::rules::codes::{
    EpisodeKind, Ethnicity, PreviousSetting, PrimaryReason, Relationship, SenProvision, Sex,
};
use hearth::rules::identifiers::{EmailAddress, NhsNumber, PhoneNumber, Postcode, Upn};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::words;

/// A family.
pub struct Family {
    pub adults: Vec<Adult>,
    pub home: Place,
    /// Where they move to, if they move.
    pub next_home: Place,
    pub children: Vec<Child>,
    /// The day the authority was notified.
    pub notified_on: NaiveDate,
    /// The day somebody last saw the children, for those on the register before the year that is told.
    pub last_seen_on: NaiveDate,
    pub address_verified: bool,
    pub officer: usize,
    pub story: Story,
}

/// A parent or carer.
pub struct Adult {
    pub name: String,
    pub relationship: Relationship,
    pub email: Option<EmailAddress>,
    pub telephone: Option<PhoneNumber>,
    /// Another address, for a parent who lives elsewhere.
    pub elsewhere: Option<Place>,
}

/// A child.
pub struct Child {
    pub given_names: String,
    pub family_name: String,
    pub date_of_birth: NaiveDate,
    pub sex: Sex,
    pub upn: Option<Upn>,
    pub nhs_number: Option<NhsNumber>,
    pub ethnicity: Option<Ethnicity>,
    pub sen: SenProvision,
    pub previous_setting: PreviousSetting,
    pub previous_school: Option<String>,
    pub reason: PrimaryReason,
}

/// What a family's year was like, seen from the authority's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Every check is done in time.
    Quiet,
    /// Checks are done some days late.
    Late,
    /// Nobody is in the first time.
    NobodyIn,
    /// The family declines every visit.
    Declines,
    /// Only ever spoken to online.
    OnlineOnly,
    /// The visit goes to an address that is no longer theirs.
    OldAddress,
    /// They move house.
    Moves,
    /// Nobody did the check: it lapses in these weeks.
    Overlooked,
    /// Another service is involved.
    Involved(EpisodeKind),
    /// Social care leads, and the checks rest.
    Resting,
    /// Known to few: the record is restricted.
    Restricted,
    /// Goes back to school.
    BackToSchool,
    /// Came with a list of late, on which all were seen in the same week.
    TakenOver,
}

/// The stories with how many of a hundred families have them.
const STORIES: &[(Story, u32)] = &[
    (Story::Quiet, 55),
    (Story::Late, 9),
    (Story::NobodyIn, 7),
    (Story::Declines, 3),
    (Story::OnlineOnly, 2),
    (Story::OldAddress, 2),
    (Story::Moves, 4),
    (Story::Overlooked, 3),
    (Story::Involved(EpisodeKind::CpPlan), 2),
    (Story::Involved(EpisodeKind::Cin), 3),
    (Story::Involved(EpisodeKind::EarlyHelp), 2),
    (Story::Resting, 1),
    (Story::Restricted, 1),
    (Story::BackToSchool, 6),
];

/// Makes families with so many children in all, as they are `today`.
pub fn families(today: NaiveDate, wanted: usize, seed: u64) -> Vec<Family> {
    let mut maker = Maker {
        dice: StdRng::seed_from_u64(seed),
        today,
        given: HashSet::new(),
    };
    let mut families = Vec::new();
    let mut children = 0;
    while children < wanted {
        let family = maker.family(wanted - children);
        children += family.children.len();
        families.push(family);
    }
    families
}

struct Maker {
    dice: StdRng,
    today: NaiveDate,
    /// No two children have the same number.
    given: HashSet<String>,
}

impl Maker {
    fn family(&mut self, room_for: usize) -> Family {
        let surname = self.one_of(words::FAMILY);
        let home = self.place();
        let adults = self.adults(surname, &home);
        let size = *[1, 1, 1, 2, 2, 3].choose(&mut self.dice).unwrap_or(&1);
        let size = size.min(room_for);
        let children: Vec<Child> = (0..size).map(|_| self.child(surname)).collect();
        let story = self.story();
        let notified_on = self.notified_on(&children);
        Family {
            adults,
            home,
            next_home: self.place(),
            notified_on,
            last_seen_on: self.last_seen_on(notified_on, story),
            address_verified: self.dice.random_ratio(14, 15),
            officer: self.dice.random_range(0..words::OFFICERS.len()),
            story,
            children,
        }
    }

    fn story(&mut self) -> Story {
        let all: u32 = STORIES.iter().map(|(_, weight)| weight).sum();
        let mut at = self.dice.random_range(0..all);
        for (story, weight) in STORIES {
            if at < *weight {
                return *story;
            }
            at -= weight;
        }
        Story::Quiet
    }

    fn adults(&mut self, surname: &str, home: &Place) -> Vec<Adult> {
        let count = if self.dice.random_ratio(2, 3) { 2 } else { 1 };
        (0..count)
            .map(|which| self.adult(surname, home, which))
            .collect()
    }

    fn adult(&mut self, surname: &str, home: &Place, which: usize) -> Adult {
        let (given, sex) = self.one_of_pairs(words::ADULTS);
        let relationship = match (self.dice.random_range(0..12), sex) {
            (0, _) => Relationship::Grandparent,
            (1, _) if which > 0 => Relationship::StepParent,
            (_, 'F') => Relationship::Mother,
            _ => Relationship::Father,
        };
        let number = self.dice.random_range(100_000..1_000_000);
        let written = format!("{}.{number}@mail.example", given.to_lowercase());
        let lives_elsewhere = which > 0 && self.dice.random_ratio(1, 6);
        Adult {
            name: format!("{given} {surname}"),
            relationship,
            email: EmailAddress::parse(&written)
                .ok()
                .filter(|_| which == 0 || number % 3 > 0),
            telephone: PhoneNumber::parse(&format!("07700 900{:03}", number % 1000)).ok(),
            elsewhere: lives_elsewhere
                .then(|| self.place())
                .filter(|place| place != home),
        }
    }

    fn child(&mut self, surname: &str) -> Child {
        let (given, sex) = self.one_of_pairs(words::GIVEN);
        let days = self.dice.random_range(5 * 365 + 40..16 * 365 - 120);
        let date_of_birth = self.before(days);
        let never_at_school = self.dice.random_ratio(1, 14);
        Child {
            given_names: given.to_owned(),
            family_name: surname.to_owned(),
            date_of_birth,
            sex: if sex == 'F' { Sex::Female } else { Sex::Male },
            upn: (!never_at_school).then(|| self.upn()).flatten(),
            nhs_number: self
                .dice
                .random_ratio(3, 5)
                .then(|| self.nhs_number())
                .flatten(),
            ethnicity: Ethnicity::ALL
                .choose(&mut self.dice)
                .copied()
                .filter(|_| days % 4 > 0),
            sen: match self.dice.random_range(0..100) {
                0..5 => SenProvision::Ehcp,
                5..20 => SenProvision::Support,
                _ => SenProvision::None,
            },
            previous_setting: match never_at_school {
                true => PreviousSetting::None,
                false => *[
                    PreviousSetting::Maintained,
                    PreviousSetting::Academy,
                    PreviousSetting::FreeSchool,
                ]
                .choose(&mut self.dice)
                .unwrap_or(&PreviousSetting::Academy),
            },
            previous_school: (!never_at_school).then(|| self.one_of(words::SCHOOLS).to_owned()),
            reason: *PrimaryReason::ALL
                .choose(&mut self.dice)
                .unwrap_or(&PrimaryReason::Unknown),
        }
    }

    /// Most were notified in the last four years, some in the last weeks; never before the youngest child was of
    /// school age.
    fn notified_on(&mut self, children: &[Child]) -> NaiveDate {
        let days = match self.dice.random_range(0..100) {
            0..3 => self.dice.random_range(0..12),
            3..8 => self.dice.random_range(12..60),
            8..30 => self.dice.random_range(60..380),
            _ => self.dice.random_range(380..1_460),
        };
        let notified_on = self.before(days);
        let youngest = children
            .iter()
            .map(|child| child.date_of_birth)
            .max()
            .unwrap_or(self.today);
        notified_on
            .max(youngest + Days::new(4 * 365 + 200))
            .min(self.today)
    }

    /// A check that nobody did lapses in these weeks, so it was last done a year and some days ago.
    fn last_seen_on(&mut self, notified_on: NaiveDate, story: Story) -> NaiveDate {
        let days = match story {
            Story::Overlooked | Story::Declines => self.dice.random_range(367..392),
            _ => self.dice.random_range(370..720),
        };
        self.before(days).max(notified_on)
    }

    pub fn place(&mut self) -> Place {
        let (town, district) = *words::TOWNS
            .choose(&mut self.dice)
            .unwrap_or(&("Market Ashdale", 1));
        let unit =
            |dice: &mut StdRng| *b"ABDEFGHJLNPQRSTUWXYZ".choose(dice).unwrap_or(&b'A') as char;
        let postcode = format!(
            "ZA{district} {}{}{}",
            self.dice.random_range(1..10),
            unit(&mut self.dice),
            unit(&mut self.dice)
        );
        Place {
            lines: format!(
                "{} {}",
                self.dice.random_range(1..180),
                self.one_of(words::STREETS)
            ),
            town: town.to_owned(),
            postcode: Postcode::parse(&postcode).ok(),
            uprn: None,
        }
    }

    /// A number of the invented authority; the one of 23 letters that checks it is found by trying.
    fn upn(&mut self) -> Option<Upn> {
        let digits = format!(
            "991{:04}{:02}{:03}",
            self.dice.random_range(2000..2020),
            self.dice.random_range(14..25),
            self.dice.random_range(0..1000)
        );
        let is_new = self.given.insert(digits.clone());
        let upn = ('A'..='Z').find_map(|letter| Upn::parse(&format!("{letter}{digits}")).ok());
        upn.filter(|_| is_new)
    }

    /// From the range that is never given to anybody (999).
    fn nhs_number(&mut self) -> Option<NhsNumber> {
        let digits = format!("999{:06}", self.dice.random_range(0..1_000_000));
        let is_new = self.given.insert(digits.clone());
        let number = (0..10).find_map(|last| NhsNumber::parse(&format!("{digits}{last}")).ok());
        number.filter(|_| is_new)
    }

    fn before(&self, days: u64) -> NaiveDate {
        self.today - Days::new(days)
    }

    fn one_of(&mut self, words: &'static [&'static str]) -> &'static str {
        words.choose(&mut self.dice).copied().unwrap_or_default()
    }

    fn one_of_pairs(&mut self, words: &'static [(&'static str, char)]) -> (&'static str, char) {
        words
            .choose(&mut self.dice)
            .copied()
            .unwrap_or(("Kit", 'M'))
    }
}
