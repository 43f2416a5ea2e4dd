//! The SQL of lapses.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, duty, lapse, lapse_step, outgoing_mail};
use crate::db::{Conn, Result};
use crate::duty::lapse::{Answer, LapseRecord, ToldByMail};
use crate::duty::store::IS_OPEN;
use crate::duty::store::rest::duty_rests;
use crate::duty::{DutyKey, LapseKey};
use crate::mail::outbox::MailState;
use crate::register::{ChildKey, random_reference};
use crate::rules::duty::DutyKind;
use crate::rules::escalation::{Ladder, LapseState, Post, Step};
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::tier::Tier;
use crate::{insert_rows_for_keys, on_each};

use diesel::prelude::*;

/// An open duty whose day has passed and that has no lapse yet, with what the ladder and a letter ask about it, so that
/// neither has to read it again.
#[derive(Queryable)]
pub struct Overdue {
    pub duty: DutyKey,
    pub child: Option<ChildKey>,
    pub kind: DutyKind,
    pub post: Post,
    #[diesel(deserialize_as = Day)]
    pub due_on: NaiveDate,
    /// Of the child; none if the duty is about none.
    pub tier: Option<Tier>,
    /// The address of the child's officer, unless there is none or they have left.
    pub officer: Option<String>,
    /// Whether not everybody may open the child's record.
    pub restricted: Option<bool>,
}

impl Overdue {
    /// Its lapse as the ladder sees it on the day on which it is opened.
    pub fn state(&self, opened_on: NaiveDate) -> LapseState {
        LapseState {
            ladder: self.kind.nature().ladder,
            owner: self.post,
            due_on: self.due_on,
            opened_on,
            tier: self.tier.unwrap_or(Tier::Green),
            round: 0,
            plan_by: None,
            planned_on: None,
            closed: false,
        }
    }
}

/// Everything overdue that nobody has opened a lapse for, the longest over first; checks that rest today are left out.
pub fn overdue(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Overdue>> {
    let opened = exists(
        lapse::table
            .filter(lapse::duty_id.eq(duty::id))
            .filter(lapse::closed_at.is_null()),
    );
    Ok(duty::table
        .left_join(child::table.on(duty::child_id.eq(child::id.nullable())))
        .left_join(
            account::table.on(child::officer_id
                .eq(account::id.nullable())
                .and(account::left_on.is_null())),
        )
        .filter(IS_OPEN)
        .filter(duty::due_on.lt(today))
        .filter(duty::authority_id.eq(authority))
        .filter(not(opened))
        .filter(not(duty_rests!(duty::child_id, duty::may_rest, today)))
        .order((duty::due_on, duty::id))
        .select((
            duty::id,
            duty::child_id,
            duty::kind,
            duty::post,
            duty::due_on,
            child::tier.nullable(),
            account::email.nullable(),
            child::restricted.nullable(),
        ))
        .load(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = lapse, treat_none_as_default_value = false)]
struct NewRow<'a> {
    reference: &'a str,
    authority_id: i64,
    duty_id: i64,
    child_id: Option<i64>,
    ladder: &'static str,
    post: &'static str,
    due_on: Day,
    opened_on: Day,
    opened_at: Moment,
    next_step_on: Day,
}

/// A lapse to be opened.
pub struct NewLapse<'a> {
    pub duty: &'a Overdue,
    pub opened_on: NaiveDate,
    /// When it owes the step after those of that day.
    pub next_step_on: NaiveDate,
}

