//! What is due in the weeks to come against what the officers can do, and spreading what came with a list.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::store;
use crate::access::{Act, Action, Role, Subject, Viewer, accounts};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::duty::DutyKey;
use crate::duty::owed::{self, copy_next};
use crate::policy::rulebook;
use crate::policy::rulebook::Rulebook;
use crate::register::ChildKey;
use crate::rules::capacity::{
    ByTier, Load, Movable, Place, capacity, load, rooms, spread, week_of, weeks,
};
use crate::rules::dates::spoken;
use crate::rules::policy::PolicyKey;
use crate::rules::tier::Tier;

/// Weeks that the page looks ahead.
pub const WEEKS: usize = 26;

/// What is due, and what can be done.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The weeks, the present one first.
    pub weeks: Vec<NaiveDate>,
    /// What is due in them.
    pub load: Load,
    /// How many checks the officers can do in each.
    pub capacity: Vec<u32>,
    /// How many officers there are.
    pub officers: usize,
    /// How many checks one of them can do in a week.
    pub checks_a_week: u32,
}

/// Looks ahead over so many weeks. Checks of children whose checks rest today are left out, as on the desk.
pub fn outlook(
    conn: &mut Conn,
    viewer: &Viewer,
    rulebook: &Rulebook,
    count: usize,
) -> Result<Outlook> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let weeks = weeks(*today, count);
    let due = store::capacity::due(conn, viewer, *today)?;
    let staff = accounts::staff(conn, viewer.authority())?;
    let absences = store::capacity::absences(conn, viewer.authority(), *today)?;
    let officers: Vec<_> = staff
        .iter()
        .filter(|account| account.role == Role::Officer && account.left_on.is_none())
        .map(|account| {
            let own = absences.iter().filter(|absence| absence.0 == account.key);
            own.map(|(_, from, to)| (*from, *to)).collect()
        })
        .collect();
    let checks_a_week = policy.count(PolicyKey::ChecksAWeek);
    Ok(Outlook {
        load: load(&due, &weeks, *today, policy, calendar),
        capacity: weeks
            .iter()
            .map(|monday| capacity(*monday, *today, &officers, checks_a_week, calendar))
            .collect(),
        officers: officers.len(),
        checks_a_week,
        weeks,
    })
}

/// A check that came with a list and that nobody has begun on: it may be brought forward.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub check: DutyKey,
    /// What the world calls it.
    pub reference: String,
    pub child: ChildKey,
    pub tier: Tier,
    /// The day it is due.
    pub due_on: NaiveDate,
    pub why: String,
}

/// How a backlog would be spread.
#[derive(Clone, Debug)]
pub struct Plan {
    pub before: Outlook,
    /// What would be due in each week.
    pub after: Vec<ByTier>,
    /// The checks that would be brought forward, each with its new day.
    pub moves: Vec<(Waiting, NaiveDate)>,
    /// How many would stay where they are too many.
    pub no_room: ByTier,
    /// How many came with a list and may be moved at all.
    pub waiting: usize,
    /// How many came with a list, those due this week too.
    pub listed: usize,
    /// The first week that has too many of them and none before it that could take some.
    pub crowded: Option<NaiveDate>,
    /// Changes when anything about the plan does.
    pub fingerprint: String,
}

impl Plan {
    /// How many would be moved, by tier.
    pub fn moved(&self) -> ByTier {
        let mut moved = ByTier::default();
        for (waiting, _) in &self.moves {
            *moved.of(waiting.tier) += 1;
        }
        moved
    }

    /// Why nothing would be moved, in a sentence; none when something would.
    pub fn why_nothing(&self) -> Option<String> {
        if !self.moves.is_empty() {
            return None;
        }
        if self.listed == 0 {
            return Some("No check that came with a list is open and not begun on.".to_owned());
        }
        if self.waiting == 0 {
            return Some("Every check that came with a list is due this week, which has begun: nothing can be brought before it.".to_owned());
        }
        let Some(crowded) = self.crowded else {
            return Some("No week has more of these checks than the officers can do.".to_owned());
        };
        if self.before.officers == 0 {
            return Some("There is no officer who could do them.".to_owned());
        }
        if self.before.weeks.get(1) == Some(&crowded) {
            return Some("The week that has too many is the next one, and nothing is brought into the present week, which has begun.".to_owned());
        }
        Some(match self.before.load.late.total() {
            0 => "The weeks before have no room beside what is due in them.".to_owned(),
            1 => "The weeks before have no room: 1 check is late, and has to be done first."
                .to_owned(),
            late => format!(
                "The weeks before have no room beside what is due in them: {late} checks are late, and have to be done first."
            ),
        })
    }

    /// The longest way forward, in weeks.
    pub fn farthest(&self) -> i64 {
        let weeks = self.moves.iter().map(|(waiting, to)| {
            week_of(waiting.due_on)
                .signed_duration_since(week_of(*to))
                .num_weeks()
        });
        weeks.max().unwrap_or_default()
    }
}

/// Why a backlog was not spread.
#[derive(Debug, thiserror::Error)]
pub enum SpreadError {
    #[error("Only a manager spreads a backlog")]
    NotAllowed,
    /// There is nothing to move.
    #[error("Nothing was moved: as the register stands now, there is nothing to bring forward")]
    Nothing,
    /// Nobody looked at the plan.
    #[error("Nothing was moved. Look at the plan first: it is here")]
    NotSeen,
    /// The plan that was looked at is not the one that would be carried out.
    #[error(
        "The register has changed since this plan was made. Nothing was moved. This is the plan as it would be now"
    )]
    Changed,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(SpreadError);

