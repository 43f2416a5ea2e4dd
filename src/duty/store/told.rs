//! The SQL of what a mail told.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count;

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::schema::{child, duty, lapse, lapse_step, notice, outgoing_mail};
use crate::db::{Conn, Result};
use crate::duty::owed::{DutyState, NamedChild};
use crate::duty::told::{ToldLapse, ToldLine};
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// The key of a mail of this authority, and when it was written.
pub fn mail(
    conn: &mut Conn,
    kept_by: AuthorityKey,
    mail: &Reference,
) -> Result<Option<(i64, NaiveDateTime)>> {
    Ok(outgoing_mail::table
        .filter(outgoing_mail::reference.eq(mail.as_str()))
        .filter(outgoing_mail::authority_id.eq(kept_by.number()))
        .select((outgoing_mail::id, outgoing_mail::created_at))
        .first(conn)
        .optional()?)
}

/// How many lapses a mail told of, whoever may see them.
pub fn lapses_in(conn: &mut Conn, mail: i64) -> Result<i64> {
    Ok(lapse_step::table
        .filter(lapse_step::mail_id.eq(mail))
        .select(count(lapse_step::lapse_id).aggregate_distinct())
        .first(conn)?)
}

/// How many duties a mail told of, whoever may see them.
pub fn duties_in(conn: &mut Conn, mail: i64) -> Result<i64> {
    Ok(notice::table
        .filter(notice::mail_id.eq(mail))
        .select(count(notice::duty_id).aggregate_distinct())
        .first(conn)?)
}

/// The kinds of what a mail told of, whoever may see it.
pub fn kinds_in(conn: &mut Conn, mail: i64) -> Result<Vec<DutyKind>> {
    let mut kinds: Vec<DutyKind> = lapse_step::table
        .inner_join(lapse::table.inner_join(duty::table))
        .filter(lapse_step::mail_id.eq(mail))
        .select(duty::kind)
        .distinct()
        .load(conn)?;
    let due_soon: Vec<DutyKind> = notice::table
        .inner_join(duty::table)
        .filter(notice::mail_id.eq(mail))
        .select(duty::kind)
        .distinct()
        .load(conn)?;
    kinds.extend(due_soon);
    Ok(kinds)
}

/// The lapses that a mail told of, with their children, written once for the lines and for their number.
macro_rules! lapses {
    ($viewer:expr, $mail:expr) => {
        lapse::table
            .inner_join(duty::table)
            .left_join(child::table.on(lapse::child_id.eq(child::id.nullable())))
            .filter(scope::DutySeenBy::eyes_of($viewer))
            .filter(
                lapse::id.eq_any(
                    lapse_step::table
                        .filter(lapse_step::mail_id.eq($mail))
                        .select(lapse_step::lapse_id),
                ),
            )
    };
}

/// As [`lapses`], the duties that a mail said are due soon.
macro_rules! duties {
    ($viewer:expr, $mail:expr) => {
        duty::table
            .left_join(child::table)
            .filter(scope::DutySeenBy::eyes_of($viewer))
            .filter(
                duty::id.eq_any(
                    notice::table
                        .filter(notice::mail_id.eq($mail))
                        .select(notice::duty_id),
                ),
            )
    };
}

/// How many of the lapses that a mail told of this viewer may see.
pub fn count_lapses(conn: &mut Conn, viewer: &Viewer, mail: i64) -> Result<i64> {
    Ok(lapses!(viewer, mail).count().get_result(conn)?)
}

/// How many of the duties that a mail told of this viewer may see.
pub fn count_duties(conn: &mut Conn, viewer: &Viewer, mail: i64) -> Result<i64> {
    Ok(duties!(viewer, mail).count().get_result(conn)?)
}

/// A duty with its child.
#[derive(Queryable)]
struct Row {
    reference: Reference,
    kind: DutyKind,
    state: DutyState,
    why: String,
    post: Post,
    child_reference: Option<Reference>,
    given_names: Option<String>,
    family_name: Option<String>,
    officer: Option<AccountKey>,
}

impl Row {
    fn line(self, due_on: NaiveDate, lapse: Option<LapseRow>) -> ToldLine {
        ToldLine {
            check_reference: self.reference.to_string(),
            kind: self.kind,
            child: NamedChild::of(self.child_reference, self.given_names, self.family_name),
            post: self.post,
            due_on,
            why: self.why,
            officer: self.officer,
            state: self.state,
            lapse: lapse.map(|lapse| ToldLapse {
                reference: lapse.reference,
                plan_by: lapse.plan_by,
                plans: lapse.round.unsigned_abs(),
                closed_at: lapse.closed_at,
            }),
        }
    }
}

#[derive(Queryable)]
struct LapseRow {
    reference: String,
    plan_by: Option<NaiveDate>,
    round: i32,
    closed_at: Option<NaiveDateTime>,
}

/// The columns of a [`Row`].
macro_rules! row {
    () => {
        (
            duty::reference,
            duty::kind,
            duty::state,
            duty::why,
            duty::post,
            child::reference.nullable(),
            child::given_names.nullable(),
            child::family_name.nullable(),
            child::officer_id.nullable(),
        )
    };
}

/// The columns of a [`LapseRow`].
macro_rules! of_lapse {
    () => {
        (
            lapse::reference,
            lapse::plan_by,
            lapse::round,
            lapse::closed_at,
        )
    };
}

pub fn lapses(
    conn: &mut Conn,
    viewer: &Viewer,
    mail: i64,
    (offset, limit): (i64, i64),
) -> Result<Vec<ToldLine>> {
    let rows: Vec<(Row, NaiveDate, LapseRow)> = lapses!(viewer, mail)
        .order((lapse::due_on, lapse::id))
        .select((row!(), lapse::due_on, of_lapse!()))
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    let line = |(row, due_on, lapse): (Row, NaiveDate, LapseRow)| row.line(due_on, Some(lapse));
    Ok(rows.into_iter().map(line).collect())
}

pub fn duties(
    conn: &mut Conn,
    viewer: &Viewer,
    mail: i64,
    (offset, limit): (i64, i64),
) -> Result<Vec<ToldLine>> {
    let rows: Vec<(Row, NaiveDate, i64)> = duties!(viewer, mail)
        .order((duty::due_on, duty::id))
        .select((row!(), duty::due_on, duty::id))
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    let open: Vec<(i64, LapseRow)> = lapse::table
        .filter(lapse::duty_id.eq_any(rows.iter().map(|(_, _, duty)| *duty)))
        .filter(lapse::closed_at.is_null())
        .select((lapse::duty_id, of_lapse!()))
        .load(conn)?;
    let mut open: std::collections::HashMap<i64, LapseRow> = open.into_iter().collect();
    let lines = rows
        .into_iter()
        .map(|(row, due_on, duty)| row.line(due_on, open.remove(&duty)));
    Ok(lines.collect())
}
