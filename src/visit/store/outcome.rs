//! The SQL of outcomes: rows are added and read; only that somebody is to hear of one, and did, is added later.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::{AccountKey, AuthorityKey};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, closed_by_outcome, duty, outcome};
use crate::db::{Condition, Conn, Result};
use crate::duty::DutyKey;
use crate::duty::owed::DutyState;
use crate::register::ChildKey;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::visit::check::Check;
use crate::visit::outcome::{NewOutcome, OutcomeRecord};
use crate::visit::{BookingKey, OutcomeKey};
use crate::{insert_rows, on_each};

use diesel::prelude::*;

#[derive(Queryable)]
struct Row {
    reference: Reference,
    happened_on: Day,
    mode: Mode,
    result: AttemptResult,
    place: String,
    present: String,
    home_seen: Option<bool>,
    spoken_alone: SpokenAlone,
    judgement: Judgement,
    note: String,
    satisfied: bool,
    recorded_by: String,
    recorded_at: Moment,
}

impl From<Row> for OutcomeRecord {
    fn from(row: Row) -> Self {
        Self {
            reference: row.reference,
            happened_on: row.happened_on.into(),
            mode: row.mode,
            result: row.result,
            place: row.place,
            present: row.present,
            home_seen: row.home_seen,
            spoken_alone: row.spoken_alone,
            judgement: row.judgement,
            note: row.note,
            satisfied: row.satisfied,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at.into(),
        }
    }
}

/// What a [`Row`] is read from.
macro_rules! columns {
    () => {
        (
            outcome::reference,
            outcome::happened_on,
            outcome::mode,
            outcome::result,
            outcome::place,
            outcome::present,
            outcome::home_seen,
            outcome::spoken_alone,
            outcome::judgement,
            outcome::note,
            outcome::satisfied,
            account::name,
            outcome::recorded_at,
        )
    };
}

/// A child's outcomes, each with its check, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<(DutyKey, OutcomeRecord)>> {
    let rows: Vec<(DutyKey, Row)> = on_each!(conn, |conn| outcome::table
        .inner_join(account::table)
        .filter(outcome::child_id.eq(child))
        .order((outcome::happened_on.desc(), outcome::id.desc()))
        .select((outcome::check_id, columns!(),))
        .load(conn))?;
    let with_check = rows.into_iter().map(|(check, row)| (check, row.into()));
    Ok(with_check.collect())
}

/// Children a statement.
const PART: usize = 1000;

/// Where these children were last seen, and when.
pub fn places_seen(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<HashMap<ChildKey, (NaiveDate, String)>> {
    let mut places = HashMap::new();
    for part in children.chunks(PART) {
        let keys = part.iter().map(|child| child.number());
        let seen: Vec<(ChildKey, NaiveDate, String)> = outcome::table
            .filter(outcome::child_id.eq_any(keys))
            .filter(outcome::result.eq(AttemptResult::ChildSeen))
            .order((outcome::happened_on, outcome::id))
            .select((outcome::child_id, outcome::happened_on, outcome::place))
            .load(conn)?;
        places.extend(
            seen.into_iter()
                .map(|(child, on, place)| (child, (on, place))),
        );
    }
    Ok(places)
}

/// The outcome that a form has recorded already, and for which check.
pub fn by_form_key(conn: &mut Conn, form_key: &str) -> Result<Option<(DutyKey, OutcomeRecord)>> {
    let found: Option<(DutyKey, Row)> = outcome::table
        .inner_join(account::table)
        .filter(outcome::form_key.eq(form_key))
        .select((outcome::check_id, columns!()))
        .first(conn)
        .optional()?;
    Ok(found.map(|(check, row)| (check, row.into())))
}

/// Notes which outcome closed these checks.
pub fn note_closed(tx: &mut Conn, checks: &[DutyKey], by: OutcomeKey) -> Result<()> {
    let rows: Vec<ClosedBy> = checks
        .iter()
        .map(|check| ClosedBy {
            check_id: check.number(),
            outcome_id: by.number(),
        })
        .collect();
    insert_rows!(tx, closed_by_outcome::table, rows)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = closed_by_outcome)]
struct ClosedBy {
    check_id: i64,
    outcome_id: i64,
}

/// The outcome that closed a check.
pub fn closing(conn: &mut Conn, check: DutyKey) -> Result<Option<OutcomeRecord>> {
    let closed_by = closed_by_outcome::table
        .filter(closed_by_outcome::check_id.eq(check))
        .select(closed_by_outcome::outcome_id);
    let found: Option<Row> = outcome::table
        .inner_join(account::table)
        .filter(outcome::id.eq_any(closed_by))
        .select(columns!())
        .first(conn)
        .optional()?;
    Ok(found.map(OutcomeRecord::from))
}

