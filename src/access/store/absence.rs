//! The SQL of absences.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::absence::{Absence, Cover};
use crate::access::{AccountKey, AuthorityKey};
use crate::db::schema::{absence, account};
use crate::db::{Conn, Result};

#[derive(Insertable)]
#[diesel(table_name = absence)]
pub(in crate::access) struct NewRow<'a> {
    pub(in crate::access) reference: &'a str,
    pub(in crate::access) authority_id: i64,
    pub(in crate::access) account_id: i64,
    pub(in crate::access) delegate_id: i64,
    pub(in crate::access) starts_on: NaiveDate,
    pub(in crate::access) ends_on: NaiveDate,
    pub(in crate::access) recorded_by: Option<i64>,
    pub(in crate::access) recorded_at: NaiveDateTime,
}

pub(in crate::access) fn insert(tx: &mut Conn, row: &NewRow<'_>) -> Result<()> {
    diesel::insert_into(absence::table)
        .values(row)
        .execute(tx)?;
    Ok(())
}

/// The first absence of an account that shares a day with these. One that was taken back before it began ends before it
/// begins, and has no day.
pub(in crate::access) fn overlapping(
    conn: &mut Conn,
    account: AccountKey,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Option<(NaiveDate, NaiveDate)>> {
    Ok(absence::table
        .filter(absence::account_id.eq(account.number()))
        .filter(absence::starts_on.le(to))
        .filter(absence::ends_on.ge(from))
        .filter(absence::ends_on.ge(absence::starts_on))
        .order(absence::starts_on)
        .select((absence::starts_on, absence::ends_on))
        .first(conn)
        .optional()?)
}

pub(in crate::access) fn shorten(
    tx: &mut Conn,
    reference: &str,
    last_day: NaiveDate,
) -> Result<()> {
    diesel::update(absence::table.filter(absence::reference.eq(reference)))
        .set(absence::ends_on.eq(last_day))
        .execute(tx)?;
    Ok(())
}

/// An absence, as far as ending it depends on it.
#[derive(Queryable)]
pub(in crate::access) struct Held {
    pub(in crate::access) account: AccountKey,
    pub(in crate::access) starts_on: NaiveDate,
    pub(in crate::access) ends_on: NaiveDate,
}

pub(in crate::access) fn held(
    conn: &mut Conn,
    authority: AuthorityKey,
    reference: &str,
) -> Result<Option<Held>> {
    Ok(absence::table
        .filter(absence::reference.eq(reference))
        .filter(absence::authority_id.eq(authority.number()))
        .select((absence::account_id, absence::starts_on, absence::ends_on))
        .first(conn)
        .optional()?)
}

/// Reference, who is away, who hears instead, from, to.
type Row = (String, AccountKey, AccountKey, NaiveDate, NaiveDate);

fn not_over(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Row>> {
    Ok(absence::table
        .filter(absence::authority_id.eq(authority.number()))
        .filter(absence::ends_on.ge(today))
        .filter(absence::ends_on.ge(absence::starts_on))
        .order((absence::starts_on, absence::id))
        .select((
            absence::reference,
            absence::account_id,
            absence::delegate_id,
            absence::starts_on,
            absence::ends_on,
        ))
        .load(conn)?)
}

/// A person, as far as an absence names them.
struct Named {
    email: String,
    name: String,
    has_left: bool,
}

fn people(conn: &mut Conn, rows: &[Row]) -> Result<HashMap<AccountKey, Named>> {
    let keys = rows.iter().flat_map(|row| [row.1.number(), row.2.number()]);
    let people: Vec<(AccountKey, String, String, Option<NaiveDate>)> = account::table
        .filter(account::id.eq_any(keys))
        .select((account::id, account::email, account::name, account::left_on))
        .load(conn)?;
    let named = |(key, email, name, left_on): (_, _, _, Option<NaiveDate>)| {
        let has_left = left_on.is_some();
        let named = Named {
            email,
            name,
            has_left,
        };
        (key, named)
    };
    Ok(people.into_iter().map(named).collect())
}

pub(in crate::access) fn list(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<Absence>> {
    let rows = not_over(conn, authority, today)?;
    let people = people(conn, &rows)?;
    let name = |key| {
        people
            .get(&key)
            .map_or("", |person| &person.name)
            .to_owned()
    };
    Ok(rows
        .into_iter()
        .map(
            |(reference, account, delegate, starts_on, ends_on)| Absence {
                reference,
                account,
                name: name(account),
                delegate: name(delegate),
                starts_on,
                ends_on,
            },
        )
        .collect())
}

pub(in crate::access) fn covers(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<Cover>> {
    let mut rows = not_over(conn, authority, today)?;
    rows.retain(|row| row.3 <= today);
    let people = people(conn, &rows)?;
    let away: HashSet<AccountKey> = rows.iter().map(|row| row.1).collect();
    let covers = rows.iter().filter_map(|row| {
        let person = people.get(&row.1)?;
        let delegate = people.get(&row.2);
        let there = delegate.filter(|delegate| !delegate.has_left && !away.contains(&row.2));
        Some(Cover {
            email: person.email.clone(),
            name: person.name.clone(),
            delegate: there.map(|delegate| delegate.email.clone()),
        })
    });
    Ok(covers.collect())
}
