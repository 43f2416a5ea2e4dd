//! The SQL of duties. No statement here writes an original due day a second time, and a trigger refuses one that would.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{max, min};

use crate::access::store::scope;
use crate::access::{AuthorityKey, Viewer};
use crate::db::days::{Day, MaybeDay, Moment};
use crate::db::schema::duty;
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::owed::{About, DueDay, Duty, DutyState};
use crate::duty::store::IS_OPEN;
use crate::register::{ChildKey, PersonKey, random_reference};
use crate::rules::duty::{DutyKind, Purpose};
use crate::rules::escalation::Post;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::rest::can_rest;
use crate::rules::schedule::DutyOwed;
use crate::{insert_rows, on_each};

use diesel::prelude::*;

crate::text_column!(DutyState);

/// Rows a statement.
const PART: usize = 1000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = duty)]
struct Row {
    #[diesel(column_name = id)]
    key: DutyKey,
    reference: Reference,
    #[diesel(column_name = authority_id)]
    authority: AuthorityKey,
    #[diesel(column_name = child_id)]
    child: Option<ChildKey>,
    #[diesel(column_name = person_id)]
    person: Option<PersonKey>,
    #[diesel(column_name = other_authority_id)]
    other_authority: Option<AuthorityKey>,
    kind: DutyKind,
    purpose: Purpose,
    occasion: String,
    post: Post,
    #[diesel(column_name = follows_id)]
    follows: Option<DutyKey>,
    counted_from: Day,
    original_due_on: Day,
    due_on: Day,
    why: String,
    state: DutyState,
    closed_on: MaybeDay,
    closed_because: Option<String>,
}

impl From<Row> for Duty {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            reference: row.reference,
            authority: row.authority,
            about: about(row.child, row.person, row.other_authority),
            kind: row.kind,
            purpose: row.purpose,
            occasion: row.occasion,
            post: row.post,
            follows: row.follows,
            counted_from: row.counted_from.into(),
            original_due_on: row.original_due_on.into(),
            due_on: row.due_on.into(),
            why: row.why,
            state: row.state,
            closed_on: row.closed_on.into(),
            closed_because: row.closed_because,
        }
    }
}

fn about(
    child: Option<ChildKey>,
    person: Option<PersonKey>,
    authority: Option<AuthorityKey>,
) -> About {
    match (child, person, authority) {
        (Some(child), _, _) => About::Child(child),
        (None, Some(person), _) => About::Person(person),
        (None, None, Some(authority)) => About::Authority(authority),
        (None, None, None) => About::Nobody,
    }
}

pub fn find(conn: &mut Conn, viewer: &Viewer, reference: &Reference) -> Result<Option<Duty>> {
    let row: Option<Row> = on_each!(conn, |conn| duty::table
        .filter(scope::DutySeenBy::eyes_of(viewer))
        .filter(duty::reference.eq(reference))
        .select(Row::as_select())
        .first(conn))
    .optional()?;
    Ok(row.map(Duty::from))
}

pub fn by_key(conn: &mut Conn, key: DutyKey) -> Result<Duty> {
    let row: Row = on_each!(conn, |conn| duty::table
        .filter(duty::id.eq(key))
        .select(Row::as_select())
        .first(conn))?;
    Ok(row.into())
}

/// The due days of the open duties of one kind, each with why then.
pub fn due_days(
    conn: &mut Conn,
    kind: DutyKind,
    children: &[ChildKey],
) -> Result<Vec<(ChildKey, DueDay)>> {
    let mut days = Vec::new();
    for part in children.chunks(PART) {
        let keys = part.iter().map(|child| child.number());
        let found: Vec<(ChildKey, NaiveDate, String)> = duty::table
            .filter(duty::child_id.eq_any(keys))
            .filter(duty::kind.eq(kind))
            .filter(IS_OPEN)
            .select((duty::child_id.assume_not_null(), duty::due_on, duty::why))
            .load(conn)?;
        let day = |(child, on, why)| (child, DueDay { on, why });
        days.extend(found.into_iter().map(day));
    }
    Ok(days)
}

