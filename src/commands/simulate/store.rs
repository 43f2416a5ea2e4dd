//! What stands in the tables at night, asked by the judge with questions of its own and not with those of the program.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use hearth::db::schema::{
    audit_event, booking, duty, lapse, lapse_step, list_import, list_row, outgoing_mail, rest,
    unplaced_row,
};
use hearth::db::{Conn, DbError};
use hearth::duty::owed::DutyState;
use hearth::rules::duty::{DutyKind, Purpose};

use diesel::dsl::count_star;
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

/// The children to whom somebody is going from a day on.
pub fn visited_from(conn: &mut Conn, day: NaiveDate) -> Result<HashSet<i64>, DbError> {
    let children: Vec<i64> = booking::table
        .inner_join(duty::table.on(duty::id.eq(booking::check_id)))
        .filter(booking::state.eq("booked"))
        .filter(booking::booked_for.ge(day))
        .filter(duty::child_id.is_not_null())
        .select(duty::child_id.assume_not_null())
        .load(conn)?;
    Ok(children.into_iter().collect())
}

/// What became of the rows of an import that came to its end.
pub struct Account {
    pub reference: String,
    read: i64,
    /// New and closed, changed, known, to look at, refused: as its sender was told.
    told: [i64; 5],
    /// Rows in the account.
    rows: i64,
}

impl Account {
    /// Whether what was read is what became something.
    pub fn adds_up(&self) -> bool {
        self.read == self.told.iter().sum::<i64>() && self.read == self.rows
    }
}

/// The account of every import that came to its end.
pub fn accounts(conn: &mut Conn) -> Result<Vec<Account>, DbError> {
    type Row = (i64, String, i64, i64, i64, i64, i64, i64);
    let of_import: Vec<(i64, i64)> = list_row::table
        .group_by(list_row::import_id)
        .select((list_row::import_id, count_star()))
        .load(conn)?;
    let of_import: HashMap<i64, i64> = of_import.into_iter().collect();
    let imports: Vec<Row> = list_import::table
        .filter(list_import::ended_at.is_not_null())
        .order(list_import::id)
        .select((
            list_import::id,
            list_import::reference,
            list_import::rows_read,
            list_import::taken,
            list_import::changed,
            list_import::unchanged,
            list_import::look_at,
            list_import::refused,
        ))
        .load(conn)?;
    let account = |(id, reference, read, taken, changed, known, look_at, refused): Row| Account {
        reference,
        read,
        told: [taken, changed, known, look_at, refused],
        rows: of_import.get(&id).copied().unwrap_or_default(),
    };
    Ok(imports.into_iter().map(account).collect())
}

/// The rows that wait for an answer, each with every list in which it stood.
pub fn rows_waiting(conn: &mut Conn) -> Result<Vec<(String, String)>, DbError> {
    let waiting = unplaced_row::answer.is_null();
    let columns = (unplaced_row::reference, list_import::reference);
    let mut rows: Vec<(String, String)> = unplaced_row::table
        .inner_join(list_import::table)
        .filter(waiting)
        .select(columns)
        .load(conn)?;
    let later: Vec<(String, String)> = list_row::table
        .inner_join(list_import::table)
        .inner_join(unplaced_row::table.on(list_row::unplaced_id.eq(unplaced_row::id.nullable())))
        .filter(waiting)
        .select(columns)
        .load(conn)?;
    rows.extend(later);
    Ok(rows)
}

/// The imports of which it is owed that somebody looks at their rows.
pub fn lists_to_look_at(conn: &mut Conn) -> Result<HashSet<String>, DbError> {
    let open: Vec<String> = duty::table
        .filter(duty::state.eq(DutyState::Open))
        .filter(duty::kind.eq(DutyKind::RowsOfList))
        .select(duty::occasion)
        .load(conn)?;
    Ok(open.into_iter().collect())
}