/// Opens these lapses; gives their keys and references in the same order.
pub fn open(
    tx: &mut Conn,
    authority: AuthorityKey,
    new: &[NewLapse<'_>],
    now: NaiveDateTime,
) -> Result<Vec<(LapseKey, Reference)>> {
    let references: Vec<Reference> = new
        .iter()
        .map(|_| random_reference(ReferenceKind::Lapse))
        .collect();
    let rows: Vec<NewRow<'_>> = new
        .iter()
        .zip(&references)
        .map(|(new, reference)| NewRow {
            reference: reference.as_str(),
            authority_id: authority.number(),
            duty_id: new.duty.duty.number(),
            child_id: new.duty.child.map(ChildKey::number),
            ladder: new.duty.kind.nature().ladder.as_str(),
            post: new.duty.post.as_str(),
            due_on: new.duty.due_on.into(),
            opened_on: new.opened_on.into(),
            opened_at: now.into(),
            next_step_on: new.next_step_on.into(),
        })
        .collect();
    let keys: Vec<i64> = insert_rows_for_keys!(tx, lapse, rows)?;
    Ok(keys
        .into_iter()
        .map(LapseKey::new)
        .zip(references)
        .collect())
}

#[derive(Queryable)]
struct Row {
    key: LapseKey,
    reference: Reference,
    duty: DutyKey,
    duty_reference: Reference,
    child: Option<ChildKey>,
    child_reference: Option<Reference>,
    ladder: Ladder,
    post: Post,
    due_on: NaiveDate,
    opened_on: NaiveDate,
    answered_at: Option<NaiveDateTime>,
    answered_by: Option<String>,
    plan: String,
    plan_by: Option<NaiveDate>,
    closed_at: Option<NaiveDateTime>,
    closed_because: Option<String>,
    round: i32,
}

impl From<Row> for LapseRecord {
    fn from(row: Row) -> Self {
        let answered = row
            .answered_at
            .zip(row.plan_by)
            .map(|(at, plan_by)| Answer {
                by: row.answered_by.unwrap_or_default(),
                at,
                plan: row.plan,
                plan_by,
            });
        Self {
            key: row.key,
            reference: row.reference,
            duty: row.duty,
            duty_reference: row.duty_reference,
            child: row.child,
            child_reference: row.child_reference,
            ladder: row.ladder,
            post: row.post,
            due_on: row.due_on,
            opened_on: row.opened_on,
            answered,
            round: u32::try_from(row.round).unwrap_or_default(),
            closed: row.closed_at.zip(row.closed_because),
        }
    }
}

type Columns = (
    lapse::id,
    lapse::reference,
    lapse::duty_id,
    duty::reference,
    lapse::child_id,
    diesel::dsl::Nullable<child::reference>,
    lapse::ladder,
    lapse::post,
    lapse::due_on,
    lapse::opened_on,
    lapse::answered_at,
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
        lapse::duty_id,
        duty::reference,
        lapse::child_id,
        child::reference.nullable(),
        lapse::ladder,
        lapse::post,
        lapse::due_on,
        lapse::opened_on,
        lapse::answered_at,
        account::name.nullable(),
        lapse::plan,
        lapse::plan_by,
        lapse::closed_at,
        lapse::closed_because,
        lapse::round,
    )
}

pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<LapseRecord>> {
    let seen: Option<LapseKey> = lapse::table
        .inner_join(duty::table)
        .filter(scope::DutySeenBy::eyes_of(viewer))
        .filter(lapse::reference.eq(reference))
        .select(lapse::id)
        .first(conn)
        .optional()?;
    match seen {
        Some(key) => by_key(conn, key).map(Some),
        None => Ok(None),
    }
}

pub fn by_key(conn: &mut Conn, key: LapseKey) -> Result<LapseRecord> {
    let row: Row = lapse::table
        .left_join(child::table)
        .inner_join(duty::table)
        .left_join(account::table.on(lapse::answered_by.eq(account::id.nullable())))
        .filter(lapse::id.eq(key))
        .select(columns())
        .first(conn)?;
    Ok(row.into())
}

/// The open lapse of a duty.
pub fn of_duty(conn: &mut Conn, duty: DutyKey) -> Result<Option<LapseRecord>> {
    let row: Option<Row> = lapse::table
        .left_join(child::table)
        .inner_join(duty::table)
        .left_join(account::table.on(lapse::answered_by.eq(account::id.nullable())))
        .filter(lapse::duty_id.eq(duty))
        .filter(lapse::closed_at.is_null())
        .select(columns())
        .first(conn)
        .optional()?;
    Ok(row.map(LapseRecord::from))
}

/// A child's lapses, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<LapseRecord>> {
    let rows: Vec<Row> = on_each!(conn, |conn| lapse::table
        .left_join(child::table)
        .inner_join(duty::table)
        .left_join(account::table.on(lapse::answered_by.eq(account::id.nullable())))
        .filter(lapse::child_id.eq(child))
        .order(lapse::id.desc())
        .select(columns())
        .load(conn))?;
    Ok(rows.into_iter().map(LapseRecord::from).collect())
}