/// A child's open checks by due day.
pub fn open_of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Duty>> {
    let rows: Vec<Row> = on_each!(conn, |conn| duty::table
        .filter(duty::child_id.eq(child))
        .filter(IS_OPEN)
        .order((duty::due_on, duty::id))
        .select(Row::as_select())
        .load(conn))?;
    Ok(rows.into_iter().map(Duty::from).collect())
}

/// A child's checks, in no order.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Duty>> {
    let rows: Vec<Row> = on_each!(conn, |conn| duty::table
        .filter(duty::child_id.eq(child))
        .select(Row::as_select())
        .load(conn))?;
    Ok(rows.into_iter().map(Duty::from).collect())
}

/// A duty to be written.
#[derive(Clone, Copy)]
pub struct NewDuty<'a> {
    pub child: ChildKey,
    pub owed: &'a DutyOwed,
    pub follows: Option<DutyKey>,
}

#[derive(Insertable)]
#[diesel(table_name = duty, treat_none_as_default_value = false)]
struct NewRow<'a> {
    reference: String,
    authority_id: i64,
    child_id: Option<i64>,
    kind: &'static str,
    purpose: &'static str,
    occasion: &'a str,
    post: &'static str,
    may_rest: bool,
    follows_id: Option<i64>,
    counted_from: Day,
    original_due_on: Day,
    due_on: Day,
    why: &'a str,
    state: &'static str,
    created_at: Moment,
}

/// Writes what is owed to a child, but nothing of a kind that is open for it already; of new attempts, none that follows the
/// same check.
pub fn insert_missing(
    tx: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
    duties: &[NewDuty<'_>],
    now: NaiveDateTime,
) -> Result<()> {
    let open = open_kinds(tx, child)?;
    let missing: Vec<NewDuty<'_>> = duties
        .iter()
        .filter(|new| !open.contains(&(new.owed.kind, new.follows)))
        .copied()
        .collect();
    insert(tx, authority, &missing, now)
}

/// Writes duties.
pub fn insert<'a>(
    tx: &mut Conn,
    authority: AuthorityKey,
    duties: &[NewDuty<'a>],
    now: NaiveDateTime,
) -> Result<()> {
    let of_child = |new: &NewDuty<'a>| NewRow {
        child_id: Some(new.child.number()),
        follows_id: new.follows.map(DutyKey::number),
        ..row(authority, new.owed, now)
    };
    let rows: Vec<NewRow<'_>> = duties.iter().map(of_child).collect();
    insert_rows!(tx, duty::table, rows)?;
    Ok(())
}

fn open_kinds(conn: &mut Conn, child: ChildKey) -> Result<Vec<(DutyKind, Option<DutyKey>)>> {
    Ok(on_each!(conn, |conn| duty::table
        .filter(duty::child_id.eq(child))
        .filter(IS_OPEN)
        .select((duty::kind, duty::follows_id))
        .load(conn))?)
}

/// What every new duty has; about nobody, for no occasion in particular.
fn row(authority: AuthorityKey, owed: &DutyOwed, now: NaiveDateTime) -> NewRow<'_> {
    NewRow {
        reference: random_reference(ReferenceKind::Check).as_str().to_owned(),
        authority_id: authority.number(),
        child_id: None,
        kind: owed.kind.as_str(),
        purpose: owed.purpose.as_str(),
        occasion: "",
        post: owed.kind.nature().post.as_str(),
        may_rest: can_rest(owed.kind, owed.purpose),
        follows_id: None,
        counted_from: owed.counted_from.into(),
        original_due_on: owed.due_on.into(),
        due_on: owed.due_on.into(),
        why: &owed.why,
        state: DutyState::Open.as_str(),
        created_at: now.into(),
    }
}

