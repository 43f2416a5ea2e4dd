//! The SQL of children, one at a time.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::days::{Day, MaybeDay, Moment};
use crate::db::schema::child;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::register::child::NewChild;
use crate::rules::codes::{ChildStatus, Ethnicity, SenProvision, SenType, Sex};
use crate::rules::identifiers::{NhsNumber, Reference, Upn};
use crate::rules::names;
use crate::rules::tier::Tier;

/// A child as the register holds them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = child)]
pub struct ChildRecord {
    /// The key inside the program.
    #[diesel(column_name = id)]
    pub key: ChildKey,
    /// What the world calls this record.
    pub reference: Reference,
    #[diesel(column_name = authority_id)]
    pub authority: AuthorityKey,
    #[diesel(embed)]
    pub particulars: Particulars,
    /// The child's reference in the system a list came from.
    pub other_reference: Option<String>,
    /// Where the record stands.
    pub status: ChildStatus,
    /// First day of the current time on the register.
    #[diesel(deserialize_as = Day)]
    pub registered_on: NaiveDate,
    /// The officer who answers for the child.
    #[diesel(column_name = officer_id)]
    pub officer: Option<AccountKey>,
    /// Hidden from officers who do not answer for the child.
    pub restricted: bool,
    /// How closely the schedule follows the child.
    pub tier: Tier,
    /// Of the current home.
    pub postcode: Option<String>,
    /// Earliest due day of an open check.
    #[diesel(deserialize_as = MaybeDay)]
    pub next_check_on: Option<NaiveDate>,
    /// Last seen in person by a professional.
    #[diesel(deserialize_as = MaybeDay)]
    pub last_seen_on: Option<NaiveDate>,
    pub last_seen_by: Option<String>,
    /// False when the child came with a list that does not say when they were last seen.
    pub seen_recorded: bool,
    /// Goes up with every amendment; a form carries it back.
    pub version: i32,
}

/// What is written in a child's own particulars, and what an officer can amend.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = child)]
pub struct Particulars {
    /// Given names, as the family writes them.
    pub given_names: String,
    pub family_name: String,
    /// What the child is called.
    pub known_as: Option<String>,
    #[diesel(deserialize_as = Day)]
    pub date_of_birth: NaiveDate,
    /// Sex as recorded in law.
    pub sex: Sex,
    /// Unique pupil number; many children never had one.
    pub upn: Option<Upn>,
    pub nhs_number: Option<NhsNumber>,
    pub ethnicity: Option<Ethnicity>,
    /// First language, where given.
    pub language: Option<String>,
    /// SEN provision, where known.
    pub sen_provision: Option<SenProvision>,
    /// Primary type of need.
    pub sen_type: Option<SenType>,
    /// Second type of need.
    pub second_sen_type: Option<SenType>,
}

pub(in crate::register) fn by_reference(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ChildRecord>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .filter(child::reference.eq(reference.as_str()))
        .select(ChildRecord::as_select())
        .first(conn))
    .optional()?)
}

pub(in crate::register) fn by_key(
    conn: &mut Conn,
    viewer: &Viewer,
    key: ChildKey,
) -> Result<Option<ChildRecord>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .filter(child::id.eq(key.number()))
        .select(ChildRecord::as_select())
        .first(conn))
    .optional()?)
}

