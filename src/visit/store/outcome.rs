//! The SQL of outcomes: rows are added and read; only that somebody is to hear of one, and did, is added later.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::{AccountKey, AuthorityKey};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, closed_by_outcome, duty, outcome};
use crate::db::{Condition, Conn, Result};
use crate::duty::DutyKey;
use crate::duty::owed::DutyState;
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::visit::check::Check;
use crate::visit::{BookingKey, OutcomeKey};

use diesel::prelude::*;

/// What a form says of an attempt, and what is held of it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outcome, treat_none_as_default_value = false)]
pub struct NewOutcome {
    /// The form's own key: the same form sent twice is one outcome.
    pub form_key: String,
    #[diesel(deserialize_as = Day)]
    pub happened_on: NaiveDate,
    pub mode: Mode,
    /// What came of it.
    pub result: AttemptResult,
    /// Where the child was seen, in words.
    pub place: String,
    pub present: String,
    pub home_seen: Option<bool>,
    pub spoken_alone: SpokenAlone,
    /// What was thought of the education.
    pub judgement: Judgement,
    /// What else there is to say.
    pub note: String,
}

/// An outcome, as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outcome)]
pub struct OutcomeRecord {
    pub reference: Reference,
    #[diesel(embed)]
    pub what: NewOutcome,
    /// Whether it satisfied its check.
    pub satisfied: bool,
    #[diesel(select_expression = account::name)]
    pub recorded_by: String,
    #[diesel(deserialize_as = Moment)]
    pub recorded_at: NaiveDateTime,
}

/// A child's outcomes, each with its check, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<(DutyKey, OutcomeRecord)>> {
    Ok(on_each!(conn, |conn| outcome::table
        .inner_join(account::table)
        .filter(outcome::child_id.eq(child))
        .order((outcome::happened_on.desc(), outcome::id.desc()))
        .select((outcome::check_id, OutcomeRecord::as_select()))
        .load(conn))?)
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
    Ok(on_each!(conn, |conn| outcome::table
        .inner_join(account::table)
        .filter(outcome::form_key.eq(form_key))
        .select((outcome::check_id, OutcomeRecord::as_select()))
        .first(conn))
    .optional()?)
}

/// The outcome that closed a check.
pub fn closing(conn: &mut Conn, check: DutyKey) -> Result<Option<OutcomeRecord>> {
    let closed_by = closed_by_outcome::table
        .filter(closed_by_outcome::check_id.eq(check))
        .select(closed_by_outcome::outcome_id);
    Ok(outcome::table
        .inner_join(account::table)
        .filter(outcome::id.eq_any(closed_by))
        .select(OutcomeRecord::as_select())
        .first(conn)
        .optional()?)
}

/// What the program adds to what the form says.
pub struct OutcomeStamp<'a> {
    pub reference: &'a Reference,
    pub check: &'a Check,
    pub booking: Option<BookingKey>,
    pub satisfied: bool,
    pub by: AccountKey,
    pub now: NaiveDateTime,
}

pub fn insert(tx: &mut Conn, new: &NewOutcome, of: &OutcomeStamp<'_>) -> Result<OutcomeKey> {
    Ok(on_each!(tx, |tx| diesel::insert_into(outcome::table)
        .values((
            new,
            outcome::reference.eq(of.reference),
            outcome::check_id.eq(of.check.key),
            outcome::child_id.eq(of.check.child),
            outcome::booking_id.eq(of.booking.map(BookingKey::number)),
            outcome::satisfied.eq(of.satisfied),
            outcome::recorded_by.eq(of.by),
            outcome::recorded_at.eq(of.now),
        ))
        .returning(outcome::id)
        .get_result(tx))?)
}

/// An attempt that failed for a child in red, of which nobody was told.
#[derive(Queryable)]
pub struct FailedInRed {
    pub key: OutcomeKey,
    pub outcome: Reference,
    pub child: ChildKey,
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
            outcome::child_id,
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