/// Writes a duty that is about no child.
pub fn insert_for(
    tx: &mut Conn,
    authority: AuthorityKey,
    occasion: &str,
    owed: &DutyOwed,
    now: NaiveDateTime,
) -> Result<()> {
    let new = NewRow {
        occasion,
        ..row(authority, owed, now)
    };
    insert_rows!(tx, duty::table, [new])?;
    Ok(())
}

/// The last occasion on which an authority was owed a duty of a kind that is about no child.
pub fn last_occasion(
    conn: &mut Conn,
    authority: AuthorityKey,
    kind: DutyKind,
) -> Result<Option<String>> {
    Ok(about_none(authority)
        .filter(duty::kind.eq(kind))
        .select(max(duty::occasion))
        .first(conn)?)
}

/// The duties of an authority that are about no child, the newest due first.
pub fn about_no_child(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Duty>> {
    let rows: Vec<Row> = about_none(authority)
        .order((duty::due_on.desc(), duty::id.desc()))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Duty::from).collect())
}

/// Those of them that are open and due in these days, the soonest first.
pub fn open_about_no_child(
    conn: &mut Conn,
    authority: AuthorityKey,
    due: &RangeInclusive<NaiveDate>,
) -> Result<Vec<Duty>> {
    let rows: Vec<Row> = about_none(authority)
        .filter(IS_OPEN)
        .filter(duty::due_on.between(*due.start(), *due.end()))
        .order((duty::due_on, duty::id))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Duty::from).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn about_none(authority: AuthorityKey) -> _ {
    let authority: i64 = authority.number();
    duty::table
        .filter(duty::authority_id.eq(authority))
        .filter(duty::child_id.is_null())
}

/// Those of them that are open and of one kind.
pub fn open_of_kind(conn: &mut Conn, authority: AuthorityKey, kind: DutyKind) -> Result<Vec<Duty>> {
    let rows: Vec<Row> = about_none(authority)
        .filter(IS_OPEN)
        .filter(duty::kind.eq(kind))
        .order((duty::due_on, duty::id))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Duty::from).collect())
}

/// How duties come to an end.
pub struct Closing<'a> {
    pub state: DutyState,
    pub on: NaiveDate,
    pub because: &'a str,
}

pub fn close(tx: &mut Conn, duties: &[DutyKey], closing: &Closing<'_>) -> Result<()> {
    for key in duties {
        on_each!(tx, |tx| diesel::update(
            duty::table.filter(duty::id.eq(key)).filter(IS_OPEN)
        )
        .set((
            duty::state.eq(closing.state),
            duty::closed_on.eq(closing.on),
            duty::closed_because.eq(closing.because),
            duty::version.eq(duty::version + 1),
        ))
        .execute(tx))?;
    }
    Ok(())
}

/// Gives a duty another day, with the reason. Whoever asks sees to it that none is put off by it.
pub fn move_to(tx: &mut Conn, duty: DutyKey, due_on: NaiveDate, why: &str) -> Result<()> {
    diesel::update(duty::table.filter(duty::id.eq(duty)))
        .set((
            duty::due_on.eq(due_on),
            duty::why.eq(why),
            duty::version.eq(duty::version + 1),
        ))
        .execute(tx)?;
    Ok(())
}

/// The earliest due day of a child's open checks.
pub fn earliest_due(conn: &mut Conn, child: ChildKey) -> Result<Option<NaiveDate>> {
    Ok(on_each!(conn, |conn| duty::table
        .filter(duty::child_id.eq(child))
        .filter(IS_OPEN)
        .select(min(duty::due_on))
        .first(conn))?)
}

/// That a child's lists show another day than the earliest on which an open check is due.
pub(crate) const WRONG_NEXT_CHECK: &str = "child.next_check_on IS DISTINCT FROM
    (SELECT MIN(duty.due_on) FROM duty
     WHERE duty.child_id = child.id AND duty.state = 'open')";
