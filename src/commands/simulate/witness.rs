//! A witness who keeps an own account of the register, evening by evening: who is on it by what people did, whose clock
//! runs, what is overdue. It knows nothing of how the program proves the same.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};

use super::super::Failure;
use super::evening::{Evening, Seen};
use super::program::Program;
use super::store;
use super::verdict::{Verdict, first_broken};
use super::world::{Presence, World};

/// What was seen on the evenings so far.
#[derive(Default)]
pub struct Witness {
    /// Checks that were overdue, with how many evenings, and the second of them: a sweep that was killed just before
    /// midnight is made up for on the next.
    overdue: HashMap<i64, Overdue>,
    child_days: usize,
}

/// A check that was overdue in the evening.
struct Overdue {
    /// On how many evenings.
    evenings: u32,
    /// The second of them.
    second: NaiveDate,
    /// Of a new attempt, at which check.
    follows: Option<i64>,
}

/// Nobody has answered for so long: then every step of the ladder was told, however long its days are between holidays
/// and nights off.
const LADDER_IS_DONE: u64 = 40;

impl Witness {
    /// How many children were looked at on how many evenings, multiplied.
    pub const fn child_days(&self) -> usize {
        self.child_days
    }

    /// Looks at the register as it stood on an evening.
    pub fn look(&mut self, world: &World, evening: &Evening, seen: &Seen) -> Verdict {
        let today = evening.today;
        let Seen { open, resting } = seen;
        let owed: HashSet<i64> = open.iter().filter_map(|check| check.child).collect();
        for check in open {
            let rests =
                !check.is_search && check.child.is_some_and(|child| resting.contains(&child));
            if check.due_on < today && !rests {
                let seen = self.overdue.entry(check.id).or_insert(Overdue {
                    evenings: 0,
                    second: today,
                    follows: check.follows,
                });
                seen.evenings += 1;
                if seen.evenings == 2 {
                    seen.second = today;
                }
            }
        }
        let mut without = Vec::new();
        let mut not_here = Vec::new();
        for (pupil, presence) in world.pupils.iter().zip(&evening.presences) {
            let key = pupil.key.number();
            match presence {
                Presence::Here if !owed.contains(&key) && !resting.contains(&key) => {
                    without.push(pupil.reference.to_string());
                }
                Presence::Left | Presence::Gone if owed.contains(&key) => {
                    not_here.push(pupil.reference.to_string());
                }
                _ => {}
            }
        }
        self.child_days += evening.presences.len();
        first_broken([
            (
                "No child whom nobody let leave was without a clock for a day",
                without,
            ),
            ("Nothing is owed to a child who left", not_here),
        ])
    }

    /// At the end: what was overdue lapsed and was told, and what nobody answered for went up the whole ladder.
    pub fn testify(&self, program: &mut Program, today: NaiveDate) -> Result<Verdict, Failure> {
        let lapses = program.read(|conn| Ok(store::lapses(conn)?))?;
        let steps = program.read(|conn| Ok(store::steps(conn)?))?;
        let rested = program.read(|conn| Ok(store::ever_rested(conn)?))?;
        let told_by = |lapse: &store::Lapse, day: NaiveDate| {
            let told = steps.get(&lapse.id).into_iter().flatten();
            told.filter(|(_, at)| at.date() <= day).count()
        };
        let mut of_check: HashMap<i64, Vec<&store::Lapse>> = HashMap::new();
        let mut of_row: HashMap<i64, Vec<&store::Lapse>> = HashMap::new();
        for lapse in &lapses {
            of_check.entry(lapse.check).or_default().push(lapse);
            if let Some(follows) = lapse.follows {
                of_row.entry(follows).or_default().push(lapse);
            }
        }
        // The lapse of a duplicate goes on at a check of the record that stays.
        let handed_over = program.read(|conn| Ok(store::of_duplicates(conn)?))?;
        let overdue = self.overdue.iter().filter(|(_, seen)| seen.evenings > 1);
        let overdue = overdue.filter(|(check, _)| !handed_over.contains(check));
        // A later attempt has taken the lapse of an earlier one over.
        let is_taken_over = |lapse: &store::Lapse, seen: &Overdue| {
            let was_open = lapse.closed_at.is_none_or(|at| at.date() >= seen.second);
            lapse.follows == seen.follows && was_open
        };
        let untold = overdue.filter(|(check, seen)| {
            let mut own = of_check.get(check).into_iter().flatten();
            let mut others = of_row
                .get(&seen.follows.unwrap_or_default())
                .into_iter()
                .flatten();
            !own.any(|lapse| told_by(lapse, seen.second) > 0)
                && !others
                    .any(|lapse| is_taken_over(lapse, seen) && told_by(lapse, seen.second) > 0)
        });
        let all = hearth::rules::escalation::Step::LADDER.len();
        let stuck = lapses.iter().filter(|lapse| {
            let day = lapse.opened_on + Days::new(LADDER_IS_DONE);
            let was_open = lapse.closed_at.map_or(today, |at| at.date()) > day;
            let has_rested = lapse.child.is_some_and(|child| rested.contains(&child));
            let climbs = lapse.is_unanswered && !has_rested;
            was_open && climbs && told_by(lapse, day) < all
        });
        Ok(first_broken([
            (
                "Every check that was overdue on two evenings had lapsed and was told by the second",
                untold.map(|(check, _)| format!("check {check}")).collect(),
            ),
            (
                "Every lapse that nobody answered for went up the whole ladder",
                stuck.map(|lapse| lapse.reference.clone()).collect(),
            ),
        ]))
    }
}
