//! The SQL of putting many children on the register at once.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::address::Whose;
use super::{address, child as child_row, name_token, person as person_row, registration, tier};
use crate::access::AuthorityKey;
use crate::db::schema::{
    address as addresses, child, person, relation, secondary_reason, tier_history,
};
use crate::db::schema::{name_token as name_tokens, registration as registrations};
use crate::db::{Conn, DbError, Result};
use crate::register::address::Place;
use crate::register::bulk::NewEntry;
use crate::register::person::{NewPerson, NewRelation};
use crate::register::{ChildKey, PersonKey, random_reference};
use crate::rules::codes::Source;
use crate::rules::identifiers::{EmailAddress, Postcode, Reference, ReferenceKind};
use crate::rules::names;
use crate::{insert_rows, insert_rows_for_keys};

type Added = (ChildKey, Reference);

/// So many references that nothing has yet; `in_use` says which of some are.
fn fresh_references(
    kind: ReferenceKind,
    count: usize,
    mut in_use: impl FnMut(&[&str]) -> Result<Vec<String>>,
) -> Result<Vec<Reference>> {
    let mut fresh: HashSet<Reference> = HashSet::with_capacity(count);
    while fresh.len() < count {
        while fresh.len() < count {
            fresh.insert(random_reference(kind));
        }
        let asked: Vec<&str> = fresh.iter().map(Reference::as_str).collect();
        for taken in in_use(&asked)? {
            fresh.retain(|reference| reference.as_str() != taken);
        }
    }
    Ok(fresh.into_iter().collect())
}

pub(in crate::register) fn insert_children(
    tx: &mut Conn,
    authority: AuthorityKey,
    entries: &[NewEntry],
    now: NaiveDateTime,
) -> Result<Vec<Added>> {
    let references = fresh_references(ReferenceKind::Child, entries.len(), |asked| {
        let taken = child::table.filter(child::reference.eq_any(asked.iter().copied()));
        Ok(taken.select(child::reference).load(tx)?)
    })?;
    let rows: Vec<_> = entries
        .iter()
        .zip(&references)
        .map(|(entry, reference)| {
            let postcode = entry
                .home
                .as_ref()
                .and_then(|home| home.postcode.as_ref())
                .map(Postcode::as_str);
            child_row::NewRow::of(
                authority,
                reference,
                &entry.child,
                postcode,
                entry.next_check_on,
                now,
            )
        })
        .collect();
    let keys = insert_rows_for_keys!(tx, child, rows)?;
    let added = keys.into_iter().map(ChildKey::new).zip(references);
    Ok(added.collect())
}

pub(in crate::register) fn insert_registrations(
    tx: &mut Conn,
    entries: &[NewEntry],
    added: &[Added],
) -> Result<()> {
    let rows: Vec<_> = entries
        .iter()
        .zip(added)
        .flat_map(|(entry, (key, _))| {
            let all = entry.earlier.iter().chain([&entry.registration]);
            all.map(|registration| registration::NewRow::of(*key, registration))
        })
        .collect();
    insert_rows!(tx, registrations::table, rows)?;
    insert_secondary_reasons(tx, entries, added)
}

/// Few lists have them, so the registrations that do are read back for their keys.
fn insert_secondary_reasons(tx: &mut Conn, entries: &[NewEntry], added: &[Added]) -> Result<()> {
    let with_reasons = || {
        let both = entries.iter().zip(added);
        both.filter(|(entry, _)| !entry.registration.secondary_reasons.is_empty())
    };
    let children: Vec<i64> = with_reasons().map(|(_, (key, _))| key.number()).collect();
    if children.is_empty() {
        return Ok(());
    }
    let keys: HashMap<ChildKey, i64> = registrations::table
        .filter(registrations::child_id.eq_any(children))
        .order(registrations::id)
        .select((registrations::child_id, registrations::id))
        .load::<(ChildKey, i64)>(tx)?
        .into_iter()
        .collect();
    let mut rows = Vec::new();
    for (entry, (key, _)) in with_reasons() {
        for reason in registration::without_repeats(&entry.registration.secondary_reasons) {
            let registration = keys.get(key).copied();
            rows.push((
                secondary_reason::registration_id.eq(registration.unwrap_or_default()),
                secondary_reason::reason.eq(reason.as_str()),
            ));
        }
    }
    insert_rows!(tx, secondary_reason::table, rows)?;
    Ok(())
}

