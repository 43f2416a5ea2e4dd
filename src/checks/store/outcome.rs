//! The SQL of outcomes: rows are added and read; only that somebody is to hear of one, and did, is added later.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::{AccountKey, AuthorityKey};
use crate::checks::check::{CheckRecord, CheckState};
use crate::checks::outcome::{NewOutcome, OutcomeRecord};
use crate::checks::{BookingKey, CheckKey, OutcomeKey};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, outcome, welfare_check};
use crate::db::{Condition, Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::rules::schedule::CheckKind;

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
pub(in crate::checks) fn of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Vec<(CheckKey, OutcomeRecord)>> {
    let rows: Vec<(CheckKey, Row)> = on_each!(conn, |conn| outcome::table
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
pub(in crate::checks) fn places_seen(
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
pub(in crate::checks) fn by_form_key(
    conn: &mut Conn,
    form_key: &str,
) -> Result<Option<(CheckKey, OutcomeRecord)>> {
    let found: Option<(CheckKey, Row)> = outcome::table
        .inner_join(account::table)
        .filter(outcome::form_key.eq(form_key))
        .select((outcome::check_id, columns!()))
        .first(conn)
        .optional()?;
    Ok(found.map(|(check, row)| (check, row.into())))
}

/// The outcome that closed a check.
pub(in crate::checks) fn closing(
    conn: &mut Conn,
    check: CheckKey,
) -> Result<Option<OutcomeRecord>> {
    let closed_by = welfare_check::table
        .filter(welfare_check::id.eq(check))
        .select(welfare_check::closed_by_outcome_id);
    let found: Option<Row> = outcome::table
        .inner_join(account::table)
        .filter(outcome::id.nullable().eq_any(closed_by))
        .select(columns!())
        .first(conn)
        .optional()?;
    Ok(found.map(OutcomeRecord::from))
}

/// What is not in the form.
pub(in crate::checks) struct Circumstances<'a> {
    pub(in crate::checks) reference: &'a Reference,
    pub(in crate::checks) check: &'a CheckRecord,
    pub(in crate::checks) booking: Option<BookingKey>,
    pub(in crate::checks) satisfied: bool,
    pub(in crate::checks) by: AccountKey,
    pub(in crate::checks) now: NaiveDateTime,
}

pub(in crate::checks) fn insert(
    tx: &mut Conn,
    new: &NewOutcome,
    of: &Circumstances<'_>,
) -> Result<OutcomeKey> {
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
pub(in crate::checks) struct FailedInRed {
    pub(in crate::checks) key: OutcomeKey,
    pub(in crate::checks) outcome: Reference,
    pub(in crate::checks) child: ChildKey,
    pub(in crate::checks) happened_on: NaiveDate,
    pub(in crate::checks) check: Reference,
    pub(in crate::checks) kind: CheckKind,
    pub(in crate::checks) new_attempt_by: Option<NaiveDate>,
    /// Whether the record is restricted.
    pub(in crate::checks) restricted: bool,
    /// The address of whoever recorded it.
    pub(in crate::checks) by: String,
}

/// The attempts of which a manager is to hear and was not told.
pub(in crate::checks) fn to_tell(
    conn: &mut Conn,
    authority: AuthorityKey,
) -> Result<Vec<FailedInRed>> {
    let attempt = diesel::alias!(welfare_check as attempt);
    let new_attempt_by = attempt
        .filter(attempt.field(welfare_check::child_id).eq(outcome::child_id))
        .filter(attempt.field(welfare_check::kind).eq(CheckKind::NewAttempt))
        .filter(Condition(
            "attempt.follows_id = COALESCE(welfare_check.follows_id, welfare_check.id)",
        ))
        .filter(attempt.field(welfare_check::state).eq(CheckState::Open))
        .select(attempt.field(welfare_check::due_on))
        .single_value();
    Ok(outcome::table
        .inner_join(welfare_check::table)
        .inner_join(child::table)
        .inner_join(account::table)
        .filter(welfare_check::authority_id.eq(authority))
        .filter(UNTOLD)
        // As the index of what is to be told has it.
        .order((outcome::child_id, outcome::id))
        .select((
            outcome::id,
            outcome::reference,
            outcome::child_id,
            outcome::happened_on,
            welfare_check::reference,
            welfare_check::kind,
            new_attempt_by,
            child::restricted,
            account::email,
        ))
        .load(conn)?)
}

/// As the index says it.
const UNTOLD: Condition = Condition("outcome.tell_manager AND outcome.told_at IS NULL");

/// Notes that a manager is to hear of an attempt the same day.
pub(in crate::checks) fn tell_manager(tx: &mut Conn, key: OutcomeKey) -> Result<()> {
    diesel::update(outcome::table.filter(outcome::id.eq(key)))
        .set(outcome::tell_manager.eq(true))
        .execute(tx)?;
    Ok(())
}

/// Notes that the manager was told of an attempt.
pub(in crate::checks) fn note_told(
    tx: &mut Conn,
    key: OutcomeKey,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(outcome::table.filter(outcome::id.eq(key)))
        .set(outcome::told_at.eq(now))
        .execute(tx)?;
    Ok(())
}
