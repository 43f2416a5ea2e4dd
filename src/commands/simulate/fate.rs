//! What is going to happen to people, and on which day: drawn for each by its own name, so that one more misfortune
//! changes no other.

use chrono::{Days, NaiveDate};
use hearth::rules::codes::EpisodeKind;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::dice::dice;
use super::staff::HELD_BY_PEOPLE;
use super::world::{Errand, World};

/// Chances of a hundred, in a year.
const MOVES: u32 = 15;
const NOTIFIES_AGAIN: u32 = 12;
const ANOTHER_SERVICE: u32 = 8;
const RESTS: u32 = 5;
const LEAVES: u32 = 12;
const IS_LOST: u32 = 6;
const TIER_IS_DECIDED: u32 = 8;

const YEAR: u64 = 365;

/// The years of the simulation that begin on a day or later, each with its first day and its number.
fn years(from: NaiveDate, last: NaiveDate) -> impl Iterator<Item = (u32, NaiveDate)> {
    (0..)
        .map(move |year: u32| (year, from + Days::new(u64::from(year) * YEAR)))
        .take_while(move |(_, begins)| *begins <= last)
}

fn some_day(dice: &mut StdRng, year: NaiveDate) -> NaiveDate {
    year + Days::new(dice.random_range(0..YEAR))
}

impl World {
    /// What is going to happen to a family.
    pub fn plan_misfortunes(&mut self, family: usize, today: NaiveDate) {
        let mut dice = dice(self.seed, ("misfortunes", family));
        for (turn, year) in years(today, self.last_day) {
            if dice.random_ratio(MOVES, 100) {
                let day = some_day(&mut dice, year);
                self.plan(day, Errand::Move { family, turn });
            }
            if dice.random_ratio(NOTIFIES_AGAIN, 100) {
                let day = some_day(&mut dice, year);
                self.plan(day, Errand::Notify { family });
            }
            if dice.random_ratio(ANOTHER_SERVICE, 100) {
                let kinds = [
                    EpisodeKind::CpPlan,
                    EpisodeKind::Cin,
                    EpisodeKind::S47,
                    EpisodeKind::EarlyHelp,
                    EpisodeKind::SchoolConcern,
                ];
                let kind = *kinds.choose(&mut dice).unwrap_or(&EpisodeKind::Cin);
                let day = some_day(&mut dice, year);
                self.plan(day, Errand::EpisodeBegins { family, kind });
                let end = day + Days::new(dice.random_range(30..250));
                self.plan(end, Errand::EpisodeEnds { family, kind });
            }
            if dice.random_ratio(RESTS, 100) {
                let day = some_day(&mut dice, year);
                self.plan(day, Errand::Rest { family });
            }
        }
    }

    /// What is going to happen to a child from the day on which they come onto the register.
    pub fn plan_life(&mut self, pupil: usize, today: NaiveDate) {
        let mut dice = dice(self.seed, ("life", pupil));
        for (turn, year) in years(today, self.last_day) {
            let errands = [
                (LEAVES, Errand::Leave { pupil, turn }),
                (IS_LOST, Errand::Lose { pupil, turn }),
                (TIER_IS_DECIDED, Errand::Decide { pupil, turn }),
            ];
            for (chance, errand) in errands {
                if dice.random_ratio(chance, 100) {
                    let day = some_day(&mut dice, year);
                    self.plan(day, errand);
                }
            }
        }
    }

    /// Who leaves when, and when somebody comes instead; who is away; what managers and administrators do.
    pub fn plan_staff(&mut self, today: NaiveDate, days: u32) {
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
        self.plan_every(today, 15..40, |turn| Errand::GoAway { turn });
        self.plan_every(today, 5..16, |turn| Errand::EmptyTheTray { turn });
        self.plan_every(today, 12..50, |turn| Errand::Spread { turn });
        self.plan(today, Errand::ChangePolicy { turn: 0 });
        self.plan_every(today, 50..140, |turn| Errand::ChangePolicy {
            turn: turn + 1,
        });
    }

    /// So many days apart, to the last day.
    fn plan_every(
        &mut self,
        today: NaiveDate,
        apart: std::ops::Range<u64>,
        errand: impl Fn(u32) -> Errand,
    ) {
        let mut dice = self.dice(errand(0), "when");
        let mut day = today + Days::new(dice.random_range(apart.clone()));
        let mut turn = 0;
        while day <= self.last_day {
            self.plan(day, errand(turn));
            day = day + Days::new(dice.random_range(apart.clone()));
            turn += 1;
        }
    }
}