/// That a step of the ladder was told, and what became of the mail.
#[derive(Clone, Debug, Queryable)]
pub struct TellingRecord {
    pub step: Step,
    /// In which round of the ladder: after how many answers.
    #[diesel(deserialize_as = i32)]
    pub round: u32,
    /// Which post it was owed to.
    pub post: Post,
    /// Which post was told: a higher one when nobody holds the first.
    pub told_post: Post,
    pub recipient: String,
    /// When it was put into the outbox.
    pub told_at: NaiveDateTime,
    pub mail_state: MailState,
    /// When the server took it.
    pub sent_at: Option<NaiveDateTime>,
}

/// To whom a lapse was told, the oldest first.
pub fn told(conn: &mut Conn, key: LapseKey) -> Result<Vec<TellingRecord>> {
    Ok(lapse_step::table
        .inner_join(outgoing_mail::table)
        .filter(lapse_step::lapse_id.eq(key))
        .order((lapse_step::mail_id, lapse_step::round, lapse_step::post))
        .select((
            lapse_step::step,
            lapse_step::round,
            lapse_step::post,
            lapse_step::told_post,
            lapse_step::recipient,
            outgoing_mail::created_at,
            outgoing_mail::state,
            outgoing_mail::sent_at,
        ))
        .load(conn)?)
}

/// Every step that an authority's people were told, with the mail that told it, the oldest first.
pub fn all_told(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<ToldByMail>> {
    type Row = (Reference, Step, Post, String, String, String);
    let rows: Vec<Row> = lapse_step::table
        .inner_join(lapse::table)
        .inner_join(outgoing_mail::table)
        .filter(lapse::authority_id.eq(authority))
        .order((lapse_step::mail_id, lapse_step::lapse_id))
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

pub fn answer(
    tx: &mut Conn,
    key: LapseKey,
    by: AccountKey,
    plan: &str,
    plan_by: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set((
            lapse::answered_at.eq(now),
            lapse::answered_by.eq(by.number()),
            lapse::plan.eq(plan),
            lapse::plan_by.eq(plan_by),
            lapse::round.eq(lapse::round + 1),
            lapse::next_step_on.eq(lapse::opened_on),
        ))
        .execute(tx)?;
    Ok(())
}

/// Lets an open lapse stand for another check: the attempt that takes the place of the one that lapsed.
pub fn carry_over(tx: &mut Conn, lapse: LapseKey, to: DutyKey) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(lapse)))
        .set((
            lapse::duty_id.eq(to),
            lapse::next_step_on.eq(lapse::opened_on),
        ))
        .execute(tx)?;
    Ok(())
}

/// Closes the open lapses of duties that were done or are no longer owed.
pub fn close(tx: &mut Conn, duties: &[DutyKey], because: &str, now: NaiveDateTime) -> Result<()> {
    for duty in duties {
        let of_it = lapse::table.filter(lapse::duty_id.eq(duty));
        on_each!(tx, |tx| diesel::update(
            of_it.filter(lapse::closed_at.is_null())
        )
        .set((lapse::closed_at.eq(now), lapse::closed_because.eq(because)))
        .execute(tx))?;
    }
    Ok(())
}

/// Lets a lapse go on for another duty, of another record of the same child.
pub fn hand_over(tx: &mut Conn, key: LapseKey, duty: DutyKey, child: ChildKey) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set((
            lapse::duty_id.eq(duty.number()),
            lapse::child_id.eq(child.number()),
            lapse::next_step_on.eq(lapse::opened_on),
        ))
        .execute(tx)?;
    Ok(())
}

/// Lets the clock of a lapse begin earlier.
pub fn count_from(tx: &mut Conn, key: LapseKey, due_on: NaiveDate) -> Result<()> {
    diesel::update(lapse::table.filter(lapse::id.eq(key)))
        .set((
            lapse::due_on.eq(due_on),
            lapse::next_step_on.eq(lapse::opened_on),
        ))
        .execute(tx)?;
    Ok(())
}