/// Whether a reference is in use, by a child of any authority.
pub(in crate::register) fn has_reference(conn: &mut Conn, reference: &Reference) -> Result<bool> {
    let there = child::table.filter(child::reference.eq(reference.as_str()));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// The child of an authority with this UPN: a key to compare, for whoever asks.
pub(in crate::register) fn has_upn(
    conn: &mut Conn,
    authority: AuthorityKey,
    upn: &Upn,
) -> Result<Option<ChildKey>> {
    Ok(scope::children(&asking_for_uniqueness(authority))
        .filter(child::upn.eq(upn.as_str()))
        .select(child::id)
        .first(conn)
        .optional()?)
}

/// The child of an authority with this NHS number: a key to compare, for whoever asks.
pub(in crate::register) fn has_nhs_number(
    conn: &mut Conn,
    authority: AuthorityKey,
    number: &NhsNumber,
) -> Result<Option<ChildKey>> {
    Ok(scope::children(&asking_for_uniqueness(authority))
        .filter(child::nhs_number.eq(number.as_str()))
        .select(child::id)
        .first(conn)
        .optional()?)
}

/// The unique indexes count children whom the person at work may not see, so the question has to as well.
fn asking_for_uniqueness(authority: AuthorityKey) -> Viewer {
    Viewer::program(authority, "uniqueness")
}

/// The columns that hold a child's particulars, with what is made from them for sorting and for finding the same child
/// twice.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = child, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Amendable<'a> {
    given_names: &'a str,
    family_name: &'a str,
    known_as: Option<&'a str>,
    sort_name: String,
    match_key: String,
    date_of_birth: Day,
    sex: &'a str,
    upn: Option<&'a str>,
    nhs_number: Option<&'a str>,
    ethnicity: Option<&'a str>,
    language: Option<&'a str>,
    sen_provision: Option<&'a str>,
    sen_type: Option<&'a str>,
    second_sen_type: Option<&'a str>,
}

impl<'a> Amendable<'a> {
    fn of(particulars: &'a Particulars) -> Self {
        let Particulars {
            given_names,
            family_name,
            date_of_birth,
            ..
        } = particulars;
        Self {
            given_names,
            family_name,
            known_as: particulars.known_as.as_deref(),
            sort_name: names::sort_name(given_names, family_name),
            match_key: names::match_key(given_names, family_name, *date_of_birth),
            date_of_birth: (*date_of_birth).into(),
            sex: particulars.sex.as_str(),
            upn: particulars.upn.as_ref().map(Upn::as_str),
            nhs_number: particulars.nhs_number.as_ref().map(NhsNumber::as_str),
            ethnicity: particulars.ethnicity.map(Ethnicity::as_str),
            language: particulars.language.as_deref(),
            sen_provision: particulars.sen_provision.map(SenProvision::as_str),
            sen_type: particulars.sen_type.map(SenType::as_str),
            second_sen_type: particulars.second_sen_type.map(SenType::as_str),
        }
    }
}

/// A new row, alone or one of many.
#[derive(Insertable)]
#[diesel(table_name = child, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    pub(super) reference: &'a str,
    authority_id: i64,
    #[diesel(embed)]
    amendable: Amendable<'a>,
    other_reference: Option<&'a str>,
    status: &'a str,
    is_open: bool,
    registered_on: Day,
    tier: &'a str,
    postcode: Option<&'a str>,
    next_check_on: Option<Day>,
    last_seen_on: Option<Day>,
    seen_recorded: bool,
    created_at: Moment,
    updated_at: Moment,
}

impl<'a> NewRow<'a> {
    pub(super) fn of(
        authority: AuthorityKey,
        reference: &'a Reference,
        new: &'a NewChild,
        postcode: Option<&'a str>,
        next_check_on: Option<NaiveDate>,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            reference: reference.as_str(),
            authority_id: authority.number(),
            amendable: Amendable::of(&new.particulars),
            other_reference: new.other_reference.as_deref(),
            status: new.status.as_str(),
            is_open: new.status.is_open(),
            registered_on: new.registered_on.into(),
            tier: new.tier.as_str(),
            postcode,
            next_check_on: next_check_on.map(Day::from),
            last_seen_on: new.last_seen_on.map(Day::from),
            seen_recorded: new.seen_recorded,
            created_at: now.into(),
            updated_at: now.into(),
        }
    }
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    authority: AuthorityKey,
    reference: &Reference,
    new: &NewChild,
    now: NaiveDateTime,
) -> Result<ChildKey> {
    Ok(diesel::insert_into(child::table)
        .values(NewRow::of(authority, reference, new, None, None, now))
        .returning(child::id)
        .get_result(tx)?)
}

