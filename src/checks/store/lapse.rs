//! The SQL of lapses.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::IS_OPEN;
use super::suspension::sleeps;
use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::checks::lapse::{Acknowledgement, LapseRecord, Told, ToldByMail};
use crate::checks::{CheckKey, LapseKey, OutcomeKey, fresh};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, lapse, lapse_step, outgoing_mail, welfare_check};
use crate::db::{Conn, Result};
use crate::mail::outbox::MailState;
use crate::register::ChildKey;
use crate::rules::escalation::{Post, Step};
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::schedule::CheckKind;
use crate::{insert_rows, on_each};

/// An open check whose day has passed and that has no lapse yet.
#[derive(Queryable)]
pub(in crate::checks) struct Overdue {
    pub(in crate::checks) check: CheckKey,
    pub(in crate::checks) child: ChildKey,
    pub(in crate::checks) kind: CheckKind,
    #[diesel(deserialize_as = Day)]
    pub(in crate::checks) due_on: NaiveDate,
}

/// Everything overdue that nobody has opened a lapse for; checks that rest today are left out.
pub(in crate::checks) fn overdue(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<Overdue>> {
    let opened = exists(
        lapse::table
            .filter(lapse::check_id.eq(welfare_check::id))
            .filter(lapse::closed_at.is_null()),
    );
    Ok(welfare_check::table
        .filter(IS_OPEN)
        .filter(welfare_check::due_on.lt(today))
        .filter(welfare_check::authority_id.eq(authority))
        .filter(not(opened))
        .filter(not(sleeps!(
            welfare_check::child_id,
            welfare_check::purpose,
            today
        )))
        .order((welfare_check::due_on, welfare_check::id))
        .select((
            welfare_check::id,
            welfare_check::child_id,
            welfare_check::kind,
            welfare_check::due_on,
        ))
        .load(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = lapse, treat_none_as_default_value = false)]
struct NewRow<'a> {
    reference: &'a str,
    authority_id: i64,
    check_id: i64,
    child_id: i64,
    due_on: Day,
    opened_on: Day,
    opened_at: Moment,
}

/// Opens a lapse for each of these checks; gives the lapses' references in the same order.
pub(in crate::checks) fn open(
    tx: &mut Conn,
    authority: AuthorityKey,
    overdue: &[Overdue],
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Vec<Reference>> {
    let references: Vec<Reference> = overdue
        .iter()
        .map(|_| fresh(ReferenceKind::Lapse))
        .collect();
    let rows: Vec<NewRow<'_>> = overdue
        .iter()
        .zip(&references)
        .map(|(check, reference)| NewRow {
            reference: reference.as_str(),
            authority_id: authority.number(),
            check_id: check.check.number(),
            child_id: check.child.number(),
            due_on: check.due_on.into(),
            opened_on: today.into(),
            opened_at: now.into(),
        })
        .collect();
    insert_rows!(tx, lapse::table, rows)?;
    Ok(references)
}

#[derive(Queryable)]
struct Row {
    key: LapseKey,
    reference: Reference,
    check: CheckKey,
    check_reference: Reference,
    child: ChildKey,
    child_reference: Reference,
    due_on: NaiveDate,
    opened_on: NaiveDate,
    acknowledged_at: Option<NaiveDateTime>,
    acknowledged_by: Option<String>,
    plan: String,
    plan_by: Option<NaiveDate>,
    closed_at: Option<NaiveDateTime>,
    closed_because: Option<String>,
    round: i32,
}

impl From<Row> for LapseRecord {
    fn from(row: Row) -> Self {
        let acknowledged =
            row.acknowledged_at
                .zip(row.plan_by)
                .map(|(at, plan_by)| Acknowledgement {
                    by: row.acknowledged_by.unwrap_or_default(),
                    at,
                    plan: row.plan,
                    plan_by,
                });
        Self {
            key: row.key,
            reference: row.reference,
            check: row.check,
            check_reference: row.check_reference,
            child: row.child,
            child_reference: row.child_reference,
            due_on: row.due_on,
            opened_on: row.opened_on,
            acknowledged,
            round: u32::try_from(row.round).unwrap_or_default(),
            closed: row.closed_at.zip(row.closed_because),
        }
    }
}

type Columns = (
    lapse::id,
    lapse::reference,
    lapse::check_id,
    welfare_check::reference,
    lapse::child_id,
    child::reference,
    lapse::due_on,
    lapse::opened_on,
    lapse::acknowledged_at,
    diesel::dsl::Nullable<account::name>,
    lapse::plan,
    lapse::plan_by,
    lapse::closed_at,
    lapse::closed_because,
    lapse::round,
);

fn columns() -> Columns {
    (
        lapse::id,
        lapse::reference,
        lapse::check_id,
        welfare_check::reference,
        lapse::child_id,
        child::reference,
        lapse::due_on,
        lapse::opened_on,
        lapse::acknowledged_at,
        account::name.nullable(),
        lapse::plan,
        lapse::plan_by,
        lapse::closed_at,
        lapse::closed_because,
        lapse::round,
    )
}

pub(in crate::checks) fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<LapseRecord>> {
    let seen: Option<LapseKey> = scope::children(viewer)
        .inner_join(lapse::table)
        .filter(lapse::reference.eq(reference))
        .select(lapse::id)
        .first(conn)
        .optional()?;
    match seen {
        Some(key) => by_key(conn, key).map(Some),
        None => Ok(None),
    }
}

pub(in crate::checks) fn by_key(conn: &mut Conn, key: LapseKey) -> Result<LapseRecord> {
    let row: Row = lapse::table
        .inner_join(child::table)
        .inner_join(welfare_check::table)
        .left_join(account::table.on(lapse::acknowledged_by.eq(account::id.nullable())))
        .filter(lapse::id.eq(key))
        .select(columns())
        .first(conn)?;
    Ok(row.into())
}

/// The open lapse of a check.
pub(in crate::checks) fn of_check(conn: &mut Conn, check: CheckKey) -> Result<Option<LapseRecord>> {
    let row: Option<Row> = lapse::table
        .inner_join(child::table)
        .inner_join(welfare_check::table)
        .left_join(account::table.on(lapse::acknowledged_by.eq(account::id.nullable())))
        .filter(lapse::check_id.eq(check))
        .filter(lapse::closed_at.is_null())
        .select(columns())
        .first(conn)
        .optional()?;
    Ok(row.map(LapseRecord::from))
}

/// A child's lapses, the newest first.
pub(in crate::checks) fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<LapseRecord>> {
    let rows: Vec<Row> = on_each!(conn, |conn| lapse::table
        .inner_join(child::table)
        .inner_join(welfare_check::table)
        .left_join(account::table.on(lapse::acknowledged_by.eq(account::id.nullable())))
        .filter(lapse::child_id.eq(child))
        .order(lapse::id.desc())
        .select(columns())
        .load(conn))?;
    Ok(rows.into_iter().map(LapseRecord::from).collect())
}

#[derive(Queryable)]
struct ToldRow {
    step: Step,
    round: i32,
    post: Post,
    told_post: Post,
    recipient: String,
    told_at: NaiveDateTime,
    mail_state: MailState,
    sent_at: Option<NaiveDateTime>,
}

impl From<ToldRow> for Told {
    fn from(row: ToldRow) -> Self {
        Self {
            step: row.step,
            round: u32::try_from(row.round).unwrap_or_default(),
            post: row.post,
            told_post: row.told_post,
            recipient: row.recipient,
            told_at: row.told_at,
            mail_state: row.mail_state,
            sent_at: row.sent_at,
        }
    }
}

/// To whom a lapse was told, the oldest first.
pub(in crate::checks) fn told(conn: &mut Conn, key: LapseKey) -> Result<Vec<Told>> {
    let rows: Vec<ToldRow> = lapse_step::table
        .inner_join(outgoing_mail::table)
        .filter(lapse_step::lapse_id.eq(key))
        .order(lapse_step::id)
        .select((
            lapse_step::step,
            lapse_step::round,
            lapse_step::post,
            lapse_step::told_post,
            lapse_step::recipient,
            lapse_step::told_at,
            outgoing_mail::state,
            outgoing_mail::sent_at,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(Told::from).collect())
}

/// Every step that an authority's people were told, with the mail that told it, the oldest first.
pub(in crate::checks) fn all_told(
    conn: &mut Conn,
    authority: AuthorityKey,
) -> Result<Vec<ToldByMail>> {
    type Row = (Reference, Step, Post, String, String, String);
    let rows: Vec<Row> = lapse_step::table
        .inner_join(lapse::table)
        .inner_join(outgoing_mail::table)
        .filter(lapse::authority_id.eq(authority))
        .order(lapse_step::id)
        .select((
            lapse::reference,
            lapse_step::step,
            lapse_step::post,
            lapse_step::recipient,
            outgoing_mail::reference,
            outgoing_mail::message_id,
        ))
        .load(conn)?;
    let told =
        rows.into_iter().map(
            |(lapse, step, post, recipient, mail, message_id)| ToldByMail {
                lapse,
                step,
                post,
                recipient,
                mail,
                message_id,
            },
        );
    Ok(told.collect())
}

pub(in crate::checks) fn acknowledge(
    tx: &mut Conn,
    key: LapseKey,
    by: AccountKey,
    plan: &str,
    plan_by: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set((
            lapse::acknowledged_at.eq(now),
            lapse::acknowledged_by.eq(by.number()),
            lapse::plan.eq(plan),
            lapse::plan_by.eq(plan_by),
            lapse::round.eq(lapse::round + 1),
        ))
        .execute(tx)?;
    Ok(())
}

/// Lets an open lapse stand for another check: the attempt that takes the place of the one that lapsed.
pub(in crate::checks) fn carry_over(tx: &mut Conn, lapse: LapseKey, to: CheckKey) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(lapse)))
        .set(lapse::check_id.eq(to))
        .execute(tx)?;
    Ok(())
}

