//! How many checks are due in each week, how many the officers can do, and how a backlog is spread so that no week has more
//! than that. A week is an ISO week: Monday to Sunday.

use std::cmp::Reverse;

use chrono::{Datelike, Days, NaiveDate};

use super::calendar::Calendar;
use super::duty::DutyKind;
use super::policy::Policy;
use super::schedule::next_check;
use super::tier::Tier;

/// The Monday of the week of a day.
#[must_use]
pub fn week_of(day: NaiveDate) -> NaiveDate {
    let since_monday = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since_monday)).unwrap_or(day)
}

/// The Mondays of so many weeks, the first one that of `today`.
#[must_use]
pub fn weeks(today: NaiveDate, count: usize) -> Vec<NaiveDate> {
    let mondays = std::iter::successors(Some(week_of(today)), |monday| {
        monday.checked_add_days(Days::new(7))
    });
    mondays.take(count).collect()
}

/// A number for each tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByTier {
    pub red: u32,
    pub amber: u32,
    pub green: u32,
}

impl ByTier {
    /// All together.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.red + self.amber + self.green
    }

    /// The number of one tier.
    pub const fn of(&mut self, tier: Tier) -> &mut u32 {
        match tier {
            Tier::Red => &mut self.red,
            Tier::Amber => &mut self.amber,
            Tier::Green => &mut self.green,
        }
    }
}

/// So many open checks of one kind and tier that are due on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub on: NaiveDate,
    pub kind: DutyKind,
    /// The tier of the children.
    pub tier: Tier,
    pub count: u32,
}

/// What is due in the weeks to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Checks whose day has passed.
    pub late: ByTier,
    /// Open checks by the week of their day.
    pub open: Vec<ByTier>,
    /// Checks that will follow, if every open one is done on its day (a late one today).
    pub to_follow: Vec<ByTier>,
    /// Open checks that are due after the last week.
    pub later: u32,
}

/// Sorts open checks into weeks, and says what will follow them.
#[must_use]
pub fn load(
    due: &[Due],
    weeks: &[NaiveDate],
    today: NaiveDate,
    policy: &Policy,
    calendar: &Calendar,
) -> Load {
    let mut load = Load {
        late: ByTier::default(),
        open: vec![ByTier::default(); weeks.len()],
        to_follow: vec![ByTier::default(); weeks.len()],
        later: 0,
    };
    let last = weeks.last().copied().unwrap_or(today);
    for checks in due {
        if checks.on < today {
            *load.late.of(checks.tier) += checks.count;
        } else if let Some(week) = position(weeks, checks.on) {
            *load.open[week].of(checks.tier) += checks.count;
        } else {
            load.later += checks.count;
        }
        let mut done = (checks.kind, checks.on.max(today));
        while let Some(next) = next_check(done.0, done.1, checks.tier, policy, calendar) {
            // A period of no days would never come to an end.
            if week_of(next.due_on) > last || next.due_on <= done.1 {
                break;
            }
            if let Some(week) = position(weeks, next.due_on) {
                *load.to_follow[week].of(checks.tier) += checks.count;
            }
            done = (next.kind, next.due_on);
        }
    }
    load
}

fn position(weeks: &[NaiveDate], day: NaiveDate) -> Option<usize> {
    weeks.binary_search(&week_of(day)).ok()
}

/// Days, the first and the last included, on which an officer is away.
pub type Away = (NaiveDate, NaiveDate);

/// How many checks the officers can do in a week from `from` on: each so many in a week of five days, and so many fewer as
/// there are holidays or they are away. `officers` has for each the days away.
#[must_use]
pub fn capacity(
    monday: NaiveDate,
    from: NaiveDate,
    officers: &[Vec<Away>],
    checks_a_week: u32,
    calendar: &Calendar,
) -> u32 {
    let days: Vec<NaiveDate> = monday
        .iter_days()
        .take(7)
        .filter(|day| *day >= from && calendar.is_working_day(*day))
        .collect();
    let is_away = |away: &[Away], day: &NaiveDate| {
        away.iter().any(|(first, last)| first <= day && day <= last)
    };
    let present = officers
        .iter()
        .map(|away| days.iter().filter(|day| !is_away(away, day)).count())
        .sum::<usize>();
    let present = u32::try_from(present).unwrap_or(u32::MAX);
    present.saturating_mul(checks_a_week) / 5
}

/// How many checks there is still room for in each week, when `fixed` are due in it and `late` wait to be made good. What does
/// not fit into a week takes the room of the next.
#[must_use]
pub fn rooms(capacity: &[u32], fixed: &[u32], late: u32) -> Vec<u32> {
    let mut waiting = late;
    let weeks = capacity.iter().zip(fixed);
    weeks
        .map(|(capacity, fixed)| {
            let wanted = fixed.saturating_add(waiting);
            waiting = wanted.saturating_sub(*capacity);
            capacity.saturating_sub(wanted)
        })
        .collect()
}

