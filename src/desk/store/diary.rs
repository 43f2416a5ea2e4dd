//! The SQL of the desk. What is listed and what is counted come from the same conditions.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use diesel::dsl::not;

use crate::access::store::scope;
use crate::access::{AccountKey, Viewer};
use crate::db::schema::{booking, child, duty, lapse};
use crate::db::{Conn, Result};
use crate::desk::diary::{DeskLapse, VisitElsewhere};
use crate::duty::DutyKey;
use crate::duty::store::rest::duty_rests;
use crate::duty::store::{IS_OPEN, OF_ANOTHER_POST, OF_THE_OFFICER};
use crate::duty::whose::Whose;
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;
use crate::visit::booking::BookingState;

use diesel::prelude::*;

/// Which open checks are asked for.
pub struct DiaryFilter<'a> {
    pub viewer: &'a Viewer,
    pub whose: Whose,
    /// Checks due in these days.
    pub due: RangeInclusive<NaiveDate>,
    /// Checks of children whose checks rest on this day are left out.
    pub today: NaiveDate,
}

/// An open check with its child.
#[derive(Queryable)]
pub struct Line {
    pub check: DutyKey,
    pub check_reference: Reference,
    pub kind: DutyKind,
    pub due_on: NaiveDate,
    pub why: String,
    pub post: Post,
    pub child_reference: Option<Reference>,
    pub given_names: Option<String>,
    pub family_name: Option<String>,
    pub officer: Option<AccountKey>,
}

/// The conditions, written once for the lines and for their number. The day of a child's next check is the earliest of
/// all its open checks, so it narrows the children by an index.
macro_rules! asked {
    ($asked:expr) => {{
        let asked: &DiaryFilter<'_> = $asked;
        let mut checks = scope::children(asked.viewer)
            .inner_join(duty::table)
            .filter(child::is_open.eq(true))
            .filter(child::next_check_on.le(*asked.due.end()))
            .filter(IS_OPEN)
            .filter(OF_THE_OFFICER)
            .filter(duty::due_on.ge(*asked.due.start()))
            .filter(duty::due_on.le(*asked.due.end()))
            .filter(not(duty_rests!(child::id, duty::may_rest, asked.today)))
            .into_boxed();
        if let Whose::Of(officer) = asked.whose {
            checks = checks.filter(child::officer_id.eq(officer.number()));
        }
        checks
    }};
}

/// The first `limit` of them by due day.
pub fn lines(conn: &mut Conn, asked: &DiaryFilter<'_>, limit: i64) -> Result<Vec<Line>> {
    Ok(asked!(asked)
        .order((duty::due_on, duty::id))
        .limit(limit)
        .select((
            duty::id,
            duty::reference,
            duty::kind,
            duty::due_on,
            duty::why,
            duty::post,
            child::reference.nullable(),
            child::given_names.nullable(),
            child::family_name.nullable(),
            child::officer_id,
        ))
        .load(conn)?)
}

/// The conditions of what is of another post than the officer's, written once for the lines and for their number.
macro_rules! of_posts {
    ($asked:expr) => {{
        let asked: &DiaryFilter<'_> = $asked;
        duty::table
            .left_join(child::table)
            .filter(duty::authority_id.eq(asked.viewer.authority()))
            .filter(OF_ANOTHER_POST)
            .filter(IS_OPEN)
            .filter(duty::due_on.between(*asked.due.start(), *asked.due.end()))
            .filter(not(duty_rests!(
                duty::child_id,
                duty::may_rest,
                asked.today
            )))
            .filter(scope::DutySeenBy::eyes_of(asked.viewer))
    }};
}

