//! The SQL of times on the register.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::db::days::Day;
use crate::db::schema::{registration, secondary_reason};
use crate::db::{Conn, DbError, Result};
use crate::register::ChildKey;
use crate::register::registration::{Ending, Registration};
use crate::rules::codes::{
    ChildStatus, ClosureReason, PreviousSetting, PrimaryReason, RegisterBasis, Source,
};
use crate::{insert_rows, on_each};

#[derive(Queryable, Selectable)]
#[diesel(table_name = registration)]
struct RegistrationRow {
    id: i64,
    basis: RegisterBasis,
    primary_reason: PrimaryReason,
    previous_setting: PreviousSetting,
    previous_school: Option<String>,
    source: Source,
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
    closure_reason: Option<ClosureReason>,
    closure_evidence: String,
}

/// A new row, alone or one of many.
#[derive(Insertable)]
#[diesel(table_name = registration, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    child_id: i64,
    basis: &'a str,
    primary_reason: &'a str,
    previous_setting: &'a str,
    previous_school: Option<&'a str>,
    source: &'a str,
    started_on: Day,
    ended_on: Option<Day>,
    closure_reason: Option<&'a str>,
}

impl<'a> NewRow<'a> {
    pub(super) fn of(child: ChildKey, registration: &'a Registration) -> Self {
        Self {
            child_id: child.number(),
            basis: registration.basis.as_str(),
            primary_reason: registration.primary_reason.as_str(),
            previous_setting: registration.previous_setting.as_str(),
            previous_school: registration.previous_school.as_deref(),
            source: registration.source.as_str(),
            started_on: registration.started_on.into(),
            ended_on: registration.ended.map(|(on, _)| on.into()),
            closure_reason: registration.ended.map(|(_, door)| door.as_str()),
        }
    }
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    child: ChildKey,
    new: &Registration,
) -> Result<()> {
    let key: i64 = diesel::insert_into(registration::table)
        .values(NewRow::of(child, new))
        .returning(registration::id)
        .get_result(tx)?;
    let reasons: Vec<_> = without_repeats(&new.secondary_reasons)
        .into_iter()
        .map(|reason| {
            (
                secondary_reason::registration_id.eq(key),
                secondary_reason::reason.eq(reason.as_str()),
            )
        })
        .collect();
    insert_rows!(tx, secondary_reason::table, reasons)?;
    Ok(())
}

pub(in crate::register) fn end(
    tx: &mut Conn,
    child: ChildKey,
    ending: &Ending<'_>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(
        registration::table
            .filter(registration::child_id.eq(child.number()))
            .filter(registration::ended_on.is_null()),
    )
    .set((
        registration::ended_on.eq(ending.on),
        registration::closure_reason.eq(ending.reason.as_str()),
        registration::closure_evidence.eq(ending.evidence),
        registration::closed_by.eq(ending.by.number()),
        registration::closed_at.eq(now),
        registration::tell_manager.eq(ending.tell_manager),
    ))
    .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn keep_status(
    tx: &mut Conn,
    child: ChildKey,
    status: ChildStatus,
) -> Result<()> {
    diesel::update(
        registration::table
            .filter(registration::child_id.eq(child.number()))
            .filter(registration::ended_on.is_null()),
    )
    .set(registration::status_before_lost.eq(status.as_str()))
    .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn kept_status(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Option<ChildStatus>> {
    let kept: Option<Option<ChildStatus>> = registration::table
        .filter(registration::child_id.eq(child.number()))
        .filter(registration::ended_on.is_null())
        .select(registration::status_before_lost)
        .first(conn)
        .optional()?;
    Ok(kept.flatten())
}

pub(super) fn without_repeats(reasons: &[PrimaryReason]) -> Vec<PrimaryReason> {
    let mut once: Vec<PrimaryReason> = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if !once.contains(reason) {
            once.push(*reason);
        }
    }
    once
}

/// A child's times on the register, the newest first.
pub(in crate::register) fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Registration>> {
    let rows: Vec<RegistrationRow> = on_each!(conn, |conn| registration::table
        .filter(registration::child_id.eq(child.number()))
        .order((registration::started_on.desc(), registration::id.desc()))
        .select(RegistrationRow::as_select())
        .load(conn))?;
    let beside: Vec<(i64, PrimaryReason)> = on_each!(conn, |conn| secondary_reason::table
        .inner_join(registration::table)
        .filter(registration::child_id.eq(child.number()))
        .order(secondary_reason::id)
        .select((secondary_reason::registration_id, secondary_reason::reason))
        .load(conn))?;
    rows.into_iter()
        .map(|row| with_reasons(row, &beside))
        .collect()
}

fn with_reasons(row: RegistrationRow, beside: &[(i64, PrimaryReason)]) -> Result<Registration> {
    let ended = match (row.ended_on, row.closure_reason) {
        (None, None) => None,
        (Some(on), Some(door)) => Some((on, door)),
        _ => {
            return Err(DbError::Corrupt(format!(
                "registration {} ended on no day or for no reason",
                row.id
            )));
        }
    };
    let reasons = beside
        .iter()
        .filter(|(registration, _)| *registration == row.id);
    Ok(Registration {
        basis: row.basis,
        primary_reason: row.primary_reason,
        secondary_reasons: reasons.map(|(_, reason)| *reason).collect(),
        previous_setting: row.previous_setting,
        previous_school: row.previous_school,
        source: row.source,
        started_on: row.started_on,
        ended,
        evidence: row.closure_evidence,
    })
}