/// Closes the open lapses of checks, because an outcome satisfied them or they are no longer owed.
pub(in crate::checks) fn close(
    tx: &mut Conn,
    checks: &[CheckKey],
    because: &str,
    outcome: Option<OutcomeKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(
        lapse::table
            .filter(lapse::check_id.eq_any(checks.iter().map(|key| key.number())))
            .filter(lapse::closed_at.is_null()),
    )
    .set((
        lapse::closed_at.eq(now),
        lapse::closed_because.eq(because),
        lapse::closed_by_outcome_id.eq(outcome.map(OutcomeKey::number)),
    ))
    .execute(tx)?;
    Ok(())
}

/// Lets a lapse go on for another check, of another record of the same child.
pub(in crate::checks) fn hand_over(
    tx: &mut Conn,
    key: LapseKey,
    check: CheckKey,
    child: ChildKey,
) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set((
            lapse::check_id.eq(check.number()),
            lapse::child_id.eq(child.number()),
        ))
        .execute(tx)?;
    Ok(())
}

/// Lets the clock of a lapse begin earlier.
pub(in crate::checks) fn count_from(tx: &mut Conn, key: LapseKey, due_on: NaiveDate) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set(lapse::due_on.eq(due_on))
        .execute(tx)?;
    Ok(())
}