/// Written in the order of their table, which is the quickest way to fill it.
pub(in crate::register) fn insert_name_tokens(
    tx: &mut Conn,
    authority: AuthorityKey,
    entries: &[NewEntry],
    added: &[Added],
) -> Result<()> {
    let mut tokens: Vec<(String, i64)> = Vec::with_capacity(entries.len() * 6);
    for (entry, (key, _)) in entries.iter().zip(added) {
        let of = &entry.child.particulars;
        let stored = names::searchable(&of.given_names, of.known_as.as_deref(), &of.family_name);
        tokens.extend(stored.into_iter().map(|token| (token, key.number())));
    }
    tokens.sort_unstable();
    let rows: Vec<_> = tokens
        .iter()
        .map(|(token, child_id)| name_token::NewRow {
            authority_id: authority.number(),
            token,
            child_id: *child_id,
        })
        .collect();
    insert_rows!(tx, name_tokens::table, rows)?;
    Ok(())
}

pub(in crate::register) fn insert_tiers(
    tx: &mut Conn,
    entries: &[NewEntry],
    added: &[Added],
    now: NaiveDateTime,
) -> Result<()> {
    let reasons: Vec<String> = entries
        .iter()
        .map(|entry| entry.tier_reasons.join("\n"))
        .collect();
    let rows: Vec<_> = entries
        .iter()
        .zip(added)
        .zip(&reasons)
        .map(|((entry, (key, _)), reasons)| tier::NewRow {
            child_id: key.number(),
            tier: entry.child.tier.as_str(),
            reasons,
            decided_by: tier::RULES,
            held_from: now.into(),
        })
        .collect();
    insert_rows!(tx, tier_history::table, rows)?;
    Ok(())
}

pub(in crate::register) fn insert_homes(
    tx: &mut Conn,
    entries: &[NewEntry],
    added: &[Added],
    now: NaiveDateTime,
) -> Result<()> {
    let with_home = entries
        .iter()
        .zip(added)
        .filter_map(|(entry, (key, _))| Some((entry, *key, entry.home.as_ref()?)));
    let homes: Vec<_> = with_home.collect();
    let references = fresh_references(ReferenceKind::Address, homes.len(), |asked| {
        let taken = addresses::table.filter(addresses::reference.eq_any(asked.iter().copied()));
        Ok(taken.select(addresses::reference).load(tx)?)
    })?;
    let rows: Vec<_> = homes
        .iter()
        .zip(&references)
        .map(|((entry, key, home), reference)| {
            let since = entry.child.registered_on;
            address::NewRow::of(
                Whose::Childs(*key),
                reference,
                home,
                entry.home_source,
                since,
                now,
            )
        })
        .collect();
    insert_rows!(tx, addresses::table, rows)?;
    Ok(())
}

/// By what two mentions of a parent are one person; none for a parent without an email address.
fn identity(parent: &NewPerson) -> Option<(String, String)> {
    let email = parent
        .particulars
        .email
        .as_ref()
        .map(EmailAddress::as_str)?;
    Some((email.to_owned(), names::fold(&parent.particulars.name)))
}

pub(in crate::register) fn insert_parents(
    tx: &mut Conn,
    authority: AuthorityKey,
    (entries, added): (&[NewEntry], &[Added]),
    beyond: &HashSet<PersonKey>,
    now: NaiveDateTime,
) -> Result<()> {
    let mentioned: Vec<&NewPerson> = entries
        .iter()
        .flat_map(|entry| &entry.parents)
        .map(|parent| &parent.person)
        .collect();
    if mentioned.is_empty() {
        return Ok(());
    }
    let keys = hold_people(tx, authority, &mentioned, beyond, now)?;
    let mut ties = Vec::with_capacity(mentioned.len());
    let mut tied = HashSet::with_capacity(mentioned.len());
    let mut homes = Vec::new();
    let mentions = entries
        .iter()
        .zip(added)
        .flat_map(|(entry, (child, _))| entry.parents.iter().map(move |parent| (*child, parent)));
    for ((child, parent), person) in mentions.zip(keys) {
        if tied.insert((child, person)) {
            ties.push(person_row::NewTie::of(child, person, &parent.relation));
        }
        homes.extend(
            parent
                .home
                .as_ref()
                .map(|home| (person, home, &parent.relation)),
        );
    }
    insert_rows!(tx, relation::table, ties)?;
    insert_parents_homes(tx, &homes, now)
}

