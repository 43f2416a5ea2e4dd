//! The SQL of the list of open lapses. Each question names the authority of the lapses beside that of the children, so that
//! an index leads to the few that are open, and not past every child.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::not;

use crate::access::Viewer;
use crate::access::store::scope;
use crate::db::schema::{account, child, duty, lapse};
use crate::db::{Conn, Result};
use crate::duty::lapse_list::OpenLapse;
use crate::duty::owed::NamedChild;
use crate::duty::rest::Rest;
use crate::duty::store::rest::duty_rests;
use crate::duty::whose::Whose;
use crate::register::ChildKey;
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

type Row = (
    String,
    DutyKind,
    Post,
    Option<Reference>,
    Option<String>,
    Option<String>,
    NaiveDate,
    String,
    Option<String>,
    Option<NaiveDate>,
    i32,
    Option<ChildKey>,
    bool,
);

/// The open lapses that are listed: those that rest too, so that no rest hides a lapse.
macro_rules! open {
    ($viewer:expr, $whose:expr) => {{
        let mut open = lapse::table
            .inner_join(duty::table)
            .left_join(child::table.on(lapse::child_id.eq(child::id.nullable())))
            .left_join(account::table.on(child::officer_id.eq(account::id.nullable())))
            .filter(lapse::authority_id.eq($viewer.authority()))
            .filter(lapse::closed_at.is_null())
            .filter(scope::DutySeenBy::eyes_of($viewer))
            .into_boxed();
        if let Whose::Of(account) = $whose {
            open = open.filter(scope::OwnedBy::account(account));
        }
        open
    }};
}

/// How many lapses are open.
pub fn total(conn: &mut Conn, viewer: &Viewer, whose: Whose) -> Result<i64> {
    Ok(open!(viewer, whose).count().get_result(conn)?)
}

/// How many of them rest.
pub fn resting(conn: &mut Conn, viewer: &Viewer, whose: Whose, today: NaiveDate) -> Result<i64> {
    Ok(open!(viewer, whose)
        .filter(duty_rests!(lapse::child_id, duty::may_rest, today))
        .count()
        .get_result(conn)?)
}

/// How many do not rest and have a plan whose day has not passed.
pub fn answered(conn: &mut Conn, viewer: &Viewer, whose: Whose, today: NaiveDate) -> Result<i64> {
    Ok(open!(viewer, whose)
        .filter(lapse::plan_by.ge(today))
        .filter(not(duty_rests!(lapse::child_id, duty::may_rest, today)))
        .count()
        .get_result(conn)?)
}

/// How many open lapses had more than one plan.
pub fn renewed(conn: &mut Conn, viewer: &Viewer, whose: Whose) -> Result<i64> {
    Ok(open!(viewer, whose)
        .filter(lapse::round.gt(1))
        .count()
        .get_result(conn)?)
}

/// The open lapses that do not rest and that nobody has answered for, or with a plan whose day has passed, the longest over
/// first.
pub fn unanswered(
    conn: &mut Conn,
    viewer: &Viewer,
    today: NaiveDate,
) -> Result<Vec<(String, DutyKind, NaiveDate)>> {
    Ok(open!(viewer, Whose::Team)
        .filter(not(duty_rests!(lapse::child_id, duty::may_rest, today)))
        .filter(lapse::plan_by.is_null().or(lapse::plan_by.lt(today)))
        .order((lapse::due_on, lapse::id))
        .select((lapse::reference, duty::kind, lapse::due_on))
        .load(conn)?)
}

pub fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    (whose, only_unanswered): (Whose, bool),
    today: NaiveDate,
    (offset, limit): (i64, i64),
) -> Result<Vec<OpenLapse>> {
    let mut open = open!(viewer, whose);
    if only_unanswered {
        open = open
            .filter(not(duty_rests!(lapse::child_id, duty::may_rest, today)))
            .filter(lapse::plan_by.is_null().or(lapse::plan_by.lt(today)));
    }
    let rows: Vec<Row> = open
        .order((lapse::due_on, lapse::id))
        .select((
            lapse::reference,
            duty::kind,
            duty::post,
            child::reference.nullable(),
            child::given_names.nullable(),
            child::family_name.nullable(),
            lapse::due_on,
            duty::why,
            account::name.nullable(),
            lapse::plan_by,
            lapse::round,
            lapse::child_id,
            duty::may_rest,
        ))
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    let keys: Vec<ChildKey> = rows.iter().filter_map(|row| row.11).collect();
    let rests = super::rest::of(conn, &keys, today)?;
    Ok(rows.into_iter().map(|row| line(row, &rests)).collect())
}

fn line(row: Row, rests: &HashMap<ChildKey, Rest>) -> OpenLapse {
    let (
        reference,
        kind,
        post,
        child_reference,
        given_names,
        family_name,
        due_on,
        why,
        officer,
        plan_by,
        round,
        child,
        may_rest,
    ) = row;
    let rest = child
        .and_then(|child| rests.get(&child))
        .filter(|_| may_rest);
    OpenLapse {
        reference,
        kind,
        post,
        child: NamedChild::of(child_reference, given_names, family_name),
        due_on,
        why,
        officer,
        plan_by,
        plans: round.unsigned_abs(),
        rests: rest.map(Rest::in_words),
    }
}
