//! The SQL of the desk. What is listed and what is counted come from the same conditions.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use diesel::dsl::not;
use diesel::prelude::*;

use super::IS_OPEN;
use super::booking::BookingState;
use super::suspension::sleeps;
use crate::access::store::scope;
use crate::access::{AccountKey, Viewer};
use crate::checks::CheckKey;
use crate::checks::diary::{DeskLapse, VisitElsewhere, Whose};
use crate::db::schema::{booking, child, lapse, welfare_check};
use crate::db::{Conn, Result};
use crate::rules::identifiers::Reference;
use crate::rules::schedule::CheckKind;

/// Which open checks are asked for.
pub(in crate::checks) struct Asked<'a> {
    pub(in crate::checks) viewer: &'a Viewer,
    pub(in crate::checks) whose: Whose,
    /// Checks due in these days.
    pub(in crate::checks) due: RangeInclusive<NaiveDate>,
    /// Checks of children whose checks rest on this day are left out.
    pub(in crate::checks) today: NaiveDate,
}

/// An open check with its child.
#[derive(Queryable)]
pub(in crate::checks) struct Line {
    pub(in crate::checks) check: CheckKey,
    pub(in crate::checks) check_reference: Reference,
    pub(in crate::checks) kind: CheckKind,
    pub(in crate::checks) due_on: NaiveDate,
    pub(in crate::checks) why: String,
    pub(in crate::checks) child_reference: Reference,
    pub(in crate::checks) given_names: String,
    pub(in crate::checks) family_name: String,
    pub(in crate::checks) officer: Option<AccountKey>,
}

/// The conditions, written once for the lines and for their number. The day of a child's next check is the earliest of
/// all its open checks, so it narrows the children by an index.
macro_rules! asked {
    ($asked:expr) => {{
        let asked: &Asked<'_> = $asked;
        let mut checks = scope::children(asked.viewer)
            .inner_join(welfare_check::table)
            .filter(child::is_open.eq(true))
            .filter(child::next_check_on.le(*asked.due.end()))
            .filter(IS_OPEN)
            .filter(welfare_check::due_on.ge(*asked.due.start()))
            .filter(welfare_check::due_on.le(*asked.due.end()))
            .filter(not(sleeps!(child::id, welfare_check::purpose, asked.today)))
            .into_boxed();
        if let Whose::Of(officer) = asked.whose {
            checks = checks.filter(child::officer_id.eq(officer.number()));
        }
        checks
    }};
}

/// The first `limit` of them by due day.
pub(in crate::checks) fn lines(
    conn: &mut Conn,
    asked: &Asked<'_>,
    limit: i64,
) -> Result<Vec<Line>> {
    Ok(asked!(asked)
        .order((welfare_check::due_on, welfare_check::id))
        .limit(limit)
        .select((
            welfare_check::id,
            welfare_check::reference,
            welfare_check::kind,
            welfare_check::due_on,
            welfare_check::why,
            child::reference,
            child::given_names,
            child::family_name,
            child::officer_id,
        ))
        .load(conn)?)
}

/// The first checks that are not overdue, but have a lapse all the same: that of an attempt that failed stays open for the
/// next one. Each with the day since which it has lapsed; and how many there are.
pub(in crate::checks) fn carried(
    conn: &mut Conn,
    asked: &Asked<'_>,
    limit: i64,
) -> Result<(Vec<(Line, NaiveDate)>, i64)> {
    let of = || {
        let mut lapses = scope::children(asked.viewer)
            .inner_join(lapse::table.inner_join(welfare_check::table))
            .filter(lapse::authority_id.eq(asked.viewer.authority()))
            .filter(lapse::closed_at.is_null())
            .filter(welfare_check::due_on.ge(asked.today))
            .filter(not(sleeps!(child::id, welfare_check::purpose, asked.today)))
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
                welfare_check::id,
                welfare_check::reference,
                welfare_check::kind,
                welfare_check::due_on,
                welfare_check::why,
                child::reference,
                child::given_names,
                child::family_name,
                child::officer_id,
            ),
            lapse::due_on,
        ))
        .load(conn)?;
    Ok((lines, of().count().get_result(conn)?))
}

/// How many they are.
pub(in crate::checks) fn count(conn: &mut Conn, asked: &Asked<'_>) -> Result<i64> {
    Ok(asked!(asked).count().get_result(conn)?)
}

/// The open lapses of these checks.
pub(in crate::checks) fn lapses(
    conn: &mut Conn,
    checks: &[Line],
) -> Result<HashMap<CheckKey, DeskLapse>> {
    let rows: Vec<(CheckKey, String, Option<NaiveDate>, i32)> = lapse::table
        .filter(lapse::check_id.eq_any(checks.iter().map(|line| line.check.number())))
        .filter(lapse::closed_at.is_null())
        .select((
            lapse::check_id,
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
pub(in crate::checks) fn elsewhere(
    conn: &mut Conn,
    asked: &Asked<'_>,
    limit: i64,
) -> Result<Vec<VisitElsewhere>> {
    let bookings = super::booking::all_elsewhere(conn, asked.viewer.authority(), asked.today)?;
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let mut visits = scope::children(asked.viewer)
        .inner_join(welfare_check::table.inner_join(booking::table))
        .filter(child::is_open.eq(true))
        .filter(booking::id.eq_any(bookings))
        .into_boxed();
    if let Whose::Of(officer) = asked.whose {
        visits = visits.filter(child::officer_id.eq(officer.number()));
    }
    type Visit = (Reference, CheckKind, Reference, String, String, NaiveDate);
    let rows: Vec<Visit> = visits
        .order((booking::booked_for, booking::id))
        .limit(limit)
        .select((
            welfare_check::reference,
            welfare_check::kind,
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
pub(in crate::checks) fn booked(
    conn: &mut Conn,
    checks: &[Line],
) -> Result<HashMap<CheckKey, NaiveDate>> {
    let rows: Vec<(CheckKey, NaiveDate)> = booking::table
        .filter(booking::check_id.eq_any(checks.iter().map(|line| line.check.number())))
        .filter(booking::state.eq(BookingState::Booked))
        .select((booking::check_id, booking::booked_for))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Children without an officer.
pub(in crate::checks) fn unallocated(conn: &mut Conn, viewer: &Viewer) -> Result<i64> {
    Ok(scope::children(viewer)
        .filter(child::is_open.eq(true))
        .filter(child::officer_id.is_null())
        .count()
        .get_result(conn)?)
}
