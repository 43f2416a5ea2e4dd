//! The rows of a list: children whom the town holds, children who are new, and what goes wrong in lists.

use std::collections::HashSet;

use chrono::{Datelike, Days, NaiveDate};
use hearth::rules::identifiers::{NhsNumber, Postcode, Upn};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::super::super::Failure;
use super::super::super::invented::families::{Child, Family, families};
use super::super::dice::dice;
use super::super::program::Program;
use super::super::store;
use super::super::tally::Happening;
use super::super::world::{Household, Presence, World};

const HEADINGS: &str = "Forename,Middle name,Surname,DOB,UPN,NHS number,Address,Postcode,EHE status,Closed on,Closure reason,EHE start date";

/// A day of birth that cannot be read, as it begins, and as somebody mends it.
const NO_SUCH_DAY: (&str, &str) = ("31/02/", "28/02/");
/// Names whose letters were lost, or broken by a program before, with what they were.
const BROKEN: [&str; 2] = ["Zo\u{fffd}", "Zo\u{c3}\u{ab}"];
const UNBROKEN: &str = "Zoë";

/// Families are made for so many children; no family has more than three, so that there is one for each way.
const MOST_CHILDREN: usize = 3 * (WAYS.len() + 2);
/// Children of a list whom the town holds, and of whom it says nothing else.
const HELD: usize = 4;

/// How a list tells of a child whom nobody knew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plainly,
    /// Under two names, of which one is short for the other.
    Nickname,
    /// With this one of the broken names.
    Broken(&'static str),
    NoSuchDay,
    /// With a time that is over and one that lasts.
    Spells,
    /// As a case that is closed.
    Closed,
}

/// How the families of a list are told of, in turn.
const WAYS: &[Way] = &[
    Way::Nickname,
    Way::Broken(BROKEN[0]),
    Way::Broken(BROKEN[1]),
    Way::NoSuchDay,
    Way::Spells,
    Way::Closed,
    Way::Closed,
    Way::Closed,
    Way::Plainly,
    Way::Plainly,
];

/// Children of a list whom the town holds at another address.
const MOVED: usize = 3;

/// A row of a list, and what it is sent for.
pub(super) struct Row {
    pub(super) kind: Happening,
    cells: Cells,
}

/// What stands in a row.
#[derive(Clone)]
struct Cells {
    given: String,
    middle: &'static str,
    surname: String,
    born: String,
    numbers: (String, String),
    street: String,
    postcode: String,
    closed_on: Option<NaiveDate>,
    started_on: Option<NaiveDate>,
}

/// A list as text.
pub(super) fn written(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| row.cells.line());
    let lines: Vec<String> = std::iter::once(HEADINGS.to_owned()).chain(lines).collect();
    lines.join("\r\n") + "\r\n"
}

/// A list of refused rows as somebody mends it.
pub(super) fn mended(text: &str) -> String {
    let text = text.replace(NO_SUCH_DAY.0, NO_SUCH_DAY.1);
    BROKEN
        .iter()
        .fold(text, |text, broken| text.replace(broken, UNBROKEN))
}

impl World {
    /// The children who are there and of whom it is known which of their family's they are, shuffled.
    pub(super) fn here(&self, dice: &mut StdRng) -> Vec<usize> {
        let pupils = self.pupils.iter().enumerate();
        let here = pupils.filter(|(_, pupil)| {
            let is_told = pupil.child.is_some();
            is_told && pupil.presence == Presence::Here
        });
        let mut here: Vec<usize> = here.map(|(pupil, _)| pupil).collect();
        here.shuffle(dice);
        here
    }

    /// What an officer has put together: in no order, as lists come.
    pub(super) fn rows_of_list(
        &mut self,
        program: &mut Program,
        turn: u32,
        dice: &mut StdRng,
    ) -> Result<Vec<Row>, Failure> {
        let today = program.services.clock.today();
        let booked = program.read(|conn| Ok(store::visited_from(conn, today)?))?;
        let mut rows = self.rows_of_back(today);
        self.add_held(&mut rows, &booked, today, dice);
        self.add_new(&mut rows, turn, today);
        rows.shuffle(dice);
        Ok(rows)
    }

    /// Records that the last list closed: one is current again since a day, of one nobody says since when, and of one a middle
    /// name is told besides, so that it is asked first who it is.
    fn rows_of_back(&mut self, today: NaiveDate) -> Vec<Row> {
        let closed = std::mem::take(&mut self.lists.closed);
        let cells = closed.iter().filter_map(|family| self.cells(*family, 0));
        let rows = cells.enumerate().map(|(place, mut cells)| {
            cells.started_on = (place == 0).then(|| today - Days::new(6));
            if place > 1 {
                cells = cells.with_middle_name();
            }
            cells.sent_as(Happening::SentBack)
        });
        let mut rows: Vec<Row> = rows.collect();
        let left = self.pupils.iter();
        let left = left.filter(|pupil| pupil.presence == Presence::Left);
        let left = left.filter_map(|pupil| self.cells(pupil.family, pupil.child?));
        rows.extend(left.take(1).map(|mut cells| {
            cells.started_on = None;
            cells.sent_as(Happening::SentBack)
        }));
        rows
    }