/// The first address that the list has for each parent; one who has an address on the register already keeps it.
fn insert_parents_homes(
    tx: &mut Conn,
    homes: &[(PersonKey, &Place, &NewRelation)],
    now: NaiveDateTime,
) -> Result<()> {
    let people = homes.iter().map(|(person, _, _)| person.number());
    let housed: Vec<PersonKey> = addresses::table
        .filter(addresses::person_id.eq_any(people))
        .select(addresses::person_id.assume_not_null())
        .load(tx)?;
    let mut housed: HashSet<PersonKey> = housed.into_iter().collect();
    let homes: Vec<_> = homes
        .iter()
        .filter(|(person, _, _)| housed.insert(*person))
        .collect();
    let references = fresh_references(ReferenceKind::Address, homes.len(), |asked| {
        let taken = addresses::table.filter(addresses::reference.eq_any(asked.iter().copied()));
        Ok(taken.select(addresses::reference).load(tx)?)
    })?;
    let rows: Vec<_> = homes
        .iter()
        .zip(&references)
        .map(|((person, home, relation), reference)| {
            let whose = Whose::Persons(*person);
            let since = relation.held_from;
            address::NewRow::of(whose, reference, home, Source::Import, since, now)
        })
        .collect();
    insert_rows!(tx, addresses::table, rows)?;
    Ok(())
}

/// The key of each person mentioned: of one held already, or of a new one.
fn hold_people(
    tx: &mut Conn,
    authority: AuthorityKey,
    mentioned: &[&NewPerson],
    beyond: &HashSet<PersonKey>,
    now: NaiveDateTime,
) -> Result<Vec<PersonKey>> {
    let references = fresh_references(ReferenceKind::Person, mentioned.len(), |asked| {
        let taken = person::table.filter(person::reference.eq_any(asked.iter().copied()));
        Ok(taken.select(person::reference).load(tx)?)
    })?;
    let held = held_already(tx, authority, mentioned, beyond)?;
    let mut first_mention: HashMap<(String, String), &Reference> = HashMap::new();
    let mut rows = Vec::with_capacity(mentioned.len());
    let mut found: Vec<Result<PersonKey, &Reference>> = Vec::with_capacity(mentioned.len());
    for (parent, reference) in mentioned.iter().zip(&references) {
        let identity = identity(parent);
        if let Some(key) = identity.as_ref().and_then(|identity| held.get(identity)) {
            found.push(Ok(*key));
            continue;
        }
        let first = identity.map_or(reference, |identity| {
            *first_mention.entry(identity).or_insert(reference)
        });
        if first == reference {
            rows.push(person_row::NewRow::of(authority, reference, parent, now));
        }
        found.push(Err(first));
    }
    let keys: Vec<i64> = insert_rows_for_keys!(tx, person, rows)?;
    let new: HashMap<&str, PersonKey> = rows
        .iter()
        .map(|row| row.reference)
        .zip(keys.into_iter().map(PersonKey::new))
        .collect();
    let key_of = |reference: &Reference| {
        let key = new.get(reference.as_str()).copied();
        key.ok_or_else(|| DbError::Corrupt(format!("{reference} was not stored")))
    };
    found
        .into_iter()
        .map(|found| found.or_else(key_of))
        .collect()
}

fn held_already(
    conn: &mut Conn,
    authority: AuthorityKey,
    mentioned: &[&NewPerson],
    beyond: &HashSet<PersonKey>,
) -> Result<HashMap<(String, String), PersonKey>> {
    let emails: Vec<&str> = mentioned
        .iter()
        .filter_map(|parent| parent.particulars.email.as_ref())
        .map(EmailAddress::as_str)
        .collect();
    let held: Vec<(String, String, PersonKey)> = person::table
        .filter(person::authority_id.eq(authority.number()))
        .filter(person::email.eq_any(emails))
        .select((person::email.assume_not_null(), person::name, person::id))
        .load(conn)?;
    Ok(held
        .into_iter()
        .filter(|(_, _, key)| !beyond.contains(key))
        .map(|(email, name, key)| ((email, names::fold(&name)), key))
        .collect())
}