/// A check that may be brought forward. Whoever calls this keeps what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movable {
    /// The tier of the child.
    pub tier: Tier,
    /// The day it is due.
    pub due_on: NaiveDate,
}

/// What becomes of a check when a backlog is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Its week has room for it.
    Stays,
    /// It is due in an earlier week, on this day.
    Forward(NaiveDate),
    /// Neither its week nor an earlier one has room; it stays in its week all the same, because nothing is put off.
    NoRoom,
}

/// Spreads checks so that no week has more than there is room for, as far as that can be done without putting any off.
///
/// `room` has a Monday and the number of checks for which there is room beside those that do not move, in the order of the
/// weeks and without a gap; only into these weeks is anything brought. A check whose week has room stays. Of a week that has
/// more than its room, red checks go first, then amber, then green, the earliest due first, each into the earliest week with
/// room that takes it from nobody who needs it more urgently.
///
/// The answer has a place for each check, in their order.
#[must_use]
pub fn spread(checks: &[Movable], room: &[(NaiveDate, u32)], calendar: &Calendar) -> Vec<Place> {
    let mut places = vec![Place::Stays; checks.len()];
    let mondays: Vec<NaiveDate> = room.iter().map(|(monday, _)| *monday).collect();
    let mut free: Vec<u32> = room
        .iter()
        .map(|(monday, room)| last_working_day(*monday, calendar).map_or(0, |_| *room))
        .collect();
    let mut in_order: Vec<usize> = (0..checks.len()).collect();
    in_order.sort_by_key(|at| (Reverse(checks[*at].tier), checks[*at].due_on, *at));

    let mut to_move = Vec::new();
    for (week, free) in free.iter_mut().enumerate() {
        let here = |at: &&usize| week_of(checks[**at].due_on) == mondays[week];
        let due: Vec<usize> = in_order.iter().filter(here).copied().collect();
        let stay = (due.len()).min(usize::try_from(*free).unwrap_or(usize::MAX));
        let (moving, _) = due.split_at(due.len() - stay);
        to_move.extend(moving.iter().map(|at| (*at, week)));
        *free -= u32::try_from(stay).unwrap_or_default();
    }
    to_move.sort_by_key(|(at, _)| (Reverse(checks[*at].tier), checks[*at].due_on, *at));

    let mut weeks = Weeks::of(free);
    let (taken, refused): (Vec<_>, Vec<_>) = to_move
        .into_iter()
        .partition(|(_, week)| weeks.promise(*week));
    for (at, _) in refused {
        places[at] = Place::NoRoom;
    }
    for (at, week) in taken {
        let day = weeks
            .earliest(week)
            .and_then(|week| last_working_day(mondays[week], calendar));
        places[at] = day.map_or(Place::NoRoom, Place::Forward);
    }
    places
}

/// Friday, or the last day before it on which anybody works.
fn last_working_day(monday: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    let days: Vec<NaiveDate> = monday.iter_days().take(7).collect();
    days.into_iter()
        .rev()
        .find(|day| calendar.is_working_day(*day))
}

/// The room that is left in each week, and how much of it is spare when everybody has it who was promised some.
struct Weeks {
    free: Vec<u32>,
    /// Up to the end of each week: room, less the promises that can be kept in no later week.
    spare: Vec<u32>,
}

impl Weeks {
    fn of(free: Vec<u32>) -> Self {
        let sums = free.iter().scan(0_u32, |sum, free| {
            *sum = sum.saturating_add(*free);
            Some(*sum)
        });
        Self {
            spare: sums.collect(),
            free,
        }
    }

    /// Promises a place in a week before `week`, if all promises can be kept then.
    fn promise(&mut self, week: usize) -> bool {
        let Some(last) = week.checked_sub(1) else {
            return false;
        };
        let concerned = &mut self.spare[last..];
        if concerned.contains(&0) {
            return false;
        }
        concerned.iter_mut().for_each(|spare| *spare -= 1);
        true
    }

    /// Keeps a promise of a place before `week`, in the earliest week that leaves room for all other promises.
    fn earliest(&mut self, week: usize) -> Option<usize> {
        let last = week.checked_sub(1)?;
        let leaves_room = |from: usize| !self.spare[from..last].contains(&0);
        let found = (0..=last).find(|at| self.free[*at] > 0 && leaves_room(*at))?;
        self.free[found] -= 1;
        self.spare[found..last]
            .iter_mut()
            .for_each(|spare| *spare -= 1);
        Some(found)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
