//! The SQL of outcomes: rows are added and read; only that somebody is to hear of one, and did, is added later.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::{AccountKey, AuthorityKey};
use crate::checks::check::{CheckRecord, CheckState};
use crate::checks::{BookingKey, CheckKey, OutcomeKey};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, outcome, welfare_check};
use crate::db::{Condition, Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::rules::schedule::CheckKind;

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

/// An outcome as held.
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
pub(in crate::checks) fn of_child(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Vec<(CheckKey, OutcomeRecord)>> {
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
    Ok(outcome::table
        .inner_join(account::table)
        .filter(outcome::form_key.eq(form_key))
        .select((outcome::check_id, OutcomeRecord::as_select()))
        .first(conn)
        .optional()?)
}

/// The outcome that closed a check.
pub(in crate::checks) fn closing(
    conn: &mut Conn,
    check: CheckKey,
) -> Result<Option<OutcomeRecord>> {
    let closed_by = welfare_check::table
        .filter(welfare_check::id.eq(check))
        .select(welfare_check::closed_by_outcome_id);
    Ok(outcome::table
        .inner_join(account::table)
        .filter(outcome::id.nullable().eq_any(closed_by))
        .select(OutcomeRecord::as_select())
        .first(conn)
        .optional()?)
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
        .get_result(tx)?)
}

/// An attempt that failed for a child in red, of which nobody was told.
#[derive(Queryable)]
pub(in crate::checks) struct FailedInRed {
    pub(in crate::checks) key: OutcomeKey,
    pub(in crate::checks) outcome: Reference,
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

/// The child and the check that an outcome is of, in words for the timeline.
pub(in crate::checks) fn is_about(
    conn: &mut Conn,
    outcome: &str,
) -> Result<Option<(ChildKey, String)>> {
    let check: Option<(ChildKey, Reference)> = outcome::table
        .inner_join(welfare_check::table)
        .filter(outcome::reference.eq(outcome))
        .select((outcome::child_id, welfare_check::reference))
        .first(conn)
        .optional()?;
    Ok(check.map(|(child, check)| (child, format!("check {check}"))))
}