/// What is not in the form.
pub struct Circumstances<'a> {
    pub reference: &'a Reference,
    pub check: &'a Check,
    pub booking: Option<BookingKey>,
    pub satisfied: bool,
    pub by: AccountKey,
    pub now: NaiveDateTime,
}

pub fn insert(tx: &mut Conn, new: &NewOutcome, of: &Circumstances<'_>) -> Result<OutcomeKey> {
    Ok(diesel::insert_into(outcome::table)
        .values((
            outcome::reference.eq(of.reference),
            outcome::check_id.eq(of.check.key),
            outcome::child_id.eq(of.check.child),
            outcome::booking_id.eq(of.booking.map(BookingKey::number)),
            outcome::form_key.eq(&new.form_key),
            outcome::happened_on.eq(new.happened_on),
            outcome::mode.eq(new.mode),
            outcome::result.eq(new.result),
            outcome::place.eq(new.place.trim()),
            outcome::present.eq(new.present.trim()),
            outcome::home_seen.eq(new.home_seen),
            outcome::spoken_alone.eq(new.spoken_alone),
            outcome::judgement.eq(new.judgement),
            outcome::note.eq(new.note.trim()),
            outcome::satisfied.eq(of.satisfied),
            outcome::recorded_by.eq(of.by),
            outcome::recorded_at.eq(of.now),
        ))
        .returning(outcome::id)
        .get_result(tx)?)
}

/// An attempt that failed for a child in red, of which nobody was told.
#[derive(Queryable)]
pub struct FailedInRed {
    pub key: OutcomeKey,
    pub outcome: Reference,
    pub happened_on: NaiveDate,
    pub check: Reference,
    pub kind: DutyKind,
    pub new_attempt_by: Option<NaiveDate>,
    /// Whether the record is restricted.
    pub restricted: bool,
    /// The address of whoever recorded it.
    pub by: String,
}

/// The attempts of which a manager is to hear and was not told.
pub fn to_tell(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<FailedInRed>> {
    let attempt = diesel::alias!(duty as attempt);
    let new_attempt_by = attempt
        .filter(
            attempt
                .field(duty::child_id)
                .eq(outcome::child_id.nullable()),
        )
        .filter(attempt.field(duty::kind).eq(DutyKind::NewAttempt))
        .filter(Condition(
            "attempt.follows_id = COALESCE(duty.follows_id, duty.id)",
        ))
        .filter(attempt.field(duty::state).eq(DutyState::Open))
        .select(attempt.field(duty::due_on))
        .single_value();
    Ok(outcome::table
        .inner_join(duty::table)
        .inner_join(child::table)
        .inner_join(account::table)
        .filter(duty::authority_id.eq(authority))
        .filter(UNTOLD)
        // As the index of what is to be told has it.
        .order((outcome::child_id, outcome::id))
        .select((
            outcome::id,
            outcome::reference,
            outcome::happened_on,
            duty::reference,
            duty::kind,
            new_attempt_by,
            child::restricted,
            account::email,
        ))
        .load(conn)?)
}

/// As the index says it.
const UNTOLD: Condition = Condition("outcome.tell_manager AND outcome.told_at IS NULL");

/// Notes that a manager is to hear of an attempt the same day.
pub fn tell_manager(tx: &mut Conn, key: OutcomeKey) -> Result<()> {
    diesel::update(outcome::table.filter(outcome::id.eq(key)))
        .set(outcome::tell_manager.eq(true))
        .execute(tx)?;
    Ok(())
}

/// Notes that the manager was told of an attempt.
pub fn note_told(tx: &mut Conn, key: OutcomeKey, now: NaiveDateTime) -> Result<()> {
    diesel::update(outcome::table.filter(outcome::id.eq(key)))
        .set(outcome::told_at.eq(now))
        .execute(tx)?;
    Ok(())
}

/// The child and the check that an outcome is of, in words for the timeline.
pub fn is_about(conn: &mut Conn, outcome: &str) -> Result<Option<(ChildKey, String)>> {
    let check: Option<(ChildKey, Reference)> = outcome::table
        .inner_join(duty::table)
        .filter(outcome::reference.eq(outcome))
        .select((outcome::child_id, duty::reference))
        .first(conn)
        .optional()?;
    Ok(check.map(|(child, check)| (child, format!("check {check}"))))
}