    /// Children whom the town holds at another address: those first to whom somebody is going, who then has to hear of it.
    fn add_elsewhere(&self, rows: &mut Vec<Row>, here: &mut Vec<usize>, booked: &HashSet<i64>) {
        here.sort_by_key(|pupil| !booked.contains(&self.pupils[*pupil].key.number()));
        let mut found = 0;
        here.retain(|pupil| {
            let pupil = &self.pupils[*pupil];
            let cells = pupil
                .child
                .and_then(|child| self.cells(pupil.family, child));
            // Without a number, whether it is the same child would be asked.
            let cells = cells.filter(|cells| found < MOVED && !cells.numbers.0.is_empty());
            let Some(mut cells) = cells else {
                return true;
            };
            "1 Lantern Yard".clone_into(&mut cells.street);
            "ZA8 1AB".clone_into(&mut cells.postcode);
            rows.push(cells.sent_as(Happening::SentElsewhere));
            found += 1;
            false
        });
    }

    /// Children whom the town holds.
    fn add_held(
        &self,
        rows: &mut Vec<Row>,
        booked: &HashSet<i64>,
        today: NaiveDate,
        dice: &mut StdRng,
    ) {
        let mut here = self.here(dice);
        here.retain(|pupil| self.lists.hidden != Some(*pupil));
        self.add_elsewhere(rows, &mut here, booked);
        let mut held = here.into_iter().filter_map(|pupil| {
            let pupil = &self.pupils[pupil];
            self.cells(pupil.family, pupil.child?)
        });
        rows.extend(held.next().map(|mut cells| {
            cells.closed_on = Some(today - Days::new(4));
            cells.sent_as(Happening::SentEnded)
        }));
        let middle = held.next().map(Cells::with_middle_name);
        rows.extend(middle.map(|cells| cells.sent_as(Happening::SentMiddleName)));
        rows.extend(
            held.by_ref()
                .find_map(|cells| cells.swapped())
                .map(|cells| cells.sent_as(Happening::SentSwapped)),
        );
        rows.extend(
            held.take(HELD)
                .map(|cells| cells.sent_as(Happening::SentHeld)),
        );
        let hidden = self.lists.hidden.map(|pupil| &self.pupils[pupil]);
        let hidden = hidden.and_then(|pupil| self.cells(pupil.family, pupil.child?));
        rows.extend(hidden.map(|mut cells| {
            // Another address, of which a manager is asked; or all as it is held.
            if dice.random_ratio(2, 3) {
                "ZA9 9ZZ".clone_into(&mut cells.postcode);
            }
            cells.sent_as(Happening::SentHidden)
        }));
    }

    /// Families whom nobody knew, each written down in another way.
    fn add_new(&mut self, rows: &mut Vec<Row>, turn: u32, today: NaiveDate) {
        let seed: u64 = dice(self.seed, ("families of a list", turn)).random();
        let mut new = families(today, MOST_CHILDREN, seed).into_iter();
        if let (Some(mut family), Some(mut other)) = (new.next(), new.next()) {
            make_twins(&mut family, other.children.pop(), turn);
            let family = self.found_a_family(family, today);
            let twins = (0..2).filter_map(|child| self.cells(family, child));
            rows.extend(twins.map(|cells| cells.sent_as(Happening::SentTwin)));
        }
        for (family, way) in new.zip(WAYS) {
            let family = self.found_a_family(way.prepare(family, today), today);
            if let Some(cells) = self.cells(family, 0) {
                rows.extend(way.written(cells, today));
            }
            if *way == Way::Closed {
                self.lists.closed.push(family);
            }
        }
    }

    /// A family moves into the town's books; gives its number.
    fn found_a_family(&mut self, family: Family, today: NaiveDate) -> usize {
        let number = self.families.len();
        self.families.push(Household::of(family));
        self.plan_misfortunes(number, today);
        number
    }

    /// One of a family's children as a list has them, where it lives now.
    fn cells(&self, family: usize, child: usize) -> Option<Cells> {
        let family = &self.families.get(family)?.family;
        let child = family.children.get(child)?;
        let upn = child.upn.as_ref().map(Upn::as_str);
        let nhs = child.nhs_number.as_ref().map(NhsNumber::as_str);
        let postcode = family.home.postcode.as_ref().map(Postcode::as_str);
        Some(Cells {
            given: child.given_names.clone(),
            middle: "",
            surname: child.family_name.clone(),
            born: written_day(Some(child.date_of_birth)),
            numbers: (
                upn.unwrap_or_default().to_owned(),
                nhs.unwrap_or_default().to_owned(),
            ),
            street: family.home.lines.clone(),
            postcode: postcode.unwrap_or_default().to_owned(),
            closed_on: None,
            started_on: Some(family.notified_on),
        })
    }
}

