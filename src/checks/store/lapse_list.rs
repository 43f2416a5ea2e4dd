//! The SQL of the list of open lapses.

use chrono::NaiveDate;
use diesel::dsl::not;
use diesel::prelude::*;

use super::suspension::rests;
use crate::access::Viewer;
use crate::access::store::scope;
use crate::checks::diary::Whose;
use crate::checks::lapse_list::OpenLapse;
use crate::db::schema::{account, child, lapse, welfare_check};
use crate::db::{Conn, Result};
use crate::rules::schedule::CheckKind;

type Row = (
    String,
    CheckKind,
    String,
    String,
    String,
    NaiveDate,
    String,
    Option<String>,
    Option<NaiveDate>,
    i32,
);

/// How many lapses are open; with `planned_from`, only those with a plan for that day or later.
pub(in crate::checks) fn count(
    conn: &mut Conn,
    viewer: &Viewer,
    whose: Whose,
    today: NaiveDate,
    planned_from: Option<NaiveDate>,
) -> Result<i64> {
    let mut open = children(viewer, whose, today)
        .inner_join(lapse::table)
        .filter(lapse::closed_at.is_null());
    if let Some(day) = planned_from {
        open = open.filter(lapse::plan_by.ge(day));
    }
    Ok(open.count().get_result(conn)?)
}

/// How many open lapses had more than one plan.
pub(in crate::checks) fn renewed(
    conn: &mut Conn,
    viewer: &Viewer,
    whose: Whose,
    today: NaiveDate,
) -> Result<i64> {
    Ok(children(viewer, whose, today)
        .inner_join(lapse::table)
        .filter(lapse::closed_at.is_null())
        .filter(lapse::round.gt(1))
        .count()
        .get_result(conn)?)
}

/// The open lapses that nobody has answered for, or with a plan whose day has passed, the longest over first.
pub(in crate::checks) fn unanswered(
    conn: &mut Conn,
    viewer: &Viewer,
    today: NaiveDate,
) -> Result<Vec<(String, CheckKind, NaiveDate)>> {
    Ok(children(viewer, Whose::Team, today)
        .inner_join(lapse::table.inner_join(welfare_check::table))
        .filter(lapse::closed_at.is_null())
        .filter(lapse::plan_by.is_null().or(lapse::plan_by.lt(today)))
        .order((lapse::due_on, lapse::id))
        .select((lapse::reference, welfare_check::kind, lapse::due_on))
        .load(conn)?)
}

pub(in crate::checks) fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    whose: Whose,
    today: NaiveDate,
    (offset, limit): (i64, i64),
) -> Result<Vec<OpenLapse>> {
    let rows: Vec<Row> = children(viewer, whose, today)
        .inner_join(lapse::table.inner_join(welfare_check::table))
        .left_join(account::table)
        .filter(lapse::closed_at.is_null())
        .order((lapse::due_on, lapse::id))
        .select((
            lapse::reference,
            welfare_check::kind,
            child::reference,
            child::given_names,
            child::family_name,
            lapse::due_on,
            welfare_check::why,
            account::name.nullable(),
            lapse::plan_by,
            lapse::round,
        ))
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(line).collect())
}

/// The children whose lapses are told; while a child's checks rest, nobody is told and nothing is listed.
fn children<'a>(
    viewer: &Viewer,
    whose: Whose,
    today: NaiveDate,
) -> child::BoxedQuery<'a, crate::db::Backend> {
    let seen = scope::children(viewer)
        .filter(not(rests!(child::id, today)))
        .into_boxed();
    match whose {
        Whose::Of(officer) => seen.filter(child::officer_id.eq(officer.number())),
        Whose::Team => seen,
    }
}

fn line(row: Row) -> OpenLapse {
    let (
        reference,
        kind,
        child_reference,
        given_names,
        family_name,
        due_on,
        why,
        officer,
        plan_by,
        round,
    ) = row;
    OpenLapse {
        reference,
        kind,
        child_reference,
        child_name: format!("{given_names} {family_name}"),
        due_on,
        why,
        officer,
        plan_by,
        plans: round.unsigned_abs(),
    }
}
