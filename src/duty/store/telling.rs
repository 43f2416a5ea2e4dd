//! The SQL of telling the ladder's steps: what a letter says of a lapse, and that a step was told.

use chrono::NaiveDate;
use diesel::alias;

use crate::db::columns::Key;
use crate::db::days::{Day, MaybeDay};
use crate::db::schema::{account, child, duty, lapse, lapse_step};
use crate::db::{Conn, Result};
use crate::duty::LapseKey;
use crate::insert_rows;
use crate::mail::OutgoingMail;
use crate::rules::duty::DutyKind;
use crate::rules::escalation::{Post, Step};
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// What a letter says of a lapse, and who is the child's officer.
#[derive(Queryable)]
pub struct Described {
    pub key: LapseKey,
    pub reference: Reference,
    pub kind: DutyKind,
    #[diesel(deserialize_as = Day)]
    pub due_on: NaiveDate,
    #[diesel(deserialize_as = MaybeDay)]
    pub plan_by: Option<NaiveDate>,
    /// The address of the child's officer, unless there is none or they have left.
    pub officer: Option<String>,
    /// Whether not everybody may open the child's record.
    pub restricted: Option<bool>,
    /// The address of whoever made the plan.
    pub planned_by: Option<String>,
}

impl Described {
    /// Whether the duty is about a child whose record not everybody may open.
    pub fn is_restricted(&self) -> bool {
        self.restricted.unwrap_or_default()
    }
}

/// Lapses asked for in one query.
const AT_ONCE: usize = 1_000;

/// These lapses, the longest over first.
pub fn described(
    conn: &mut Conn,
    lapses: impl Iterator<Item = LapseKey>,
) -> Result<Vec<Described>> {
    let keys: Vec<i64> = lapses.map(Key::number).collect();
    let mut described: Vec<Described> = Vec::with_capacity(keys.len());
    let planner = alias!(account as planner);
    for some in keys.chunks(AT_ONCE) {
        let rows: Vec<Described> = lapse::table
            .inner_join(duty::table)
            .left_join(child::table)
            .left_join(
                account::table.on(child::officer_id
                    .eq(account::id.nullable())
                    .and(account::left_on.is_null())),
            )
            .left_join(planner.on(lapse::answered_by.eq(planner.field(account::id).nullable())))
            .filter(lapse::id.eq_any(some))
            .select((
                lapse::id,
                lapse::reference,
                duty::kind,
                lapse::due_on,
                lapse::plan_by,
                account::email.nullable(),
                child::restricted.nullable(),
                planner.field(account::email).nullable(),
            ))
            .load(conn)?;
        described.extend(rows);
    }
    described.sort_by_key(|lapse| (lapse.due_on, lapse.key));
    Ok(described)
}

/// That a step was told to somebody.
pub struct Telling<'a> {
    pub lapse: LapseKey,
    pub step: Step,
    pub round: u32,
    pub post: Post,
    pub told_post: Post,
    pub owed_on: NaiveDate,
    pub recipient: &'a str,
    pub mail: Key<OutgoingMail>,
}

#[derive(Insertable)]
#[diesel(table_name = lapse_step, treat_none_as_default_value = false)]
struct NewRow<'a> {
    lapse_id: i64,
    step: &'static str,
    post: &'static str,
    told_post: &'static str,
    owed_on: Day,
    recipient: &'a str,
    mail_id: i64,
    round: i32,
}

pub fn insert(tx: &mut Conn, tellings: &[Telling<'_>]) -> Result<()> {
    let rows: Vec<NewRow<'_>> = tellings
        .iter()
        .map(|telling| NewRow {
            lapse_id: telling.lapse.number(),
            step: telling.step.as_str(),
            post: telling.post.as_str(),
            told_post: telling.told_post.as_str(),
            owed_on: telling.owed_on.into(),
            recipient: telling.recipient,
            mail_id: telling.mail.number(),
            round: i32::try_from(telling.round).unwrap_or(i32::MAX),
        })
        .collect();
    insert_rows!(tx, lapse_step::table, rows)?;
    Ok(())
}
