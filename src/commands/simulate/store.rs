//! What stands in the tables at night, asked by the judge with questions of its own and not with those of the program.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use hearth::db::schema::{audit_event, booking, duty, lapse, lapse_step, outgoing_mail, rest};
use hearth::db::{Conn, DbError};
use hearth::duty::owed::DutyState;
use hearth::rules::duty::Purpose;

use diesel::prelude::*;

/// A duty that is open.
pub struct OpenDuty {
    pub id: i64,
    /// The child whom it is about, if it is about one.
    pub child: Option<i64>,
    /// The check at which it is a new attempt: a later one takes its lapse over.
    pub follows: Option<i64>,
    pub due_on: NaiveDate,
    /// Whether it asks for the child to be found.
    pub is_search: bool,
}

/// Every duty that is open.
pub fn open_checks(conn: &mut Conn) -> Result<Vec<OpenDuty>, DbError> {
    type Row = (i64, Option<i64>, Option<i64>, Purpose, NaiveDate);
    let rows: Vec<Row> = duty::table
        .filter(duty::state.eq(DutyState::Open))
        .select((
            duty::id,
            duty::child_id,
            duty::follows_id,
            duty::purpose,
            duty::due_on,
        ))
        .load(conn)?;
    let check = |(id, child, follows, purpose, due_on): (_, _, _, Purpose, _)| OpenDuty {
        id,
        child,
        follows,
        due_on,
        is_search: purpose == Purpose::Find,
    };
    Ok(rows.into_iter().map(check).collect())
}

/// The children whose checks rest on a day.
pub fn resting(conn: &mut Conn, day: NaiveDate) -> Result<HashSet<i64>, DbError> {
    let rows: Vec<i64> = rest::table
        .filter(rest::starts_on.le(day))
        .filter(rest::ends_on.ge(day))
        .select(rest::child_id)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The children whose checks ever rested.
pub fn ever_rested(conn: &mut Conn) -> Result<HashSet<i64>, DbError> {
    let rows: Vec<i64> = rest::table.select(rest::child_id).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// A lapse, as the judge looks at it.
pub struct Lapse {
    pub id: i64,
    pub reference: String,
    pub check: i64,
    /// Of a new attempt, at which check.
    pub follows: Option<i64>,
    pub child: Option<i64>,
    pub opened_on: NaiveDate,
    /// Whether nobody has ever answered for it.
    pub is_unanswered: bool,
    pub closed_at: Option<NaiveDateTime>,
}

/// Every lapse there ever was.
pub fn lapses(conn: &mut Conn) -> Result<Vec<Lapse>, DbError> {
    type Row = (
        i64,
        String,
        i64,
        Option<i64>,
        Option<i64>,
        NaiveDate,
        Option<NaiveDateTime>,
        Option<NaiveDateTime>,
    );
    let rows: Vec<Row> = lapse::table
        .inner_join(duty::table)
        .select((
            lapse::id,
            lapse::reference,
            lapse::duty_id,
            duty::follows_id,
            lapse::child_id,
            lapse::opened_on,
            lapse::answered_at,
            lapse::closed_at,
        ))
        .order(lapse::id)
        .load(conn)?;
    let lapse =
        |(id, reference, check, follows, child, opened_on, answered, closed_at): Row| Lapse {
            id,
            reference,
            check,
            follows,
            child,
            opened_on,
            is_unanswered: answered.is_none(),
            closed_at,
        };
    Ok(rows.into_iter().map(lapse).collect())
}

/// The checks that ended because their record was a duplicate.
pub fn of_duplicates(conn: &mut Conn) -> Result<HashSet<i64>, DbError> {
    let checks: Vec<i64> = duty::table
        .filter(duty::state.eq(DutyState::Cancelled))
        .filter(duty::closed_because.like("Duplicate of another record%"))
        .select(duty::id)
        .load(conn)?;
    Ok(checks.into_iter().collect())
}

/// Of every lapse the steps that were told, each with when it was first.
pub fn steps(conn: &mut Conn) -> Result<HashMap<i64, HashMap<String, NaiveDateTime>>, DbError> {
    let rows: Vec<(i64, String, NaiveDateTime)> = lapse_step::table
        .inner_join(outgoing_mail::table)
        .select((
            lapse_step::lapse_id,
            lapse_step::step,
            outgoing_mail::created_at,
        ))
        .order(lapse_step::mail_id.desc())
        .load(conn)?;
    let mut steps: HashMap<i64, HashMap<String, NaiveDateTime>> = HashMap::new();
    for (lapse, step, told_at) in rows {
        steps.entry(lapse).or_default().insert(step, told_at);
    }
    Ok(steps)
}

/// How many lapses a failed visit left open for the next attempt.
pub fn carried_over(conn: &mut Conn) -> Result<i64, DbError> {
    let events = audit_event::table.filter(audit_event::action.eq("lapse_carried_over"));
    Ok(events.count().get_result(conn)?)
}

/// Of how many booked visits it was told that the child lives elsewhere.
pub fn booked_elsewhere(conn: &mut Conn) -> Result<i64, DbError> {
    let told = booking::table.filter(
        (booking::heard_address_id.is_not_null()).or(booking::heard_claim_id.is_not_null()),
    );
    Ok(told.count().get_result(conn)?)
}