/// Plans how to spread what came with a list: from next week on, each check in its week or an earlier one.
pub fn plan(conn: &mut Conn, viewer: &Viewer, rulebook: &Rulebook) -> Result<Plan> {
    let waiting = store::capacity::waiting(conn, viewer, rulebook.today, None)?;
    plan_for(conn, viewer, rulebook, waiting)
}

pub(super) fn plan_for(
    conn: &mut Conn,
    viewer: &Viewer,
    rulebook: &Rulebook,
    waiting: Vec<Waiting>,
) -> Result<Plan> {
    let listed = waiting.len();
    let first = weeks(rulebook.today, 2);
    let last = waiting.iter().map(|check| week_of(check.due_on)).max();
    let ahead = last.map_or(0, |last| {
        let weeks = last.signed_duration_since(first[0]).num_weeks() + 1;
        usize::try_from(weeks).unwrap_or_default()
    });
    let before = outlook(conn, viewer, rulebook, WEEKS.max(ahead))?;
    let waiting: Vec<Waiting> = waiting
        .into_iter()
        .filter(|check| week_of(check.due_on) > first[0])
        .collect();

    let movable: Vec<Movable> = waiting
        .iter()
        .map(|check| Movable {
            tier: check.tier,
            due_on: check.due_on,
        })
        .collect();
    let places = spread(&movable, &room(&before, &movable), &rulebook.calendar);
    let mut plan = Plan {
        after: before.load.open.clone(),
        moves: Vec::new(),
        no_room: ByTier::default(),
        waiting: waiting.len(),
        listed,
        crowded: None,
        fingerprint: String::new(),
        before,
    };
    for (check, place) in waiting.into_iter().zip(places) {
        match place {
            Place::Stays => {}
            Place::NoRoom => plan.leave(&check),
            Place::Forward(to) => plan.bring(check, to),
        }
    }
    plan.fingerprint = fingerprint(&plan);
    Ok(plan)
}

/// The room in the weeks from the next one on, beside what does not move.
fn room(before: &Outlook, movable: &[Movable]) -> Vec<(NaiveDate, u32)> {
    let due_in = |monday: &NaiveDate| {
        let here = movable
            .iter()
            .filter(|check| week_of(check.due_on) == *monday);
        u32::try_from(here.count()).unwrap_or(u32::MAX)
    };
    let fixed: Vec<u32> = before
        .weeks
        .iter()
        .zip(&before.load.open)
        .map(|(monday, open)| open.total().saturating_sub(due_in(monday)))
        .collect();
    let rooms = rooms(&before.capacity, &fixed, before.load.late.total());
    before.weeks.iter().copied().zip(rooms).skip(1).collect()
}

impl Plan {
    fn leave(&mut self, check: &Waiting) {
        let week = week_of(check.due_on);
        *self.no_room.of(check.tier) += 1;
        self.crowded = Some(self.crowded.map_or(week, |first| first.min(week)));
    }

    fn bring(&mut self, check: Waiting, to: NaiveDate) {
        let week = |day| self.before.weeks.binary_search(&week_of(day));
        if let (Ok(from), Ok(into)) = (week(check.due_on), week(to)) {
            *self.after[from].of(check.tier) -= 1;
            *self.after[into].of(check.tier) += 1;
        }
        self.moves.push((check, to));
    }
}

fn fingerprint(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    for (check, to) in &plan.moves {
        hash.update(format!("{} {} {to}\n", check.reference, check.due_on));
    }
    hash.update(format!("{:?}", plan.no_room));
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Spreads the backlog as planned, if the plan is still the one whose fingerprint was `seen`; writes an audit event for each
/// check. First due days stay.
///
/// # Errors
/// [`SpreadError::Changed`] if another plan would be carried out than the one that was looked at.
pub fn carry_out(act: &mut Act<'_>, seen: &str) -> Result<usize, SpreadError> {
    let rulebook = rulebook::of(act)?;
    if !act.viewer.manages() {
        return Err(SpreadError::NotAllowed);
    }
    let plan = plan(act.tx, act.viewer, &rulebook)?;
    if plan.moves.is_empty() {
        return Err(SpreadError::Nothing);
    }
    if seen.is_empty() {
        return Err(SpreadError::NotSeen);
    }
    if plan.fingerprint != seen {
        return Err(SpreadError::Changed);
    }
    let by = format!("by {}", act.viewer.name());
    move_all(act, &plan.moves, &by)?;
    Ok(plan.moves.len())
}

/// Brings checks forward, each with an audit event; `by` says when or by whom.
pub(super) fn move_all(act: &mut Act<'_>, moves: &[(Waiting, NaiveDate)], by: &str) -> Result<()> {
    let rulebook = rulebook::of(act)?;
    for (check, to) in moves {
        let why = format!(
            "{} Brought forward on {} from {} so that no week has more checks than the officers can do (spread {by}).",
            check.why,
            spoken(rulebook.today),
            spoken(check.due_on),
        );
        owed::move_to(act.tx, check.check, *to, &why)?;
        copy_next(act.tx, check.child)?;
        act.note(
            Action::CheckBroughtForward,
            Subject::of_child(check.child, &check.reference),
            &why,
        )?;
    }
    Ok(())
}
