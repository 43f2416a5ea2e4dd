//! The SQL of the calendar as it is kept: other days and school terms, with who wrote them down.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::{AuthorityKey, Viewer};
use crate::db::schema::{account, calendar_day, school_term};
use crate::db::{Conn, Result};
use crate::policy::calendar_book::{Held, OtherDay, SourcedTerm};
use crate::rules::identifiers::Reference;
use crate::rules::terms::Term;

use diesel::prelude::*;

pub fn days(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Held<OtherDay>>> {
    type Row = (String, NaiveDate, bool, String, String, Option<String>);
    let rows: Vec<Row> = calendar_day::table
        .left_join(account::table)
        .filter(calendar_day::authority_id.eq(authority))
        .order(calendar_day::day)
        .select((
            calendar_day::reference,
            calendar_day::day,
            calendar_day::is_working,
            calendar_day::name,
            calendar_day::source,
            account::name.nullable(),
        ))
        .load(conn)?;
    let held = rows
        .into_iter()
        .map(|(reference, day, is_working, name, source, by)| Held {
            reference,
            what: OtherDay {
                day,
                is_working,
                name,
                source,
            },
            by,
        });
    Ok(held.collect())
}

pub fn insert_day(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    day: &OtherDay,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(calendar_day::table)
        .values((
            calendar_day::reference.eq(reference.as_str()),
            calendar_day::authority_id.eq(viewer.authority()),
            calendar_day::day.eq(day.day),
            calendar_day::is_working.eq(day.is_working),
            calendar_day::name.eq(day.name.trim()),
            calendar_day::source.eq(day.source.trim()),
            calendar_day::recorded_by.eq(viewer.account()),
            calendar_day::recorded_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

pub fn remove_day(tx: &mut Conn, authority: AuthorityKey, reference: &Reference) -> Result<()> {
    diesel::delete(
        calendar_day::table
            .filter(calendar_day::authority_id.eq(authority))
            .filter(calendar_day::reference.eq(reference.as_str())),
    )
    .execute(tx)?;
    Ok(())
}

pub fn terms(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Held<SourcedTerm>>> {
    type Row = (String, String, NaiveDate, NaiveDate, String, Option<String>);
    let rows: Vec<Row> = school_term::table
        .left_join(account::table)
        .filter(school_term::authority_id.eq(authority))
        .order(school_term::first_day)
        .select((
            school_term::reference,
            school_term::name,
            school_term::first_day,
            school_term::last_day,
            school_term::source,
            account::name.nullable(),
        ))
        .load(conn)?;
    let held = rows
        .into_iter()
        .map(|(reference, name, first_day, last_day, source, by)| Held {
            reference,
            what: SourcedTerm {
                term: Term {
                    name,
                    first_day,
                    last_day,
                },
                source,
            },
            by,
        });
    Ok(held.collect())
}

pub fn insert_term(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    new: &SourcedTerm,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::insert_into(school_term::table)
        .values((
            school_term::reference.eq(reference.as_str()),
            school_term::authority_id.eq(viewer.authority()),
            school_term::name.eq(new.term.name.trim()),
            school_term::first_day.eq(new.term.first_day),
            school_term::last_day.eq(new.term.last_day),
            school_term::source.eq(new.source.trim()),
            school_term::recorded_by.eq(viewer.account()),
            school_term::recorded_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

pub fn remove_term(tx: &mut Conn, authority: AuthorityKey, reference: &Reference) -> Result<()> {
    diesel::delete(
        school_term::table
            .filter(school_term::authority_id.eq(authority))
            .filter(school_term::reference.eq(reference.as_str())),
    )
    .execute(tx)?;
    Ok(())
}
