//! The SQL of notices before a duty is due.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};

use crate::access::AuthorityKey;
use crate::db::columns::Key;
use crate::db::days::{Day, Moment};
use crate::db::schema::{account, child, duty, notice, tier_history};
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::store::IS_OPEN;
use crate::duty::store::rest::duty_rests;
use crate::insert_rows;
use crate::mail::OutgoingMail;
use crate::rules::duty::DutyKind;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;
use crate::rules::notice::Notice;
use crate::rules::tier::Tier;

use diesel::prelude::*;

/// An open duty that is due soon and of which the last notice was not given.
#[derive(Queryable)]
pub struct Candidate {
    pub key: DutyKey,
    pub reference: Reference,
    pub kind: DutyKind,
    pub post: Post,
    #[diesel(deserialize_as = Day)]
    pub due_on: NaiveDate,
    #[diesel(deserialize_as = Moment)]
    pub created_at: NaiveDateTime,
    /// Of the child; none if the duty is about none.
    pub tier: Option<Tier>,
    /// The address of the child's officer, unless there is none or they have left.
    pub officer: Option<String>,
    pub restricted: Option<bool>,
    /// Whether the first notice was given.
    pub first_given: bool,
}

/// The cut-offs: the last due days of which the first and the last notice may be owed.
pub struct Window {
    pub today: NaiveDate,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// The notices of this duty that were given for the day it is due now, to somebody who is not gone.
macro_rules! given {
    ($gone:expr) => {
        notice::table
            .filter(notice::duty_id.eq(duty::id))
            .filter(notice::due_on.eq(duty::due_on))
            .filter(notice::recipient.ne_all($gone))
    };
}

/// The duties that may be owed a notice, the soonest due first. Those of children whose checks rest today are left out,
/// what was told to an address of `gone` was told to nobody, and with `seen_until` those of children whose tier changed since then, so that nobody then could know the day.
pub fn candidates(
    conn: &mut Conn,
    authority: AuthorityKey,
    window: &Window,
    gone: &[String],
    seen_until: Option<NaiveDateTime>,
) -> Result<Vec<Candidate>> {
    let enough = notice::step
        .eq(Notice::Last.as_str())
        .or(duty::due_on.gt(window.last));
    let mut asked = duty::table
        .left_join(child::table)
        .left_join(
            account::table.on(child::officer_id
                .eq(account::id.nullable())
                .and(account::left_on.is_null())),
        )
        .filter(IS_OPEN)
        .filter(duty::authority_id.eq(authority))
        .filter(duty::due_on.between(window.today, window.first))
        .filter(not(exists(given!(gone).filter(enough))))
        .filter(not(duty_rests!(
            duty::child_id,
            duty::may_rest,
            window.today
        )))
        .into_boxed();
    if let Some(moment) = seen_until {
        let retiered = tier_history::table
            .filter(tier_history::child_id.nullable().eq(duty::child_id))
            .filter(tier_history::held_from.gt(moment));
        asked = asked.filter(not(exists(retiered)));
    }
    Ok(asked
        .order((duty::due_on, duty::id))
        .select((
            duty::id,
            duty::reference,
            duty::kind,
            duty::post,
            duty::due_on,
            duty::created_at,
            child::tier.nullable(),
            account::email.nullable(),
            child::restricted.nullable(),
            exists(given!(gone)),
        ))
        .load(conn)?)
}

/// How many notices were given of an authority's open duties that are due on a day or later.
pub fn count(conn: &mut Conn, authority: AuthorityKey, from: NaiveDate) -> Result<i64> {
    Ok(notice::table
        .inner_join(duty::table)
        .filter(duty::authority_id.eq(authority))
        .filter(IS_OPEN)
        .filter(duty::due_on.ge(from))
        .count()
        .get_result(conn)?)
}

/// That a notice was given to somebody.
pub struct GivenNotice<'a> {
    pub duty: DutyKey,
    pub due_on: NaiveDate,
    pub notice: Notice,
    pub recipient: &'a str,
    pub mail: Key<OutgoingMail>,
}

#[derive(Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
struct NewRow<'a> {
    duty_id: i64,
    due_on: Day,
    step: &'static str,
    recipient: &'a str,
    mail_id: i64,
}

pub fn insert(tx: &mut Conn, given: &[GivenNotice<'_>]) -> Result<()> {
    let rows: Vec<NewRow<'_>> = given
        .iter()
        .map(|given| NewRow {
            duty_id: given.duty.number(),
            due_on: given.due_on.into(),
            step: given.notice.as_str(),
            recipient: given.recipient,
            mail_id: given.mail.number(),
        })
        .collect();
    insert_rows!(tx, notice::table, rows)?;
    Ok(())
}
