//! What is on somebody's desk today: lapsed first, then due soon, each with how many working days.

use chrono::NaiveDate;

use super::store;
use super::store::diary::DiaryFilter;
use crate::access::{AccountKey, Viewer};
use crate::db::{Conn, Result};
use crate::duty::lapse_list;
use crate::duty::notice::soon;
use crate::duty::owed::NamedChild;
use crate::duty::whose::Whose;
use crate::policy::rulebook::Rulebook;
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;

/// A line on the desk.
#[derive(Clone, Debug)]
pub struct DeskLine {
    pub check_reference: String,
    pub kind: DutyKind,
    /// The child whom it is about; none: it is the authority that owes it.
    pub child: Option<NamedChild>,
    /// The day it is due.
    pub due_on: NaiveDate,
    pub why: String,
    /// Working days over (lapsed) or left (due soon; 0 is today).
    pub working_days: i64,
    /// The booked day, if one is booked.
    pub booked_for: Option<NaiveDate>,
    /// Whose it is.
    pub post: Post,
    /// The child's officer, where one is named.
    pub officer: Option<AccountKey>,
    /// The open lapse, with whether somebody has answered for it.
    pub lapse: Option<DeskLapse>,
}

/// A lapse on the desk.
#[derive(Clone, Debug)]
pub struct DeskLapse {
    pub reference: String,
    /// The day of the plan, once answered.
    pub plan_by: Option<NaiveDate>,
    /// How many plans there were.
    pub plans: u32,
}

/// A coming visit that is booked for another address than the child's home, or before another one was claimed.
#[derive(Clone, Debug)]
pub struct VisitElsewhere {
    pub check: String,
    pub kind: DutyKind,
    pub child: String,
    pub child_name: String,
    /// The day of the visit.
    pub booked_for: NaiveDate,
}

/// The desk: what is shown, and how many there are in all.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Checks past their day, the longest over first.
    pub lapsed: Vec<DeskLine>,
    /// How many there are in all.
    pub lapsed_total: i64,
    /// How many lapses are open besides, of checks that rest today.
    pub resting_lapses: i64,
    /// Checks due up to the day that [`soon`] says, the soonest first.
    pub due_soon: Vec<DeskLine>,
    /// How many there are in all.
    pub due_soon_total: i64,
    pub soon: NaiveDate,
    /// Visits to be confirmed for the child's address as it is now, the first to come first.
    pub elsewhere: Vec<VisitElsewhere>,
    /// Children without an officer.
    pub unallocated_total: i64,
}

/// Lines shown of each part.
pub const SHOWN: i64 = 50;

/// A day before every check.
const LONG_AGO: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The desk of an officer or of the team. Of the checks that rest today only the number of their lapses is
/// there.
pub fn desk(conn: &mut Conn, viewer: &Viewer, rulebook: &Rulebook, whose: Whose) -> Result<Desk> {
    let today = rulebook.today;
    let soon = soon(rulebook);
    let yesterday = today.pred_opt().unwrap_or(today);
    let asked = |due| DiaryFilter {
        viewer,
        whose,
        due,
        today,
    };
    let (mut lapsed, overdue_total) = part(conn, rulebook, &asked(LONG_AGO..=yesterday))?;
    let (carried, carried_total) = carried(conn, rulebook, &asked(LONG_AGO..=yesterday))?;
    lapsed.extend(carried);
    lapsed.sort_by_key(|line| line.due_on);
    let (due_soon, due_soon_total) = part(conn, rulebook, &asked(today..=soon))?;
    Ok(Desk {
        lapsed,
        lapsed_total: overdue_total + carried_total,
        resting_lapses: lapse_list::resting(conn, viewer, whose, today)?,
        due_soon,
        due_soon_total,
        soon,
        elsewhere: store::diary::elsewhere(conn, &asked(LONG_AGO..=today), SHOWN)?,
        unallocated_total: store::diary::unallocated(conn, viewer)?,
    })
}

fn part(
    conn: &mut Conn,
    rulebook: &Rulebook,
    asked: &DiaryFilter<'_>,
) -> Result<(Vec<DeskLine>, i64)> {
    let mut duties = store::diary::of_posts(conn, asked)?;
    let of_authority = i64::try_from(duties.len()).unwrap_or(i64::MAX);
    duties.extend(store::diary::lines(conn, asked, SHOWN)?);
    duties.sort_by_key(|line| line.due_on);
    let lines = on_desk(conn, rulebook, duties)?;
    Ok((lines, store::diary::count(conn, asked)? + of_authority))
}

/// What has lapsed though the next attempt is still to come, each with the day since which it has.
fn carried(
    conn: &mut Conn,
    rulebook: &Rulebook,
    asked: &DiaryFilter<'_>,
) -> Result<(Vec<DeskLine>, i64)> {
    let (carried, total) = store::diary::carried(conn, asked, SHOWN)?;
    let first_due: Vec<NaiveDate> = carried.iter().map(|(_, first_due)| *first_due).collect();
    let checks = carried.into_iter().map(|(line, _)| line).collect();
    let mut lines = on_desk(conn, rulebook, checks)?;
    for (line, first_due) in lines.iter_mut().zip(first_due) {
        line.why = format!(
            "An attempt failed that was due on {}, and the next is due on {}. {}",
            spoken(first_due),
            spoken(line.due_on),
            line.why
        );
        line.due_on = first_due;
        line.working_days = rulebook.working_days_from_today(first_due);
    }
    Ok((lines, total))
}

fn on_desk(
    conn: &mut Conn,
    rulebook: &Rulebook,
    checks: Vec<store::diary::Line>,
) -> Result<Vec<DeskLine>> {
    let mut lapses = store::diary::lapses(conn, &checks)?;
    let booked = store::diary::booked(conn, &checks)?;
    let lines = checks
        .into_iter()
        .map(|line| DeskLine {
            check_reference: line.check_reference.as_str().to_owned(),
            kind: line.kind,
            child: NamedChild::of(line.child_reference, line.given_names, line.family_name),
            post: line.post,
            due_on: line.due_on,
            why: line.why,
            working_days: rulebook.working_days_from_today(line.due_on),
            booked_for: booked.get(&line.check).copied(),
            officer: line.officer,
            lapse: lapses.remove(&line.check),
        })
        .collect();
    Ok(lines)
}