/// How many of those are of another post than the officer's, by kind.
pub fn count_of_posts(conn: &mut Conn, asked: &DiaryFilter<'_>) -> Result<Vec<(DutyKind, i64)>> {
    Ok(of_posts!(asked)
        .group_by(duty::kind)
        .select((duty::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Those that are of another post than the officer's: a few.
pub fn of_posts(conn: &mut Conn, asked: &DiaryFilter<'_>) -> Result<Vec<Line>> {
    let mut duties = of_posts!(asked).into_boxed();
    if let Whose::Of(account) = asked.whose {
        duties = duties.filter(scope::OwnedBy::account(account));
    }
    Ok(duties
        .order((duty::due_on, duty::id))
        .select((
            duty::id,
            duty::reference,
            duty::kind,
            duty::due_on,
            duty::why,
            duty::post,
            child::reference.nullable(),
            child::given_names.nullable(),
            child::family_name.nullable(),
            child::officer_id.nullable(),
        ))
        .load(conn)?)
}

/// The first checks that are not overdue, but have a lapse all the same: that of an attempt that failed stays open for the
/// next one. Each with the day since which it has lapsed; and how many there are.
pub fn carried(
    conn: &mut Conn,
    asked: &DiaryFilter<'_>,
    limit: i64,
) -> Result<(Vec<(Line, NaiveDate)>, i64)> {
    let of = || {
        let mut lapses = scope::children(asked.viewer)
            .inner_join(lapse::table.inner_join(duty::table))
            .filter(lapse::authority_id.eq(asked.viewer.authority()))
            .filter(lapse::closed_at.is_null())
            .filter(duty::due_on.ge(asked.today))
            .filter(not(duty_rests!(child::id, duty::may_rest, asked.today)))
            .into_boxed();
        if let Whose::Of(officer) = asked.whose {
            lapses = lapses.filter(child::officer_id.eq(officer.number()));
        }
        lapses
    };
    let lines = of()
        .order((lapse::due_on, lapse::id))
        .limit(limit)
        .select((
            (
                duty::id,
                duty::reference,
                duty::kind,
                duty::due_on,
                duty::why,
                duty::post,
                child::reference.nullable(),
                child::given_names.nullable(),
                child::family_name.nullable(),
                child::officer_id,
            ),
            lapse::due_on,
        ))
        .load(conn)?;
    Ok((lines, of().count().get_result(conn)?))
}

/// How many open checks a filter leaves.
pub fn count(conn: &mut Conn, asked: &DiaryFilter<'_>) -> Result<i64> {
    Ok(asked!(asked).count().get_result(conn)?)
}

/// The open lapses of these checks.
pub fn lapses(conn: &mut Conn, checks: &[Line]) -> Result<HashMap<DutyKey, DeskLapse>> {
    let rows: Vec<(DutyKey, String, Option<NaiveDate>, i32)> = lapse::table
        .filter(lapse::duty_id.eq_any(checks.iter().map(|line| line.check.number())))
        .filter(lapse::closed_at.is_null())
        .select((
            lapse::duty_id,
            lapse::reference,
            lapse::plan_by,
            lapse::round,
        ))
        .load(conn)?;
    let on_desk = rows.into_iter().map(|(check, reference, plan_by, round)| {
        let plans = round.unsigned_abs();
        let lapse = DeskLapse {
            reference,
            plan_by,
            plans,
        };
        (check, lapse)
    });
    Ok(on_desk.collect())
}

/// The first coming visits that are booked for another address than the child's home, whenever their checks are due.
pub fn elsewhere(
    conn: &mut Conn,
    asked: &DiaryFilter<'_>,
    limit: i64,
) -> Result<Vec<VisitElsewhere>> {
    let bookings =
        crate::visit::store::booking::all_elsewhere(conn, asked.viewer.authority(), asked.today)?;
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let mut visits = scope::children(asked.viewer)
        .inner_join(duty::table.inner_join(booking::table))
        .filter(child::is_open.eq(true))
        .filter(booking::id.eq_any(bookings))
        .into_boxed();
    if let Whose::Of(officer) = asked.whose {
        visits = visits.filter(child::officer_id.eq(officer.number()));
    }
    type Visit = (Reference, DutyKind, Reference, String, String, NaiveDate);
    let rows: Vec<Visit> = visits
        .order((booking::booked_for, booking::id))
        .limit(limit)
        .select((
            duty::reference,
            duty::kind,
            child::reference,
            child::given_names,
            child::family_name,
            booking::booked_for,
        ))
        .load(conn)?;
    let visit = |(check, kind, child, given, family, booked_for): Visit| VisitElsewhere {
        check: check.as_str().to_owned(),
        kind,
        child: child.as_str().to_owned(),
        child_name: format!("{given} {family}"),
        booked_for,
    };
    Ok(rows.into_iter().map(visit).collect())
}

/// The days for which these checks are booked.
pub fn booked(conn: &mut Conn, checks: &[Line]) -> Result<HashMap<DutyKey, NaiveDate>> {
    let rows: Vec<(DutyKey, NaiveDate)> = booking::table
        .filter(booking::check_id.eq_any(checks.iter().map(|line| line.check.number())))
        .filter(booking::state.eq(BookingState::Booked))
        .select((booking::check_id, booking::booked_for))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Children without an officer.
pub fn unallocated(conn: &mut Conn, viewer: &Viewer) -> Result<i64> {
    Ok(scope::children(viewer)
        .filter(child::is_open.eq(true))
        .filter(child::officer_id.is_null())
        .count()
        .get_result(conn)?)
}