impl Way {
    /// The family as it is in truth; its first child is the one of whom the list tells, old enough for two times on the register.
    fn prepare(self, mut family: Family, today: NaiveDate) -> Family {
        let Some(child) = family.children.first_mut() else {
            return family;
        };
        let young = child.date_of_birth.ordinal();
        child.date_of_birth = today - Days::new(3_700 + u64::from(young));
        match self {
            Self::Nickname => "William".clone_into(&mut child.given_names),
            Self::Broken(_) => UNBROKEN.clone_into(&mut child.given_names),
            Self::NoSuchDay => child.date_of_birth = end_of_february(child.date_of_birth),
            Self::Plainly | Self::Spells | Self::Closed => {}
        }
        family
    }

    /// The rows about the child, of whom these are the right cells.
    fn written(self, cells: Cells, today: NaiveDate) -> Vec<Row> {
        let days_ago = |days| Some(today - Days::new(days));
        let mut other = cells.clone();
        match self {
            Self::Plainly => vec![cells.sent_as(Happening::SentNew)],
            Self::Nickname => {
                "Billy".clone_into(&mut other.given);
                other.numbers = Default::default();
                vec![
                    cells.sent_as(Happening::SentNew),
                    other.sent_as(Happening::SentNickname),
                ]
            }
            Self::Broken(name) => {
                name.clone_into(&mut other.given);
                vec![other.sent_as(Happening::SentBroken)]
            }
            Self::NoSuchDay => {
                other.born = other.born.replace(NO_SUCH_DAY.1, NO_SUCH_DAY.0);
                vec![other.sent_as(Happening::SentNoSuchDay)]
            }
            Self::Spells => {
                (other.started_on, other.closed_on) = (days_ago(1_100), days_ago(700));
                let lasting = Cells {
                    started_on: days_ago(90),
                    ..cells
                };
                vec![
                    other.sent_as(Happening::SentSpell),
                    lasting.sent_as(Happening::SentSpell),
                ]
            }
            Self::Closed => {
                (other.started_on, other.closed_on) = (days_ago(900), days_ago(300));
                vec![other.sent_as(Happening::SentClosed)]
            }
        }
    }
}

impl Cells {
    const fn sent_as(self, kind: Happening) -> Row {
        Row { kind, cells: self }
    }

    /// A middle name that is not held; without a number, nobody can say whether it is the same child.
    fn with_middle_name(mut self) -> Self {
        self.middle = "Mary";
        self.numbers = Default::default();
        self
    }

    /// With day and month the wrong way round, where that is another day.
    fn swapped(mut self) -> Option<Self> {
        let parts: Vec<&str> = self.born.split('/').collect();
        let [day, month, year] = parts.as_slice() else {
            return None;
        };
        if day == month || day.parse::<u32>().ok()? > 12 {
            return None;
        }
        self.born = format!("{month}/{day}/{year}");
        self.numbers = Default::default();
        Some(self)
    }

    fn line(&self) -> String {
        let (status, reason) = match self.closed_on {
            Some(_) => ("Closed", "Returned to school"),
            None => ("Current", ""),
        };
        let cells: [&str; 12] = [
            &self.given,
            self.middle,
            &self.surname,
            &self.born,
            &self.numbers.0,
            &self.numbers.1,
            &self.street,
            &self.postcode,
            status,
            &written_day(self.closed_on),
            reason,
            &written_day(self.started_on),
        ];
        cells.join(",")
    }
}

fn written_day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.format("%d/%m/%Y").to_string())
        .unwrap_or_default()
}

fn end_of_february(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), 2, 28).unwrap_or(day)
}

/// Two children of one day under one NHS number, from the range that is never given to anybody.
fn make_twins(family: &mut Family, other: Option<Child>, turn: u32) {
    family.children.truncate(1);
    let (Some(first), Some(mut second)) = (family.children.first_mut(), other) else {
        return;
    };
    let tries = (turn * 100..).take(100);
    let number = tries.map(|digits| NhsNumber::parse(&format!("999{digits:07}")));
    let number = number.flatten().next();
    first.nhs_number.clone_from(&number);
    "Amabel".clone_into(&mut first.given_names);
    "Torquil".clone_into(&mut second.given_names);
    second.nhs_number = number;
    second.family_name.clone_from(&first.family_name);
    second.date_of_birth = first.date_of_birth;
    family.children.push(second);
}