/// Whether the particulars were saved: not, if the row is at another version by now.
pub(in crate::register) fn amend(
    tx: &mut Conn,
    key: ChildKey,
    version: i32,
    particulars: &Particulars,
    now: NaiveDateTime,
) -> Result<bool> {
    let as_it_was = child::table
        .filter(child::id.eq(key.number()))
        .filter(child::version.eq(version));
    let saved = diesel::update(as_it_was)
        .set((
            Amendable::of(particulars),
            child::version.eq(version.saturating_add(1)),
            child::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(saved == 1)
}

pub(in crate::register) fn set_officer(
    tx: &mut Conn,
    key: ChildKey,
    officer: AccountKey,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(child::table.filter(child::id.eq(key.number())))
        .set((
            child::officer_id.eq(officer.number()),
            child::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// The children who have this officer, with their references and whether they are on the register now.
pub(in crate::register) fn of_officer(
    conn: &mut Conn,
    viewer: &Viewer,
    officer: AccountKey,
) -> Result<Vec<(ChildKey, String, bool)>> {
    Ok(scope::children(viewer)
        .filter(child::officer_id.eq(officer.number()))
        .order(child::id)
        .select((child::id, child::reference, child::is_open))
        .load(conn)?)
}

pub(in crate::register) fn clear_officer(
    tx: &mut Conn,
    viewer: &Viewer,
    officer: AccountKey,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(
        child::table
            .filter(child::authority_id.eq(viewer.authority().number()))
            .filter(child::officer_id.eq(officer.number())),
    )
    .set((child::officer_id.eq(None::<i64>), child::updated_at.eq(now)))
    .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_restricted(
    tx: &mut Conn,
    key: ChildKey,
    restricted: bool,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(child::table.filter(child::id.eq(key.number())))
        .set((child::restricted.eq(restricted), child::updated_at.eq(now)))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_status(
    tx: &mut Conn,
    key: ChildKey,
    status: ChildStatus,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(child::table.filter(child::id.eq(key.number())))
        .set((
            child::status.eq(status.as_str()),
            child::is_open.eq(status.is_open()),
            child::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_registered_on(
    tx: &mut Conn,
    key: ChildKey,
    on: NaiveDate,
) -> Result<()> {
    diesel::update(child::table.filter(child::id.eq(key.number())))
        .set(child::registered_on.eq(on))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_postcode(
    tx: &mut Conn,
    key: ChildKey,
    postcode: Option<&str>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(child::table.filter(child::id.eq(key.number())))
        .set((child::postcode.eq(postcode), child::updated_at.eq(now)))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn set_next_check(
    tx: &mut Conn,
    key: ChildKey,
    due_on: Option<NaiveDate>,
) -> Result<()> {
    on_each!(tx, |tx| diesel::update(
        child::table.filter(child::id.eq(key.number()))
    )
    .set(child::next_check_on.eq(due_on))
    .execute(tx))?;
    Ok(())
}

pub(in crate::register) fn note_seen(
    tx: &mut Conn,
    key: ChildKey,
    on: NaiveDate,
    by: &str,
) -> Result<()> {
    let not_seen_since = child::table
        .filter(child::id.eq(key.number()))
        .filter(child::last_seen_on.is_null().or(child::last_seen_on.lt(on)));
    on_each!(tx, |tx| diesel::update(not_seen_since)
        .set((
            child::last_seen_on.eq(on),
            child::last_seen_by.eq(by),
            child::seen_recorded.eq(true),
        ))
        .execute(tx))?;
    Ok(())
}

pub(in crate::register) fn references_of(
    conn: &mut Conn,
    authority: AuthorityKey,
    children: &HashSet<ChildKey>,
) -> Result<Vec<Reference>> {
    let keys = children.iter().map(|child| child.number());
    Ok(child::table
        .filter(child::authority_id.eq(authority.number()))
        .filter(child::id.eq_any(keys))
        .select(child::reference)
        .load(conn)?)
}
